import type { Attempt, Tier } from "../../shared/answer.ts";
import type { NanoUsd } from "../../shared/money.ts";
import type { Cap } from "../core/budget.ts";

/** What a request is for: a turn of the chat, ghost text, a test of a route, or another tool through the endpoint. */
export type RequestKind = "chat" | "completion" | "helper" | "endpoint" | "endpoint";

/** Money held before a request leaves: an upper bound of what it can cost. */
export interface Reservation {
  attemptId: string;
  turnId: string;
  sessionId: string;
  kind: RequestKind;
  workspace: string;
  /** Simulated money is kept apart and never counts. */
  book: "real" | "simulated";
  tier: Tier;
  providerId: string;
  modelId: string;
  /** Of the code that it is about, by its id; absent: not known. */
  language?: string;
  startedAtMs: number;
  /** The most it can cost. 0 is always granted. */
  heldNano: NanoUsd;
  /** With less than this under a cap it is not worth asking; at most `heldNano`. */
  leastNano: NanoUsd;
  /** Every cap that holds for it; none holds for simulated money. */
  caps: readonly Cap[];
  /** What the input alone costs as sent. null when the price is not known: then a crash is settled as unknown, not $0. */
  inputNano: NanoUsd | null;
  /** May have a fraction. null when the price is not known. */
  outputNanoPerToken: number | null;
}

/** How an attempt ended and what it cost. */
export interface Settlement
  extends Omit<Attempt, "id" | "providerId" | "modelId" | "tier" | "startedAtMs" | "heldNano"> {
  /** Why this route was taken, in the plan's words. */
  reason: string;
  /** What the vendor's cache saved, less what writing to it cost more; absent or null: not known. */
  promptSavedNano?: NanoUsd | null;
  /** Absent where the provider gave no id, or cannot be asked. */
  generation?: Generation;
  /** Our estimate of the tokens, times what this vendor's counts are to ours. Absent where nothing was sent. */
  estimated?: { inputTokens: number; outputTokens: number };
}

/** What a provider calls an answer, and the origin at which it can be asked later what the answer cost. */
export interface Generation {
  id: string;
  origin: string;
}
