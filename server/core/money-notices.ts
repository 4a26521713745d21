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

/** Said once of books on a network drive, where the locks of all windows are the drive's. */
export function networkDriveNotice({ path, drive }: { path: string; drive: string }): string {
  return `The ledger ${path} lies on a network drive (${drive}): each request waits for that drive, and caps hold only as far as its locks do. Do not use Wayfare from two machines with this home at once.`;
}

/** What was found damaged: `path` is the ledger as messages name it, `setAside` the old file's name beside it. */
export interface LossWords {
  path: string;
  setAside: string;
  attempts: number;
  isSettled: boolean;
}

export function lossNotice({ path, setAside, attempts, isSettled }: LossWords): string {
  const read = attempts === 0 ? "none of its requests" : attempts === 1 ? "1 request" : `${attempts} requests`;
  const begin = `The ledger ${path} was damaged. It was set aside as ${setAside}, and a new one was begun`;
  if (isSettled) return `${begin} with what could be read of it: ${read}, and all that your caps have counted.`;
  return `${begin} with what could be read of it: ${read}. What your caps had counted is not fully known, so nothing that costs is sent under a cap until you choose Start Anew; then they count from what could be read.`;
}

/** Why nothing that costs is sent under caps whose count was lost. */
export function lostCountsRefusal({ setAside }: Pick<LossWords, "setAside">): string {
  return `What your caps had counted was lost with a damaged ledger, set aside as ${setAside}, so nothing that costs is sent under a cap. Run "Wayfare: Start Anew After a Damaged Ledger" to count from what could be read, or use a model on this machine.`;
}
