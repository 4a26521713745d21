import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import { DrillRequest, PauseRouteRequest, RoutesRequest, TestRouteRequest } from "../shared/protocol.ts";
import type { RouteParams, RouteTable } from "../shared/routes.ts";
import { setupOf } from "./chat-view.ts";
import type { Configuration } from "./configuration.ts";
import type { Connection, ServerProcess } from "./server-process.ts";
import { pageHtml, routesContent } from "./webview/page-html.ts";
import {
  type DrillState,
  type FromRoutes,
  fromRoutesSchema,
  type RoutesState,
  type RouteTestState,
  type ToRoutes,
} from "./webview/routes-messages.ts";

/** While the page is in sight, what it shows is never older than this. */
const REFRESH_MS = 2_000;

export interface RoutesViewDeps {
  extensionUri: vscode.Uri;
  server: Pick<ServerProcess, "start" | "connection" | "state" | "onState">;
  configuration: Pick<Configuration, "read" | "isSetUp" | "onChange">;
  /** Runs `run` once after `delayMs`; the function given back calls it off. */
  later(delayMs: number, run: () => void): () => void;
  newCancellation(): { token: vscode.CancellationToken; cancel(): void };
  log(message: string): void;
}

/**
 * "Wayfare: Routes": a page in the editor area that lists every route and what is known of it, tries one, pauses one, and
 * runs the drill. There is one of it; shown again it comes to the front. It asks the server every two seconds while it is
 * in sight, and not at all when it is not. The page draws; this side holds its state, for a page that is out of sight is
 * thrown away.
 */
export function registerRoutesView(deps: RoutesViewDeps): vscode.Disposable {
  let open: { panel: vscode.WebviewPanel; close(): void } | null = null;
  return vscode.Disposable.from(
    vscode.commands.registerCommand("wayfare.showRoutes", () => {
      if (open === null) open = openPanel(deps, () => (open = null));
      else open.panel.reveal();
    }),
    { dispose: () => open?.close() },
  );
}

function openPanel(deps: RoutesViewDeps, onClosed: () => void): { panel: vscode.WebviewPanel; close(): void } {
  const { server, configuration } = deps;
  const folder = vscode.Uri.joinPath(deps.extensionUri, "dist", "webview");
  const panel = vscode.window.createWebviewPanel("wayfare.routes", "Wayfare: Routes", vscode.ViewColumn.Active, {
    enableScripts: true,
    localResourceRoots: [folder],
  });
  let table: RouteTable | null = null;
  let problem: string | null = null;
  const tests = new Map<string, RouteTestState>();
  let drill: DrillState = { state: "none" };
  let stopDrill = (): void => undefined;
  let callOff = (): void => undefined;
  let isAsking = false;
  let isClosed = false;

  const post = (message: ToRoutes): void => {
    if (!isClosed) void panel.webview.postMessage(message);
  };
  const show = (): void => {
    const state: RoutesState = {
      setup: setupOf(configuration),
      connection: server.state === "idle" ? "starting" : server.state,
      atMs: table?.atMs ?? 0,
      rows: table?.rows ?? null,
      problem,
      tests: Object.fromEntries(tests),
      drill,
    };
    post({ type: "state", state });
  };

  /** Asks for the rows now, and again a little later for as long as the page is in sight. */
  const refresh = async (): Promise<void> => {
    callOff();
    if (isClosed || !panel.visible) return;
    if (isAsking) return show();
    const connection = server.connection();
    if (connection === null || !configuration.isSetUp()) return show();
    isAsking = true;
    try {
      table = await connection.request(RoutesRequest, {});
      problem = null;
    } catch (error) {
      // A server that goes away is told of by its state, in better words.
      problem = server.state === "running" ? wordsOf(error) : null;
    } finally {
      isAsking = false;
    }
    show();
    if (!isClosed && panel.visible) callOff = deps.later(REFRESH_MS, () => void refresh());
  };
  /** What needs the server, with the sentence of what went wrong in the place where the person looks for it. */
  const ask = async <Result>(
    run: (connection: Connection) => Promise<Result>,
    onFault: (message: string) => void,
  ): Promise<Result | null> => {
    try {
      return await run(await server.start());
    } catch (error) {
      const message = wordsOf(error);
      deps.log(message);
      onFault(message);
      return null;
    }
  };

  const test = async (route: RouteParams): Promise<void> => {
    const name = `${route.providerId}/${route.modelId}`;
    if (tests.get(name)?.state === "running") return;
    tests.set(name, { state: "running" });
    show();
    const answer = await ask(
      (connection) => connection.request(TestRouteRequest, route),
      (message) => tests.set(name, { state: "broken", message }),
    );
    if (answer !== null) {
      const { atMs, rows, ...result } = answer;
      tests.set(name, { state: "ended", result });
      table = { atMs, rows };
    }
    show();
  };
  const runDrill = async (): Promise<void> => {
    if (drill.state === "running") return;
    const cancellation = deps.newCancellation();
    let isStopped = false;
    stopDrill = () => {
      isStopped = true;
      cancellation.cancel();
    };
    drill = { state: "running" };
    show();
    const result = await ask(
      (connection) => connection.request(DrillRequest, {}, cancellation.token),
      (message) => {
        drill = isStopped ? { state: "none" } : { state: "broken", message };
      },
    );
    stopDrill = () => undefined;
    if (result !== null) drill = { state: "ended", result };
    show();
  };
  const receive = async (message: FromRoutes): Promise<void> => {
    switch (message.type) {
      case "ready":
        show();
        if (panel.active) post({ type: "focus" });
        // Without a setup the server is not needed.
        if (configuration.isSetUp()) await ask(refresh, show);
        return;
      case "test":
        return test({ providerId: message.providerId, modelId: message.modelId });
      case "pause": {
        const { type: _type, ...params } = message;
        const answer = await ask(
          (connection) => connection.request(PauseRouteRequest, params),
          (words) => {
            problem = words;
          },
        );
        if (answer !== null) table = answer;
        return show();
      }
      case "drill":
        return runDrill();
      case "stopDrill":
        return stopDrill();
      case "closeDrill":
        if (drill.state !== "running") drill = { state: "none" };
        return show();
      case "command":
        await vscode.commands.executeCommand(`wayfare.${message.command}`);
    }
  };

  const { webview } = panel;
  const subscriptions = [
    webview.onDidReceiveMessage((raw: unknown) => {
      const message = fromRoutesSchema.safeParse(raw);
      if (!message.success) return deps.log(`The page of routes sent what is not understood: ${message.error.message}`);
      receive(message.data).catch((error: unknown) => deps.log(`${message.data.type}: ${wordsOf(error)}`));
    }),
    panel.onDidChangeViewState(() => {
      if (panel.visible) void refresh();
      else callOff();
    }),
    server.onState(() => void refresh()),
    configuration.onChange(() => void refresh()),
  ];
  const close = (): void => {
    if (isClosed) return;
    isClosed = true;
    callOff();
    stopDrill();
    for (const subscription of subscriptions) subscription.dispose();
    onClosed();
  };
  panel.onDidDispose(close);
  const address = (file: string) => webview.asWebviewUri(vscode.Uri.joinPath(folder, file)).toString();
  webview.html = pageHtml(
    {
      nonce: randomBytes(16).toString("hex"),
      cspSource: webview.cspSource,
      scriptUri: address("routes.js"),
      styleUri: address("routes.css"),
      codiconUri: address("codicon.css"),
    },
    routesContent,
  );
  return {
    panel,
    close() {
      close();
      panel.dispose();
    },
  };
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
