import { expect, it } from "vitest";
import { fitMessages } from "../../../server/core/fit-messages.ts";
import { type Message, type ReasoningBlock, unknownWriter } from "../../../server/core/provider.ts";

const sonnet = { wire: "anthropic", origin: "https://api.anthropic.com", modelId: "claude-sonnet-5" } as const;
const opus = { ...sonnet, modelId: "claude-opus-5" };
const deepseek = { wire: "openai-compatible", origin: "https://api.deepseek.com", modelId: "deepseek-chat" } as const;

const block = (
  by: typeof sonnet | typeof opus | typeof deepseek,
  more: Partial<ReasoningBlock> = {},
): ReasoningBlock => ({
  text: "Hm.",
  signature: null,
  redactedData: null,
  by: { origin: by.origin, modelId: by.modelId },
  ...more,
});
const call = { id: "c1", name: "read_file", argumentsJson: "{}" };
const answer = (reasoning: ReasoningBlock[], more: Partial<Message> = {}): Message[] => [
  { role: "user", text: "Why?", images: [{ mediaType: "image/png", base64: "AAAA" }] },
  { role: "assistant", text: "Because.", reasoning, ...more },
  { role: "user", text: "And?" },
];
const kept = (messages: readonly Message[]) => messages[1]?.reasoning ?? [];

it("signed and encrypted thinking goes back to the model that wrote it, and to no other", () => {
  const signed = block(sonnet, { signature: "sig" });
  const hidden = block(sonnet, { text: "", redactedData: "x" });
  const messages = answer([signed, hidden]);
  expect(kept(fitMessages(messages, sonnet))).toEqual([signed, hidden]);
  expect(kept(fitMessages(messages, opus))).toEqual([]);
  expect(kept(fitMessages(messages, { ...sonnet, origin: "https://gateway.example.com" }))).toEqual([]);
  expect(kept(fitMessages(messages, deepseek))).toEqual([]);
});

it("signed thinking of a writer that nobody knows goes where its vendor can tell, and nowhere else", () => {
  const signed = { ...block(sonnet, { signature: "sig" }), by: unknownWriter };
  const messages = answer([signed], { toolCalls: [call] });
  expect(kept(fitMessages(messages, sonnet))).toEqual([signed]);
  expect(kept(fitMessages(messages, deepseek))).toEqual([]);
  expect(kept(fitMessages(messages, { ...sonnet, wire: "bedrock" }))).toEqual([]);
});

it("thinking without a signature goes nowhere on Anthropic's wire, and elsewhere only with the calls behind it", () => {
  expect(kept(fitMessages(answer([block(sonnet)]), sonnet))).toEqual([]);
  expect(kept(fitMessages(answer([block(deepseek)]), deepseek))).toEqual([]);
  expect(kept(fitMessages(answer([block(deepseek)], { toolCalls: [call] }), deepseek))).toEqual([block(deepseek)]);
});

it("a call keeps its signature for the model that signed it, and goes everywhere itself", () => {
  const signed = { ...call, signature: { value: "s", by: { origin: deepseek.origin, modelId: deepseek.modelId } } };
  const messages = answer([], { toolCalls: [signed] });
  expect(fitMessages(messages, deepseek)[1]?.toolCalls).toEqual([signed]);
  expect(fitMessages(messages, sonnet)[1]?.toolCalls).toEqual([call]);
});

it("text, images and results stay as they are, and nothing that was given is changed", () => {
  const messages = answer([block(sonnet, { signature: "sig" })]);
  const before = structuredClone(messages);
  const fitted = fitMessages(messages, deepseek);
  expect(messages).toEqual(before);
  expect([fitted[0], fitted[2]]).toEqual([messages[0], messages[2]]);
  expect(fitted[1]).toEqual({ role: "assistant", text: "Because." });
  const plain = [messages[0], messages[2]].filter((each) => each !== undefined);
  expect(fitMessages(plain, sonnet)).toBe(plain);
});
