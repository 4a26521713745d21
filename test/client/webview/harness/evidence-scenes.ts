import type { PageState, ToPage } from "../../../../client/webview/messages.ts";
import { broken, renamed, unparsed } from "./sample-answers.ts";
import { cheapDecision, escalatedDecision, turn, unescalatedDecision, withTurns } from "./samples.ts";

/** What speaks for an answer or against it once it is there: asked again of the frontier, or seen after an insertion. */

export interface Scene {
  messages: ToPage[];
  /** Clicked in order once everything is shown. */
  clicks?: string[];
  typed?: string;
}

export const state = (page: PageState): ToPage => ({ type: "state", state: page });

export const evidenceScenes: Record<string, Scene> = {
  escalated: {
    messages: [
      state(
        withTurns([
          turn({ answer: broken, decision: { ...unescalatedDecision, unparsed } }),
          turn({ id: "turn-2", answer: renamed, decision: escalatedDecision }),
        ]),
      ),
    ],
    clicks: [".decision-line"],
  },
  evidence: {
    messages: [
      state(
        withTurns([turn({ answer: renamed, decision: cheapDecision })], {
          evidence: {
            turnId: "turn-1",
            errors: { count: 3, file: "duration.ts" },
            tests: { state: "failed", how: "exit 1", lastLine: "# fail 2 of 41, see the report of each above" },
          },
        }),
      ),
    ],
  },
  "tests-offered": {
    messages: [
      state(
        withTurns([turn({ answer: renamed, decision: cheapDecision })], {
          evidence: { turnId: "turn-1", errors: null, tests: { state: "ready" } },
        }),
      ),
    ],
  },
  "tests-passed": {
    messages: [
      state(
        withTurns([turn({ answer: renamed, decision: cheapDecision })], {
          evidence: { turnId: "turn-1", errors: null, tests: { state: "passed" } },
        }),
      ),
    ],
  },
};
