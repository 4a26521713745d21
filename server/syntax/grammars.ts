/**
 * The grammar of each language that is parsed, by the editor's language id: the name of its file among the grammars. The
 * build copies these files and no others; the most used languages whose grammars fit into the package.
 */
export const grammarFiles: ReadonlyMap<string, string> = new Map([
  ["typescript", "tree-sitter-typescript.wasm"],
  ["typescriptreact", "tree-sitter-tsx.wasm"],
  ["javascript", "tree-sitter-javascript.wasm"],
  ["javascriptreact", "tree-sitter-javascript.wasm"],
  ["python", "tree-sitter-python.wasm"],
  ["go", "tree-sitter-go.wasm"],
  ["java", "tree-sitter-java.wasm"],
  ["rust", "tree-sitter-rust.wasm"],
]);

/** The parsing engine itself, which lies beside the grammars. */
export const engineFile = "web-tree-sitter.wasm";
