import type { ListedModel } from "./provider.ts";

/**
 * The models to begin with, as `provider/model`, best first, at most three a tier. By known family and version where the
 * name tells, by price or size where it does not; models that do not chat (embeddings, audio, images, search …) are left
 * out, and so are old dated copies of a model that is listed without a date. Models without a price to pay are all cheap;
 * of many whose names say nothing and whose prices nobody knows none is proposed. A single model serves both tiers; a list in which nothing is known to be strong leaves the frontier empty.
 */
export function proposeTiers(listed: readonly { providerId: string; model: ListedModel }[]): {
  cheap: string[];
  frontier: string[];
} {
  const chatting = listed.filter(({ model }) => chats(model.id));
  const ids = new Set(chatting.map(({ model }) => model.id.toLowerCase()));
  const candidates = chatting.filter(({ model }) => !isCopy(model.id.toLowerCase(), ids)).map(judge);
  if (candidates.length === 1 && candidates[0] !== undefined) {
    return { cheap: [candidates[0].name], frontier: [candidates[0].name] };
  }
  const cheap = pick(candidates, "cheap");
  const frontier = pick(candidates, "frontier");
  if (cheap.length > 0 && frontier.length > 0) return { cheap, frontier };
  return fillByPrice(candidates, cheap, frontier);
}

const maxPerTier = 3;

// names ----------------------------------------------------------------------------------------------------------------

/** Ids of models that answer no question in text. */
const otherKinds =
  /embed|whisper|\btts|-tts|speech|audio|realtime|transcri|voice|image|dall-e|diffusion|flux|sora|video|veo|imagen|lyria|moderation|rerank|bge-|minilm|\bclip/;

/** Ids of models that do, and that nobody wants proposed for code. */
const notForCode =
  /safeguard|guard|shield|search|sonar|research|computer-use|ocr|robotics|vision-preview|babbage|davinci|curie|^ada$|instruct-0914|gpt-3\.5|gpt-4-|^gpt-4$|\/gpt-4$|claude-(2|3|v1|instant)|gemini-(1|2\.0)|aqa|nomic|e5-|gte-|medlm|learnlm|roleplay|uncensored|storyteller|lumimaid|euryale|mytho|magnum|bodybuilder|^openrouter\//;

/** Variants of a model that are sold apart: free ones are slow and may train on what they read. */
const variant = /:(free|online|extended|floor|nitro|thinking|exacto|batch|beta)$|-(batch|flex|priority|fast-mode)$/;

/** False for a model that its name tells to embed, paint, speak or listen. */
export function answersInText(id: string): boolean {
  return !otherKinds.test(id.toLowerCase());
}

/** False for a model that its name tells to do something else than chat about code. */
export function chats(id: string): boolean {
  const lower = id.toLowerCase();
  return answersInText(id) && !notForCode.test(lower) && !variant.test(lower) && !lower.startsWith("~");
}

const dateSuffix = /[-@](20\d{2}-\d{2}-\d{2}|20\d{6}|\d{2}-20\d{2}|\d{2}-\d{2}|\d{4}|00\d)$/;

/** True for a dated or preview copy of a model that is listed under its plain name as well. */
function isCopy(id: string, ids: ReadonlySet<string>): boolean {
  const plain = id.replace(dateSuffix, "");
  if (plain !== id && (ids.has(plain) || ids.has(`${plain}-latest`))) return true;
  const released = id.replace(/-(preview|exp|latest)(-.*)?$/, "");
  return released !== id && ids.has(released);
}

interface Family {
  /** The family's name: one of a family is proposed, its newest. */
  name: string;
  tier: "cheap" | "frontier";
  /** Order among families of a tier; lower is better. */
  rank: number;
  shape: RegExp;
}

/** The rank of a family that is proposed only where a list has nothing better for its tier. */
const lastResort = 50;

/** The first row that fits decides, so a small sibling stands above the name it contains. */
const families: readonly Family[] = [
  // Sold for the few questions that are worth minutes and dollars: nobody wants them proposed.
  {
    name: "none",
    tier: "cheap",
    rank: 99,
    shape: /\b(gpt-[\d.]+-pro|o\d-pro|gpt-4\.5|o1\b|o1-preview|o1-mini|deep-think)/,
  },
  { name: "claude-haiku", tier: "cheap", rank: 1, shape: /claude.*haiku/ },
  { name: "claude-opus", tier: "frontier", rank: 2, shape: /claude.*opus/ },
  { name: "claude-sonnet", tier: "frontier", rank: 0, shape: /claude.*sonnet/ },
  { name: "claude", tier: "frontier", rank: 6, shape: /claude/ },
  { name: "gpt-oss", tier: "cheap", rank: 8, shape: /gpt-oss-120b/ },
  { name: "gpt-oss-small", tier: "cheap", rank: 12, shape: /gpt-oss/ },
  { name: "gpt-codex-mini", tier: "cheap", rank: 6, shape: /gpt-[\d.]+.*codex.*mini/ },
  { name: "gpt-mini", tier: "cheap", rank: 0, shape: /gpt-[\d.]+o?.*(mini|luna)/ },
  { name: "gpt-nano", tier: "cheap", rank: 7, shape: /gpt-[\d.]+.*nano/ },
  { name: "gpt-codex", tier: "frontier", rank: 4, shape: /gpt-[\d.]+.*codex/ },
  { name: "gpt-4", tier: "frontier", rank: lastResort, shape: /gpt-4|chatgpt-4o/ },
  { name: "gpt-large", tier: "frontier", rank: 5, shape: /gpt-[\d.]+.*(astra)/ },
  { name: "gpt", tier: "frontier", rank: 1, shape: /gpt-[\d.]+(-(sol|terra|chat|\d.*))?$/ },
  { name: "o-mini", tier: "cheap", rank: 15, shape: /\bo\d-mini/ },
  { name: "o", tier: "frontier", rank: 15, shape: /\bo[3-9]\b/ },
  { name: "gemini-lite", tier: "cheap", rank: 9, shape: /gemini.*flash-lite/ },
  { name: "gemini-flash", tier: "cheap", rank: 2, shape: /gemini.*flash/ },
  { name: "gemini-pro", tier: "frontier", rank: 3, shape: /gemini.*pro/ },
  { name: "grok-fast", tier: "cheap", rank: 5, shape: /grok.*(fast|mini|code)/ },
  { name: "grok", tier: "frontier", rank: 7, shape: /grok-[3-9]/ },
  { name: "deepseek-distill", tier: "cheap", rank: 18, shape: /deepseek.*distill/ },
  { name: "deepseek-pro", tier: "frontier", rank: 8, shape: /deepseek.*(pro|reasoner|-r1|speciale)/ },
  { name: "deepseek", tier: "cheap", rank: 3, shape: /deepseek/ },
  { name: "qwen-max", tier: "frontier", rank: 9, shape: /qwen.*(max|coder-plus|coder-480b|coder$)/ },
  { name: "qwen-coder", tier: "cheap", rank: 4, shape: /qwen.*coder/ },
  { name: "kimi", tier: "frontier", rank: 10, shape: /kimi-k\d/ },
  { name: "glm-air", tier: "cheap", rank: 10, shape: /glm-[\d.]+.*(air|flash)/ },
  { name: "glm", tier: "frontier", rank: 11, shape: /glm-[\d.]+/ },
  { name: "devstral", tier: "cheap", rank: 6, shape: /devstral|codestral/ },
  { name: "mistral-small", tier: "cheap", rank: 11, shape: /mistral-small|ministral/ },
  { name: "mistral-large", tier: "frontier", rank: 12, shape: /mistral-(large|medium)|magistral-medium/ },
  { name: "minimax", tier: "cheap", rank: 13, shape: /minimax-m/ },
  { name: "qwen", tier: "cheap", rank: 14, shape: /qwen/ },
  { name: "llama", tier: "cheap", rank: 16, shape: /llama/ },
];

// judging --------------------------------------------------------------------------------------------------------------

interface Candidate {
  name: string;
  id: string;
  family: Family | null;
  /** 4.5 of "claude-haiku-4-5"; 0 when the name has none. */
  version: number;
  /** Billions of parameters, where the name says so. */
  sizeB: number | null;
  /** USD for a million tokens of input and a quarter of that in output, about a chat's mix; null: unknown. */
  mixUsd: number | null;
  /** Released under a plain name: neither preview nor dated. */
  plain: boolean;
}

function judge({ providerId, model }: { providerId: string; model: ListedModel }): Candidate {
  const id = model.id.toLowerCase();
  const tier = model.price === null || model.price === "free" ? null : model.price.tiers[0];
  return {
    name: `${providerId}/${model.id}`,
    id,
    family: families.find((each) => each.shape.test(id)) ?? null,
    version: versionOf(id),
    sizeB: sizeOf(id),
    mixUsd: model.price === "free" ? 0 : tier === null ? null : tier.inputUsd + tier.outputUsd / 4,
    plain: !/preview|exp|beta/.test(id) && !dateSuffix.test(id),
  };
}

/** The first number of at most two parts in a name that is neither a date nor a size. */
function versionOf(id: string): number {
  const name = id.slice(id.lastIndexOf("/") + 1).replace(dateSuffix, "");
  const found = /(?:^|[a-z-])v?(\d{1,2})(?:[.-](\d{1,2}))?(?![\d]*b\b)(?!\d)/.exec(name);
  return found === null ? 0 : Number(`${found[1]}.${found[2] ?? "0"}`);
}

function sizeOf(id: string): number | null {
  const found = /(?:^|[-:_/x])(\d{1,4}(?:\.\d)?)b\b/.exec(id);
  return found?.[1] === undefined ? null : Number(found[1]);
}

/** A cheap model dearer than this for the mix is not cheap whatever its name says. */
const maxCheapMixUsd = 3.5;
/** A frontier model below this is a namesake: a small distillation, or a giveaway of the week. */
const minFrontierMixUsd = 0.4;
/** Above this a person should choose it knowingly. */
const maxFrontierMixUsd = 25;

function fitsTier(candidate: Candidate, tier: "cheap" | "frontier"): boolean {
  const { family, mixUsd, sizeB } = candidate;
  if (family === null || family.name === "none" || family.tier !== tier) return false;
  if (tier === "cheap") return mixUsd === null || mixUsd <= maxCheapMixUsd;
  if (sizeB !== null && sizeB < 100) return false;
  // On a machine of one's own nothing costs, and nothing known to run there is frontier.
  return mixUsd === null || (mixUsd >= minFrontierMixUsd && mixUsd <= maxFrontierMixUsd);
}

function pick(candidates: readonly Candidate[], tier: "cheap" | "frontier"): string[] {
  const best = new Map<string, Candidate>();
  for (const candidate of candidates) {
    if (!fitsTier(candidate, tier)) continue;
    const family = candidate.family?.name ?? "";
    const holder = best.get(family);
    if (holder === undefined || isBetter(candidate, holder)) best.set(family, candidate);
  }
  const ranked = [...best.values()].sort((a, b) => rankOf(a) - rankOf(b));
  const current = ranked.filter((each) => rankOf(each) < lastResort);
  return (current.length > 0 ? current : ranked).slice(0, maxPerTier).map((each) => each.name);
}

function rankOf(candidate: Candidate): number {
  return candidate.family?.rank ?? lastResort;
}

function isBetter(a: Candidate, b: Candidate): boolean {
  if (a.version !== b.version) return a.version > b.version;
  if (a.plain !== b.plain) return a.plain;
  if (a.sizeB !== b.sizeB) return (a.sizeB ?? 0) > (b.sizeB ?? 0);
  return a.id.length < b.id.length;
}

/** How many times dearer the strongest must be before price alone is taken for strength. */
const minPriceRatio = 3;

function fillByPrice(
  candidates: readonly Candidate[],
  cheap: string[],
  frontier: string[],
): { cheap: string[]; frontier: string[] } {
  const usable = candidates.filter(
    (each) => each.family?.name !== "none" && (each.mixUsd === null || each.mixUsd <= maxFrontierMixUsd),
  );
  const priced = usable.filter((each) => each.mixUsd !== null && each.mixUsd > 0);
  priced.sort((a, b) => (a.mixUsd ?? 0) - (b.mixUsd ?? 0));
  const dearest = priced.at(-1);
  const least = priced[0];
  let strong = frontier;
  if (strong.length === 0 && dearest !== undefined && least !== undefined && dearest !== least) {
    if ((dearest.mixUsd ?? 0) >= minPriceRatio * (least.mixUsd ?? 0)) strong = [dearest.name];
  }
  if (cheap.length > 0) return { cheap, frontier: strong };
  const others = usable.filter((each) => !strong.includes(each.name));
  // The largest first among models that cost the same or nothing: on one's own machine size is what there is to go by.
  others.sort((a, b) => (a.mixUsd ?? 1e9) - (b.mixUsd ?? 1e9) || (b.sizeB ?? 0) - (a.sizeB ?? 0));
  const isTold = ({ family }: Candidate) => family !== null || others.length <= maxPerTier;
  const weak = others.filter((each) => (each.mixUsd === null ? isTold(each) : each.mixUsd <= maxCheapMixUsd));
  return { cheap: weak.slice(0, maxPerTier).map((each) => each.name), frontier: strong };
}
