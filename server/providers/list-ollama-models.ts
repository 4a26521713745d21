import * as z from "zod";
import { isCloudModel, usableWindow } from "../core/ollama-window.ts";
import type { ListedModel } from "../core/provider.ts";
import type { Http } from "./http.ts";
import { listModels } from "./list-models.ts";
import { authorize, type ProviderFacts } from "./provider-facts.ts";
import { readBody } from "./read-body.ts";
import { readJson } from "./read-json.ts";

/** So many models are asked about, the newest first as they are listed; of more the rest keeps its unknowns. */
const mostShown = 100;
/** Requests under way at once: each reads a file of the model on the server's disk. */
const atOnce = 4;
/** A list without facts is better than no list: what is not told by then stays unknown. */
const patienceMs = 6_000;
/** Licence, template and the names of all tensors are part of each answer. */
const longestShownBytes = 4_000_000;

/**
 * The models that an Ollama has (`/api/tags`), each with what it says of it (`/api/show`): context length, images, tools,
 * thinking, holes. Models that only embed are left out. Throws as `listModels` does; a model that it says nothing of is in
 * the list without facts. https://docs.ollama.com/api/tags, https://docs.ollama.com/api-reference/show-model-details
 */
export async function listOllamaModels(facts: ProviderFacts, http: Http, signal: AbortSignal): Promise<ListedModel[]> {
  const models = await listModels(facts, http, signal);
  const patient = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
  const shown = new Map<string, Shown>();
  const waiting = models.slice(0, mostShown).values();
  const work = async (): Promise<void> => {
    for (const { id } of waiting) {
      if (patient.aborted) return;
      const said = await show(id, facts, http, patient);
      if (said !== null) shown.set(id, said);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  signal.throwIfAborted();
  return models.flatMap((model) => {
    const said = shown.get(model.id);
    if (said === undefined) return [model];
    return said.writes ? [{ ...model, ...factsOf(model.id, said, facts) }] : [];
  });
}

/** What is read of one model; null: not told. */
export interface Shown {
  writes: boolean;
  contextTokens: number | null;
  capabilities: readonly string[] | null;
}

/** What `/api/show` says; null for an answer of another shape. Older servers name no capabilities. */
export function readShown(body: string): Shown | null {
  const parsed = readJson(body, shownSchema);
  if (parsed === undefined) return null;
  const info = parsed.model_info ?? {};
  const capabilities = parsed.capabilities ?? null;
  const named = info[`${String(info["general.architecture"] ?? "")}.context_length`];
  const found = named ?? Object.entries(info).find(([name]) => name.endsWith(".context_length"))?.[1];
  return {
    writes: capabilities === null || capabilities.length === 0 || capabilities.includes("completion"),
    contextTokens: tokens.safeParse(found).data ?? null,
    capabilities: capabilities?.length === 0 ? null : capabilities,
  };
}

const tokens = z.number().int().positive();
const shownSchema = z.looseObject({
  model_info: z.record(z.string(), z.unknown()).nullish().catch(null),
  capabilities: z.array(z.string()).nullish().catch(null),
});

function factsOf(id: string, { contextTokens, capabilities }: Shown, { origin }: ProviderFacts): Partial<ListedModel> {
  const isCloud = isCloudModel({ origin, modelId: id });
  const window =
    contextTokens === null
      ? {}
      : isCloud
        ? { windowTokens: contextTokens }
        : { windowTokens: usableWindow(contextTokens), largestWindowTokens: contextTokens };
  if (capabilities === null) return window;
  return {
    ...window,
    takesImages: capabilities.includes("vision"),
    takesTools: capabilities.includes("tools"),
    thinks: capabilities.includes("thinking"),
    fillsHoles: capabilities.includes("insert"),
  };
}

async function show(model: string, facts: ProviderFacts, http: Http, signal: AbortSignal): Promise<Shown | null> {
  try {
    const response = await http.request(`${facts.baseUrl}/api/show`, {
      method: "POST",
      headers: { ...authorize(facts), accept: "application/json", "content-type": "application/json" },
      body: JSON.stringify({ model }),
      signal,
    });
    const body = await readBody(response.body, longestShownBytes);
    return response.status === 200 ? readShown(body) : null;
  } catch {
    // Whoever asked learns of an abort, and of a server that is gone, by the list itself.
    return null;
  }
}
