import type { Attempt } from "../../shared/answer.ts";
import type { Failure } from "../../shared/failure.ts";
import type { ServerFacts, ServerState } from "../../shared/protocol.ts";
import { type Route, routeName } from "../core/provider.ts";

/** What goes on in this server, for the status bar and for "Copy diagnostics". Holds no question and no answer. */
export interface Activity {
  /** Counts `run` as a request under way for as long as it takes. */
  during<Result>(run: () => Promise<Result>): Promise<Result>;
  /** After each settled attempt. */
  attempted(attempt: Attempt, route: Route, nowMs: number): void;
  /** What completions are doing: requests under way, and why the last one wanted did not come. */
  setCompletions(state: ServerState["completions"]): void;
  /** Says the state again when something else of it changed: settings, the books. */
  refresh(): void;
  requests(): number;
  recentFailures(): ServerFacts["recentFailures"];
}

/** Failures kept for diagnostics: the latest few tell what is wrong now. */
const MOST_FAILURES = 20;

export function createActivity(deps: {
  silent(): Failure | null;
  /** Called on every change of the state, and only then. */
  onState(state: ServerState): void;
}): Activity {
  let working = 0;
  let requests = 0;
  let told = "";
  const failures: ServerFacts["recentFailures"] = [];
  let completions: ServerState["completions"] = { working: 0, silent: null, uri: null };

  const refresh = (): void => {
    const state: ServerState = { working, silent: deps.silent(), completions };
    const text = JSON.stringify(state);
    if (text === told) return;
    told = text;
    deps.onState(state);
  };

  return {
    refresh,
    setCompletions(state) {
      completions = state;
      refresh();
    },
    async during(run) {
      working += 1;
      requests += 1;
      refresh();
      try {
        return await run();
      } finally {
        working -= 1;
        refresh();
      }
    },
    attempted(attempt, route, nowMs) {
      if (attempt.failure === null) return;
      const { kind, message } = attempt.failure;
      failures.push({ atMs: nowMs, route: routeName(route), kind, message });
      if (failures.length > MOST_FAILURES) failures.shift();
    },
    requests: () => requests,
    recentFailures: () => [...failures],
  };
}
