import type { Session, Turn } from "../../shared/answer.ts";
import type { Ledger } from "../store/ledger.ts";
import type { SessionStore } from "../store/session-store.ts";
import { withAttempts } from "./build-decision.ts";

/**
 * A conversation as it is shown; null when it is not kept. What an answer cost whose process died in the middle is told
 * from the ledger; before that is settled, and while an answer is coming, nothing is said of its cost.
 */
export function readSession(
  sessionId: string,
  store: { sessions: Pick<SessionStore, "read">; ledger: Pick<Ledger, "attemptsOfTurn"> },
): Session | null {
  const session = store.sessions.read(sessionId);
  if (session === null) return null;
  return { ...session, turns: session.turns.map((turn) => showTurn(turn, store.ledger)) };
}

function showTurn(turn: Turn, ledger: Pick<Ledger, "attemptsOfTurn">): Turn {
  if (turn.state === "answering") return { ...turn, decision: null };
  if (turn.state !== "interrupted" || turn.decision === null) return turn;
  const attempts = ledger.attemptsOfTurn(turn.id);
  return { ...turn, decision: attempts.length === 0 ? null : withAttempts(turn.decision, attempts, turn.answer) };
}
