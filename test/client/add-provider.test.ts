import { describe, expect, it } from "vitest";
import { changeKey } from "../../client/change-key.ts";
import { presets } from "../../shared/presets.ts";
import type { LocalServer, TestConnectionResult } from "../../shared/protocol.ts";
import { away, fits, play, refuses } from "./add-provider-scene.ts";
import { noLogin, type Reply, scriptedDialog } from "./scripted-dialog.ts";

describe("Add Provider", () => {
  it("asks for provider, key and two tiers, and gives what was confirmed", async () => {
    const { result, seen, tested } = await play([
      { pick: "OpenRouter" },
      { type: " sk-or-v1-abc \n" },
      "enter",
      "enter",
    ]);
    expect(result).toEqual({
      id: "openrouter",
      preset: "openrouter",
      baseUrl: null,
      origin: "https://openrouter.ai",
      key: "sk-or-v1-abc",
      models: [],
      tiers: { cheap: ["openrouter/small"], frontier: ["openrouter/large"] },
    });
    expect(tested).toEqual([{ preset: "openrouter", providerId: "openrouter", key: "sk-or-v1-abc" }]);
    expect(seen.slice(1)).toEqual([
      "Add OpenRouter (2/4) ••• It is kept in VS Code's secret storage and sent to this provider alone. Keys are made at https://openrouter.ai/settings/keys.",
      "wait: Asking OpenRouter for its models…",
      "Add OpenRouter: cheap tier (3/4) ☑ small [$0.15 in · $0.60 out per 1M tokens · 128k window] | ☐ large [$3 in · $15 out per 1M tokens · 200k window] | ☐ odd [price unknown]",
      "Add OpenRouter: frontier tier (4/4) ☑ large [$3 in · $15 out per 1M tokens · 200k window] | ☐ small [$0.15 in · $0.60 out per 1M tokens · 128k window] | ☐ odd [price unknown]",
    ]);
  });

  it("offers keys of the environment and local servers, and uses one only when it is picked", async () => {
    const environment = { OPENAI_API_KEY: "sk-env", ANTHROPIC_API_KEY: "" };
    const local: LocalServer[] = [
      { preset: "ollama", baseUrl: "http://127.0.0.1:11434", models: ["a", "b", "c", "d", "e", "f"] },
      { preset: "lmstudio", baseUrl: "http://127.0.0.1:1234/v1", models: ["a"] },
    ];
    const left = await play(["escape"], { environment, local });
    expect(left.result).toBeNull();
    expect(left.tested).toEqual([]);
    expect(left.seen[0]).toMatch(
      /^Add Provider \(1\/4\) \$\(device-desktop\) Ollama on 127\.0\.0\.1:11434 \[6 models\] \| \$\(device-desktop\) LM Studio on 127\.0\.0\.1:1234 \[1 model\] \| \$\(key\) Use the key in OPENAI_API_KEY \[OpenAI\] \| OpenAI \[GPT models, direct\] \| /,
    );
    expect(left.seen[0]).not.toContain("ANTHROPIC_API_KEY");

    const key = await play([{ pick: "$(key) Use the key in OPENAI_API_KEY" }, "enter", "enter"], {
      environment,
      local,
    });
    expect(key.tested).toEqual([{ preset: "openai", providerId: "openai", key: "sk-env" }]);
    expect(key.result?.key).toBe("sk-env");

    const server = await play([{ pick: "$(device-desktop) Ollama on 127.0.0.1:11434" }, "enter", "enter"], { local });
    expect(server.tested[0]).toEqual({
      preset: "ollama",
      providerId: "ollama",
      key: null,
      baseUrl: "http://127.0.0.1:11434",
    });
    // The usual port is the preset's own address, so none is written.
    expect([server.result?.baseUrl, server.result?.key]).toEqual([null, null]);
  });

  it("refuses an address it cannot use, in words, and takes it once it is mended", async () => {
    const { result, seen } = await play([
      { pick: "OpenAI-compatible" },
      { type: "" },
      { type: "api.deepseek.com/v1" },
      { type: "http://api.deepseek.com/v1" },
      { type: "ftp://api.deepseek.com" },
      { type: "https://user:secret@api.deepseek.com" },
      { type: "https://api.deepseek.com/v1/chat/completions" },
      { type: "sk-1" },
      "enter",
      "enter",
    ]);
    expect(seen.filter((line) => line.startsWith("refused: "))).toEqual([
      "refused: This provider needs a base URL, for example https://api.example.com/v1.",
      'refused: "api.deepseek.com/v1" has no scheme. Write https://api.deepseek.com/v1.',
      "refused: http://api.deepseek.com would send your key and your code unencrypted. Write https://api.deepseek.com; http is for this machine only.",
      'refused: "ftp://" cannot be used here. Write https://api.deepseek.com/.',
      "refused: Leave the user name and password out of the base URL; give the key when asked for it.",
    ]);
    expect([result?.id, result?.baseUrl, result?.origin]).toEqual([
      "deepseek",
      "https://api.deepseek.com/v1",
      "https://api.deepseek.com",
    ]);
    expect(seen.map((line) => /\((\d\/\d)\)/.exec(line)?.[1]).filter((step) => step !== undefined)).toEqual([
      "1/4",
      "2/5",
      "3/5",
      "4/5",
      "5/5",
    ]);
  });

  it("refuses an empty key where one is needed and a pasted line that is none; takes off what surrounds a key", async () => {
    const { seen, tested } = await play([
      { pick: "OpenAI" },
      { type: "   " },
      { type: "export OPENAI_API_KEY=sk-1" },
      { type: "sk-schlüssel" },
      { type: 'Bearer "sk-1"' },
      "enter",
      "enter",
    ]);
    expect(seen.filter((line) => line.startsWith("refused: "))).toEqual([
      "refused: The key is empty. Paste your OpenAI key, or press Escape to leave everything as it is.",
      "refused: A key has no spaces, line breaks or accents. Paste the key alone.",
      "refused: A key has no spaces, line breaks or accents. Paste the key alone.",
    ]);
    expect(tested[0]?.key).toBe("sk-1");
  });

  it("goes without a key where none may be needed", async () => {
    const { result, tested } = await play([
      { pick: "OpenAI-compatible" },
      { type: "http://localhost:8000/v1" },
      { type: "" },
      "enter",
      "enter",
    ]);
    expect([tested[0]?.key, result?.key, result?.id]).toEqual([null, null, "local"]);
  });

  it("says what is wrong with the connection and lets key and address be mended", async () => {
    const { result, seen, tested, logShown } = await play(
      [
        { pick: "OpenAI" },
        { type: "sk-wrong" },
        { press: "Try Again" },
        { press: "Edit Key" },
        { type: "sk-right" },
        { press: "Show Log" },
        { press: "Edit URL" },
        { type: "https://gateway.example.com/v1" },
        { type: "sk-right" },
        "enter",
        "enter",
      ],
      { tests: [refuses("OpenAI does not take this key (401)."), refuses("Still 401."), away("Not an API."), fits] },
    );
    expect(seen.filter((line) => line.startsWith("fail"))).toEqual([
      "fail inFront: OpenAI did not accept the key. OpenAI does not take this key (401). {Edit Key|Try Again|Edit URL|OpenAI: keys|Show Log}",
      "fail inFront: OpenAI did not accept the key. Still 401. {Edit Key|Try Again|Edit URL|OpenAI: keys|Show Log}",
      "fail inFront: OpenAI could not be reached with these settings. Not an API. {Try Again|Edit Key|Edit URL|Show Log}",
      "fail aside: OpenAI could not be reached with these settings. Not an API. {Try Again|Edit Key|Edit URL}",
    ]);
    expect(tested.map((params) => params.key)).toEqual(["sk-wrong", "sk-wrong", "sk-right", "sk-right"]);
    expect(tested.at(-1)?.baseUrl).toBe("https://gateway.example.com/v1");
    expect([result?.baseUrl, result?.origin, logShown]).toEqual([
      "https://gateway.example.com/v1",
      "https://gateway.example.com",
      1,
    ]);
  });

  it("replaces a key of the environment that the provider does not take", async () => {
    const { result } = await play(
      [{ pick: "$(key) Use the key in OPENAI_API_KEY" }, { press: "Edit Key" }, { type: "sk-typed" }, "enter", "enter"],
      { environment: { OPENAI_API_KEY: "sk-env" }, tests: [refuses("401"), fits] },
    );
    expect(result?.key).toBe("sk-typed");
  });

  it.each<[string, Reply[]]>([
    ["at the provider", ["escape"]],
    ["at the key", [{ pick: "OpenAI" }, "escape"]],
    ["at the address", [{ pick: "OpenAI-compatible" }, "escape"]],
    ["at the test", [{ pick: "OpenAI" }, { type: "sk-1" }, "cancel"]],
    ["at the cheap tier", [{ pick: "OpenAI" }, { type: "sk-1" }, "escape"]],
    ["at the frontier tier", [{ pick: "OpenAI" }, { type: "sk-1" }, "enter", "escape"]],
  ])("gives nothing to write when the person leaves %s", async (_name, script) => {
    expect((await play(script)).result).toBeNull();
  });

  it("goes back step by step, to the key from the models, and forgets nothing that was typed before", async () => {
    const { seen, result, tested } = await play([
      { pick: "OpenAI" },
      "back",
      { pick: "OpenAI-compatible" },
      { type: "https://api.deepseek.com/v1" },
      "back",
      "enter",
      { type: "sk-1" },
      { tick: ["odd"] },
      "back",
      { tick: ["odd", "small"] },
      "back",
      "back",
      { type: "sk-2" },
      "enter",
      "enter",
    ]);
    expect(seen.flatMap((line) => /^[^(]*\(\d\/\d\)/.exec(line)?.[0] ?? [])).toEqual([
      "Add Provider (1/4)",
      "Add OpenAI (2/4)",
      "Add Provider (1/4)",
      "Add OpenAI-compatible (2/5)",
      "Add DeepSeek (3/5)",
      "Add DeepSeek (2/5)",
      "Add DeepSeek (3/5)",
      "Add DeepSeek: cheap tier (4/5)",
      "Add DeepSeek: frontier tier (5/5)",
      "Add DeepSeek: cheap tier (4/5)",
      "Add DeepSeek: frontier tier (5/5)",
      "Add DeepSeek: cheap tier (4/5)",
      "Add DeepSeek (3/5)",
      "Add DeepSeek: cheap tier (4/5)",
      "Add DeepSeek: frontier tier (5/5)",
    ]);
    expect(seen[5]).toContain('"https://api.deepseek.com/v1"');
    expect(tested.map((params) => params.key)).toEqual(["sk-1", "sk-2"]);
    expect([result?.baseUrl, result?.key]).toEqual(["https://api.deepseek.com/v1", "sk-2"]);
  });

  it("wants a model in one of the tiers, and lets a tier stay empty", async () => {
    const { seen, result } = await play([
      { pick: "OpenAI" },
      { type: "sk-1" },
      { tick: [] },
      { tick: [] },
      { tick: ["large"] },
    ]);
    expect(seen.at(-1)).toBe("refused: Pick at least one model for one of the tiers.");
    expect(result?.tiers).toEqual({ cheap: [], frontier: ["openai/large"] });
  });

  it("takes model ids by hand from a provider that lists none", async () => {
    const { result, seen } = await play(
      [
        { pick: "OpenAI-compatible" },
        { type: "https://llm.example.org/v1" },
        { type: "sk-1" },
        { type: " , " },
        { type: "small-1, big-2 small-1" },
        "enter",
        "enter",
      ],
      {
        tests: [
          (params) => ({ ...fits(params), models: [], tiers: { cheap: [], frontier: [] } }) as TestConnectionResult,
        ],
      },
    );
    expect(seen).toContain("refused: Write at least one model id, as the provider's page shows it.");
    expect(seen.at(-1)).toBe(
      "Add OpenAI-compatible: frontier tier (6/6) ☑ big-2 [price unknown] | ☐ small-1 [price unknown]",
    );
    expect(result?.models).toEqual(["small-1", "big-2"]);
    expect(result?.tiers).toEqual({ cheap: ["example/small-1"], frontier: ["example/big-2"] });
  });
});

describe("Change Key", () => {
  async function play(script: readonly Reply[], tests: (() => TestConnectionResult)[]) {
    const { dialog, seen, left } = scriptedDialog(script);
    const changed = await changeKey({
      dialog,
      provider: { id: "openai", preset: "openai", baseUrl: presets.openai.baseUrl ?? "", headers: {} },
      testConnection: async () => (tests.shift() ?? refuses("no more tests"))(),
      login: noLogin,
      showLog: () => undefined,
    });
    expect(left()).toBe(0);
    return { key: changed?.key ?? null, seen };
  }
  const takes = () => fits({ preset: "openai", providerId: "openai", key: "x" });

  it("gives the new key once the provider takes it", async () => {
    const { key, seen } = await play([{ type: "" }, { type: " sk-new " }], [takes]);
    expect(key).toBe("sk-new");
    expect(seen[1]).toBe("refused: The key is empty. Paste the new key, or press Escape to keep the old one.");
  });

  it("can be mended, kept untried, or left", async () => {
    const mended = await play([{ type: "sk-1" }, { press: "Edit Key" }, { type: "sk-2" }], [refuses("401"), takes]);
    expect(mended.key).toBe("sk-2");
    const kept = await play([{ type: "sk-1" }, { press: "Keep It Anyway" }], [away("no network")]);
    expect(kept.key).toBe("sk-1");
    expect(kept.seen.at(-1)).toBe(
      "fail inFront: OpenAI could not be reached with this key. no network {Try Again|Edit Key|Keep It Anyway|Show Log}",
    );
    const left = await play([{ type: "sk-1" }, "escape"], [refuses("401")]);
    expect(left.key).toBeNull();
    expect(left.seen.at(-1)).toBe(
      "fail inFront: OpenAI did not accept the key. 401 {Edit Key|Try Again|Keep It Anyway|OpenAI: keys|Show Log}",
    );
  });
});
