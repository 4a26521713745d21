import { describe, expect, it } from "vitest";
import { fimWireFor, ollamaFimWire } from "../../../server/core/fim-wire.ts";
import type { FimWire } from "../../../server/core/provider.ts";
import { wireRowFor } from "../../../server/providers/presets.ts";
import type { PresetId } from "../../../shared/settings.ts";

const check = (preset: PresetId, origin: string, rows: readonly (readonly [string, FimWire | null])[]) => {
  expect(rows.map(([modelId]) => [modelId, fimWireFor({ family: wireRowFor(preset, origin).fim, modelId })])).toEqual(
    rows,
  );
};

describe("how a model fills a hole", () => {
  it("at DeepSeek: every model but the one that thinks first", () => {
    check("openai-compatible", "https://api.deepseek.com", [
      ["deepseek-chat", "suffix"],
      ["deepseek-coder", "suffix"],
      ["deepseek-v4-flash", "suffix"],
      ["deepseek-reasoner", null],
    ]);
  });

  it("at Mistral's two addresses: Codestral", () => {
    for (const origin of ["https://api.mistral.ai", "https://codestral.mistral.ai"]) {
      check("openai-compatible", origin, [
        ["codestral-latest", "mistral"],
        ["codestral-2508", "mistral"],
        ["codestral-embed", null],
        ["mistral-large-latest", null],
      ]);
    }
  });

  it("at Ollama by its own wire: as it says of its model, else past the template with the model's marks", () => {
    const rows: [string, boolean | null, FimWire | null][] = [
      ["qwen2.5-coder:7b", true, "suffix"],
      ["anybody/finetuned:7b", true, "suffix"],
      ["qwen2.5-coder:7b", false, "template"],
      ["codellama:13b-instruct", null, "template"],
      ["qwen2.5-coder:7b", null, "suffix"],
      ["llama3.2:3b", false, null],
      ["llama3.2:3b", null, null],
    ];
    expect(rows.map(([modelId, insert]) => [modelId, insert, ollamaFimWire({ modelId, insert })])).toEqual(rows);
  });

  it("at Ollama: code models whose template has a place for the suffix", () => {
    check("ollama", "http://127.0.0.1:11434", [
      ["qwen2.5-coder:1.5b", "suffix"],
      ["qwen3-coder:30b", "suffix"],
      ["someone/qwen2.5-coder:7b", "suffix"],
      ["codellama:7b-code", "suffix"],
      ["codellama:13b-instruct", null],
      ["starcoder2:3b", "suffix"],
      ["deepseek-coder-v2:16b", "suffix"],
      ["deepseek-coder:6.7b-base", "suffix"],
      ["deepseek-coder:6.7b-instruct", null],
      ["codegemma:2b", "suffix"],
      ["codegemma:7b-instruct", null],
      ["codestral:22b", "suffix"],
      ["granite-code:8b-base", "suffix"],
      ["qwen3:8b", null],
      ["llama3.3:70b", null],
    ]);
  });

  it("at llama.cpp: whatever it has loaded", () => {
    check("llamacpp", "http://127.0.0.1:8080", [
      ["../models/ggml-model.gguf", "infill"],
      ["gpt-oss-20b", "infill"],
    ]);
  });

  it("elsewhere: Qwen-Coder by its own marks, also for one's own server under a name", () => {
    const rows = [
      ["Qwen/Qwen2.5-Coder-7B-Instruct", "template"],
      ["qwen2.5-coder-7b-instruct-mlx", "template"],
      ["codeqwen1.5-7b", "template"],
      ["qwen3-32b", null],
      ["openai/gpt-oss-20b", null],
    ] as const;
    check("lmstudio", "http://127.0.0.1:1234", rows);
    check("openai-compatible", "http://127.0.0.1:8000", rows);
    check("openai-compatible", "https://dashscope.aliyuncs.com", rows);
  });

  it("behind a gateway and at the large vendors: in chat alone", () => {
    check("openrouter", "https://openrouter.ai", [
      ["qwen/qwen3-coder", null],
      ["mistralai/codestral-2508", null],
    ]);
    check("tokenmix", "https://api.tokenmix.ai", [["qwen3-coder", null]]);
    check("openai-compatible", "https://ai-gateway.vercel.sh", [["alibaba/qwen3-coder", null]]);
    check("openai", "https://api.openai.com", [["gpt-5.4-mini", null]]);
    check("anthropic", "https://api.anthropic.com", [["claude-haiku-4-5", null]]);
  });
});
