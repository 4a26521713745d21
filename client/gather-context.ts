import type { ContextChip, ContextItem } from "../shared/answer.ts";
import { type Ignored, maySend } from "../shared/may-send.ts";

/** What a question could take along, and why it will not: decided on plain facts, without VS Code. */
export type Gathered =
  | { ok: true; item: ContextItem }
  /** `chip` is what would have been sent, for the page to show beside the reason. */
  | { ok: false; chip: ContextChip; why: string };

/** An open document, seen from the question. Reading its text is put off until its size is known. */
export interface DocumentFacts {
  /** Workspace-relative with forward slashes; the name alone of a file outside; "Untitled-1". */
  path: string;
  /** How the client finds it again when it lies outside the workspace; null inside. */
  outside: string | null;
  /** Every whole path it goes by, for the rules about secret files; null when where it really lies cannot be told. */
  fullPaths: readonly string[] | null;
  languageId: string;
  lineCount: number;
  /** UTF-16 units, at least roughly. */
  sizeCharacters: number;
  /** `range` is 1-based and inclusive; null for the whole. */
  read(range: LineRange | null): string;
  diagnostics: readonly EditorProblem[];
  trusted: boolean;
  ignored: Ignored;
}

export interface LineRange {
  firstLine: number;
  lastLine: number;
}

export interface EditorProblem extends LineRange {
  severity: "error" | "warning";
  message: string;
}

/** About 100,000 tokens: more than that fits no cheap model, and costs real money on a dear one. */
export const MAX_FILE_CHARACTERS = 400_000;

/** Beyond this the rest repeats itself; the messages go into the prompt. */
const MAX_PROBLEMS = 50;

/** The whole of a document, with the editor's problems in it. */
export function gatherFile(document: DocumentFacts): Gathered {
  return gather(document, null);
}

/** The lines `range` of a document. Empty lines alone are sent too: the person marked them. */
export function gatherSelection(document: DocumentFacts, range: LineRange): Gathered {
  return gather(document, range);
}

function gather(document: DocumentFacts, range: LineRange | null): Gathered {
  const { firstLine, lastLine } = range ?? { firstLine: 1, lastLine: Math.max(1, document.lineCount) };
  const chip: ContextChip = {
    kind: range === null ? "file" : "selection",
    path: document.path,
    ...(document.outside === null ? {} : { outside: document.outside }),
    languageId: document.languageId,
    firstLine,
    lastLine,
    diagnostics: document.diagnostics
      .filter((problem) => problem.firstLine <= lastLine && problem.lastLine >= firstLine)
      .slice(0, MAX_PROBLEMS)
      .map(({ severity, firstLine: line, message }) => ({ severity, line, message })),
  };
  const refuse = (why: string): Gathered => ({ ok: false, chip, why });

  for (const path of new Set([document.path, ...(document.fullPaths ?? [])])) {
    const answer = maySend({ path, trusted: document.trusted, ignored: document.ignored });
    if (!answer.ok) return refuse(answer.why);
  }
  if (document.fullPaths === null) return refuse("the link to it cannot be followed");
  if (range === null && document.sizeCharacters > MAX_FILE_CHARACTERS) {
    return refuse(tooLarge("it", document.sizeCharacters, "Select the part you mean."));
  }
  const text = document.read(range);
  if (text.length > MAX_FILE_CHARACTERS) return refuse(tooLarge("the selection", text.length, "Select less."));
  if (looksBinary(text)) return refuse("it is not a text");
  return { ok: true, item: { ...chip, text } };
}

function tooLarge(what: string, characters: number, mend: string): string {
  return `${what} has ${describeSize(characters)}, and a question takes up to ${describeSize(MAX_FILE_CHARACTERS)}. ${mend}`;
}

function describeSize(characters: number): string {
  return characters < 1_000_000 ? `${Math.ceil(characters / 1_000)} kB` : `${(characters / 1_000_000).toFixed(1)} MB`;
}

/** The head tells a text from bytes: no text has a NUL, and few have bytes that are no UTF-8. */
function looksBinary(text: string): boolean {
  const head = text.slice(0, 8_000);
  if (head.includes("\0")) return true;
  const broken = head.split("\uFFFD").length - 1;
  return broken > 8 && broken > head.length / 100;
}
