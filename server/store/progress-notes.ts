import type { Database } from "./database.ts";

/** How much has come of attempts under way, in case this process dies. */
export interface ProgressNotes {
  /** Written at most once a second for an attempt; may be lost. */
  note(attemptId: string, progress: { outputTokens: number }): void;
  /** It is over: nothing is noted any more. */
  forget(attemptId: string): void;
  close(): void;
}

const NOTE_EVERY_MS = 1_000;
/** Attempts whose progress is noted at the same time; each is one open stream. Beyond it the oldest goes without. */
const MOST_NOTED = 1_000;

export function createProgressNotes(database: Database, now: () => number): ProgressNotes {
  const update = database.prepare(
    "UPDATE attempts SET noted_output_tokens = ?, noted_at_ms = ? WHERE attempt_id = ? AND outcome IS NULL",
  );
  const noted = new Map<string, { outputTokens: number; writtenAtMs: number; timer: NodeJS.Timeout | null }>();

  const write = (attemptId: string): void => {
    const progress = noted.get(attemptId);
    if (progress === undefined) return;
    progress.timer = null;
    progress.writtenAtMs = now();
    const { outputTokens, writtenAtMs } = progress;
    // Best effort: a note that is lost leaves the attempt settled at more, never at less.
    database.write("normal", () => update.run(outputTokens, writtenAtMs, attemptId)).catch(() => undefined);
  };
  const forget = (attemptId: string): void => {
    const timer = noted.get(attemptId)?.timer;
    if (timer) clearTimeout(timer);
    noted.delete(attemptId);
  };

  return {
    note(attemptId, { outputTokens }) {
      const before = noted.get(attemptId);
      if (before === undefined) {
        const [oldest] = noted.keys();
        if (noted.size >= MOST_NOTED && oldest !== undefined) forget(oldest);
        noted.set(attemptId, { outputTokens, writtenAtMs: 0, timer: null });
        return write(attemptId);
      }
      before.outputTokens = outputTokens;
      if (before.timer !== null) return;
      // A clock that was set back must not put the note off by as much.
      const waitMs = Math.min(before.writtenAtMs + NOTE_EVERY_MS - now(), NOTE_EVERY_MS);
      if (waitMs <= 0) return write(attemptId);
      before.timer = setTimeout(() => write(attemptId), waitMs);
      before.timer.unref();
    },
    forget,
    close() {
      for (const attemptId of [...noted.keys()]) forget(attemptId);
    },
  };
}
