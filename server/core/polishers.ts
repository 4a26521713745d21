import { isBlank, withoutLineComment } from "./code-shape.ts";
import { findEnd } from "./find-end.ts";
import { findRepeat } from "./find-repeat.ts";
import { fitIndentation } from "./fit-indentation.ts";
import { withoutLinesBelow, withoutOverlap } from "./fit-suffix.ts";
import { holdsWords } from "./prose-line.ts";
import { scanBrackets } from "./scan-brackets.ts";
import { type Surroundings, withPlainEnds } from "./surroundings.ts";
import { withoutEcho, withoutFence, withoutMarks, withoutProse, withoutThoughts } from "./unwrap-answer.ts";

export interface Polisher {
  name: string;
  /** What models do that makes it needed. */
  why: string;
  /**
   * `opening`: takes off what stands around a completion, and is used while it is still coming too. `closing`: shapes what
   * has come in the end.
   */
  stage: "opening" | "closing";
  /** What is said to the person when it leaves nothing. */
  nothing: string;
  /** Text with `\n` in, text with `\n` out; null or blank: nothing is left to show. */
  apply(text: string, around: Surroundings): string | null;
}

/** What is done to a model's answer before it is shown, in this order. */
export const polishers: readonly Polisher[] = [
  {
    name: "control characters",
    why: "NUL bytes, escape sequences and halves of characters come through from broken tokens.",
    stage: "opening",
    nothing: "nothing came",
    apply: withoutControls,
  },
  {
    name: "thoughts",
    why: "Reasoning models think aloud before they answer.",
    stage: "opening",
    nothing: "the model only thought",
    apply: withoutThoughts,
  },
  {
    name: "marks",
    why: "Models that fill holes write the marks of their prompt when they do not know where to stop.",
    stage: "opening",
    nothing: "nothing came",
    apply: withoutMarks,
  },
  {
    name: "code fence",
    why: "Chat models put code between fences, with sentences around them.",
    stage: "opening",
    nothing: "nothing came",
    apply: withoutFence,
  },
  {
    name: "prose",
    why: "Chat models introduce, explain, refuse.",
    stage: "opening",
    nothing: "prose instead of code",
    apply: withoutProse,
  },
  {
    name: "echo",
    why: "Models tell the file or the line back before they go on.",
    stage: "opening",
    nothing: "the file told back",
    apply: withoutEcho,
  },
  {
    name: "blank at the cursor",
    why: "Some tokenizers put a blank before the first word though there is one before the cursor; chat models forget it.",
    stage: "opening",
    nothing: "nothing came",
    apply: withBlankAtCursor,
  },
  {
    name: "indentation",
    why: "Models indent the first line again, lose the cursor's column, or use tabs in a file of spaces.",
    stage: "opening",
    nothing: "nothing came",
    apply: fitIndentation,
  },
  {
    name: "half line",
    why: "The token limit cuts in the middle of a line or a word.",
    stage: "closing",
    nothing: "only half a line came",
    apply: withoutHalfLine,
  },
  {
    name: "end",
    why: "Models go on behind the line or the scope they were asked for, or close what is closed already.",
    stage: "closing",
    nothing: "nothing new",
    apply: withinItsEnd,
  },
  {
    name: "repetition",
    why: "Small models fall into saying the same for ever.",
    stage: "closing",
    nothing: "only repetition",
    apply: (text) => text.slice(0, findRepeat(text) ?? text.length),
  },
  {
    name: "lines below",
    why: "Models go on into the lines that stand below the cursor.",
    stage: "closing",
    nothing: "the same as what follows",
    apply: withoutLinesBelow,
  },
  {
    name: "overlap",
    why: "Models write the rest of the cursor's line once more.",
    stage: "closing",
    nothing: "the same as what follows",
    apply: withoutOverlap,
  },
  {
    name: "left open",
    why: "An answer that ends within a block leaves a bracket open in front of what stands behind the cursor.",
    stage: "closing",
    nothing: "left open",
    apply: withoutLeftOpen,
  },
  {
    name: "line twice",
    why: "Models write the line above or below the cursor again.",
    stage: "closing",
    nothing: "a line that is there already",
    apply: withoutLineTwice,
  },
  {
    name: "white space at the end",
    why: "Blanks at the end of lines are seen by nobody and complained of by every linter.",
    stage: "closing",
    nothing: "only white space",
    apply: withoutTrailingSpace,
  },
  {
    name: "nothing new",
    why: "What stands behind the cursor already need not be offered.",
    stage: "closing",
    nothing: "the same as what follows",
    apply: (text, { after }) => (!isBlank(after) && after.trimStart().startsWith(text.trim()) ? null : text),
  },
];

/** The first part of an answer freed of what stands around it, as far as it has come; null while nothing of it has. */
export function openingOf(raw: string, around: Surroundings): string | null {
  let text: string | null = raw;
  for (const polisher of polishers) {
    if (polisher.stage !== "opening" || text === null) continue;
    text = polisher.apply(text, around);
  }
  return text;
}

function withoutControls(text: string): string {
  const plain = withPlainEnds(text);
  if (!controls.test(plain)) return plain;
  return plain.replace(escapes, "").replace(new RegExp(controls, "gu"), "");
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for.
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufeff\ufffd\p{Surrogate}]/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for.
const escapes = /\u001b\[[\d;]*[A-Za-z]/g;

function withBlankAtCursor(text: string, { before, fromChat, isText }: Surroundings): string {
  if (/\S[ \t]+$/.test(before) && /^ \S/.test(text)) return text.slice(1);
  const isForgotten = fromChat && !isText && wordsBeforeBlank.test(before) && /^[\p{L}\p{N}_$"'`]/u.test(text);
  return isForgotten ? ` ${text}` : text;
}

/** Keywords that a name or a value follows, never more letters of the same word. */
const wordsBeforeBlank =
  /(?:^|[^\p{L}\p{N}_$.])(?:return|const|let|var|await|async|new|import|export|from|def|class|extends|implements|throw|raise|yield|typeof|elif|case|public|private|static)$/u;

function withinItsEnd(text: string, around: Surroundings): string | null {
  // Between brackets of one line there is no room for another line.
  const isOneLine = around.place.lines !== "many" || around.place.until === "brackets";
  if (isOneLine && !isBlank(around.after) && text.startsWith("\n")) return null;
  return text.slice(0, findEnd(`${text}\n`, around)?.end ?? text.length);
}

function withoutHalfLine(text: string, around: Surroundings): string | null {
  if (around.finished === "stop" || findEnd(text, around) !== null || findRepeat(text) !== null) return text;
  const newline = text.lastIndexOf("\n");
  if (newline !== -1 && !isBlank(text.slice(0, newline))) return text.slice(0, newline);
  // Up to the last word or separator that surely is whole.
  const whole = /^[\s\S]*[\s,;)\]}]/.exec(text)?.[0].trimEnd() ?? "";
  return whole.trim().length >= minHalfLine ? whole : null;
}

/** Less than this of a line is not worth reading. */
const minHalfLine = 12;

/** The longest beginning, by lines, that leaves no bracket open before the rest of the cursor's line; null without one. */
function withoutLeftOpen(text: string, around: Surroundings): string | null {
  const { before, languageId } = around;
  const after = withoutLineComment(around.after, languageId);
  if (isBlank(after) || around.isText || around.quote !== null || holdsWords(around)) return text;
  const behind = scanBrackets(after, languageId).close;
  const ahead = scanBrackets(before, languageId).open.length;
  for (let lines = 0, rest = text; lines < maxLines && !isBlank(rest); lines++) {
    const { open, close } = scanBrackets(rest, languageId);
    // What stands behind closes what stands before, and may close more than that.
    const spare = behind.length - Math.max(0, ahead - close.length);
    if (open.length <= Math.max(0, spare)) return rest;
    rest = rest.slice(0, Math.max(0, rest.lastIndexOf("\n")));
  }
  return null;
}

/** More than any completion has. */
const maxLines = 40;

function withoutLineTwice(text: string, around: Surroundings): string | null {
  const lines = (around.before + text).split("\n").filter((line) => !isBlank(line));
  if (lines.length !== 1) return text;
  const line = lines[0]?.trim() ?? "";
  if (line.length < minLineTwice || !isBlank(around.after)) return text;
  const isThere = line === around.below?.trim() || (isBlank(around.before) && line === around.above?.trim());
  return isThere ? null : text;
}

/** `break;` and the like may stand twice. */
const minLineTwice = 8;

function withoutTrailingSpace(text: string, around: Surroundings): string {
  // Two blanks at the end of a line mean something in Markdown.
  const lines = around.languageId === "markdown" ? text : text.replace(/[ \t]+(?=\n)/g, "");
  return lines.trimEnd();
}
