import { boundTokens, estimateTokens } from "./estimate-tokens.ts";
import { cutAround, fillMessages, usualPrefixCharacters, usualSuffixCharacters } from "./fim-prompt.ts";
import type { Message } from "./provider.ts";

/** What a model is asked for one completion, whether it fills holes or only chats, and what that weighs. */
export interface CompletionPrompt {
  /** The text on both sides of the hole, as far as it is sent. */
  prefix: string;
  suffix: string;
  /** The same as a question in chat. */
  messages: Message[];
  /** How the lines around the hole end. */
  eol: "\n" | "\r\n";
  /** Nothing but white space stands before the hole in its line. */
  isBlankLine: boolean;
  /** Estimate of both sides with the marks between them; a question in chat has `CHAT_TOKENS` more. */
  inputTokens: number;
  /**
   * What no way of asking exceeds. A server may say only when it is asked that it cannot fill, so it is that of the
   * question in chat: it holds both sides, too, and more words around them than any mark has bytes.
   */
  boundTokens: number;
}

/** What the question in chat has beside the two sides of the hole, as an estimate. */
export const CHAT_TOKENS = 160;
/** The marks of a fill-in-the-middle prompt, as an estimate. */
const MARKS_TOKENS = 4;
/** What a chat format adds around each message at worst. */
const MESSAGE_BOUND_TOKENS = 12;

/**
 * Composes the prompt of a completion at `offset`. Of `path` only the name is sent: where the file lies on the person's
 * machine is nobody's business. Work is bounded by what is sent, not by the document.
 */
export function composeCompletion(facts: {
  text: string;
  offset: number;
  languageId: string;
  path: string;
  lines: "one" | "many";
}): CompletionPrompt {
  const { text, offset, languageId, lines } = facts;
  const { prefix, suffix } = cutAround({
    text,
    offset,
    prefixCharacters: usualPrefixCharacters,
    suffixCharacters: usualSuffixCharacters,
  });
  const path = facts.path.split(/[/\\]/).at(-1) ?? facts.path;
  const messages = fillMessages({ prefix, suffix, languageId, path, lines });
  let bound = 0;
  for (const message of messages) bound += boundTokens(message.text) + MESSAGE_BOUND_TOKENS;
  return {
    prefix,
    suffix,
    messages,
    eol: eolAt(prefix, suffix),
    isBlankLine: endsInBlankLine(prefix),
    inputTokens: estimateTokens(prefix) + estimateTokens(suffix) + MARKS_TOKENS,
    boundTokens: bound,
  };
}

/** Whether a text ends within a line that is blank so far; one with very much white space counts as written on. */
export function endsInBlankLine(text: string): boolean {
  return /(?:^|\n)[ \t]*$/.test(text.slice(-200));
}

/** As the lines around the hole end; "\n" where there are none. */
function eolAt(prefix: string, suffix: string): "\n" | "\r\n" {
  const above = prefix.lastIndexOf("\n");
  if (above >= 0) return prefix[above - 1] === "\r" ? "\r\n" : "\n";
  const below = suffix.indexOf("\n");
  return below > 0 && suffix[below - 1] === "\r" ? "\r\n" : "\n";
}
