import * as vscode from "vscode";
import type { PriceFacts } from "../shared/prices.ts";
import { ExplainRequest, PricesRequest, ReportRequest } from "../shared/protocol.ts";
import type { Report, ReportParams } from "../shared/report.ts";
import { setupOf } from "./chat-view.ts";
import { type Configuration, openSetting } from "./configuration.ts";
import { deleteCosts, exportCosts } from "./costs-acts.ts";
import { askServer, type EditorPage, onePage, openEditorPage, wordsOf } from "./editor-page.ts";
import type { Connection, ServerProcess } from "./server-process.ts";
import {
  type CostsState,
  type Explained,
  type FromCosts,
  fromCostsSchema,
  type ToCosts,
} from "./webview/costs-messages.ts";
import { costsContent } from "./webview/page-html.ts";

/** Spending that changes is shown at most this much later, and asked for no more often. */
const REFRESH_MS = 3_000;
/** Explained requests that are kept; beyond that the oldest is asked for anew. */
const MOST_EXPLAINED = 50;

export interface CostsViewDeps {
  extensionUri: vscode.Uri;
  server: Pick<ServerProcess, "start" | "connection" | "state" | "onState" | "onSpend">;
  configuration: Pick<Configuration, "read" | "isSetUp" | "onChange">;
  /** Runs `run` once after `delayMs`; the function given back calls it off. */
  later(delayMs: number, run: () => void): () => void;
  log(message: string): void;
}

/**
 * "Wayfare: Costs": a page in the editor area that says where the money went. There is one of it; shown again it comes to
 * the front, as it was left. It asks the server when something was spent, and never while it is out of sight. The page
 * draws; this side holds its state, for a page that is out of sight is thrown away.
 */
export function registerCostsView(deps: CostsViewDeps): vscode.Disposable {
  let params: ReportParams | null = null;
  const page = onePage((onClosed) => {
    params ??= firstParams(setupOf(deps.configuration));
    return openCosts(deps, params, { onParams: (next) => (params = next), onClosed });
  });
  return vscode.Disposable.from(vscode.commands.registerCommand("wayfare.showCosts", page.show), page);
}

/** A week of all workspaces; simulated money where there is no other. */
function firstParams(setup: CostsState["setup"]): ReportParams {
  return {
    range: { kind: "days", days: 7 },
    book: setup === "playground" ? "simulated" : "real",
    workspace: null,
    splitBy: "tier",
  };
}

function openCosts(
  deps: CostsViewDeps,
  first: ReportParams,
  { onParams, onClosed }: { onParams(params: ReportParams): void; onClosed(): void },
): EditorPage<ToCosts> {
  const { server, configuration } = deps;
  let params = first;
  let report: Report | null = null;
  let prices: PriceFacts | null = null;
  let problem: string | null = null;
  const explained = new Map<string, Explained>();
  let callOff: (() => void) | null = null;
  /** Of what was asked; an answer to an earlier question is dropped. */
  let round = 0;
  let isAsking = false;
  let isStale = false;

  const show = (): void => {
    const state: CostsState = {
      setup: setupOf(configuration),
      connection: server.state === "idle" ? "starting" : server.state,
      params,
      report,
      prices,
      isAsking,
      problem,
      explained: Object.fromEntries(explained),
    };
    page.post({ type: "state", state });
  };
  const refresh = async (): Promise<void> => {
    callOff?.();
    callOff = null;
    if (!page.isInSight) return;
    const connection = server.connection();
    if (connection === null || !configuration.isSetUp()) return show();
    round += 1;
    const ours = round;
    isAsking = true;
    isStale = false;
    show();
    try {
      const answer = await connection.request(ReportRequest, params);
      if (ours !== round) return;
      report = answer;
      problem = null;
    } catch (error) {
      if (ours !== round) return;
      // A server that goes away is told of by its state, in better words.
      problem = server.state === "running" ? wordsOf(error) : null;
    }
    isAsking = false;
    show();
    await readPrices(connection);
    if (isStale) refreshLater();
  };
  /** The page has its report already: what prices are is no reason to wait, and none to fail. */
  const readPrices = async (connection: Connection): Promise<void> => {
    try {
      prices = await connection.request(PricesRequest, {});
      show();
    } catch (error) {
      deps.log(wordsOf(error));
    }
  };
  /** Answers of a busy minute are gathered: the books are read once for all of them. */
  function refreshLater(): void {
    if (!page.isInSight || callOff !== null) return;
    callOff = deps.later(REFRESH_MS, () => void refresh());
  }

  const explain = async (requestId: string): Promise<void> => {
    if (explained.get(requestId)?.state === "asking") return;
    const note = (what: Explained): void => {
      explained.delete(requestId);
      explained.set(requestId, what);
      const [oldest] = explained.keys();
      if (explained.size > MOST_EXPLAINED && oldest !== undefined) explained.delete(oldest);
      show();
    };
    note({ state: "asking" });
    try {
      const record = await (await server.start()).request(ExplainRequest, { requestId });
      note(record === null ? { state: "gone" } : { state: "known", record });
    } catch (error) {
      deps.log(wordsOf(error));
      note({ state: "broken", message: wordsOf(error) });
    }
  };

  const receive = async (message: FromCosts): Promise<void> => {
    switch (message.type) {
      case "ready":
        show();
        if (page.isActive) page.post({ type: "focus" });
        // Without a setup the server is not needed.
        if (configuration.isSetUp()) await askServer(deps, refresh, show);
        return;
      case "params":
        params = message.params;
        onParams(params);
        if (configuration.isSetUp()) await askServer(deps, refresh, show);
        return;
      case "explain":
        return explain(message.requestId);
      case "export":
        return exportCosts({ server, params, report, format: message.format });
      case "delete":
        if (report !== null && (await deleteCosts({ server, report }))) {
          explained.clear();
          await refresh();
        }
        return;
      case "openSetting":
        return openSetting(message.setting);
      case "command":
        await vscode.commands.executeCommand(`wayfare.${message.command}`);
    }
  };

  const page = openEditorPage<FromCosts, ToCosts>({
    extensionUri: deps.extensionUri,
    name: "costs",
    content: costsContent,
    messages: fromCostsSchema,
    receive,
    onFault: (message) => void vscode.window.showErrorMessage(message),
    // A page that comes into sight is loaded anew, and says itself that it is ready.
    onInSight(isInSight) {
      if (isInSight) return;
      callOff?.();
      callOff = null;
    },
    onClosed() {
      callOff?.();
      for (const subscription of subscriptions) subscription.dispose();
      onClosed();
    },
    log: deps.log,
  });
  const subscriptions = [
    server.onSpend(() => {
      isStale = true;
      refreshLater();
    }),
    server.onState(() => void refresh()),
    configuration.onChange(() => {
      if (report === null) void refresh();
      else show();
    }),
  ];
  return page;
}
