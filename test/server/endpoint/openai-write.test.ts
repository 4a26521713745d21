import { describe, expect, it } from "vitest";
import type { RelayPart } from "../../../server/core/relay.ts";
import { faultOf } from "../../../server/endpoint/fault-of.ts";
import { readCompletion } from "../../../server/endpoint/openai-completions.ts";
import { readChat } from "../../../server/endpoint/openai-read-chat.ts";
import { beginning, done } from "./fake-relay.ts";

const facts = { id: "r1", nowMs: 1_800_000_000_999 };
const chatHead =
  '"id":"chatcmpl-r1","object":"chat.completion.chunk","created":1800000000,"model":"acme/vendor/large-1"';
const fillHead = '"id":"cmpl-r1","object":"text_completion","created":1800000000,"model":"acme/vendor/large-1"';
const wayfare =
  '"wayfare":{"model":"acme/vendor/large-1","tier":"frontier","reason":"long question → frontier","attempts":3,"cost_usd":0.00000126,"cost_source":"computed"}';
const usage =
  '"usage":{"prompt_tokens":16,"completion_tokens":5,"total_tokens":21,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":3}}';

function chatWriter(fields: Record<string, unknown> = {}) {
  return readChat({ model: "auto", messages: [{ role: "user", content: "Hi" }], ...fields }).answer(facts);
}

/** What is written for an answer, event by event. */
function eventsOf(writer: ReturnType<typeof chatWriter>, parts: readonly RelayPart[], end = done("")): string[] {
  const text = writer.begin(beginning) + parts.map((part) => writer.part(part)).join("") + writer.end(end);
  expect(text.endsWith("\n\n")).toBe(true);
  return text.slice(0, -2).split("\n\n");
}

const choice = (delta: string, reason = "null") =>
  `"choices":[{"index":0,"delta":{${delta}},"finish_reason":${reason}}]`;
const counted = { stream: true, stream_options: { include_usage: true } };

describe("a streamed chat", () => {
  it("has its role with the first delta, and what it cost with the last", () => {
    expect(
      eventsOf(chatWriter({ stream: true }), [
        { type: "reasoning-delta", text: "Hm\n" },
        { type: "reasoning-end", signature: "s", redactedData: null },
        { type: "text-delta", text: 'Say "hi"\u2028' },
        { type: "text-delta", text: "." },
      ]),
    ).toEqual([
      `data: {${chatHead},${choice('"role":"assistant","reasoning_content":"Hm\\n"')}}`,
      `data: {${chatHead},${choice('"content":"Say \\"hi\\"\u2028"')}}`,
      `data: {${chatHead},${choice('"content":"."')}}`,
      `data: {${chatHead},${choice("", '"stop"')},${wayfare}}`,
      "data: [DONE]",
    ]);
  });

  it("counts tokens where it was asked to, in a chunk of their own", () => {
    expect(
      eventsOf(chatWriter(counted), [{ type: "text-delta", text: "Hi" }], done("Hi", { finishReason: "length" })),
    ).toEqual([
      `data: {${chatHead},${choice('"role":"assistant","content":"Hi"')},"usage":null}`,
      `data: {${chatHead},${choice("", '"length"')},"usage":null}`,
      `data: {${chatHead},"choices":[],${usage},${wayfare}}`,
      "data: [DONE]",
    ]);
  });

  it("writes calls piece by piece, or whole where they came whole", () => {
    const call = (text: string) => `"tool_calls":[${text}]`;
    expect(
      eventsOf(
        chatWriter({ stream: true }),
        [
          { type: "tool-call-start", index: 0, id: "c1", name: "look" },
          { type: "tool-call-delta", index: 0, text: '{"a":' },
          { type: "tool-call-start", index: 1, id: "c2", name: "go" },
          { type: "tool-call-delta", index: 0, text: "1}" },
          { type: "tool-call", index: 0, id: "c1", name: "look", argumentsJson: '{"a":1}' },
          { type: "tool-call", index: 1, id: "c2", name: "go", argumentsJson: "{}" },
        ],
        done("", { finishReason: "tool-calls" }),
      ).slice(0, -1),
    ).toEqual(
      [
        `"role":"assistant","content":null,${call('{"index":0,"id":"c1","type":"function","function":{"name":"look","arguments":""}}')}`,
        call('{"index":0,"function":{"arguments":"{\\"a\\":"}}'),
        call('{"index":1,"id":"c2","type":"function","function":{"name":"go","arguments":""}}'),
        call('{"index":0,"function":{"arguments":"1}"}}'),
        call('{"index":1,"function":{"arguments":"{}"}}'),
      ]
        .map((delta) => `data: {${chatHead},${choice(delta)}}`)
        .concat(`data: {${chatHead},${choice("", '"tool_calls"')},${wayfare}}`),
    );
  });

  it("without a word still has a message", () => {
    expect(eventsOf(chatWriter({ stream: true }), [], done("", { finishReason: "content-filter" }))).toEqual([
      `data: {${chatHead},${choice('"role":"assistant","content":""')}}`,
      `data: {${chatHead},${choice("", '"content_filter"')},${wayfare}}`,
      "data: [DONE]",
    ]);
  });

  it("that breaks says so", () => {
    const fault = faultOf({ kind: "context-length", message: "Too long." });
    expect(chatWriter({ stream: true }).fail(fault)).toBe(
      'data: {"error":{"message":"Too long.","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}\n\n',
    );
  });
});

describe("a chat that is not streamed", () => {
  const shared = { id: "chatcmpl-r1", object: "chat.completion", created: 1_800_000_000, model: "acme/vendor/large-1" };

  it("is one body", () => {
    const by = { origin: "https://acme.example", modelId: "vendor/large-1" };
    const reasoning = [{ text: "Hm.", signature: null, redactedData: null, by }];
    expect(chatWriter().whole(done("Hi", { reasoning, finishReason: "other" }))).toEqual({
      ...shared,
      choices: [
        {
          index: 0,
          message: { role: "assistant", content: "Hi", refusal: null, reasoning_content: "Hm." },
          logprobs: null,
          finish_reason: "stop",
        },
      ],
      ...JSON.parse(`{${usage},${wayfare}}`),
    });
  });

  it("with calls alone has no content; an unknown cost and a count that nobody has are null", () => {
    const toolCalls = [{ id: "c1", name: "look", argumentsJson: "{}" }];
    const end = done("", { toolCalls, finishReason: "tool-calls", usage: null });
    const whole = chatWriter().whole({ ...end, bill: { ...end.bill, costNano: null, costSource: "unknown" } });
    expect(whole).toMatchObject({
      choices: [
        {
          message: {
            content: null,
            tool_calls: [{ id: "c1", type: "function", function: { name: "look", arguments: "{}" } }],
          },
          finish_reason: "tool_calls",
        },
      ],
      usage: null,
      wayfare: { cost_usd: null, cost_source: "unknown" },
    });
  });
});

describe("a completion", () => {
  const writer = (fields: Record<string, unknown> = {}) =>
    readCompletion({ model: "auto", prompt: "a", ...fields }).answer(facts);
  const piece = (text: string, reason = "null") =>
    `"choices":[{"text":${JSON.stringify(text)},"index":0,"logprobs":null,"finish_reason":${reason}}]`;

  it("is streamed as texts", () => {
    const parts: RelayPart[] = [
      { type: "reasoning-delta", text: "Hm" },
      { type: "text-delta", text: "b\n" },
    ];
    expect(eventsOf(writer({ stream: true }), parts)).toEqual([
      `data: {${fillHead},${piece("b\n")}}`,
      `data: {${fillHead},${piece("", '"stop"')},${wayfare}}`,
      "data: [DONE]",
    ]);
    expect(eventsOf(writer(counted), parts)).toEqual([
      `data: {${fillHead},${piece("b\n")},"usage":null}`,
      `data: {${fillHead},${piece("", '"stop"')},"usage":null}`,
      `data: {${fillHead},"choices":[],${usage},${wayfare}}`,
      "data: [DONE]",
    ]);
  });

  it("is one body", () => {
    expect(JSON.stringify(writer().whole(done("b", { finishReason: "length" })))).toBe(
      `{${fillHead},${piece("b", '"length"')},${usage},${wayfare}}`,
    );
  });
});
