import { expect, it } from "vitest";
import { wireRowFor } from "../../../server/providers/presets.ts";
import type { PresetId } from "../../../shared/settings.ts";

it.each<[string, PresetId]>([
  ["https://api.portkey.ai/v1", "portkey"],
  ["https://gateway.ai.cloudflare.com/v1/a/b/compat", "cloudflare-own-key"],
  ["https://api.mistral.ai/v1", "mistral"],
])("%s, entered as any address, is asked as %s, with the key where it always was", (baseUrl, preset) => {
  const { keyHeader, ...others } = wireRowFor("openai-compatible", baseUrl);
  const { keyHeader: _own, ...expected } = wireRowFor(preset, baseUrl);
  expect(others).toEqual(expected);
  expect(keyHeader).toEqual({ name: "authorization", scheme: "Bearer" });
});

it.each([
  ["http://127.0.0.1:11434", "ollama"],
  ["https://box.example/ai/ollama", "ollama"],
  ["http://127.0.0.1:11434/v1", "openai-compatible"],
  ["https://box.example/ai/v1", "openai-compatible"],
])("an Ollama at %s is asked by the wire %s", (baseUrl, wire) => {
  expect(wireRowFor("ollama", baseUrl).wire).toBe(wire);
});

it("a preset keeps its row behind another host", () => {
  expect(wireRowFor("mistral", "https://proxy.example.com/v1").includeUsage).toBe("never");
  expect(wireRowFor("openai", "https://api.mistral.ai/v1").includeUsage).toBe("ask");
});
