import { describe, expect, it } from "vitest";
import type { FimWire } from "../../../server/core/provider.ts";
import { encodeFill } from "../../../server/providers/encode-fill.ts";
import { wireRowFor } from "../../../server/providers/presets.ts";
import type { PresetId } from "../../../shared/settings.ts";

function encode(
  wire: FimWire,
  baseUrl: string,
  preset: PresetId = "openai-compatible",
  refused: "temperature"[] = [],
  sides = { prefix: "a(", suffix: ")" },
) {
  const request = {
    modelId: "qwen2.5-coder",
    wire,
    ...sides,
    maxOutputTokens: 64,
    temperature: 0,
    stop: ["1", "2", "3", "4", "5"],
  };
  const place = { baseUrl, origin: new URL(baseUrl).origin, row: wireRowFor(preset, baseUrl) };
  return encodeFill(request, place, new Set(refused)) ?? expect.unreachable("its marks are known");
}

describe("where a hole is sent", () => {
  it.each([
    ["suffix", "https://api.deepseek.com", "https://api.deepseek.com/beta/completions"],
    ["suffix", "https://api.deepseek.com/v1", "https://api.deepseek.com/beta/completions"],
    ["suffix", "https://api.deepseek.com/beta", "https://api.deepseek.com/beta/completions"],
    ["suffix", "http://127.0.0.1:11434/v1", "http://127.0.0.1:11434/v1/completions"],
    ["mistral", "https://codestral.mistral.ai/v1", "https://codestral.mistral.ai/v1/fim/completions"],
    ["template", "http://127.0.0.1:8000/v1", "http://127.0.0.1:8000/v1/completions"],
    ["infill", "http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/infill"],
    ["infill", "http://127.0.0.1:8080/llama/v1", "http://127.0.0.1:8080/llama/infill"],
    ["infill", "https://llama.example.com/api", "https://llama.example.com/api/infill"],
  ] as const)("%s behind %s", (wire, baseUrl, url) => {
    expect(encode(wire, baseUrl).url).toBe(url);
  });

  it("does not ask Mistral for the usage that it gives unasked", () => {
    expect(encode("mistral", "https://api.mistral.ai/v1").body).not.toHaveProperty("stream_options");
    expect(encode("suffix", "https://api.deepseek.com").body).toMatchObject({
      stream_options: { include_usage: true },
    });
  });

  it("sends four stop words at most, and no parameter that was refused", () => {
    const { body } = encode("suffix", "http://127.0.0.1:11434/v1", "ollama", ["temperature"]);
    expect(body.stop).toEqual(["1", "2", "3", "4"]);
    expect(body).not.toHaveProperty("temperature");
    expect(encode("infill", "http://127.0.0.1:8080/v1", "llamacpp").body.stop).toHaveLength(5);
  });
});

describe("the text on both sides of a hole", () => {
  const sides = { prefix: "a\0b\r\nc\rd\ude00 😀(", suffix: ")\ud83d\r\n\0e 😀\r" };

  it.each([
    ["suffix", "http://127.0.0.1:11434/v1", "ollama", "prompt", "suffix"],
    ["mistral", "https://codestral.mistral.ai/v1", "openai-compatible", "prompt", "suffix"],
    ["infill", "http://127.0.0.1:8080/v1", "llamacpp", "input_prefix", "input_suffix"],
  ] as const)("leaves as %s without NUL, CR and half characters", (wire, baseUrl, preset, before, behind) => {
    expect(encode(wire, baseUrl, preset, [], sides).body).toMatchObject({
      [before]: "ab\nc\nd 😀(",
      [behind]: ")\ne 😀\n",
    });
  });
});
