import { describe, expect, it } from "vitest";
import { isLoopbackHost, presets, resolveBaseUrl } from "../../shared/presets.ts";
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
    ["ollama", "http://127.0.0.1:11434", "http://127.0.0.1:11434/v1", "http://127.0.0.1:11434"],
    ["openai", "", "https://api.openai.com/v1", "https://api.openai.com"],
  ])("%s %s → %s", (preset, written, baseUrl, origin) => {
    expect(resolve(preset, written)).toEqual({ ok: true, baseUrl, origin });
  });

  it.each<[string | undefined, string]>([
    [undefined, "This provider needs a base URL, for example https://api.example.com/v1."],
    ["api.example.com/v1", '"api.example.com/v1" has no scheme. Write https://api.example.com/v1.'],
    ["localhost:8080/v1", '"localhost:8080/v1" has no scheme. Write http://localhost:8080/v1.'],
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

it("every preset's own address can be used", () => {
  for (const id of presetIds) {
    expect(presets[id].id).toBe(id);
    if (presets[id].baseUrl !== null) expect(resolve(id)).toMatchObject({ ok: true, baseUrl: presets[id].baseUrl });
  }
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
