import type { Decision, Tier } from "../../shared/answer.ts";
import { type Failure, failureOf } from "../../shared/failure.ts";
import type { NanoUsd } from "../../shared/money.ts";
import type { PlanStep } from "../core/plan-route.ts";
import { summarizePlan } from "../core/plan-route.ts";
import { costNano } from "../core/price.ts";
import type { Route } from "../core/provider.ts";
import type { Store } from "../store/open-store.ts";
import type { EndedRequest } from "../store/request-book.ts";
import type { FailoverResult } from "./failover.ts";

/** Writes down each request when it is over, beside its attempts: when, what kind, why, which plan; never what was asked. */
export interface Audit {
  /** Nobody waits for it, and it never fails: what could not be written is told. */
  ended(request: Omit<EndedRequest, "day">): void;
  /** Code was taken over from an answer; counted once its request is written down. */
  accepted(acceptance: { requestId: string; lines: number; how: "tab" | "insert" | "copy" }): void;
  /** Resolves when everything is written. */
  idle(): Promise<void>;
}

type Books = Pick<Store, "requests"> & { ledger: Pick<Store["ledger"], "dayOf"> };

export function createAudit(deps: {
  /** null while the books are not open: then there was no request either. */
  store(): Books | null;
  /** Milliseconds since 1970. */
  now(): number;
  onFault(failure: Failure): void;
  /** Runs something soon: requests that end until then share a transaction. Absent: each is written by itself. */
  soon?(run: () => void): void;
}): Audit {
  /** What is being written, by request: code can be taken over before its bill is. */
  const writing = new Map<string, Promise<void>>();

  const write = (requestId: string, run: (store: Books) => Promise<unknown>): void => {
    const store = deps.store();
    if (store === null) return;
    const written = (writing.get(requestId) ?? Promise.resolve())
      .then(() => run(store))
      .then(() => undefined)
      .catch((error: unknown) => deps.onFault(failureOf(error)))
      .finally(() => {
        if (writing.get(requestId) === written) writing.delete(requestId);
      });
    writing.set(requestId, written);
  };

  /** Those that wait to be written together; null: the next is written at once. */
  let together: { promise: Promise<void>; resolve(): void } | null = null;
  const release = (): void => {
    together?.resolve();
    together = null;
  };
  /** The first is written at once, for it may be the last of this process; those that come thick after it together. */
  const turn = (): Promise<void> | null => {
    if (together !== null) return together.promise;
    if (deps.soon !== undefined) {
      let resolve = (): void => undefined;
      const promise = new Promise<void>((settle) => {
        resolve = settle;
      });
      together = { promise, resolve };
      deps.soon(release);
    }
    return null;
  };

  /** Accepted before its request ended: counted with it. At most what a person takes over while an answer is finished. */
  const early = new Map<string, { lines: number; how: "tab" | "insert" | "copy" }[]>();

  return {
    ended(request) {
      const waits = turn();
      write(request.requestId, async ({ requests, ledger }) => {
        if (waits !== null) await waits;
        await requests.end({ ...request, day: ledger.dayOf(request.atMs) });
        for (const acceptance of early.get(request.requestId) ?? []) {
          await requests.accept({ requestId: request.requestId, atMs: deps.now(), ...acceptance });
        }
        early.delete(request.requestId);
      });
    },
    accepted({ requestId, lines, how }) {
      write(requestId, async ({ requests }) => {
        if (await requests.accept({ requestId, atMs: deps.now(), lines, how })) return;
        early.set(requestId, [...(early.get(requestId) ?? []), { lines, how }]);
        const oldest = early.keys().next();
        if (early.size > MOST_EARLY && oldest.done !== true) early.delete(oldest.value);
      });
    },
    async idle() {
      while (writing.size > 0) {
        release();
        await Promise.all(writing.values());
      }
    },
  };
}

/** Far more than can be under way at a time. */
const MOST_EARLY = 50;

/** A chat turn as the audit keeps it. `firstOf` are the routes that stand for the tiers. */
export function auditOfTurn(
  turn: {
    requestId: string;
    atMs: number;
    sessionId: string;
    workspace: string;
    language: string;
    question: string | null;
  },
  decision: Decision,
  result: Pick<FailoverResult, "state" | "attempts"> & Partial<Pick<FailoverResult, "writtenBy">>,
  firstOf: Readonly<Record<Tier, Route | null>>,
): Omit<EndedRequest, "day"> {
  const usage = result.attempts.find(({ id }) => id === result.writtenBy)?.usage ?? null;
  const costWith = (tier: Tier): NanoUsd | null => {
    const route = firstOf[tier];
    return usage === null || route === null ? null : costNano(usage, route.price);
  };
  const first = decision.attempts[0] ?? decision.plan[0];
  const { providerId, modelId, tier } = decision.answeredBy ?? first ?? { providerId: "", modelId: "", tier: "cheap" };
  return {
    ...turn,
    kind: "chat",
    book: decision.simulated ? "simulated" : "real",
    route: { providerId, modelId, tier },
    state: decision.fromCache === undefined ? result.state : "cached",
    mode: decision.mode,
    why: decision.why,
    classification: decision.classification,
    plan: decision.plan,
    leftOut: decision.leftOut,
    frontierNano: costWith("frontier"),
    cheapNano: costWith("cheap"),
    savedNano: decision.fromCache?.savedNano ?? null,
  };
}

/** A request that is no turn, a completion or a test, as the audit keeps it; null where nothing was sent. */
export function auditOfWalk(
  walk: Pick<EndedRequest, "requestId" | "kind" | "sessionId" | "workspace" | "language" | "mode"> & {
    plan: readonly PlanStep[];
    leftOut?: EndedRequest["leftOut"];
    /** Absent: nobody weighed it. */
    classification?: EndedRequest["classification"];
  },
  result: Pick<FailoverResult, "state" | "attempts" | "answeredBy">,
): Omit<EndedRequest, "day"> | null {
  const { plan, leftOut = [], classification = null, ...request } = walk;
  const [first] = result.attempts;
  if (first === undefined) return null;
  const answered = plan.find(({ route }) => route.providerId === first.providerId && route.modelId === first.modelId);
  const { providerId, modelId, tier } = result.answeredBy ?? result.attempts.at(-1) ?? first;
  return {
    ...request,
    atMs: first.startedAtMs,
    book: answered?.route.simulated === true ? "simulated" : "real",
    route: { providerId, modelId, tier },
    state: result.state,
    why: answered?.reason ?? plan[0]?.reason ?? "",
    classification,
    plan: summarizePlan(plan),
    leftOut,
    frontierNano: null,
    cheapNano: null,
    savedNano: null,
    question: null,
  };
}
