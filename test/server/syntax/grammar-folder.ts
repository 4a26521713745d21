import { join } from "node:path";
import { createSyntax } from "../../../server/syntax/create-syntax.ts";

const modules = join(import.meta.dirname, "../../../node_modules");

/** The grammars as their package brings them: no build is needed. */
export const directory = join(modules, "@vscode/tree-sitter-wasm/wasm");
export const engine = join(modules, "web-tree-sitter/web-tree-sitter.wasm");

/** One for each test file. */
export const syntax = createSyntax({ directory, engine });

/** The parser of a language that has a grammar. */
export async function parserOf(languageId: string) {
  const parser = await syntax.load(languageId);
  if (parser === null) throw new Error(`No grammar for ${languageId}.`);
  return parser;
}
