import * as vscode from "vscode";
import { notebookOf } from "./files-behind.ts";
import type { DocumentFacts, EditorProblem, LineRange } from "./gather-context.ts";
import type { Judgement } from "./judge-document.ts";

/**
 * Documents of the editor as facts for a question: files of any file system, untitled ones and cells of notebooks. What
 * merely looks like a document (output, settings pages, the old side of a diff) is none.
 */
export function isSendable(document: vscode.TextDocument): boolean {
  return !notDocuments.has(document.uri.scheme);
}

const notDocuments: ReadonlySet<string> = new Set([
  "output",
  "debug",
  "comment",
  "git",
  "gitfs",
  "vscode",
  "vscode-scm",
  "vscode-settings",
  "vscode-userdata",
  "vscode-chat-code-block",
  "chat-editing-text-model",
  "search-editor",
  "walkThroughSnippet",
  "interactive-input",
  "inmemory",
  "wayfare-log",
  "wayfare-tests",
]);

/** Reads nothing of the text yet. `outside` is how the caller finds it again when it lies outside the workspace. */
export function factsOf(
  document: vscode.TextDocument,
  { fullPaths, ignored, outside }: Judgement & { outside: string | null },
): DocumentFacts {
  const { uri } = document;
  return {
    path: pathOf(document),
    outside,
    fullPaths,
    languageId: document.languageId,
    lineCount: document.lineCount,
    sizeCharacters: document.offsetAt(document.lineAt(document.lineCount - 1).range.end),
    read: (range) => document.getText(range === null ? undefined : wholeLines(document, range)),
    diagnostics: vscode.languages.getDiagnostics(uri).flatMap(problemOf),
    trusted: vscode.workspace.isTrusted,
    ignored,
  };
}

/** The lines a selection touches; one that ends before the first letter of a line does not touch that line. */
export function linesOf(selection: vscode.Selection): LineRange {
  const last = selection.end.character === 0 && selection.end.line > selection.start.line ? 0 : 1;
  return { firstLine: selection.start.line + 1, lastLine: selection.end.line + last };
}

/** Nothing of a person's folders outside the workspace is told to a model: there the name alone stands. */
export function pathOf(document: vscode.TextDocument): string {
  const { uri } = document;
  const name = uri.path.slice(uri.path.lastIndexOf("/") + 1);
  const path = isInWorkspace(uri) ? vscode.workspace.asRelativePath(notebookOf(uri) ?? uri) : name;
  const cell = cellNumber(document);
  return cell === null ? path : `${path}#cell-${cell}`;
}

/** True for a file of a workspace folder and for the cells of such a notebook. */
export function isInWorkspace(uri: vscode.Uri): boolean {
  return vscode.workspace.getWorkspaceFolder(notebookOf(uri) ?? uri) !== undefined;
}

function cellNumber(document: vscode.TextDocument): number | null {
  if (document.uri.scheme !== "vscode-notebook-cell") return null;
  for (const notebook of vscode.workspace.notebookDocuments) {
    const cell = notebook.getCells().find((each) => each.document === document);
    if (cell !== undefined) return cell.index + 1;
  }
  return null;
}

function wholeLines(document: vscode.TextDocument, { firstLine, lastLine }: LineRange): vscode.Range {
  const end = document.lineAt(Math.min(lastLine, document.lineCount) - 1).range.end;
  return new vscode.Range(new vscode.Position(firstLine - 1, 0), end);
}

function problemOf(diagnostic: vscode.Diagnostic): EditorProblem[] {
  const { severity, range, message } = diagnostic;
  if (severity !== vscode.DiagnosticSeverity.Error && severity !== vscode.DiagnosticSeverity.Warning) return [];
  return [
    {
      severity: severity === vscode.DiagnosticSeverity.Error ? "error" : "warning",
      firstLine: range.start.line + 1,
      lastLine: range.end.line + 1,
      message,
    },
  ];
}
