import type { SeenPrompt, SeenText } from "./read-prompt.ts";
import type { Names, SampleFile, SampleSymbol } from "./sample-file.ts";
import { findDeclaration } from "./source-block.ts";

/** A sample file as it came with a question, perhaps edited, renamed or only in part. */
export interface Subject {
  sample: SampleFile;
  path: string;
  text: string;
  /** False when only a piece of the file is known. */
  isWhole: boolean;
  names: Names;
  /** What the question or the selection singles out; empty for the file as a whole. */
  focus: readonly SampleSymbol[];
  /** The editor's complaints about it. */
  problems: readonly string[];
}

/** Every sample file in the prompt, the one the question is about first. */
export function findSubjects(prompt: SeenPrompt, samples: readonly SampleFile[]): Subject[] {
  const found: { subject: Subject; rank: number }[] = [];
  for (const sample of samples) {
    const subject = subjectOf(sample, prompt);
    if (subject !== null) found.push({ subject, rank: rankOf(subject, prompt) });
  }
  return found.sort((a, b) => b.rank - a.rank).map((each) => each.subject);
}

function subjectOf(sample: SampleFile, prompt: SeenPrompt): Subject | null {
  const pieces = prompt.texts.filter((seen) => sample.marks.some((mark) => mark.test(seen.text)));
  const whole = pieces.findLast((seen) => seen.kind === "file");
  const piece = pieces.findLast((seen) => seen.kind !== "file") ?? selectionIn(whole, prompt);
  const source = whole ?? piece;
  if (source === undefined) return null;
  const names = namesIn(sample, [source.text, piece?.text ?? ""]);
  const asked = sample.symbols.filter((symbol) => isAsked(prompt.question, names(symbol.usual)));
  const selected = piece === undefined || whole === undefined ? [] : symbolsIn(sample, piece.text, whole.text);
  return {
    sample,
    path: source.path === "" ? sample.path : source.path.replaceAll("\\", "/"),
    text: source.text,
    isWhole: whole !== undefined,
    names,
    focus: asked.length > 0 ? asked : selected,
    problems: pieces.flatMap((seen) => seen.problems),
  };
}

/** A selection of a line or two may have nothing that marks its file; its path tells. */
function selectionIn(whole: SeenText | undefined, prompt: SeenPrompt): SeenText | undefined {
  return prompt.texts.findLast((seen) => seen.kind === "selection" && seen.path === whole?.path);
}

function namesIn(sample: SampleFile, texts: readonly string[]): Names {
  const names = new Map<string, string>();
  for (const symbol of sample.symbols) {
    for (const text of texts) {
      const name = new RegExp(symbol.declared.source, "m").exec(text)?.[1];
      if (name !== undefined) names.set(symbol.usual, name);
    }
  }
  return (usual) => names.get(usual) ?? usual;
}

/** The declarations that a selection shows, or the one that it lies in. All of them is the same as none. */
function symbolsIn(sample: SampleFile, selection: string, whole: string): SampleSymbol[] {
  const shown = sample.symbols.filter((symbol) => new RegExp(symbol.declared.source, "m").test(selection));
  if (shown.length === sample.symbols.length) return [];
  if (shown.length > 0) return shown;
  const at = whole.indexOf(selection.trim());
  return sample.symbols.filter((symbol) => {
    const block = findDeclaration(whole, sample.language, symbol.declared);
    return block !== null && at >= block.start && at < block.end;
  });
}

/** Names that are words too: they count only where a name would stand. */
const ordinary = /^(parse|format|read|table|run|main|job|part)$/i;
const beforeName =
  "(?:explain|describe|does|do|is|are|tests?|for|document|of|rename|call|calls|fix|in|about|understand|and|from|to|on|above)\\s+(?:the\\s+)?(?:function\\s+|method\\s+)?";

/** True when a question speaks of the name, not only of the word. */
export function isAsked(question: string, name: string): boolean {
  const escaped = name.replaceAll("$", "\\$");
  if (new RegExp(`[\`'"]${escaped}[\`'"(]|(?<![\\w$.])${escaped}\\(`).test(question)) return true;
  if (!ordinary.test(name)) return new RegExp(`(?<![\\w$.])${escaped}(?![\\w$])`).test(question);
  const behind =
    "(?=\\s*(?:$|[?.,;:!)]|\\b(?:do|does|work|works|function|method|return|returns|throw|throws|to|and|in|with|fail|fails)\\b))";
  return (
    new RegExp(`\\b${beforeName}${escaped}${behind}`, "i").test(question) ||
    new RegExp(`(?<![\\w$.])${escaped} (?:function|method)\\b`).test(question)
  );
}

function rankOf(subject: Subject, prompt: SeenPrompt): number {
  const { path, names, sample } = subject;
  const base = path.slice(path.lastIndexOf("/") + 1);
  let rank = 0;
  if (prompt.question.includes(base)) rank += 8;
  if (sample.symbols.some((symbol) => isAsked(prompt.question, names(symbol.usual)))) rank += 4;
  if (prompt.texts.some((seen) => seen.kind === "selection" && seen.path === path)) rank += 2;
  if (subject.problems.length > 0) rank += 1;
  // A file that came with this question is rather meant than one that has been there for long.
  if (prompt.texts.some((seen) => seen.isNew && seen.path === path)) rank += 0.5;
  // What stands first in the prompt is what the person had open.
  const place = prompt.texts.findIndex((seen) => seen.path === path);
  return rank - place / 1_000;
}
