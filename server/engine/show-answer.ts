import type { AskPart } from "../../shared/protocol.ts";
import type { Clock } from "./clock.ts";

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
  begin(attemptId: string, restartWhy: string): void;
  add(part: { type: "text" | "reasoning"; text: string }): void;
  /** The attempt is the answer: shows what is still held back. */
  keep(): void;
  /** The attempt failed: what was held back of it is not shown, unless nothing better comes. */
  drop(): void;
  /** No other attempt comes. Where nothing is on the screen, what came last is shown: it was paid for. */
  close(): void;
  /** What is on the screen. */
  text(): string;
  /** The attempt that wrote it, or null. */
  writer(): string | null;
}

/**
 * Shows one attempt's answer at a time. Its first words are held back a little, so that a break among them is not seen;
 * a new attempt's content voids what an old one showed.
 */
export function createShownAnswer(
  emit: (part: AskPart) => void,
  clock: Clock,
  beginning: HeldBeginning | null,
): ShownAnswer {
  type Content = { type: "text" | "reasoning"; text: string };
  let text = "";
  let writer: string | null = null;
  let attemptId = "";
  let why = "";
  let isShowing = false;
  /** null once the beginning is over; bounded by `beginning.characters` and the piece that reaches it. */
  let held: Content[] | null = null;
  let heldCharacters = 0;
  let disarm = (): void => undefined;
  let dropped: { attemptId: string; parts: readonly Content[] } | null = null;

  const show = (part: Content): void => {
    if (!isShowing) {
      if (writer !== null) {
        text = "";
        emit({ type: "restart", why });
      }
      isShowing = true;
      writer = attemptId;
    }
    if (part.type === "text") text += part.text;
    emit(part);
  };
  const release = (): void => {
    disarm();
    const parts = held ?? [];
    held = null;
    for (const part of parts) show(part);
  };

  const drop = (): void => {
    disarm();
    if (held !== null && held.length > 0) dropped = { attemptId, parts: held };
    held = null;
  };

  return {
    begin(id, restartWhy) {
      attemptId = id;
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
      heldCharacters += part.text.length;
      if (heldCharacters >= beginning.characters) release();
    },
    keep: release,
    drop,
    close() {
      drop();
      if (writer !== null || dropped === null) return;
      attemptId = dropped.attemptId;
      for (const part of dropped.parts) show(part);
    },
    text: () => text,
    writer: () => writer,
  };
}
