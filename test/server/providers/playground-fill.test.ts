import { afterEach, describe, expect, it } from "vitest";
import { fimWireFor } from "../../../server/core/fim-wire.ts";
import type { FimRequest, FimWire, ProviderPart } from "../../../server/core/provider.ts";
import { type Playground, startPlayground, type VendorModel } from "../../../server/playground/start-playground.ts";
import { createProvider } from "../../../server/providers/create-provider.ts";
import { createHttp } from "../../../server/providers/http.ts";
import { wireRowFor } from "../../../server/providers/presets.ts";
import { type Failure, failureOf } from "../../../shared/failure.ts";
import { networkSettingSchema, type PresetId } from "../../../shared/settings.ts";

/** Our adapter against vendors that check each request, count for themselves and keep their own log. */
const ways: readonly { wire: FimWire; preset: PresetId; address: keyof Playground; path: string; modelId: string }[] = [
  { wire: "suffix", preset: "ollama", address: "ollamaBaseUrl", path: "/completions", modelId: "starcoder2:3b" },
  {
    wire: "mistral",
    preset: "openai-compatible",
    address: "openAiBaseUrl",
    path: "/fim/completions",
    modelId: "codestral-1",
  },
  {
    wire: "template",
    preset: "openai-compatible",
    address: "openAiBaseUrl",
    path: "/completions",
    modelId: "qwen2.5-coder-pebble",
  },
  { wire: "infill", preset: "llamacpp", address: "llamaCppBaseUrl", path: "/infill", modelId: "loaded.gguf" },
];

const prefix = "export function twice(value: number): number {\n  ";
const suffix = "\n}\n";
const tier = { fromInputTokens: 0, inputUsd: 1, outputUsd: 2, cacheReadUsd: 1, cacheWriteUsd: 1 };

const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

describe.each(ways)("$wire", ({ wire, preset, address, path, modelId }) => {
  async function start(more: Partial<VendorModel> = {}) {
    const model: VendorModel = {
      id: modelId,
      wire: preset === "llamacpp" ? "llamacpp" : "openai-compatible",
      tier: "cheap",
      windowTokens: 10_000,
      maxOutputTokens: 4_000,
      price: { source: "provider", tiers: [tier] },
      ...more,
    };
    const playground = await startPlayground({ apiKey: "sim-key-123", pace: "instant", models: [model] });
    const http = createHttp(networkSettingSchema.parse({}));
    ending.push(
      () => playground.close(),
      () => http.close(),
    );
    const setting = { id: "sim", preset, baseUrl: String(playground[address]) };
    return { playground, provider: createProvider({ setting, key: "sim-key-123", http }) };
  }
  type Started = Awaited<ReturnType<typeof start>>;

  async function ask({ provider }: Started) {
    const parts: ProviderPart[] = [];
    let failure: Failure | null = null;
    const request: FimRequest = { modelId, wire, prefix, suffix, maxOutputTokens: 256, temperature: 0, stop: ["\n\n"] };
    const signal = new AbortController().signal;
    try {
      for await (const part of provider.fill?.(request, { signal }) ?? []) parts.push(part);
    } catch (error) {
      failure = failureOf(error);
    }
    const text = parts.map((part) => (part.type === "text-delta" ? part.text : "")).join("");
    return { text, failure, usage: parts.find((part) => part.type === "usage")?.usage, last: parts.at(-1) };
  }

  /** The vendor writes its row after its last byte, which is after the answer's end. */
  async function rowOf({ playground }: Started, status = 200) {
    const find = () => playground.log().find((row) => row.status === status);
    while (find() === undefined) await new Promise((resolve) => setImmediate(resolve));
    return find();
  }

  it("hears the vendor's text and counts, to the byte and the token, also of a tokenizer with another measure", async () => {
    for (const more of [{}, { tokenFactor: 1.5 }]) {
      const started = await start(more);
      const heard = await ask(started);
      const row = await rowOf(started);
      expect(heard).toMatchObject({ failure: null, text: "return value;", last: { type: "finish", reason: "stop" } });
      expect(row).toMatchObject({ path, text: heard.text, end: "finished" });
      const { input, cacheRead, output } = heard.usage ?? expect.unreachable("no usage");
      expect([input + cacheRead, output]).toEqual([row?.inputTokens, row?.outputTokens]);
    }
  });

  it("is what the table says of this address", () => {
    // Mistral's own is known by its host, which no test can have.
    if (wire === "mistral") return;
    expect(fimWireFor({ family: wireRowFor(preset, "http://127.0.0.1:1").fim, modelId })).toBe(wire);
  });

  it.each([
    ["500", { kind: "server-error" }],
    ["429", { kind: "rate-limit", retryAfterMs: 2_000 }],
    ["refused-key", { kind: "auth", status: 401 }],
    ["cut", { kind: "truncated" }],
  ] as const)("a route broken by %s is a failure of its kind", async (fault, failure) => {
    const started = await start();
    started.playground.breakRoute({ modelId, fault });
    const heard = await ask(started);
    expect(heard.failure).toMatchObject(failure);
    expect(heard.last?.type).not.toBe("finish");
  });

  it("learns from the vendor that a model cannot fill", async () => {
    const started = await start({ cannotFill: true });
    expect((await ask(started)).failure).toMatchObject({ kind: "bad-request", parameter: "suffix" });
    expect(started.provider.canFill?.(modelId, wire)).toBe(false);
  });
});
