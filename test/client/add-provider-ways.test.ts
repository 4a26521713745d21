import { describe, expect, it } from "vitest";
import type { TestConnectionResult } from "../../shared/protocol.ts";
import { play } from "./add-provider-scene.ts";
import type { Reply } from "./scripted-dialog.ts";

describe("Add Provider", () => {
  it("takes the names of models by hand where something answers that has no list, once it was told so", async () => {
    const nothing = (): TestConnectionResult => ({
      ok: false,
      failure: { kind: "not-an-api", status: 404, contentType: "text/plain", message: "Nothing at /models." },
    });
    const script = [{ pick: "OpenAI-compatible" }, { type: "https://gate.example.com/v1" }, { type: "sk-1" }];
    const { result, seen } = await play(
      [...script, { press: "Name Its Models" }, { type: "alpha, beta" }, "enter", "enter"],
      { tests: [nothing] },
    );
    expect(seen).toContain(
      "fail inFront: OpenAI-compatible could not be reached with these settings. Nothing at /models. {Name Its Models|Try Again|Edit Key|Edit URL|Show Log}",
    );
    expect(result).toMatchObject({
      baseUrl: "https://gate.example.com/v1",
      models: ["alpha", "beta"],
      tiers: { cheap: ["example/alpha"], frontier: ["example/beta"] },
    });
  });

  it.each<[string, string, string, string]>([
    ["http://127.0.0.1:9701/good", "OpenAI-compatible", "local", "http://127.0.0.1:9701/good"],
    ["localhost:8080", "OpenAI-compatible", "local", "http://localhost:8080"],
    [" https://gate.example.com/v1 ", "OpenAI-compatible", "example", "https://gate.example.com/v1"],
    ["https://api.deepseek.com", "DeepSeek", "deepseek", ""],
  ])("takes an address that is pasted in place of a pick: %s", async (text, vendor, id, baseUrl) => {
    const { result, seen } = await play([{ type: text }, { type: "sk-1" }, "enter", "enter"]);
    expect(seen[1]).toMatch(new RegExp(`^row: \\$\\(link\\) Use http\\S+ \\[${vendor}\\]$`));
    expect([result?.id, result?.baseUrl ?? ""]).toEqual([id, baseUrl]);
  });

  it("lets a second account of a vendor be named, and refuses a name that is taken or none", async () => {
    const begin: Reply[] = [{ pick: "OpenAI" }, { type: "sk-2" }];
    const { result, seen, tested } = await play(
      [...begin, { type: "openai" }, { type: "My Work" }, { type: "openai-work" }, "enter", "enter"],
      { taken: ["openai"] },
    );
    expect(seen[2]).toBe('Add OpenAI (3/5) "openai-2" "openai" is taken. What is this one to be called?');
    expect(seen.filter((line) => line.startsWith("refused"))).toEqual([
      'refused: "openai" is taken.',
      "refused: Use 1 to 40 lower-case letters, digits and dashes.",
    ]);
    expect(result).toMatchObject({ id: "openai-work", tiers: { cheap: ["openai-work/small"] } });
    expect(tested[0]?.providerId).toBe("openai-work");
    expect((await play([...begin, "enter", "enter", "enter"], { taken: ["openai"] })).result?.id).toBe("openai-2");
  });

  it("asks for an address again that cannot be used, and searches for a word", async () => {
    const script: Reply[] = [
      { type: "https://me:secret@gate.example.com/v1" },
      { type: "https://gate.example.com/v1" },
    ];
    const { seen } = await play([...script, { type: "sk-1" }, "enter", "enter"]);
    expect(seen.join("\n")).toContain("(2/");
    await expect(play([{ type: "claude" }])).rejects.toThrow('Cannot do {"type":"claude"} here');
  });
});
