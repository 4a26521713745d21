import * as vscode from "vscode";
import type { Ignored } from "../shared/may-send.ts";
import { createIgnoreRules, ignoreFileNames } from "./ignore-rules.ts";

/**
 * The ignore rules of the workspace's own folders, read through VS Code (virtual and remote folders too). In a folder
 * that is part of a repository the rules above it count as well, up to the repository's root; but a folder that the
 * person opened though the repository ignores it was opened to be worked on, so only its own rules count there.
 */
export interface WorkspaceIgnore {
  /** "unknown" while an ignore file that may name it cannot be read. */
  ignores(uri: vscode.Uri): Promise<Ignored>;
  readonly onChange: vscode.Event<void>;
  dispose(): void;
}

/** So many folders above a workspace folder are looked at for the root of its repository. */
const MAX_LEVELS_UP = 20;

/** Repository roots that are remembered: one for each folder of a workspace, and those of a few loose files. */
const MAX_ROOTS = 100;

export function createWorkspaceIgnore(): WorkspaceIgnore {
  const changed = new vscode.EventEmitter<void>();
  const rules = createIgnoreRules(async (folder, path) => {
    try {
      const bytes = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(vscode.Uri.parse(folder), path));
      return new TextDecoder().decode(bytes);
    } catch (error) {
      // Most folders have none. One that is there and cannot be read may hold any rule.
      if (error instanceof vscode.FileSystemError && error.code === "FileNotFound") return null;
      throw error;
    }
  });
  let roots = new Map<string, Promise<vscode.Uri>>();

  const rootOf = (start: vscode.Uri): Promise<vscode.Uri> => {
    const name = start.toString();
    const known = roots.get(name);
    if (known !== undefined) return known;
    if (roots.size >= MAX_ROOTS) roots = new Map();
    const root = findRepositoryRoot(start, () => {
      // A folder that could not be looked into may be the root after all; it is looked for again the next time.
      if (roots.get(name) === root) roots.delete(name);
    });
    roots.set(name, root);
    return root;
  };

  const forget = (): void => {
    rules.forget();
    roots = new Map();
    changed.fire();
  };
  const watcher = vscode.workspace.createFileSystemWatcher(`**/{${ignoreFileNames.join(",")}}`);
  const listeners = [
    watcher,
    watcher.onDidChange(forget),
    watcher.onDidCreate(forget),
    watcher.onDidDelete(forget),
    // File watching does not work everywhere; a save in this window is always heard.
    vscode.workspace.onDidSaveTextDocument((document) => {
      if (ignoreFileNames.some((name) => document.uri.path.endsWith(`/${name}`))) forget();
    }),
    vscode.workspace.onDidChangeWorkspaceFolders(forget),
    changed,
  ];

  return {
    async ignores(uri) {
      const folder = vscode.workspace.getWorkspaceFolder(uri)?.uri ?? vscode.Uri.joinPath(uri, "..");
      const repository = await rootOf(folder);
      const place = pathBelow(repository, folder);
      const isOutside = place !== null && (await rules.ignores(repository.toString(), `${place}/`)) === true;
      const root = isOutside ? folder : repository;
      const path = pathBelow(root, uri);
      return path === null ? "unknown" : rules.ignores(root.toString(), path);
    },
    onChange: changed.event,
    dispose() {
      for (const listener of listeners) listener.dispose();
    },
  };
}

async function findRepositoryRoot(start: vscode.Uri, onDoubt: () => void): Promise<vscode.Uri> {
  let at = start;
  for (let level = 0; level < MAX_LEVELS_UP; level += 1) {
    if (await exists(vscode.Uri.joinPath(at, ".git"), onDoubt)) return at;
    const above = vscode.Uri.joinPath(at, "..");
    if (above.path === at.path) return start;
    at = above;
  }
  return start;
}

async function exists(uri: vscode.Uri, onDoubt: () => void): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch (error) {
    if (!(error instanceof vscode.FileSystemError && error.code === "FileNotFound")) onDoubt();
    return false;
  }
}

function pathBelow(root: vscode.Uri, uri: vscode.Uri): string | null {
  const above = root.path.endsWith("/") ? root.path : `${root.path}/`;
  // Letter case is no difference, as in the rules themselves: some file systems tell one file by several spellings.
  const isBelow = uri.path.slice(0, above.length).toLowerCase() === above.toLowerCase();
  if (root.scheme !== uri.scheme || root.authority !== uri.authority || !isBelow) return null;
  return uri.path.slice(above.length);
}
