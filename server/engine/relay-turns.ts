import { hash } from "node:crypto";
import type { Decision, Turn } from "../../shared/answer.ts";
import type { RelayRequest } from "../core/relay.ts";

/** What was decided in conversations that other tools hold, so that they stay with their model. Texts are not kept. */
export interface RelayTurns {
  /** Of one conversation, the oldest first. */
  of(conversation: string): readonly Turn[];
  ended(conversation: string, turn: Turn): void;
}

/** Enough to know what a conversation was moved by; a vendor's cache is of the last one. */
const MOST_TURNS = 3;
const MOST_CONVERSATIONS = 1_000;
/** Whoever comes back later begins anew: no vendor has it cached any more. */
const KEPT_MS = 3_600_000;

/** Ends with the process. Times are milliseconds since 1970. */
export function createRelayTurns(now: () => number): RelayTurns {
  const kept = new Map<string, { atMs: number; turns: Turn[] }>();
  return {
    of(conversation) {
      const found = kept.get(conversation);
      return found === undefined || now() - found.atMs > KEPT_MS ? [] : found.turns;
    },
    ended(conversation, turn) {
      const turns = [...(kept.get(conversation)?.turns ?? []), turn].slice(-MOST_TURNS);
      kept.delete(conversation);
      kept.set(conversation, { atMs: now(), turns });
      const oldest = kept.keys().next();
      if (kept.size > MOST_CONVERSATIONS && oldest.done !== true) kept.delete(oldest.value);
    },
  };
}

/** A request that is over, as a turn of a conversation. `hasText`: something was answered. */
export function relayTurn(facts: {
  id: string;
  askedAtMs: number;
  state: Turn["state"];
  failure: Turn["failure"];
  decision: Decision;
  hasText: boolean;
}): Turn {
  const { hasText, ...rest } = facts;
  return { ...rest, question: rest.id, context: [], answer: hasText ? "…" : "" };
}

/** What the books call the conversation; null: its tool gave it no name. Texts that are gone on with make none. */
export function nameOf({ ask, session }: Pick<RelayRequest, "ask" | "session">): string | null {
  return session ?? (ask.kind === "fill" ? "Completions for other tools" : null);
}

/** The conversation in the books: named by the client, else by how it begins. */
export function sessionOf(request: Pick<RelayRequest, "session" | "workspace">, beginning: string): string {
  const name = request.session === null ? `begins ${beginning}` : `named ${request.session}`;
  const digest = hash("sha256", `${request.workspace ?? ""}\n${name}`);
  return `endpoint-${digest.slice(0, 16)}`;
}
