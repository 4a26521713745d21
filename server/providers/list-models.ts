import * as z from "zod";
import { FailureError } from "../../shared/failure.ts";
import type { ListedModel } from "../core/provider.ts";
import type { Http } from "./http.ts";
import type { WireRow } from "./presets.ts";
import { withStatedPrices } from "./price-lists.ts";
import { authorize, type ProviderFacts } from "./provider-facts.ts";
import { readBody, readErrorBody } from "./read-body.ts";
import { looksLikeHtml, readError } from "./read-error.ts";
import { readJson } from "./read-json.ts";
import { type ListPrice, pricingSchema, readPricing } from "./read-list-price.ts";

/** Asks the provider for its models. Throws a FailureError; `not-an-api` when what answers is not a list. */
export async function listModels(facts: ProviderFacts, http: Http, signal: AbortSignal): Promise<ListedModel[]> {
  const response = await http.request(facts.baseUrl + facts.row.modelsPath, {
    method: "GET",
    headers: { ...authorize(facts), accept: "application/json" },
    signal,
  });
  const isList = response.status === 200;
  const body = isList ? await readBody(response.body) : await readErrorBody(response.body);
  const contentType = response.headers["content-type"] ?? "";
  const answer = {
    status: response.status,
    headers: response.headers,
    body,
    host: new URL(facts.baseUrl).host,
    modelId: null,
    secrets: facts.key === null ? [] : [facts.key],
    nowMs: facts.now(),
  };
  if (!isList || looksLikeHtml(contentType, body)) throw new FailureError(readError(answer));
  const models = readModelList(body, { priceList: facts.row.priceList, local: facts.local });
  if (models) return withStatedPrices(models, facts, http, body, signal);
  if (readJson(body, z.looseObject({ error: z.union([z.string().min(1), z.looseObject({})]) }))) {
    throw new FailureError(readError(answer));
  }
  const message = `${answer.host} answered, but not with a list of models. Check the path of the base URL; it often ends in /v1.`;
  throw new FailureError({ kind: "not-an-api", status: response.status, contentType, message });
}

const tokens = z.number().int().positive().nullish().catch(null);
const loose = <Shape extends z.ZodRawShape>(shape: Shape) => z.looseObject(shape).nullish().catch(null);

const words = z.array(z.string()).nullish().catch(null);
/** `true`, or Anthropic's `{ "supported": true }`. */
const flag = z
  .union([z.boolean(), z.looseObject({ supported: z.boolean() }).transform((value) => value.supported)])
  .nullish()
  .catch(null);
const abilities = { supports_vision: flag, supports_function_calling: flag };

/** Every vendor's row at once: each field is somebody's. */
const modelSchema = z.looseObject({
  id: z.string().nullish().catch(null),
  name: z.string().nullish().catch(null),
  context_length: tokens,
  context_window: tokens,
  max_context_length: tokens,
  loaded_context_length: tokens,
  max_context_window_tokens: tokens,
  max_model_len: tokens,
  max_input_tokens: tokens,
  max_completion_tokens: tokens,
  max_output_tokens: tokens,
  max_tokens: tokens,
  top_provider: loose({ context_length: tokens, max_completion_tokens: tokens }),
  meta: loose({ n_ctx: tokens, n_ctx_train: tokens }),
  architecture: loose({ input_modalities: words, output_modalities: words }),
  /** OpenRouter's. */
  supported_parameters: words,
  /** Vercel's. */
  tags: words,
  /** LiteLLM's, on the row or in its `model_info`. */
  ...abilities,
  model_info: loose(abilities),
  /** Mistral's and Anthropic's have names, those of LM Studio, Ollama and llama.cpp are a list. */
  capabilities: z
    .union([z.array(z.string()), z.looseObject({ vision: flag, function_calling: flag, image_input: flag })])
    .nullish()
    .catch(null),
  /** LM Studio's: `vlm` sees. */
  type: z.string().nullish().catch(null),
  pricing: pricingSchema.nullish().catch(null),
});
type ModelRow = z.infer<typeof modelSchema>;

const listSchema = z.union([
  z.array(z.unknown()),
  z.looseObject({ data: z.array(z.unknown()) }).transform((list) => list.data),
  z.looseObject({ models: z.array(z.unknown()) }).transform((list) => list.models),
  // Some local servers say null for "no models yet".
  z.looseObject({ object: z.literal("list"), data: z.null() }).transform((): unknown[] => []),
]);

interface ListFacts {
  priceList: WireRow["priceList"];
  local: "yes" | "no";
}

/** Rows past this are left out; the largest gateway lists about 700. */
const mostModels = 5_000;

/**
 * A provider's list of models: OpenAI's, Anthropic's, OpenRouter's, TokenMix's, Ollama's, LM Studio's and llama.cpp's
 * shapes. null when the text is no such list. What a list does not say, or says in units that nobody documents, is null.
 */
export function readModelList(body: string, facts: ListFacts): ListedModel[] | null {
  const rows = readJson(body, listSchema);
  if (!rows) return null;
  const models: ListedModel[] = [];
  const seen = new Set<string>();
  for (const row of rows.slice(0, mostModels)) {
    const parsed = modelSchema.safeParse(row);
    const id = parsed.success ? (parsed.data.id ?? parsed.data.name) : null;
    if (!parsed.success || !id || seen.has(id) || !writesText(parsed.data)) continue;
    seen.add(id);
    const { data } = parsed;
    models.push({ id, ...readLimits(data), ...readPrice(data, id, facts), ...readAbilities(data) });
  }
  return rows.length > 0 && models.length === 0 ? null : models;
}

function writesText(row: ModelRow): boolean {
  return row.architecture?.output_modalities?.includes("text") ?? true;
}

/** What the row says it takes; what it does not speak of is left open, for a list of some abilities may not name others. */
function readAbilities(row: ModelRow): { takesImages?: boolean; takesTools?: boolean } {
  const listed = Array.isArray(row.capabilities) ? row.capabilities : null;
  const named = Array.isArray(row.capabilities) ? null : row.capabilities;
  const takesImages =
    row.architecture?.input_modalities?.includes("image") ??
    row.supports_vision ??
    row.model_info?.supports_vision ??
    named?.vision ??
    named?.image_input ??
    row.tags?.includes("vision") ??
    (row.type === "vlm" || listed?.some((each) => /^(vision|multimodal)$/.test(each)) ? true : null);
  const takesTools =
    row.supported_parameters?.includes("tools") ??
    row.supports_function_calling ??
    row.model_info?.supports_function_calling ??
    named?.function_calling ??
    row.tags?.includes("tool-use") ??
    (listed?.some((each) => /^(tools|tool_use)$/.test(each)) ? true : null);
  return {
    ...(takesImages === null ? {} : { takesImages }),
    ...(takesTools === null ? {} : { takesTools }),
  };
}

function readLimits(row: ModelRow): { windowTokens: number | null; maxOutputTokens: number | null } {
  const windowTokens =
    row.top_provider?.context_length ??
    row.context_length ??
    row.context_window ??
    row.loaded_context_length ??
    row.max_context_length ??
    row.max_context_window_tokens ??
    row.max_model_len ??
    row.max_input_tokens ??
    row.meta?.n_ctx ??
    row.meta?.n_ctx_train ??
    null;
  const maxOutputTokens =
    row.top_provider?.max_completion_tokens ??
    row.max_completion_tokens ??
    row.max_output_tokens ??
    row.max_tokens ??
    null;
  return { windowTokens, maxOutputTokens };
}

function readPrice(row: ModelRow, modelId: string, facts: ListFacts): ListPrice {
  if (facts.local === "yes") return { price: "free" };
  const isStated = facts.priceList === "openrouter" || facts.priceList === "vercel";
  return isStated && row.pricing ? readPricing(row.pricing, modelId) : { price: null };
}
