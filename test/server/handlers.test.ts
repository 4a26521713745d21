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
import type { CompleteParams, UseCases } from "../../server/engine/use-cases.ts";
import { createPartBatch, type Handlers, registerHandlers } from "../../server/handlers.ts";
import type { Turn } from "../../shared/answer.ts";
import { FailureError } from "../../shared/failure.ts";
import {
  AcceptedNotification,
  AppliedCodeNotification,
  type AskPart,
  AskRequest,
  CursorNotification,
  DismissNotification,
  DrillRequest,
  EstimateRequest,
  PauseRouteRequest,
  RaiseCapRequest,
  RoutesRequest,
  TestRouteRequest,
} from "../../shared/protocol.ts";
import { estimate } from "../client/webview/harness/samples.ts";

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
function connect(ask: UseCases["ask"], others: Partial<UseCases> = {}): MessageConnection {
  return connectBoth({ ask, ...others }).client;
}

function connectBoth(useCases: Partial<UseCases>): { client: MessageConnection; handlers: Handlers } {
  const up = new PassThrough();
  const down = new PassThrough();
  const server = createConnection(new StreamMessageReader(up), new StreamMessageWriter(down));
  const handlers = registerHandlers(server, {
    ask: unused,
    configure: unused,
    estimate: () => estimate,
    listSessions: unused,
    readSession: unused,
    deleteSession: unused,
    clearAnswers: unused,
    ...{ report: unused, explainRequest: unused, exportCosts: unused },
    ...{ undoneCode: unused, partlyAcceptedCompletion: unused, learned: unused, forgetLearned: unused },
    ...{ deleteCosts: unused, acceptedCode: unused, appliedCode: unused },
    ...{ spend: unused, testConnection: unused, findLocalServers: unused, raiseCap: unused, startAnew: unused },
    ...{ startLogin: unused, finishLogin: unused },
    ...{ routes: unused, pauseRoute: unused, testRoute: unused, drill: unused, doctor: unused, prices: unused },
    endpoint: unused,
    refreshPrices: unused,
    acceptPrices: unused,
    heldMoney: unused,
    releaseHeld: unused,
    complete: unused,
    cursor: unused,
    dismissCompletion: unused,
    acceptedCompletion: unused,
    documentChanged: unused,
    documentClosed: unused,
    breakRoute: unused,
    facts: unused,
    playgroundLog: unused,
    ...useCases,
  });
  server.onInitialize(() => ({ capabilities: {} }));
  server.listen();
  const client = createMessageConnection(new StreamMessageReader(down), new StreamMessageWriter(up));
  client.listen();
  return { client, handlers };
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

const uri = "file:///w/caf%C3%A9/a.ts";

/** A client with one document open, and what the server made of all it was told. */
async function openDocument(text: string, complete: UseCases["complete"] = async () => null) {
  const asked: CompleteParams[] = [];
  const told: unknown[] = [];
  const { client, handlers } = connectBoth({
    complete(params, signal) {
      asked.push(params);
      return complete(params, signal);
    },
    cursor: (place) => told.push({ cursor: place.offset, version: place.version, text: place.text }),
    dismissCompletion: (dismissed) => told.push({ dismissed }),
    acceptedCompletion: (accepted) => told.push({ accepted }),
    appliedCode: (params) => told.push(params),
    documentChanged: (document) => told.push({ version: document.version, text: document.text }),
    documentClosed: (closed) => told.push({ closed }),
  });
  const registered: string[] = [];
  client.onRequest("client/registerCapability", ({ registrations }: { registrations: { method: string }[] }) => {
    registered.push(...registrations.map(({ method }) => method));
  });
  client.onRequest(
    "client/unregisterCapability",
    ({ unregisterations }: { unregisterations: { method: string }[] }) => {
      for (const { method } of unregisterations) registered.splice(registered.indexOf(method), 1);
    },
  );
  await client.sendRequest("initialize", { processId: null, capabilities: {}, rootUri: null });
  await client.sendNotification("textDocument/didOpen", {
    textDocument: { uri, languageId: "typescript", version: 1, text },
  });
  const completeAt = (context: object, line: number, character: number) =>
    client.sendRequest("textDocument/inlineCompletion", {
      textDocument: { uri },
      position: { line, character },
      context,
    });
  const settled = () => client.sendRequest(EstimateRequest, { sessionId: "s", question: "?", context: [] });
  return { client, handlers, asked, told, registered, complete: completeAt, settled };
}

describe("ghost text on the wire", () => {
  it("is asked with the document as it stands and answered with a range and a command that reports acceptance", async () => {
    const text = "const a = 1;\r\nconst b = \r\n";
    const { client, complete, asked } = await openDocument(text, async ({ offset }) => ({
      id: "c1",
      text: "2;",
      startOffset: offset,
      endOffset: offset,
    }));
    expect(await complete({ triggerKind: 2 }, 1, 10)).toEqual([
      {
        insertText: "2;",
        range: { start: { line: 1, character: 10 }, end: { line: 1, character: 10 } },
        command: { title: "", command: "wayfare.completionAccepted", arguments: ["c1"] },
      },
    ]);
    expect(asked).toEqual([
      {
        uri,
        path: "/w/café/a.ts",
        languageId: "typescript",
        version: 1,
        text,
        offset: 24,
        isInvoked: false,
        selected: null,
      },
    ]);
    client.dispose();
  });

  it("covers the range of the selected item", async () => {
    const { client, complete, asked } = await openDocument("  cons\n", async ({ selected }) => ({
      id: "c1",
      text: "console.log();",
      startOffset: selected?.startOffset ?? 0,
      endOffset: selected?.endOffset ?? 0,
    }));
    const range = { start: { line: 0, character: 2 }, end: { line: 0, character: 6 } };
    expect(await complete({ triggerKind: 1, selectedCompletionInfo: { range, text: "console" } }, 0, 6)).toMatchObject([
      { insertText: "console.log();", range },
    ]);
    expect(asked[0]).toMatchObject({ isInvoked: true, selected: { text: "console", startOffset: 2, endOffset: 6 } });
    client.dispose();
  });

  it("follows edits letter by letter, and places only in the text they belong to", async () => {
    const { client, told, settled } = await openDocument("ab\ncd\n");
    const outcome = { sessionId: "s", turnId: "t", applied: { file: "a.ts", addedErrors: 3 } };
    const at = (line: number, character: number) => ({ start: { line, character }, end: { line, character } });
    await client.sendNotification("textDocument/didChange", {
      textDocument: { uri, version: 2 },
      contentChanges: [{ range: at(1, 2), text: "e" }],
    });
    await client.sendNotification(CursorNotification, { uri, version: 2, position: { line: 1, character: 3 } });
    await client.sendNotification(CursorNotification, { uri, version: 1, position: { line: 0, character: 0 } });
    await client.sendNotification(CursorNotification, { uri, version: 2, position: null });
    await client.sendNotification(DismissNotification, { uri });
    await client.sendNotification(AcceptedNotification, { completionId: "c1" });
    await client.sendNotification(AppliedCodeNotification, outcome);
    await client.sendNotification("wayfare/codeApplied", { ...outcome, applied: { addedErrors: -1 } });
    await client.sendNotification("wayfare/cursor", { uri: 7 });
    await client.sendNotification("textDocument/didClose", { textDocument: { uri } });
    await settled();
    expect(told).toEqual([
      { version: 1, text: "ab\ncd\n" },
      { version: 2, text: "ab\ncde\n" },
      { cursor: 6, version: 2, text: "ab\ncde\n" },
      { cursor: null, version: 2, text: "ab\ncde\n" },
      { dismissed: uri },
      { accepted: "c1" },
      outcome,
      { closed: uri },
    ]);
    client.dispose();
  });

  it("shows nothing that was made for an older text", async () => {
    let answer = (_item: { id: string; text: string; startOffset: number; endOffset: number }): void => {};
    const { client, complete, settled } = await openDocument(
      "abc\n",
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    const asked = complete({ triggerKind: 2 }, 0, 3);
    await client.sendNotification("textDocument/didChange", {
      textDocument: { uri, version: 2 },
      contentChanges: [{ text: "" }],
    });
    await settled();
    answer({ id: "c1", text: "x", startOffset: 3, endOffset: 3 });
    expect(await asked).toBeNull();
    client.dispose();
  });

  it("is registered with the client only while it is on, and the last wish holds", async () => {
    const { client, handlers, registered, told } = await openDocument("abc\n");
    expect(registered).toEqual([]);
    handlers.setCompletions(true);
    const methods = [
      "textDocument/didOpen",
      "textDocument/didChange",
      "textDocument/didClose",
      "textDocument/inlineCompletion",
    ];
    await expect.poll(() => [...registered].sort()).toEqual([...methods].sort());
    handlers.setCompletions(false);
    handlers.setCompletions(true);
    handlers.setCompletions(false);
    await expect.poll(() => registered).toEqual([]);
    expect(told).toContainEqual({ closed: uri });
    client.dispose();
  });

  it("is null for a document that was never opened", async () => {
    const { client, asked } = await openDocument("abc\n");
    const answer = await client.sendRequest("textDocument/inlineCompletion", {
      textDocument: { uri: "output:extension-output" },
      position: { line: 0, character: 0 },
      context: { triggerKind: 2 },
    });
    expect([answer, asked]).toEqual([null, []]);
    client.dispose();
  });
});

describe("the page of routes", () => {
  it("is served its rows, a pause, a test that can be cancelled, and the drill", async () => {
    const asked: unknown[] = [];
    const { client } = connectBoth({
      routes: () => ({ atMs: 1, rows: [] }),
      pauseRoute: async (params) => {
        asked.push(params);
        return { atMs: 2, rows: [] };
      },
      testRoute: (params, signal) => {
        asked.push(params);
        return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      },
      drill: async () => ({ plan: ["a/m"], timesFaster: 10, rows: [] }),
    });
    await client.sendRequest("initialize", { processId: null, capabilities: {}, rootUri: null });
    const route = { providerId: "a", modelId: "m" };
    expect(await client.sendRequest(RoutesRequest, {})).toEqual({ atMs: 1, rows: [] });
    expect(await client.sendRequest(PauseRouteRequest, { ...route, paused: true })).toEqual({ atMs: 2, rows: [] });
    expect(await client.sendRequest(DrillRequest, {})).toEqual({ plan: ["a/m"], timesFaster: 10, rows: [] });
    const cancel = new CancellationTokenSource();
    const test = client.sendRequest(TestRouteRequest, route, cancel.token);
    await expect.poll(() => asked).toEqual([{ ...route, paused: true }, route]);
    cancel.cancel();
    await expect(test).rejects.toThrow("cancelled");
    client.dispose();
  });
});

describe("a request that is refused", () => {
  it("says why in the failure's own words", async () => {
    const { client } = connectBoth({
      raiseCap: () =>
        Promise.reject(new FailureError({ kind: "setup", field: "capId", message: "There is no such cap." })),
    });
    await client.sendRequest("initialize", { processId: null, capabilities: {}, rootUri: null });
    await expect(client.sendRequest(RaiseCapRequest, { capId: "global.daily", addNano: 1 })).rejects.toThrow(
      /^There is no such cap\.$/,
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
