import { pathToFileURL } from "node:url";
import type { Parser, Syntax } from "../core/syntax.ts";
import { engineFile, grammarFiles } from "./grammars.ts";
import { readGrammar } from "./read-grammar.ts";

export interface SyntaxOptions {
  /** The folder of the grammar files: a `file:` address that ends in a slash, or a path. */
  directory: URL | string;
  /** The file of the parsing engine; without it, the one beside the grammars. */
  engine?: URL | string;
}

/**
 * Parsers by language, loaded when they are first asked for: until then neither the engine nor a grammar is in memory.
 * Once loaded a grammar stays. The engine has no way to give a grammar's memory back, so a limit on their number would
 * only cost loading them again; what bounds them is the table of grammars. A grammar that could not be loaded is not
 * tried again: the package's files do not come back by themselves.
 */
export function createSyntax({ directory, engine }: SyntaxOptions): Syntax {
  const folder = typeof directory === "string" ? pathToFileURL(`${directory}/`) : directory;
  const engineUrl = engine === undefined ? new URL(engineFile, folder) : fileUrl(engine);
  const loading = new Map<string, Promise<Parser | null>>();
  const loaded = new Map<string, Parser>();

  const loadGrammar = async (file: string): Promise<Parser | null> => {
    try {
      const { createTreeParser, startEngine } = await import("./tree-parser.ts");
      const [bytes] = await Promise.all([
        readGrammar(new URL(file, folder)),
        startEngine(() => readGrammar(engineUrl)),
      ]);
      const parser = await createTreeParser(bytes, file);
      loaded.set(file, parser);
      return parser;
    } catch {
      // Code is then shown unparsed, which is what a language without a grammar gets.
      return null;
    }
  };

  return {
    ready(languageId) {
      const file = grammarFiles.get(languageId);
      return file === undefined ? null : (loaded.get(file) ?? null);
    },
    load(languageId) {
      const file = grammarFiles.get(languageId);
      if (file === undefined) return Promise.resolve(null);
      const before = loading.get(file);
      if (before !== undefined) return before;
      const started = loadGrammar(file);
      loading.set(file, started);
      return started;
    },
  };
}

function fileUrl(file: URL | string): URL {
  return typeof file === "string" ? pathToFileURL(file) : file;
}
