import * as vscode from "vscode";
import type { LearnedTable } from "../shared/learned.ts";
import { ForgetLearnedRequest, LearnedRequest } from "../shared/protocol.ts";
import { setupOf } from "./chat-view.ts";
import { type Configuration, openSetting } from "./configuration.ts";
import { askServer, type EditorPage, onePage, openEditorPage } from "./editor-page.ts";
import { createRefreshedTable } from "./refreshed-table.ts";
import type { ServerProcess } from "./server-process.ts";
import { type FromLearned, fromLearnedSchema, type LearnedState, type ToLearned } from "./webview/learned-messages.ts";
import { learnedContent } from "./webview/page-html.ts";

/** While the page is in sight, what it shows is never older than this. */
const REFRESH_MS = 5_000;

export interface LearnedViewDeps {
  extensionUri: vscode.Uri;
  server: Pick<ServerProcess, "start" | "connection" | "state" | "onState">;
  configuration: Pick<Configuration, "read" | "isSetUp" | "onChange">;
  /** Runs `run` once after `delayMs`; the function given back calls it off. */
  later(delayMs: number, run: () => void): () => void;
  /** Milliseconds since 1970. */
  now(): number;
  log(message: string): void;
}

/**
 * "Wayfare: What Was Learned": a page in the editor area that shows how each model's answers did on this machine, and
 * forgets it at the person's word. There is one of it; it asks the server while it is in sight, and not when it is not.
 */
export function registerLearnedView(deps: LearnedViewDeps): vscode.Disposable {
  const page = onePage((onClosed) => openLearned(deps, onClosed));
  return vscode.Disposable.from(vscode.commands.registerCommand("wayfare.openLearned", page.show), page);
}

function openLearned(deps: LearnedViewDeps, onClosed: () => void): EditorPage<ToLearned> {
  const { server, configuration } = deps;
  const show = (): void => {
    const state: LearnedState = {
      setup: setupOf(configuration),
      connection: server.state === "idle" ? "starting" : server.state,
      atMs: deps.now(),
      table: rows.table,
      problem: rows.problem,
    };
    page.post({ type: "state", state });
  };
  const receive = async (message: FromLearned): Promise<void> => {
    switch (message.type) {
      case "ready":
        show();
        if (page.isActive) page.post({ type: "focus" });
        // Without a setup the server is not needed.
        if (configuration.isSetUp()) await askServer(deps, rows.refresh, show);
        return;
      case "forget": {
        const { row } = message;
        if (row === null && !(await isSure())) return;
        const answer = await askServer(
          deps,
          (connection) => connection.request(ForgetLearnedRequest, { row }),
          rows.fail,
        );
        if (answer !== null) rows.take(answer);
        return show();
      }
      case "command":
        if (message.command === "openSetting") return openSetting("wayfare.learning.enabled");
        await vscode.commands.executeCommand(`wayfare.${message.command}`);
    }
  };

  const page = openEditorPage<FromLearned, ToLearned>({
    extensionUri: deps.extensionUri,
    name: "learned",
    content: learnedContent,
    messages: fromLearnedSchema,
    receive,
    onInSight(isInSight) {
      if (isInSight) void rows.refresh();
      else rows.pause();
    },
    onClosed() {
      rows.dispose();
      onClosed();
    },
    log: deps.log,
  });
  const rows = createRefreshedTable<LearnedTable>(deps, {
    everyMs: REFRESH_MS,
    ask: (connection) => connection.request(LearnedRequest, {}),
    isInSight: () => page.isInSight,
    show,
  });
  return page;
}

/** Forgetting everything is not undone, so it is asked first. */
async function isSure(): Promise<boolean> {
  const forget = "Forget Everything";
  const answer = await vscode.window.showWarningMessage(
    "Forget everything that was learned on this machine?",
    {
      modal: true,
      detail: "The choice between the tiers goes by the question alone again, until something is learned anew.",
    },
    forget,
  );
  return answer === forget;
}
