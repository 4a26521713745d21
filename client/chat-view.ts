import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import {
  AcceptedCodeNotification,
  AppliedCodeNotification,
  type CapState,
  type ServerState,
  type Spend,
} from "../shared/protocol.ts";
import { presetsOf } from "../shared/vendor-pages.ts";
import { acceptedCode } from "./accepted-code.ts";
import { createAnswerModes } from "./answer-modes.ts";
import type { ComposerContext } from "./composer-context.ts";
import type { Configuration } from "./configuration.ts";
import type { Conversations } from "./conversations.ts";
import { createDraftEstimate } from "./draft-estimate.ts";
import { createInsertEvidences, type InsertEvidenceDeps } from "./insert-evidence.ts";
import { actOnEditor } from "./page-acts.ts";
import { hasProviders } from "./read-settings.ts";
import type { ServerProcess } from "./server-process.ts";
import { type FromPage, fromPageSchema, type PageState, type ToPage } from "./webview/messages.ts";
import { pageHtml } from "./webview/page-html.ts";

/**
 * The chat in the secondary side bar. The page draws; this side holds its state and gives it again after every reload of
 * the page, so that nothing depends on the page being there.
 */
export interface ChatView extends vscode.WebviewViewProvider {
  post(message: ToPage): void;
  /** Brings the page up to date with everything but the conversation. */
  refresh(): void;
  /** Whether the page, open before the person, says how much of this cap is spent: of the nearest one it does. */
  speaksOf(cap: CapState): boolean;
  /** The same of the server's state alone, which changes at each letter; completions are not shown there. */
  showServer(): void;
  /** The same of the money alone. */
  showSpend(): void;
  /** Opens the side bar and puts the cursor into the question. */
  focus(): Promise<void>;
  dispose(): void;
}

export interface ChatViewDeps {
  extensionUri: vscode.Uri;
  conversations(): Conversations;
  context: ComposerContext;
  configuration: Configuration;
  server: ServerProcess;
  /** What the server last said, kept by the composition root. */
  serverState(): ServerState;
  spend(): Spend;
  workspaceState: Pick<vscode.Memento, "get" | "update">;
  /** The time zone the person sits in, as the page knows it: the host's own may be another. */
  onTimeZone?(timeZone: string): void;
  /** Code of an answer was put into a document. */
  onInserted?(code: { turnId: string; sessionId: string }, document: vscode.TextDocument, text: string): void;
  tests: InsertEvidenceDeps["tests"];
  /** Calls once after `delayMs`; the returned function prevents it. */
  later(delayMs: number, run: () => void): () => void;
  log(message: string): void;
}

export function createChatView(deps: ChatViewDeps): ChatView {
  let view: vscode.WebviewView | null = null;
  /** The page has asked for its state; what is posted earlier would be lost. */
  let isReady = false;
  let wantsFocus = false;
  let draft = "";
  /** Of the server's state, as the page has it. */
  let shownServer = "";

  const modes = createAnswerModes({
    memory: deps.workspaceState,
    setting: () => deps.configuration.read().settings.mode,
    log: deps.log,
  });
  const sessionId = (): string | null => deps.conversations().current()?.id ?? null;

  const whoAnswers = () => ({ mode: modes.of(sessionId()), always: modes.always(), usual: modes.usual() });

  const post = (message: ToPage): void => {
    // Who answers goes with the conversation: what was picked for one is not carried into another.
    const isOther = message.type === "patch" && message.state.session !== undefined;
    if (isOther && message.state.session === null) modes.begun();
    if (message.type === "turnStarted") evidence.replaced(message.turn.id);
    if (view === null || !isReady) return;
    const whole = isOther ? { ...message, state: { ...message.state, ...whoAnswers() } } : message;
    void view.webview.postMessage(whole);
    if (isOther) estimate.conversationChanged();
  };

  const serverNow = (): ServerState => {
    const server = deps.serverState();
    shownServer = JSON.stringify([server.working, server.silent]);
    return server;
  };
  const state = (): PageState => ({
    session: deps.conversations().current(),
    ...whoAnswers(),
    models: [...deps.configuration.models()],
    chips: deps.context.chips(),
    chipsRemoved: deps.context.hasRemoved(),
    server: serverNow(),
    spend: deps.spend(),
    setup: setupOf(deps.configuration),
    // Before anything needs the server there is nothing to say about it.
    connection: deps.server.state === "idle" ? "starting" : deps.server.state,
    draft,
    evidence: evidence.now(),
    vendors: presetsOf(deps.configuration.read().settings.providers),
  });
  const isShown = (): boolean => view !== null && isReady;
  const speaksOf = (cap: CapState): boolean => {
    const share = ({ spentNano, limitNano }: CapState) => (limitNano > 0 ? spentNano / limitNano : 0);
    const isNearest = deps.spend().caps.every((each) => each.id === cap.id || share(each) < share(cap));
    return isShown() && view?.visible === true && isNearest;
  };
  const refreshChips = (): void => {
    if (!isShown()) return;
    const { session: _session, draft: _draft, ...rest } = state();
    post({ type: "patch", state: rest });
  };
  const refresh = (): void => {
    refreshChips();
    // A model, a price or who answers may be another.
    estimate.changed();
  };

  const estimate = createDraftEstimate({
    connection: () => deps.server.connection(),
    isSetUp: () => deps.configuration.isSetUp(),
    isShown,
    items: deps.context.items,
    sessionId: () => sessionId() ?? "",
    mode: () => modes.of(sessionId()),
    post: (result, revision) => post({ type: "estimate", estimate: result, revision }),
    log: deps.log,
  });
  deps.context.onChange(refreshChips);
  deps.context.onItems(estimate.changed);

  const focus = async (): Promise<void> => {
    wantsFocus = true;
    await vscode.commands.executeCommand("wayfare.chat.focus");
    if (view === null || !isReady) return;
    wantsFocus = false;
    post({ type: "focus" });
  };

  const accepted = acceptedCode((code) => {
    const id = sessionId();
    if (id !== null) deps.server.connection()?.notify(AcceptedCodeNotification, { ...code, sessionId: id });
  });

  const evidence = createInsertEvidences({
    sessionId,
    tests: deps.tests,
    later: deps.later,
    onChange: () => post({ type: "patch", state: { evidence: evidence.now() } }),
    tell: (applied) => deps.server.connection()?.notify(AppliedCodeNotification, applied),
    log: deps.log,
  });

  const receive = async (message: FromPage): Promise<void> => {
    const conversations = deps.conversations();
    switch (message.type) {
      case "ready": {
        isReady = true;
        accepted.begin();
        post({ type: "state", state: state() });
        // The page that is new here counts from 0, and tells of its own draft if it has one.
        estimate.typed(draft, 0);
        if (wantsFocus) post({ type: "focus" });
        wantsFocus = false;
        if (message.timeZone !== "") deps.onTimeZone?.(message.timeZone);
        await conversations.resume(message.sessionId);
        return;
      }
      case "ask": {
        draft = "";
        const { turnId, question, mode, chips } = message;
        const asked = conversations.ask({ turnId, question, mode, context: () => deps.context.gather(chips) });
        // With its first question a new chat gets its name.
        const id = sessionId();
        if (id !== null) modes.named(id);
        return asked;
      }
      case "stop":
        return conversations.stop(message.turnId);
      case "retry":
        return conversations.retry(message.turnId, message.mode);
      case "continue":
        return conversations.goOn(message.turnId, message.mode);
      case "draft":
        draft = message.question;
        return estimate.typed(message.question, message.revision);
      case "mode":
        modes.pick(sessionId(), message.mode);
        return refresh();
      case "always":
        modes.keep(sessionId(), message.mode);
        return refresh();
      case "removeChip":
        return deps.context.remove(message.chipId);
      case "restoreChips":
        return deps.context.restore();
      case "newSession":
        return conversations.startNew();
      case "openSession":
        return conversations.open(message.sessionId);
      case "listSessions":
        return conversations.list();
      case "deleteSession":
        return conversations.delete(message.sessionId);
      case "tests":
        return evidence.act(message);
      default:
        return actOnEditor(message, {
          context: deps.context,
          accepted: accepted.take,
          inserted({ turnId }, document, text) {
            const id = sessionId();
            if (id !== null) deps.onInserted?.({ turnId, sessionId: id }, document, text);
          },
          evidence,
          focus,
          retry: conversations.retry,
        });
    }
  };

  return {
    post,
    refresh,
    speaksOf,
    showServer() {
      if (!isShown()) return;
      const before = shownServer;
      const server = serverNow();
      if (shownServer !== before) post({ type: "patch", state: { server } });
    },
    showSpend() {
      if (!isShown()) return;
      const spend = deps.spend();
      post({ type: "patch", state: { spend } });
      if (spend.caps.length > 0) estimate.changed();
    },
    focus,
    dispose: evidence.dispose,
    resolveWebviewView(resolved) {
      view = resolved;
      isReady = false;
      deps.context.begin();
      const { webview } = resolved;
      const folder = vscode.Uri.joinPath(deps.extensionUri, "dist", "webview");
      const address = (file: string) => webview.asWebviewUri(vscode.Uri.joinPath(folder, file)).toString();
      webview.options = { enableScripts: true, localResourceRoots: [folder] };
      webview.onDidReceiveMessage((raw: unknown) => {
        const message = fromPageSchema.safeParse(raw);
        if (!message.success) return deps.log(`The page sent what is not understood: ${message.error.message}`);
        receive(message.data).catch((error: unknown) => {
          deps.log(`${message.data.type}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
        });
      });
      resolved.onDidDispose(() => {
        if (view !== resolved) return;
        view = null;
        isReady = false;
      });
      webview.html = pageHtml({
        nonce: randomBytes(16).toString("hex"),
        cspSource: webview.cspSource,
        scriptUri: address("chat.js"),
        styleUri: address("chat.css"),
        codiconUri: address("codicon.css"),
      });
      // Whoever opens the chat is about to ask; the server comes up meanwhile. Without a setup it is not needed.
      if (deps.configuration.isSetUp()) deps.server.start().catch((error: unknown) => deps.log(String(error)));
    },
  };
}

/** What can be asked: nothing, the simulated models alone, or a provider's. */
export function setupOf(configuration: Pick<Configuration, "read">): PageState["setup"] {
  const { settings } = configuration.read();
  if (hasProviders(settings)) return "ready";
  return settings.playground === true ? "playground" : "nothing";
}
