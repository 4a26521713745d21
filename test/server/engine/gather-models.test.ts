import { expect, it } from "vitest";
import { gatherModels } from "../../../server/engine/gather-models.ts";
import { resolveBaseUrl } from "../../../shared/presets.ts";
import type { PresetId } from "../../../shared/settings.ts";

/** A model of a provider of which nothing is listed, as routes are made of it. */
async function modelAt(preset: PresetId, baseUrl: string, modelId = "qwen2.5-coder") {
  const resolved = resolveBaseUrl({ preset, baseUrl });
  if (!resolved.ok) throw new Error(resolved.message);
  const [model] = await gatherModels({
    provider: { id: "mine", preset, baseUrl: resolved.baseUrl, origin: resolved.origin },
    wire: preset === "anthropic" ? "anthropic" : "openai-compatible",
    named: [modelId],
    listed: [],
    findKnownPrice: async () => null,
    nowMs: 0,
  });
  return model ?? expect.unreachable("it was named");
}

it.each<[PresetId, string, boolean]>([
  ["mistral", "https://api.mistral.ai/v1", true],
  ["groq", "https://api.groq.com/openai/v1", true],
  ["openai-compatible", "https://api.groq.com/openai/v1", true],
  ["deepseek", "https://api.deepseek.com", false],
  ["openai-compatible", "https://api.example.com/v1", false],
  // It reads the vendor's answer to its end, whoever is gone.
  ["portkey-self-hosted", "http://127.0.0.1:8787/v1", true],
  // What upstream does is not the gateway's to say; it tells the bill afterwards.
  ["openrouter", "https://openrouter.ai/api/v1", false],
])("%s at %s writes on after a cancel: %s", async (preset, baseUrl, billsOn) => {
  expect((await modelAt(preset, baseUrl)).billsOn === true).toBe(billsOn);
});

it.each<[PresetId, string, "free" | null]>([
  ["vllm", "http://127.0.0.1:8000/v1", "free"],
  ["vllm", "https://vllm.example.com/v1", null],
  ["ollama", "http://localhost:11434/v1", "free"],
  // On this machine, and still somebody's bill.
  ["litellm", "http://127.0.0.1:4000/v1", null],
  ["portkey-self-hosted", "http://127.0.0.1:8787/v1", null],
  ["openai-compatible", "http://127.0.0.1:8000/v1", null],
])("%s at %s costs %s", async (preset, baseUrl, price) => {
  expect((await modelAt(preset, baseUrl)).price).toBe(price);
});

it("does not call free what an Ollama hands on to its cloud", async () => {
  const at = (modelId: string) => modelAt("ollama", "http://localhost:11434", modelId);
  expect((await at("gpt-oss:20b")).price).toBe("free");
  expect((await at("gpt-oss:120b-cloud")).price).toBeNull();
});

it.each<[PresetId, string, string, string | null]>([
  ["codestral", "https://proxy.example.com/codestral/v1", "codestral-latest", "mistral"],
  ["deepseek", "https://proxy.example.com", "deepseek-chat", "suffix"],
  ["vllm", "https://vllm.example.com/v1", "Qwen/Qwen2.5-Coder-7B", "template"],
  ["together", "https://api.together.xyz/v1", "Qwen/Qwen2.5-Coder-32B-Instruct", "template"],
  ["openai-compatible", "https://api.portkey.ai/v1", "qwen2.5-coder", null],
  ["cloudflare", "https://gateway.ai.cloudflare.com/v1/a/b/compat", "workers-ai/qwen2.5-coder", null],
])("%s at %s fills holes with %s by %s, whatever the host is called", async (preset, baseUrl, modelId, fim) => {
  expect((await modelAt(preset, baseUrl, modelId)).fim).toBe(fim);
});

it("knows a model by its family at a vendor, and nothing of one on a server of one's own", async () => {
  const known = await modelAt("openai-compatible", "https://api.example.com/v1", "gpt-4o-mini");
  expect(known).toMatchObject({ windowTokens: 128_000, takesImages: true, factSources: { windowTokens: "family" } });
  // Who runs the server decides how much of its window it is given.
  for (const baseUrl of ["http://127.0.0.1:8000/v1", "https://vllm.example.com/v1"]) {
    const own = await modelAt("vllm", baseUrl, "qwen2.5-coder:7b");
    expect(own).toMatchObject({
      windowTokens: null,
      takesImages: null,
      fim: "template",
      factSources: { fim: "family" },
    });
  }
});

it("plans an Ollama's models with the window that it is told to load, more on the person's word, and fills holes as it says", async () => {
  const said = { maxOutputTokens: null, price: null, windowTokens: 32_768, largestWindowTokens: 131_072 };
  const models = await gatherModels({
    provider: {
      id: "mine",
      preset: "ollama",
      baseUrl: "http://127.0.0.1:11434",
      origin: "http://127.0.0.1:11434",
      models: [
        { id: "qwen2.5-coder:7b", windowTokens: 65_536 },
        { id: "gemma3:4b" },
        { id: "mine:1b", fim: "template" },
      ],
    },
    wire: "ollama",
    named: [],
    listed: [
      { ...said, id: "qwen2.5-coder:7b", fillsHoles: false },
      { ...said, id: "gemma3:4b", fillsHoles: false },
      { ...said, id: "mine:1b", fillsHoles: true },
    ],
    findKnownPrice: async () => null,
    nowMs: 0,
  });
  expect(models).toMatchObject([
    { windowTokens: 65_536, largestWindowTokens: 131_072, fim: "template", factSources: { windowTokens: "override" } },
    { windowTokens: 32_768, largestWindowTokens: 131_072, fim: null, factSources: { windowTokens: "provider" } },
    { fim: "template", price: "free" },
  ]);
});
