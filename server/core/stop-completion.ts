import { findEnd } from "./find-end.ts";
import { findRepeatSoFar } from "./find-repeat.ts";
import { openingOf } from "./polishers.ts";
import type { Hole } from "./surroundings.ts";

/**
 * Gives a function that is told all the text that has come so far and says whether that is enough, so that the model can
 * be cut off. It judges by that text alone: told more of the same it does not change its mind.
 */
export function createStopper(facts: { hole: Hole; fromChat: boolean }): (textSoFar: string) => boolean {
  const around = { ...facts.hole, fromChat: facts.fromChat, finished: "not yet" } as const;
  return (textSoFar) => {
    if (textSoFar.length > maxCharacters) return true;
    const text = openingOf(textSoFar, around);
    if (text === null) return isTalk(textSoFar);
    return findEnd(text, around) !== null || findRepeatSoFar(text) !== null;
  };
}

/** Sentences and no code, for longer than any introduction; thoughts end some time. */
function isTalk(text: string): boolean {
  return text.length > maxTalkCharacters && !text.includes("```") && !/^\s*<\w+>/.test(text);
}

const maxTalkCharacters = 400;
/** Longer than any completion, with thoughts before it. */
const maxCharacters = 16_000;
