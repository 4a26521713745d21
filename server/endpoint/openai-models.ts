import type { Relay, RelayModel } from "../core/relay.ts";
import { WireError } from "./wire.ts";

export function listModels(relay: Pick<Relay, "models">): { json: unknown } {
  return { json: { object: "list", data: relay.models().map(modelEntry) } };
}

/** Throws a WireError where there is no such model. */
export function findModel(relay: Pick<Relay, "models">, id: string): { json: unknown } {
  const found = relay.models().find((model) => model.id === id);
  if (found !== undefined) return { json: modelEntry(found) };
  throw noSuchModel(id);
}

export function noSuchModel(id: string): WireError {
  return new WireError({
    status: 404,
    kind: "not-found",
    message: `There is no model ${JSON.stringify(id.slice(0, 200))} here; GET /v1/models lists them.`,
    param: "model",
    code: "model_not_found",
    retryAfterMs: null,
  });
}

function modelEntry({ id, windowTokens, maxOutputTokens }: RelayModel): Record<string, unknown> {
  const provider = id.slice(0, Math.max(0, id.indexOf("/")));
  return {
    id,
    object: "model",
    created: 0,
    owned_by: provider === "" ? "wayfare" : provider,
    ...(windowTokens === null ? {} : { context_window: windowTokens }),
    ...(maxOutputTokens === null ? {} : { max_output_tokens: maxOutputTokens }),
  };
}
