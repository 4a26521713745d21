import { describe, expect, it } from "vitest";
import { settingsIn, settingsInFiles } from "../../client/hidden-settings.ts";

describe("Wayfare's settings in a file of the workspace", () => {
  it("are found by their keys, each once", () => {
    expect(
      settingsIn(
        '{ "editor.tabSize": 2, "wayfare.providers": [], "wayfare.budget.daily" : 5, "wayfare.providers": 1 }',
      ),
    ).toEqual(["providers", "budget.daily"]);
  });

  it.each([
    ["a comment", '{ // "wayfare.providers": []\n }'],
    ["a long comment", '{ /* "wayfare.providers": [],\n "wayfare.tiers": {} */ }'],
    ["a comment without an end", '{ /* "wayfare.providers": []'],
    ["a text", '{ "a": "\\"wayfare.providers\\": []" }'],
    ["a value", '{ "a": "wayfare.providers" }'],
    ["nothing", ""],
  ])("are none in %s", (_, text) => {
    expect(settingsIn(text)).toEqual([]);
  });

  it("are found behind a text that looks like a comment", () => {
    expect(settingsIn('{ "a": "https://example.com", "b": "/*", "wayfare.tiers": {} }')).toEqual(["tiers"]);
  });

  it("of several files are taken together, and a file that is not there has none", async () => {
    const texts: Record<string, string> = { a: '{ "wayfare.tiers": {} }', b: '{ "wayfare.mode": "cheap" }' };
    const found = await settingsInFiles(["a", "missing", "b"], async (name) => {
      const text = texts[name];
      if (text === undefined) throw new Error("not found");
      return new TextEncoder().encode(text);
    });
    expect([...found]).toEqual(["tiers", "mode"]);
  });
});
