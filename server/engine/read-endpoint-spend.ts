import { describeEndpointSpend, type EndpointSpend } from "../core/endpoint-spend.ts";
import type { EndpointSettings } from "../core/read-endpoint.ts";
import { bookOf } from "../core/relay.ts";
import type { Ledger } from "../store/ledger.ts";

/**
 * What other tools spent through the endpoint, by book, and how the caps stand, of all windows and processes that share
 * these books. `ownBook` pays for requests that name none; null: the endpoint's own. Throws a ledger failure.
 */
export function readEndpointSpend(deps: {
  ledger: Pick<Ledger, "endpointBooks" | "capStates">;
  settings: Pick<EndpointSettings, "capsOf" | "listed">;
  ownBook: string | null;
}): EndpointSpend {
  const { ledger, settings, ownBook } = deps;
  return describeEndpointSpend({
    ...ledger.endpointBooks(),
    known: [ownBook, ...settings.listed],
    capsOf: (name) => ledger.capStates(settings.capsOf(name, ownBook), bookOf(name)),
  });
}
