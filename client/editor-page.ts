import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import type * as z from "zod";
import type { Connection, ServerProcess } from "./server-process.ts";
import { type PageContent, pageHtml } from "./webview/page-html.ts";

export interface EditorPageOptions<From extends { type: string }> {
  extensionUri: vscode.Uri;
  /** Names its script and style sheet, and stands in the log: "costs". */
  name: string;
  content: PageContent;
  /** What the page may say; anything else is logged and dropped. */
  messages: z.ZodType<From>;
  receive(message: From): Promise<void>;
  /** `receive` rejected; it is in the log already. */
  onFault?(message: string): void;
  onInSight(isInSight: boolean): void;
  /** Closed by the person or by us, once. */
  onClosed(): void;
  log(message: string): void;
}

/** A page of ours in the editor area. What it shows is the host's to keep: out of sight it is thrown away. */
export interface EditorPage<To> {
  readonly isClosed: boolean;
  /** A person can see it. False once it is closed. */
  readonly isInSight: boolean;
  /** It has the focus of the editor area. */
  readonly isActive: boolean;
  post(message: To): void;
  reveal(): void;
  close(): void;
}

/** Opens "Wayfare: Costs" and the like, behind a strict content policy, in the active column. */
export function openEditorPage<From extends { type: string }, To>(options: EditorPageOptions<From>): EditorPage<To> {
  const { name, log } = options;
  const title = `Wayfare: ${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const folder = vscode.Uri.joinPath(options.extensionUri, "dist", "webview");
  const panel = vscode.window.createWebviewPanel(`wayfare.${name}`, title, vscode.ViewColumn.Active, {
    enableScripts: true,
    localResourceRoots: [folder],
  });
  const { webview } = panel;
  let isClosed = false;
  const subscriptions = [
    webview.onDidReceiveMessage((raw: unknown) => {
      const message = options.messages.safeParse(raw);
      if (!message.success) return log(`The page of ${name} sent what is not understood: ${message.error.message}`);
      options.receive(message.data).catch((error: unknown) => {
        log(`${message.data.type}: ${wordsOf(error)}`);
        options.onFault?.(wordsOf(error));
      });
    }),
    panel.onDidChangeViewState(() => options.onInSight(panel.visible)),
  ];
  const closed = (): void => {
    if (isClosed) return;
    isClosed = true;
    for (const subscription of subscriptions) subscription.dispose();
    options.onClosed();
  };
  panel.onDidDispose(closed);
  const address = (file: string) => webview.asWebviewUri(vscode.Uri.joinPath(folder, file)).toString();
  webview.html = pageHtml(
    {
      nonce: randomBytes(16).toString("hex"),
      cspSource: webview.cspSource,
      scriptUri: address(`${name}.js`),
      styleUri: address(`${name}.css`),
      codiconUri: address("codicon.css"),
    },
    options.content,
  );
  return {
    get isClosed() {
      return isClosed;
    },
    get isInSight() {
      return !isClosed && panel.visible;
    },
    get isActive() {
      return !isClosed && panel.active;
    },
    post(message) {
      if (!isClosed && panel.visible) void webview.postMessage(message);
    },
    reveal: () => panel.reveal(),
    close() {
      closed();
      panel.dispose();
    },
  };
}

/** The one page there is of a kind: opened when it is shown first, and brought to the front as it was left after that. */
export function onePage(open: (onClosed: () => void) => Pick<EditorPage<never>, "reveal" | "close">): {
  show(): void;
  dispose(): void;
} {
  let page: ReturnType<typeof open> | null = null;
  return {
    show() {
      if (page === null) page = open(() => (page = null));
      else page.reveal();
    },
    dispose: () => page?.close(),
  };
}

/**
 * Does what needs the server, and starts it first. What goes wrong is logged and given to `onFault`, so that its sentence
 * stands where the person looks for it; the answer is null then.
 */
export async function askServer<Result>(
  { server, log }: { server: Pick<ServerProcess, "start">; log(message: string): void },
  run: (connection: Connection) => Promise<Result>,
  onFault: (message: string) => void,
): Promise<Result | null> {
  try {
    return await run(await server.start());
  } catch (error) {
    const message = wordsOf(error);
    log(message);
    onFault(message);
    return null;
  }
}

export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
