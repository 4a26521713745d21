import { describe, expect, it } from "vitest";
import { factDetails, factLine } from "../../../client/webview/fact-words.ts";
import type { RouteFacts } from "../../../shared/routes.ts";

describe("what is known of a model", () => {
  const facts = {
    windowTokens: null,
    assumedWindowTokens: 8_000,
    maxOutputTokens: null,
    takesImages: null,
    takesTools: null,
    thinks: null,
    fillsHoles: false,
    sources: {},
  };
  const shown = (values: RouteFacts) => [factLine(values), factDetails(values).join("\n")];

  it("says what is assumed where nobody knows it", () => {
    expect(shown(facts)).toEqual([
      "window not known, 8,000 assumed",
      [
        "Window: not known, 8,000 tokens assumed. Write windowTokens in its provider's models",
        "Longest answer: not known",
        "Images: not known",
        "Tools: not known",
        "Thinks first: not known",
        "Holes in code: asked in chat",
      ].join("\n"),
    ]);
  });

  it("says who knows it", () => {
    expect(
      shown({
        ...facts,
        windowTokens: 131_072,
        maxOutputTokens: 16_384,
        takesImages: false,
        takesTools: true,
        thinks: true,
        fillsHoles: true,
        sources: {
          windowTokens: "genai-prices",
          maxOutputTokens: "provider",
          takesImages: "family",
          takesTools: "override",
          thinks: "family",
          fim: "override",
        },
      }),
    ).toEqual([
      "131k window · tools · thinks · fills holes",
      [
        "Window: 131,072 tokens, by the price list that comes with Wayfare",
        "Longest answer: 16,384 tokens, by its provider's list",
        "Images: no, by the table of model families",
        "Tools: yes, by your settings",
        "Thinks first: yes, by the table of model families",
        "Fills holes in code, by your settings",
      ].join("\n"),
    ]);
  });

  it("says how much of a window its server is told to load, and how more is had", () => {
    const known: RouteFacts = { ...facts, windowTokens: 32_768, sources: { windowTokens: "provider" } };
    const windowOf = (more: Partial<RouteFacts>) => factDetails({ ...known, ...more })[0];
    expect(factLine({ ...known, largestWindowTokens: 131_072 })).toBe("32k window");
    expect(windowOf({})).toBe("Window: 32,768 tokens, by its provider's list");
    expect(windowOf({ largestWindowTokens: 131_072 })).toBe(
      "Window: 32,768 tokens, by its provider's list. Its server is told to load as much of it as a question needs, from 8,192 tokens on; the model can do 131,072. Write windowTokens in its provider's models for more",
    );
    expect(windowOf({ windowTokens: 4_096, largestWindowTokens: 4_096 })).toBe(
      "Window: 4,096 tokens, by its provider's list. Its server is told to load as much of it as a question needs, from 4,096 tokens on",
    );
    expect(
      windowOf({ windowTokens: 65_536, largestWindowTokens: 131_072, sources: { windowTokens: "override" } }),
    ).toBe(
      "Window: 65,536 tokens, by your settings. Its server is told to load as much of it as a question needs, from 8,192 tokens on",
    );
  });
});
