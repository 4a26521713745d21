import type { Decision, Turn } from "../../shared/answer.ts";
import { type Failure, failureOf } from "../../shared/failure.ts";
import type { AppliedCodeParams } from "../../shared/report.ts";
import { type ExampleRun, judgeEvidence } from "../core/evidence.ts";
import type { Store } from "../store/open-store.ts";

/**
 * Writes down with a turn what was seen after its code had been put into a file, with what speaks against it since, and
 * tells of the turn as it then is. Sends nothing: to ask the frontier is the person's click. Of a turn that is not there, or
 * that nobody answered, nothing is kept. Never rejects.
 */
export function createAppliedCode(deps: {
  /** null while the books are not open. */
  store(): Pick<Store, "sessions"> | null;
  workspace: string;
  /** The person lets Wayfare ask the frontier after a failure. */
  mayEscalate(): boolean;
  onAmended(sessionId: string, turn: Turn): void;
  onFault(failure: Failure): void;
}): (params: AppliedCodeParams) => Promise<void> {
  return async ({ sessionId, turnId, applied }) => {
    try {
      const store = deps.store();
      const session = store?.sessions.read(sessionId) ?? null;
      const turn = session?.turns.find(({ id }) => id === turnId);
      if (store === null || session === null || turn?.state !== "done" || turn.decision === null) return;
      const because = whatSpeaksAgainst(turn.decision, applied, deps.mayEscalate());
      const isClean = because === null && applied.tests === undefined;
      // As a rule nothing is wrong, and nothing was: then there is no news.
      if (isClean && turn.decision.applied === undefined) return;
      const amended: Turn = {
        ...turn,
        decision: { ...turn.decision, applied: { ...applied, ...(because === null ? {} : { because }) } },
      };
      const { id, title, updatedAtMs } = session;
      await store.sessions.saveTurn({ id, workspace: deps.workspace, title, updatedAtMs }, amended);
      deps.onAmended(id, amended);
    } catch (error) {
      deps.onFault(failureOf(error));
    }
  };
}

function whatSpeaksAgainst(
  decision: Decision,
  { addedErrors, tests }: AppliedCodeParams["applied"],
  mayEscalate: boolean,
): string | null {
  if (decision.answeredBy === null) return null;
  const run: ExampleRun | null =
    tests === undefined
      ? null
      : {
          from: "tests",
          failed: tests.failed,
          failedShare: tests.failedShare ?? (tests.isFailed ? 1 : 0),
          crashed: tests.crashed,
          timedOut: tests.timedOut,
          isValidated: false,
        };
  const verdict = judgeEvidence({
    isAuto: decision.mode === "auto",
    tier: decision.answeredBy.tier,
    prior: null,
    mayEscalate,
    // What did not parse is told already, with a mark of its own.
    badLine: null,
    isEmpty: false,
    addedErrors,
    run,
  });
  return verdict.act === "keep" ? null : verdict.because;
}
