import { describe, expect, it } from "vitest";
import { estimateTokens } from "../../../server/core/estimate-tokens.ts";
import type { RelayBeginning, RelayEnd, RelayPart } from "../../../server/core/relay.ts";
import { errorBody, errorStatus } from "../../../server/endpoint/anthropic-errors.ts";
import { writeModel, writeModels } from "../../../server/endpoint/anthropic-models.ts";
import { readMessages } from "../../../server/endpoint/anthropic-read-messages.ts";
import type { AnswerWriter, WireFault } from "../../../server/endpoint/wire.ts";

const beginning: RelayBeginning = {
  route: { providerId: "acme", modelId: "small", tier: "cheap", simulated: false },
  reason: "short question",
  attempts: 1,
  notSent: [],
  inputTokens: 12,
};
type Done = Extract<RelayEnd, { state: "done" }>;
const done: Done = {
  state: "done",
  beginning,
  text: "Hello",
  toolCalls: [],
  reasoning: [],
  finishReason: "stop",
  usage: { input: 10, cacheRead: 3, cacheWrite: 2, output: 7, reasoning: 0 },
  bill: { attempts: [], costNano: 1_500_000, costSource: "computed" },
};

function writer(thinking?: Record<string, unknown>): AnswerWriter {
  const messages = [{ role: "user", content: "a" }];
  const call = readMessages({ model: "auto", max_tokens: 9_000, messages, ...(thinking && { thinking }) });
  return call.answer({ id: "r1", nowMs: 0 });
}
const enabled = { type: "enabled", budget_tokens: 1_024 };

/** Events as a client reads them; each has its type as its name. */
function eventsIn(text: string): Record<string, unknown>[] {
  return text
    .split("\n\n")
    .filter((each) => each !== "")
    .map((each) => {
      const [, name, data] = /^event: (\w+)\ndata: (.*)$/.exec(each) ?? [];
      const event = JSON.parse(data ?? "null");
      expect(event.type).toBe(name);
      return event;
    });
}

/** The blocks of a stream as `start`, then what each delta said, then `stop`, by index. */
function blocksOf(parts: readonly RelayPart[], thinking?: Record<string, unknown>): unknown[] {
  const to = writer(thinking);
  const text = to.begin(beginning) + parts.map((part) => to.part(part)).join("") + to.end(done);
  return eventsIn(text)
    .filter((event) => /^content_block/.test(String(event.type)))
    .map((event) => [event.index, event.content_block ?? event.delta ?? "stop"]);
}

describe("a stream", () => {
  it("is these bytes", () => {
    const to = writer();
    const bytes = [
      to.begin(beginning),
      to.part({ type: "text-delta", text: "Hel" }),
      to.part({ type: "text-delta", text: "lo\n" }),
      to.end(done),
    ];
    expect(bytes).toEqual([
      'event: message_start\ndata: {"type":"message_start","message":{"id":"msg_r1","type":"message","role":"assistant","model":"acme/small","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":12,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":1}}}\n\n',
      'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\nevent: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hel"}}\n\n',
      'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"lo\\n"}}\n\n',
      'event: content_block_stop\ndata: {"type":"content_block_stop","index":0}\n\nevent: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"input_tokens":10,"cache_creation_input_tokens":2,"cache_read_input_tokens":3,"output_tokens":7},"wayfare":{"model":"acme/small","tier":"cheap","reason":"short question","attempts":0,"cost_usd":0.0015,"cost_source":"computed"}}\n\nevent: message_stop\ndata: {"type":"message_stop"}\n\n',
    ]);
  });

  it("has one block after the other, where the pieces of calls come interleaved", () => {
    const start = (index: number): RelayPart => ({ type: "tool-call-start", index, id: `c${index}`, name: "read" });
    const piece = (index: number, text: string): RelayPart => ({ type: "tool-call-delta", index, text });
    const whole = (index: number, argumentsJson: string): RelayPart => ({
      type: "tool-call",
      index,
      id: `c${index}`,
      name: "read",
      argumentsJson,
    });
    const call = (index: number) => ({ type: "tool_use", id: `c${index}`, name: "read", input: {} });
    const json = (partial_json: string) => ({ type: "input_json_delta", partial_json });
    const parts = [
      { type: "text-delta", text: "I read." } as const,
      start(0),
      piece(0, '{"a"'),
      start(1),
      piece(1, '{"b"'),
      start(2),
      piece(0, ":1}"),
      piece(1, ":2}"),
      whole(1, '{"b":2}'),
      whole(0, '{"a":1}'),
      whole(2, "{}"),
    ];
    expect(blocksOf(parts)).toEqual([
      [0, { type: "text", text: "" }],
      [0, { type: "text_delta", text: "I read." }],
      [0, "stop"],
      [1, call(0)],
      [1, json('{"a"')],
      [1, json(":1}")],
      [1, "stop"],
      [2, call(1)],
      [2, json('{"b"')],
      [2, json(":2}")],
      [2, "stop"],
      [3, call(2)],
      [3, json("{}")],
      [3, "stop"],
    ]);
    // What can be told of the first call is told at once, and the rest as soon as it is closed.
    const to = writer();
    expect(to.part(start(0))).toContain("content_block_start");
    expect(to.part(piece(0, "{"))).toContain("input_json_delta");
    expect(to.part(start(1))).toBe("");
    expect(to.part(piece(1, "{}"))).toBe("");
    expect(eventsIn(to.part(whole(0, "{}"))).map((event) => event.index)).toEqual([0, 0, 1, 1]);
  });

  const thought: RelayPart[] = [
    { type: "reasoning-delta", text: "Hm" },
    { type: "reasoning-delta", text: "." },
    { type: "reasoning-end", signature: "sig", redactedData: null },
    { type: "reasoning-end", signature: null, redactedData: "secret" },
    { type: "reasoning-end", signature: "of nothing shown", redactedData: null },
    { type: "text-delta", text: "Yes" },
  ];

  it("tells thinking with its signatures to those who asked for it", () => {
    expect(blocksOf(thought, enabled)).toEqual([
      [0, { type: "thinking", thinking: "", signature: "" }],
      [0, { type: "thinking_delta", thinking: "Hm" }],
      [0, { type: "thinking_delta", thinking: "." }],
      [0, { type: "signature_delta", signature: "sig" }],
      [0, "stop"],
      [1, { type: "redacted_thinking", data: "secret" }],
      [1, "stop"],
      [2, { type: "thinking", thinking: "", signature: "" }],
      [2, { type: "signature_delta", signature: "of nothing shown" }],
      [2, "stop"],
      [3, { type: "text", text: "" }],
      [3, { type: "text_delta", text: "Yes" }],
      [3, "stop"],
    ]);
  });

  it("closes thinking without a signature when something else begins", () => {
    const unsigned: RelayPart[] = [
      { type: "reasoning-delta", text: "Hm" },
      { type: "text-delta", text: "Yes" },
    ];
    expect(blocksOf(unsigned, { type: "adaptive" })).toEqual([
      [0, { type: "thinking", thinking: "", signature: "" }],
      [0, { type: "thinking_delta", thinking: "Hm" }],
      [0, "stop"],
      [1, { type: "text", text: "" }],
      [1, { type: "text_delta", text: "Yes" }],
      [1, "stop"],
    ]);
  });

  it.each([undefined, { type: "disabled" }])("keeps thinking from those who did not (%j)", (thinking) => {
    expect(blocksOf(thought, thinking)).toEqual([
      [0, { type: "text", text: "" }],
      [0, { type: "text_delta", text: "Yes" }],
      [0, "stop"],
    ]);
  });

  it("that fails ends with an error and no end of the message", () => {
    const fault: WireFault = {
      status: 502,
      kind: "upstream",
      message: "The stream broke off.",
      param: null,
      code: null,
      retryAfterMs: null,
    };
    expect(writer().fail(fault)).toBe(
      'event: error\ndata: {"type":"error","error":{"type":"api_error","message":"The stream broke off."},"request_id":"r1"}\n\n',
    );
  });

  it.each([
    ["stop", "end_turn"],
    ["length", "max_tokens"],
    ["tool-calls", "tool_use"],
    ["content-filter", "refusal"],
    ["other", "end_turn"],
  ] as const)("that ended by %s says %s", (finishReason, stop_reason) => {
    const [event] = eventsIn(writer().end({ ...done, finishReason }));
    expect(event?.delta).toEqual({ stop_reason, stop_sequence: null });
    expect(writer().whole({ ...done, finishReason })).toMatchObject({ stop_reason });
  });

  it("has our estimate where the vendor counted nothing, and no cost where it is not known", () => {
    const unknown: Done = {
      ...done,
      text: "One two three four five six seven eight.",
      usage: null,
      bill: { attempts: [], costNano: null, costSource: "unknown" },
    };
    const [event] = eventsIn(writer().end(unknown));
    expect(event).toMatchObject({ usage: { input_tokens: 12 }, wayfare: { cost_usd: null, cost_source: "unknown" } });
    expect(event).toHaveProperty("usage.output_tokens", estimateTokens(unknown.text));
  });
});

describe("a whole message", () => {
  const by = { origin: "https://a.example.com", modelId: "small" };
  const end: Done = {
    ...done,
    reasoning: [
      { text: "Hm.", signature: "sig", redactedData: null, by },
      { text: "", signature: null, redactedData: "secret", by },
    ],
    toolCalls: [{ id: "c1", name: "read", argumentsJson: '{"path":"a"}' }],
    finishReason: "tool-calls",
  };
  const said = [
    { type: "text", text: "Hello" },
    { type: "tool_use", id: "c1", name: "read", input: { path: "a" } },
  ];

  it("has its blocks, usage and route", () => {
    expect(writer(enabled).whole(end)).toEqual({
      id: "msg_r1",
      type: "message",
      role: "assistant",
      model: "acme/small",
      content: [
        { type: "thinking", thinking: "Hm.", signature: "sig" },
        { type: "redacted_thinking", data: "secret" },
        ...said,
      ],
      stop_reason: "tool_use",
      stop_sequence: null,
      usage: { input_tokens: 10, cache_creation_input_tokens: 2, cache_read_input_tokens: 3, output_tokens: 7 },
      wayfare: {
        model: "acme/small",
        tier: "cheap",
        reason: "short question",
        attempts: 0,
        cost_usd: 0.0015,
        cost_source: "computed",
      },
    });
    expect(writer().whole(end)).toMatchObject({ content: said });
  });
});

describe("an error", () => {
  it.each([
    ["bad-request", 400, "invalid_request_error", 400],
    ["unauthorized", 401, "authentication_error", 401],
    ["budget", 402, "billing_error", 402],
    ["forbidden", 403, "permission_error", 403],
    ["not-found", 404, "not_found_error", 404],
    ["too-large", 413, "request_too_large", 413],
    ["rate-limit", 429, "rate_limit_error", 429],
    ["overloaded", 503, "overloaded_error", 529],
    ["timeout", 504, "timeout_error", 504],
    ["upstream", 502, "api_error", 502],
    ["unavailable", 503, "api_error", 503],
    ["internal", 500, "api_error", 500],
  ] as const)("%s %i is %s with %i", (kind, status, type, written) => {
    const fault: WireFault = { status, kind, message: "It failed.", param: "a", code: "b", retryAfterMs: 5 };
    expect(errorBody(fault, "r1")).toEqual({ type: "error", error: { type, message: "It failed." }, request_id: "r1" });
    expect(errorStatus(fault)).toBe(written);
  });
});

describe("a list of models", () => {
  it("is one page, and empty where there are none", () => {
    const auto = { id: "auto", tier: null, windowTokens: null, maxOutputTokens: null };
    const small = { id: "acme/small", tier: "cheap", windowTokens: 128_000, maxOutputTokens: 8_000 } as const;
    const entry = {
      type: "model",
      id: "acme/small",
      display_name: "acme/small",
      created_at: "1970-01-01T00:00:00Z",
      max_input_tokens: 128_000,
      max_tokens: 8_000,
    };
    expect(writeModel(small)).toEqual(entry);
    expect(writeModels([auto, small])).toEqual({
      data: [{ ...entry, id: "auto", display_name: "auto", max_input_tokens: null, max_tokens: null }, entry],
      has_more: false,
      first_id: "auto",
      last_id: "acme/small",
    });
    expect(writeModels([])).toEqual({ data: [], has_more: false, first_id: null, last_id: null });
  });
});
