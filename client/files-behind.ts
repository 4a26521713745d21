import * as vscode from "vscode";

/**
 * The files a document stands for, whose names and ignore rules say whether it may be sent: itself; the notebook of a
 * cell; the file whose earlier state, or other side, an extension shows under a scheme of its own with the same path.
 * None for what was never saved.
 */
export function filesBehind(uri: vscode.Uri): vscode.Uri[] {
  if (uri.scheme === "untitled") return [];
  const notebook = notebookOf(uri);
  if (notebook !== null) return filesBehind(notebook);
  if (uri.scheme === "file" || vscode.workspace.getWorkspaceFolder(uri) !== undefined) return [uri];
  const alike = fileOfThatPath(uri.path);
  // Where there is no file system there are no ignore files to read.
  return vscode.workspace.fs.isWritableFileSystem(uri.scheme) === undefined ? [alike] : [uri, alike];
}

/** The notebook that a cell is part of, or null. */
export function notebookOf(uri: vscode.Uri): vscode.Uri | null {
  if (uri.scheme !== "vscode-notebook-cell") return null;
  const isCell = (cell: vscode.NotebookCell): boolean => cell.document.uri.toString() === uri.toString();
  return vscode.workspace.notebookDocuments.find((each) => each.getCells().some(isCell))?.uri ?? null;
}

function fileOfThatPath(path: string): vscode.Uri {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const folder = folders.find(({ uri }) => path.startsWith(uri.path.endsWith("/") ? uri.path : `${uri.path}/`));
  return folder === undefined ? vscode.Uri.file(path) : folder.uri.with({ path });
}
