import { vi } from "vitest";

/**
 * As much of VS Code's API as the client's tests touch, driven by hand: `editor` is what is open, `settings` what is
 * written where, `shown` what the person was told. Use it as `vi.mock("vscode", () => import("./fake-vscode.ts"))`.
 */

type Listener<T> = (value: T) => unknown;

export class EventEmitter<T> {
  private readonly listeners = new Set<Listener<T>>();
  readonly event = (listener: Listener<T>) => {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  };
  fire(value: T): void {
    for (const listener of [...this.listeners]) listener(value);
  }
  dispose(): void {
    this.listeners.clear();
  }
}

export class Uri {
  readonly scheme: string;
  readonly authority: string;
  readonly path: string;
  private constructor(scheme: string, authority: string, path: string) {
    this.scheme = scheme;
    this.authority = authority;
    this.path = path;
  }
  static parse(text: string): Uri {
    const parts = /^([\w+-]+):(?:\/\/([^/]*))?(.*)$/.exec(text);
    return new Uri(parts?.[1] ?? "file", parts?.[2] ?? "", parts?.[3] ?? text);
  }
  static file(path: string): Uri {
    return new Uri("file", "", path);
  }
  static from({ scheme, path }: { scheme: string; path: string }): Uri {
    return new Uri(scheme, "", path);
  }
  static joinPath(base: Uri, ...parts: string[]): Uri {
    const segments: string[] = [];
    for (const segment of [base.path, ...parts].join("/").split("/")) {
      if (segment === "..") segments.pop();
      else if (segment !== "" && segment !== ".") segments.push(segment);
    }
    return new Uri(base.scheme, base.authority, `/${segments.join("/")}`);
  }
  with({ path }: { path: string }): Uri {
    return new Uri(this.scheme, this.authority, path);
  }
  get fsPath(): string {
    return this.path;
  }
  toString(): string {
    return `${this.scheme}:${this.authority || this.scheme === "file" ? `//${this.authority}` : ""}${this.path}`;
  }
}

export class Position {
  readonly line: number;
  readonly character: number;
  constructor(line: number, character: number) {
    this.line = line;
    this.character = character;
  }
}
export class Range {
  readonly start: Position;
  readonly end: Position;
  constructor(start: Position, end: Position) {
    this.start = start;
    this.end = end;
  }
  get isEmpty(): boolean {
    return this.start.line === this.end.line && this.start.character === this.end.character;
  }
}
export class ThemeColor {
  readonly id: string;
  constructor(id: string) {
    this.id = id;
  }
}
export class MarkdownString {
  readonly value: string;
  isTrusted: unknown;
  constructor(value: string) {
    this.value = value;
  }
}
export class FileSystemError extends Error {
  readonly code: string;
  constructor(message: string, code = "FileNotFound") {
    super(message);
    this.code = code;
  }
}
export const DiagnosticSeverity = { Error: 0, Warning: 1, Information: 2, Hint: 3 } as const;
export const ConfigurationTarget = { Global: 1 } as const;
export const StatusBarAlignment = { Left: 1, Right: 2 } as const;
export const InlineCompletionTriggerKind = { Invoke: 0, Automatic: 1 } as const;
export const ViewColumn = { One: 1 } as const;

/** A document of the editor. */
export function documentOf(uri: string, text: string, languageId = "typescript") {
  const lines = text.split("\n");
  const lineAt = (line: number) => ({
    range: new Range(new Position(line, 0), new Position(line, (lines[line] ?? "").length)),
  });
  const offsetAt = ({ line, character }: Position) =>
    lines.slice(0, line).reduce((sum, each) => sum + each.length + 1, 0) + character;
  return {
    uri: Uri.parse(uri),
    languageId,
    version: 1,
    lineCount: lines.length,
    lineAt,
    offsetAt,
    getText: (range?: Range) => (range === undefined ? text : text.slice(offsetAt(range.start), offsetAt(range.end))),
  };
}
export type FakeDocument = ReturnType<typeof documentOf>;

/** What is open and written; tests set it, and `reset` empties it. */
export const editor = {
  document: null as FakeDocument | null,
  /** The active editor as one object, for what asks whether it is the same; else `document` and `selection` make it up. */
  active: null as { document: FakeDocument; selection: unknown } | null,
  selection: new Range(new Position(0, 0), new Position(0, 0)),
  notebooks: [] as { uri?: Uri; getCells(): { index: number; document: FakeDocument }[] }[],
  /** Tabs, the one in front first. */
  tabs: [] as { input: unknown }[],
  folders: [] as { uri: Uri; name: string }[],
  files: new Map<string, string>(),
  /** Files that are there and cannot be read, with the code of the error. */
  unreadable: new Map<string, string>(),
  /** What extensions show under these schemes lies on no file system. */
  schemesWithoutFiles: ["vscode-notebook-cell"] as string[],
  diagnostics: new Map<string, { severity: number; range: Range; message: string }[]>(),
  isTrusted: true,
  settings: new Map<string, { defaultValue?: unknown; globalValue?: unknown; workspaceValue?: unknown }>(),
  shown: [] as string[],
  /** What the next message box answers. */
  answers: [] as (string | undefined)[],
  executed: [] as unknown[][],
  /** What a command gives; undefined for all others. */
  results: new Map<string, unknown>(),
  /** What was given to an input box before it was answered, and what each output channel holds. */
  inputs: [] as string[],
  channels: new Map<string, string>(),
  commands: new Map<string, (...args: never[]) => unknown>(),
  /** Providers of virtual documents by scheme, and the texts that were shown in an editor. */
  contentProviders: new Map<string, { provideTextDocumentContent(): string }>(),
  documentsShown: [] as string[],
  copied: [] as string[],
  statusItems: [] as Record<string, unknown>[],
};

export const events = {
  configuration: new EventEmitter<{ affectsConfiguration(section: string): boolean }>(),
  trust: new EventEmitter<void>(),
  folders: new EventEmitter<void>(),
  activeEditor: new EventEmitter<unknown>(),
  tabs: new EventEmitter<void>(),
  selection: new EventEmitter<unknown>(),
  text: new EventEmitter<{
    document: Pick<FakeDocument, "uri" | "getText">;
    reason?: number;
    contentChanges?: { rangeLength: number; text: string }[];
  }>(),
  diagnostics: new EventEmitter<{ uris: Uri[] }>(),
  willSave: new EventEmitter<{ document: FakeDocument }>(),
  saved: new EventEmitter<FakeDocument>(),
  savedNotebook: new EventEmitter<{ getCells(): { document: FakeDocument }[] }>(),
  closed: new EventEmitter<FakeDocument>(),
};

export function reset(): void {
  editor.document = null;
  editor.active = null;
  editor.tabs = [];
  editor.selection = new Range(new Position(0, 0), new Position(0, 0));
  editor.notebooks = [];
  editor.folders = [];
  editor.files.clear();
  editor.unreadable.clear();
  editor.schemesWithoutFiles = ["vscode-notebook-cell"];
  editor.diagnostics.clear();
  editor.isTrusted = true;
  editor.settings.clear();
  editor.shown = [];
  editor.answers = [];
  editor.executed = [];
  editor.results.clear();
  editor.inputs = [];
  editor.channels.clear();
  editor.commands.clear();
  editor.contentProviders.clear();
  editor.documentsShown = [];
  editor.copied = [];
  editor.statusItems = [];
}

const folderOf = (uri: Uri) =>
  editor.folders.find((folder) => uri.scheme === folder.uri.scheme && uri.path.startsWith(`${folder.uri.path}/`));
const tell = vi.fn(async (message: string) => {
  editor.shown.push(message);
  return editor.answers.shift();
});
const never = new EventEmitter<never>();

export const TextDocumentChangeReason = { Undo: 1, Redo: 2 };

export class TabInputText {
  readonly uri: Uri;
  constructor(uri: Uri) {
    this.uri = uri;
  }
}
export class TabInputWebview {
  readonly viewType: string;
  constructor(viewType: string) {
    this.viewType = viewType;
  }
}

export const ProgressLocation = { Notification: 15 };

export const window = {
  get activeTextEditor() {
    if (editor.active !== null) return editor.active;
    return editor.document === null ? undefined : { document: editor.document, selection: editor.selection };
  },
  activeNotebookEditor: undefined,
  tabGroups: {
    get activeTabGroup() {
      return { activeTab: editor.tabs[0] };
    },
    get all() {
      return [{ tabs: editor.tabs }];
    },
    onDidChangeTabs: events.tabs.event,
  },
  onDidChangeActiveTextEditor: events.activeEditor.event,
  onDidChangeActiveNotebookEditor: never.event,
  onDidChangeTextEditorSelection: events.selection.event,
  showInformationMessage: tell,
  showWarningMessage: tell,
  withProgress: <Result>(_options: object, run: (progress: object, token: object) => Promise<Result>) =>
    run({}, { isCancellationRequested: false, onCancellationRequested: () => ({ dispose: () => undefined }) }),
  showErrorMessage: tell,
  setStatusBarMessage: (message: string) => {
    editor.shown.push(message);
    return { dispose: () => undefined };
  },
  async showQuickPick(items: { label: string }[]) {
    const wanted = editor.answers.shift();
    return items.find(({ label }) => label === wanted);
  },
  async showInputBox({ value }: { value: string }) {
    editor.inputs.push(value);
    return editor.answers.shift();
  },
  createOutputChannel: (name: string) => ({
    replace: (text: string) => void editor.channels.set(name, text),
    show: () => void editor.shown.push(name),
    dispose: () => void editor.channels.delete(name),
  }),
  async showTextDocument(document: FakeDocument) {
    editor.documentsShown.push(document.getText());
  },
  createStatusBarItem: (id: string) => {
    const item: Record<string, unknown> = { id, show: () => undefined, dispose: () => undefined };
    editor.statusItems.push(item);
    return item;
  },
};

export const workspace = {
  get workspaceFolders() {
    return editor.folders.length === 0 ? undefined : editor.folders;
  },
  get isTrusted() {
    return editor.isTrusted;
  },
  get notebookDocuments() {
    return editor.notebooks;
  },
  getWorkspaceFolder: folderOf,
  asRelativePath(uri: Uri): string {
    const folder = folderOf(uri);
    if (folder === undefined) return uri.path;
    const below = uri.path.slice(folder.uri.path.length + 1);
    return editor.folders.length > 1 ? `${folder.name}/${below}` : below;
  },
  getConfiguration: (section: string) => ({
    inspect: (key: string) => editor.settings.get(`${section}.${key}`),
    get(key: string) {
      const found = editor.settings.get(`${section}.${key}`);
      return found?.workspaceValue ?? found?.globalValue ?? found?.defaultValue;
    },
    async update(key: string, globalValue: unknown) {
      editor.settings.set(`${section}.${key}`, { ...editor.settings.get(`${section}.${key}`), globalValue });
    },
  }),
  onDidChangeConfiguration: events.configuration.event,
  onDidGrantWorkspaceTrust: events.trust.event,
  onDidChangeWorkspaceFolders: events.folders.event,
  onDidChangeTextDocument: events.text.event,
  onWillSaveTextDocument: events.willSave.event,
  onDidSaveTextDocument: events.saved.event,
  onDidSaveNotebookDocument: events.savedNotebook.event,
  onDidCloseTextDocument: events.closed.event,
  createFileSystemWatcher: () => ({
    onDidChange: never.event,
    onDidCreate: never.event,
    onDidDelete: never.event,
    dispose: () => undefined,
  }),
  registerTextDocumentContentProvider(scheme: string, provider: { provideTextDocumentContent(): string }) {
    editor.contentProviders.set(scheme, provider);
    return { dispose: () => editor.contentProviders.delete(scheme) };
  },
  async openTextDocument(uri: Uri) {
    const provider = editor.contentProviders.get(uri.scheme);
    if (provider !== undefined) return documentOf(uri.toString(), provider.provideTextDocumentContent(), "log");
    const text = editor.files.get(uri.toString());
    if (text === undefined) throw new FileSystemError("not found");
    return documentOf(uri.toString(), text);
  },
  fs: {
    async readFile(uri: Uri) {
      const code = editor.unreadable.get(uri.toString());
      if (code !== undefined) throw new FileSystemError("not readable", code);
      const text = editor.files.get(uri.toString());
      if (text === undefined) throw new FileSystemError("not found");
      return new TextEncoder().encode(text);
    },
    isWritableFileSystem: (scheme: string) => (editor.schemesWithoutFiles.includes(scheme) ? undefined : true),
    async readDirectory(uri: Uri) {
      const above = `${uri.toString()}/`;
      const names = [...editor.files.keys()].filter((each) => each.startsWith(above));
      if (names.length === 0) throw new FileSystemError("not found");
      return names.map((each) => [each.slice(above.length), 1]);
    },
    async stat(uri: Uri) {
      const name = uri.toString();
      if ([...editor.files.keys()].some((each) => each === name || each.startsWith(`${name}/`))) {
        return { size: editor.files.get(name)?.length ?? 0 };
      }
      throw new FileSystemError("not found");
    },
  },
};

export const languages = {
  getDiagnostics: (uri: Uri) => editor.diagnostics.get(uri.toString()) ?? [],
  onDidChangeDiagnostics: events.diagnostics.event,
};

export const Disposable = {
  from: (...all: { dispose(): unknown }[]) => ({ dispose: () => all.forEach((each) => void each.dispose()) }),
};

export const commands = {
  registerCommand(name: string, run: (...args: never[]) => unknown) {
    editor.commands.set(name, run);
    return { dispose: () => editor.commands.delete(name) };
  },
  async executeCommand(...call: unknown[]) {
    editor.executed.push(call);
    return editor.results.get(String(call[0]));
  },
};

export const version = "1.139.1";
export const env = { clipboard: { writeText: async (text: string) => void editor.copied.push(text) } };
