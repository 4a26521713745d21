import * as z from "zod";
import { FailureError } from "../../shared/failure.ts";
import { keySecrets } from "../../shared/redact.ts";
import type { PresetId } from "../../shared/settings.ts";
import type { ListedModel } from "../core/provider.ts";
import type { Http } from "./http.ts";
import type { WireRow } from "./presets.ts";
import { withStatedPrices } from "./price-lists.ts";
import { authorize, type ProviderFacts } from "./provider-facts.ts";
import { readBody, readErrorBody } from "./read-body.ts";
import { readError } from "./read-error.ts";
import { looksLikeHtml } from "./read-error-body.ts";
import { readJson } from "./read-json.ts";
import { type ListPrice, pricingSchema, readPricing } from "./read-list-price.ts";
import { recogniseServer } from "./recognise-server.ts";

/** Asks the provider for its models. Throws a FailureError; `not-an-api` when what answers is not a list. */
export async function listModels(facts: ProviderFacts, http: Http, signal: AbortSignal): Promise<ListedModel[]> {
  return (await listModelsOf(facts, http, signal)).models;
}

/** The same, with the server that the list gives away; null: none in particular. */
export async function listModelsOf(
  facts: ProviderFacts,
  http: Http,
  signal: AbortSignal,
): Promise<{ models: ListedModel[]; server: PresetId | null }> {
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
    secrets: keySecrets(facts.key),
    nowMs: facts.now(),
    rateCodes: facts.row.rateCodes,
    behind: facts.row.behind,
  };
  if (!isList || looksLikeHtml(contentType, body)) throw new FailureError(readError(answer));
  const models = readModelList(body, { priceList: facts.row.priceList, local: facts.local });
  if (models) {
    return { models: await withStatedPrices(models, facts, http, body, signal), server: recogniseServer(body) };
  }
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
const abilities = { supports_vision: flag, supports_function_calling: flag, supports_reasoning: flag };

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
  /** Gemini's. */
  inputTokenLimit: tokens,
  outputTokenLimit: tokens,
  supportedGenerationMethods: words,
  /** Fireworks'. */
  supports_chat: flag,
  supports_image_input: flag,
  supports_tools: flag,
  /** Groq's: false for one that is listed and not served. */
  active: flag,
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
  /** Mistral's and Anthropic's have names, those of LM Studio, Ollama, and llama.cpp are a list. */
  capabilities: z
    .union([
      z.array(z.string()),
      z.looseObject({
        vision: flag,
        function_calling: flag,
        image_input: flag,
        completion_chat: flag,
        completion_fim: flag,
      }),
    ])
    .nullish()
    .catch(null),
  /** LM Studio's: `vlm` sees. Together's and Vercel's name what is no language model. */
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
    const id = parsed.success ? idOf(parsed.data) : null;
    if (!parsed.success || !id || seen.has(id) || !writesText(parsed.data)) continue;
    seen.add(id);
    const { data } = parsed;
    models.push({ id, ...readLimits(data), ...readPrice(data, id, facts), ...readAbilities(data) });
  }
  return rows.length > 0 && models.length === 0 ? null : models;
}

/** A name that draws over others, or fills the screen, is none that somebody could choose. */
const readableId = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{1,256}$/u;

/** Gemini names its models `models/…`, and takes them without. */
function idOf(row: ModelRow): string | null {
  const id = row.id ?? row.name ?? null;
  if (id !== null && !readableId.test(id)) return null;
  return row.supportedGenerationMethods == null ? id : (id?.replace(/^models\//, "") ?? null);
}

/** False only where the list says so: a row that says nothing of it is believed to write. */
function writesText(row: ModelRow): boolean {
  if (row.supportedGenerationMethods?.includes("generateContent") === false) return false;
  const named = Array.isArray(row.capabilities) ? null : row.capabilities;
  const outputs = row.architecture?.output_modalities;
  if (outputs?.includes("text") === false || row.active === false || row.supports_chat === false) return false;
  if (named?.completion_chat === false && named.completion_fim !== true) return false;
  return !otherKinds.has(row.type ?? "");
}

/** Kinds of models that lists name and that answer no chat. */
const otherKinds: ReadonlySet<string> = new Set([
  "embedding",
  "embeddings",
  "image",
  "video",
  "audio",
  "transcribe",
  "speech",
  "rerank",
  "reranking",
  "moderation",
]);

/** What the row says it takes; what it does not speak of is left open, for a list of some abilities may not name others. */
function readAbilities(row: ModelRow): {
  takesImages?: boolean;
  takesTools?: boolean;
  thinks?: boolean;
  fillsHoles?: boolean;
} {
  const listed = Array.isArray(row.capabilities) ? row.capabilities : null;
  const named = Array.isArray(row.capabilities) ? null : row.capabilities;
  const takesImages =
    row.architecture?.input_modalities?.includes("image") ??
    row.supports_vision ??
    row.supports_image_input ??
    row.model_info?.supports_vision ??
    named?.vision ??
    named?.image_input ??
    row.tags?.includes("vision") ??
    (row.type === "vlm" || listed?.some((each) => /^(vision|multimodal)$/.test(each)) ? true : null);
  const takesTools =
    row.supported_parameters?.includes("tools") ??
    row.supports_function_calling ??
    row.supports_tools ??
    row.model_info?.supports_function_calling ??
    named?.function_calling ??
    row.tags?.includes("tool-use") ??
    (listed?.some((each) => /^(tools|tool_use|tool-calling)$/.test(each)) ? true : null);
  // A list of parameters or tags names what there is; one without the word may be older than it.
  const thinks =
    row.supports_reasoning ??
    row.model_info?.supports_reasoning ??
    (row.supported_parameters?.includes("reasoning") || row.tags?.includes("reasoning") || listed?.includes("thinking")
      ? true
      : null);
  const fillsHoles = named?.completion_fim ?? null;
  return {
    ...(thinks === null ? {} : { thinks }),
    ...(fillsHoles === null ? {} : { fillsHoles }),
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
    row.inputTokenLimit ??
    row.meta?.n_ctx ??
    row.meta?.n_ctx_train ??
    null;
  const maxOutputTokens =
    row.top_provider?.max_completion_tokens ??
    row.max_completion_tokens ??
    row.max_output_tokens ??
    row.max_tokens ??
    row.outputTokenLimit ??
    null;
  return { windowTokens, maxOutputTokens };
}

function readPrice(row: ModelRow, modelId: string, facts: ListFacts): ListPrice {
  if (facts.local === "yes") return { price: "free" };
  const isStated = facts.priceList === "openrouter" || facts.priceList === "vercel";
  return isStated && row.pricing ? readPricing(row.pricing, modelId) : { price: null };
}
