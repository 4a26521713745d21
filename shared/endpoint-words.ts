import { capUsd, howOften } from "./cap-words.ts";
import type { EndpointCap, EndpointState } from "./endpoint.ts";
import { formatUsd } from "./money.ts";

/** Why a port is no good where another Wayfare has it, which does not have our token. */
export function foreignWords(port: number): string {
  return (
    `Another Wayfare answers at port ${port}, with a token of its own: one that was started without an editor, ` +
    "or a window that has not heard of a new token yet (reload it)."
  );
}

/** What holds after it was switched off, while a window goes on. */
export const unheardWords =
  "Switched off; another window has not heard of it yet and still answers. Reload that window.";

/** What a cap that other tools are near or at means for them. */
export function endpointCapWords({ book, cap }: EndpointCap): string {
  const { limitNano, spentNano, heldNano } = cap;
  if (cap.isUnreadable === true) {
    const from = book === null ? "" : ` from the book "${book}"`;
    return `${cap.setting} cannot be read: nothing that costs is sent${from} until it is corrected.`;
  }
  const limit = `${capUsd(limitNano)} ${howOften[cap.period]}`;
  const of =
    cap.scope === "global"
      ? `your ${limit}`
      : book === null
        ? `the endpoint's own ${limit}`
        : `the ${limit} of the book "${book}"`;
  const gone = heldNano > 0 ? "spent or held" : "spent";
  const left = limitNano - spentNano - heldNano;
  if (left <= 0) return `All of ${of} is ${gone}: requests that cost are refused.`;
  const percent = Math.floor(((spentNano + heldNano) * 100) / limitNano);
  return `${percent} % of ${of} is ${gone}: a request that may cost more than the ${formatUsd(left)} left is refused.`;
}

/** Nothing that costs is sent under it until it is raised, corrected or its time is over. */
export function isReached({ cap }: EndpointCap): boolean {
  return cap.isUnreadable === true || cap.spentNano + cap.heldNano >= cap.limitNano;
}

/** `$0.0123 today in 14 requests`, `nothing that costs was asked today`: what is simulated is not counted. */
export function endpointSpending({
  spentNano,
  requests,
}: Pick<Extract<EndpointState, { state: "running" }>, "spentNano" | "requests">): string {
  if (requests === 0 && spentNano === 0) return "nothing that costs was asked today";
  const count = `${requests.toLocaleString("en-US")} ${requests === 1 ? "request" : "requests"}`;
  return `${formatUsd(spentNano)} today in ${count}`;
}
