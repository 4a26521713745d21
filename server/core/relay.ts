import type { Attempt, Decision, Tier, Usage } from "../../shared/answer.ts";
import type { Failure } from "../../shared/failure.ts";
import type { CostSource, NanoUsd } from "../../shared/money.ts";
import type {
  FinishReason,
  Message,
  ProviderPart,
  ReasoningBlock,
  Route,
  Tool,
  ToolCall,
  ToolChoice,
  Wire,
} from "./provider.ts";

/** What another tool asks through the local endpoint, in our own words; `engine/relay.ts` answers it. */

/** Fields of a request's body that are not read here, by their names on that wire, for a route that speaks it. */
export interface PassedOn {
  wire: Extract<Wire, "openai-compatible" | "anthropic">;
  /** JSON values. Never a field that we write ourselves, nor one that changes what is paid. */
  fields: Readonly<Record<string, unknown>>;
}

export interface RelayRequest {
  /** Names the request in the books and in `x-wayfare-request-id`. */
  id: string;
  /** `auto`, `cheap`, `frontier`, `provider/model`, or a model's own name where only one provider has it. */
  model: string;
  ask: RelayAsk;
  /** What the client wrote; null: it wrote nothing. */
  maxOutputTokens: number | null;
  temperature?: number;
  stop?: readonly string[];
  passedOn: PassedOn | null;
  /** Names of what the client wrote and its wire's reader could not carry, each once. [] usually. */
  dropped: readonly string[];
  /** `x-wayfare-session`: the conversation that stays with its model; null: it is recognised by how it begins. */
  session: string | null;
  /** `x-wayfare-workspace`: the book that pays; null: the endpoint's own. */
  workspace: string | null;
  /** Nothing of an answer can be taken back once it was given out: no other route goes on after its first content. */
  isStreamed: boolean;
}

export type RelayAsk =
  | { kind: "chat"; messages: readonly Message[]; tools: readonly Tool[]; toolChoice: ToolChoice }
  /** Text to go on with after `prefix`; where `suffix` is not empty, to fill the hole before it. */
  | { kind: "fill"; prefix: string; suffix: string };

/** Who answers, and why: known just before the first content. */
export interface RelayBeginning {
  route: { providerId: string; modelId: string; tier: Tier; simulated: boolean };
  /** Why this route, in a short clause. */
  reason: string;
  /** Attempts so far, this one included. */
  attempts: number;
  /** Names of what the client wrote that this route is not sent: its wire has no place for it, or the reader none. */
  notSent: readonly string[];
  /** The room for the answer, where the model's own or a cap made it less than was asked for. Absent: as asked. */
  loweredTo?: number;
  /** Our estimate of the prompt, in this model's tokens. */
  inputTokens: number;
}

/** A piece of an answer. */
export type RelayPart = Exclude<ProviderPart, { type: "activity" | "usage" | "finish" }>;

/** What came of a request; told once, before its bill is written to the disk. */
export type RelayEnd =
  | {
      state: "done";
      beginning: RelayBeginning;
      text: string;
      toolCalls: readonly ToolCall[];
      reasoning: readonly ReasoningBlock[];
      finishReason: FinishReason;
      /** Which of the request's ended it, where the vendor says so. */
      stopSequence?: string;
      /** The vendor's count, or our estimate where it told none (then `costSource` is `estimated`). */
      usage: Usage | null;
      bill: RelayBill;
    }
  /**
   * `beginning` is null where no route had said anything yet; `retryAfterMs` is when one may be asked again, absent where
   * nobody knows, or where the failure itself says it.
   */
  | { state: "failed"; beginning: RelayBeginning | null; failure: Failure; bill: RelayBill; retryAfterMs?: number }
  | { state: "cancelled"; bill: RelayBill };

/** Of all attempts together. `costNano` is null where a price is not known. */
export interface RelayBill {
  attempts: readonly Attempt[];
  costNano: NanoUsd | null;
  costSource: BillSource;
}

/** Where a sum comes from. `simulated`: of the playground, so it is no money. `none`: nobody was asked. */
export type BillSource = CostSource | "simulated" | "none";

/** Hears an answer as it comes. None of these may throw. */
export interface RelayListener {
  /** Once, before the first part. */
  begin(beginning: RelayBeginning): void;
  part(part: RelayPart): void;
  end(end: RelayEnd): void;
  /** A promise while the one who reads is slower than the model: nothing more is read until it resolves. null: go on. */
  busy(): Promise<void> | null;
}

/** A model as the endpoint lists it. */
export interface RelayModel {
  /** `auto`, `cheap`, `frontier`, or `provider/model`. */
  id: string;
  /** null for `auto`. */
  tier: Tier | null;
  windowTokens: number | null;
  maxOutputTokens: number | null;
}

export interface Relay {
  /** Never rejects; resolves when the books are kept. `signal`: the client has gone. */
  ask(request: RelayRequest, listener: RelayListener, signal: AbortSignal): Promise<void>;
  models(): RelayModel[];
  /** Our estimate of what a chat's prompt comes to in this model's tokens; a failure where there is no such model. */
  countTokens(model: string, ask: Extract<RelayAsk, { kind: "chat" }>): { inputTokens: number } | { failure: Failure };
}

/** What a request came to by what was decided of it; a bill of nothing has no source. */
export function relayBillOf({ attempts, costNano, costSource, simulated }: Decision): RelayBill {
  if (attempts.length === 0) return { attempts, costNano, costSource: "none" };
  return { attempts, costNano, costSource: simulated ? "simulated" : costSource };
}

/** The route of a `RelayBeginning`. */
export function relayRouteOf({ providerId, modelId, tier, simulated }: Route): RelayBeginning["route"] {
  return { providerId, modelId, tier, simulated };
}

/** The workspace of the books that a request is paid from: one that its client named, or the endpoint's own. */
export function bookOf(workspace: string | null): string {
  return workspace === null ? ENDPOINT_BOOK : `${ENDPOINT_BOOK}:${workspace}`;
}

export const ENDPOINT_BOOK = "endpoint";
