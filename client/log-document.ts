import * as vscode from "vscode";

/**
 * The log as a document of the editor, for editors whose output channels stay empty: a channel shows what its file holds,
 * and where the editor's native log module is missing no such file is ever written.
 */
export interface LogDocument {
  /** Opens the lines as a read-only document when the channel has no file with anything in it; false when it has one. */
  openIfNeeded(lines: () => readonly string[]): Promise<boolean>;
  /** There is a new line: an open document follows, a moment later. */
  changed(): void;
  dispose(): void;
}

/** Lines come in bursts; the document follows each burst once. */
const FOLLOW_MS = 250;

/** What stands in the document's tab, and the scheme of its address, which is its own. */
const wayfareLog = { scheme: "wayfare-log", title: "Wayfare Log" };

/**
 * `folder` is where the editor keeps this extension's log files; it need not be there. What those files hold tells of any
 * channel of the extension whether the editor shows it.
 */
export function createLogDocument(
  folder: vscode.Uri,
  later: (delayMs: number, run: () => void) => void,
  { scheme, title } = wayfareLog,
): LogDocument {
  const uri = vscode.Uri.from({ scheme, path: `/${title}` });
  const changes = new vscode.EventEmitter<vscode.Uri>();
  let read: (() => readonly string[]) | null = null;
  let isDue = false;
  const registration = vscode.workspace.registerTextDocumentContentProvider(scheme, {
    onDidChange: changes.event,
    provideTextDocumentContent: () => `${(read?.() ?? []).join("\n")}\n`,
  });
  return {
    async openIfNeeded(lines) {
      if (await hasContent(folder)) return false;
      read = lines;
      // A document that was opened earlier is shown again as it is now.
      changes.fire(uri);
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
      return true;
    },
    changed() {
      if (read === null || isDue) return;
      isDue = true;
      later(FOLLOW_MS, () => {
        isDue = false;
        changes.fire(uri);
      });
    },
    dispose() {
      registration.dispose();
      changes.dispose();
    },
  };
}

/** Whether a log file of the folder has anything in it; a folder that cannot be read has none. */
async function hasContent(folder: vscode.Uri): Promise<boolean> {
  try {
    const names = (await vscode.workspace.fs.readDirectory(folder)).map(([name]) => name);
    const logs = names.filter((name) => name.endsWith(".log"));
    const stats = await Promise.all(logs.map((name) => vscode.workspace.fs.stat(vscode.Uri.joinPath(folder, name))));
    return stats.some(({ size }) => size > 0);
  } catch {
    return false;
  }
}
