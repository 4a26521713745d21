import type { CompletionPlace } from "./completion-place.ts";
import { findEnd } from "./find-end.ts";
import { unwrapAnswer } from "./unwrap-answer.ts";

/**
 * Gives a function that is told all the text that has come and says whether that is enough, so that the model can be cut
 * off. It looks at nothing else, and asked again with more text it says the same.
 */
export function createStopper(facts: {
  place: CompletionPlace;
  prefix: string;
  suffix: string;
  languageId: string;
}): (textSoFar: string) => boolean {
  return (textSoFar) => {
    const text = unwrapAnswer(textSoFar, facts.prefix);
    return text !== null && findEnd(text, facts) !== null;
  };
}
