import type { CompletionPlace } from "./completion-place.ts";
import { findEnd } from "./find-end.ts";
import { unwrapAnswer } from "./unwrap-answer.ts";

export interface PolishFacts {
  prefix: string;
  suffix: string;
  languageId: string;
  eol: "\n" | "\r\n";
  place: CompletionPlace;
  /** The model was asked in chat: prose, fences and repetitions of the question are to be expected. */
  fromChat: boolean;
  /** How the answer ended: by itself, at the token limit, or cut off because enough had come. */
  finished: "stop" | "length" | "enough";
}

export type Polished = { text: string; applied: string[] } | { text: null; why: string };

/** What a model wrote, made fit to be shown at the cursor; null when nothing of it is. */
export function polish(raw: string, facts: PolishFacts): Polished {
  const text = unwrapAnswer(raw, facts.prefix);
  if (text === null) return { text: null, why: "nothing came" };
  const end = findEnd(text, facts);
  const cut = (end === null ? text : text.slice(0, end.end)).trimEnd();
  if (cut === "") return { text: null, why: "only white space" };
  return { text: facts.eol === "\n" ? cut : cut.replaceAll("\n", "\r\n"), applied: [] };
}
