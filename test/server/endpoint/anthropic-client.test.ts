import { createAnthropic } from "@ai-sdk/anthropic";
import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart } from "@ai-sdk/provider";
import { expect, it } from "vitest";
import { z } from "zod";
import type { RelayBeginning, RelayEnd, RelayPart, RelayRequest } from "../../../server/core/relay.ts";
import { errorBody, errorStatus } from "../../../server/endpoint/anthropic-errors.ts";
import { readMessages } from "../../../server/endpoint/anthropic-read-messages.ts";
import { WireError } from "../../../server/endpoint/wire.ts";

/** A real client of this wire, with our reader and writer in the place of its vendor. */

const beginning: RelayBeginning = {
  route: { providerId: "acme", modelId: "small", tier: "cheap", simulated: false },
  reason: "short question",
  attempts: 1,
  notSent: [],
  inputTokens: 12,
};
const done: Extract<RelayEnd, { state: "done" }> = {
  state: "done",
  beginning,
  text: "I look.",
  toolCalls: [{ id: "c0", name: "read", argumentsJson: '{"path":"a"}' }],
  reasoning: [],
  finishReason: "tool-calls",
  usage: { input: 10, cacheRead: 3, cacheWrite: 2, output: 7, reasoning: 0 },
  bill: { attempts: [], costNano: 1_000, costSource: "computed" },
};
const parts: RelayPart[] = [
  { type: "reasoning-delta", text: "Hm." },
  { type: "reasoning-end", signature: "sig", redactedData: null },
  { type: "text-delta", text: "I look." },
  { type: "tool-call-start", index: 0, id: "c0", name: "read" },
  { type: "tool-call-delta", index: 0, text: '{"path"' },
  { type: "tool-call-start", index: 1, id: "c1", name: "read" },
  { type: "tool-call-delta", index: 1, text: '{"path":"b"}' },
  { type: "tool-call-delta", index: 0, text: ':"a"}' },
  { type: "tool-call", index: 0, id: "c0", name: "read", argumentsJson: '{"path":"a"}' },
  { type: "tool-call", index: 1, id: "c1", name: "read", argumentsJson: '{"path":"b"}' },
];
const image = { type: "file", mediaType: "image/png", data: { type: "data", data: "iVBORw0KGgo=" } } as const;
const options: LanguageModelV4CallOptions = {
  maxOutputTokens: 2_000,
  providerOptions: { anthropic: { thinking: { type: "enabled", budgetTokens: 1_024 } } },
  tools: [{ type: "function", name: "read", description: "Reads.", inputSchema: { type: "object", properties: {} } }],
  toolChoice: { type: "auto" },
  prompt: [
    { role: "system", content: "Be brief." },
    { role: "user", content: [image, { type: "text", text: "Look." }] },
    {
      role: "assistant",
      content: [
        { type: "reasoning", text: "Hm.", providerOptions: { anthropic: { signature: "sig" } } },
        { type: "text", text: "I read." },
        { type: "tool-call", toolCallId: "c9", toolName: "read", input: { path: "z" } },
      ],
    },
    {
      role: "tool",
      content: [
        {
          type: "tool-result",
          toolCallId: "c9",
          toolName: "read",
          output: { type: "content", value: [{ type: "text", text: "z is" }, image] },
        },
      ],
    },
    { role: "user", content: [{ type: "text", text: "And now?" }] },
  ],
};

function clientOf(asked: Pick<RelayRequest, "ask">[], model = "auto") {
  const answer: typeof fetch = async (_, init) => {
    try {
      const call = readMessages(z.record(z.string(), z.unknown()).parse(JSON.parse(String(init?.body))));
      asked.push(call.request);
      const to = call.answer({ id: "r1", nowMs: 0 });
      if (!call.request.isStreamed) return Response.json(to.whole(done));
      const text = to.begin(beginning) + parts.map((part) => to.part(part)).join("") + to.end(done);
      return new Response(text, { headers: { "content-type": "text/event-stream" } });
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      return Response.json(errorBody(error.fault, "r1"), { status: errorStatus(error.fault) });
    }
  };
  return createAnthropic({ apiKey: "k", baseURL: "http://127.0.0.1:1/v1", fetch: answer }).languageModel(model);
}

it("is understood by a client, and understands it", async () => {
  const asked: Pick<RelayRequest, "ask">[] = [];
  const { stream } = await clientOf(asked).doStream(options);
  const heard: LanguageModelV4StreamPart[] = [];
  for await (const part of stream) heard.push(part);
  expect(heard.filter(({ type }) => type === "error")).toEqual([]);
  expect(heard.flatMap((part) => (part.type === "text-delta" ? [part.delta] : []))).toEqual(["I look."]);
  expect(heard.flatMap((part) => (part.type === "tool-call" ? [[part.toolCallId, part.input]] : []))).toEqual([
    ["c0", '{"path":"a"}'],
    ["c1", '{"path":"b"}'],
  ]);
  expect(heard.flatMap((part) => (part.type === "reasoning-delta" ? [part.delta] : [])).join("")).toBe("Hm.");
  expect(heard.find((part) => part.type === "finish")).toMatchObject({
    finishReason: { unified: "tool-calls" },
    usage: { inputTokens: { noCache: 10, cacheRead: 3, cacheWrite: 2 }, outputTokens: { total: 7 } },
  });
  const images = [{ mediaType: "image/png", base64: "iVBORw0KGgo=" }];
  expect(asked[0]?.ask).toMatchObject({
    messages: [
      { role: "system", text: "Be brief." },
      { role: "user", text: "Look.", images },
      { role: "assistant", text: "I read.", toolCalls: [{ id: "c9", name: "read", argumentsJson: '{"path":"z"}' }] },
      { role: "tool", text: "z is", toolCallId: "c9", images },
      { role: "user", text: "And now?" },
    ],
    tools: [{ name: "read", description: "Reads." }],
    toolChoice: "auto",
  });
});

it("gives a client a whole message, and errors that it knows", async () => {
  const whole = await clientOf([]).doGenerate(options);
  expect(whole.content).toMatchObject([
    { type: "text", text: "I look." },
    { type: "tool-call", toolCallId: "c0", input: '{"path":"a"}' },
  ]);
  await expect(clientOf([], "").doGenerate(options)).rejects.toMatchObject({
    statusCode: 400,
    message: "model is empty.",
    isRetryable: false,
  });
});
