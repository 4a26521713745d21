import { Edit, Parser as Engine, Language, type Point, type Tree } from "web-tree-sitter";
import type { Parser, SyntaxErrors } from "../core/syntax.ts";
import { windowAround } from "../core/syntax-window.ts";
import { countErrors } from "./count-errors.ts";
import { placeInTree } from "./place-in-tree.ts";
import { placeTables } from "./place-tables.ts";

/** Longer text is parsed as far as this. */
const MOST_CHARACTERS = 50_000;
/**
 * What a parse may do, counted in reports of the engine (one for a hundred steps; 1,600 for 50 kB of dense code): a
 * text on which its search for a repair does not end must not hold up the thread that streams answers.
 */
const MOST_REPORTS = 5_000;

let engine: Promise<void> | null = null;

/** Starts the parsing engine, once for the process; `read` gives its bytes. Rejects when it cannot be started. */
export function startEngine(read: () => Promise<Uint8Array>): Promise<void> {
  engine ??= read().then((wasmBinary) => Engine.init({ wasmBinary }));
  return engine;
}

/**
 * A parser for one grammar, `file` being the name of its file and `bytes` what it holds. The engine must have been
 * started. Rejects when the grammar does not fit the engine.
 *
 * It keeps the tree of the text it parsed last and of the last one without an error, and parses a text that differs in one
 * place from there: a keystroke, or a completion put in, costs what it changes and not what stands around it. Code that is
 * being typed does not fit its grammar, and from its tree the way to a whole one is long; so a text that is likely whole
 * starts from the other.
 */
export async function createTreeParser(bytes: Uint8Array, file: string): Promise<Parser> {
  const language = await Language.load(bytes);
  const parser = new Engine().setLanguage(language);
  const table = placeTables[file];
  const readable = markupFiles.has(file) ? withoutAmpersands : (text: string) => text;
  let last: Parsed | null = null;
  let whole: Parsed | null = null;

  const keep = (parsed: Parsed): void => {
    const dropped = new Set([last, whole]);
    last = parsed;
    if (!parsed.tree.rootNode.hasError) whole = parsed;
    for (const each of dropped) if (each !== null && each !== last && each !== whole) each.tree.delete();
  };

  /** From the first of `bases` that is near enough. Null when the engine gave up. */
  const parse = (text: string, bases: readonly (Parsed | null)[]): Parsed | null => {
    const known = bases.find((base) => base?.text === text);
    if (known !== undefined && known !== null) return known;
    let edited: Tree | null = null;
    for (const base of bases) if (base !== null) edited ??= editedTree(base, text);
    let reports = 0;
    try {
      const progressCallback = () => {
        reports += 1;
        return reports > MOST_REPORTS;
      };
      const tree = parser.parse(text, edited, { progressCallback });
      if (tree === null) {
        parser.reset();
        return null;
      }
      const parsed = { text, tree, errors: null };
      keep(parsed);
      return parsed;
    } catch {
      // The engine ran out of memory on this text. It says nothing of it, as of a language without a grammar.
      return null;
    } finally {
      edited?.delete();
    }
  };

  return {
    errors(text) {
      const parsed = parse(readable(text.slice(0, MOST_CHARACTERS)), [whole, last]);
      if (parsed === null) return { count: 0, firstLine: null };
      parsed.errors ??= countErrors(parsed.tree);
      return parsed.errors;
    },
    placeAt(text, offset) {
      if (table === undefined) return null;
      const window = windowAround({ prefix: text.slice(0, offset), suffix: text.slice(offset) });
      const parsed = parse(readable(window.before + window.after), [last, whole]);
      return parsed === null ? null : placeInTree(parsed.tree, window, table);
    },
  };
}

const markupFiles = new Set(["tree-sitter-typescript.wasm", "tree-sitter-tsx.wasm", "tree-sitter-javascript.wasm"]);

/**
 * The text with `|` for each `&` that stands alone. The grammars take one in the text of markup ("Terms & Conditions") for
 * an error, which it is not; everywhere else the two may stand in the same places, and every offset stays what it was.
 */
function withoutAmpersands(text: string): string {
  return text.includes("&") ? text.replace(/(?<!&)&(?![&=])/g, "|") : text;
}

interface Parsed {
  text: string;
  tree: Tree;
  errors: SyntaxErrors | null;
}

/** A copy of the tree told what changed from its text to `after`, for the engine to keep the rest; null when too little is the same. */
function editedTree({ tree, text: before }: Parsed, after: string): Tree | null {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start += 1;
  let same = 0;
  while (
    same < shorter - start &&
    before.charCodeAt(before.length - 1 - same) === after.charCodeAt(after.length - 1 - same)
  ) {
    same += 1;
  }
  if ((start + same) * 2 <= before.length) return null;
  const startPosition = pointAfter(before, 0, start, { row: 0, column: 0 });
  const [oldEndIndex, newEndIndex] = [before.length - same, after.length - same];
  const edited = tree.copy();
  edited.edit(
    new Edit({
      startIndex: start,
      oldEndIndex,
      newEndIndex,
      startPosition,
      oldEndPosition: pointAfter(before, start, oldEndIndex, startPosition),
      newEndPosition: pointAfter(after, start, newEndIndex, startPosition),
    }),
  );
  return edited;
}

/** Where `text` stands at `to`, when it stands at `point` at `from`. */
function pointAfter(text: string, from: number, to: number, point: Point): Point {
  let { row } = point;
  let lineStart = from - point.column;
  for (let at = text.indexOf("\n", from); at !== -1 && at < to; at = text.indexOf("\n", at + 1)) {
    row += 1;
    lineStart = at + 1;
  }
  return { row, column: to - lineStart };
}
