import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { withoutEditor } from "../../../server/core/without-editor.ts";
import { checkHost } from "../../../server/endpoint/check-request.ts";
import { FailureError } from "../../../shared/failure.ts";
import { ask, dial, spend, start, token, until } from "./endpoint-scene.ts";
import { createFakeRelay, say } from "./fake-relay.ts";

const errorOf = (answer: { json: unknown }) => (answer.json as { error: Record<string, unknown> }).error;

describe("who is let in", () => {
  it.each([
    ["evil.example", 421],
    ["127.0.0.1", 421],
    ["localhost:1", 421],
    ["127.0.0.1.evil.example:PORT", 421],
    ["localhost:PORT", 200],
    ["LOCALHOST:PORT", 200],
    ["[::1]:PORT", 200],
  ])("Host %s is answered %i", async (host, status) => {
    const relay = createFakeRelay(say("Hi"));
    const { port } = await start(relay);
    const answer = await ask(port, { headers: { host: host.replace("PORT", String(port)) } });
    expect(answer.status).toBe(status);
    expect(relay.asked).toHaveLength(status === 200 ? 1 : 0);
  });

  it("wants a Host header at all, for /health too", async () => {
    const { port } = await start(createFakeRelay());
    const { socket, heard } = await dial(port);
    socket.write("GET /health HTTP/1.1\r\n\r\n");
    await until(() => heard().includes("\r\n\r\n"));
    expect(heard()).toMatch(/^HTTP\/1\.1 421 /);
  });

  it("says what the Host header lacks or names", async () => {
    const { port } = await start(createFakeRelay());
    for (const host of ["127.0.0.1", "LocalHost", "[::1]"]) {
      const answer = await ask(port, { headers: { host } });
      expect([answer.status, errorOf(answer).message]).toEqual([
        421,
        `Ask for 127.0.0.1:${port}, localhost:${port}, [::1]:${port}: the Host header names no port.`,
      ]);
    }
    for (const host of ["evil.example", "localhost:1", "127.0.0.1:"]) {
      const answer = await ask(port, { headers: { host } });
      expect(errorOf(answer).message).toMatch(/: the Host header names another machine\.$/);
    }
    // A client leaves out the port of http itself.
    expect([checkHost("127.0.0.1", 80), checkHost("[::1]", 80), checkHost("localhost:80", 80)]).toEqual([
      null,
      null,
      null,
    ]);
    expect(checkHost("evil.example", 80)?.status).toBe(421);
  });

  it("lets nobody in who sends several Host headers", async () => {
    const { port } = await start(createFakeRelay());
    for (const second of ["evil.example", `127.0.0.1:${port}`]) {
      const { socket, heard } = await dial(port);
      socket.write(`GET /health HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nhOST: ${second}\r\n\r\n`);
      await until(() => heard().endsWith("}"));
      expect(heard()).toMatch(/^HTTP\/1\.1 400 /);
      expect(heard()).toContain("Send one Host header: 2 came.");
    }
  });

  it.each(["https://evil.example", "null", "http://127.0.0.1"])("no page: Origin %s", async (origin) => {
    const relay = createFakeRelay(say("Hi"));
    const { port } = await start(relay);
    for (const [method, path] of [
      ["POST", "/v1/chat/completions"],
      ["OPTIONS", "/v1/chat/completions"],
      ["GET", "/health"],
    ] as const) {
      const answer = await ask(port, { method, path, headers: { origin } });
      expect([answer.status, errorOf(answer).type]).toEqual([403, "permission_error"]);
      expect(errorOf(answer).message).toContain("Pages of browsers");
      expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
    }
    expect(relay.asked).toEqual([]);
  });

  it("proves that it has the token to whoever challenges it, and never says the token", async () => {
    const { port } = await start(createFakeRelay());
    const health = (challenge: string) =>
      ask(port, {
        method: "GET",
        path: "/health",
        headers: { authorization: undefined, "x-wayfare-challenge": challenge },
      });
    const nonce = "0123456789abcdef".repeat(4);
    const answer = await health(nonce);
    const proof = createHmac("sha256", token).update(nonce).digest("hex");
    expect([answer.status, answer.json]).toEqual([200, { status: "ok", name: "wayfare", version: "1.2.3", proof }]);
    for (const unfit of ["short", "x".repeat(64), "a".repeat(500)]) {
      const refused = await health(unfit);
      expect([refused.status, refused.text.includes("proof")]).toEqual([400, false]);
    }
  });

  it("tells its health without a token", async () => {
    const { port } = await start(createFakeRelay());
    const answer = await ask(port, { method: "GET", path: "/health", headers: { authorization: undefined } });
    expect([answer.status, answer.json]).toEqual([200, { status: "ok", name: "wayfare", version: "1.2.3" }]);
    expect(answer.headers["x-wayfare-request-id"]).toBe("id1");
  });

  it("tells its health to HEAD as to GET, without a body", async () => {
    const { port } = await start(createFakeRelay());
    const { socket, heard, ended } = await dial(port);
    socket.write(`HEAD /health HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`);
    await ended;
    const { length } = JSON.stringify({ status: "ok", name: "wayfare", version: "1.2.3" });
    expect(heard()).toMatch(/^HTTP\/1\.1 200 /);
    expect(heard().toLowerCase()).toContain(`content-length: ${length}\r\n`);
    expect(heard()).toMatch(/\r\n\r\n$/);
  });

  it.each([
    [{ authorization: undefined }, 401],
    [{ authorization: "Bearer wrong" }, 401],
    [{ authorization: `Basic ${token}` }, 401],
    [{ authorization: `Bearer ${token}x` }, 401],
    [{ authorization: undefined, "x-api-key": "wrong" }, 401],
    [{ authorization: undefined, "x-api-key": token }, 200],
    [{ authorization: `bearer ${token}` }, 200],
    [{ authorization: "Bearer another-vendor's", "x-api-key": token }, 200],
  ])("the token: %o is answered %i", async (headers, status) => {
    const { port } = await start(createFakeRelay(say("Hi")));
    const answer = await ask(port, { headers });
    expect(answer.status).toBe(status);
    if (status === 200) return;
    expect(errorOf(answer)).toMatchObject({ type: "authentication_error", code: "invalid_api_key", param: null });
    expect(answer.headers.connection).toBe("close");
    expect(answer.headers["x-should-retry"]).toBe("false");
  });

  it("says whether a token came, and where the right one is, in the words of who runs it", async () => {
    const send = "Send the endpoint's token in the Authorization header, behind the word Bearer, or in x-api-key.";
    const wrong = "The token that came is not this endpoint's: it may have been renewed since.";
    const where = 'Run "Wayfare: Show Local Endpoint" to copy it.';
    const { port } = await start(createFakeRelay());
    const said = async (at: number, headers: Record<string, string | undefined>) =>
      errorOf(await ask(at, { headers })).message;
    for (const headers of [
      {},
      { authorization: "" },
      { authorization: "Bearer " },
      { authorization: `Basic ${token}` },
    ]) {
      expect(await said(port, { authorization: undefined, ...headers })).toBe(`${send} ${where}`);
    }
    for (const headers of [
      { authorization: "Bearer wrong" },
      { authorization: undefined, "x-api-key": "wrong" },
      { authorization: "Bearer ", "x-api-key": "wrong" },
    ]) {
      expect(await said(port, headers)).toBe(`${wrong} ${where}`);
    }
    const headless = await start(createFakeRelay(), {}, { wordFor: withoutEditor });
    expect(await said(headless.port, { authorization: "Bearer wrong" })).toBe(
      `${wrong} The right one is what stood in the file that "tokenFile" in the config names when the endpoint was started.`,
    );
  });

  it("tells what was spent, by the token alone, or why the books cannot be read", async () => {
    const get = { method: "GET", path: "/wayfare/spend" };
    const { port } = await start(createFakeRelay());
    expect((await ask(port, { ...get, headers: { authorization: undefined } })).status).toBe(401);
    const answer = await ask(port, get);
    expect([answer.status, answer.json, answer.headers["x-wayfare-request-id"]]).toEqual([200, spend, "id2"]);
    expect((await ask(port, { ...get, method: "POST" })).status).toBe(405);
    const closed = await start(
      createFakeRelay(),
      {},
      {
        spend() {
          throw new FailureError({ kind: "ledger", message: "Ask again and reload the window." });
        },
        wordFor: withoutEditor,
      },
    );
    const refused = await ask(closed.port, get);
    expect(refused.status).toBe(503);
    expect(errorOf(refused)).toMatchObject({
      code: "ledger_unavailable",
      message: "Ask again and start the endpoint again.",
    });
    expect(closed.faults).toEqual([]);
  });

  it("does not read the body of who has no token", async () => {
    const { port } = await start(createFakeRelay(), { lingerMs: 50 });
    const { socket, heard, ended } = await dial(port);
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\nContent-Length: 90000000\r\n\r\n`,
    );
    const piece = Buffer.alloc(65_536, 0x20);
    let isFull = false;
    for (let sent = 0; sent < 1_000 && !isFull; sent += 1) {
      isFull = !socket.write(piece) && socket.writableLength > 8_000_000;
    }
    await until(() => heard().includes("\r\n\r\n{"));
    expect(heard()).toMatch(/^HTTP\/1\.1 401 /);
    await ended;
    expect(socket.bytesWritten - socket.writableLength).toBeLessThan(90_000_000);
  });
});
