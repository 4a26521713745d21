import type { ModelSummary } from "../../shared/answer.ts";
import { formatUsd, NANO_PER_USD, type NanoUsd } from "../../shared/money.ts";
import type { EstimatedModel, EstimateResult, SessionHead } from "../../shared/protocol.ts";

/** USD per million tokens as price lists write it: 3 → `$3`, 2.5 → `$2.50`, 0.1 → `$0.10`, 0.0375 → `$0.0375`. */
export function perMillion(usd: number): string {
  if (Number.isInteger(usd)) return `$${usd}`;
  const exact = usd >= 1 ? usd : Number(usd.toPrecision(3));
  return `$${usd >= 1 || Number.isInteger(Math.round(exact * 1e6) / 1e4) ? exact.toFixed(2) : exact}`;
}

/** `$0.15 in · $0.60 out per 1M tokens`, `free`, or that the price is not known. */
export function modelPrice(model: ModelSummary): string {
  if (model.priceSource === "free") return "free";
  if (model.inputPerMillionUsd === null || model.outputPerMillionUsd === null) return "price unknown";
  return `${perMillion(model.inputPerMillionUsd)} in · ${perMillion(model.outputPerMillionUsd)} out per 1M tokens`;
}

/** An estimate is good to one digit, and is shown with one: `$0.001`, `$0.02`, `$1.30`. */
export function roughUsd(nano: NanoUsd | null): string {
  if (nano === null || nano < 50_000 || nano >= NANO_PER_USD) return formatUsd(nano);
  const usd = Number((nano / NANO_PER_USD).toPrecision(1));
  return usd < 0.0001 ? formatUsd(nano) : `$${usd}`;
}

/** A tier, or the one model that was picked, as the line under the question has it. */
export interface EstimatePart {
  words: string;
  /** It would be asked first. */
  isFirst: boolean;
}

/** `≈ 9,412 tokens`, `cheap $0.001`, `frontier $0.02`: what would be sent now, and what it would cost wherever it may go. */
export function estimateParts(estimate: EstimateResult): EstimatePart[] {
  const { inputTokens, named, cheap, frontier, tier } = estimate;
  const priced = (name: string, { costNano }: EstimatedModel): string =>
    `${name}\u00a0${costNano === 0 ? "free" : roughUsd(costNano)}`;
  const tokens = { words: `≈\u00a0${inputTokens.toLocaleString("en-US")}\u00a0tokens`, isFirst: false };
  if (named !== null) return [tokens, { words: priced(named.modelId, named), isFirst: true }];
  return [
    tokens,
    ...(cheap === null ? [] : [{ words: priced("cheap", cheap), isFirst: tier === "cheap" }]),
    ...(frontier === null ? [] : [{ words: priced("frontier", frontier), isFirst: tier === "frontier" }]),
  ];
}

/** What the line takes for granted, in sentences. */
export function estimateAssumption(estimate: EstimateResult): string {
  const { outputTokens, cachedTokens, named, cheap, frontier, tier } = estimate;
  const models = [
    ...(cheap === null ? [] : [`cheap is ${cheap.modelId}`]),
    ...(frontier === null ? [] : [`frontier is ${frontier.modelId}`]),
  ].join(", ");
  const cached =
    cachedTokens === 0
      ? ""
      : ` Some ${cachedTokens.toLocaleString("en-US")} tokens are taken to be in the cache of the model that answered last.`;
  const unknown = [named, cheap, frontier].some((each) => each?.costNano === null) ? " ? is a price nobody knows." : "";
  return `What would be sent now, with an answer of ${outputTokens.toLocaleString("en-US")} tokens${
    named === null ? `: ${models}.${tier === null ? "" : ` In bold: ${tier}, which would be asked first.`}` : "."
  }${cached}${unknown} Nothing is sent to find out.`;
}

/** What a conversation has cost: `$0.0128`; `$0.0006 + ?` where the cost of some is not known, for the rest of it is. */
export function totalWords({ costNano, knownNano = 0 }: Pick<SessionHead, "costNano" | "knownNano">): string {
  return costNano !== null || knownNano === 0 ? formatUsd(costNano) : `${formatUsd(knownNano)} + ?`;
}
