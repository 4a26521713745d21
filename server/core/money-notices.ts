import { formatUsd, type NanoUsd } from "../../shared/money.ts";

/** Money that is booked for days after today counts today, so that a clock that is set back gives no room. */
export function bookedLaterNotice({ nano, because }: { nano: NanoUsd; because: "clock" | "calendar" }): string {
  if (because === "clock") {
    return `The clock of this machine was set back: ${formatUsd(nano)} booked for later days counts today, so that no cap is overrun.`;
  }
  return `Your day begins later than it did: ${formatUsd(nano)} booked for a later day counts today, so that no cap is overrun.`;
}

/** What no cap can prevent: a provider that bills more than the upper bound that was held. `route` is provider/model. */
export function billedBeyondNotice(bill: { route: string; costNano: NanoUsd; heldNano: NanoUsd }): string {
  const { route, costNano, heldNano } = bill;
  return `${route} billed ${formatUsd(costNano)}, beyond the ${formatUsd(heldNano)} that was held as the most it can cost. All of it counts, so a cap may be overrun by ${formatUsd(costNano - heldNano)}.`;
}
