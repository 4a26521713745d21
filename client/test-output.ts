import * as vscode from "vscode";
import type { LogDocument } from "./log-document.ts";

/** How the document is called that takes the channel's place where the editor shows none. */
export const testOutputDocument = { scheme: "wayfare-tests", title: "Wayfare Tests" };

/** The output channel "Wayfare Tests" with what the last run printed; there is none before the first run. */
export function createTestOutput(
  document: LogDocument,
  redact: (text: string) => string,
): {
  write(lines: readonly string[]): void;
  show(): Promise<void>;
  dispose(): void;
} {
  let channel: vscode.OutputChannel | null = null;
  let printed: string[] = [];
  return {
    write(lines) {
      channel ??= vscode.window.createOutputChannel("Wayfare Tests");
      printed = lines.map(redact);
      channel.replace(`${printed.join("\n")}\n`);
      document.changed();
    },
    async show() {
      if (channel === null || (await document.openIfNeeded(() => printed))) return;
      // The focus stays where it is: in the line the button stands in.
      channel.show(true);
    },
    dispose() {
      channel?.dispose();
      document.dispose();
    },
  };
}
