/** As much of VS Code's API as the keystroke path touches, for `keystroke.ts`: it does nothing and costs nothing. */
type Listener = (value: unknown) => void;

export const listeners: Record<string, Listener[]> = {};
const event =
  (name: string) =>
  (listener: Listener): { dispose(): void } => {
    listeners[name] = [...(listeners[name] ?? []), listener];
    return { dispose: () => undefined };
  };

export const active: { editor: unknown } = { editor: undefined };

export const window = {
  get activeTextEditor(): unknown {
    return active.editor;
  },
  onDidChangeTextEditorSelection: event("selection"),
  onDidChangeActiveTextEditor: event("editor"),
};
export const workspace = {
  isTrusted: true,
  notebookDocuments: [],
  workspaceFolders: undefined,
  getWorkspaceFolder: (uri: unknown): unknown => uri,
  getConfiguration: () => ({ get: () => undefined }),
  onDidChangeConfiguration: event("configuration"),
  onDidGrantWorkspaceTrust: event("trust"),
  onDidCloseTextDocument: event("close"),
  onDidSaveTextDocument: event("save"),
  onDidSaveNotebookDocument: event("save notebook"),
  onDidChangeTextDocument: event("text"),
};
export const InlineCompletionTriggerKind = { Invoke: 0, Automatic: 1 } as const;
export const commands = { executeCommand: () => Promise.resolve() };
export const extensions = { getExtension: () => ({ isActive: false }) };
