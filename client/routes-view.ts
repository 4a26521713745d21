import * as vscode from "vscode";
import { DrillRequest, PauseRouteRequest, RoutesRequest, TestRouteRequest } from "../shared/protocol.ts";
import type { RouteParams, RouteTable } from "../shared/routes.ts";
import { setupOf } from "./chat-view.ts";
import type { Configuration } from "./configuration.ts";
import { askServer, type EditorPage, onePage, openEditorPage } from "./editor-page.ts";
import { createRefreshedTable } from "./refreshed-table.ts";
import type { ServerProcess } from "./server-process.ts";
import { routesContent } from "./webview/page-html.ts";
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
  const page = onePage((onClosed) => openRoutes(deps, onClosed));
  return vscode.Disposable.from(vscode.commands.registerCommand("wayfare.showRoutes", page.show), page);
}

function openRoutes(deps: RoutesViewDeps, onClosed: () => void): EditorPage<ToRoutes> {
  const { server, configuration } = deps;
  const tests = new Map<string, RouteTestState>();
  let drill: DrillState = { state: "none" };
  let stopDrill = (): void => undefined;

  const show = (): void => {
    const state: RoutesState = {
      setup: setupOf(configuration),
      connection: server.state === "idle" ? "starting" : server.state,
      atMs: routes.table?.atMs ?? 0,
      rows: routes.table?.rows ?? null,
      problem: routes.problem,
      tests: Object.fromEntries(tests),
      drill,
    };
    page.post({ type: "state", state });
  };

  const test = async (route: RouteParams): Promise<void> => {
    const name = `${route.providerId}/${route.modelId}`;
    if (tests.get(name)?.state === "running") return;
    tests.set(name, { state: "running" });
    show();
    const answer = await askServer(
      deps,
      (connection) => connection.request(TestRouteRequest, route),
      (message) => tests.set(name, { state: "broken", message }),
    );
    if (answer !== null) {
      const { atMs, rows, ...result } = answer;
      tests.set(name, { state: "ended", result });
      routes.take({ atMs, rows });
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
    const result = await askServer(
      deps,
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
        if (page.isActive) page.post({ type: "focus" });
        // Without a setup the server is not needed.
        if (configuration.isSetUp()) await askServer(deps, routes.refresh, show);
        return;
      case "test":
        return test({ providerId: message.providerId, modelId: message.modelId });
      case "pause": {
        const { type: _type, ...params } = message;
        const answer = await askServer(
          deps,
          (connection) => connection.request(PauseRouteRequest, params),
          routes.fail,
        );
        if (answer !== null) routes.take(answer);
        return show();
      }
      case "editProvider":
        await vscode.commands.executeCommand("wayfare.editProvider", message.providerId);
        return;
      case "changeKey":
        await vscode.commands.executeCommand("wayfare.changeKey", message.providerId);
        return;
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

  const page = openEditorPage<FromRoutes, ToRoutes>({
    extensionUri: deps.extensionUri,
    name: "routes",
    content: routesContent,
    messages: fromRoutesSchema,
    receive,
    onInSight(isInSight) {
      if (isInSight) void routes.refresh();
      else routes.pause();
    },
    onClosed() {
      stopDrill();
      routes.dispose();
      onClosed();
    },
    log: deps.log,
  });
  const routes = createRefreshedTable<RouteTable>(deps, {
    everyMs: REFRESH_MS,
    ask: (connection) => connection.request(RoutesRequest, {}),
    isInSight: () => page.isInSight,
    show,
  });
  return page;
}
