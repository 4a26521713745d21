import type { CancellationToken } from "vscode";
import { presets, resolveBaseUrl } from "../shared/presets.ts";
import type { LocalServer, TestConnectionParams, TestConnectionResult } from "../shared/protocol.ts";
import type { PresetId } from "../shared/settings.ts";
import { chooseModels } from "./choose-models.ts";
import type { Answer, Dialog, Row, Step } from "./dialog.ts";
import { nameProvider } from "./name-provider.ts";

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
  /** Written down by hand because the provider lists none. */
  models: string[];
  tiers: { cheap: string[]; frontier: string[] };
}

interface Draft {
  preset: PresetId;
  /** As typed or found; "" for the preset's own. */
  baseUrl: string;
  key: string;
  /** Comes with its key, or needs none: the step is left out until it turns out wrong. */
  asks: { url: boolean; key: boolean };
}

type Place = "preset" | "url" | "key" | "test" | "models";

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
    if (place === "url" || place === "key") {
      const answer: Answer<Draft> =
        place === "url" ? await enterUrl(deps.dialog, draft) : await enterKey(deps.dialog, draft);
      if (answer.kind === "cancelled") return null;
      if (answer.kind === "value") draft = answer.value;
      place = answer.kind === "back" ? before(place, draft) : after(place, draft);
    } else if (place === "test" || tested === null) {
      const outcome: TestOutcome = await test(deps, draft);
      if (outcome === "left") return null;
      if (outcome === "url" || outcome === "key") draft = { ...draft, asks: { ...draft.asks, [outcome]: true } };
      if (typeof outcome === "object") tested = outcome;
      place = typeof outcome === "object" ? "models" : outcome;
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

type Tested = TestConnectionResult & { ok: true };
type TestOutcome = Tested | "url" | "key" | "test" | "left";

function finish(
  draft: Draft,
  tested: Tested,
  chosen: { models: string[]; cheap: string[]; frontier: string[] },
  taken: readonly string[],
): NewProvider | null {
  const resolved = resolveBaseUrl({ preset: draft.preset, baseUrl: tested.baseUrl });
  if (!resolved.ok) return null;
  return {
    id: idOf(draft, taken),
    preset: draft.preset,
    baseUrl: resolved.baseUrl === presets[draft.preset].baseUrl ? null : resolved.baseUrl,
    origin: resolved.origin,
    key: draft.key === "" ? null : draft.key,
    models: chosen.models,
    tiers: { cheap: chosen.cheap, frontier: chosen.frontier },
  };
}

// the order of steps ---------------------------------------------------------------------------------------------------

/** The steps before the models, as this draft has them; the test is none, it asks nothing. */
function stepsOf(draft: Draft): Place[] {
  const steps: Place[] = ["preset"];
  if (draft.asks.url) steps.push("url");
  if (draft.asks.key) steps.push("key");
  return steps;
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

/** Two steps follow for the models: cheap and frontier. */
function stepAt(place: Place, draft: Draft): Step {
  const steps = stepsOf(draft);
  return { title: titleOf(draft), step: steps.indexOf(place) + 1, totalSteps: steps.length + 2 };
}

function titleOf({ preset }: Draft): string {
  return `Add ${presets[preset].label}`;
}

function idOf({ preset, baseUrl }: Draft, taken: readonly string[]): string {
  return nameProvider(preset, baseUrl, taken);
}

// the steps ------------------------------------------------------------------------------------------------------------

function pickPreset(deps: AddProviderDeps, found: Promise<LocalServer[]>): Promise<Answer<Draft>> {
  const fromEnvironment = environmentRows(deps.environment);
  const named: Row<Draft>[] = Object.values(presets).map((preset, index) => ({
    label: preset.label,
    description: preset.detail,
    ...(index === 0 ? { group: "Providers" } : {}),
    value: draftOf(preset.id, { url: preset.baseUrl === null, key: preset.key !== "none" }),
  }));
  return deps.dialog.pickOne({
    title: "Add Provider",
    step: 1,
    totalSteps: 4,
    placeholder: "Where are the models? What lies ready here is used only when you pick it.",
    rows: [...fromEnvironment, ...named],
    later: found.then(
      (servers) => localRows(servers),
      // The rest of the setup works without them; the log has the reason.
      () => [],
    ),
  });
}

function draftOf(preset: PresetId, asks: Draft["asks"]): Draft {
  return { preset, baseUrl: "", key: "", asks };
}

function environmentRows(environment: AddProviderDeps["environment"]): Row<Draft>[] {
  const rows = Object.values(presets).flatMap((preset) =>
    preset.environmentKeys.flatMap((name): Row<Draft>[] => {
      const key = cleanKey(environment[name] ?? "");
      if (key === "") return [];
      return [
        {
          label: `$(key) Use the key in ${name}`,
          description: preset.label,
          value: { ...draftOf(preset.id, { url: false, key: false }), key },
        },
      ];
    }),
  );
  return rows.map((row, index) => (index === 0 ? { ...row, group: "Found here" } : row));
}

function localRows(servers: readonly LocalServer[]): Row<Draft>[] {
  return servers.map(({ preset, baseUrl, models }, index) => ({
    label: `$(device-desktop) ${presets[preset].label} on ${new URL(baseUrl).host}`,
    description: models.length === 1 ? "1 model" : `${models.length} models`,
    ...(index === 0 ? { group: "Found on this machine" } : {}),
    value: { ...draftOf(preset, { url: false, key: false }), baseUrl },
  }));
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
  return answer.kind === "value" ? { kind: "value", value: { ...draft, baseUrl: answer.value.trim() } } : answer;
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

/** Why this cannot be the key, or null. Shared with "Change Key". */
export function refuseKey(text: string, presetId: PresetId): string | null {
  const preset = presets[presetId];
  const key = cleanKey(text);
  if (key === "") {
    return preset.key === "required"
      ? `The key is empty. Paste your ${preset.label} key, or press Escape to leave everything as it is.`
      : null;
  }
  // What a header cannot carry; most often a whole line of a shell script was pasted.
  if (!/^[\x21-\x7e]+$/.test(key)) return "A key has no spaces, line breaks or accents. Paste the key alone.";
  return null;
}

/** What people paste around a key, taken off. */
export function cleanKey(text: string): string {
  return text
    .trim()
    .replace(/^bearer\s+/i, "")
    .replace(/^(["'])(.*)\1$/, "$2");
}

// the test -------------------------------------------------------------------------------------------------------------

const tryAgain = "Try Again";
const editKey = "Edit Key";
const editUrl = "Edit URL";
const showLog = "Show Log";

async function test(deps: AddProviderDeps, draft: Draft): Promise<TestOutcome> {
  const preset = presets[draft.preset];
  const result = await deps.dialog.wait(`Asking ${preset.label} for its models…`, (token) =>
    deps
      .testConnection(
        {
          preset: draft.preset,
          providerId: idOf(draft, deps.taken),
          key: draft.key === "" ? null : draft.key,
          ...(draft.baseUrl === "" ? {} : { baseUrl: draft.baseUrl }),
        },
        token,
      )
      .catch((error: unknown): TestConnectionResult => {
        const message = error instanceof Error ? error.message : String(error);
        return { ok: false, failure: { kind: "internal", message } };
      }),
  );
  if (result === null) return "left";
  if (result.ok) return result;

  // A key taken from the environment can be replaced by a typed one, and every address by another.
  const keyActions = preset.key === "none" ? [] : [editKey];
  const isAboutKey = result.failure.kind === "auth" && preset.key !== "none";
  const actions = isAboutKey ? [...keyActions, tryAgain, editUrl] : [tryAgain, ...keyActions, editUrl];
  const aboutKey = draft.key === "" ? `${preset.label} asks for a key.` : `${preset.label} did not accept the key.`;
  const message = isAboutKey ? aboutKey : `${preset.label} could not be reached with these settings.`;
  const { message: detail } = result.failure;
  let picked = await deps.dialog.fail(message, detail, [...actions, showLog], "inFront");
  if (picked === showLog) {
    deps.showLog();
    picked = await deps.dialog.fail(message, detail, actions, "aside");
  }
  if (picked === tryAgain) return "test";
  if (picked === editKey) return "key";
  if (picked === editUrl) return "url";
  return "left";
}
