import type { ModelSummary } from "../../shared/answer.ts";
import { formatUsd, NANO_PER_USD, type NanoUsd } from "../../shared/money.ts";
import type { SessionHead } from "../../shared/protocol.ts";

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

/** What a conversation has cost: `$0.0128`; `$0.0006 + ?` where the cost of some is not known, for the rest of it is. */
export function totalWords({ costNano, knownNano = 0 }: Pick<SessionHead, "costNano" | "knownNano">): string {
  return costNano !== null || knownNano === 0 ? formatUsd(costNano) : `${formatUsd(knownNano)} + ?`;
}
