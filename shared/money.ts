/**
 * Money inside Wayfare is a whole number of nano-dollars (1e-9 USD). 60 tokens at $0.02 a million cost 1,200 of them,
 * so nothing is lost to rounding before a person sees it. Safe up to about nine million dollars.
 */
export type NanoUsd = number;

export const NANO_PER_USD = 1_000_000_000;

/** Dollars to nano-dollars, rounded half up. Throws a RangeError for anything that is not a finite amount ≥ 0. */
export function nanoFromUsd(usd: number): NanoUsd {
  if (!Number.isFinite(usd) || usd < 0) throw new RangeError(`Not an amount of money: ${usd}`);
  return Math.floor(usd * NANO_PER_USD + 0.5);
}

export function usdFromNano(nano: NanoUsd): number {
  return nano / NANO_PER_USD;
}

/**
 * How an amount is shown: `$0`, `$0.0042`, `$1.25`, `$1,204.50`; `<$0.0001` for less than that, and `?` for an unknown one, which is
 * never shown as zero.
 */
export function formatUsd(nano: NanoUsd | null): string {
  if (nano === null) return "?";
  if (nano === 0) return "$0";
  if (nano < 50_000) return "<$0.0001";
  const usd = usdFromNano(nano);
  if (usd >= 1_000) return usd.toLocaleString("en-US", { style: "currency", currency: "USD" });
  return usd < 1 ? `$${usd.toFixed(4)}` : `$${usd.toFixed(2)}`;
}

/** Rounded up: a need that looked like what is left would read as a mistake. */
export function formatNeedUsd(nano: NanoUsd): string {
  return formatUsd(Math.ceil(nano / shownStepNano(nano)) * shownStepNano(nano));
}

/** Rounded down, for the same reason; nothing below zero is left. */
export function formatLeftUsd(nano: NanoUsd): string {
  const stepNano = shownStepNano(nano);
  if (nano > 0 && nano < stepNano) return formatUsd(1);
  return formatUsd(Math.floor(Math.max(0, nano) / stepNano) * stepNano);
}

/** The last digit that is shown of so much money. */
function shownStepNano(nano: NanoUsd): NanoUsd {
  return nano < NANO_PER_USD ? 100_000 : 10_000_000;
}

/** Where the cost of an attempt comes from, the most trusted first. */
export type CostSource =
  /** the provider said it in its answer */
  | "reported"
  /** the provider's own token counts × the price valid for them */
  | "computed"
  /** our estimate of the tokens × the price: the stream ended before the provider counted */
  | "estimated"
  /** what it truly was is not known, as a process died or a count made no sense: settled at what was reserved */
  | "reserved"
  /** nothing was delivered, or the model is marked free */
  | "free"
  /** tokens are known, the price is not */
  | "unknown";
