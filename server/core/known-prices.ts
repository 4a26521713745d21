import type { MatchLogic, ModelInfo, ModelPrice, Provider } from "@pydantic/genai-prices";
import { isLoopbackHost } from "../../shared/presets.ts";
import { usualCacheWrite1hUsd, usualCacheWriteUsd } from "./price.ts";
import { createPriceAt, isTimed, nextRowMs } from "./price-at.ts";
import type { Price, PriceAt, PriceTier, Wire } from "./provider.ts";

export interface KnownPrice {
  price: Price;
  /** Only where the price changes with the hour, or from a day on that is still to come. */
  priceAt?: PriceAt;
  /** null: the list names no window for it. */
  windowTokens: number | null;
}

/**
 * The price of a model as the bundled price list has it, valid at `atMs`: start dates and hours of the day are settled
 * here, tiers by prompt size are kept. The vendor is known by its address alone, so a model behind a gateway of unknown
 * price, or on this machine, has none. null too where the list holds a price by a unit that a chat may use and our tiers
 * cannot carry, and where only another model of the same family is listed: no price is better than a wrong one. The list is loaded at the first call (30 ms) and kept.
 */
export async function findKnownPrice(wanted: {
  baseUrl: string;
  modelId: string;
  atMs: number;
}): Promise<KnownPrice | null> {
  if (!URL.canParse(wanted.baseUrl)) return null;
  const url = new URL(wanted.baseUrl);
  if (isLoopbackHost(url.hostname)) return null;
  const { findProvider } = await import("@pydantic/genai-prices");
  const vendor = findProvider({ providerApiUrl: url.origin + url.pathname });
  if (vendor === undefined || !ownsHost(vendor, url)) return null;
  return findIn(vendor, spellings(wanted.modelId), wanted.atMs);
}

/** Gateways call some vendors by other names than the list. */
const vendorNames: Readonly<Record<string, string>> = { mistralai: "mistral", xai: "x-ai", moonshot: "moonshotai" };

/**
 * What the maker of a model takes for it, by the model's name at a gateway: `vendor/model`, or the bare name where it
 * tells whose it is. For comparison alone: a gateway may ask another price. null where the list has no such vendor or
 * model.
 */
export async function findVendorPrice(wanted: { modelId: string; atMs: number }): Promise<KnownPrice | null> {
  const name = wanted.modelId.trim().toLowerCase();
  const slash = name.indexOf("/");
  const modelId = name.slice(slash + 1);
  if (modelId === "" || modelId.includes("/")) return null;
  const { findProvider } = await import("@pydantic/genai-prices");
  const written = name.slice(0, Math.max(0, slash));
  const vendorId = Object.hasOwn(vendorNames, written) ? (vendorNames[written] ?? written) : written;
  const vendor = slash < 0 ? findProvider({ modelId }) : findProvider({ providerId: vendorId });
  if (vendor === undefined || (slash >= 0 && vendor.id !== vendorId)) return null;
  // Gateways write "claude-sonnet-4.5" where Anthropic writes "claude-sonnet-4-5".
  return findIn(vendor, [modelId, modelId.replace(/(\d)\.(?=\d)/g, "$1-")], wanted.atMs);
}

async function findIn(vendor: Provider, names: readonly string[], atMs: number): Promise<KnownPrice | null> {
  const { calcPrice } = await import("@pydantic/genai-prices");
  for (const modelId of names) {
    // Without usage it costs nothing to ask, and the answer names the model and the prices in force.
    const model = { modelId, wire: vendor.id === "anthropic" ? "anthropic" : "openai-compatible" } as const;
    const found = calcPrice({}, modelId, { provider: vendor, timestamp: new Date(atMs) });
    if (found === null) continue;
    if (!isThatModel(found.model, modelId)) continue;
    const price = mapPrice(found.model_price, model);
    if (price === null) return null;
    const windowTokens = found.model.context_window ?? null;
    const { prices } = found.model;
    if (!Array.isArray(prices) || !isTimed(prices, atMs)) return { price, windowTokens };
    const lookUp = (thenMs: number): Price | null => {
      const then = calcPrice({}, modelId, { provider: vendor, timestamp: new Date(thenMs) });
      return then === null ? null : mapPrice(then.model_price, model);
    };
    return { price, windowTokens, priceAt: createPriceAt((afterMs) => nextRowMs(prices, afterMs), lookUp) };
  }
  return null;
}

/** Google lists its models as `models/…`; OpenRouter's variants by speed or price are the same model at other sellers. */
function spellings(modelId: string): string[] {
  const id = modelId.trim();
  return id.startsWith("models/") ? [id, id.slice("models/".length)] : [id];
}

/** The list's address patterns are beginnings: `api.openai.com` must not be found in `api.openai.com.example.net`. */
function ownsHost(vendor: Provider, url: URL): boolean {
  const pattern = new RegExp(`^(?:${vendor.api_pattern})`);
  const matched = pattern.exec(url.origin + url.pathname)?.[0] ?? "";
  const next = (url.origin + url.pathname).charAt(matched.length);
  return matched.endsWith("/") || matched.endsWith(".") || next === "" || next === "/" || next === ":";
}

/**
 * Many rules of the list are beginnings too, and "claude-sonnet-5" begins "claude-sonnet-5-5", another model at another
 * price. What is left over besides the rule's own words may only be a date, a revision or a stage.
 */
function isThatModel(model: ModelInfo, modelId: string): boolean {
  const id = modelId.toLowerCase();
  // Amazon's names end in a revision of the model's place there: `-v1:0`.
  const bare = id.replace(/-v\d+:\d+$/, "");
  return id === model.id.toLowerCase() || [id, bare].some((name) => matchesClosely(model.match, name));
}

function matchesClosely(rule: MatchLogic, id: string): boolean {
  if ("or" in rule) return rule.or.some((each) => matchesClosely(each, id));
  if ("and" in rule) return rule.and.every((each) => matchesClosely(each, id) || ("regex" in each && hits(each, id)));
  if ("equals" in rule || "regex" in rule) return hits(rule, id);
  const words = (
    "starts_with" in rule ? rule.starts_with : "ends_with" in rule ? rule.ends_with : rule.contains
  ).toLowerCase();
  const at = "ends_with" in rule ? id.length - words.length : id.indexOf(words);
  if (at < 0 || id.slice(at, at + words.length) !== words) return false;
  const before = id.slice(0, at);
  const after = id.slice(at + words.length);
  if (before !== "" && !/[/.:@-]$/.test(before)) return false;
  if (after === "") return true;
  if (!/^[/.:@_-]/.test(after) && !/[/.:@_-]$/.test(words) && !/^\d{4,}/.test(after)) return false;
  return after.split(/[/.:@_-]+/).every((part) => part === "" || harmlessPart.test(part));
}

const harmlessPart =
  /^(\d{2}|\d{3,8}|v\d|latest|preview|exp|experimental|beta|stable|ga|high|medium|low|thinking|chat|instruct|it|text)$/;

function hits(rule: { equals: string } | { regex: string }, id: string): boolean {
  // biome-ignore format: one line a rule reads best
  return "equals" in rule ? rule.equals.toLowerCase() === id : new RegExp(rule.regex, "i").test(id);
}

/** Units that a chat never uses: their prices do not change what a text request costs. */
const otherUnits = /audio|image|video|document|web_searches|storage_searches|citation/;

/** A row of the list as tiers; null where it holds a price that a chat may use and tiers cannot carry. */
export function mapPrice(listed: ModelPrice, model: { modelId: string; wire: Wire }): Price | null {
  for (const [unit, rate] of Object.entries(listed)) {
    if (rate === undefined || textUnits.has(unit) || otherUnits.test(unit)) continue;
    return null;
  }
  const { input_mtok: input, output_mtok: output, cache_read_mtok: cacheRead, cache_write_mtok: cacheWrite } = listed;
  const { cache_write_1h_mtok: cacheWrite1h, output_reasoning_mtok: reasoning, requests_kcount: requests } = listed;
  if (input === undefined && output === undefined) {
    // An empty row stands for "costs nothing here" and for "not known"; only the id tells them apart.
    return model.modelId.endsWith(":free") ? { source: "genai-prices", tiers: [zeroTier] } : null;
  }
  if (input === undefined || output === undefined) return null;
  const starts = new Set<number>([0]);
  for (const rate of [input, output, cacheRead, cacheWrite, cacheWrite1h, reasoning, requests]) {
    // A tier of the list holds for prompts longer than its start, ours from its start on.
    if (typeof rate === "object") for (const tier of rate.tiers) starts.add(tier.start + 1);
  }
  const tiers = [...starts]
    .sort((a, b) => a - b)
    .map((fromInputTokens): PriceTier => {
      const inputUsd = rateAt(input, fromInputTokens);
      const cacheWrite1hUsd =
        cacheWrite1h === undefined ? usualCacheWrite1hUsd(inputUsd, model) : rateAt(cacheWrite1h, fromInputTokens);
      return {
        fromInputTokens,
        inputUsd,
        outputUsd: rateAt(output, fromInputTokens),
        cacheReadUsd: cacheRead === undefined ? inputUsd : rateAt(cacheRead, fromInputTokens),
        cacheWriteUsd:
          cacheWrite === undefined ? usualCacheWriteUsd(inputUsd, model) : rateAt(cacheWrite, fromInputTokens),
        ...(cacheWrite1hUsd === undefined ? {} : { cacheWrite1hUsd }),
        ...(reasoning === undefined ? {} : { reasoningUsd: rateAt(reasoning, fromInputTokens) }),
        // Listed for a thousand of them.
        ...(requests === undefined ? {} : { requestUsd: rateAt(requests, fromInputTokens) / 1_000 }),
      };
    });
  const [first, ...others] = tiers;
  return first === undefined ? null : { source: "genai-prices", tiers: [first, ...others] };
}

const textUnits: ReadonlySet<string> = new Set([
  "input_mtok",
  "output_mtok",
  "cache_read_mtok",
  "cache_write_mtok",
  "cache_write_1h_mtok",
  "output_reasoning_mtok",
  "requests_kcount",
]);

const zeroTier: PriceTier = { fromInputTokens: 0, inputUsd: 0, outputUsd: 0, cacheReadUsd: 0, cacheWriteUsd: 0 };

type Rate = NonNullable<ModelPrice[string]>;

/** USD per million at a prompt of so many tokens. */
function rateAt(rate: Rate, promptTokens: number): number {
  if (typeof rate === "number") return rate;
  let usd = rate.base;
  for (const tier of rate.tiers) if (promptTokens > tier.start) usd = tier.price;
  return usd;
}
