import { EventEmitter, editor, Uri, window } from "./fake-vscode.ts";

/**
 * A page in the editor area over a server that is driven by hand. `answers` are the server's, by method; `command` opens
 * the page once its view is registered with `deps`; `unlisted` are methods that `asked` leaves out.
 */
export function pageScene<From, To extends { type: string } | { type: "state"; state: State }, State>({
  command,
  answers: given,
  unlisted = [],
}: {
  command: string;
  answers: Iterable<readonly [string, (params: never) => unknown]>;
  unlisted?: readonly string[];
}) {
  const asked: [string, unknown][] = [];
  const posted: To[] = [];
  const logged: string[] = [];
  const delays: { ms: number; run: () => void }[] = [];
  const states = new EventEmitter<string>();
  const configured = new EventEmitter<void>();
  const viewState = new EventEmitter<void>();
  const disposed = new EventEmitter<void>();
  const seen = { panels: 0, revealed: 0, starts: 0, html: "" };
  const answers = new Map<string, (params: never) => unknown>(given);
  const connection = {
    async request({ method }: { method: string }, params: unknown) {
      if (!unlisted.includes(method)) asked.push([method, params]);
      return answers.get(method)?.(params as never);
    },
  };
  const server = {
    state: "running",
    connection: () => (server.state === "running" ? connection : null),
    async start() {
      seen.starts += 1;
      if (server.state === "stopped") throw new Error("Wayfare's server does not run.");
      return connection;
    },
    onState: states.event,
  };
  let receive = (_message: unknown): void => undefined;
  const panel = {
    visible: true,
    active: true,
    webview: {
      cspSource: "csp",
      asWebviewUri: (uri: Uri) => uri,
      postMessage: (message: To) => void posted.push(message),
      onDidReceiveMessage(listener: (message: unknown) => void) {
        receive = listener;
        return { dispose: () => undefined };
      },
      set html(html: string) {
        seen.html = html;
      },
    },
    reveal() {
      seen.revealed += 1;
    },
    onDidChangeViewState: viewState.event,
    onDidDispose: disposed.event,
    dispose: () => disposed.fire(),
  };
  Object.assign(window, {
    createWebviewPanel: () => {
      seen.panels += 1;
      return panel;
    },
  });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    ...{ asked, posted, logged, delays, seen, server, answers, panel, settle },
    /** What a view is registered with; the configuration is its test's own. */
    deps: {
      extensionUri: Uri.file("/ext"),
      server,
      onConfigured: configured.event,
      later(ms: number, run: () => void) {
        const delay = { ms, run };
        delays.push(delay);
        return () => void delays.splice(delays.indexOf(delay) >>> 0, 1);
      },
      log: (message: string) => void logged.push(message),
    },
    run: () => (editor.commands.get(command) as () => void)(),
    async say(message: From) {
      receive(message);
      await settle();
    },
    raw: (message: unknown) => receive(message),
    async enter(state: string) {
      server.state = state;
      states.fire(state);
      await settle();
    },
    async configure() {
      configured.fire();
      await settle();
    },
    async look(visible: boolean) {
      panel.visible = visible;
      viewState.fire();
      await settle();
    },
    async tick() {
      for (const { run } of delays.splice(0)) run();
      await settle();
    },
    shown: (): State | undefined => posted.flatMap((message) => ("state" in message ? [message.state] : [])).at(-1),
    times: (method: string) => asked.filter(([each]) => each === `wayfare/${method}`).length,
  };
}
