import type { AskPart } from "../../shared/protocol.ts";
import type { ReasoningBlock, ToolCall, Writer } from "../core/provider.ts";
import type { Clock } from "./clock.ts";
import type { ContentPart } from "./run-attempt.ts";

/** So much of an answer is held back at its beginning: a route that breaks off within it was never seen. */
export interface HeldBeginning {
  /** Text and reasoning together. */
  characters: number;
  /** From the first of it on. */
  ms: number;
}

/** What the person has on the screen. */
export interface ShownAnswer {
  /** A new attempt begins; `restartWhy` says why, should its content take the place of another's. */
  begin(attemptId: string, by: Writer, restartWhy: string): void;
  add(part: ContentPart): void;
  /** The attempt is the answer: shows what is still held back. */
  keep(): void;
  /** The attempt failed: what was held back of it is not shown, unless nothing better comes. */
  drop(): void;
  /** No other attempt comes. Where nothing is on the screen, what came last is shown: it was paid for. */
  close(): void;
  /** What is on the screen. */
  text(): string;
  /** The whole calls beside it, and the thinking before it; both are the same attempt's. */
  toolCalls(): readonly ToolCall[];
  reasoning(): readonly ReasoningBlock[];
  /** The attempt that wrote it, or null. */
  writer(): string | null;
}

/**
 * Shows one attempt's answer at a time. Its first words are held back a little, so that a break among them is not seen;
 * a new attempt's content voids what an old one showed. `onPart` is given all that `emit` is and the calls' pieces, too.
 */
export function createShownAnswer(
  emit: (part: AskPart) => void,
  clock: Clock,
  beginning: HeldBeginning | null,
  onPart: (part: ContentPart) => void = () => undefined,
): ShownAnswer {
  let text = "";
  let toolCalls: ToolCall[] = [];
  let reasoning: ReasoningBlock[] = [];
  /** Thinking whose block has not ended. */
  let openReasoning = "";
  let by: Writer = { origin: "", modelId: "" };
  let writer: string | null = null;
  let attemptId = "";
  let why = "";
  let isShowing = false;
  /** null once the beginning is over; bounded by `beginning.characters` and the piece that reaches it. */
  let held: ContentPart[] | null = null;
  let heldCharacters = 0;
  let disarm = (): void => undefined;
  let dropped: { attemptId: string; by: Writer; parts: readonly ContentPart[] } | null = null;

  const show = (part: ContentPart): void => {
    if (!isShowing) {
      if (writer !== null) {
        emit({ type: "restart", why });
      }
      text = "";
      toolCalls = [];
      reasoning = [];
      openReasoning = "";
      isShowing = true;
      writer = attemptId;
    }
    keepPart(part);
    onPart(part);
    if (part.type === "text-delta") emit({ type: "text", text: part.text });
    if (part.type === "reasoning-delta") emit({ type: "reasoning", text: part.text });
  };
  const keepPart = (part: ContentPart): void => {
    if (part.type === "text-delta") text += part.text;
    else if (part.type === "reasoning-delta") openReasoning += part.text;
    else if (part.type === "reasoning-end") {
      const { type: _, ...signed } = part;
      reasoning.push({ text: openReasoning, ...signed, by });
      openReasoning = "";
    } else if (part.type === "tool-call") {
      const { id, name, argumentsJson, signature } = part;
      const call = { id, name, argumentsJson };
      toolCalls.push(signature === undefined ? call : { ...call, signature: { value: signature, by } });
    }
  };
  const release = (): void => {
    disarm();
    const parts = held ?? [];
    held = null;
    for (const part of parts) show(part);
  };

  const drop = (): void => {
    disarm();
    if (held !== null && held.length > 0) dropped = { attemptId, by, parts: held };
    held = null;
  };

  return {
    begin(id, writtenBy, restartWhy) {
      attemptId = id;
      by = writtenBy;
      why = restartWhy;
      isShowing = false;
      held = beginning === null ? null : [];
      heldCharacters = 0;
    },
    add(part) {
      if (held === null || beginning === null) {
        show(part);
        return;
      }
      if (held.length === 0) disarm = clock.after(beginning.ms, release);
      held.push(part);
      heldCharacters += "text" in part ? part.text.length : 0;
      if (heldCharacters >= beginning.characters) release();
    },
    keep: release,
    drop,
    close() {
      drop();
      if (writer !== null || dropped === null) return;
      attemptId = dropped.attemptId;
      by = dropped.by;
      for (const part of dropped.parts) show(part);
    },
    text: () => text,
    toolCalls: () => toolCalls,
    // A vendor that signs nothing ends no block either.
    reasoning: () =>
      openReasoning === ""
        ? reasoning
        : [...reasoning, { text: openReasoning, signature: null, redactedData: null, by }],
    writer: () => writer,
  };
}
