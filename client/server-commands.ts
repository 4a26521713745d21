import * as vscode from "vscode";
import type { Log } from "./log.ts";
import type { ServerProcess } from "./server-process.ts";

/** The ways to look inside and to mend: the log, the settings, the walkthrough, and a fresh server. */
export function registerServerCommands({ server, log }: { server: ServerProcess; log: Log }): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand("wayfare.showLog", () => log.show()),
    vscode.commands.registerCommand("wayfare.openSettings", () =>
      vscode.commands.executeCommand("workbench.action.openSettings", "@ext:wayfare.wayfare"),
    ),
    vscode.commands.registerCommand("wayfare.openWalkthrough", () =>
      vscode.commands.executeCommand("workbench.action.openWalkthrough", "wayfare.wayfare#start", false),
    ),
    vscode.commands.registerCommand("wayfare.restartServer", async () => {
      try {
        await server.restart();
        void vscode.window.setStatusBarMessage("Wayfare's server was started again.", 5_000);
      } catch (error) {
        const showLog = "Show Log";
        const message = error instanceof Error ? error.message : String(error);
        const picked = await vscode.window.showErrorMessage(message, showLog);
        if (picked === showLog) log.show();
      }
    }),
  );
}
