import type { Message } from "../core/provider.ts";

/** A file, a selection or pasted code, as it stands in a prompt. */
export interface SeenText {
  /** "" for code that came without a name. */
  path: string;
  kind: "file" | "selection" | "pasted";
  text: string;
  /** What the editor complains about there, one line each. */
  problems: string[];
  /** True when it came in the last message, beside the question. */
  isNew: boolean;
}

export interface SeenPrompt {
  /** The last thing the person wrote, without the blocks around it. */
  question: string;
  /** The last version of each; the latest last. */
  texts: SeenText[];
}

/**
 * Reads a prompt the way a model does: fenced blocks under a line that names a path are files, the rest of the last
 * message is the question. It leans on no wording in particular, so that prompts of other clients are understood too.
 */
export function readPrompt(messages: readonly Message[]): SeenPrompt {
  const texts = new Map<string, ReadText>();
  let question = "";
  let last = new Set<ReadText>();
  for (const message of messages) {
    if (message.role !== "user") continue;
    const read = readMessage(message.text);
    for (const seen of read.texts) {
      const key = `${seen.kind} ${seen.path === "" ? seen.text : seen.path}`;
      texts.delete(key);
      texts.set(key, seen);
    }
    question = read.rest.replace(note, "");
    last = new Set(read.texts);
  }
  return { question, texts: [...texts.values()].map((text) => ({ ...text, isNew: last.has(text) })) };
}

/** A line in brackets above what the person wrote says something about it. */
const note = /^\[[^\]\n]*\]\n(?=[\s\S]*\S)/;

type ReadText = Omit<SeenText, "isNew">;

function readMessage(text: string): { texts: ReadText[]; rest: string } {
  const lines = text.split("\n");
  const texts: ReadText[] = [];
  const rest: string[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? "";
    const fence = /^\s*(`{3,}|~{3,})([^`]*)$/.exec(line);
    const mark = fence?.[1];
    if (mark === undefined) {
      rest.push(line);
      at += 1;
      continue;
    }
    let end = at + 1;
    while (end < lines.length && (lines[end] ?? "").trim() !== mark) end += 1;
    const heading = rest.at(-1) ?? "";
    const named = pathIn(heading) ?? pathIn(fence?.[2] ?? "");
    const body = lines.slice(at + 1, end).join("\n");
    at = end + 1;
    if (named !== null && heading !== "" && pathIn(heading) !== null && isHeading(heading)) {
      rest.pop();
      dropHeadingOfAll(rest);
    }
    const kind = named === null ? "pasted" : /\bselect/i.test(heading) ? "selection" : "file";
    const problems: string[] = [];
    if (/^problems\b.*:$/i.test((lines[at] ?? "").trim())) {
      at += 1;
      while (/^- /.test(lines[at] ?? "")) {
        problems.push((lines[at] ?? "").slice(2));
        at += 1;
      }
    }
    texts.push({ path: named ?? "", kind, text: `${body}\n`, problems });
  }
  return { texts, rest: rest.join("\n").trim() };
}

/** A line that introduces a block and is not part of what the person wrote. */
function isHeading(line: string): boolean {
  return line.length < 300 && /:\s*$/.test(line) && !/\?/.test(line);
}

/** "Files as they are now:" over the first of several blocks, with the empty lines behind it. */
function dropHeadingOfAll(rest: string[]): void {
  const at = rest.findLastIndex((line) => line.trim() !== "");
  if (/^files\b/i.test(rest[at] ?? "") && isHeading(rest[at] ?? "")) rest.splice(at);
}

function pathIn(line: string): string | null {
  const whole = /^(?:Selected in|File) (.+), lines? \d[\d ,to]*:$/.exec(line.trim());
  if (whole?.[1] !== undefined) return whole[1];
  return (
    /(?:^|[\s`"'(:])((?:[\w@.~-]+[\\/])*[\w@~-][\w@.~-]*\.[A-Za-z]\w{0,9})(?=$|[\s`"'),:])/.exec(line)?.[1] ?? null
  );
}
