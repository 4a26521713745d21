import * as vscode from "vscode";
import type { Middleware } from "vscode-languageclient/node";
import {
  type CompletionReady,
  type CompletionsState,
  CursorNotification,
  DismissNotification,
  type ServerState,
} from "../shared/protocol.ts";
import { type CompletionsStatus, describeCompletions, type GateFacts, whyNoCompletion } from "./completion-gate.ts";
import { isSendable } from "./editor-documents.ts";
import type { FileVerdicts } from "./file-verdicts.ts";
import type { OtherProviders } from "./other-providers.ts";
import type { ServerProcess } from "./server-process.ts";
import { createSignal, type Signal } from "./signal.ts";
import type { Snooze } from "./snooze.ts";

/**
 * Ghost text, seen from the editor. Whether the server is asked at all is decided here, for it is the client that knows
 * trust, ignore files, a snooze and other extensions; everything else (pauses, caches, models, money) is the server's.
 * While it works on one, it is told where the cursor goes; and what comes after VS Code has stopped waiting is asked for
 * once more, if the cursor is still there.
 */
export interface Completions {
  /** Between VS Code and the server: `next` asks the server. */
  provide: NonNullable<Middleware["provideInlineCompletionItems"]>;
  /** What the status bar says of completions in the active editor. */
  status(): CompletionsStatus;
  /** Escape: what is under way in the active editor is cut, and what is shown there is hidden. */
  dismiss(): void;
  /** When `status` says something else. */
  readonly onChange: Signal<void>["on"];
  dispose(): void;
}

export interface CompletionsDeps {
  server: Pick<ServerProcess, "connection" | "state" | "onState" | "onServerState" | "onCompletionReady">;
  /** What the server made of the settings, or null before it said so; `onModels` fires when that is new. */
  configuration: { completions(): CompletionsState | null; onModels: Signal<unknown>["on"] };
  files: FileVerdicts;
  others: Pick<OtherProviders, "yieldsTo" | "askOnce" | "onChange">;
  snooze: Pick<Snooze, "untilMs" | "onChange">;
  /** IANA name of the person's time zone; undefined: the host's own. */
  timeZone(): string | undefined;
  now(): number;
  later(delayMs: number, run: () => void): () => void;
}

/** A request waits so long for the verdict on its file; one that comes later asks again. */
const FILE_WAIT_MS = 30;

/** A request that VS Code has cancelled may live on in the server for so long; the cursor matters until then. */
const LINGER_MS = 2_000;

/** VS Code asks within milliseconds when it is told to; a wish that comes later is the person's. */
const OWN_TRIGGER_MS = 1_000;

/** A document for which completions are under way. */
interface Flight {
  document: vscode.TextDocument;
  /** Requests of VS Code that are not answered. */
  waiting: number;
  /** Until when what VS Code cancelled may still be under way in the server. */
  lingersUntilMs: number;
  /** By Escape or a snooze: no answer is shown any more. */
  dismissed: boolean;
}

export function createCompletions(deps: CompletionsDeps): Completions {
  const { server, configuration, files, others, snooze } = deps;
  const changed = createSignal<void>();
  const nothingOfServer: ServerState["completions"] = { working: 0, silent: null, uri: null };
  let ofServer = nothingOfServer;
  let flight: Flight | null = null;
  let isCompleting = false;
  let shown = "";
  /** Where VS Code was asked to ask again: a server that keeps saying "ready" there must not make a circle. */
  let triggeredAt = "";
  /** Where VS Code was told to ask and has not asked yet: that wish is ours and not the person's. */
  let ownTrigger: { at: string; untilMs: number } | null = null;
  /** Grows with each word of the server that it is at work. */
  let timesAtWork = 0;
  /** Where VS Code gave up on an answer that may have come in that very moment: then the server thinks that it was seen. */
  let missed: { place: CompletionReady; untilMs: number } | null = null;
  let dismissedAt: { document: vscode.TextDocument; version: number } | null = null;

  const factsOf = (document: vscode.TextDocument | null): GateFacts => ({
    completions: configuration.completions(),
    trusted: vscode.workspace.isTrusted,
    languageId: document?.languageId ?? null,
    snoozedUntilMs: snooze.untilMs(),
    nowMs: deps.now(),
    timeZone: deps.timeZone(),
    file: document === null ? { state: "ok" } : files.known(document),
    yieldsTo: others.yieldsTo(),
  });
  const activeDocument = (): vscode.TextDocument | null => {
    const document = vscode.window.activeTextEditor?.document;
    return document !== undefined && isSendable(document) ? document : null;
  };

  /** Of the active editor. Settings are slow to read, for a letter. */
  let editorShows = true;
  const readEditor = (): void => {
    const document = vscode.window.activeTextEditor?.document ?? null;
    editorShows = vscode.workspace.getConfiguration("editor", document).get("inlineSuggest.enabled") !== false;
  };
  readEditor();

  const status = (): CompletionsStatus => {
    const document = activeDocument();
    const uri = document?.uri.toString() ?? null;
    return describeCompletions({ ...factsOf(document), uri, server: ofServer, editorShows });
  };
  const refresh = (): void => {
    setCompleting();
    const { state, reason } = status();
    const text = `${state} ${reason ?? ""}`;
    if (text === shown) return;
    shown = text;
    changed.fire();
  };
  /**
   * From the wish on, and not only from the request on: Escape within the pause before it must not be lost, not even
   * where VS Code, on a busy machine, gives up on the wish within that pause.
   */
  const setCompleting = (): void => {
    const next = flight !== null && isUnderWay(flight) && flight.document === vscode.window.activeTextEditor?.document;
    if (next === isCompleting) return;
    isCompleting = next;
    void vscode.commands.executeCommand("setContext", "wayfare.completing", next);
  };

  const isUnderWay = ({ waiting, lingersUntilMs }: Flight): boolean =>
    waiting > 0 || ofServer.working > 0 || deps.now() < lingersUntilMs;
  const tellCursor = (document: vscode.TextDocument, at: vscode.Position | null): void =>
    server.connection()?.notify(CursorNotification, {
      uri: document.uri.toString(),
      version: document.version,
      position: at === null ? null : { line: at.line, character: at.character },
    });

  const take = (document: vscode.TextDocument): Flight => {
    if (flight === null || flight.document !== document) {
      flight = { document, waiting: 0, lingersUntilMs: 0, dismissed: false };
    }
    return flight;
  };
  const ask = async (...[document, position, context, token, next]: Parameters<Completions["provide"]>) => {
    const ours = take(document);
    ours.waiting += 1;
    const before = { timesAtWork, wasAtWork: ofServer.working > 0 };
    setCompleting();
    try {
      const result = await next(document, position, context, token);
      // The file may have been saved meanwhile, and lie elsewhere since.
      const verdict = await files.judge(document);
      if (verdict.state !== "ok" && !ours.dismissed) cut(document);
      // What the person dismissed, or a snooze that began meanwhile, is not shown.
      return ours.dismissed || whyNoCompletion(factsOf(document)) !== null ? null : result;
    } catch {
      // The language client has written it to the log already; VS Code would write it once more, at each letter.
      return null;
    } finally {
      ours.waiting -= 1;
      if (token.isCancellationRequested) {
        ours.lingersUntilMs = deps.now() + LINGER_MS;
        deps.later(LINGER_MS, setCompleting);
        const worked = before.wasAtWork || timesAtWork > before.timesAtWork;
        missed =
          worked && !ours.dismissed ? { place: placeOf(document, position), untilMs: ours.lingersUntilMs } : null;
        askForMissed();
      } else if (ours.waiting === 0) {
        ours.lingersUntilMs = 0;
      }
      setCompleting();
    }
  };

  /** Waits a moment for the verdict on the file; when it comes later, VS Code is asked to ask again. */
  const askWhenKnown = async (...call: Parameters<Completions["provide"]>) => {
    const [document, position, , token] = call;
    const place = placeOf(document, position);
    let isLate = false;
    const judged = files.judge(document).then((verdict) => {
      if (isLate && verdict.state === "ok" && isStillThere(place)) trigger(place);
      return verdict;
    });
    let cancelWait = (): void => {};
    const late = new Promise<null>((resolve) => {
      cancelWait = deps.later(FILE_WAIT_MS, () => resolve(null));
    });
    const verdict = await Promise.race([judged, late]);
    cancelWait();
    isLate = verdict === null;
    return verdict?.state === "ok" && !token.isCancellationRequested ? ask(...call) : null;
  };

  const trigger = (place: CompletionReady): void => {
    ownTrigger = { at: keyOf(place), untilMs: deps.now() + OWN_TRIGGER_MS };
    void vscode.commands.executeCommand("editor.action.inlineSuggest.trigger");
  };
  const triggerAt = (place: CompletionReady): void => {
    if (keyOf(place) === triggeredAt || !isStillThere(place)) return;
    triggeredAt = keyOf(place);
    trigger(place);
  };
  /** Whether this wish is what came of `trigger`: VS Code says of it, too, that the person asked by hand. */
  const isOwn = (place: CompletionReady, { triggerKind }: vscode.InlineCompletionContext): boolean => {
    if (ownTrigger === null || triggerKind !== vscode.InlineCompletionTriggerKind.Invoke) return false;
    const { at, untilMs } = ownTrigger;
    ownTrigger = null;
    return at === keyOf(place) && deps.now() < untilMs;
  };
  /** Once the server is done and names no reason for silence, what it made is there and costs nothing more. */
  const askForMissed = (): void => {
    if (missed === null || ofServer.working > 0) return;
    const { place, untilMs } = missed;
    missed = null;
    if (ofServer.silent === null && deps.now() < untilMs) triggerAt(place);
  };
  const isStillThere = ({ uri, version, line, character }: CompletionReady): boolean => {
    const editor = vscode.window.activeTextEditor;
    if (editor === undefined || !editor.selection.isEmpty) return false;
    const { document, selection } = editor;
    if (document.version !== version || document.uri.toString() !== uri) return false;
    if (dismissedAt !== null && dismissedAt.document === document && dismissedAt.version === version) return false;
    return selection.active.line === line && selection.active.character === character;
  };

  const leaveFor = (document: vscode.TextDocument | undefined): void => {
    if (flight === null || flight.document === document) return;
    missed = null;
    if (isUnderWay(flight)) tellCursor(flight.document, null);
    flight = null;
  };
  const cut = (document: vscode.TextDocument): void => {
    server.connection()?.notify(DismissNotification, { uri: document.uri.toString() });
    dismissedAt = { document, version: document.version };
    if (flight !== null && flight.document === document) {
      flight.dismissed = true;
      flight = null;
    }
    setCompleting();
  };
  const judgeActive = (): void => {
    const document = activeDocument();
    if (document === null || whyNoCompletion(factsOf(document)) !== null) return;
    // So that the first letter does not have to wait for it.
    void files.judge(document);
  };

  const listeners = [
    vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
      if (flight === null || textEditor.document !== flight.document) return;
      if (textEditor !== vscode.window.activeTextEditor || !isUnderWay(flight)) return;
      if (missed !== null && !isStillThere(missed.place)) missed = null;
      tellCursor(flight.document, textEditor.selection.active);
    }),
    vscode.window.onDidChangeActiveTextEditor((editor) => {
      leaveFor(editor?.document);
      // Another editor of the same document has a cursor of its own, which may not move.
      if (editor !== undefined && flight !== null && isUnderWay(flight)) {
        tellCursor(flight.document, editor.selection.active);
      }
      readEditor();
      judgeActive();
      refresh();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(refresh),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration("editor.inlineSuggest.enabled")) return;
      readEditor();
      refresh();
    }),
    server.onServerState(({ completions }) => {
      const wasAtWork = ofServer.working > 0;
      ofServer = completions;
      if (completions.working > 0) timesAtWork += 1;
      // News about something else may come before what lingers has begun.
      else if (flight !== null && wasAtWork) flight.lingersUntilMs = 0;
      askForMissed();
      refresh();
    }),
    server.onState((state) => {
      if (state === "running") return;
      // What an earlier life of the server had under way is no more.
      ofServer = nothingOfServer;
      flight = null;
      missed = null;
      refresh();
    }),
    server.onCompletionReady(triggerAt),
    configuration.onModels(() => {
      judgeActive();
      refresh();
    }),
    files.onChange(() => {
      judgeActive();
      refresh();
    }),
    others.onChange(refresh),
    snooze.onChange(() => {
      const document = vscode.window.activeTextEditor?.document;
      if (snooze.untilMs() !== null && document !== undefined) hide(document);
      refresh();
    }),
  ];
  const hide = (document: vscode.TextDocument): void => {
    cut(document);
    void vscode.commands.executeCommand("editor.action.inlineSuggest.hide");
  };

  return {
    provide(document, position, context, token, next) {
      const own = isOwn(placeOf(document, position), context);
      if (!own) triggeredAt = "";
      const facts = factsOf(document);
      if (whyNoCompletion({ ...facts, yieldsTo: null }) !== null) return null;
      if (facts.yieldsTo !== null) {
        others.askOnce();
        return null;
      }
      dismissedAt = null;
      leaveFor(document);
      // Only a person's own wish is worth no pause and money where nothing came before.
      const { Automatic } = vscode.InlineCompletionTriggerKind;
      const how = own ? { ...context, triggerKind: Automatic } : context;
      return facts.file.state === "unknown"
        ? askWhenKnown(document, position, how, token, next)
        : ask(document, position, how, token, next);
    },
    status,
    dismiss() {
      const document = vscode.window.activeTextEditor?.document;
      if (document !== undefined) hide(document);
    },
    onChange: changed.on,
    dispose() {
      for (const listener of listeners) listener.dispose();
    },
  };
}

function placeOf(document: vscode.TextDocument, { line, character }: vscode.Position): CompletionReady {
  return { uri: document.uri.toString(), version: document.version, line, character };
}

function keyOf({ uri, version, line, character }: CompletionReady): string {
  return `${uri} ${version} ${line}:${character}`;
}
