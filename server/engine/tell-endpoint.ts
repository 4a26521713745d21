import type { EndpointMoney } from "../../shared/endpoint.ts";
import type { EndpointSettings } from "../core/read-endpoint.ts";
import { bookOf, type RelayEnd } from "../core/relay.ts";
import { tightCaps } from "../core/tight-caps.ts";
import type { Ledger } from "../store/ledger.ts";

/** What is told of the money of other tools: what they spent, which caps they are near, and that one was refused for it. */
export interface EndpointTeller {
  /** Of today. Throws a ledger failure. */
  told(): EndpointMoney;
  /** How a request ended. */
  ended(end: RelayEnd): void;
  /** Caps were changed or raised: what was refused before might be sent now. */
  capsChanged(): void;
}

/** Each is read with each sum that is told; a person names a few. */
const MOST_BOOKS = 50;

export function createEndpointTeller(deps: {
  /** null while the books are not open. */
  ledger(): Pick<Ledger, "endpointSpend" | "capStates" | "dayOf"> | null;
  settings(): Pick<EndpointSettings, "capsOf" | "listed">;
  /** Milliseconds since 1970. */
  now(): number;
  /** It is known since now that a request was refused, or that none is any more. */
  onChange(): void;
}): EndpointTeller {
  let refused: EndpointMoney["refused"];
  const set = (next: EndpointMoney["refused"]): void => {
    if (next === undefined && refused === undefined) return;
    refused = next;
    deps.onChange();
  };
  return {
    told() {
      const ledger = deps.ledger();
      if (ledger === null) return { spentNano: 0, requests: 0 };
      const { capsOf, listed } = deps.settings();
      const books = [null, ...listed.slice(0, MOST_BOOKS)];
      const caps = tightCaps(books.map((book) => ({ book, caps: ledger.capStates(capsOf(book), bookOf(book)) })));
      const isOfToday = refused !== undefined && ledger.dayOf(refused.atMs) === ledger.dayOf(deps.now());
      return {
        ...ledger.endpointSpend(),
        ...(caps.length === 0 ? {} : { caps }),
        ...(isOfToday ? { refused } : {}),
      };
    },
    ended(end) {
      if (end.state === "failed" && end.failure.kind === "budget") {
        set({ atMs: deps.now(), message: end.failure.message });
      } else if (end.state === "done" && (end.bill.costNano ?? 1) > 0) set(undefined);
    },
    capsChanged: () => set(undefined),
  };
}
