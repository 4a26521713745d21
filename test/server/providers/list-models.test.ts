import { describe, expect, it } from "vitest";
import { readModelList } from "../../../server/providers/list-models.ts";

type Facts = Parameters<typeof readModelList>[1];
const read = (list: unknown, facts: Partial<Facts> = {}) =>
  readModelList(JSON.stringify(list), { priceList: "none", local: "no", ...facts });
const openRouter = (row: object) =>
  read({ data: [{ id: "m", ...row }] }, { priceList: "openrouter" })?.[0] ?? expect.unreachable("no model");
const tier = (
  fromInputTokens: number,
  inputUsd: number,
  outputUsd: number,
  cacheReadUsd = inputUsd,
  cacheWriteUsd = inputUsd,
) => ({
  fromInputTokens,
  inputUsd,
  outputUsd,
  cacheReadUsd,
  cacheWriteUsd,
});

describe("shapes", () => {
  const row = (id: string, more: object = {}) => ({
    id,
    windowTokens: null,
    maxOutputTokens: null,
    price: null,
    ...more,
  });
  it.each([
    [
      "OpenAI",
      { object: "list", data: [{ id: "gpt-5.4-mini", object: "model", created: 1, owned_by: "system" }] },
      row("gpt-5.4-mini"),
    ],
    [
      "Anthropic",
      {
        data: [
          { type: "model", id: "claude-x", display_name: "Claude X", max_input_tokens: 200000, max_tokens: 64000 },
        ],
        has_more: false,
      },
      row("claude-x", { windowTokens: 200_000, maxOutputTokens: 64_000 }),
    ],
    [
      "TokenMix",
      { object: "list", data: [{ id: "qwen3", context_length: 131072, input_price: 0.3, output_price: 0.9 }] },
      row("qwen3", { windowTokens: 131_072 }),
    ],
    ["vLLM", { data: [{ id: "llama", max_model_len: 8192 }] }, row("llama", { windowTokens: 8_192 })],
    [
      "llama.cpp",
      { models: [{ name: "x" }], data: [{ id: "x.gguf", owned_by: "llamacpp", meta: { n_ctx_train: 32768 } }] },
      row("x.gguf", { windowTokens: 32_768 }),
    ],
    [
      "LM Studio",
      { data: [{ id: "qwen", type: "llm", max_context_length: 32768, loaded_context_length: 4096 }] },
      row("qwen", { windowTokens: 4_096 }),
    ],
    ["a bare list", [{ id: "m" }], row("m")],
  ])("%s", (_name, list, expected) => {
    expect(read(list)).toEqual([expected]);
  });

  it("none: an empty list, also as null", () => {
    expect(read({ object: "list", data: [] })).toEqual([]);
    expect(read({ object: "list", data: null })).toEqual([]);
  });

  it("no list at all", () => {
    expect(readModelList("<html>", { priceList: "none", local: "no" })).toBeNull();
    expect(read({ ok: true })).toBeNull();
    expect(read({ data: "x" })).toBeNull();
    expect(read({ data: [{ name: 5 }, 7] })).toBeNull();
  });

  it("leaves out rows without a name, doubles, and models that write no text", () => {
    const list = [
      { id: "a" },
      { id: "" },
      { id: "a" },
      "x",
      { id: "pic", architecture: { output_modalities: ["image"] } },
    ];
    expect(read(list)?.map((model) => model.id)).toEqual(["a"]);
  });

  it("takes a limit of zero or of words as unknown", () => {
    expect(read([{ id: "a", context_length: 0, max_tokens: "many" }])).toEqual([row("a")]);
  });
});

describe("prices", () => {
  it("OpenRouter: strings in USD per token, cache prices beside them, exact", () => {
    const model = openRouter({
      context_length: 1_000_000,
      top_provider: { context_length: 200_000, max_completion_tokens: 64_000 },
      pricing: {
        prompt: "0.000003",
        completion: "0.000015",
        request: "0",
        input_cache_read: "0.0000003",
        input_cache_write: "0.00000375",
      },
    });
    expect(model).toEqual({
      id: "m",
      windowTokens: 200_000,
      maxOutputTokens: 64_000,
      price: { source: "provider", tiers: [tier(0, 3, 15, 0.3, 3.75)] },
    });
    expect(openRouter({ pricing: { prompt: "0.0000025", completion: "0.00000002" } }).price).toEqual({
      source: "provider",
      tiers: [tier(0, 2.5, 0.02)],
    });
  });

  it("zero is free, a price that varies is unknown, a fee is part of the price", () => {
    expect(openRouter({ pricing: { prompt: "0", completion: "0" } }).price).toBe("free");
    expect(openRouter({ pricing: { prompt: "-1", completion: "-1" } }).price).toBeNull();
    expect(openRouter({ pricing: { prompt: "0", completion: "0", request: "0.005" } }).price).toEqual({
      source: "provider",
      tiers: [{ ...tier(0, 0, 0), requestUsd: 0.005 }],
    });
    expect(openRouter({ pricing: { prompt: "0.000001" } }).price).toBeNull();
    expect(openRouter({ pricing: { prompt: "cheap", completion: "0" } }).price).toBeNull();
    expect(openRouter({}).price).toBeNull();
  });

  it("context tiers ascend, an override keeps what it does not name, hours count as the dearer", () => {
    const pricing = {
      prompt: "0.000001",
      completion: "0.000004",
      overrides: [
        { min_prompt_tokens: 400_000, completion: "0.00001" },
        { min_prompt_tokens: 200_000, prompt: "0.000002" },
        { utc_start: "0000", utc_end: "0800", prompt: "0.0000015", completion: "0.000002" },
      ],
    };
    expect(openRouter({ pricing }).price).toEqual({
      source: "provider",
      tiers: [tier(0, 1.5, 4), tier(200_000, 2, 4), tier(400_000, 2, 10)],
    });
  });

  it("Vercel names them otherwise", () => {
    const pricing = { input: "0.000001", output: "0.000002", input_cache_read: "0.0000001" };
    expect(read([{ id: "m", pricing }], { priceList: "vercel" })?.[0]?.price).toEqual({
      source: "provider",
      tiers: [tier(0, 1, 2, 0.1)],
    });
  });

  it("are unknown where nobody documents the unit, and nothing on this machine", () => {
    const list = [{ id: "m", pricing: { prompt: "0.000001", completion: "0.000001" }, input_price: 0.3 }];
    expect(read(list)?.[0]?.price).toBeNull();
    expect(read(list, { local: "yes" })?.[0]?.price).toBe("free");
  });
});

describe("what a model takes beside text", () => {
  const takes = (row: object) => {
    const model = read({ data: [{ id: "m", ...row }] })?.[0];
    return [model?.takesImages, model?.takesTools];
  };
  it.each([
    [
      "OpenRouter",
      { architecture: { input_modalities: ["text", "image"] }, supported_parameters: ["tools", "max_tokens"] },
      [true, true],
    ],
    ["OpenRouter", { architecture: { input_modalities: ["text"] }, supported_parameters: ["stop"] }, [false, false]],
    ["LiteLLM", { supports_vision: false, supports_function_calling: true }, [false, true]],
    ["LiteLLM", { model_info: { supports_vision: true, supports_function_calling: null } }, [true, undefined]],
    ["Vercel", { tags: ["tool-use", "vision"], type: "language" }, [true, true]],
    ["Vercel", { tags: ["reasoning"], type: "language" }, [false, false]],
    ["Mistral", { capabilities: { vision: false, function_calling: true, completion_chat: true } }, [false, true]],
    ["Anthropic", { type: "model", capabilities: { image_input: { supported: true } } }, [true, undefined]],
    ["LM Studio", { type: "vlm", capabilities: ["tool_use"] }, [true, true]],
    ["LM Studio", { type: "llm" }, [undefined, undefined]],
    ["OpenAI, which does not say", { object: "model" }, [undefined, undefined]],
  ])("%s %j", (_vendor, row, expected) => {
    expect(takes(row)).toEqual(expected);
  });
});
