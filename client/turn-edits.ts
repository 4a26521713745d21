import type { Session, Turn } from "../shared/answer.ts";
import type { AskPart } from "../shared/protocol.ts";

/** Conversations and turns as plain values: how the one on the page begins, grows and fails. */

/** A conversation that begins with this question; the server finds it a better name. */
export function emptySession(id: string, question: string, nowMs: number): Session {
  const title = (question.trim().split("\n", 1)[0] ?? "").replaceAll("`", "");
  return { id, title, updatedAtMs: nowMs, costNano: 0, simulated: false, turns: [] };
}

/** A turn that has just been asked. */
export function newTurn(id: string, question: string, nowMs: number): Turn {
  return {
    id,
    askedAtMs: nowMs,
    question,
    context: [],
    answer: "",
    state: "answering",
    failure: null,
    decision: null,
  };
}

/** The turn as it stands when something of Wayfare itself went wrong. */
export function failedTurn(turn: Turn, message: string): Turn {
  return { ...turn, state: "failed", failure: { kind: "internal", message } };
}

/** The conversation with this turn in its place or at its end. */
export function withTurn(session: Session, turn: Turn, nowMs: number): Session {
  const known = session.turns.some((each) => each.id === turn.id);
  const turns = known ? session.turns.map((each) => (each.id === turn.id ? turn : each)) : [...session.turns, turn];
  return { ...session, turns, updatedAtMs: nowMs };
}

/** The conversation with the name and cost that the server has for it. */
export function withHead(session: Session, { title, costNano, knownNano, simulated }: Session): Session {
  return { ...session, title, costNano, knownNano, simulated };
}

/** The answer after these parts; a restart voids what came before it. */
export function withParts(answer: string, parts: readonly AskPart[]): string {
  let text = answer;
  for (const part of parts) {
    if (part.type === "text") text += part.text;
    else if (part.type === "restart") text = "";
  }
  return text;
}
