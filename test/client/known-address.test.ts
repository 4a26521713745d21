import { describe, expect, it } from "vitest";
import { addProvider } from "../../client/add-provider.ts";
import { resolveBaseUrl } from "../../shared/presets.ts";
import type { TestConnectionParams, TestConnectionResult } from "../../shared/protocol.ts";
import { noLogin, type Reply, scriptedDialog } from "./scripted-dialog.ts";

const fits = (params: TestConnectionParams): TestConnectionResult & { ok: true } => {
  const resolved = resolveBaseUrl(params);
  const tiers = { cheap: [`${params.providerId}/a`], frontier: [] };
  return { ok: true, baseUrl: resolved.ok ? resolved.baseUrl : "", models: [], tiers, elapsedMs: 1 };
};

async function play(script: readonly Reply[], answers: (params: TestConnectionParams) => TestConnectionResult = fits) {
  const { dialog, left } = scriptedDialog([...script, { type: "a" }, "enter", "enter"]);
  const tested: TestConnectionParams[] = [];
  const result = await addProvider({
    dialog,
    taken: [],
    environment: {},
    findLocalServers: async () => [],
    testConnection: async (params) => {
      tested.push(params);
      return answers(params);
    },
    login: noLogin,
    showLog: () => undefined,
  });
  expect(left()).toBe(0);
  return { result, tested };
}

describe("an address that was pasted", () => {
  it("takes what answers at any address for what it is", async () => {
    const asVllm = (params: TestConnectionParams): TestConnectionResult => ({ ...fits(params), preset: "vllm" });
    const { result } = await play(
      [{ pick: "OpenAI-compatible" }, { type: "https://models.example.com/v1" }, { type: "" }],
      asVllm,
    );
    expect(result).toMatchObject({
      id: "example",
      preset: "vllm",
      baseUrl: "https://models.example.com/v1",
      key: null,
    });
  });

  it("takes the preset of the vendor whose address is pasted, and lets it go with the address", async () => {
    const { result, tested } = await play([
      { pick: "OpenAI-compatible" },
      { type: "https://api.mistral.ai/v1" },
      "back",
      { type: "https://api.groq.com/openai/v1" },
      { type: "gsk" },
    ]);
    expect([result?.id, result?.preset, result?.baseUrl, tested[0]?.preset]).toEqual(["groq", "groq", null, "groq"]);
    const other = await play([
      { pick: "OpenAI-compatible" },
      { type: "https://api.mistral.ai/v1" },
      "back",
      { type: "https://models.example.com/v1" },
      { type: "" },
    ]);
    expect(other.result).toMatchObject({ id: "example", preset: "openai-compatible" });
  });
});
