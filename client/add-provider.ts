import type { CancellationToken } from "vscode";
import { fillBaseUrl, type PresetPart, presets, refuseHeader, refusePart, resolveBaseUrl } from "../shared/presets.ts";
import type { LocalServer, TestConnectionParams, TestConnectionResult } from "../shared/protocol.ts";
import { type PresetId, providerSettingSchema } from "../shared/settings.ts";
import { chooseModels } from "./choose-models.ts";
import { askForLogin, type LoginDeps } from "./device-login.ts";
import type { Answer, Dialog, Step } from "./dialog.ts";
import { nameProvider } from "./name-provider.ts";
import { atAddress, type Draft, pickPreset } from "./pick-preset.ts";
import { cleanKey, refuseKey } from "./read-key.ts";
import { type Tested, tryProvider } from "./try-provider.ts";

/**
 * "Wayfare: Add Provider": which provider, where, with which key, does it answer, which models for which tier. What lies
 * ready (a key in the environment, a server on this machine) is offered in the first step and used only when picked.
 * Nothing is written before the last step is answered; Escape anywhere changes nothing.
 */
export interface AddProviderDeps {
  dialog: Dialog;
  /** Ids that are taken. */
  taken: readonly string[];
  environment: Readonly<Record<string, string | undefined>>;
  findLocalServers(): Promise<LocalServer[]>;
  testConnection(params: TestConnectionParams, token: CancellationToken): Promise<TestConnectionResult>;
  login: Omit<LoginDeps, "dialog">;
  showLog(): void;
}

/** What the person confirmed; the caller writes it. */
export interface NewProvider {
  id: string;
  preset: PresetId;
  /** null: the preset's own address. */
  baseUrl: string | null;
  origin: string;
  key: string | null;
  /** What a request says beside the key; absent: nothing. */
  headers?: Record<string, string>;
  /** Written down by hand because the provider lists none. */
  models: string[];
  tiers: { cheap: string[]; frontier: string[] };
}

type Place = "preset" | `part:${string}` | "url" | "login" | "key" | "name" | "test" | "models";

/** Asks all there is to ask. null when the person left. Never throws for a provider's failure. */
export async function addProvider(deps: AddProviderDeps): Promise<NewProvider | null> {
  const found = deps.findLocalServers();
  for (;;) {
    const answer = await pickPreset(deps, found);
    if (answer.kind !== "value") return null;
    const provider = await askTheRest(deps, answer.value);
    if (provider !== "back") return provider;
  }
}

/** Everything after the first step; the loop ends when the person confirms, leaves, or goes back to the beginning. */
async function askTheRest(deps: AddProviderDeps, picked: Draft): Promise<NewProvider | "back" | null> {
  let draft = picked;
  let tested: Tested | null = null;
  let place: Place = after("preset", draft);
  for (;;) {
    if (place === "preset") return "back";
    // A second account of one vendor is told from the first by a name of its own.
    if (place === "test" && draft.id === "" && isTwin(draft, deps.taken)) place = "name";
    if (place === "name") {
      const answer = await enterName(deps, draft);
      if (answer.kind === "cancelled") return null;
      if (answer.kind === "value") draft = { ...draft, id: answer.value.trim() };
      place = answer.kind === "back" ? before("test", draft) : "test";
      continue;
    }
    const part = partAt(place, draft);
    if (place === "login") {
      const outcome = await askForLogin({ dialog: deps.dialog, ...deps.login }, placeOf(draft), stepAt(place, draft));
      if (outcome.state === "left") return null;
      if (outcome.state === "back") place = before(place, draft);
      else {
        draft = { ...draft, pastes: outcome.state === "paste", key: outcome.state === "key" ? outcome.key : "" };
        place = after(place, draft);
      }
      continue;
    }
    if (part !== null || place === "url" || place === "key") {
      const answer: Answer<Draft> =
        part !== null
          ? await enterPart(deps.dialog, draft, part)
          : place === "url"
            ? await enterUrl(deps.dialog, draft)
            : await enterKey(deps.dialog, draft);
      if (answer.kind === "cancelled") return null;
      const isOther = answer.kind === "value" && answer.value.preset !== draft.preset;
      if (answer.kind === "value") draft = answer.value;
      const [header] = isOther ? (presets[draft.preset].headerParts ?? []) : [];
      if (header !== undefined) place = `part:${header.name}`;
      else place = answer.kind === "back" ? before(place, draft) : after(place, draft);
    } else if (place === "test" || tested === null) {
      const outcome: TestOutcome = await test(deps, draft);
      if (outcome === "left") return null;
      if (outcome === "url" || outcome === "key") draft = { ...draft, asks: { ...draft.asks, [outcome]: true } };
      if (typeof outcome === "object") tested = outcome;
      place = typeof outcome === "object" ? "models" : outcome === "key" ? keyStep(draft) : outcome;
    } else {
      const answer = await chooseModels(deps.dialog, {
        title: titleOf(draft),
        providerId: idOf(draft, deps.taken),
        stepsBefore: stepsOf(draft).length,
        models: tested.models,
        proposed: tested.tiers,
      });
      if (answer.kind === "cancelled") return null;
      if (answer.kind === "value") return finish(draft, tested, answer.value, deps.taken);
      place = before("test", draft);
    }
  }
}

type TestOutcome = Tested | "url" | "key" | "left";

function finish(
  draft: Draft,
  tested: Tested,
  chosen: { models: string[]; cheap: string[]; frontier: string[] },
  taken: readonly string[],
): NewProvider | null {
  const preset = tested.preset ?? draft.preset;
  const resolved = resolveBaseUrl({ preset, baseUrl: tested.baseUrl });
  if (!resolved.ok) return null;
  return {
    id: idOf(draft, taken),
    preset,
    baseUrl: resolved.baseUrl === presets[preset].baseUrl ? null : resolved.baseUrl,
    origin: resolved.origin,
    key: draft.key === "" ? null : draft.key,
    ...headersOf(draft),
    models: chosen.models,
    tiers: { cheap: chosen.cheap, frontier: chosen.frontier },
  };
}

// the order of steps ---------------------------------------------------------------------------------------------------

/** The steps before the models, as this draft has them; the test is none, it asks nothing. */
function stepsOf(draft: Draft): Place[] {
  const steps: Place[] = ["preset", ...partsOf(draft).map(({ name }): Place => `part:${name}`)];
  if (draft.asks.url) steps.push("url");
  if (draft.asks.key) steps.push(...keySteps(draft));
  return steps;
}

/** A login in the browser takes the place of a pasted key, where the vendor has one and the person wants it. */
function keySteps({ preset, pastes }: Draft): Place[] {
  if (presets[preset].deviceLogin !== true) return ["key"];
  return pastes ? ["login", "key"] : ["login"];
}

function keyStep(draft: Draft): Place {
  return keySteps(draft).at(-1) ?? "key";
}

/** Where a login is asked for. */
function placeOf({ preset, baseUrl }: Draft): { preset: PresetId; baseUrl?: string } {
  return { preset, ...(baseUrl === "" ? {} : { baseUrl }) };
}

function after(place: Place, draft: Draft): Place {
  const steps = stepsOf(draft);
  return steps[steps.indexOf(place) + 1] ?? "test";
}

function before(place: Place, draft: Draft): Place {
  const steps = stepsOf(draft);
  const at = steps.indexOf(place);
  return steps[(at === -1 ? steps.length : at) - 1] ?? "preset";
}

function partsOf({ preset }: Draft): readonly PresetPart[] {
  const { addressParts = [], headerParts = [] } = presets[preset];
  return [...addressParts, ...headerParts];
}

function partAt(place: Place, draft: Draft): PresetPart | null {
  return partsOf(draft).find(({ name }) => place === `part:${name}`) ?? null;
}

/** What was entered for the headers of the preset. */
function headersOf({ preset, parts }: Draft): { headers?: Record<string, string> } {
  const named = (presets[preset].headerParts ?? []).flatMap(({ name }): [string, string][] => {
    const value = parts[name];
    return value === undefined ? [] : [[name, value]];
  });
  return named.length === 0 ? {} : { headers: Object.fromEntries(named) };
}

/** Two steps follow for the models: cheap and frontier. */
function stepAt(place: Place, draft: Draft): Step {
  const steps = stepsOf(draft);
  return { title: titleOf(draft), step: steps.indexOf(place) + 1, totalSteps: steps.length + 2 };
}

function titleOf({ preset }: Draft): string {
  return `Add ${presets[preset].label}`;
}

function idOf({ preset, baseUrl, id }: Draft, taken: readonly string[]): string {
  return id || nameProvider(preset, baseUrl, taken);
}

function isTwin({ preset, baseUrl }: Draft, taken: readonly string[]): boolean {
  return taken.includes(nameProvider(preset, baseUrl, []));
}

// the steps ------------------------------------------------------------------------------------------------------------

async function enterPart(dialog: Dialog, draft: Draft, part: PresetPart): Promise<Answer<Draft>> {
  const preset = presets[draft.preset];
  const isInAddress = preset.addressParts?.includes(part) === true;
  const answer = await dialog.enterText({
    ...stepAt(`part:${part.name}`, draft),
    prompt: `Enter ${part.what}`,
    placeholder: part.example,
    value: draft.parts[part.name] ?? "",
    echo: "shown",
    refuse: (text) => (isInAddress ? refusePart(part, text) : refuseHeader(part, text)),
  });
  if (answer.kind !== "value") return answer;
  const parts = { ...draft.parts, [part.name]: answer.value.trim() };
  return {
    kind: "value",
    value: { ...draft, parts, ...(isInAddress ? { baseUrl: fillBaseUrl(preset, parts) } : {}) },
  };
}

async function enterUrl(dialog: Dialog, draft: Draft): Promise<Answer<Draft>> {
  const preset = presets[draft.preset];
  const answer = await dialog.enterText({
    ...stepAt("url", draft),
    prompt: "The base URL, as the provider's page on its OpenAI-compatible API shows it",
    placeholder: preset.baseUrl ?? "https://api.example.com/v1",
    value: draft.baseUrl || (preset.baseUrl ?? ""),
    echo: "shown",
    refuse(text) {
      const resolved = resolveBaseUrl({ preset: draft.preset, baseUrl: text });
      return resolved.ok ? null : resolved.message;
    },
  });
  return answer.kind === "value" ? { kind: "value", value: atAddress(draft, answer.value.trim()) } : answer;
}

function enterName({ dialog, taken }: AddProviderDeps, draft: Draft): Promise<Answer<string>> {
  const steps = stepsOf(draft).length;
  return dialog.enterText({
    title: titleOf(draft),
    step: steps + 1,
    totalSteps: steps + 3,
    prompt: `"${nameProvider(draft.preset, draft.baseUrl, [])}" is taken. What is this one to be called?`,
    placeholder: "openai-work",
    value: idOf(draft, taken),
    echo: "shown",
    refuse(text) {
      if (taken.includes(text.trim())) return `"${text.trim()}" is taken.`;
      return providerSettingSchema.shape.id.safeParse(text.trim()).success
        ? null
        : "Use 1 to 40 lower-case letters, digits and dashes.";
    },
  });
}

async function enterKey(dialog: Dialog, draft: Draft): Promise<Answer<Draft>> {
  const preset = presets[draft.preset];
  const where = preset.keysPage === null ? "" : ` Keys are made at ${preset.keysPage}.`;
  const answer = await dialog.enterText({
    ...stepAt("key", draft),
    prompt: `It is kept in VS Code's secret storage and sent to this provider alone.${where}`,
    placeholder: preset.keyPlaceholder,
    value: "",
    echo: "masked",
    refuse: (text) => refuseKey(text, preset.id),
  });
  return answer.kind === "value" ? { kind: "value", value: { ...draft, key: cleanKey(answer.value) } } : answer;
}

// the test -------------------------------------------------------------------------------------------------------------

const editKey = "Edit Key";
const editUrl = "Edit URL";

async function test(deps: AddProviderDeps, draft: Draft): Promise<TestOutcome> {
  const tried = await tryProvider(
    {
      preset: draft.preset,
      providerId: idOf(draft, deps.taken),
      key: draft.key === "" ? null : draft.key,
      ...(draft.baseUrl === "" ? {} : { baseUrl: draft.baseUrl }),
      ...headersOf(draft),
    },
    { ...deps, openPage: deps.login.openPage },
    {
      // A key taken from the environment can be replaced by a typed one, and every address by another.
      waysBack: [
        ...(presets[draft.preset].key === "none" ? [] : [{ words: editKey, isForKey: true }]),
        { words: editUrl, isForKey: false },
      ],
      keeping: "mayName",
    },
  );
  if (tried.state === "answered") return tried.result;
  if (tried.state !== "back") return "left";
  return tried.words === editKey ? "key" : "url";
}
