import type { Tier } from "../../shared/answer.ts";
import type { EstimateResult, RouteEstimate, Shortage } from "../../shared/estimate.ts";
import { formatLeftUsd, formatNeedUsd, formatUsd, NANO_PER_USD, type NanoUsd } from "../../shared/money.ts";
import { fullModel } from "./decision-words.ts";

/** What is said of a question before it is sent, part by part; each part stays in one piece where the line breaks. */
export interface EstimateWords {
  /** `≈ 1,240 tokens` */
  tokens: string;
  /** `cheap $0.0004`; `isNext` for the one that would be asked first. */
  prices: { words: string; isNext: boolean }[];
  /** `frontier needs $0.0211 held; this workspace's $1.00 a day leaves $0.0100`, or "". */
  warning: string;
  /** What the prices are made of: a column for each route, a cell of each row for each column. */
  columns: { name: string; model: string }[];
  rows: { name: string; cells: string[] }[];
  /** What is assumed, and what is in the way, a sentence each. */
  notes: string[];
}

/**
 * Puts an estimate into words, for the tiers that have a model; null where there is nothing to say. A price that is not
 * known is `?`, never $0.
 */
export function estimateWords(estimate: EstimateResult, tiers: Readonly<Record<Tier, boolean>>): EstimateWords | null {
  const { cheap, frontier, picked, local, tier, isRefused, inTheWay, fromCache } = estimate;
  const columns = [
    ...[picked, cheap, frontier].filter((each) => each !== null).map((route) => ({ name: route.tier, route })),
    ...(local === null ? [] : [{ name: "in no tier", route: local }]),
  ];
  const all = columns.map(({ route }) => route);
  const wanted = tier ?? inTheWay?.tier ?? null;
  const counted = local ?? picked ?? (wanted === null ? null : estimate[wanted]) ?? all[0];
  if (counted === undefined) return null;
  const prices =
    picked !== null
      ? [{ words: priceOf(picked), isNext: false }]
      : [
          ...(["cheap", "frontier"] as const)
            .filter((each) => tiers[each] || estimate[each] !== null)
            .map((each) => ({ words: `${each} ${priceOf(estimate[each])}`, isNext: local === null && each === tier })),
          ...(local === null ? [] : [{ words: `${fullModel(local)} ${priceOf(local)}`, isNext: true }]),
        ];
  const shortage = inTheWay === null ? "" : shortageWords(picked === null ? inTheWay.tier : "", inTheWay.shortage);
  const warning = isRefused ? `would be refused: ${shortage}` : shortage;
  return {
    tokens: `≈ ${count(counted.inputTokens)} ${counted.inputTokens === 1 ? "token" : "tokens"}`,
    // One tier alone is asked in any case.
    prices: fromCache
      ? [{ words: "from cache: free", isNext: false }]
      : prices.map(({ words, isNext }) => ({ words, isNext: isNext && prices.length > 1 })),
    warning: fromCache ? "" : warning,
    columns: columns.map(({ name, route }) => ({ name: capital(name), model: fullModel(route) })),
    rows: rowsOf(all),
    notes: [
      ...(fromCache
        ? [
            `The answer to this very question is kept, and shown for nothing. ${anew(counted, isRefused ? shortage : null)}`,
          ]
        : []),
      ...notesOf(columns),
    ],
  };
}

/** Two digits, for so good an estimate may be: `$0.0004`, `$0.012`, `$1.30`; `free`; `?`. */
export function estimateUsd(nano: NanoUsd | null): string {
  if (nano === 0) return "free";
  if (nano === null || nano < 50_000 || nano >= NANO_PER_USD) return formatUsd(nano);
  const usd = nano / NANO_PER_USD;
  return usd >= 0.0995 ? `$${usd.toFixed(2)}` : `$${Number(usd.toPrecision(2))}`;
}

function priceOf(route: RouteEstimate | null): string {
  return estimateUsd(route?.costNano ?? null);
}

/** What it would come to without the kept answer; `refusedFor` is what would be in the way, or null. */
function anew(route: RouteEstimate, refusedFor: string | null): string {
  if (refusedFor !== null) return `Asked anew it would be refused: ${refusedFor}.`;
  const { costNano } = route;
  const cost = costNano === null ? "a price that is not known" : costNano === 0 ? "nothing" : estimateUsd(costNano);
  return `Asked anew it would cost ${cost} (${fullModel(route)}).`;
}

function rowsOf(routes: readonly RouteEstimate[]): EstimateWords["rows"] {
  const row = (name: string, cell: (route: RouteEstimate) => string) => ({ name, cells: routes.map(cell) });
  const isWritten = routes.some(({ cacheWriteTokens }) => cacheWriteTokens > 0);
  return [
    row("Prompt tokens", ({ inputTokens }) => count(inputTokens)),
    row("of them from the vendor's cache", ({ cacheReadTokens }) => count(cacheReadTokens)),
    ...(isWritten ? [row("of them written into it", ({ cacheWriteTokens }) => count(cacheWriteTokens))] : []),
    row("Answer tokens", ({ answerTokens }) => count(answerTokens)),
    row("Price", priceOf),
    row("Held at most", ({ heldNano }) => (heldNano === 0 ? "nothing" : formatUsd(heldNano))),
  ];
}

interface Column {
  name: string;
  route: RouteEstimate;
}

function notesOf(columns: readonly Column[]): string[] {
  const caps = columns.flatMap(({ name, route: { shortage, lowered } }) => [
    ...(shortage === null ? [] : [`${capital(shortageWords(name, shortage))}.`]),
    ...(lowered === null
      ? []
      : [`${capital(name)}: ${lowered.cap} leaves room for ${count(lowered.outputTokens)} tokens of answer.`]),
  ]);
  const counted = ({ isCalibrated }: RouteEstimate) =>
    isCalibrated ? "counted as this model has counted lately" : "as we estimate them";
  return [
    ...caps,
    `Prompt tokens are ${forEach(columns, counted)}; an answer is taken to have ${forEach(columns, (route) => answerFrom[route.answerFrom])}.`,
    "Held is the most it can cost, until it is answered; then only its price is spent.",
    ...(columns.some(({ route }) => route.simulated) ? ["The money is simulated."] : []),
    "Prices are those of this moment. Nothing was sent to find this out.",
  ];
}

/** What holds for all columns once, else for each by its name. */
function forEach(columns: readonly Column[], wordsOf: (route: RouteEstimate) => string): string {
  const words = columns.map(({ route }) => wordsOf(route));
  const [first = ""] = words;
  return words.every((each) => each === first)
    ? first
    : columns.map(({ name }, at) => `${words[at]} (${name})`).join(", ");
}

/** In the middle of a line, without a full stop; `tier` is "" where only one model is spoken of. */
function shortageWords(tier: string, shortage: Shortage): string {
  const subject = tier === "" ? "" : `${tier} `;
  switch (shortage.kind) {
    case "too-little": {
      const { cap, neededNano, leftNano } = shortage;
      return `${subject}needs ${formatNeedUsd(neededNano)} held; ${cap} leaves ${formatLeftUsd(leftNano)}`;
    }
    case "unreadable-cap":
      return `${shortage.setting} is no amount, so nothing that costs is sent`;
    case "unknown-price":
      return `${subject}has no known price, so it is not asked under a cap`;
  }
}

const answerFrom: Record<RouteEstimate["answerFrom"], string> = {
  conversation: "the mean length of its answers in this conversation",
  model: "the mean length of its answers lately",
  usual: "a usual length",
};

function count(tokens: number): string {
  return tokens.toLocaleString("en-US");
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
