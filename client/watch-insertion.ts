import * as vscode from "vscode";
import { type Edit, newErrors, type SeenError } from "./new-errors.ts";

/** Checkers often speak in several steps, the syntax first; what they say is read once they have been quiet for so long. */
const QUIET_MS = 600;
/** So long is waited for what the insertion adds. Longer, and errors come of what the person has done since. */
const LOOK_MS = 4_000;

export interface InsertionWatch {
  /** The text is in the document: from now on errors are looked for. */
  inserted(): void;
  dispose(): void;
}

/**
 * Watches a document over an insertion that is about to be made: which errors it adds, and whether it is taken back. The
 * errors of before are remembered at once.
 *
 * `onErrors` is called once at most: with how many are new, as soon as there are any; with 0 when the checkers have spoken
 * and there is none at the end; never when no checker spoke. What comes after the next edit is not the insertion's doing.
 * `onUndone` is called once, when the whole document is again what it was before, by undo or by hand; then nothing follows.
 */
export function watchInsertion(
  document: vscode.TextDocument,
  events: {
    later(delayMs: number, run: () => void): () => void;
    onErrors(added: number): void;
    onUndone(): void;
  },
): InsertionWatch {
  const before = { text: document.getText(), lineCount: document.lineCount, errors: errorsOf(document) };
  const edits: Edit[] = [];
  let isInserted = false;
  let isSaving = false;
  let hasSpoken = false;
  let isLooking = true;
  let cancelQuiet = () => {};
  let cancelEnd = () => {};

  const stopLooking = (): void => {
    isLooking = false;
    cancelQuiet();
    cancelEnd();
    diagnostics.dispose();
  };
  const look = (isLast: boolean): void => {
    const added = newErrors(before.errors, edits, errorsOf(document)).length;
    if (added === 0 && !isLast) return;
    stopLooking();
    if (hasSpoken) events.onErrors(added);
  };
  const lookOnceQuiet = (): void => {
    cancelQuiet();
    if (isInserted && hasSpoken) cancelQuiet = events.later(QUIET_MS, () => look(false));
  };
  const dispose = (): void => {
    stopLooking();
    for (const each of [changes, closing, saving, saved]) each.dispose();
  };

  const diagnostics = vscode.languages.onDidChangeDiagnostics(({ uris }) => {
    const uri = document.uri.toString();
    // What is said before the text is in speaks of the old one.
    if (edits.length === 0 || !uris.some((each) => each.toString() === uri)) return;
    hasSpoken = true;
    lookOnceQuiet();
  });
  const changes = vscode.workspace.onDidChangeTextDocument(({ document: changed, contentChanges }) => {
    if (changed !== document || contentChanges.length === 0) return;
    // Counting lines first spares most letters the comparing.
    if (isInserted && document.lineCount === before.lineCount && document.getText() === before.text) {
      dispose();
      events.onUndone();
    } else if (isLooking && isInserted && !isSaving) {
      look(true);
    } else if (isLooking) {
      for (const { range, text } of contentChanges) edits.push({ start: range.start, end: range.end, text });
    }
  });
  // A formatter that goes over the text when it is saved moves errors and makes none.
  const saving = vscode.workspace.onWillSaveTextDocument(({ document: about }) => {
    if (about === document) isSaving = true;
  });
  const saved = vscode.workspace.onDidSaveTextDocument((about) => {
    if (about === document) isSaving = false;
  });
  const closing = vscode.workspace.onDidCloseTextDocument((closed) => {
    if (closed === document) dispose();
  });

  return {
    inserted() {
      isInserted = true;
      cancelEnd = events.later(LOOK_MS, () => look(true));
      lookOnceQuiet();
    },
    dispose,
  };
}

function errorsOf(document: vscode.TextDocument): SeenError[] {
  return vscode.languages
    .getDiagnostics(document.uri)
    .filter(({ severity }) => severity === vscode.DiagnosticSeverity.Error)
    .map(({ message, source, range }) => ({ message, source: source ?? "", start: range.start }));
}
