import type { Failure } from "../../shared/failure.ts";
import { templatePrompt } from "../core/fim-prompt.ts";
import type { ListedModel, Provider, ProviderPart } from "../core/provider.ts";
import { cancelOnReturn } from "./cancel-on-return.ts";
import type { Http } from "./http.ts";
import { createModelQuirks, type ModelQuirks } from "./model-quirks.ts";
import type { ProviderFacts } from "./provider-facts.ts";

/** What an Ollama has said so far, for as long as its provider lives. */
export interface OllamaMemory {
  quirks: ModelQuirks<never>;
  /** Model → why it cannot fill a hole by its own template. */
  fillRefusals: Map<string, Failure>;
  /** Model → the window it was last asked for, in tokens. */
  windows: Map<string, number>;
}

/**
 * Ollama's own wire, `/api/chat` and `/api/generate`, which takes what OpenAI's does not: the context window to load. What
 * speaks it is loaded at the first question.
 */
export function ollama(facts: ProviderFacts, http: Http): Provider {
  const memory: OllamaMemory = {
    quirks: createModelQuirks(),
    fillRefusals: new Map(),
    windows: windowsAt(http, facts.origin),
  };

  async function* lazily(
    ask: (wire: typeof import("./ask-ollama.ts")) => AsyncGenerator<ProviderPart, void, undefined>,
  ): AsyncGenerator<ProviderPart, void, undefined> {
    yield* ask(await import("./ask-ollama.ts"));
  }

  return {
    id: facts.id,
    wire: "ollama",
    origin: facts.origin,
    stream: (request, { signal }) =>
      cancelOnReturn(signal, (own) => lazily((wire) => wire.chat({ facts, http, memory }, request, own))),
    fill: (request, { signal }) =>
      cancelOnReturn(signal, (own) => lazily((wire) => wire.generate({ facts, http, memory }, request, own))),
    canFill: (modelId, wire) =>
      (wire === "suffix" && !memory.fillRefusals.has(modelId)) ||
      (wire === "template" && templatePrompt(modelId, { prefix: "", suffix: "" }) !== null),
    lacks: memory.quirks.lacks,
    async listModels({ signal }): Promise<ListedModel[]> {
      const { listOllamaModels } = await import("./list-ollama-models.ts");
      return listOllamaModels(facts, http, signal);
    },
  };
}

/** New settings make new providers, and the server keeps its models loaded all the same. */
const windowsOfHttp = new WeakMap<Http, Map<string, Map<string, number>>>();

function windowsAt(http: Http, origin: string): Map<string, number> {
  const origins = windowsOfHttp.get(http) ?? new Map<string, Map<string, number>>();
  windowsOfHttp.set(http, origins);
  const windows = origins.get(origin) ?? new Map<string, number>();
  origins.set(origin, windows);
  return windows;
}
