import { isBlank } from "./code-shape.ts";
import { polishers } from "./polishers.ts";
import type { Hole } from "./surroundings.ts";

export interface PolishFacts {
  hole: Hole;
  eol: "\n" | "\r\n";
  /** The model was asked in chat: prose, fences and the file told back are to be expected. */
  fromChat: boolean;
  /** How the answer ended: by itself, at the token limit, or cut off because enough had come. */
  finished: "stop" | "length" | "enough";
}

/** `applied` names the polishers that changed something; `why` says in a few words why nothing is shown. */
export type Polished = { text: string; applied: string[] } | { text: null; why: string };

/**
 * What a model wrote, made fit to be shown at the cursor, in the file's line ends; null when nothing of it is. Pure and
 * total. Of an answer longer than any completion only the beginning is looked at.
 */
export function polish(raw: string, facts: PolishFacts): Polished {
  const { hole, fromChat, finished } = facts;
  const around = { ...hole, fromChat, finished };
  const applied: string[] = [];
  let text = raw.slice(0, maxCharacters);
  if (isBlank(text)) return { text: null, why: "nothing came" };
  for (const polisher of polishers) {
    const next = polisher.apply(text, around);
    if (next === null || isBlank(next)) return { text: null, why: polisher.nothing };
    if (next !== text) applied.push(polisher.name);
    text = next;
  }
  return { text: facts.eol === "\n" ? text : text.replaceAll("\n", "\r\n"), applied };
}

/** 256 tokens are 1,000 characters; thoughts and sentences come before them. */
const maxCharacters = 16_000;
