import type { Question } from "./provider.ts";

/** Every feature by its name in `featureTable`; a number in the range the table states. */
export type Features = Readonly<Record<string, number>>;

/** What the classifier looks at in a question. Placeholder for the full table. */
export function extractFeatures(question: Question): Features {
  return { characters: question.text.length };
}
