import type * as vscode from "vscode";
import { UndoneCodeNotification } from "../shared/protocol.ts";
import type { InsertEvidenceDeps } from "./insert-evidence.ts";
import { createLogDocument } from "./log-document.ts";
import type { ServerProcess } from "./server-process.ts";
import { createTestCommand, registerTestCommand } from "./test-command.ts";
import { testEnvironment } from "./test-environment.ts";
import { createTestOutput, testOutputDocument } from "./test-output.ts";
import { createUndoneCode, type UndoneCode } from "./undone-code.ts";

/** What the extension keeps for code of answers that is inserted: the person's tests, and the watch for an undo. */
export interface AfterInsert extends vscode.Disposable {
  tests: InsertEvidenceDeps["tests"];
  watchUndone: UndoneCode["watch"];
}

/** Puts it together, with the command that sets the tests. `redact` goes over what they print. */
export function createAfterInsert(deps: {
  context: Pick<vscode.ExtensionContext, "workspaceState" | "logUri">;
  server: Pick<ServerProcess, "connection">;
  environment: Readonly<Record<string, string | undefined>>;
  redact(text: string): string;
  later(delayMs: number, run: () => void): () => void;
  now(): number;
  log(message: string): void;
}): AfterInsert {
  const { context, server, later, now, log } = deps;
  const command = createTestCommand({ memory: context.workspaceState, log });
  const output = createTestOutput(createLogDocument(context.logUri, later, testOutputDocument), deps.redact);
  const undone = createUndoneCode({
    tell: (code) => server.connection()?.notify(UndoneCodeNotification, code),
    later,
    now,
  });
  const registered = registerTestCommand(command);
  return {
    tests: { command, environment: testEnvironment(deps.environment), output },
    watchUndone: undone.watch,
    dispose() {
      for (const each of [registered, undone, output]) each.dispose();
    },
  };
}
