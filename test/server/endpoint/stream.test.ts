import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { describe, expect, it, onTestFinished } from "vitest";
import { ask, bytesOf, clock, dial, hello, start, until } from "./endpoint-scene.ts";
import { type Asking, beginning, bill, createFakeRelay, done, say } from "./fake-relay.ts";

const streamed = { ...hello, stream: true };
const text = (words: string) => ({ type: "text-delta" as const, text: words });

/** An answer that goes on for as long as its client is there. */
function untilGone({ signal }: Asking): Promise<unknown> {
  return signal.aborted ? Promise.resolve() : new Promise((resolve) => signal.addEventListener("abort", resolve));
}

describe("a streamed answer", () => {
  it("is events, with what is known at first in headers and the bill in trailers", async () => {
    const { port } = await start(createFakeRelay(say("Hi", " there")));
    const answer = await ask(port, { body: streamed });
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache",
      "x-accel-buffering": "no",
      "x-wayfare-request-id": "id1",
      "x-wayfare-model": "acme/vendor/large-1",
      "x-wayfare-tier": "frontier",
      "x-wayfare-attempts": "2",
      trailer: "x-wayfare-cost-usd, x-wayfare-cost-source, x-wayfare-attempts",
      "transfer-encoding": "chunked",
    });
    expect(answer.headers["x-wayfare-cost-usd"]).toBeUndefined();
    expect(answer.trailers).toEqual({
      "x-wayfare-cost-usd": "0.00000126",
      "x-wayfare-cost-source": "computed",
      "x-wayfare-attempts": "3",
    });
    const events = answer.text.split("\n\n");
    expect(events.map((event) => event.slice(0, 6))).toEqual(["data: ", "data: ", "data: ", "data: ", ""]);
    expect(events.at(-2)).toBe("data: [DONE]");
  });

  it("that fails after it ends with an error event, and without the end signal", async () => {
    const { port } = await start(
      createFakeRelay(({ listener }) => {
        listener.begin(beginning);
        listener.part(text("Half"));
        listener.end({
          state: "failed",
          beginning,
          failure: { kind: "stall", waitedMs: 9, message: "It stopped." },
          bill,
        });
      }),
    );
    const answer = await ask(port, { body: streamed });
    expect(answer.status).toBe(200);
    const events = answer.text.trimEnd().split("\n\n");
    expect(events.at(-1)).toBe(
      'data: {"error":{"message":"It stopped.","type":"server_error","param":null,"code":"upstream_stall"}}',
    );
    expect(answer.text).not.toContain("[DONE]");
    expect(answer.trailers["x-wayfare-cost-source"]).toBe("computed");
  });

  it("gives its first bytes at once, and what comes in one turn with one write", async () => {
    const { port } = await start(
      createFakeRelay(({ listener, signal }) => {
        listener.begin(beginning);
        listener.part(text("first"));
        for (const words of ["a", "b", "c"]) listener.part(text(words));
        return untilGone({ signal } as Asking).then(() => undefined);
      }),
    );
    const { heard, socket } = await dial(port);
    const body = JSON.stringify(streamed);
    socket.write(bytesOf(port, body));
    await until(() => heard().includes('"c"'));
    const chunks = heard().split("\r\n\r\n").slice(1).join("\r\n\r\n").split("\r\n");
    // size, bytes, size, bytes
    expect(chunks.filter((_, index) => index % 2 === 1).map((chunk) => chunk.match(/data: /g)?.length)).toEqual([1, 3]);
    expect(chunks[1]).toContain('"first"');
  });

  it("to a client of HTTP/1.0 has no trailers and ends with the connection", async () => {
    const { port } = await start(createFakeRelay(say("Hi")));
    const { heard, socket, ended } = await dial(port);
    socket.write(bytesOf(port, JSON.stringify(streamed)).replace("HTTP/1.1", "HTTP/1.0"));
    await ended;
    expect(heard()).toMatch(/^HTTP\/1\.1 200 [\s\S]*data: \[DONE\]\n\n$/);
    expect(heard()).not.toMatch(/trailer|chunked/i);
  });
});

describe("a client that goes", () => {
  it.each([0, 1, 2, 3])("after %i parts ends the request upstream", async (parts) => {
    const relay = createFakeRelay(async ({ listener, signal }) => {
      if (parts > 0) listener.begin(beginning);
      for (let part = 0; part < parts; part += 1) listener.part(text(`<${part}>`));
      await untilGone({ signal } as Asking);
    });
    const { port, endpoint } = await start(relay);
    const { socket, heard } = await dial(port);
    socket.write(bytesOf(port, JSON.stringify(streamed)));
    await until(() => (parts === 0 ? relay.asked.length === 1 : heard().includes(`<${parts - 1}>`)));
    expect(relay.asked[0]?.signal.aborted).toBe(false);
    expect(endpoint.requests()).toBe(1);
    socket.destroy();
    await until(() => endpoint.requests() === 0);
    expect(relay.asked[0]?.signal.aborted).toBe(true);
  });

  it("in the middle of an answer that is not streamed, or half closes, does the same", async () => {
    const relay = createFakeRelay();
    const { port, endpoint } = await start(relay);
    for (const leave of ["destroy", "end"] as const) {
      const { socket } = await dial(port);
      socket.write(bytesOf(port, JSON.stringify(hello)));
      const before = relay.asked.length;
      await until(() => relay.asked.length > before);
      socket[leave]();
      await until(() => endpoint.requests() === 0);
      expect(relay.asked.at(-1)?.signal.aborted).toBe(true);
    }
  });

  it("in the middle of its body asks nothing of the engine", async () => {
    const relay = createFakeRelay();
    const { port, endpoint } = await start(relay);
    const { socket } = await dial(port);
    socket.write(bytesOf(port, JSON.stringify(hello)).slice(0, -5));
    await until(() => endpoint.requests() === 1);
    socket.destroy();
    await until(() => endpoint.requests() === 0);
    expect(relay.asked).toEqual([]);
  });

  it("after the whole answer aborts nothing", async () => {
    const relay = createFakeRelay(say("Hi"));
    const { port } = await start(relay);
    await ask(port, { body: streamed });
    expect(relay.asked[0]?.signal.aborted).toBe(false);
  });
});

describe("a client that reads slowly", () => {
  const large = "x".repeat(1_000_000);

  it("holds the engine up until it has read", async () => {
    let held = false;
    const relay = createFakeRelay(async ({ listener }) => {
      listener.begin(beginning);
      for (let sent = 0; sent < 30; sent += 1) {
        listener.part(text(large));
        await new Promise((resolve) => setImmediate(resolve));
        const busy = listener.busy();
        if (busy === null) continue;
        held = true;
        await busy;
        expect(listener.busy()).toBeNull();
      }
      listener.end(done("…"));
    });
    const { port } = await start(relay);
    const { socket } = await dial(port);
    socket.pause();
    socket.write(bytesOf(port, JSON.stringify(streamed), ["Connection: close"]));
    await until(() => held);
    let bytes = 0;
    socket.on("data", (piece) => {
      bytes += piece.length;
    });
    socket.resume();
    await once(socket, "close");
    expect(bytes).toBeGreaterThan(30_000_000);
    expect(relay.asked[0]?.signal.aborted).toBe(false);
  });

  it("is not waited for when the endpoint stops", async () => {
    let isFreed = false;
    const relay = createFakeRelay(async ({ listener }) => {
      listener.begin(beginning);
      while (listener.busy() === null) {
        listener.part(text(large));
        await new Promise((resolve) => setImmediate(resolve));
      }
      await listener.busy();
      isFreed = true;
    });
    const { port, endpoint } = await start(relay);
    const { socket } = await dial(port);
    socket.pause();
    socket.write(bytesOf(port, JSON.stringify(streamed)));
    await until(() => relay.asked[0]?.listener.busy() != null);
    await endpoint.close();
    expect(isFreed).toBe(true);
  });

  it("and takes nothing for too long is taken for gone", async () => {
    const relay = createFakeRelay(async ({ listener, signal }) => {
      listener.begin(beginning);
      while (!signal.aborted) {
        listener.part(text(large));
        await new Promise((resolve) => setImmediate(resolve));
        await listener.busy();
      }
    });
    const { port, endpoint } = await start(relay, { readerMs: 100 });
    const { socket } = await dial(port);
    socket.pause();
    socket.write(bytesOf(port, JSON.stringify(streamed)));
    await until(() => relay.asked[0]?.signal.aborted === true);
    await until(() => endpoint.requests() === 0);
  });

  it("is not confused with a model that is slow", async () => {
    const relay = createFakeRelay(async ({ listener }) => {
      listener.begin(beginning);
      listener.part(text("Hi"));
      await new Promise((resolve) => setTimeout(resolve, 200));
      listener.end(done("Hi"));
    });
    const { port } = await start(relay, { readerMs: 20 });
    expect((await ask(port, { body: streamed })).text).toContain("[DONE]");
  });
});

describe("a failure that every route met", () => {
  const failing = () =>
    createFakeRelay(({ listener }) =>
      listener.end({
        state: "failed",
        beginning: null,
        failure: { kind: "server-error", status: 500, message: "Acme broke." },
        bill,
      }),
    );

  it("is not met once more by a client that repeats by itself, unlike by one that counts from 0 anew", async () => {
    const relay = failing();
    const { port, endpoint } = await start(relay);
    const first = await ask(port);
    expect([first.status, first.headers["x-should-retry"], first.headers["x-wayfare-replayed"]]).toEqual([
      502,
      "false",
      undefined,
    ]);
    clock.nowMs += 2_500;
    const second = await ask(port);
    expect([second.status, second.headers["x-wayfare-replayed"]]).toEqual([502, "2s"]);
    const again = "This is the answer of 2 s ago; the same request is asked anew in 8 s, a different one at once.";
    expect(first.json).toMatchObject({ error: { message: "Acme broke.", code: "upstream_server_error" } });
    expect(second.json).toMatchObject({ error: { message: `Acme broke. ${again}`, code: "upstream_server_error" } });
    expect(relay.asked).toHaveLength(1);
    await ask(port, { body: { ...hello, seed: 1 } });
    await ask(port, { headers: { "x-wayfare-workspace": "other" } });
    expect(relay.asked).toHaveLength(3);
    endpoint.forgetFailures();
    await ask(port);
    expect(relay.asked).toHaveLength(4);
    clock.nowMs += 10_000;
    await ask(port);
    expect(relay.asked).toHaveLength(5);
    await ask(port, { headers: { "x-stainless-retry-count": "1" } });
    expect(relay.asked).toHaveLength(5);
    await ask(port, { headers: { "x-stainless-retry-count": "0" } });
    expect(relay.asked).toHaveLength(6);
  });
});

describe("stopping", () => {
  it("breaks off what is under way, in the wire's own form, and keeps its books", async () => {
    const relay = createFakeRelay(async ({ request, listener, signal }) => {
      if (request.isStreamed) {
        listener.begin(beginning);
        listener.part(text("Half"));
      }
      await untilGone({ signal } as Asking);
    });
    const { port, endpoint } = await start(relay);
    const answers = [ask(port), ask(port, { body: streamed })];
    await until(() => relay.asked.length === 2);
    await endpoint.close();
    const [whole, stream] = await Promise.all(answers);
    expect([whole?.status, whole?.json]).toMatchObject([503, { error: { code: "endpoint_stopping" } }]);
    expect(stream?.text).toContain('"code":"endpoint_stopping"');
    expect(stream?.text).not.toContain("[DONE]");
    expect(relay.asked.map(({ signal }) => signal.aborted)).toEqual([true, true]);
    await expect(dial(port)).rejects.toThrow();
  });

  it("for the sake of another token says that, and not that it stops", async () => {
    const relay = createFakeRelay(async ({ request, listener, signal }) => {
      if (request.isStreamed) {
        listener.begin(beginning);
        listener.part(text("Half"));
      }
      await untilGone({ signal } as Asking);
    });
    const { port, endpoint } = await start(relay);
    const answers = [ask(port), ask(port, { body: streamed })];
    await until(() => relay.asked.length === 2);
    const [, whole, stream] = await Promise.all([endpoint.close({ why: "renewed" }), ...answers]);
    const { status, headers, json } = whole ?? {};
    expect([status, headers?.["x-should-retry"], json]).toMatchObject([
      401,
      "false",
      { error: { code: "token_renewed" } },
    ]);
    expect([whole?.text, stream?.text]).toEqual([1, 2].map(() => expect.stringContaining("token was renewed")));
    expect(stream?.text).not.toContain("[DONE]");
  });

  it("lets answers end that can in the time they are given", async () => {
    let go = (): void => undefined;
    const relay = createFakeRelay(async ({ listener }) => {
      await new Promise<void>((resolve) => {
        go = resolve;
      });
      say("Hi")({ listener } as Asking);
    });
    const { port, endpoint } = await start(relay);
    const answer = ask(port);
    await until(() => relay.asked.length === 1);
    const closed = endpoint.close({ graceMs: 10_000 });
    go();
    expect((await answer).status).toBe(200);
    await closed;
    expect(relay.asked[0]?.signal.aborted).toBe(false);
  });

  it("closes connections that are kept alive", async () => {
    const { port, endpoint } = await start(createFakeRelay(say("Hi")));
    const { socket, heard, ended } = await dial(port);
    socket.write(bytesOf(port, JSON.stringify(hello)));
    await until(() => heard().includes('"usage"'));
    await endpoint.close();
    await ended;
    expect(socket.destroyed).toBe(true);
  });
});

it("many answers on one connection leave no listener behind", async () => {
  const { port } = await start(createFakeRelay(say("Hi")));
  const { Agent } = await import("node:http");
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const warnings: Error[] = [];
  const listen = (warning: Error) => void warnings.push(warning);
  process.on("warning", listen);
  onTestFinished(() => void process.off("warning", listen));
  const body = JSON.stringify(streamed);
  for (let sent = 0; sent < 30; sent += 1) {
    const headers = {
      authorization: /Bearer [^\r]+/.exec(bytesOf(port, ""))?.[0] ?? "",
      "content-type": "application/json",
    };
    const request = httpRequest({
      host: "127.0.0.1",
      port,
      method: "POST",
      path: "/v1/chat/completions",
      headers,
      agent,
    });
    request.end(body);
    const [response] = await once(request, "response");
    response.resume();
    await once(response, "end");
    expect(response.statusCode).toBe(200);
  }
  agent.destroy();
  expect(warnings).toEqual([]);
});
