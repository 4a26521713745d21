import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { CancellationTokenSource, createMessageConnection } from "vscode-jsonrpc/node";
import { createConnection, StreamMessageReader, StreamMessageWriter } from "vscode-languageserver/node";
import type { UseCases } from "../../server/engine/use-cases.ts";
import { registerHandlers } from "../../server/handlers.ts";
import { DoctorRequest } from "../../shared/protocol.ts";

/** The doctor on the real LSP wire, without a process. */

it("streams its rows one by one, and is called off by its token", async () => {
  const row = { id: "ledger", group: "g", title: "Books", seen: "", advice: null, ways: [] };
  const rows = (["checking", "ok"] as const).map((state) => ({ ...row, state }));
  const asked: unknown[] = [];
  const useCases: Pick<UseCases, "doctor"> = {
    async doctor(params, emit, signal) {
      asked.push(params);
      for (const each of rows) emit(each);
      if (params.only === null) return rows.slice(1);
      return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    },
  };
  const [up, down] = [new PassThrough(), new PassThrough()];
  const server = createConnection(new StreamMessageReader(up), new StreamMessageWriter(down));
  registerHandlers(server, useCases as UseCases);
  server.onInitialize(() => ({ capabilities: {} }));
  server.listen();
  const client = createMessageConnection(new StreamMessageReader(down), new StreamMessageWriter(up));
  client.listen();
  await client.sendRequest("initialize", { processId: null, capabilities: {}, rootUri: null });
  const told: unknown[] = [];
  client.onProgress(DoctorRequest, "d", (parts) => void told.push(...parts));
  expect(await client.sendRequest(DoctorRequest, { only: null, partialResultToken: "d" })).toEqual(rows.slice(1));
  expect(told).toEqual(rows);

  const cancel = new CancellationTokenSource();
  const params = { only: "clock", allowNano: 5, partialResultToken: "e" };
  const run = client.sendRequest(DoctorRequest, params, cancel.token);
  await expect.poll(() => asked).toEqual([{ only: null }, { only: "clock", allowNano: 5 }]);
  cancel.cancel();
  await expect(run).rejects.toThrow("cancelled");
  client.dispose();
});
