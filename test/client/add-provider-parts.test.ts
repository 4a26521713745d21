import { describe, expect, it } from "vitest";
import { addProvider, type NewProvider } from "../../client/add-provider.ts";
import { withProvider } from "../../client/write-providers.ts";
import { resolveBaseUrl } from "../../shared/presets.ts";
import type { TestConnectionParams } from "../../shared/protocol.ts";
import { noLogin, type Reply, scriptedDialog } from "./scripted-dialog.ts";

async function play(
  script: readonly Reply[],
  environment: Record<string, string> = {},
): Promise<{ result: NewProvider | null; seen: string[]; tested: TestConnectionParams[] }> {
  const { dialog, seen, left } = scriptedDialog(script);
  const tested: TestConnectionParams[] = [];
  const result = await addProvider({
    dialog,
    taken: [],
    environment,
    findLocalServers: async () => [],
    async testConnection(params) {
      tested.push(params);
      const resolved = resolveBaseUrl(params);
      const name = `${params.providerId}/small`;
      const model = {
        providerId: params.providerId,
        modelId: "small",
        tier: null,
        windowTokens: 128_000,
        maxOutputTokens: null,
        inputPerMillionUsd: 0.15,
        outputPerMillionUsd: 0.6,
        priceSource: "provider",
        simulated: false,
      } as const;
      const baseUrl = resolved.ok ? resolved.baseUrl : "";
      return { ok: true, baseUrl, models: [model], tiers: { cheap: [name], frontier: [name] }, elapsedMs: 1 };
    },
    login: noLogin,
    showLog: () => {},
  });
  expect(left()).toBe(0);
  return { result, seen, tested };
}

describe("Add Provider, where something of the person's own belongs into it,", () => {
  it("asks for what stands in an address of the person's own, and writes the address", async () => {
    const { result, seen, tested } = await play([
      { pick: "Cloudflare AI Gateway" },
      { type: "0a1b" },
      { type: "my/gate" },
      "back",
      { type: "0a1b2c" },
      { type: " my-gate " },
      { type: "token-1" },
      "enter",
      "enter",
    ]);
    const baseUrl = "https://gateway.ai.cloudflare.com/v1/0a1b2c/my-gate/compat";
    expect(result).toMatchObject({ id: "cloudflare", preset: "cloudflare", baseUrl, key: "token-1" });
    expect(result).not.toHaveProperty("headers");
    expect(tested).toEqual([{ preset: "cloudflare", providerId: "cloudflare", key: "token-1", baseUrl }]);
    expect(seen.slice(1, 5)).toEqual([
      expect.stringMatching(/^Add Cloudflare AI Gateway \(2\/6\) .*Enter your Cloudflare account's id$/),
      expect.stringMatching(/^Add Cloudflare AI Gateway \(3\/6\) .*Enter your gateway's name$/),
      "refused: Enter your gateway's name alone: letters, digits, dots and dashes, for example default.",
      expect.stringMatching(/^Add Cloudflare AI Gateway \(2\/6\) .*Enter your Cloudflare account's id$/),
    ]);
  });

  it("asks for a header that a gateway wants, where its server stands, and takes a key or none", async () => {
    const { result, tested } = await play([
      { pick: "Portkey, self-hosted" },
      { type: "two words" },
      { type: "openai" },
      { type: "http://127.0.0.1:9000/v1" },
      { type: "sk-1" },
      "enter",
      "enter",
    ]);
    const said = { baseUrl: "http://127.0.0.1:9000/v1", headers: { "x-portkey-provider": "openai" }, key: "sk-1" };
    expect(result).toMatchObject({ id: "portkey-self-hosted", ...said });
    expect(tested).toEqual([{ preset: "portkey-self-hosted", providerId: "portkey-self-hosted", ...said }]);
    expect(result && withProvider([], {}, result)).toMatchObject({
      ok: true,
      settings: { providers: [{ preset: "portkey-self-hosted", headers: { "x-portkey-provider": "openai" } }] },
    });
    const own = await play([{ pick: "vLLM" }, "enter", { type: "" }, "enter", "enter"]);
    expect(own.result).toMatchObject({ id: "vllm", baseUrl: null, key: null });
  });

  it("asks for the place in a cloud, and takes the name of credentials for a key", async () => {
    const key = "file:/keys/my project.json";
    const inRegion = await play([
      { pick: "Google Vertex AI" },
      { type: "europe-west4" },
      { type: "my-project-123" },
      { type: key },
      "enter",
      "enter",
    ]);
    const path = (location: string) => `/v1/projects/my-project-123/locations/${location}/publishers/google`;
    const baseUrl = `https://europe-west4-aiplatform.googleapis.com${path("europe-west4")}`;
    expect(inRegion.result).toMatchObject({ id: "vertex", preset: "vertex", baseUrl, key });
    const anywhere = await play([
      { pick: "Google Vertex AI" },
      { type: "global" },
      { type: "my-project-123" },
      { type: "default" },
      "enter",
      "enter",
    ]);
    expect(anywhere.result?.baseUrl).toBe(`https://aiplatform.googleapis.com${path("global")}`);
    const amazon = await play([
      { pick: "Amazon Bedrock" },
      { type: "eu-central-1" },
      { type: "profile:my work" },
      "enter",
      "enter",
    ]);
    expect(amazon.result).toMatchObject({
      id: "bedrock",
      baseUrl: "https://bedrock-runtime.eu-central-1.amazonaws.com",
      key: "profile:my work",
    });
  });

  it("asks for the parts of an address also with a key of the environment", async () => {
    const { result } = await play(
      [{ pick: "$(key) Use the key in AZURE_OPENAI_API_KEY" }, { type: "contoso" }, "enter", "enter"],
      { AZURE_OPENAI_API_KEY: "k-1" },
    );
    expect(result).toMatchObject({ baseUrl: "https://contoso.openai.azure.com/openai/v1", key: "k-1" });
  });
});
