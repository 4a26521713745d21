import type { CancellationToken, InlineCompletionContext, Position as RealPosition, TextDocument } from "vscode";
import type { FileVerdict } from "../../client/completion-gate.ts";
import { createCompletions } from "../../client/completions.ts";
import type { Connection, ProcessState } from "../../client/server-process.ts";
import { createSignal } from "../../client/signal.ts";
import type { CompletionReady, CompletionsState, ServerState } from "../../shared/protocol.ts";
import { documentOf, editor, events, Position } from "./fake-vscode.ts";

/** Completions as a person has them who turned them on: every language but Markdown. */
export const on: CompletionsState = { on: true, why: null, languages: { "*": true, markdown: false }, model: null };
/** VS Code's own word for a wish that came by itself; the other is 0. */
const automatic = 1;
/** Lets everything run that waits for nothing but its turn. */
export const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Completions over a server, files and clock that are moved by hand; `src/a.ts` is open, the cursor at line 2, column 4. */
export function scene(options: { verdict?: FileVerdict | "late"; state?: CompletionsState | null } = {}) {
  let nowMs = 1_000;
  let verdict: FileVerdict = options.verdict === "late" ? { state: "unknown" } : (options.verdict ?? { state: "ok" });
  let state = options.state === undefined ? on : options.state;
  let snoozedUntilMs: number | null = null;
  let yieldsTo: string | null = null;
  let questions = 0;
  let changes = 0;
  const told: [string, unknown][] = [];
  const signals = {
    state: createSignal<ProcessState>(),
    server: createSignal<ServerState>(),
    ready: createSignal<CompletionReady>(),
    models: createSignal<unknown>(),
    files: createSignal<void>(),
    others: createSignal<void>(),
    snooze: createSignal<void>(),
  };
  const timers: { delayMs: number; run: () => void }[] = [];
  const judging: ((verdict: FileVerdict) => void)[] = [];
  const connection = {
    notify: (type: { method: string }, params: unknown) => told.push([type.method, params]),
  } as unknown as Connection;
  const completions = createCompletions({
    server: {
      state: "running",
      connection: () => connection,
      onState: signals.state.on,
      onServerState: signals.server.on,
      onCompletionReady: signals.ready.on,
    },
    configuration: { completions: () => state, onModels: signals.models.on },
    files: {
      known: () => verdict,
      judge: () =>
        verdict.state === "unknown"
          ? new Promise((resolve) =>
              judging.push((found) => {
                verdict = found;
                resolve(found);
              }),
            )
          : Promise.resolve(verdict),
      onChange: signals.files.on,
      dispose: () => undefined,
    },
    others: {
      yieldsTo: () => yieldsTo,
      askOnce: () => {
        questions += 1;
      },
      onChange: signals.others.on,
    },
    snooze: { untilMs: () => snoozedUntilMs, onChange: signals.snooze.on },
    timeZone: () => "UTC",
    now: () => nowMs,
    later(delayMs, run) {
      const timer = { delayMs, run };
      timers.push(timer);
      return () => void (timers.includes(timer) && timers.splice(timers.indexOf(timer), 1));
    },
  });
  completions.onChange(() => {
    changes += 1;
  });

  const open = (name: string, languageId = "typescript") => {
    const document = documentOf(`file:///w/${name}`, "one\ntwo\nthree", languageId);
    const at = new Position(2, 4);
    editor.active = { document, selection: { active: at, isEmpty: true } };
    events.activeEditor.fire(editor.active);
    return document;
  };
  const document = open("src/a.ts");
  return {
    completions,
    document,
    open,
    /** The file was saved, and is to be looked at again. */
    forget() {
      verdict = { state: "unknown" };
    },
    told,
    timers,
    judging,
    signals,
    changes: () => changes,
    questions: () => questions,
    moveTo(line: number, character: number) {
      if (editor.active === null) return;
      editor.active.selection = { active: new Position(line, character), isEmpty: true };
      events.selection.fire({ textEditor: editor.active });
    },
    pass: (ms: number) => {
      nowMs += ms;
    },
    serverSays: (working: number, silent: string | null = null) =>
      signals.server.fire({
        working: 0,
        silent: null,
        completions: { working, silent, uri: silent === null ? null : "file:///w/src/a.ts" },
      }),
    snoozeUntil(untilMs: number | null) {
      snoozedUntilMs = untilMs;
      signals.snooze.fire();
    },
    yieldTo(name: string | null) {
      yieldsTo = name;
      signals.others.fire();
    },
    configure(next: CompletionsState | null) {
      state = next;
      signals.models.fire(null);
    },
    ready: (over: Partial<CompletionReady> = {}) =>
      signals.ready.fire({ uri: "file:///w/src/a.ts", version: 1, line: 2, character: 4, ...over }),
    /** VS Code asks at the cursor; `answer` is the server's, `kinds` what it was told of who asked. */
    ask(of: unknown = document, triggerKind: number = automatic) {
      const server: { answer: (result: unknown) => void; fail: (error: Error) => void }[] = [];
      const token = { isCancellationRequested: false };
      const kinds: number[] = [];
      const next = (_document: unknown, _position: unknown, context: InlineCompletionContext) => {
        kinds.push(context.triggerKind);
        return new Promise<never>((resolve, reject) => server.push({ answer: resolve as never, fail: reject }));
      };
      const result = Promise.resolve(
        completions.provide(
          of as TextDocument,
          new Position(2, 4) as RealPosition,
          { triggerKind, selectedCompletionInfo: undefined },
          token as CancellationToken,
          next,
        ),
      );
      return {
        result,
        token,
        kinds,
        asked: () => server.length > 0,
        answer: async (items: unknown) => {
          server[0]?.answer(items);
          await settle();
        },
        fail: async () => {
          server[0]?.fail(new Error("server"));
          await settle();
        },
      };
    },
  };
}
