import type { Store } from "../../../server/store/open-store.ts";
import type { ReportScope } from "../../../server/store/report-book.ts";
import type { EndedRequest } from "../../../server/store/request-book.ts";
import { reservation, settlement, wednesday } from "./books.ts";

/** Requests as the engine ends them, for the tests of the report's books. */

export const everything: ReportScope = { book: "real", fromDay: "2026-01-01", toDay: "2027-12-31", workspace: null };

export function ended(fields: Partial<EndedRequest>): EndedRequest {
  return {
    requestId: "turn",
    atMs: wednesday,
    day: "2026-11-18",
    book: "real",
    kind: "chat",
    workspace: "here",
    sessionId: "session",
    language: "",
    route: { providerId: "vendor", modelId: "small", tier: "cheap" },
    state: "done",
    mode: "auto",
    why: "short edit, one file",
    classification: null,
    plan: [],
    leftOut: [],
    frontierNano: null,
    cheapNano: null,
    savedNano: null,
    question: null,
    ...fields,
  };
}

export const weighed: NonNullable<EndedRequest["classification"]> = {
  tier: "cheap",
  cheapRight: 0.75,
  frontierRight: 0.875,
  confidence: 1,
  reasons: [],
  features: {},
};

/** Asks, pays and ends one request of one attempt. */
export async function request(
  store: Store,
  {
    attempt = {},
    paid = {},
    end = {},
  }: {
    attempt?: Parameters<typeof reservation>[0];
    paid?: Parameters<typeof settlement>[0];
    end?: Partial<EndedRequest>;
  },
): Promise<void> {
  const held = reservation({ caps: [], ...attempt });
  await store.ledger.reserve(held);
  await store.ledger.settle(held.attemptId, settlement(paid));
  await store.ledger.post();
  const { kind, workspace, sessionId, turnId: requestId, book, startedAtMs: atMs } = held;
  const day = store.ledger.dayOf(Date.now());
  await store.requests.end(ended({ kind, workspace, sessionId, requestId, book, atMs, day, ...end }));
}
