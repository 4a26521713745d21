import { describe, expect, it } from "vitest";
import { findKnownPrice } from "../../../server/core/known-prices.ts";
import { costNano } from "../../../server/core/price.ts";
import type { Message, ProviderPart } from "../../../server/core/provider.ts";
import { converseEvent, converseException } from "./aws-frames.ts";
import { answering, begin, connect, end, hear, modelId, refused, stop, text } from "./bedrock-vendor.ts";
import { streamedArguments, wholeCalls } from "./hear-provider.ts";
import { png, readFile, toolRequest } from "./part-wires.ts";

describe("an answer", () => {
  it("counts what the cache read and wrote beside the input", async () => {
    const counts = {
      inputTokens: 100,
      outputTokens: 20,
      totalTokens: 1_020,
      cacheReadInputTokens: 600,
      cacheWriteInputTokens: 300,
    };
    const { parts } = await hear(answering(begin, text(0, "ok"), stop(0), end("end_turn", counts)));
    const usage = { input: 100, cacheRead: 600, cacheWrite: 300, output: 20, reasoning: 0 };
    expect(parts.slice(-2)).toEqual([
      { type: "usage", usage, reportedCostUsd: null },
      { type: "finish", reason: "stop" },
    ]);
    const baseUrl = "https://bedrock-runtime.eu-central-1.amazonaws.com";
    const known = await findKnownPrice({ baseUrl, modelId, atMs: Date.UTC(2026, 5, 1) });
    // USD per million in a region: 3.3 for input, 0.33 for what was kept, 4.125 for what is kept now, 16.5 for output.
    expect(costNano(usage, known?.price ?? null)).toBe(330_000 + 198_000 + 1_237_500 + 330_000);
  });

  it("brings thinking with its signature, hidden thinking as it is, and calls in pieces", async () => {
    const thought = (reasoningContent: object) =>
      converseEvent("contentBlockDelta", { contentBlockIndex: 0, delta: { reasoningContent } });
    const call = (at: number, id: string, pieces: readonly string[]) =>
      converseEvent("contentBlockStart", {
        contentBlockIndex: at,
        start: { toolUse: { toolUseId: id, name: "read_file" } },
      }) +
      pieces
        .map((input) => converseEvent("contentBlockDelta", { contentBlockIndex: at, delta: { toolUse: { input } } }))
        .join("") +
      stop(at);
    const { parts, failure } = await hear(
      answering(
        begin,
        thought({ text: "Let me " }),
        thought({ text: "see." }),
        thought({ signature: "sig==" }),
        stop(0),
        thought({ redactedContent: "c2Vj" }),
        stop(0),
        call(1, "tooluse_1", ['{"path":', '"Ünï.ts"}']),
        call(2, "tooluse_2", []),
        end("tool_use"),
      ),
    );
    expect(failure).toBeNull();
    expect(parts.slice(0, 4)).toEqual([
      { type: "reasoning-delta", text: "Let me " },
      { type: "reasoning-delta", text: "see." },
      { type: "reasoning-end", signature: "sig==", redactedData: null },
      { type: "reasoning-end", signature: null, redactedData: "c2Vj" },
    ]);
    expect(wholeCalls(parts)).toEqual([
      ["tooluse_1", "read_file", '{"path":"Ünï.ts"}'],
      ["tooluse_2", "read_file", "{}"],
    ]);
    expect(streamedArguments(parts)[0]).toBe('{"path":"Ünï.ts"}');
    expect(parts.at(-1)).toEqual({ type: "finish", reason: "tool-calls" });
  });

  it.each([
    ["max_tokens", "length"],
    ["stop_sequence", "stop"],
    ["content_filtered", "content-filter"],
    ["guardrail_intervened", "content-filter"],
  ])("that ends with %s ends with %s", async (reason, finish) => {
    const { parts } = await hear(answering(begin, text(0, "x"), stop(0), end(reason)));
    expect(parts.at(-1)).toEqual({ type: "finish", reason: finish });
  });

  it("cut inside a message, or changed on the way, is no whole answer", async () => {
    const [stopped, counted] = [converseEvent("messageStop", { stopReason: "end_turn" }), end("end_turn")];
    const whole = begin + text(0, "half") + stop(0) + counted;
    const cut = await hear(answering(whole.slice(0, stopped.length - counted.length - 3)));
    expect(cut.failure?.kind).toBe("truncated");
    // Behind the reason why it stopped only the count is lost, as on the other wires.
    const uncounted = await hear(answering(whole.slice(0, -3)));
    expect(uncounted.failure).toBeNull();
    expect(uncounted.parts.at(-1)).toEqual({ type: "finish", reason: "stop" });
    expect(uncounted.parts.some((part) => part.type === "usage")).toBe(false);
    const at = begin.length + 60;
    const changed = await hear(answering(`${whole.slice(0, at)}\u0000${whole.slice(at + 1)}`));
    expect(changed.failure?.kind).toBe("malformed");
    const endless = await hear(answering(`${begin}\u007f\u00ff\u00ff\u00ff`));
    const short = await hear(answering(`${begin}\u0000\u0000\u0000\u0005`));
    expect(short.failure?.kind).toBe("malformed");
    expect(endless.failure).toMatchObject({ kind: "malformed", message: expect.stringContaining("more than 1 MB") });
  });

  it.each([
    ["throttlingException", "Too many requests, please wait before trying again.", "rate-limit"],
    ["modelStreamErrorException", "The model stopped.", "server-error"],
    ["internalServerException", "Something broke.", "server-error"],
    ["serviceUnavailableException", "Try again.", "overloaded"],
    ["validationException", "Input is too long for requested model.", "context-length"],
  ])("that breaks off with %s says so, before the text and after it", async (type, words, kind) => {
    for (const before of [begin, begin + text(0, "half ")]) {
      const { failure } = await hear(answering(before, converseException(type, words)));
      expect(failure?.kind).toBe(kind);
      expect(failure?.message).toContain(words);
    }
  });
});

describe("a request", () => {
  it("carries a conversation with images, thinking, calls and results in Amazon's own words", async () => {
    const by = { origin: "o", modelId };
    const messages: Message[] = [
      { role: "system", text: "Be brief." },
      { role: "user", text: "What is this?", images: [{ mediaType: "image/png", base64: png }] },
      {
        role: "assistant",
        text: "I look.",
        reasoning: [
          { text: "Hm.", signature: "sig==", redactedData: null, by },
          { text: "", signature: null, redactedData: "c2Vj", by },
        ],
        toolCalls: [{ id: "c1", name: "read_file", argumentsJson: '{"path":"a.ts"}' }],
      },
      { role: "tool", text: "const a = 1;", toolCallId: "c1" },
    ];
    const { bodies, failure, server } = await hear(answering(begin, text(0, "ok"), stop(0), end("end_turn")), {
      messages,
      toolChoice: "required",
      temperature: 0.5,
      stop: ["END"],
    });
    expect(failure).toBeNull();
    expect(server.requests[0]).toMatchObject({
      method: "POST",
      url: "/model/eu.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse-stream",
      headers: { authorization: "Bearer bedrock-key-123" },
    });
    expect(bodies).toEqual([
      expect.objectContaining({
        system: [{ text: "Be brief." }],
        messages: [
          { role: "user", content: [{ image: { format: "png", source: { bytes: png } } }, { text: "What is this?" }] },
          {
            role: "assistant",
            content: [
              { reasoningContent: { reasoningText: { text: "Hm.", signature: "sig==" } } },
              { reasoningContent: { redactedContent: "c2Vj" } },
              { text: "I look." },
              { toolUse: { toolUseId: "c1", name: "read_file", input: { path: "a.ts" } } },
            ],
          },
          {
            role: "user",
            content: [
              { toolResult: expect.objectContaining({ toolUseId: "c1", content: [{ text: "const a = 1;" }] }) },
            ],
          },
        ],
        inferenceConfig: { maxTokens: 2_000, temperature: 0.5, stopSequences: ["END"] },
        toolConfig: {
          tools: [
            {
              toolSpec: expect.objectContaining({
                name: "read_file",
                description: readFile.description,
                inputSchema: { json: readFile.parameters },
              }),
            },
          ],
          toolChoice: { any: {} },
        },
      }),
    ]);
  });

  it("for an image at an address is not sent, for Amazon looks into its own buckets alone", async () => {
    const { failure, server } = await hear(answering(begin, text(0, "ok"), stop(0), end("end_turn")), {
      messages: [{ role: "user", text: "See", images: [{ url: "https://127.0.0.1:9/a.png" }] }],
    });
    expect(failure).toMatchObject({ kind: "bad-request", parameter: "addresses" });
    expect(failure?.message).toMatch(/takes no image by its address\. Send the image itself, in base64, or choose/);
    expect(server.requests).toEqual([]);
  });

  it("marks a long prompt of Anthropic's models to be kept, and no other's", async () => {
    const messages: Message[] = [
      { role: "system", text: "Rules. ".repeat(1_000) },
      { role: "user", text: "Why?" },
    ];
    const answer = answering(begin, text(0, "ok"), stop(0), end("end_turn"));
    const marked = await hear(answer, { messages });
    expect(marked.bodies[0].system).toEqual([{ text: messages[0]?.text }, { cachePoint: { type: "default" } }]);
    const plain = await hear(answer, { messages, modelId: "openai.gpt-oss-120b-1:0" });
    expect(plain.bodies[0].system).toEqual([{ text: messages[0]?.text }]);
  });
});

describe("a refusal", () => {
  it.each([
    [429, "ThrottlingException", "Too many tokens, please wait before trying again.", "rate-limit"],
    [403, "AccessDeniedException", "You don't have access to the model with the specified model ID.", "no-access"],
    [403, "UnrecognizedClientException", "The security token included in the request is invalid.", "auth"],
    [400, "ValidationException", "Input is too long for requested model.", "context-length"],
    [400, "ValidationException", "The provided model identifier is invalid.", "unknown-model"],
    [
      400,
      "ValidationException",
      "Invocation of model ID anthropic.claude-sonnet-4-5-20250929-v1:0 with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model.",
      "unknown-model",
    ],
    [404, "ResourceNotFoundException", "Could not resolve the foundation model.", "unknown-model"],
    [424, "ModelErrorException", "The model failed.", "server-error"],
    [408, "ModelTimeoutException", "Model processing timed out.", "server-error"],
    [503, "ServiceUnavailableException", "The service is down.", "overloaded"],
  ])("with %i %s: %s", async (status, type, words, kind) => {
    const { failure, server } = await hear(refused(status, type, words));
    expect(failure?.kind).toBe(kind);
    expect(failure?.message).toContain(words);
    expect(server.requests).toHaveLength(1);
  });
});

it("tells nothing but signs of life before the first text", async () => {
  const { provider } = await connect(answering(begin, text(0, "ok"), stop(0), end("end_turn")));
  const parts: ProviderPart[] = [];
  const stream = provider.stream({ ...toolRequest, modelId }, { signal: new AbortController().signal });
  for await (const part of stream) parts.push(part);
  expect(parts[0]).toEqual({ type: "activity" });
});
