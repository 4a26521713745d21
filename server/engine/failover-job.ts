import type { LadderStep } from "../../shared/settings.ts";
import type { Cap } from "../core/budget.ts";
import type { TimeoutBounds, Timeouts } from "../core/learn-timers.ts";
import type {
  FinishReason,
  Message,
  Provider,
  ProviderPart,
  Route,
  StreamOptions,
  Tool,
  ToolChoice,
} from "../core/provider.ts";
import type { PassedOn } from "../core/relay.ts";
import type { RouteStep } from "../core/step-down.ts";
import type { RequestKind } from "../store/ledger.ts";
import type { FailoverResult } from "./failover.ts";
import type { ContentPart } from "./run-attempt.ts";

/** What is to be asked, of whom, and within which bounds: the same for every attempt of one walk. */
export interface FailoverJob {
  sessionId: string;
  turnId: string;
  kind: RequestKind;
  /** The workspace of the books. */
  workspace: string;
  /** Of the code that it is about, by its id; absent: not known. */
  language?: string;
  /** In the order to try, each with the reason it stands there. */
  steps: readonly FailoverStep[];
  /** Free routes that are in no tier, for the last step of the ladder; [] or absent: there are none. */
  localSteps?: readonly FailoverStep[];
  /** What is asked; not looked at where `call` asks. */
  messages?: readonly Message[];
  /** What the model may ask for; absent or []: nothing. */
  tools?: readonly Tool[];
  toolChoice?: ToolChoice;
  /**
   * Our estimate of the prompt's texts, of the largest one where there are several ways to ask, and the number it cannot
   * exceed: money is held for the latter. Images, tools, calls and thinking are counted here, and not in these two.
   */
  inputTokens: number;
  boundTokens: number;
  maxOutputTokens: number;
  /** A cap may lower the room for the answer to so much, and not below. */
  leastOutputTokens: number;
  /** Every cap that this request is under; [] without any. Simulated routes are under none. */
  caps: readonly Cap[];
  /** What is done, in this order, when it does not fit under a cap; [] refuses at once. */
  ladder: readonly LadderStep[];
  /**
   * `usual` until a route's own answers have taught better, within the bounds; `patient` for the last route, and for a free
   * one on this machine, which may have to load its model first.
   */
  timeouts?: { usual: Timeouts; patient: Timeouts; bounds: TimeoutBounds };
  /** So long in all a person waits for content that does not come: then no further attempt is made. Absent: `WAITING_MS`. */
  waitingMs?: number;
  /** Our estimate of the prompt as the attempt under way was really asked; absent: `inputTokens`. */
  askedTokens?: () => number;
  /** Asks in another way than `provider.stream(messages)`; the same rules hold for what it gives. */
  call?: (
    provider: Provider,
    route: Route,
    maxOutputTokens: number,
    options: StreamOptions,
  ) => AsyncIterable<ProviderPart>;
  /** Asked after each piece of text: true ends the attempt as done. The upstream is closed at once and metered. */
  isEnough?: () => boolean;
  /** An answer without a character is an answer, too. */
  acceptsEmpty?: true;
  /** As in `ProviderRequest`; of no matter where `call` asks. */
  temperature?: number;
  stop?: readonly string[];
  passedOn?: PassedOn;
  /** Where it goes to somebody who can take nothing back: a fault after the first content ends the walk. */
  isFinal?: true;
  /** All that is shown, calls' pieces included. */
  onPart?: (part: ContentPart) => void;
  /** Asked after each piece: nothing more is read until its promise resolves. null: go on. */
  busy?: () => Promise<void> | null;
  /** The answer is whole and its cost known. It is settled next, and that may wait for a disk. */
  onAnswered?: (answer: Answered) => void;
}

/** An answer before its bill is written. */
export type Answered = Pick<
  FailoverResult,
  "text" | "toolCalls" | "reasoning" | "attempts" | "cutByCap" | "writtenBy" | "refused" | "steppedDown"
> & {
  finishReason: FinishReason;
  stopSequence?: string;
  answeredBy: Route;
};

export type FailoverStep = RouteStep;
