import { fork } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from "vscode-languageserver-protocol/node";
import { AskRequest, type AskResult, type ConfigureParams, ConfigureRequest } from "../../shared/protocol.ts";
import { installed } from "./suite-folders.ts";

/** The server of the installed package, as one more window would start it, driven over its own wire. */
export interface DrivenServer {
  ask(question: string, mode: string): Promise<AskResult>;
  stop(): Promise<void>;
}

/** Starts it on these books. `name` tells its turns from those of others. Rejects when it does not come up. */
export async function driveServer(
  name: string,
  books: { storage: string; workspace: string },
  configuration: ConfigureParams,
): Promise<DrivenServer> {
  const extension = readdirSync(installed).find((each) => each.startsWith("wayfare.wayfare-")) ?? "";
  const main = join(installed, extension, "dist", "server", "main.js");
  const child = fork(main, ["--node-ipc"], { silent: true, env: { PATH: process.env.PATH } });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const connection = createMessageConnection(new IPCMessageReader(child), new IPCMessageWriter(child));
  connection.listen();
  await connection.sendRequest("initialize", {
    processId: process.pid,
    rootUri: null,
    capabilities: {},
    initializationOptions: {
      storagePath: books.storage,
      timeZone: "UTC",
      workspace: books.workspace,
      hostLabel: "",
      clientVersion: "suite",
    },
  });
  await connection.sendNotification("initialized", {});
  await connection.sendRequest(ConfigureRequest, configuration);
  let asked = 0;
  return {
    ask(question, mode) {
      asked += 1;
      const id = `${name}-${asked}`;
      const request = { sessionId: id, turnId: id, question, context: [], mode, partialResultToken: id };
      return connection.sendRequest(AskRequest, request);
    },
    async stop() {
      await connection.sendRequest("shutdown");
      await connection.sendNotification("exit");
      await exited;
      connection.dispose();
    },
  };
}
