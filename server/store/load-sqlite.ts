/**
 * Loads `node:sqlite`, which older runtimes do not have: then the import's own error is thrown. Node 22 warns once that
 * the module is experimental; that one warning is of no use to a person who reads the log, so it is left out, and every
 * other warning passes.
 */
export async function loadSqlite(): Promise<typeof import("node:sqlite")> {
  const emitWarning = process.emitWarning;
  process.emitWarning = (...warning: unknown[]): void => {
    if (!isSqliteNotice(warning)) Reflect.apply(emitWarning, process, warning);
  };
  try {
    return await import("node:sqlite");
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** The version of this Node where it has no `node:sqlite`, so that no books could be kept; null: it has it. */
export async function nodeWithoutSqlite(): Promise<string | null> {
  try {
    await loadSqlite();
    return null;
  } catch {
    return process.versions.node;
  }
}

function isSqliteNotice([text, kind]: unknown[]): boolean {
  return kind === "ExperimentalWarning" && typeof text === "string" && text.startsWith("SQLite is an experimental");
}
