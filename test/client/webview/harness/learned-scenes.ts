import type { LearnedState, ToLearned } from "../../../../client/webview/learned-messages.ts";
import type { LearnedRow } from "../../../../shared/learned.ts";

/** What the page of what was learned is shown, state by state, for tests. */

const nowMs = Date.UTC(2026, 10, 18, 12);

export function row(values: Partial<LearnedRow> = {}): LearnedRow {
  return {
    providerId: "openai",
    modelId: "gpt-5.4-mini",
    simulated: false,
    kind: "fix",
    languageId: "rust",
    seen: { inserted: 2, regenerated: 2, sentUp: 5, undone: 1, escalated: 1 },
    movedPoints: -11.6,
    ownPoints: -10.1,
    lastAtMs: nowMs - 40_000,
    ...values,
  };
}

export const rows: LearnedRow[] = [
  row(),
  row({
    kind: "edit",
    languageId: "typescript",
    seen: { inserted: 11, copied: 3, sentUp: 1 },
    movedPoints: 6.2,
    ownPoints: 6.6,
  }),
  row({
    providerId: "openrouter",
    modelId: "a-vendor-with-a-long-name/and-a-model-with-a-name-that-is-longer-still",
    kind: "chat",
    languageId: "",
    seen: { copied: 1 },
    movedPoints: 0.4,
    ownPoints: 0.4,
    lastAtMs: nowMs - 3 * 86_400_000,
  }),
  row({
    providerId: "playground",
    modelId: "sim-fast",
    simulated: true,
    kind: "completion",
    languageId: "python",
    seen: { completed: 40 },
    movedPoints: 8,
    ownPoints: 8,
  }),
];

export function learnedState(values: Partial<LearnedState> = {}): LearnedState {
  return {
    setup: "ready",
    connection: "running",
    atMs: nowMs,
    table: { rows, enabled: true },
    problem: null,
    ...values,
  };
}

const scene = (values: Partial<LearnedState> = {}): { messages: ToLearned[] } => ({
  messages: [{ type: "state", state: learnedState(values) }],
});

export const learnedScenes = {
  rows: scene(),
  lent: scene({
    table: {
      rows: [
        row({ seen: { escalated: 3 }, movedPoints: -10.4, ownPoints: -11 }),
        row({ kind: "edit", seen: { inserted: 1 }, movedPoints: -9.4, ownPoints: 1.6 }),
        row({ kind: "test", seen: { inserted: 1 }, movedPoints: 0.3, ownPoints: 1.6 }),
      ],
      enabled: true,
    },
  }),
  nothing: scene({ table: { rows: [], enabled: true } }),
  off: scene({ table: { rows, enabled: false } }),
  asking: scene({ table: null }),
  unset: scene({ setup: "nothing", table: null }),
  stopped: scene({ connection: "stopped" }),
  problem: scene({ problem: "The books of Wayfare are locked by another program. Close it and try again." }),
};
