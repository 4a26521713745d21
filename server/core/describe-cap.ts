import { formatUsd, type NanoUsd, usdFromNano } from "../../shared/money.ts";
import type { CapState, Period } from "../../shared/protocol.ts";
import type { Cap } from "./budget.ts";

/**
 * Why a request did not fit under a cap, with what is spent, what it needs, the setting that holds the cap, and the ways
 * out. `limitNano` is the limit with what was raised for today; `neededNano` the least that the request would have held.
 */
export function capRefusal(facts: {
  cap: Pick<Cap, "scope" | "period" | "setting">;
  limitNano: NanoUsd;
  spentNano: NanoUsd;
  heldNano: NanoUsd;
  neededNano: NanoUsd;
}): string {
  const { cap, limitNano, spentNano, heldNano, neededNano } = facts;
  const held = heldNano > 0 ? ` and ${formatUsd(heldNano)} held for other requests` : "";
  const said = describeCap({ ...cap, limitNano });
  return `This needs at least ${roundedUp(neededNano)}, which does not fit under ${said}: ${formatUsd(spentNano)} is spent${held}. Raise it for today, change ${cap.setting}, or use a model on this machine.`;
}

/** A cap in the middle of a sentence: "this workspace's $1.00 a day". */
export function describeCap(cap: Pick<Cap, "scope" | "period" | "limitNano">): string {
  return `${whose[cap.scope]} ${capUsd(cap.limitNano)} ${howOften[cap.period]}`;
}

const whose: Record<CapState["scope"], string> = {
  global: "your",
  workspace: "this workspace's",
  completions: "the completions'",
};

const howOften: Record<Period, string> = {
  daily: "a day",
  weekly: "a week",
  monthly: "a month",
  total: "in total",
};

/** A limit as a person writes one, with cents at least: $1.00, $0.01, $0.005. */
function capUsd(nano: NanoUsd): string {
  const usd = usdFromNano(nano);
  if (nano === 0 || usd >= 1 || nano < 50_000) return formatUsd(nano);
  return `$${usd.toFixed(4).replace(/0{1,2}$/, "")}`;
}

/** Rounded up: a need that looked like what is left would read as a mistake. */
function roundedUp(nano: NanoUsd): string {
  const stepNano = nano < 1_000_000_000 ? 100_000 : 10_000_000;
  return formatUsd(Math.ceil(nano / stepNano) * stepNano);
}
