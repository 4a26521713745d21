import { registerHooks } from "node:module";
import type { CancellationToken, InlineCompletionContext, Position, TextDocument } from "vscode";
import type { Connection } from "../client/server-process.ts";
import { quantile } from "./server-client.ts";

/**
 * What Wayfare does in the extension host for one letter, of its own code: VS Code's wish for ghost text up to the request
 * that leaves for the server, the answer on its way back, the cursor that moved meanwhile, and the server's two messages
 * about being at work. VS Code itself is a stub, the server answers nothing, and the document gives no text: whoever read
 * it here would fail.
 */
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "vscode"
      ? { url: new URL("./vscode-stub.ts", import.meta.url).href, shortCircuit: true }
      : next(specifier, context),
});
const { active, listeners } = await import("./vscode-stub.ts");
const { createCompletions } = await import("../client/completions.ts");
const { createFileVerdicts } = await import("../client/file-verdicts.ts");
const { connectOtherProviders } = await import("../client/other-providers.ts");
const { createSignal } = await import("../client/signal.ts");
const { createSnooze } = await import("../client/snooze.ts");
type ServerSays = import("../shared/protocol.ts").ServerState;

const now = (): number => performance.now();
const later = (): (() => void) => () => undefined;
const serverState = createSignal<ServerSays>();
const nothing = { on: () => ({ dispose: () => undefined }) }.on;
let notified = 0;
const connection = {
  notify: () => {
    notified += 1;
  },
} as unknown as Connection;
const files = createFileVerdicts({
  ignore: () => ({ ignores: async () => false, onChange: () => ({ dispose: () => undefined }) }),
  now,
});
const completions = createCompletions({
  server: {
    state: "running",
    connection: () => connection,
    onState: nothing,
    onServerState: serverState.on,
    onCompletionReady: nothing,
  },
  configuration: {
    completions: () => ({ on: true, why: null, languages: { "*": true, markdown: false }, model: null }),
    onModels: nothing,
  },
  files,
  others: connectOtherProviders(
    { get: () => undefined, update: () => Promise.resolve(), keys: () => [] } as never,
    now,
  ),
  snooze: createSnooze({ now, later }),
  timeZone: () => undefined,
  now,
  later,
});

const uri = { scheme: "untitled", path: "Untitled-1", toString: () => "untitled:Untitled-1" };
const document = { uri, languageId: "typescript", version: 1 } as unknown as TextDocument;
await files.judge(document);
const token = { isCancellationRequested: false } as CancellationToken;
const context = {} as InlineCompletionContext;
const says = (working: number): void =>
  serverState.fire({ working: 0, silent: null, completions: { working, silent: null, uri: null } });

const letters = 20_000;
const spent: number[] = [];
let asked = 0;
for (let letter = 0; letter < letters; letter += 1) {
  const position = { line: 9_000, character: letter } as Position;
  const textEditor = { document, selection: { active: position, isEmpty: true } };
  active.editor = textEditor;
  const startedMs = performance.now();
  const wish = completions.provide(document, position, context, token, () => {
    asked += 1;
    return null;
  });
  says(1);
  for (const listener of listeners.selection ?? []) listener({ textEditor });
  says(0);
  const untilAskedMs = performance.now() - startedMs;
  await wish;
  const answeredMs = performance.now();
  for (const listener of listeners.selection ?? []) listener({ textEditor });
  spent.push(untilAskedMs + (performance.now() - answeredMs));
}
if (asked !== letters || notified === 0) throw new Error(`${asked} of ${letters} letters reached the server`);
console.log(
  `keystroke path in the extension host         p50 ${quantile(spent, 0.5).toFixed(3)} ms, p99 ${quantile(spent, 0.99).toFixed(3)} ms, most ${Math.max(...spent).toFixed(2)} ms (bar 2)`,
);
