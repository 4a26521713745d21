import type * as vscode from "vscode";
import type { Applied } from "../shared/answer.ts";
import type { AppliedCodeParams } from "../shared/report.ts";
import { type InsertedTests, type InsertedTestsDeps, offerTests } from "./inserted-tests.ts";
import { type InsertionWatch, watchInsertion } from "./watch-insertion.ts";
import type { FromPage, InsertEvidence, TakenCode } from "./webview/messages.ts";

/**
 * What is seen after code of an answer was inserted, told on its turn: errors that came with it, and the person's own
 * tests. There is one at a time, that of the last insertion: with a second one, or once it is undone, nobody can tell any
 * more what came of the first.
 */
export interface InsertEvidences {
  /** For the page; null while there is nothing to tell. */
  now(): InsertEvidence | null;
  /** To be called before the edit, for the document as it is then; of what it gives, one is called after. */
  begin(document: vscode.TextDocument, code: TakenCode): { inserted(): void; failed(): void };
  /** A button of the line: about the turn it stands on, which may not be the last one inserted any more. */
  act(message: Extract<FromPage, { type: "tests" }>): Promise<void>;
  /** This turn is asked anew under its own name: what was inserted of it is of an answer that is no more. */
  replaced(turnId: string): void;
  dispose(): void;
}

export interface InsertEvidenceDeps {
  /** The conversation on the page, of which code is inserted; null is none. */
  sessionId(): string | null;
  tests: InsertedTestsDeps & { output: { show(): Promise<void> } };
  later(delayMs: number, run: () => void): () => void;
  /** `now()` gives something else than before. */
  onChange(): void;
  /** What is known of it so far, all of it each time; nothing is told that is not known. */
  tell(applied: AppliedCodeParams): void;
  log(message: string): void;
}

/** The last insertion. */
interface Insertion {
  turnId: string;
  watch: InsertionWatch;
  tests: InsertedTests | null;
}

export function createInsertEvidences(deps: InsertEvidenceDeps): InsertEvidences {
  let shown: InsertEvidence | null = null;
  let last: Insertion | null = null;

  const show = (next: InsertEvidence | null): void => {
    const isNews = next !== null || shown !== null;
    shown = next;
    if (isNews) deps.onChange();
  };
  const end = (): void => {
    last?.watch.dispose();
    last?.tests?.dispose();
    last = null;
  };
  const forget = (): void => {
    end();
    show(null);
  };
  const runTests = (tests: InsertedTests | null): Promise<void> =>
    (tests?.run() ?? Promise.resolve()).catch((error: unknown) => deps.log(`The tests were not run: ${String(error)}`));

  return {
    now: () => shown,
    begin(document, { turnId }) {
      const sessionId = deps.sessionId();
      const file = document.uri.path.slice(document.uri.path.lastIndexOf("/") + 1);
      const add = (part: Partial<Omit<InsertEvidence, "turnId">>): void =>
        show({ ...(shown ?? { turnId, errors: null, tests: null }), ...part });
      const nothing: Applied = { file, addedErrors: 0 };
      let applied = nothing;
      const tell = (next: Applied): void => {
        applied = next;
        if (sessionId !== null) deps.tell({ sessionId, turnId, applied });
      };
      const undone = (): void => {
        forget();
        // What came with the code has gone with it.
        if (applied !== nothing) tell(nothing);
      };
      const watch = watchInsertion(document, {
        later: deps.later,
        onErrors(count) {
          if (count > 0) add({ errors: { count, file } });
          tell({ ...applied, addedErrors: count });
        },
        onUndone: undone,
      });
      return {
        inserted() {
          forget();
          const tests = offerTests(document, deps.tests, (evidence) => {
            add({ tests: evidence });
            const { state } = evidence;
            if (state === "passed" || state === "failed") tell({ ...applied, tests: outcomeOf(state === "failed") });
          });
          last = { turnId, watch, tests };
          watch.inserted();
          if (deps.tests.command.read()?.consent === "always") void runTests(tests);
        },
        failed: watch.dispose,
      };
    },
    async act({ turnId, act }) {
      if (act === "output") return deps.tests.output.show();
      if (last?.turnId !== turnId) return;
      if (act === "stop") last.tests?.stop();
      else await runTests(last.tests);
    },
    replaced(turnId) {
      if (last?.turnId === turnId) forget();
    },
    dispose: end,
  };
}

/** What a test command's exit says: whether tests failed, and neither how many nor of how many. */
function outcomeOf(isFailed: boolean): NonNullable<Applied["tests"]> {
  return { isFailed, failed: null, failedShare: null, crashed: false, timedOut: false };
}
