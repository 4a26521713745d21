import { expect, it } from "vitest";
import { boundParts, countImages, estimateParts } from "../../../server/core/count-parts.ts";
import type { Message, Tool } from "../../../server/core/provider.ts";

const image = { mediaType: "image/png", base64: "A".repeat(1_000_000) } as const;
const shown: Message[] = [{ role: "user", text: "What is it?", images: [image] }];
const tool: Tool = {
  name: "read_file",
  description: "Reads a file of the workspace.",
  parameters: { type: "object", properties: { path: { type: "string", description: "Where it lies." } } },
};

const of = (modelId: string) => ({ modelId, windowTokens: 200_000 });

it("a plain conversation has no parts to count", () => {
  const messages: Message[] = [{ role: "user", text: "Why?" }];
  expect([estimateParts({ messages }), boundParts({ messages }, of("m"))]).toEqual([0, 0]);
});

it("an image costs what its model can count for the largest one, however many bytes it has", () => {
  const bound = (modelId: string) => boundParts({ messages: shown }, of(modelId));
  expect(bound("claude-sonnet-5")).toBe(4_784);
  expect(bound("anthropic/claude-haiku-4.5")).toBe(4_784);
  expect(bound("gpt-4o-mini")).toBe(48_169);
  expect(bound("openai/gpt-5.4")).toBe(12_000);
  expect(bound("gemini-3-flash")).toBe(2_240);
  expect(bound("qwen3-vl")).toBe(16_384);
  expect(estimateParts({ messages: shown })).toBe(1_600);
  expect(boundParts({ messages: [...shown, ...shown] }, of("claude-opus-5"))).toBe(2 * 4_784);
});

it("an image that its vendor looks up costs what any image does, however long its address is", () => {
  const messages: Message[] = [
    { role: "user", text: "What is it?", images: [{ url: `https://example.com/${"a".repeat(9_000)}`, detail: "low" }] },
  ];
  expect(boundParts({ messages }, of("openai/gpt-5.4"))).toBe(12_000);
  expect(boundParts({ messages }, of("unheard-of"))).toBe(16_384);
  expect(estimateParts({ messages })).toBe(1_600);
  expect(countImages(messages)).toBe(1);
});

it("documents may fill the window, whose size is the vendor's and not one that a person wrote", () => {
  const shownPdf = (...bytes: number[]): Message[] => [
    { role: "user", text: "Sum up.", documents: bytes.map((size) => ({ base64: "A".repeat((size / 3) * 4) })) },
  ];
  const two = { messages: shownPdf(300, 90_000) };
  expect(boundParts(two, of("claude-sonnet-5"))).toBe(200_000);
  expect(boundParts(two, { ...of("m"), windowTokens: null })).toBe(2_097_152);
  expect(boundParts(two, { ...of("m"), windowTokens: 8_000, factSources: { windowTokens: "override" } })).toBe(
    2_097_152,
  );
  expect(boundParts(two, { ...of("m"), factSources: { windowTokens: "provider" } })).toBe(200_000);
  expect(estimateParts({ messages: shownPdf(300) })).toBe(4_000);
  expect(estimateParts(two)).toBe(12_000);
  expect(estimateParts({ messages: shownPdf(9_000_000, 9_000_000) })).toBe(100_000);
  expect(countImages(two.messages)).toBe(0);
});

it("tools, calls and thinking count as their text and something around it", () => {
  const called: Message[] = [
    {
      role: "assistant",
      text: "",
      toolCalls: [{ id: "c1", name: "read_file", argumentsJson: '{"path":"a.ts"}' }],
      reasoning: [{ text: "Let me look.", signature: "s", redactedData: null, by: { origin: "o", modelId: "m" } }],
    },
    { role: "tool", text: "const a = 1;", toolCallId: "c1" },
  ];
  const estimate = estimateParts({ messages: called, tools: [tool] });
  const bound = boundParts({ messages: called, tools: [tool] }, of("claude-sonnet-5"));
  expect(estimate).toBeGreaterThan(400);
  expect(estimate).toBeLessThan(600);
  expect(bound).toBeGreaterThan(estimate);
  expect(boundParts({ tools: [tool] }, of("m"))).toBeGreaterThan(804);
});
