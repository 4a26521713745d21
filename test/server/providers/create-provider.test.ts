import { afterEach, describe, expect, it, vi } from "vitest";
import type { Wire } from "../../../server/core/provider.ts";
import { createProvider } from "../../../server/providers/create-provider.ts";
import type { Http } from "../../../server/providers/http.ts";
import { failureOf } from "../../../shared/failure.ts";
import { presets } from "../../../shared/presets.ts";
import { type PresetId, presetIds } from "../../../shared/settings.ts";

const quiet: Http = {
  request: () => expect.unreachable("nothing may be sent"),
  fetch: () => expect.unreachable("nothing may be sent"),
  close: async () => {},
};
const create = (preset: PresetId, more: { baseUrl?: string; key?: string | null } = {}) => {
  const { key = "sk-12345678", ...setting } = more;
  return createProvider({ setting: { id: "mine", preset, ...setting }, key, http: quiet });
};
const failing = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    return failureOf(error);
  }
  return expect.unreachable("it should have failed");
};

/** Presets that do not speak the OpenAI-compatible wire. */
const ownWires: Partial<Record<PresetId, Wire>> = {
  anthropic: "anthropic",
  gemini: "google",
  vertex: "google",
  "vertex-express": "google",
  bedrock: "bedrock",
  ollama: "ollama",
  "openai-responses": "openai-responses",
};

it("makes one for each preset, without sending anything", () => {
  for (const preset of presetIds) {
    const { baseUrl, addressParts } = presets[preset];
    const isWhole = baseUrl !== null && addressParts === undefined;
    const provider = create(preset, isWhole ? {} : { baseUrl: "https://api.example.com/v1" });
    expect(provider.id).toBe("mine");
    expect(provider.wire).toBe(ownWires[preset] ?? "openai-compatible");
  }
  expect(create("ollama", { baseUrl: "http://127.0.0.1:11434/v1" }).wire).toBe("openai-compatible");
  expect(create("openai", { baseUrl: "https://proxy.test:8443/v1" }).origin).toBe("https://proxy.test:8443");
});

it.each<[PresetId, { baseUrl?: string; key?: string | null }, string, string]>([
  [
    "openai",
    { key: null },
    "key",
    "OpenAI needs a key, and none was given. Make one at https://platform.openai.com/api-keys.",
  ],
  [
    "anthropic",
    { key: " \n" },
    "key",
    "Anthropic needs a key, and none was given. Make one at https://console.anthropic.com/settings/keys.",
  ],
  [
    "openai",
    { key: "sk-“quoted”" },
    "key",
    "The key holds a space, a line break or another character that no key has. Copy it again.",
  ],
  [
    "openai",
    { key: "sk-a b" },
    "key",
    "The key holds a space, a line break or another character that no key has. Copy it again.",
  ],
  ["openai-compatible", {}, "baseUrl", "This provider needs a base URL, for example https://api.example.com/v1."],
  [
    "openai",
    { baseUrl: "api.openai.com/v1" },
    "baseUrl",
    '"api.openai.com/v1" has no scheme. Write https://api.openai.com/v1.',
  ],
])("%s with %j is refused: %s", (preset, more, field, message) => {
  expect(failing(() => create(preset, more))).toEqual({ kind: "setup", field, message });
});

describe("the environment decides nothing", () => {
  afterEach(() => void vi.unstubAllEnvs());

  async function sent(preset: PresetId, key: string | null, headers: Record<string, string> = {}) {
    vi.stubEnv("ANTHROPIC_API_KEY", "sk-ant-from-environment");
    vi.stubEnv("ANTHROPIC_BASE_URL", "https://evil.example.test");
    vi.stubEnv("ANTHROPIC_AUTH_TOKEN", "token-from-environment");
    vi.stubEnv("OPENAI_API_KEY", "sk-from-environment");
    vi.stubEnv("OPENAI_BASE_URL", "https://evil.example.test");
    const asked: { url: string; headers: string }[] = [];
    const stop = new Error("far enough");
    const note = (url: string, own: unknown) => {
      asked.push({ url, headers: JSON.stringify(own) });
      throw stop;
    };
    const http: Http = {
      request: async (url, init) => note(url, init.headers),
      fetch: async (input, init) => note(String(input), Object.fromEntries(new Headers(init?.headers))),
      close: async () => {},
    };
    const setting = { id: "mine", preset, headers };
    const provider = createProvider({ setting, key, http });
    const request = { modelId: "m", messages: [{ role: "user", text: "Why?" } as const], maxOutputTokens: 9 };
    const parts = provider.stream(request, { signal: new AbortController().signal })[Symbol.asyncIterator]();
    await parts.next().catch(() => {});
    return asked[0];
  }

  it("Anthropic: address and key are the person's own", async () => {
    const asked = await sent("anthropic", "sk-ant-own-key");
    expect(asked?.url).toBe("https://api.anthropic.com/v1/messages");
    expect(asked?.headers).toContain("sk-ant-own-key");
    expect(asked?.headers).not.toContain("from-environment");
  });

  it("OpenAI: the same", async () => {
    const asked = await sent("openai", "sk-own-key-1");
    expect(asked?.url).toBe("https://api.openai.com/v1/chat/completions");
    expect(asked?.headers).not.toContain("from-environment");
  });

  it("a local server gets no key at all", async () => {
    expect((await sent("ollama", null))?.headers).not.toMatch(/authorization|from-environment/);
  });
});
