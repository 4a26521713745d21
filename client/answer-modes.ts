import * as z from "zod";

/**
 * Who answers: what the person picked for a conversation by hand, else what they keep for this workspace ("Always …
 * here"), else what the settings say. Both are the person's own choices and are kept with the extension, never in a file
 * that a repository could bring. A pick belongs to its conversation alone: a new chat begins with the workspace's mode.
 */
export interface AnswerModes {
  /** For the next question of this conversation; null is a new chat. */
  of(sessionId: string | null): string;
  always(): string | null;
  /** What the settings say. */
  usual(): string;
  pick(sessionId: string | null, mode: string): void;
  /** Keeps a mode for the workspace, or none any more; the conversation it was said in follows. */
  keep(sessionId: string | null, mode: string | null): void;
  /** The new chat has become this conversation, and what was picked for it goes along. */
  named(sessionId: string): void;
  /** A chat that begins anew begins with nothing picked. */
  begun(): void;
}

export interface AnswerModesDeps {
  memory: { get(key: string): unknown; update(key: string, value: unknown): Thenable<void> };
  /** `wayfare.mode` as it is now. */
  setting(): unknown;
  log(message: string): void;
}

/** Picks of the latest conversations are remembered over a reload of the window; nobody goes back further by hand. */
const MAX_PICKS = 50;
const ALWAYS_KEY = "wayfare.alwaysHere";
const PICKS_KEY = "wayfare.pickedModes";
/** Conversation and mode, the one picked first in front. */
const picksSchema = z.array(z.tuple([z.string(), z.string()])).catch([]);

export function createAnswerModes({ memory, setting, log }: AnswerModesDeps): AnswerModes {
  const picks = new Map(picksSchema.parse(memory.get(PICKS_KEY)));
  let newChat: string | null = null;
  // Said and read here first: what is stored may be stored late.
  const stored = memory.get(ALWAYS_KEY);
  let kept = typeof stored === "string" && stored !== "" ? stored : null;

  const write = (key: string, value: unknown): void => {
    memory.update(key, value).then(undefined, (error: unknown) => log(`Who answers was not stored: ${String(error)}`));
  };
  const usual = (): string => {
    const mode = setting();
    return typeof mode === "string" && mode !== "" ? mode : "auto";
  };
  const pick = (sessionId: string | null, mode: string | null): void => {
    if (sessionId === null) {
      newChat = mode;
      return;
    }
    const before = picks.get(sessionId) ?? null;
    if (before === mode) return;
    picks.delete(sessionId);
    if (mode !== null) picks.set(sessionId, mode);
    const [oldest] = picks.keys();
    if (picks.size > MAX_PICKS && oldest !== undefined) picks.delete(oldest);
    write(PICKS_KEY, [...picks]);
  };

  return {
    // A picked model that is missing stays picked: it is the server's to refuse it, and nobody is asked in its place.
    of: (sessionId) => (sessionId === null ? newChat : picks.get(sessionId)) ?? kept ?? usual(),
    always: () => kept,
    usual,
    pick,
    keep(sessionId, mode) {
      pick(sessionId, null);
      if (mode === kept) return;
      kept = mode;
      write(ALWAYS_KEY, mode ?? undefined);
    },
    named(sessionId) {
      if (newChat !== null) pick(sessionId, newChat);
      newChat = null;
    },
    begun() {
      newChat = null;
    },
  };
}
