import * as vscode from "vscode";
import { ClearAnswersRequest, type ClearedAnswers } from "../shared/protocol.ts";
import type { ServerProcess } from "./server-process.ts";

/**
 * "Wayfare: Clear Answer Cache": deletes every answer that is kept for when the same is asked again, of all windows of
 * this host, and says how many there were and what they took. Conversations stay as they are.
 */
export function registerCacheCommands(deps: {
  server: Pick<ServerProcess, "start">;
  log(message: string): void;
}): vscode.Disposable {
  return vscode.commands.registerCommand("wayfare.clearAnswerCache", async () => {
    try {
      const connection = await deps.server.start();
      const cleared = await connection.request(ClearAnswersRequest, {});
      void vscode.window.showInformationMessage(clearedWords(cleared));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      deps.log(message);
      void vscode.window.showErrorMessage(message);
    }
  });
}

function clearedWords({ answers, bytes }: ClearedAnswers): string {
  if (answers === 0) return "No answer was kept.";
  return `${answers === 1 ? "1 kept answer" : `${answers.toLocaleString("en-US")} kept answers`} deleted, ${sizeWords(bytes)} freed.`;
}

/** 740 bytes, 12 KB, 1.5 MB. */
function sizeWords(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`;
  if (bytes < 999_500) return `${Math.round(bytes / 1_000)} KB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
