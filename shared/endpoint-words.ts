import type { EndpointState } from "./endpoint.ts";
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

/** `$0.0123 today in 14 requests`, `nothing that costs was asked today`: what is simulated is not counted. */
export function endpointSpending({
  spentNano,
  requests,
}: Pick<Extract<EndpointState, { state: "running" }>, "spentNano" | "requests">): string {
  if (requests === 0 && spentNano === 0) return "nothing that costs was asked today";
  const count = `${requests.toLocaleString("en-US")} ${requests === 1 ? "request" : "requests"}`;
  return `${formatUsd(spentNano)} today in ${count}`;
}
