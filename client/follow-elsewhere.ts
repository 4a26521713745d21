import type { Session } from "../shared/answer.ts";

/**
 * A turn may be kept as being answered although nothing here answers it: another window does, or a server that was cut
 * off has not been missed yet. It is shown as interrupted, blocks nothing, and is read again until what came of it is known.
 */

/** The conversation as it was read, with the turns that are answered elsewhere shown so. `isOurs` is told a turn's id. */
export function markElsewhere(session: Session, isOurs: (turnId: string) => boolean): Session {
  const turns = session.turns.map((turn) =>
    turn.state === "answering" && !isOurs(turn.id)
      ? { ...turn, state: "interrupted" as const, elsewhere: true as const }
      : turn,
  );
  return { ...session, turns };
}

export function isElsewhere(session: Session | null): boolean {
  return session?.turns.some((turn) => turn.elsewhere === true) ?? false;
}

export interface Follower {
  /** Reads that conversation again after a while, and again, instead of the one followed before. */
  follow(sessionId: string): void;
  stop(): void;
}

export interface FollowerDeps {
  /** Reads it and shows what is new. Resolves to false when there is nothing to wait for any more. Never rejects. */
  readAgain(sessionId: string): Promise<boolean>;
  /** Calls once after `delayMs`; the returned function prevents it. */
  later(delayMs: number, run: () => void): () => void;
}

const FIRST_DELAY_MS = 2_000;
const LONGEST_DELAY_MS = 30_000;
/** Eight and a half minutes in all; what takes longer is read when the conversation is opened again. */
const MAX_READS = 20;

/** Follows one conversation at a time: the one on the page. */
export function createFollower({ readAgain, later }: FollowerDeps): Follower {
  let cancel = () => {};
  /** Grows with each change of mind; a read that comes back late then goes no further. */
  let round = 0;

  const next = (sessionId: string, reads: number, ours: number): void => {
    if (reads >= MAX_READS) return;
    cancel = later(Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** reads), async () => {
      const isComing = await readAgain(sessionId);
      if (isComing && ours === round) next(sessionId, reads + 1, ours);
    });
  };
  const stop = (): void => {
    round += 1;
    cancel();
    cancel = () => {};
  };

  return {
    follow(sessionId) {
      stop();
      next(sessionId, 0, round);
    },
    stop,
  };
}
