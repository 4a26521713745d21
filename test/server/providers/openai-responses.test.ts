import { describe, expect, it } from "vitest";
import type { Message, ProviderRequest } from "../../../server/core/provider.ts";
import { needsResponses } from "../../../server/providers/openai-responses.ts";
import type { PresetId } from "../../../shared/settings.ts";
import { connectTo, hearRequest, openStream, streamedArguments, wholeCalls } from "./hear-provider.ts";
import {
  responsesArguments,
  responsesBegin,
  responsesEnd,
  responsesError,
  responsesItem,
  responsesSummary,
  responsesText,
} from "./native-streams.ts";
import { png, readFile, toolRequest } from "./part-wires.ts";
import type { Answer } from "./raw-server.ts";

const modelId = "gpt-5.4";
const answering =
  (...pieces: string[]): Answer =>
  (_request, response) =>
    void openStream(response).end(responsesBegin + pieces.join(""));
async function hear(answer: Answer, more: Partial<ProviderRequest> = {}, preset: PresetId = "openai-responses") {
  const [provider, server] = await connectTo(preset, answer);
  const heard = await hearRequest(provider, { ...toolRequest, modelId, ...more });
  return { ...heard, provider, server, bodies: server.requests.map((each) => JSON.parse(each.body)) };
}
const message = { id: "msg_0", type: "message", role: "assistant", content: [] };
const said = (text: string) =>
  responsesItem("added", 0, message) + responsesText(0, text) + responsesItem("done", 0, message);
const counts = { input_tokens: 30, output_tokens: 7, total_tokens: 37 };

describe("an answer", () => {
  it("counts what the cache read and wrote out of the prompt, and what was thought inside the output", async () => {
    const usage = {
      input_tokens: 1_000,
      input_tokens_details: { cached_tokens: 600, cache_write_tokens: 300 },
      output_tokens: 320,
      output_tokens_details: { reasoning_tokens: 300 },
      total_tokens: 1_320,
    };
    const { parts } = await hear(answering(said("ok"), responsesEnd(usage)));
    expect(parts.slice(-2)).toEqual([
      {
        type: "usage",
        usage: { input: 100, cacheRead: 600, cacheWrite: 300, output: 320, reasoning: 300 },
        reportedCostUsd: null,
      },
      { type: "finish", reason: "stop" },
    ]);
  });

  it("brings what was thought with its id and in its encrypted form, then the calls", async () => {
    const thought = { id: "rs_0", type: "reasoning", summary: [], encrypted_content: "enc==" };
    const call = { id: "fc_1", type: "function_call", call_id: "call_1", name: "read_file", status: "completed" };
    const { parts, failure } = await hear(
      answering(
        responsesItem("added", 0, { ...thought, encrypted_content: "" }),
        responsesSummary(0, 0, "Let me see."),
        responsesItem("done", 0, thought),
        responsesItem("added", 1, { ...call, arguments: "" }),
        responsesArguments(1, '{"path":'),
        responsesArguments(1, '"a.ts"}'),
        responsesItem("done", 1, { ...call, arguments: '{"path":"a.ts"}' }),
        responsesEnd(counts),
      ),
    );
    expect(failure).toBeNull();
    expect(parts.slice(0, 2)).toEqual([
      { type: "reasoning-delta", text: "Let me see." },
      { type: "reasoning-end", signature: null, redactedData: "enc==", tags: { itemId: "rs_0" } },
    ]);
    expect(wholeCalls(parts)).toEqual([["call_1", "read_file", '{"path":"a.ts"}']]);
    expect(streamedArguments(parts)).toEqual(['{"path":"a.ts"}']);
    expect(parts.at(-1)).toEqual({ type: "finish", reason: "tool-calls" });
  });

  it.each([
    ["max_output_tokens", "length"],
    ["content_filter", "content-filter"],
  ])("cut by %s ends with %s", async (reason, finish) => {
    const { parts } = await hear(answering(said("x"), responsesEnd(counts, reason)));
    expect(parts.at(-1)).toEqual({ type: "finish", reason: finish });
  });

  it.each([
    ["rate_limit_exceeded", "Rate limit reached", "rate-limit"],
    ["server_error", "The server had an error", "server-error"],
    ["context_length_exceeded", "Your input exceeds the context window of this model.", "context-length"],
    ["insufficient_quota", "You exceeded your current quota.", "quota"],
  ])("that breaks off with %s says so, before the text and after it", async (code, words, kind) => {
    for (const before of ["", responsesItem("added", 0, message) + responsesText(0, "half ")]) {
      const { failure } = await hear(answering(before, responsesError(code, words)));
      expect(failure?.kind).toBe(kind);
      expect(failure?.message).toContain(words);
    }
  });
});

describe("a request", () => {
  it("carries a conversation with images, thinking, calls and results, and leaves nothing at OpenAI", async () => {
    const by = { origin: "o", modelId };
    const messages: Message[] = [
      { role: "system", text: "Be brief." },
      { role: "user", text: "What is this?", images: [{ mediaType: "image/png", base64: png }] },
      {
        role: "assistant",
        text: "I look.",
        reasoning: [{ text: "Hm.", signature: null, redactedData: "enc==", tags: { itemId: "rs_0" }, by }],
        toolCalls: [{ id: "call_1", name: "read_file", argumentsJson: '{"path":"a.ts"}' }],
      },
      { role: "tool", text: "const a = 1;", toolCallId: "call_1" },
    ];
    const { bodies, failure, server } = await hear(answering(said("ok"), responsesEnd(counts)), {
      messages,
      toolChoice: "required",
    });
    expect(failure).toBeNull();
    expect(server.requests[0]?.url).toBe("/v1/responses");
    expect(bodies).toEqual([
      {
        model: modelId,
        stream: true,
        store: false,
        include: ["reasoning.encrypted_content"],
        max_output_tokens: 2_000,
        reasoning: { summary: "auto" },
        input: [
          { role: "developer", content: "Be brief." },
          {
            role: "user",
            content: [
              { type: "input_image", image_url: `data:image/png;base64,${png}` },
              { type: "input_text", text: "What is this?" },
            ],
          },
          {
            type: "reasoning",
            id: "rs_0",
            encrypted_content: "enc==",
            summary: [{ type: "summary_text", text: "Hm." }],
          },
          { role: "assistant", content: "I look." },
          { type: "function_call", call_id: "call_1", name: "read_file", arguments: '{"path":"a.ts"}' },
          { type: "function_call_output", call_id: "call_1", output: "const a = 1;" },
        ],
        tools: [
          {
            type: "function",
            name: "read_file",
            description: readFile.description,
            parameters: readFile.parameters,
            strict: false,
          },
        ],
        tool_choice: "required",
      },
    ]);
  });

  it("tells the addresses of images, and how finely they are to be looked at", async () => {
    const image = { url: "https://127.0.0.1:9/a?sig=a%2Fb", detail: "low" } as const;
    const { bodies, failure } = await hear(answering(said("ok"), responsesEnd(counts)), {
      messages: [
        { role: "user", text: "", images: [image, { mediaType: "image/png", base64: png, detail: "high" }] },
        { role: "assistant", text: "", toolCalls: [{ id: "c1", name: "read_file", argumentsJson: "{}" }] },
        { role: "tool", text: "", toolCallId: "c1", images: [{ url: "http://127.0.0.1:9/b" }] },
      ],
    });
    expect(failure).toBeNull();
    expect(bodies[0].input).toMatchObject([
      {
        content: [
          { type: "input_image", image_url: image.url, detail: "low" },
          { type: "input_image", image_url: `data:image/png;base64,${png}`, detail: "high" },
        ],
      },
      { type: "function_call" },
      { type: "function_call_output", output: [{ type: "input_image", image_url: "http://127.0.0.1:9/b" }] },
    ]);
  });

  it("tells a document as a file", async () => {
    const { bodies } = await hear(answering(said("ok"), responsesEnd(counts)), {
      messages: [{ role: "user", text: "Sum up.", documents: [{ base64: "JVBERi0=", name: "a.pdf" }] }],
    });
    const file_data = "data:application/pdf;base64,JVBERi0=";
    expect(bodies[0].input[0].content).toEqual([
      { type: "input_file", filename: "a.pdf", file_data },
      { type: "input_text", text: "Sum up." },
    ]);
  });

  it("does without the summary of what was thought where OpenAI wants the organisation verified first, once", async () => {
    let asked = 0;
    const [provider, server] = await connectTo("openai-responses", (_request, response, body) => {
      asked += 1;
      if (!body.includes('"summary":"auto"')) {
        openStream(response).end(responsesBegin + said("ok") + responsesEnd(counts));
        return;
      }
      const words = "Your organization must be verified to generate reasoning summaries.";
      response.writeHead(400, { "content-type": "application/json" });
      response.end(
        JSON.stringify({
          error: {
            message: words,
            type: "invalid_request_error",
            param: "reasoning.summary",
            code: "unsupported_value",
          },
        }),
      );
    });
    for (let turn = 0; turn < 2; turn += 1) {
      const { failure } = await hearRequest(provider, { ...toolRequest, modelId });
      expect(failure).toBeNull();
    }
    expect(asked).toBe(3);
    expect(server.requests).toHaveLength(3);
  });
});

describe("a provider of OpenAI's", () => {
  it("asks the models that speak this wire alone on it, and the others in chat", async () => {
    const onResponses = await hear(answering(said("ok"), responsesEnd(counts)), { modelId: "gpt-5-pro" }, "openai");
    expect(onResponses.server.requests[0]?.url).toBe("/v1/responses");
    expect(onResponses.parts[0]).toEqual({ type: "text-delta", text: "ok" });
    const inChat = await hear((_request, response) => void openStream(response).end(), {}, "openai");
    expect(inChat.server.requests[0]?.url).toBe("/v1/chat/completions");
  });

  it("at Azure gives its key in Azure's header alone", async () => {
    const { server, failure } = await hear(
      answering(said("ok"), responsesEnd(counts)),
      { modelId: "gpt-5-pro" },
      "azure-openai",
    );
    expect(failure).toBeNull();
    expect(server.requests[0]?.url).toBe("/v1/responses");
    expect(server.requests[0]?.headers).toMatchObject({ "api-key": "test-key-123" });
    expect(server.requests[0]?.headers).not.toHaveProperty("authorization");
  });

  it.each([
    ["o1-pro", true],
    ["o3-pro-2025-06-10", true],
    ["gpt-5-pro", true],
    ["gpt-5.2-pro", true],
    ["gpt-5-codex", true],
    ["gpt-5.1-codex-mini", true],
    ["codex-mini-latest", true],
    ["o4-mini-deep-research", true],
    ["computer-use-preview", true],
    ["gpt-5.4", false],
    ["gpt-5.4-mini", false],
    ["gpt-4.1-2025-04-14", false],
    ["o3", false],
    ["ft:gpt-4.1:me:pro:1", false],
  ])("%s: %s", (id, needed) => {
    expect(needsResponses(id)).toBe(needed);
  });
});
