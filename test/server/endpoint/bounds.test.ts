import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { ask, bytesOf, dial, hello, start, token, until } from "./endpoint-scene.ts";
import { beginning, createFakeRelay, done, say } from "./fake-relay.ts";

const megabyte = 1_048_576;
const head = (port: number, ...lines: string[]) =>
  [
    "POST /v1/chat/completions HTTP/1.1",
    `Host: 127.0.0.1:${port}`,
    `Authorization: Bearer ${token}`,
    "Content-Type: application/json",
    ...lines,
    "",
    "",
  ].join("\r\n");

/** Sends `piece` until the endpoint takes no more; gives how much of it left. */
async function pour(socket: Socket, piece: Buffer, times: number): Promise<void> {
  for (let sent = 0; sent < times && !socket.destroyed; sent += 1) {
    if (!socket.write(piece)) await new Promise((resolve) => setImmediate(resolve));
  }
}

describe("a large body", () => {
  it("of 100 MB is refused by its length, before it is read", async () => {
    const { port } = await start(createFakeRelay(), { lingerMs: 50 });
    const { socket, heard, ended } = await dial(port);
    socket.write(head(port, `Content-Length: ${100 * megabyte}`));
    await until(() => heard().includes("\r\n\r\n{"));
    expect(heard()).toMatch(/^HTTP\/1\.1 413 [\s\S]*connection: close/i);
    expect(heard()).toContain("larger than 32 MB;");
    await ended;
  });

  it("without a length is refused when it has grown too large, and its sender can read why", async () => {
    const { port } = await start(createFakeRelay(), { bodyBytes: megabyte, lingerMs: 200 });
    const { socket, heard, ended } = await dial(port);
    socket.write(head(port, "Transfer-Encoding: chunked"));
    const piece = Buffer.concat([Buffer.from("10000\r\n"), Buffer.alloc(65_536, 0x20), Buffer.from("\r\n")]);
    await pour(socket, piece, 1_600);
    await until(() => heard().includes("\r\n\r\n{"));
    expect(heard()).toMatch(/^HTTP\/1\.1 413 /);
    await ended;
  });

  it("reaches a client of Node's own that is still sending", async () => {
    const { port } = await start(createFakeRelay());
    const response = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: Buffer.alloc(100 * megabyte, 0x20),
    });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ error: { type: "invalid_request_error" } });
  });

  it("of 31 MB is read", async () => {
    const relay = createFakeRelay(say("Hi"));
    const { port } = await start(relay);
    const content = "x".repeat(31 * megabyte);
    const answer = await ask(port, { body: { model: "auto", messages: [{ role: "user", content }] } });
    expect(answer.status).toBe(200);
  });

  it("waits for the word to send it, and gets none where it is too large", async () => {
    const { port } = await start(createFakeRelay(say("Hi")), { lingerMs: 50 });
    const body = JSON.stringify(hello);
    const small = await dial(port);
    small.socket.write(head(port, `Content-Length: ${body.length}`, "Expect: 100-continue"));
    await until(() => small.heard().includes("100 Continue"));
    small.socket.write(body);
    await until(() => small.heard().includes("HTTP/1.1 200 OK"));
    const large = await dial(port);
    large.socket.write(head(port, `Content-Length: ${100 * megabyte}`, "Expect: 100-continue"));
    await until(() => large.heard().includes("\r\n\r\n{"));
    expect(large.heard()).toMatch(/^HTTP\/1\.1 413 /);
  });

  it("has no room beside others, until they have ended", async () => {
    const relay = createFakeRelay();
    const { port, endpoint } = await start(relay, { bodiesBytes: 3 * megabyte });
    const body = JSON.stringify({ model: "auto", messages: [{ role: "user", content: "x".repeat(2 * megabyte) }] });
    const first = await dial(port);
    first.socket.write(bytesOf(port, body));
    await until(() => relay.asked.length === 1);
    const second = await ask(port, { body });
    expect([second.status, second.headers["retry-after"], second.headers["x-should-retry"]]).toEqual([
      503,
      "1",
      undefined,
    ]);
    first.socket.destroy();
    await until(() => endpoint.requests() === 0);
    const third = await dial(port);
    third.socket.write(bytesOf(port, body));
    await until(() => relay.asked.length === 2);
  });
});

describe("too much at once", () => {
  it("is refused, with the time to come again", async () => {
    const relay = createFakeRelay();
    const { port, endpoint } = await start(relay, { requests: 2 });
    const clients = [await dial(port), await dial(port)];
    for (const { socket } of clients) socket.write(bytesOf(port, JSON.stringify(hello)));
    await until(() => relay.asked.length === 2);
    const answer = await ask(port);
    expect([answer.status, answer.headers["retry-after"], answer.json]).toEqual([
      503,
      "1",
      {
        error: {
          message: "Too many requests are under way; try again.",
          type: "server_error",
          param: null,
          code: "too_many_requests",
        },
      },
    ]);
    expect((await ask(port, { method: "GET", path: "/health" })).status).toBe(200);
    for (const { socket } of clients) socket.destroy();
    await until(() => endpoint.requests() === 0);
  });

  it("1,000 connections that say nothing do no harm to an answer, nor to the next", async () => {
    let go = (): void => undefined;
    const relay = createFakeRelay(async ({ listener }) => {
      listener.begin(beginning);
      listener.part({ type: "text-delta", text: "Hi" });
      await new Promise<void>((resolve) => {
        go = resolve;
      });
      listener.end(done("Hi"));
    });
    const { port } = await start(relay, { headersMs: 60_000 });
    const answer = ask(port, { body: { ...hello, stream: true } });
    await until(() => relay.asked.length === 1);
    const idle = await Promise.all(Array.from({ length: 1_000 }, () => dial(port)));
    go();
    expect((await answer).text).toContain("[DONE]");
    const second = ask(port);
    await until(() => relay.asked.length === 2);
    go();
    expect((await second).status).toBe(200);
    expect(idle.filter(({ socket }) => socket.destroyed)).toEqual([]);
  });

  it("connections beyond the bound are closed", async () => {
    const { port } = await start(createFakeRelay(), { connections: 3 });
    const few = await Promise.all(Array.from({ length: 3 }, () => dial(port)));
    const more = await dial(port);
    await more.ended;
    expect(few.every(({ socket }) => !socket.destroyed)).toBe(true);
  });
});

describe("bytes that are no request", () => {
  it("are refused as JSON", async () => {
    const { port } = await start(createFakeRelay());
    const { socket, heard, ended } = await dial(port);
    socket.write("HELLO\r\n\r\n");
    await until(() => heard().includes("\r\n\r\n{"));
    expect(heard()).toMatch(/^HTTP\/1\.1 400 [\s\S]*"type":"invalid_request_error"/);
    socket.end();
    await ended;
  });

  it("a bomb of headers is refused at 16 kB", async () => {
    const { port } = await start(createFakeRelay(), { lingerMs: 50 });
    const { socket, heard, ended } = await dial(port);
    socket.write(`GET /health HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n`);
    await pour(socket, Buffer.from(`x-bomb: ${"b".repeat(8_000)}\r\n`), 500);
    await until(() => heard().includes("\r\n\r\n{"));
    expect(heard()).toMatch(/^HTTP\/1\.1 431 [\s\S]*larger than 16 kB/);
    expect(heard().match(/HTTP\/1\.1/g)).toHaveLength(1);
    await ended;
  });

  it("behind a request end its answer, and do not get into it", async () => {
    const relay = createFakeRelay(async ({ listener, signal }) => {
      listener.begin(beginning);
      listener.part({ type: "text-delta", text: "Hi" });
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    });
    const { port } = await start(relay);
    const { socket, heard, ended } = await dial(port);
    socket.write(bytesOf(port, JSON.stringify({ ...hello, stream: true })));
    await until(() => heard().includes('"Hi"'));
    socket.write("garbage\r\n\r\n");
    await ended;
    expect(relay.asked[0]?.signal.aborted).toBe(true);
    expect(heard()).not.toContain("no request of HTTP");
  });

  it("in a chunked body are refused", async () => {
    const { port } = await start(createFakeRelay(), { lingerMs: 50 });
    const { socket, heard, ended } = await dial(port);
    socket.write(`${head(port, "Transfer-Encoding: chunked")}zz\r\n`);
    await until(() => heard().includes("\r\n\r\n{"));
    expect(heard()).toMatch(/^HTTP\/1\.1 400 /);
    await ended;
  });
});

describe("a client that dawdles", () => {
  const quick = { headersMs: 150, requestMs: 300, checkMs: 30, lingerMs: 30 };

  it("with its headers is closed, though it sends a byte now and then", async () => {
    const { port } = await start(createFakeRelay(), quick);
    const { socket, heard, ended } = await dial(port);
    socket.write("GET /health HTTP/1.1\r\n");
    const drip = setInterval(() => socket.write("x"), 20);
    await ended;
    clearInterval(drip);
    expect(heard()).toMatch(/^HTTP\/1\.1 408 [\s\S]*did not come in time/);
  });

  it("with its body is closed, and its request gives its place free", async () => {
    const relay = createFakeRelay();
    const { port, endpoint } = await start(relay, quick);
    const { socket, heard, ended } = await dial(port);
    socket.write(head(port, "Content-Length: 1000"));
    const drip = setInterval(() => socket.write(" "), 20);
    await ended;
    clearInterval(drip);
    expect(heard()).toMatch(/^HTTP\/1\.1 408 /);
    expect(heard()).toContain("x-wayfare-request-id");
    expect(endpoint.requests()).toBe(0);
    expect(relay.asked).toEqual([]);
  });

  it("is not one whose model dawdles", async () => {
    const relay = createFakeRelay(async (asking) => {
      await new Promise((resolve) => setTimeout(resolve, 600));
      say("Hi")(asking);
    });
    const { port } = await start(relay, quick);
    expect((await ask(port)).status).toBe(200);
  });

  it("between two requests keeps its connection for so long as it is said", async () => {
    const { port } = await start(createFakeRelay(say("Hi")), { ...quick, keepAliveMs: 100 });
    const { socket, heard, ended } = await dial(port);
    socket.write(bytesOf(port, JSON.stringify(hello)));
    await until(() => heard().includes('"usage"'));
    await ended;
    expect(heard().match(/HTTP\/1\.1/g)).toHaveLength(1);
  });
});

it("32 streams at once each get their own answer, whole", async () => {
  const relay = createFakeRelay(async ({ request, listener }) => {
    const asked = request.ask.kind === "chat" ? request.ask.messages[0]?.text : "";
    listener.begin(beginning);
    for (let part = 0; part < 64; part += 1) {
      listener.part({ type: "text-delta", text: `${asked}.${part} ` });
      if (part % 5 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    listener.end(done(""));
  });
  const { port, endpoint } = await start(relay);
  const names = Array.from({ length: 32 }, (_, index) => `s${index}`);
  const answers = await Promise.all(
    names.map((content) => ask(port, { body: { ...hello, stream: true, messages: [{ role: "user", content }] } })),
  );
  const texts = answers.map(({ text }) =>
    [...text.matchAll(/"content":"([^"]*)"/g)].map(([, words]) => words).join(""),
  );
  expect(texts).toEqual(names.map((name) => Array.from({ length: 64 }, (_, part) => `${name}.${part} `).join("")));
  expect(answers.every(({ text }) => text.endsWith("data: [DONE]\n\n"))).toBe(true);
  expect(endpoint.requests()).toBe(0);
});

it("a client that asks with HEAD is answered and closed without a wait", async () => {
  const { port } = await start(createFakeRelay());
  const { socket, heard, ended } = await dial(port);
  socket.write(`HEAD /v1/models HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
  await ended;
  expect(heard()).toMatch(/^HTTP\/1\.1 401 [\s\S]*connection: close[\s\S]*\r\n\r\n$/i);
});
