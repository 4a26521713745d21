import { describe, expect, it } from "vitest";
import type { NewProvider } from "../../client/add-provider.ts";
import { nameProvider } from "../../client/name-provider.ts";
import { listProviders, withoutProvider, withProvider } from "../../client/write-providers.ts";

describe("the name of a provider", () => {
  it.each([
    ["openai", "", [], "openai"],
    ["openai", "", ["openai"], "openai-2"],
    ["openai", "", ["openai", "openai-2"], "openai-3"],
    ["openai-compatible", "https://api.deepseek.com/v1", [], "deepseek"],
    ["openai-compatible", "http://127.0.0.1:8000", [], "local"],
    ["openai-compatible", "http://[::1]:8000", [], "local"],
    ["openai-compatible", "https://gateway/v1", [], "gateway"],
  ] as const)("of %s at %s beside %j is %s", (preset, baseUrl, taken, name) => {
    expect(nameProvider(preset, baseUrl, taken)).toBe(name);
  });
});

describe("writing providers", () => {
  const added: NewProvider = {
    id: "deepseek",
    preset: "openai-compatible",
    baseUrl: "https://api.deepseek.com/v1",
    origin: "https://api.deepseek.com",
    key: "sk-never-written",
    models: [],
    tiers: { cheap: ["deepseek/chat"], frontier: [] },
  };

  it("adds a row and its models, keeps all that stood there, and never writes a key", () => {
    const odd = { id: 7, note: "mine" };
    const writing = withProvider([odd], { cheap: ["openai/small"], local: ["x"] }, added);
    expect(writing).toEqual({
      ok: true,
      settings: {
        providers: [odd, { id: "deepseek", preset: "openai-compatible", baseUrl: "https://api.deepseek.com/v1" }],
        tiers: { cheap: ["openai/small", "deepseek/chat"], frontier: [], local: ["x"] },
      },
    });
    expect(JSON.stringify(writing)).not.toContain("sk-never");
  });

  it("removes a provider with its models, and nothing whose name merely begins alike", () => {
    expect(
      withoutProvider(
        [{ id: "gate" }, { id: "gate-2" }],
        { cheap: ["gate/a", "gate-2/a"], frontier: ["gate/b"] },
        "gate",
      ),
    ).toEqual({
      ok: true,
      settings: { providers: [{ id: "gate-2" }], tiers: { cheap: ["gate-2/a"], frontier: [] } },
    });
  });

  it("refuses to write over what it does not understand", () => {
    expect(withProvider("openai", {}, added)).toEqual({
      ok: false,
      field: "wayfare.providers",
      message: "wayfare.providers is not a list. Mend it first.",
    });
    expect(withProvider([], ["openai/small"], added)).toEqual({
      ok: false,
      field: "wayfare.tiers",
      message: 'wayfare.tiers is not of the form { "cheap": […], "frontier": […] }. Mend it first.',
    });
  });

  it("lists what has a name", () => {
    const full = {
      id: "a",
      preset: "openai",
      headers: { "x-team": "blue", "x-count": 7 },
      disabled: true,
      models: ["small", { id: "large", price: "free" }, 7],
    };
    expect(listProviders([full, 7, { preset: "openai" }, { id: "b", baseUrl: "u" }])).toEqual([
      {
        id: "a",
        preset: "openai",
        baseUrl: null,
        headers: { "x-team": "blue" },
        isOff: true,
        models: ["small", "large"],
      },
      { id: "b", preset: "", baseUrl: "u", headers: {}, isOff: false, models: [] },
    ]);
  });
});
