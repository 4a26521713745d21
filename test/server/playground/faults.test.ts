import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { paceAnswer } from "../../../server/playground/pace-answer.ts";
import type { Playground, VendorFault } from "../../../server/playground/start-playground.ts";
import { askAnthropic, askOpenAi, type Body, eventsIn, scripted, start, textOf, until } from "./vendor-client.ts";

const text = "Grüße 🙂 and so on, a few words more to break off in.\n";

/** Both wires, with what differs between them. */
const wires = [
  {
    name: "OpenAI-compatible",
    ask: askOpenAi,
    more: { wire: "openai-compatible" },
    end: "data: [DONE]",
    error: { error: { type: "server_error" } },
  },
  {
    name: "Anthropic",
    ask: askAnthropic,
    more: { wire: "anthropic" },
    end: "event: message_stop",
    error: { type: "error", error: { type: "overloaded_error" } },
  },
] as const;

describe.each(wires)("faults of the $name vendor", ({ ask, more, end, error }) => {
  async function faulty(
    fault: VendorFault,
  ): Promise<{ playground: Playground; send: (init?: RequestInit) => Promise<Response> }> {
    const playground = await start({ models: [scripted("m", text, more)] });
    playground.setFault("m", fault);
    const body: Body = { model: "m", stream: true };
    return { playground, send: (init) => ask(playground, body, init) };
  }

  it("status: an error of the vendor's own shape, or the body and headers that are wanted", async () => {
    const { playground, send } = await faulty({ kind: "status", status: 500, times: 1 });
    const first = await send();
    expect(first.status).toBe(500);
    expect((await first.json()).error.message).toBe("The vendor answers 500, as it was told to.");
    playground.setFault("m", {
      kind: "status",
      status: 429,
      headers: { "retry-after": "7" },
      body: '{"error":"slow down"}',
    });
    const second = await send();
    expect([second.status, second.headers.get("retry-after"), await second.text()]).toEqual([
      429,
      "7",
      '{"error":"slow down"}',
    ]);
    expect(playground.log().map((row) => [row.status, row.costNano, row.text, row.end])).toEqual([
      [500, 0, "", "finished"],
      [429, 0, "", "finished"],
    ]);
  });

  it("lasts as many requests as it says, or until it is mended", async () => {
    const { playground, send } = await faulty({ kind: "status", status: 503, times: 2 });
    const statuses = [];
    for (let count = 0; count < 3; count++) statuses.push((await send()).status);
    expect(statuses).toEqual([503, 503, 200]);
    playground.setFault("m", { kind: "status", status: 503 });
    for (let count = 0; count < 3; count++) expect((await send()).status).toBe(503);
    playground.setFault("m", null);
    expect((await send()).status).toBe(200);
  });

  it("silence before the headers: nothing comes, and the caller's leaving is noted", async () => {
    const { playground, send } = await faulty({ kind: "silence", phase: "headers" });
    const leave = new AbortController();
    const answer = send({ signal: leave.signal }).then(
      () => "answered",
      () => "left",
    );
    await until(() => playground.openRequests() === 1);
    leave.abort();
    expect(await answer).toBe("left");
    await until(() => playground.openRequests() === 0);
    expect(playground.log()).toMatchObject([{ status: 200, text: "", outputTokens: 0, costNano: 0, end: "closed" }]);
  });

  it("silence before the content: headers and an opening, with signs of life if wanted", async () => {
    const { send } = await faulty({ kind: "silence", phase: "content", keepAlives: true });
    const leave = new AbortController();
    const response = await send({ signal: leave.signal });
    expect(response.status).toBe(200);
    const seen = await readUntil(response, (stream) => (stream.match(/keep-alive|"ping"/g) ?? []).length >= 3);
    expect(textOf(eventsIn(seen))).toBe("");
    leave.abort();
  });

  it("stall: so many characters, then nothing, on an open connection", async () => {
    const { playground, send } = await faulty({ kind: "stall", afterCharacters: 10 });
    const leave = new AbortController();
    const response = await send({ signal: leave.signal });
    const seen = await readUntil(response, (stream) => textOf(eventsIn(stream)).length >= 10);
    expect(textOf(eventsIn(seen))).toBe(text.slice(0, 10));
    expect(playground.openRequests()).toBe(1);
    leave.abort();
    await until(() => playground.log().length === 1);
    expect(playground.log()).toMatchObject([{ text: text.slice(0, 10), end: "closed" }]);
  });

  it("cut: so many characters, then the connection is torn down", async () => {
    const { playground, send } = await faulty({ kind: "cut", afterCharacters: 10 });
    const response = await send();
    let seen = "";
    const reading = async () => {
      const characters = new TextDecoder();
      for await (const bytes of response.body ?? []) seen += characters.decode(bytes, { stream: true });
    };
    await expect(reading()).rejects.toThrow();
    expect(textOf(eventsIn(seen))).toBe(text.slice(0, 10));
    expect(playground.log()).toMatchObject([{ text: text.slice(0, 10), end: "broken" }]);
    expect(playground.log()[0]?.costNano).toBeGreaterThan(0);
  });

  it("cut does not split an emoji", async () => {
    const { playground, send } = await faulty({ kind: "cut", afterCharacters: 7 });
    await (await send()).text().catch(() => "");
    expect(playground.log()).toMatchObject([{ text: "Grüße " }]);
  });

  it("html: a login page with status 200", async () => {
    const { send } = await faulty({ kind: "html" });
    const response = await send();
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    expect(await response.text()).toContain("<title>Sign in to the guest network</title>");
  });

  it("json-error-200: an error under status 200", async () => {
    const { send } = await faulty({ kind: "json-error-200" });
    const response = await send();
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "application/json"]);
    expect((await response.json()).error.message).toBe("The model behind this address failed.");
  });

  it("empty: a complete answer without a word, billed for what was read", async () => {
    const { playground, send } = await faulty({ kind: "empty" });
    const stream = await (await send()).text();
    expect(textOf(eventsIn(stream))).toBe("");
    expect(stream).toContain(end);
    expect(playground.log()).toMatchObject([{ text: "", outputTokens: 0, costNano: 7_000, end: "finished" }]);
  });

  it("no-usage: the whole text, and no true count of tokens", async () => {
    const { playground, send } = await faulty({ kind: "no-usage" });
    const events = eventsIn(await (await send()).text());
    expect(textOf(events)).toBe(text);
    const counts = events.flatMap((event) => [
      event.usage?.prompt_tokens,
      event.usage?.output_tokens,
      event.message?.usage.input_tokens,
    ]);
    expect(counts.filter((count) => count > 0)).toEqual([]);
    expect(playground.log()[0]?.outputTokens).toBeGreaterThan(5);
  });

  it("byte-by-byte: the same stream, each byte on its own", async () => {
    const { send } = await faulty({ kind: "byte-by-byte" });
    const response = await send();
    const sizes = new Map<number, number>();
    const characters = new TextDecoder();
    let seen = "";
    for await (const bytes of response.body ?? []) {
      sizes.set(bytes.length, (sizes.get(bytes.length) ?? 0) + 1);
      seen += characters.decode(bytes, { stream: true });
    }
    expect(textOf(eventsIn(seen))).toBe(text);
    // A kernel may join a few on the way; most arrive alone.
    expect(sizes.get(1) ?? 0).toBeGreaterThan(seen.length / 2);
  });

  it("in-band-error: so many characters, then an error event", async () => {
    const { playground, send } = await faulty({ kind: "in-band-error", afterCharacters: 12 });
    const stream = await (await send()).text();
    const events = eventsIn(stream);
    expect(textOf(events)).toBe(text.slice(0, 12));
    expect(events.at(-1)).toMatchObject(error);
    expect(stream).not.toContain(end);
    expect(playground.log()).toMatchObject([{ text: text.slice(0, 12), end: "broken" }]);
  });

  it("no-end-signal: the whole text, then an orderly close", async () => {
    const { playground, send } = await faulty({ kind: "no-end-signal" });
    const stream = await (await send()).text();
    expect(textOf(eventsIn(stream))).toBe(text);
    expect(stream).not.toContain(end);
    expect(stream).not.toMatch(/"finish_reason":"|"stop_reason":"/);
    expect(playground.log()).toMatchObject([{ text, end: "broken" }]);
  });

  it("slow: the same answer, spread over time", async () => {
    const { playground, send } = await faulty({ kind: "slow", tokensPerSecond: 1_000 });
    expect(textOf(eventsIn(await (await send()).text()))).toBe(text);
    expect(playground.log()).toMatchObject([{ text, end: "finished" }]);
  });

  it("a caller who leaves stops the model, and is billed for what was written", async () => {
    const endless = scripted("long", "word ".repeat(3_000), more);
    const playground = await start({ models: [endless] });
    playground.setFault("long", { kind: "slow", tokensPerSecond: 200 });
    const leave = new AbortController();
    const response = await ask(playground, { model: "long", stream: true }, { signal: leave.signal });
    await readUntil(response, (stream) => textOf(eventsIn(stream)).length >= 20);
    leave.abort();
    await until(() => playground.log().length === 1);
    const [row] = playground.log();
    expect(row?.end).toBe("closed");
    expect(row?.text.length).toBeGreaterThanOrEqual(20);
    expect(row?.text.length).toBeLessThan(1_000);
    expect(row?.costNano).toBe(7_000 + (row?.outputTokens ?? 0) * 2_000);
  });
});

describe("the playground as a whole", () => {
  it("writes down the last 500 requests", async () => {
    const playground = await start({
      models: [scripted("m", "a", { answer: ({ messages }) => messages[0]?.text ?? "" })],
    });
    for (let count = 1; count <= 503; count++) {
      await (await askOpenAi(playground, { model: "m", messages: [{ role: "user", content: `${count}` }] })).text();
    }
    const rows = playground.log();
    expect([rows.length, rows[0]?.text, rows.at(-1)?.text]).toEqual([500, "4", "503"]);
  });

  it("keeps two answers apart that are written at the same time", async () => {
    const models = ["aa", "bb"].map((id) => scripted(id, `${id} `.repeat(200)));
    const playground = await start({ models });
    const read = async (model: string) =>
      textOf(eventsIn(await (await askOpenAi(playground, { model, stream: true })).text()));
    expect(await Promise.all([read("aa"), read("bb")])).toEqual(["aa ".repeat(200), "bb ".repeat(200)]);
  });

  it("closes with requests hanging, and frees its port", async () => {
    const playground = await start({ models: [scripted("m", "a")] });
    playground.setFault("m", { kind: "silence", phase: "headers" });
    const answer = askOpenAi(playground, { model: "m" }).catch(() => "torn down");
    await until(() => playground.openRequests() === 1);
    await playground.close();
    expect(await answer).toBe("torn down");
    expect([playground.openRequests(), playground.openConnections()]).toEqual([0, 0]);
    const again = await start({ port: Number(new URL(playground.origin).port) });
    expect(again.origin).toBe(playground.origin);
    await expect(start({ port: Number(new URL(playground.origin).port) })).rejects.toThrow("EADDRINUSE");
  });

  it("counts the sockets that callers hold", async () => {
    const playground = await start();
    const { port } = new URL(playground.origin);
    // Not fetch, whose pool opens sockets of its own accord.
    const sockets = [connect(Number(port), "127.0.0.1"), connect(Number(port), "127.0.0.1")];
    await until(() => playground.openConnections() === 2);
    sockets[0]?.destroy();
    await until(() => playground.openConnections() === 1);
    sockets[1]?.destroy();
    await until(() => playground.openConnections() === 0);
  });

  it("listens on loopback only", async () => {
    const playground = await start();
    expect(playground.openAiBaseUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/openai\/v1$/);
    expect(playground.anthropicBaseUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/anthropic\/v1$/);
  });

  it("says so when a fault is set on a model it does not serve", async () => {
    const playground = await start();
    expect(() => playground.setFault("gpt-9", null)).toThrow('The playground serves no model "gpt-9".');
  });
});

describe("the realistic pace", () => {
  it("draws the speed of an answer once, and its gaps around that", () => {
    const pace = { firstTokenMs: [400, 600], tokensPerSecond: [60, 80] } as const;
    const slowest = paceAnswer({ pace, random: () => 0 });
    expect([slowest.firstTokenMs, Math.round(slowest.gapMs() * 10) / 10]).toEqual([400, 8.3]);
    const draws = [0.5, 0.5, 0, 1, 0.5];
    const middle = paceAnswer({ pace, random: () => draws.shift() ?? 0 });
    expect(middle.firstTokenMs).toBe(500);
    expect([middle.gapMs(), middle.gapMs(), middle.gapMs()].map((gap) => Math.round(gap * 100) / 100)).toEqual([
      7.14, 21.43, 14.29,
    ]);
  });

  it("is kept by the clock that is passed in", async () => {
    let nowMs = 1_000_000;
    // Each look at the clock takes a second of it, so nothing is ever early and nothing is waited for.
    const playground = await start({ pace: "realistic", now: () => (nowMs += 1_000), random: () => 0 });
    const stream = await (await askOpenAi(playground, { model: "sim-small", stream: true })).text();
    expect(textOf(eventsIn(stream))).toContain("*Simulated answer: no model was asked.*");
    expect(playground.log()[0]?.atMs).toBeGreaterThan(1_000_000);
  });
});

/** Reads a stream until what has come is enough, and leaves it open. */
async function readUntil(response: Response, isEnough: (stream: string) => boolean): Promise<string> {
  const reader = response.body?.getReader();
  const characters = new TextDecoder();
  let seen = "";
  while (!isEnough(seen)) {
    const next = await reader?.read();
    if (next === undefined || next.done) throw new Error("The stream ended.");
    seen += characters.decode(next.value, { stream: true });
  }
  return seen;
}
