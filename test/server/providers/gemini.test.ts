import { describe, expect, it } from "vitest";
import { findKnownPrice } from "../../../server/core/known-prices.ts";
import { costNano } from "../../../server/core/price.ts";
import type { Message, ProviderRequest } from "../../../server/core/provider.ts";
import { connectTo, hearRequest, openStream, streamedArguments, wholeCalls } from "./hear-provider.ts";
import { candidate, candidateEnd, googleError } from "./native-streams.ts";
import { png, readFile, toolRequest } from "./part-wires.ts";
import type { Answer } from "./raw-server.ts";

const modelId = "gemini-3-pro";
const answering =
  (...pieces: string[]): Answer =>
  (_request, response) =>
    void openStream(response).end(pieces.join(""));
async function hear(answer: Answer, more: Partial<ProviderRequest> = {}) {
  const [provider, server] = await connectTo("gemini", answer);
  const heard = await hearRequest(provider, { ...toolRequest, modelId, ...more });
  return { ...heard, server, bodies: server.requests.map((each) => JSON.parse(each.body)) };
}
const counts = { promptTokenCount: 30, candidatesTokenCount: 7, totalTokenCount: 37 };
const refused =
  (status: number, body: string): Answer =>
  (_request, response) =>
    void response.writeHead(status, { "content-type": "application/json" }).end(body);

describe("an answer", () => {
  it("counts what was thought with what was written, and what was kept inside the prompt", async () => {
    const { parts } = await hear(
      answering(
        candidate([{ text: "ok" }]),
        candidateEnd("STOP", {
          promptTokenCount: 1_000,
          toolUsePromptTokenCount: 50,
          cachedContentTokenCount: 800,
          candidatesTokenCount: 20,
          thoughtsTokenCount: 300,
          totalTokenCount: 1_370,
        }),
      ),
    );
    const usage = { input: 250, cacheRead: 800, cacheWrite: 0, output: 320, reasoning: 300 };
    expect(parts.slice(-2)).toEqual([
      { type: "usage", usage, reportedCostUsd: null },
      { type: "finish", reason: "stop" },
    ]);
    const baseUrl = "https://generativelanguage.googleapis.com/v1beta";
    const atMs = Date.UTC(2026, 5, 1);
    const known = await findKnownPrice({ baseUrl, modelId: "gemini-2.5-flash", atMs });
    // USD per million: 0.3 for what is read, 0.03 for what was kept, 2.5 for what is thought and written.
    expect(costNano(usage, known?.price ?? null)).toBe(75_000 + 24_000 + 800_000);
  });

  it("tells how the prompt was counted before it is whole", async () => {
    const [provider] = await connectTo("gemini", answering(candidate([{ text: "half" }])));
    const told: unknown[] = [];
    const stream = provider.stream({ ...toolRequest, modelId }, { signal: new AbortController().signal });
    await expect(
      (async () => {
        for await (const part of stream) if (part.type === "activity" && part.promptUsage) told.push(part.promptUsage);
      })(),
    ).rejects.toMatchObject({ failure: { kind: "truncated" } });
    expect(told).toEqual([{ input: 30, cacheRead: 100, cacheWrite: 0, output: 0, reasoning: 0 }]);
  });

  it("brings thinking apart from the text, and each call whole with its signature", async () => {
    const { parts, failure } = await hear(
      answering(
        candidate([{ text: "Let me ", thought: true }]),
        candidate([{ text: "see.", thought: true }]),
        candidate([{ text: "I look." }]),
        candidate([
          { functionCall: { name: "read_file", args: { path: "Ünï.ts" } }, thoughtSignature: "sig==" },
          { functionCall: { name: "read_file", args: { path: "b.ts" }, id: "c2" } },
          { functionCall: { name: "list" } },
        ]),
        candidateEnd("STOP", counts),
      ),
    );
    expect(failure).toBeNull();
    expect(parts.slice(0, 4)).toEqual([
      { type: "reasoning-delta", text: "Let me " },
      { type: "reasoning-delta", text: "see." },
      { type: "reasoning-end", signature: null, redactedData: null },
      { type: "text-delta", text: "I look." },
    ]);
    const calls = wholeCalls(parts);
    expect(calls.map(([, ...call]) => call)).toEqual([
      ["read_file", '{"path":"Ünï.ts"}'],
      ["read_file", '{"path":"b.ts"}'],
      ["list", "{}"],
    ]);
    expect(calls[1]?.[0]).toBe("c2");
    expect(new Set(calls.map(([id]) => id)).size).toBe(3);
    expect(streamedArguments(parts)).toEqual(['{"path":"Ünï.ts"}', '{"path":"b.ts"}', "{}"]);
    expect(parts.flatMap((part) => (part.type === "tool-call" ? [part.signature] : []))).toEqual([
      "sig==",
      undefined,
      undefined,
    ]);
    expect(parts.at(-1)).toEqual({ type: "finish", reason: "tool-calls" });
  });

  it.each([
    ["MAX_TOKENS", "length"],
    ["SAFETY", "content-filter"],
    ["RECITATION", "content-filter"],
    ["LANGUAGE", "other"],
  ])("that ends with %s ends with %s", async (said, reason) => {
    const { parts } = await hear(answering(candidate([{ text: "x" }]), candidateEnd(said, counts)));
    expect(parts.at(-1)).toEqual({ type: "finish", reason });
  });

  it("of a blocked question is a refusal by content, with the count of the prompt", async () => {
    const blocked = { promptFeedback: { blockReason: "PROHIBITED_CONTENT" }, usageMetadata: { promptTokenCount: 30 } };
    const { parts } = await hear(answering(`data: ${JSON.stringify(blocked)}\n\n`));
    expect(parts).toEqual([
      expect.objectContaining({ type: "usage", usage: expect.objectContaining({ input: 30, output: 0 }) }),
      { type: "finish", reason: "content-filter" },
    ]);
  });

  it("whose call Gemini could not read is a failure that keeps the count", async () => {
    const { parts, failure, server } = await hear(answering(candidateEnd("MALFORMED_FUNCTION_CALL", counts)));
    const host = `127.0.0.1:${server.port}`;
    expect(failure).toEqual({
      kind: "malformed",
      message: `The model at ${host} wrote a tool call that ${host} could not read.`,
    });
    expect(parts).toEqual([expect.objectContaining({ type: "usage" })]);
  });
});

describe("a request", () => {
  it("carries a conversation with images, thinking, calls and results in Gemini's own words", async () => {
    const by = { origin: "o", modelId };
    const messages: Message[] = [
      { role: "system", text: "Be brief." },
      { role: "user", text: "What is this?", images: [{ mediaType: "image/png", base64: png }] },
      {
        role: "assistant",
        text: "I look.",
        reasoning: [{ text: "Hm.", signature: "sig1", redactedData: null, by }],
        toolCalls: [
          {
            id: "c1",
            name: "read_file",
            argumentsJson: '{"path":"a.ts"}',
            signature: { value: "sig2", by },
          },
        ],
      },
      { role: "tool", text: "const a = 1;", toolCallId: "c1" },
    ];
    const { bodies, failure } = await hear(answering(candidate([{ text: "ok" }]), candidateEnd("STOP", counts)), {
      messages,
      toolChoice: "required",
      temperature: 0.5,
      stop: ["END"],
    });
    expect(failure).toBeNull();
    expect(bodies).toEqual([
      {
        systemInstruction: { parts: [{ text: "Be brief." }] },
        contents: [
          { role: "user", parts: [{ inlineData: { mimeType: "image/png", data: png } }, { text: "What is this?" }] },
          {
            role: "model",
            parts: [
              { text: "Hm.", thought: true, thoughtSignature: "sig1" },
              { text: "I look." },
              {
                functionCall: { id: "c1", name: "read_file", args: { path: "a.ts" } },
                thoughtSignature: "sig2",
              },
            ],
          },
          {
            role: "user",
            parts: [
              {
                functionResponse: {
                  id: "c1",
                  name: "read_file",
                  response: { name: "read_file", content: "const a = 1;" },
                },
              },
            ],
          },
        ],
        tools: [
          { functionDeclarations: [expect.objectContaining({ name: "read_file", description: readFile.description })] },
        ],
        toolConfig: { functionCallingConfig: { mode: "ANY" } },
        generationConfig: {
          maxOutputTokens: 2_000,
          temperature: 0.5,
          stopSequences: ["END"],
          thinkingConfig: { includeThoughts: true },
        },
      },
    ]);
  });

  it("tells the address of an image with the type that it ends in, and sends nothing where it ends in none", async () => {
    const ask = (url: string) =>
      hear(answering(candidate([{ text: "ok" }]), candidateEnd("STOP", counts)), {
        messages: [{ role: "user", text: "See", images: [{ url }] }],
      });
    const { bodies, failure } = await ask("https://127.0.0.1:9/a.jpg?sig=a%2Fb");
    expect(failure).toBeNull();
    expect(bodies[0].contents[0].parts).toEqual([
      { fileData: { mimeType: "image/jpeg", fileUri: "https://127.0.0.1:9/a.jpg?sig=a%2Fb" } },
      { text: "See" },
    ]);
    for (const url of ["https://127.0.0.1:9/a", "http://127.0.0.1:9/a.png"]) {
      const { failure: refusal, server } = await ask(url);
      expect(refusal).toMatchObject({ kind: "bad-request", parameter: "addresses" });
      expect(server.requests).toEqual([]);
    }
  });

  it("tells a document as data of its type", async () => {
    const { bodies } = await hear(answering(candidate([{ text: "ok" }]), candidateEnd("STOP", counts)), {
      messages: [{ role: "user", text: "Sum up.", documents: [{ base64: "JVBERi0=", name: "a.pdf" }] }],
    });
    expect(bodies[0].contents[0].parts).toEqual([
      { inlineData: { mimeType: "application/pdf", data: "JVBERi0=" } },
      { text: "Sum up." },
    ]);
  });

  it("asks no older model to show what it thinks", async () => {
    const { bodies } = await hear(answering(candidate([{ text: "ok" }]), candidateEnd("STOP", counts)), {
      modelId: "gemini-2.0-flash",
    });
    expect(bodies[0].generationConfig).toEqual({ maxOutputTokens: 2_000 });
  });
});

describe("a refusal", () => {
  it("for the rate says when to come back", async () => {
    const details = [
      { "@type": "type.googleapis.com/google.rpc.QuotaFailure" },
      { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "34.5s" },
    ];
    const words = "You exceeded your current quota, please check your plan and billing details.";
    const { failure } = await hear(refused(429, googleError("rate_limit_error", words, details)));
    expect(failure).toMatchObject({ kind: "rate-limit", retryAfterMs: 34_500 });
  });

  it("for the rate inside the stream is the same", async () => {
    const details = [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "3s" }];
    const error = googleError("rate_limit_error", "Slow down.", details);
    const { failure, parts } = await hear(answering(candidate([{ text: "half" }]), `data: ${error}\n\n`));
    expect(parts).toEqual([{ type: "text-delta", text: "half" }]);
    expect(failure).toMatchObject({ kind: "rate-limit", retryAfterMs: 3_000 });
  });

  it("of the key comes as a bad request, and is one of the key", async () => {
    const details = [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "API_KEY_INVALID" }];
    const words = "API key not valid. Please pass a valid API key.";
    const { failure } = await hear(refused(400, googleError("invalid", words, details)));
    expect(failure).toMatchObject({ kind: "auth", status: 400 });
    expect(failure?.message).toContain(`refused the key (400). "${words}"`);
  });

  it.each([
    [
      400,
      "invalid",
      "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
      "context-length",
    ],
    [404, "not_found_error", "models/gemini-9 is not found for API version v1beta.", "unknown-model"],
    [503, "overloaded_error", "The model is overloaded. Please try again later.", "overloaded"],
  ])("with %i %s: %s", async (status, type, words, kind) => {
    const { failure } = await hear(refused(status, googleError(type, words)));
    expect(failure?.kind).toBe(kind);
    expect(failure?.message).toContain(words);
  });
});

it("lists the models that answer, with their limits and without their prefix", async () => {
  const [provider, server] = await connectTo("gemini", (_request, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    const limits = { inputTokenLimit: 1_048_576, outputTokenLimit: 65_536 };
    const models = [
      { name: "models/gemini-3-pro", ...limits, supportedGenerationMethods: ["generateContent", "countTokens"] },
      { name: "models/gemini-embedding-001", supportedGenerationMethods: ["embedContent"] },
    ];
    response.end(JSON.stringify({ models }));
  });
  expect(await provider.listModels({ signal: new AbortController().signal })).toEqual([
    { id: "gemini-3-pro", windowTokens: 1_048_576, maxOutputTokens: 65_536, price: null },
  ]);
  expect(server.requests[0]?.url).toBe("/v1/models?pageSize=1000");
});
