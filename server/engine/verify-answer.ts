import { setImmediate } from "node:timers/promises";
import type { Decision } from "../../shared/answer.ts";
import { codeBlocks } from "../core/code-blocks.ts";
import { readingsOf, whyNotCode, withoutSharedIndent } from "../core/read-excerpt.ts";
import type { Parser, Syntax } from "../core/syntax.ts";

/** An answer with more code than this is judged as far as this. */
const MOST_BLOCKS = 20;
const MOST_CHARACTERS = 50_000;
/** A block made of several pieces that belong to different places is tried in so many pieces. */
const MOST_PIECES = 12;

/**
 * The code blocks of an answer that no reading of them parses, each with the line of its first error, by their order among
 * the answer's fenced blocks. A block is judged when its language has a grammar and nothing says that it is not whole: it
 * may be an excerpt, which is tried as a file and as what can stand in one, in pieces too. Looks at the first 20 blocks and
 * 50,000 characters. Between two parses others get their turn. Rejects for no reason of the answer's.
 */
export async function unparsedBlocks(
  answer: string,
  syntax: Pick<Syntax, "load">,
): Promise<NonNullable<Decision["unparsed"]>> {
  const unparsed: NonNullable<Decision["unparsed"]> = [];
  let characters = 0;
  for (const [block, { languageId, text, isClosed }] of codeBlocks(answer).slice(0, MOST_BLOCKS).entries()) {
    characters += text.length;
    if (characters > MOST_CHARACTERS) break;
    // Where the answer ends within a block it was cut, which is known by other signs.
    if (languageId === null || !isClosed || text.trim() === "") continue;
    const line = await firstBadLine(text, languageId, syntax);
    if (line !== null) unparsed.push({ block, languageId, line });
  }
  return unparsed;
}

/**
 * Has the grammars loaded for the code that an answer holds so far, so that its end does not wait for them. `answer` may
 * end anywhere.
 */
export function loadParsersFor(answer: string, syntax: Pick<Syntax, "load">): void {
  const languages = codeBlocks(answer)
    .slice(0, MOST_BLOCKS)
    .map(({ languageId }) => languageId);
  for (const languageId of new Set(languages)) if (languageId !== null) void syntax.load(languageId);
}

/** Null when some reading has no error, or when the text is not to be judged. */
async function firstBadLine(text: string, languageId: string, syntax: Pick<Syntax, "load">): Promise<number | null> {
  const parsers = new Map<string, Parser>();
  for (const id of new Set(readingsOf(languageId, text).map((reading) => reading.languageId))) {
    const parser = await syntax.load(id);
    // Without its own grammar nothing can be said about a language; the others are only second tries.
    if (parser === null && id === languageId) return null;
    if (parser !== null) {
      parsers.set(id, parser);
      // Most code parses as it is, and needs no other grammar in memory.
      if (id === languageId && parser.errors(text).count === 0) return null;
    }
  }
  if (parsers.size === 0 || whyNotCode(text, languageId) !== null) return null;

  const code = withoutSharedIndent(text).trimEnd();
  const whole = await bestReading(code, languageId, parsers);
  if (whole.count === 0 || (await parsesInPieces(code, languageId, parsers))) return null;
  return whole.line;
}

/** The fewest errors that a reading leaves, and the line of the first of them in the code itself. */
async function bestReading(
  code: string,
  languageId: string,
  parsers: ReadonlyMap<string, Parser>,
): Promise<{ count: number; line: number }> {
  const lines = code.split("\n").length;
  let best = { count: Number.POSITIVE_INFINITY, line: 1 };
  for (const { languageId: grammar, before, after } of readingsOf(languageId, code)) {
    const found = parsers.get(grammar)?.errors(`${before}${code}${after}\n`);
    if (found === undefined) continue;
    const line = (found.firstLine ?? 1) - (before.split("\n").length - 1);
    if (found.count < best.count) best = { count: found.count, line: Math.min(Math.max(line, 1), lines) };
    if (best.count === 0) break;
    await setImmediate();
  }
  return best;
}

/** The code is several excerpts one below the other, with empty lines between them: an import, a method, a call of it. */
async function parsesInPieces(
  code: string,
  languageId: string,
  parsers: ReadonlyMap<string, Parser>,
): Promise<boolean> {
  const pieces = code.split(/\n(?:[ \t]*\n)+/);
  if (pieces.length < 2 || pieces.length > MOST_PIECES) return false;
  let pending = "";
  for (const piece of pieces) {
    pending = pending === "" ? piece : `${pending}\n\n${piece}`;
    if ((await bestReading(withoutSharedIndent(pending), languageId, parsers)).count === 0) pending = "";
  }
  return pending === "";
}
