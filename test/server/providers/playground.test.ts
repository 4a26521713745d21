import { afterEach, describe, expect, it } from "vitest";
import type { ProviderPart } from "../../../server/core/provider.ts";
import { startPlayground } from "../../../server/playground/start-playground.ts";
import { createProvider } from "../../../server/providers/create-provider.ts";
import { createHttp } from "../../../server/providers/http.ts";
import { type Failure, failureOf } from "../../../shared/failure.ts";
import { networkSettingSchema } from "../../../shared/settings.ts";

/** Both adapters against vendors that somebody else wrote, who check each request and keep their own log. */
const wires = [
  { preset: "openai-compatible", modelId: "sim-small" },
  { preset: "anthropic", modelId: "sim-large" },
] as const;

const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

describe.each(wires)("$preset", ({ preset, modelId }) => {
  async function start(key = "sim-key-123") {
    const playground = await startPlayground({ apiKey: "sim-key-123", pace: "instant" });
    const http = createHttp(networkSettingSchema.parse({}));
    ending.push(
      () => playground.close(),
      () => http.close(),
    );
    const baseUrl = preset === "anthropic" ? playground.anthropicBaseUrl : playground.openAiBaseUrl;
    return { playground, provider: createProvider({ setting: { id: "sim", preset, baseUrl }, key, http }) };
  }
  type Started = Awaited<ReturnType<typeof start>>;

  async function ask({ provider }: Started, maxOutputTokens = 2_000) {
    const parts: ProviderPart[] = [];
    let failure: Failure | null = null;
    try {
      const messages = [
        { role: "system", text: "You answer questions about code." },
        { role: "user", text: "Explain 你好 🛠️ in a word.\r\n" },
      ] as const;
      const signal = new AbortController().signal;
      for await (const part of provider.stream({ modelId, messages, maxOutputTokens }, { signal })) parts.push(part);
    } catch (error) {
      failure = failureOf(error);
    }
    const text = parts.map((part) => (part.type === "text-delta" ? part.text : "")).join("");
    return { text, failure, usage: parts.find((part) => part.type === "usage")?.usage, last: parts.at(-1) };
  }

  /** The vendor writes its row after its last byte, which is after the answer's end. */
  async function rowOf({ playground }: Started) {
    while (playground.log().length === 0) await new Promise((resolve) => setImmediate(resolve));
    return playground.log()[0];
  }

  it("hears the vendor's text and counts, to the byte and the token", async () => {
    const started = await start();
    const heard = await ask(started);
    const row = await rowOf(started);
    expect(heard.failure).toBeNull();
    expect(heard.last).toEqual({ type: "finish", reason: "stop" });
    expect(heard.text.length).toBeGreaterThan(20);
    expect(heard.text).toBe(row?.text);
    const { input, cacheRead, cacheWrite, output } = heard.usage ?? expect.unreachable("no usage");
    expect(input + cacheRead + cacheWrite).toBe(row?.inputTokens);
    expect(output).toBe(row?.outputTokens);
    expect(row).toMatchObject({ status: 200, end: "finished", model: modelId });
  });

  it("ends by length when the bound is small", async () => {
    expect((await ask(await start(), 5)).last).toEqual({ type: "finish", reason: "length" });
  });

  it("one byte at a time is the same", async () => {
    const started = await start();
    started.playground.setFault(modelId, { kind: "byte-by-byte" });
    const heard = await ask(started);
    expect(heard.failure).toBeNull();
    expect(heard.text).toBe((await rowOf(started))?.text);
  });

  it.each([
    [{ kind: "status", status: 500 }, { kind: "server-error" }],
    [
      { kind: "status", status: 429, headers: { "retry-after": "3" } },
      { kind: "rate-limit", retryAfterMs: 3_000 },
    ],
    [{ kind: "cut", afterCharacters: 20 }, { kind: "truncated" }],
    [{ kind: "no-end-signal" }, { kind: "truncated" }],
    [{ kind: "html" }, { kind: "not-an-api" }],
    [{ kind: "in-band-error", afterCharacters: 20 }, {}],
    [{ kind: "json-error-200" }, {}],
  ] as const)("%j is a failure", async (fault, failure) => {
    const started = await start();
    started.playground.setFault(modelId, fault);
    const heard = await ask(started);
    expect(heard.failure).toMatchObject(failure);
    expect(heard.failure?.kind).not.toBe("internal");
    expect(heard.last?.type).not.toBe("finish");
  });

  it("a vendor that counts nothing gives no usage, never zero", async () => {
    const started = await start();
    started.playground.setFault(modelId, { kind: "no-usage" });
    const heard = await ask(started);
    expect(heard.failure).toBeNull();
    expect(heard.usage).toBeUndefined();
  });

  it("a wrong key and an unknown model are told apart", async () => {
    expect((await ask(await start("another-key"))).failure).toMatchObject({ kind: "auth", status: 401 });
    const { provider } = await start();
    const request = { modelId: "no-such", messages: [{ role: "user", text: "?" } as const], maxOutputTokens: 9 };
    const parts = provider.stream(request, { signal: new AbortController().signal })[Symbol.asyncIterator]();
    const failure = await (async () => {
      for (;;) if ((await parts.next()).done) return null;
    })().catch(failureOf);
    expect(failure).toMatchObject({ kind: "unknown-model", model: "no-such" });
  });

  it("silence leaves nothing open once it is left", async () => {
    const started = await start();
    started.playground.setFault(modelId, { kind: "silence", phase: "content", keepAlives: true });
    const abort = new AbortController();
    const messages = [{ role: "user", text: "?" } as const];
    const hearing = (async () => {
      for await (const part of started.provider.stream(
        { modelId, messages, maxOutputTokens: 9 },
        { signal: abort.signal },
      )) {
        expect(part.type).toBe("activity");
        abort.abort();
      }
    })();
    await expect(hearing).rejects.toMatchObject({ name: "AbortError" });
    while (started.playground.openConnections() > 0) await new Promise((resolve) => setImmediate(resolve));
  });
});
