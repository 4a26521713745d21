import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createConnection } from "vscode-languageserver/node";
import {
  CancellationTokenSource,
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver-protocol/node";
import type { UseCases } from "../../server/engine/use-cases.ts";
import { createPartBatch, registerHandlers } from "../../server/handlers.ts";
import type { Turn } from "../../shared/answer.ts";
import { type AskPart, AskRequest, EstimateRequest } from "../../shared/protocol.ts";

const turn: Turn = {
  id: "t1",
  askedAtMs: 1,
  question: "why?",
  context: [],
  answer: "because",
  state: "done",
  failure: null,
  decision: null,
};

function unused(): never {
  throw new Error("not part of this test");
}

/** Client and server over two in-memory pipes: the real LSP wire without a process. */
function connect(ask: UseCases["ask"]): MessageConnection {
  const up = new PassThrough();
  const down = new PassThrough();
  const server = createConnection(new StreamMessageReader(up), new StreamMessageWriter(down));
  registerHandlers(server, {
    ask,
    configure: unused,
    estimate: () => ({ inputTokens: 1, cheapNano: 2, frontierNano: 3, tier: "cheap" }),
    listSessions: unused,
    readSession: unused,
    deleteSession: unused,
    spend: unused,
    testConnection: unused,
    findLocalServers: unused,
    facts: unused,
    playgroundLog: unused,
  });
  server.onInitialize(() => ({ capabilities: {} }));
  server.listen();
  const client = createMessageConnection(new StreamMessageReader(down), new StreamMessageWriter(up));
  client.listen();
  return client;
}

const params = { sessionId: "s", turnId: "t1", question: "why?", context: [], mode: "auto", partialResultToken: "p" };

describe("the LSP wire", () => {
  it("streams a turn through its own progress token, in order and whole", async () => {
    const client = connect(async (_params, emit) => {
      for (const word of ["be", "cau", "se"]) {
        emit({ type: "text", text: word });
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      return turn;
    });
    await client.sendRequest("initialize", { processId: null, capabilities: {}, rootUri: null });
    const received: AskPart[] = [];
    client.onProgress(AskRequest, "p", (parts) => {
      received.push(...parts);
    });
    const answer = await client.sendRequest(AskRequest, params);
    expect(answer).toEqual(turn);
    expect(received.map((part) => (part.type === "text" ? part.text : "")).join("")).toBe("because");
    client.dispose();
  });

  it("turns a cancelled request into an aborted signal", async () => {
    const cancelled: string[] = [];
    const client = connect(
      (_params, _emit, signal) =>
        new Promise((resolve) => {
          signal.addEventListener("abort", () => {
            cancelled.push("aborted");
            resolve({ ...turn, state: "cancelled" });
          });
        }),
    );
    await client.sendRequest("initialize", { processId: null, capabilities: {}, rootUri: null });
    const source = new CancellationTokenSource();
    const answer = client.sendRequest(AskRequest, params, source.token);
    await client.sendRequest(EstimateRequest, { sessionId: "s", question: "?", context: [] });
    source.cancel();
    expect((await answer).state).toBe("cancelled");
    expect(cancelled).toEqual(["aborted"]);
    client.dispose();
  });

  it("refuses parameters it cannot read, naming the field", async () => {
    const client = connect(unused);
    await client.sendRequest("initialize", { processId: null, capabilities: {}, rootUri: null });
    await expect(client.sendRequest("wayfare/ask", { ...params, question: 7 })).rejects.toThrow(
      /wayfare\/ask: .*question/s,
    );
    client.dispose();
  });
});

describe("batching parts to a frame", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("sends the first part at once and the rest of a frame as one text", () => {
    const sent: AskPart[][] = [];
    const batch = createPartBatch((parts) => sent.push(parts));
    for (const text of ["a", "b", "c"]) batch.add({ type: "text", text });
    expect(sent).toEqual([[{ type: "text", text: "a" }]]);
    vi.advanceTimersByTime(16);
    expect(sent).toEqual([[{ type: "text", text: "a" }], [{ type: "text", text: "bc" }]]);
  });

  it("keeps a restart between the texts it separates", () => {
    const sent: AskPart[][] = [];
    const batch = createPartBatch((parts) => sent.push(parts));
    batch.add({ type: "text", text: "a" });
    batch.add({ type: "text", text: "b" });
    batch.add({ type: "restart", why: "the stream was cut" });
    batch.add({ type: "text", text: "c" });
    batch.flush();
    expect(sent.flat()).toEqual([
      { type: "text", text: "a" },
      { type: "text", text: "b" },
      { type: "restart", why: "the stream was cut" },
      { type: "text", text: "c" },
    ]);
    vi.advanceTimersByTime(100);
    expect(sent.length).toBe(2);
  });

  it("is at rest when nothing comes", () => {
    const batch = createPartBatch(() => {});
    batch.add({ type: "text", text: "a" });
    vi.advanceTimersByTime(100);
    expect(vi.getTimerCount()).toBe(0);
  });
});
