import { holeMark } from "../core/fim-families.ts";
import type { Message } from "../core/provider.ts";
import type { Hole } from "./vendor-wire.ts";

/**
 * The hole in a prompt for a model that only chats: the code around the mark in the last message, without the lines that
 * say which file it is and what is wanted. null for a prompt that has no hole.
 */
export function readHolePrompt(messages: readonly Message[]): Hole | null {
  const last = messages.at(-1);
  if (last?.role !== "user") return null;
  const at = last.text.lastIndexOf(holeMark);
  if (at < 0 || !messages.some((message) => message.role === "system" && message.text.includes(holeMark))) return null;
  return {
    prefix: last.text.slice(0, at).replace(heading, ""),
    suffix: last.text.slice(at + holeMark.length).replace(wishes, ""),
  };
}

/** `File: …`, `Language: …`, and the empty line below them. */
const heading = /^(?:[A-Z]\w*: [^\n]*\n)+\n/;
/** The paragraph behind the code: a sentence, and another or the line to continue. */
const wishes = /\n\n[A-Z][^\n]*\.\n[A-Z][^\n]*(?::\n[^\n]*|\.)\s*$/;
