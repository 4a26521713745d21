import type { EndpointState } from "./endpoint.ts";
import { formatUsd } from "./money.ts";

/** `$0.0123 today in 14 requests`, `nothing that costs was asked today`: what is simulated is not counted. */
export function endpointSpending({
  spentNano,
  requests,
}: Pick<Extract<EndpointState, { state: "running" }>, "spentNano" | "requests">): string {
  if (requests === 0 && spentNano === 0) return "nothing that costs was asked today";
  const count = `${requests.toLocaleString("en-US")} ${requests === 1 ? "request" : "requests"}`;
  return `${formatUsd(spentNano)} today in ${count}`;
}
