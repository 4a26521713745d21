import type { Attempt, Usage } from "../../shared/answer.ts";
import { type CostSource, type NanoUsd, nanoFromUsd } from "../../shared/money.ts";
import { calibrated, type TokenFactors } from "../core/calibrate.ts";
import { costNano, isFree, isOverride } from "../core/price.ts";
import type { Route } from "../core/provider.ts";

/** What is known of an attempt when it is over. */
export interface AttemptFacts {
  route: Pick<Route, "price"> & Partial<Pick<Route, "simulated">>;
  outcome: Exclude<Attempt["outcome"], "crashed">;
  /** False when it was called off before the request left. */
  sent: boolean;
  /** Our estimate of the prompt. */
  inputTokens: number;
  /** Images sent; absent: none. */
  images?: number;
  /** Our estimate of the text and reasoning that came. */
  receivedTokens: number;
  /**
   * Room for the answer, in tokens, where we closed the connection and the vendor writes on: so much it may still bill.
   * Absent: what came is all there is.
   */
  billsOnTokens?: number;
  /** The provider's own count, or null. */
  usage: Usage | null;
  reportedCostUsd: number | null;
  /** Content came after the count and no end did, so the count is not the last word. */
  usageIsEarly: boolean;
  /** What this vendor's count is to our estimate. */
  factors: TokenFactors;
  /** What was held; 0: nothing. */
  heldNano: NanoUsd;
}

export interface AttemptPrice {
  usage: Usage | null;
  /** null: the price is not known. Never zero for that reason. */
  costNano: NanoUsd | null;
  costSource: CostSource;
  /** Beside a reported cost: the counts × the price. Absent without a price, and where the counts are not whole. */
  computedNano?: NanoUsd;
}

/**
 * What an attempt cost and how we know. A price of the person's own beats the provider's sum, that sum beats the
 * provider's token counts × price, and those beat our estimate. One that failed before any content cost nothing unless
 * tokens were counted; one that delivered, or was cancelled on the way, is metered: the input as sent, the output as
 * received, each as this vendor would count it. Where the vendor goes on writing for nobody, the output is all the room it
 * was given. That caution ends at what was held: only more tokens than were paid for
 * ahead, by our own estimate, cost more.
 */
export function priceAttempt(facts: AttemptFacts): AttemptPrice {
  const reportedCostUsd = isOverride(facts.route.price) ? null : facts.reportedCostUsd;
  const counted = countOf(facts, reportedCostUsd);
  const reportedNano = reportedCostUsd !== null && isAmount(reportedCostUsd) ? nanoFromUsd(reportedCostUsd) : null;
  if (counted !== null && reportedNano !== null && !facts.usageIsEarly) {
    return { usage: counted, costNano: reportedNano, costSource: "reported", ...computedBeside(counted, facts) };
  }
  if (counted !== null && isWhole(counted, facts)) return priced(counted, facts, "computed");

  const isMetered = facts.sent && (facts.outcome !== "failed" || facts.receivedTokens > 0 || counted !== null);
  if (!isMetered) return { usage: null, costNano: 0, costSource: "free" };
  const estimatedAt = (factors: TokenFactors): AttemptPrice => {
    const received = calibrated(facts.receivedTokens, factors.output);
    const output = Math.max(received, counted?.output ?? 0, facts.billsOnTokens ?? 0);
    const input = calibrated(facts.inputTokens, factors.input);
    const known = counted === null || inputOf(counted) === 0 ? { ...(counted ?? nothing), input } : counted;
    return priced({ ...known, output }, facts, "estimated");
  };
  const estimated = estimatedAt(facts.factors);
  // A sum that was told on the way is the least that it came to.
  const price: AttemptPrice =
    reportedNano === null
      ? estimated
      : { ...estimated, costNano: Math.max(reportedNano, estimated.costNano ?? 0), costSource: "estimated" };
  if (facts.heldNano === 0 || price.costNano === null || price.costNano <= facts.heldNano) return price;
  const plain = estimatedAt({ input: 1, output: 1 });
  return { ...price, costNano: Math.min(price.costNano, Math.max(plain.costNano ?? 0, facts.heldNano)) };
}

/** Where the cost cannot be made out at all: what was held, which is the most it should have been. */
export function priceAsHeld(route: Pick<Route, "price">, heldNano: NanoUsd): AttemptPrice {
  if (heldNano > 0) return { usage: null, costNano: heldNano, costSource: "reserved" };
  if (isFree(route.price)) return { usage: null, costNano: 0, costSource: "free" };
  return { usage: null, costNano: null, costSource: "unknown" };
}

const nothing: Usage = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 };

function computedBeside(counted: Usage, facts: AttemptFacts): { computedNano?: NanoUsd } {
  const { price, simulated } = facts.route;
  if (simulated === true || isFree(price) || !isWhole(counted, facts)) return {};
  const computedNano = costNano(counted, price);
  return computedNano === null ? {} : { computedNano };
}

/**
 * Nothing is missing of the count: no prompt is 0 tokens long, nor is an answer of which something came; where a vendor
 * left one of the two out, or sent what no count can be, that one is estimated.
 */
function isWhole(counted: Usage, { usageIsEarly, inputTokens, receivedTokens }: AttemptFacts): boolean {
  return !usageIsEarly && (inputOf(counted) > 0 || inputTokens === 0) && (counted.output > 0 || receivedTokens === 0);
}

function inputOf({ input, cacheRead, cacheWrite }: Usage): number {
  return input + cacheRead + cacheWrite;
}

/** Some servers send a count of zeros for an answer they did give: that is no count. */
function countOf({ usage, receivedTokens }: AttemptFacts, reportedCostUsd: number | null): Usage | null {
  if (usage === null) return null;
  return inputOf(usage) + usage.output === 0 && receivedTokens > 0 && reportedCostUsd === null ? null : usage;
}

function priced(
  usage: Usage,
  { route, images = 0 }: Pick<AttemptFacts, "route" | "images">,
  source: "computed" | "estimated",
): AttemptPrice {
  if (isFree(route.price)) return { usage, costNano: 0, costSource: "free" };
  const cost = costNano(images === 0 ? usage : { ...usage, images }, route.price);
  return cost === null
    ? { usage, costNano: null, costSource: "unknown" }
    : { usage, costNano: cost, costSource: source };
}

function isAmount(usd: number): boolean {
  return Number.isFinite(usd) && usd >= 0;
}
