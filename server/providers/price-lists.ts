import type * as z from "zod";
import { isAbort } from "../../shared/failure.ts";
import { findVendorPrice } from "../core/known-prices.ts";
import { findPriceUnit, type UnitSample } from "../core/price-unit.ts";
import type { ListedModel, Price } from "../core/provider.ts";
import type { Http } from "./http.ts";
import { authorize, type ProviderFacts } from "./provider-facts.ts";
import { readBody } from "./read-body.ts";
import { looksLikeHtml } from "./read-error-body.ts";
import { readJson } from "./read-json.ts";
import { modelInfoListSchema, readModelInfo, tokenMixListSchema } from "./read-list-price.ts";

/**
 * The models of a list with the prices that the same vendor states at another address. Where that cannot be read, or in
 * no unit that can be made sure of, the prices stay unknown: a list of models is worth having without them. Throws only
 * an AbortError.
 */
export async function withStatedPrices(
  models: ListedModel[],
  facts: ProviderFacts,
  http: Http,
  /** The text of the list itself. */
  body: string,
  signal: AbortSignal,
): Promise<ListedModel[]> {
  if (models.length === 0 || facts.local === "yes") return models;
  const { priceList } = facts.row;
  const prices =
    priceList === "tokenmix"
      ? await tokenMixPrices(facts, http, signal)
      : priceList === "litellm" && isLiteLlmList(body)
        ? await liteLlmPrices(facts, http, signal)
        : null;
  if (prices === null) return models;
  return models.map((model) => ({ ...model, price: prices.get(model.id) ?? null }));
}

/** When LiteLLM does not know a model's date, and it never does, it says this one. */
const LITELLM_CREATED = /"created"\s*:\s*1677610602\b/g;

/** A LiteLLM proxy's list is OpenAI's in shape; only its invented dates give it away. */
export function isLiteLlmList(body: string): boolean {
  const rows = body.match(/"id"\s*:/g)?.length ?? 0;
  return rows > 0 && body.match(LITELLM_CREATED)?.length === rows;
}

/** At the proxy's root, with the person's key. Of a model with several deployments the dearest counts. */
async function liteLlmPrices(facts: ProviderFacts, http: Http, signal: AbortSignal) {
  const root = facts.baseUrl.replace(/\/v1$/, "");
  const list = await ask(`${root}/model/info`, authorize(facts), modelInfoListSchema, http, signal);
  if (list === null) return null;
  const prices = new Map<string, Price>();
  const unclear = new Set<string>();
  for (const row of list.data) {
    if (row === null) continue;
    const price = readModelInfo(row.model_info, row.model_name);
    const before = prices.get(row.model_name);
    if (price === null) unclear.add(row.model_name);
    else if (before === undefined || sumOf(price) > sumOf(before)) prices.set(row.model_name, price);
  }
  // Where one deployment's price is not known, neither is that of the next request.
  for (const name of unclear) prices.delete(name);
  return prices;
}

function sumOf({ tiers }: Price): number {
  return tiers.reduce((sum, tier) => sum + tier.inputUsd + tier.outputUsd, 0);
}

/** Public, so no key is sent. The unit is found out by what the makers of the same models take. */
async function tokenMixPrices(facts: ProviderFacts, http: Http, signal: AbortSignal) {
  const url = `${new URL(facts.baseUrl).origin}/api/models?per_page=500`;
  const list = await ask(url, {}, tokenMixListSchema, http, signal);
  if (list === null) return null;
  const samples: UnitSample[] = [];
  for (const row of list.data.list) {
    if (row === null) continue;
    const known = await findVendorPrice({ modelId: row.model_id, atMs: facts.now() });
    if (known !== null) samples.push({ input: row.input_price, output: row.output_price, known: known.price.tiers[0] });
  }
  const unit = findPriceUnit(samples);
  if (unit === null) return null;
  const prices = new Map<string, Price>();
  for (const row of list.data.list) {
    if (row === null) continue;
    const [inputUsd, outputUsd] = [rounded(row.input_price * unit), rounded(row.output_price * unit)];
    // It names no price for the cache: the input's is the most that reading it can be taken to cost.
    const tier = { fromInputTokens: 0, inputUsd, outputUsd, cacheReadUsd: inputUsd, cacheWriteUsd: inputUsd };
    for (const name of [row.model_id, row.short_id]) {
      if (name && !prices.has(name) && inputUsd + outputUsd > 0)
        prices.set(name, { source: "provider", tiers: [tier] });
    }
  }
  return prices;
}

function rounded(usdPerMillion: number): number {
  return Math.round(usdPerMillion * 1e6) / 1e6;
}

async function ask<Schema extends z.ZodType>(
  url: string,
  headers: Record<string, string>,
  schema: Schema,
  http: Http,
  signal: AbortSignal,
): Promise<z.output<Schema> | null> {
  try {
    const response = await http.request(url, {
      method: "GET",
      headers: { ...headers, accept: "application/json" },
      signal,
    });
    const body = await readBody(response.body);
    if (response.status !== 200 || looksLikeHtml(response.headers["content-type"] ?? "", body)) return null;
    return readJson(body, schema) ?? null;
  } catch (error) {
    if (isAbort(error) || signal.aborted) throw error;
    return null;
  }
}
