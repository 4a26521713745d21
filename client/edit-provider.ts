import { refuseOwnHeader } from "../shared/header-rules.ts";
import { presets, resolveBaseUrl } from "../shared/presets.ts";
import type { TestConnectionParams } from "../shared/protocol.ts";
import type { PresetId } from "../shared/settings.ts";
import { chooseModels } from "./choose-models.ts";
import type { Answer, Row } from "./dialog.ts";
import { cleanKey, refuseKey } from "./read-key.ts";
import { type TryDeps, tryProvider } from "./try-provider.ts";

/** A provider as it stands in the settings. */
export interface EditedProvider {
  id: string;
  preset: PresetId;
  /** As it is called, whole. */
  baseUrl: string;
  headers: Readonly<Record<string, string>>;
  isOff: boolean;
  /** Ids of the models its row names. */
  models: readonly string[];
  /** Its places in the tiers, as `provider/model`. */
  tiers: { cheap: readonly string[]; frontier: readonly string[] };
  /** The one that is kept for its address. */
  key: string | null;
}

/** What the person confirmed; the caller writes it. */
export type ProviderEdit =
  | { kind: "switch"; disabled: boolean }
  /** `key`: of the new address; undefined where the old one goes on being used. */
  | { kind: "address"; baseUrl: string | null; origin: string; key?: string | null }
  | { kind: "headers"; headers: Record<string, string> }
  | { kind: "models"; models: string[]; tiers: { cheap: string[]; frontier: string[] } }
  /** Asked for by a command of its own. */
  | { kind: "key" };

export interface EditProviderDeps extends TryDeps {
  provider: EditedProvider;
}

/**
 * "Wayfare: Edit Provider": what of it is to be changed, and to what. A new address, new headers and other models are tried
 * with the provider before they are kept. null when the person left: then nothing has changed.
 */
export async function editProvider(deps: EditProviderDeps): Promise<ProviderEdit | null> {
  for (;;) {
    const picked = await pickPart(deps);
    if (picked.kind !== "value") return null;
    const edit = await editPart(picked.value, deps);
    if (edit !== "back") return edit;
  }
}

type Part = ProviderEdit["kind"];

function pickPart({ dialog, provider }: EditProviderDeps): Promise<Answer<Part>> {
  const { id, preset, baseUrl, headers, tiers, isOff } = provider;
  const names = Object.keys(headers);
  const count = new Set([...tiers.cheap, ...tiers.frontier]).size;
  const isOffNow = "off now: nothing is sent to it";
  const rows: Row<Part>[] = [
    { label: "Address", description: baseUrl, value: "address" },
    { label: "Headers", description: names.length === 0 ? "none of your own" : names.join(", "), value: "headers" },
    {
      label: "Models and tiers",
      description: count === 0 ? "none in a tier" : count === 1 ? "1 in a tier" : `${count} in tiers`,
      value: "models",
    },
    ...(presets[preset].key === "none"
      ? []
      : [{ label: "Key", description: "tried before it is kept", value: "key" } as const]),
  ];
  const turn: Row<Part> = {
    label: isOff ? "Switch on" : "Switch off",
    description: isOff ? isOffNow : "keeps its settings, its key and its places in the tiers",
    value: "switch",
  };
  return dialog.pickOne({
    title: `Edit ${id}`,
    step: 1,
    totalSteps: 2,
    placeholder: "What is to be changed?",
    rows: isOff ? [turn, ...rows] : [...rows, turn],
  });
}

async function editPart(part: Part, deps: EditProviderDeps): Promise<ProviderEdit | "back" | null> {
  switch (part) {
    case "switch":
      return { kind: "switch", disabled: !deps.provider.isOff };
    case "key":
      return { kind: "key" };
    case "address":
      return editAddress(deps);
    case "headers":
      return editHeaders(deps);
    case "models":
      return editModels(deps);
  }
}

// address --------------------------------------------------------------------------------------------------------------

const editUrl = "Edit URL";
const editKey = "Edit Key";

/** The key was given for the old place: one at another place is asked for, never taken along. */
async function editAddress(deps: EditProviderDeps): Promise<ProviderEdit | "back" | null> {
  const { dialog, provider } = deps;
  const preset = presets[provider.preset];
  const before = new URL(provider.baseUrl).origin;
  let typed = provider.baseUrl;
  let key: string | null = null;
  let place: "url" | "key" | "test" = "url";
  for (;;) {
    if (place === "url") {
      const answer = await dialog.enterText({
        title: `Address of ${provider.id}`,
        step: 2,
        totalSteps: 3,
        prompt: "The base URL, as the provider's page on its API shows it. At another host the key is asked for anew.",
        placeholder: preset.baseUrl ?? "https://api.example.com/v1",
        value: typed,
        echo: "shown",
        refuse(text) {
          const resolved = resolveBaseUrl({ preset: provider.preset, baseUrl: text });
          return resolved.ok ? null : resolved.message;
        },
      });
      if (answer.kind === "back") return "back";
      if (answer.kind === "cancelled") return null;
      typed = answer.value.trim();
      place = isElsewhere(typed, provider, before) && preset.key !== "none" ? "key" : "test";
    } else if (place === "key") {
      const answer = await dialog.enterText({
        title: `Key of ${provider.id} at its new address`,
        step: 3,
        totalSteps: 3,
        prompt: "The key of the old address is not sent to the new one, and is deleted once the new one is in use.",
        placeholder: preset.keyPlaceholder,
        value: "",
        echo: "masked",
        refuse: (text) => refuseKey(text, preset.id),
      });
      if (answer.kind === "cancelled") return null;
      if (answer.kind === "back") place = "url";
      else {
        key = cleanKey(answer.value) || null;
        place = "test";
      }
    } else {
      const isNew = isElsewhere(typed, provider, before);
      const params = paramsOf(provider, { baseUrl: typed, key: isNew ? key : provider.key });
      const tried = await tryProvider(params, deps, {
        waysBack: [
          { words: editUrl, isForKey: false },
          ...(isNew && preset.key !== "none" ? [{ words: editKey, isForKey: true }] : []),
        ],
        keeping: "mayKeep",
      });
      if (tried.state === "left") return null;
      if (tried.state === "back") place = tried.words === editKey ? "key" : "url";
      else {
        const resolved = resolveBaseUrl({
          preset: provider.preset,
          baseUrl: tried.state === "answered" ? tried.result.baseUrl : typed,
        });
        if (!resolved.ok) return null;
        return {
          kind: "address",
          baseUrl: resolved.baseUrl === preset.baseUrl ? null : resolved.baseUrl,
          origin: resolved.origin,
          ...(isNew ? { key } : {}),
        };
      }
    }
  }
}

function isElsewhere(typed: string, { preset }: EditedProvider, before: string): boolean {
  const resolved = resolveBaseUrl({ preset, baseUrl: typed });
  return resolved.ok && resolved.origin !== before;
}

function paramsOf(
  provider: EditedProvider,
  changed: { baseUrl?: string; key?: string | null; headers?: Readonly<Record<string, string>> },
): TestConnectionParams {
  const { baseUrl, key, headers } = { ...provider, ...changed };
  return {
    preset: provider.preset,
    providerId: provider.id,
    baseUrl,
    key,
    ...(Object.keys(headers).length === 0 ? {} : { headers: { ...headers } }),
  };
}

// headers --------------------------------------------------------------------------------------------------------------

const editHeader = "Edit Headers";

/** One header at a time: written as `name: value`, taken away by an empty line. */
async function editHeaders(deps: EditProviderDeps): Promise<ProviderEdit | "back" | null> {
  const { dialog, provider } = deps;
  let headers = { ...provider.headers };
  for (;;) {
    const picked = await dialog.pickOne<{ act: "done" } | { act: "edit"; name: string | null }>({
      title: `Headers of ${provider.id}`,
      step: 2,
      totalSteps: 2,
      placeholder: "Sent with every request. They stand in your settings in the clear: no place for a key.",
      rows: [
        { label: "Add a header", value: { act: "edit", name: null } },
        ...Object.entries(headers).map(([name, value]) => ({
          label: name,
          description: value,
          value: { act: "edit" as const, name },
        })),
        { label: "Done", description: "tries the provider with them, and keeps them", value: { act: "done" } },
      ],
    });
    if (picked.kind === "back") return "back";
    if (picked.kind === "cancelled") return null;
    if (picked.value.act === "edit") {
      const { name } = picked.value;
      const answer = await enterHeader(deps, name, headers);
      if (answer.kind === "cancelled") return null;
      if (answer.kind === "value") headers = answer.value;
      continue;
    }
    const tried = await tryProvider(paramsOf(provider, { headers }), deps, {
      waysBack: [{ words: editHeader, isForKey: false }],
      keeping: "mayKeep",
    });
    if (tried.state === "left") return null;
    if (tried.state !== "back") return { kind: "headers", headers };
  }
}

async function enterHeader(
  { dialog, provider }: EditProviderDeps,
  name: string | null,
  headers: Readonly<Record<string, string>>,
): Promise<Answer<Record<string, string>>> {
  const answer = await dialog.enterText({
    title: name === null ? `New header of ${provider.id}` : `Header ${name} of ${provider.id}`,
    step: 2,
    totalSteps: 2,
    prompt:
      name === null ? "Its name, a colon and its value." : "Its name, a colon and its value. Empty: take it away.",
    placeholder: "x-team: blue",
    value: name === null ? "" : `${name}: ${headers[name] ?? ""}`,
    echo: "shown",
    refuse: (text) => refuseHeaderLine(text, name),
  });
  if (answer.kind !== "value") return answer;
  const rest = Object.entries(headers).filter(([each]) => each !== name);
  const line = headerIn(answer.value);
  const others = rest.filter(([each]) => each.toLowerCase() !== line?.name.toLowerCase());
  return { kind: "value", value: Object.fromEntries(line === null ? rest : [...others, [line.name, line.value]]) };
}

function headerIn(text: string): { name: string; value: string } | null {
  const colon = text.indexOf(":");
  return colon < 0 ? null : { name: text.slice(0, colon).trim(), value: text.slice(colon + 1).trim() };
}

function refuseHeaderLine(text: string, name: string | null): string | null {
  if (text.trim() === "") return name === null ? "Write the header as name: value, or press Escape." : null;
  const line = headerIn(text);
  if (line === null) return "Write the header as name: value. A name is letters, digits and dashes.";
  if (line.value === "") return `Write what ${line.name} is to say, behind the colon.`;
  return refuseOwnHeader(line.name, line.value);
}

// models ---------------------------------------------------------------------------------------------------------------

async function editModels(deps: EditProviderDeps): Promise<ProviderEdit | "back" | null> {
  const { dialog, provider } = deps;
  const tried = await tryProvider(paramsOf(provider, {}), deps, { waysBack: [], keeping: "mustAnswer" });
  if (tried.state !== "answered") return null;
  const { result } = tried;
  const isChosen = provider.tiers.cheap.length + provider.tiers.frontier.length > 0;
  const listed = new Set(result.models.map(({ modelId }) => modelId));
  const own = [
    ...provider.models,
    ...[...provider.tiers.cheap, ...provider.tiers.frontier].map((name) => name.slice(provider.id.length + 1)),
  ];
  // What is used now and no list names (an alias, a model that is served unlisted) can go on being chosen.
  const unlisted = [...new Set(own)].filter((each) => !listed.has(each));
  const answer = await chooseModels(dialog, {
    title: `Models of ${provider.id}`,
    providerId: provider.id,
    stepsBefore: 1,
    models: result.models,
    unlisted,
    proposed: isChosen ? provider.tiers : result.tiers,
    heading: isChosen ? "Chosen now" : "Proposed",
  });
  if (answer.kind === "back") return "back";
  if (answer.kind === "cancelled") return null;
  const { cheap, frontier, models } = answer.value;
  const chosen = [...cheap, ...frontier].map((name) => name.slice(provider.id.length + 1));
  // A row that names models hides all others.
  const needed = provider.models.length > 0 || models.length > 0 ? [...models, ...chosen] : [];
  return { kind: "models", models: [...new Set(needed)], tiers: { cheap, frontier } };
}
