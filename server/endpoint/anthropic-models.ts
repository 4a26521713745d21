import type { RelayModel } from "../core/relay.ts";

/** GET /v1/models as Anthropic lists models; all on one page. */
export function writeModels(models: readonly RelayModel[]): Record<string, unknown> {
  return {
    data: models.map(writeModel),
    has_more: false,
    first_id: models[0]?.id ?? null,
    last_id: models.at(-1)?.id ?? null,
  };
}

/** GET /v1/models/{id}. Since when there is a model is not known, for which Anthropic has the beginning of time. */
export function writeModel({ id, windowTokens, maxOutputTokens }: RelayModel): Record<string, unknown> {
  return {
    type: "model",
    id,
    display_name: id,
    created_at: "1970-01-01T00:00:00Z",
    max_input_tokens: windowTokens,
    max_tokens: maxOutputTokens,
  };
}
