import { describe, expect, it } from "vitest";
import { fillBaseUrl, isLoopbackHost, presetAt, presets, refusePart, resolveBaseUrl } from "../../shared/presets.ts";
import { type PresetId, presetIds } from "../../shared/settings.ts";

const resolve = (preset: PresetId, baseUrl?: string) => resolveBaseUrl({ preset, baseUrl });

describe("an address", () => {
  it.each<[PresetId, string | undefined, string, string]>([
    ["openai", undefined, "https://api.openai.com/v1", "https://api.openai.com"],
    ["openai", "  https://api.openai.com/v1/ ", "https://api.openai.com/v1", "https://api.openai.com"],
    ["openai", "https://eu.api.openai.com", "https://eu.api.openai.com/v1", "https://eu.api.openai.com"],
    ["anthropic", undefined, "https://api.anthropic.com/v1", "https://api.anthropic.com"],
    ["anthropic", "https://api.anthropic.com", "https://api.anthropic.com/v1", "https://api.anthropic.com"],
    ["anthropic", "https://api.anthropic.com/v1/messages", "https://api.anthropic.com/v1", "https://api.anthropic.com"],
    ["anthropic", "https://gate.test/anthropic", "https://gate.test/anthropic/v1", "https://gate.test"],
    ["openrouter", "https://openrouter.ai", "https://openrouter.ai/api/v1", "https://openrouter.ai"],
    ["openai-compatible", "https://api.deepseek.com", "https://api.deepseek.com", "https://api.deepseek.com"],
    ["openai-compatible", "https://x.test:8443/a/chat/completions", "https://x.test:8443/a", "https://x.test:8443"],
    ["openai-compatible", "HTTP://LocalHost:4000/v1//", "http://localhost:4000/v1", "http://localhost:4000"],
    ["openai-compatible", "http://[::1]:4000", "http://[::1]:4000", "http://[::1]:4000"],
    ["ollama", "http://127.0.0.1:11434", "http://127.0.0.1:11434", "http://127.0.0.1:11434"],
    ["ollama", "http://localhost:11434//", "http://localhost:11434", "http://localhost:11434"],
    ["ollama", "http://localhost:11434/api", "http://localhost:11434", "http://localhost:11434"],
    ["ollama", "http://localhost:11434/api/chat/", "http://localhost:11434", "http://localhost:11434"],
    ["ollama", "https://ollama.com/api/tags", "https://ollama.com", "https://ollama.com"],
    ["ollama", "https://box.example/ai/ollama/", "https://box.example/ai/ollama", "https://box.example"],
    ["ollama", "https://box.example/ai/api/generate", "https://box.example/ai", "https://box.example"],
    ["ollama", "http://localhost:11434/v1/", "http://localhost:11434/v1", "http://localhost:11434"],
    ["ollama", "http://localhost:11434/v1/chat/completions", "http://localhost:11434/v1", "http://localhost:11434"],
    ["openai", "", "https://api.openai.com/v1", "https://api.openai.com"],
  ])("%s %s → %s", (preset, written, baseUrl, origin) => {
    expect(resolve(preset, written)).toEqual({ ok: true, baseUrl, origin });
  });

  it.each<[string | undefined, string]>([
    [undefined, "This provider needs a base URL, for example https://api.example.com/v1."],
    ["api.example.com/v1", '"api.example.com/v1" has no scheme. Write https://api.example.com/v1.'],
    ["localhost:8080/v1", '"localhost:8080/v1" has no scheme. Write http://localhost:8080/v1.'],
    ["javascript:alert(1)", '"javascript:alert(1)" is not an address. Write one like https://api.example.com/v1.'],
    ["https://", '"https://" is not an address. Write one like https://api.example.com/v1.'],
    ["ftp://x.test/v1", '"ftp://" cannot be used here. Write https://x.test/v1.'],
    [
      "http://api.example.com/v1",
      "http://api.example.com would send your key and your code unencrypted. Write https://api.example.com; http is for this machine only.",
    ],
    [
      "http://localhost.example.com",
      "http://localhost.example.com would send your key and your code unencrypted. Write https://localhost.example.com; http is for this machine only.",
    ],
    [
      "https://me:secret@x.test/v1",
      "Leave the user name and password out of the base URL; give the key when asked for it.",
    ],
    ["https://x.test/v1?key=1", "Leave out what follows the ? in the base URL."],
    ["https://x.test/v1#top", "Leave out what follows the # in the base URL."],
  ])("%s is refused", (written, message) => {
    expect(resolve("openai-compatible", written)).toEqual({ ok: false, message });
  });

  it("never shows a password that was written into it", () => {
    expect(JSON.stringify(resolve("openai", "http://me:secret@x.test"))).not.toContain("secret");
  });
});

it("every preset's own address can be used, once its parts are filled in", () => {
  for (const id of presetIds) {
    const { id: own, baseUrl, addressParts = [] } = presets[id];
    expect(own).toBe(id);
    if (baseUrl === null) continue;
    const parts = Object.fromEntries(addressParts.map(({ name, example }) => [name, example]));
    const filled = fillBaseUrl(presets[id], parts);
    expect(filled).not.toMatch(/[{}]/);
    expect(resolve(id, filled)).toMatchObject({ ok: true, baseUrl: filled });
    for (const part of addressParts) {
      expect(baseUrl).toContain(`{${part.name}}`);
      expect(refusePart(part, part.example)).toBeNull();
    }
    expect(resolve(id).ok).toBe(addressParts.length === 0);
  }
});

describe("an address with the person's own parts", () => {
  const { cloudflare, "azure-openai": azure } = presets;

  it("is filled in, without what was pasted around them", () => {
    expect(fillBaseUrl(cloudflare, { account: " 0a1b ", gateway: "my-gate" })).toBe(
      "https://gateway.ai.cloudflare.com/v1/0a1b/my-gate/compat",
    );
    expect(fillBaseUrl(azure, { resource: "contoso" })).toBe("https://contoso.openai.azure.com/openai/v1");
    expect(fillBaseUrl(cloudflare, { account: "0a1b" })).toBe(
      "https://gateway.ai.cloudflare.com/v1/0a1b/{gateway}/compat",
    );
  });

  it.each<[PresetId, string | undefined, string]>([
    [
      "cloudflare",
      undefined,
      "The base URL still holds {account} and {gateway}. Write your Cloudflare account's id and your gateway's name there: https://gateway.ai.cloudflare.com/v1/{account}/{gateway}/compat.",
    ],
    [
      "cloudflare",
      "https://gateway.ai.cloudflare.com/v1/0a1b/{gateway}/compat",
      "The base URL still holds {gateway}. Write your gateway's name there: https://gateway.ai.cloudflare.com/v1/0a1b/{gateway}/compat.",
    ],
    [
      "azure-openai",
      "",
      "The base URL still holds {resource}. Write your Azure resource's name there: https://{resource}.openai.azure.com/openai/v1.",
    ],
    [
      "openai-compatible",
      "https://api.example.com/{tenant}/v1",
      "The base URL still holds {tenant}. Write your own there: https://api.example.com/{tenant}/v1.",
    ],
  ])("%s %s is refused by name", (preset, written, message) => {
    expect(resolve(preset, written)).toEqual({ ok: false, message });
  });

  it.each(["", " ", "a/b", "a?b", "a b", "a@b", "https://contoso.openai.azure.com", "..", "ünicode", "{resource}"])(
    "%j is no part",
    (text) => {
      const [part] = azure.addressParts ?? [];
      expect(part && refusePart(part, text)).toBe(
        "Enter your Azure resource's name alone: letters, digits, dots and dashes, for example my-resource.",
      );
    },
  );

  it("is taken as it is where the person wrote it whole", () => {
    expect(resolve("azure-openai", "https://contoso.services.ai.azure.com/openai/v1/")).toMatchObject({
      baseUrl: "https://contoso.services.ai.azure.com/openai/v1",
    });
    expect(resolve("azure-openai", "https://contoso.openai.azure.com")).toMatchObject({
      baseUrl: "https://contoso.openai.azure.com/openai/v1",
    });
    expect(resolve("cloudflare", "https://gateway.ai.cloudflare.com/v1/a/b/openai/chat/completions")).toMatchObject({
      baseUrl: "https://gateway.ai.cloudflare.com/v1/a/b/openai",
    });
  });
});

describe("a vendor that was entered as any OpenAI-compatible address", () => {
  it.each<[string, PresetId]>([
    ["https://api.deepseek.com/v1", "deepseek"],
    ["https://api.mistral.ai/v1", "mistral"],
    ["https://codestral.mistral.ai/v1", "codestral"],
    ["https://dashscope-us.aliyuncs.com/compatible-mode/v1", "qwen"],
    ["https://dashscope.aliyuncs.com/compatible-mode/v1", "qwen-china"],
    ["https://ai-gateway.vercel.sh/v1", "vercel"],
    ["https://gateway.ai.cloudflare.com/v1/a/b/compat", "cloudflare-own-key"],
    ["https://generativelanguage.googleapis.com/v1beta/openai", "gemini-openai"],
    // One host, two wires; and a host that only looks like one.
    ["https://api.anthropic.com/v1", "openai-compatible"],
    ["https://api.deepseek.com.example.com/v1", "openai-compatible"],
    ["http://127.0.0.1:4000/v1", "openai-compatible"],
    ["http://[::1]:4000/v1", "openai-compatible"],
    ["no address", "openai-compatible"],
  ])("%s is %s", (baseUrl, preset) => {
    expect(presetAt("openai-compatible", baseUrl)).toBe(preset);
  });

  it("and one that was chosen stays what it is, wherever it is", () => {
    expect(presetAt("openai", "https://api.deepseek.com/v1")).toBe("openai");
    expect(presetAt("anthropic", "https://openrouter.ai/api/v1")).toBe("anthropic");
  });
});

it.each([
  ["localhost", true],
  ["app.localhost", true],
  ["127.0.0.1", true],
  ["127.8.9.10", true],
  ["[::1]", true],
  ["[::ffff:7f00:1]", true],
  ["128.0.0.1", false],
  ["127.0.0.1.example.com", false],
  ["0.0.0.0", false],
  ["10.0.0.1", false],
  ["localhost.example.com", false],
])("%s is this machine: %s", (host, loopback) => {
  expect(isLoopbackHost(host)).toBe(loopback);
});

describe.each(presetIds)("any address of %s", (id) => {
  const path = presets[id].defaultPath === "" ? "" : presets[id].defaultPath;

  it.each([
    ["a path", `https://gate.test/team/a${path}`, `https://gate.test/team/a${path}`],
    ["a slash at its end", `https://gate.test${path}/`, `https://gate.test${path}`],
    ["an endpoint", `https://gate.test/x${path}/chat/completions`, `https://gate.test/x${path}`],
    ["a port", `https://gate.test:8443/x${path}`, `https://gate.test:8443/x${path}`],
    ["an IPv6 host", `https://[2001:db8::1]:8443/x${path}`, `https://[2001:db8::1]:8443/x${path}`],
    ["this machine's IPv6 host", `http://[::1]:8080/x${path}`, `http://[::1]:8080/x${path}`],
  ])("may have %s", (_what, written, baseUrl) => {
    expect(resolve(id, written)).toEqual({ ok: true, baseUrl, origin: new URL(written).origin });
  });

  it.each([
    ["a query", "https://gate.test/v1?api-version=1", "Leave out what follows the ? in the base URL."],
    ["a mark", "https://gate.test/v1#x", "Leave out what follows the # in the base URL."],
    [
      "a user's name and password",
      "https://me:secret@gate.test/v1",
      "Leave the user name and password out of the base URL; give the key when asked for it.",
    ],
    [
      "a user's name alone",
      "https://sk-secret@gate.test/v1",
      "Leave the user name and password out of the base URL; give the key when asked for it.",
    ],
    [
      "an IPv6 host elsewhere without encryption",
      "http://[2001:db8::1]/v1",
      "http://[2001:db8::1] would send your key and your code unencrypted. Write https://[2001:db8::1]; http is for this machine only.",
    ],
  ])("may not have %s", (_what, written, message) => {
    expect(resolve(id, written)).toEqual({ ok: false, message });
  });
});
