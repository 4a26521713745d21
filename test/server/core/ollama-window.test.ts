import { describe, expect, it } from "vitest";
import { isCloudModel, usableWindow, windowToLoad } from "../../../server/core/ollama-window.ts";

describe("the window that Ollama is told to load", () => {
  const load = (promptTokens: number, roomTokens: number, windowTokens: number | null = 32_768, lastTokens = 0) =>
    windowToLoad({ promptTokens, roomTokens, windowTokens, lastTokens });

  it("is the lowest rung in which prompt and room fit, with a quarter to spare for the estimate", () => {
    expect(load(0, 1)).toBe(8_192);
    expect(load(4_000, 3_192)).toBe(8_192);
    expect(load(4_000, 3_193)).toBe(16_384);
    expect(load(12_000, 2_000)).toBe(32_768);
  });

  it("is at most the route's window, which may be no rung and more than what is loaded unasked", () => {
    expect(load(500, 500, 4_096)).toBe(4_096);
    expect(load(9_000, 500, 12_000)).toBe(12_000);
    expect(load(90_000, 4_000, 32_768)).toBe(32_768);
    expect(load(90_000, 4_000, 131_072)).toBe(131_072);
    expect(load(40_000, 4_000, 131_072)).toBe(65_536);
    expect(load(90_000, 4_000, null)).toBe(32_768);
  });

  it("never shrinks, for that would load the model anew", () => {
    expect(load(100, 100, 32_768, 16_384)).toBe(16_384);
    expect(load(100, 100, 4_096, 16_384)).toBe(16_384);
    expect(load(20_000, 100, 32_768, 16_384)).toBe(32_768);
  });
});

it("plans with no more of a model's window than is loaded unasked", () => {
  expect([4_096, 32_768, 131_072].map(usableWindow)).toEqual([4_096, 32_768, 32_768]);
});

it("knows models of Ollama's cloud by their name and by where they are asked", () => {
  const at = (modelId: string, origin = "http://127.0.0.1:11434") => isCloudModel({ modelId, origin });
  expect([at("gpt-oss:120b-cloud"), at("glm-5:cloud"), at("gpt-oss:120b", "https://ollama.com")]).toEqual([
    true,
    true,
    true,
  ]);
  expect([at("gpt-oss:20b"), at("cloudy:7b")]).toEqual([false, false]);
});
