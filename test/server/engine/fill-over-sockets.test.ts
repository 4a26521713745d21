import { afterEach, expect, it } from "vitest";
import { fimWireFor } from "../../../server/core/fim-wire.ts";
import { type Playground, startPlayground, type VendorModel } from "../../../server/playground/start-playground.ts";
import { createProvider } from "../../../server/providers/create-provider.ts";
import { createHttp } from "../../../server/providers/http.ts";
import { wireRowFor } from "../../../server/providers/presets.ts";
import { networkSettingSchema, type PresetId } from "../../../shared/settings.ts";
import { completionStage } from "./completion-stage.ts";
import { settle } from "./fake-clock.ts";
import { routeOf } from "./scripted-provider.ts";

/** Ghost text from the document to a vendor's socket and back, in each way that a hole can be filled. */
const ways: readonly (readonly [PresetId, keyof Playground, VendorModel["wire"], string, string[]])[] = [
  ["openai-compatible", "openAiBaseUrl", "openai-compatible", "qwen2.5-coder", ["/completions"]],
  ["ollama", "ollamaBaseUrl", "openai-compatible", "starcoder2", ["/completions"]],
  ["llamacpp", "llamaCppBaseUrl", "llamacpp", "any.gguf", ["/infill"]],
  ["openai-compatible", "openAiBaseUrl", "openai-compatible", "gpt-5.4-mini", ["/chat/completions"]],
  ["anthropic", "anthropicBaseUrl", "anthropic", "claude-haiku-4-5", ["/messages"]],
];

const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

async function stageAt(
  [preset, address, wire, modelId]: (typeof ways)[number],
  more: Partial<VendorModel> = {},
): Promise<{ playground: Playground; stage: ReturnType<typeof completionStage> }> {
  const tier = { fromInputTokens: 0, inputUsd: 1, outputUsd: 2, cacheReadUsd: 1, cacheWriteUsd: 1 };
  const model: VendorModel = {
    id: modelId,
    wire,
    tier: "cheap",
    windowTokens: 100_000,
    maxOutputTokens: 8_000,
    price: { source: "provider", tiers: [tier] },
    ...more,
  };
  const playground = await startPlayground({ apiKey: "sim-key-123", pace: "instant", models: [model] });
  const http = createHttp(networkSettingSchema.parse({}));
  ending.push(
    () => playground.close(),
    () => http.close(),
  );
  const provider = createProvider({
    setting: { id: "sim", preset, baseUrl: String(playground[address]) },
    key: "sim-key-123",
    http,
  });
  const fim = wire === "anthropic" ? null : fimWireFor({ family: wireRowFor(preset, provider.origin).fim, modelId });
  const route = routeOf("sim", { modelId, origin: provider.origin, wire: provider.wire, fim });
  return { playground, stage: completionStage({}, { routes: [route], scene: { providerOf: () => provider } }) };
}

/** The picture that a wish comes to. Sockets take their own time, during which the clock stands. */
async function picture(stage: ReturnType<typeof completionStage>, marked: string): Promise<string> {
  const asked = stage.open(marked).ask({ isInvoked: true });
  for (let turn = 0; asked.item() === "waiting" && turn < 2_000; turn += 1) {
    await stage.clock.advance(turn < 20 ? 10 : 0);
    await settle();
  }
  return asked.picture();
}

/** The vendor writes its row after its last byte, which is after the answer's end. */
async function pathsAsked(playground: Playground, count: number): Promise<string[]> {
  for (let turn = 0; playground.log().length < count && turn < 2_000; turn += 1) await settle();
  return playground.log().map(({ path }) => path);
}

const marked = "export function twice(value: number): number {\n  █\n}\n";
const filled = "export function twice(value: number): number {\n  ├return value;┤\n}\n";

it.each(ways)("%s at %s (%s, %s) is asked at %j", async (...way) => {
  const { playground, stage } = await stageAt(way);
  expect(await picture(stage, marked)).toBe(filled);
  expect(await pathsAsked(playground, 1)).toEqual(way[4]);
});

it.each(ways.slice(0, 3))(
  "%s at %s (%s, %s) that cannot fill is asked in chat at once, and from then on",
  async (...way) => {
    const { playground, stage } = await stageAt(way, { cannotFill: true });
    expect(await picture(stage, marked)).toBe(filled);
    expect(await picture(stage, marked.replaceAll("twice", "half"))).toBe(filled.replaceAll("twice", "half"));
    const chat = way[0] === "llamacpp" ? "/v1/chat/completions" : "/chat/completions";
    expect(await pathsAsked(playground, 3)).toEqual([...way[4], chat, chat]);
  },
);
