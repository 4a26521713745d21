import { describe, expect, it } from "vitest";
import type { Message, ProviderRequest, ReasoningBlock, Tool } from "../../../server/core/provider.ts";
import type { PresetId } from "../../../shared/settings.ts";
import { connectTo, hearRequest, openStream, streamedArguments, wholeCalls } from "./hear-provider.ts";
import type { Answer } from "./raw-server.ts";

/** Tool calls, images, thinking and what models refuse, over real sockets: each case on both wires. */
interface WireUnderTest {
  name: string;
  preset: PresetId;
  text(text: string): string;
  /** A call in pieces of its arguments; `at` is its place among all content. */
  call(at: number, id: string, name: string, pieces: readonly string[]): string;
  /** The pieces of several calls, one of each in turn. */
  interleaved(calls: readonly { id: string; name: string; pieces: readonly string[] }[]): string;
  thinking(at: number, text: string, signature: string): string;
  redacted(at: number, data: string): string;
  begin: string;
  end(reason: "calls" | "stop" | "length" | "malformed"): string;
  error(message: string): string;
}

const event = (value: unknown, name?: string) => `${name ? `event: ${name}\n` : ""}data: ${JSON.stringify(value)}\n\n`;
const delta = (fields: object) => event({ choices: [{ index: 0, delta: fields }] });
const typed = (value: { type: string; [field: string]: unknown }) => event(value, value.type);
const blockStart = (index: number, block: object) =>
  typed({ type: "content_block_start", index, content_block: block });
const blockDelta = (index: number, fields: object) => typed({ type: "content_block_delta", index, delta: fields });
const blockStop = (index: number) => typed({ type: "content_block_stop", index });
const json = (index: number, partial_json: string) => blockDelta(index, { type: "input_json_delta", partial_json });

const wires: readonly WireUnderTest[] = [
  {
    name: "OpenAI-compatible",
    preset: "openrouter",
    begin: delta({ role: "assistant", content: "" }),
    text: (content) => delta({ content }),
    call: (at, id, name, pieces) =>
      delta({ tool_calls: [{ index: at, id, type: "function", function: { name, arguments: "" } }] }) +
      pieces.map((text) => delta({ tool_calls: [{ index: at, function: { arguments: text } }] })).join(""),
    interleaved: (calls) =>
      calls
        .map(({ id, name }, index) =>
          delta({ tool_calls: [{ index, id, type: "function", function: { name, arguments: "" } }] }),
        )
        .join("") + inTurn(calls, (index, text) => delta({ tool_calls: [{ index, function: { arguments: text } }] })),
    thinking: (index, text, signature) =>
      delta({ reasoning: text, reasoning_details: [{ type: "reasoning.text", text, index }] }) +
      delta({ reasoning_details: [{ type: "reasoning.text", signature, index }] }),
    redacted: (index, data) => delta({ reasoning_details: [{ type: "reasoning.encrypted", data, index }] }),
    end(reason) {
      const said = {
        calls: "tool_calls",
        stop: "stop",
        length: "length",
        malformed: "function_call_filter: MALFORMED_FUNCTION_CALL",
      };
      const usage = { prompt_tokens: 30, completion_tokens: 7 };
      const last = event({ choices: [{ index: 0, delta: {}, finish_reason: said[reason] }], usage });
      return `${last}data: [DONE]\n\n`;
    },
    error: (message) => JSON.stringify({ error: { message, type: "invalid_request_error", code: null, param: null } }),
  },
  {
    name: "Anthropic",
    preset: "anthropic",
    begin: typed({
      type: "message_start",
      message: {
        id: "msg_1",
        type: "message",
        role: "assistant",
        model: "m",
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { input_tokens: 30, output_tokens: 1 },
      },
    }),
    text: (text) =>
      blockStart(0, { type: "text", text: "" }) + blockDelta(0, { type: "text_delta", text }) + blockStop(0),
    call: (at, id, name, pieces) =>
      blockStart(at, { type: "tool_use", id, name, input: {} }) +
      pieces.map((text) => json(at, text)).join("") +
      blockStop(at),
    interleaved: (calls) =>
      calls.map(({ id, name }, index) => blockStart(index, { type: "tool_use", id, name, input: {} })).join("") +
      inTurn(calls, json) +
      calls.map((_, index) => blockStop(index)).join(""),
    thinking: (at, thinking, signature) =>
      blockStart(at, { type: "thinking", thinking: "" }) +
      blockDelta(at, { type: "thinking_delta", thinking }) +
      blockDelta(at, { type: "signature_delta", signature }) +
      blockStop(at),
    redacted: (at, data) => blockStart(at, { type: "redacted_thinking", data }) + blockStop(at),
    end(reason) {
      const said = { calls: "tool_use", stop: "end_turn", length: "max_tokens", malformed: "MALFORMED_FUNCTION_CALL" };
      return (
        typed({
          type: "message_delta",
          delta: { stop_reason: said[reason], stop_sequence: null },
          usage: { output_tokens: 7 },
        }) + typed({ type: "message_stop" })
      );
    },
    error: (message) => JSON.stringify({ type: "error", error: { type: "invalid_request_error", message } }),
  },
];

function inTurn(
  calls: readonly { pieces: readonly string[] }[],
  write: (index: number, text: string) => string,
): string {
  const most = Math.max(...calls.map((call) => call.pieces.length));
  let text = "";
  for (let step = 0; step < most; step++) {
    for (const [index, call] of calls.entries()) text += write(index, call.pieces[step] ?? "");
  }
  return text;
}

const readFile: Tool = {
  name: "read_file",
  description: "Reads a file.",
  parameters: {
    type: "object",
    properties: { path: { type: "string" }, strict: { type: "boolean", default: false } },
    required: ["path"],
    additionalProperties: false,
  },
};
const request: ProviderRequest = {
  modelId: "anthropic/some-model",
  messages: [{ role: "user", text: "What is in a.ts?" }],
  tools: [readFile],
  maxOutputTokens: 2_000,
};
const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

describe.each(wires)("$name", (wire) => {
  const answering =
    (...pieces: string[]): Answer =>
    (_request, response) =>
      void openStream(response).end(wire.begin + pieces.join(""));
  /** Refuses the first request, and answers the others. */
  const refusing = (status: number, message: string, then: Answer): Answer => {
    let count = 0;
    return (ask, response, body) => {
      if (count++ > 0) return then(ask, response, body);
      response.writeHead(status, { "content-type": "application/json" }).end(wire.error(message));
    };
  };
  const hear = async (answer: Answer, more: Partial<ProviderRequest> = {}) => {
    const [provider, server] = await connectTo(wire.preset, answer);
    const heard = await hearRequest(provider, { ...request, ...more });
    const bodies = server.requests.map((each) => JSON.parse(each.body));
    return { ...heard, provider, server, bodies };
  };

  describe("tool calls", () => {
    it("are streamed, whole once, and end the answer with their own reason", async () => {
      const { parts, failure } = await hear(
        answering(
          wire.text("Let me look."),
          wire.call(1, "c1", "read_file", ['{"path":', '"a.ts', '"}']),
          wire.end("calls"),
        ),
      );
      expect(failure).toBeNull();
      expect(parts).toEqual([
        { type: "text-delta", text: "Let me look." },
        { type: "tool-call-start", index: 0, id: "c1", name: "read_file" },
        { type: "tool-call-delta", index: 0, text: '{"path":' },
        { type: "tool-call-delta", index: 0, text: '"a.ts' },
        { type: "tool-call-delta", index: 0, text: '"}' },
        { type: "tool-call", index: 0, id: "c1", name: "read_file", argumentsJson: '{"path":"a.ts"}' },
        expect.objectContaining({ type: "usage" }),
        { type: "finish", reason: "tool-calls" },
      ]);
    });

    it("may be parallel, their arguments interleaved", async () => {
      const { parts, failure } = await hear(
        answering(
          wire.interleaved([
            { id: "c1", name: "read_file", pieces: ['{"path":', '"Ünï.ts"}'] },
            { id: "c2", name: "read_file", pieces: ['{"path"', ':"b.ts"}'] },
            { id: "c3", name: "list", pieces: [] },
          ]),
          wire.end("calls"),
        ),
      );
      expect(failure).toBeNull();
      expect(wholeCalls(parts)).toEqual([
        ["c1", "read_file", '{"path":"Ünï.ts"}'],
        ["c2", "read_file", '{"path":"b.ts"}'],
        ["c3", "list", "{}"],
      ]);
      expect(streamedArguments(parts).map((text) => text || "{}")).toEqual([
        '{"path":"Ünï.ts"}',
        '{"path":"b.ts"}',
        "{}",
      ]);
    });

    it("are calls also where the vendor ends with an ordinary stop", async () => {
      const { parts } = await hear(answering(wire.call(0, "c1", "read_file", ['{"path":"a"}']), wire.end("stop")));
      expect(wholeCalls(parts)).toEqual([["c1", "read_file", '{"path":"a"}']]);
      expect(parts.at(-1)).toEqual({ type: "finish", reason: "tool-calls" });
    });

    it("with arguments that are no JSON are a failure that names the tool, with the count that came", async () => {
      const broken = await hear(answering(wire.call(0, "c1", "read_file", ['{"path":']), wire.end("calls")));
      expect(broken.failure?.kind).toBe("malformed");
      expect(broken.failure?.message).toMatch(
        /asked for the tool "read_file" with arguments that are not a JSON object\.$/,
      );
      expect(wholeCalls(broken.parts)).toEqual([]);
      expect(broken.parts.at(-1)?.type).toBe("usage");
      const cut = await hear(answering(wire.call(0, "c1", "read_file", ['{"path":']), wire.end("length")));
      expect(cut.failure?.message).toMatch(/used up the room for its answer in the middle of the arguments/);
    });

    it("that their own vendor could not read are a failure, not an empty stop", async () => {
      const { failure, parts } = await hear(answering(wire.end("malformed")));
      expect(failure).toMatchObject({ kind: "malformed", message: expect.stringContaining("wrote a tool call that") });
      expect(parts.some((part) => part.type === "finish")).toBe(false);
    });

    it("cut off in the middle are a truncation", async () => {
      const { failure } = await hear(answering(wire.call(0, "c1", "read_file", ['{"path":"a"}'])));
      expect(failure?.kind).toBe("truncated");
    });
  });

  describe("a conversation with calls, results, images and thinking", () => {
    const by = { origin: "o", modelId: "m" };
    const signed: ReasoningBlock = { text: "Hm.", signature: "sig==", redactedData: null, by };
    const hidden: ReasoningBlock = { text: "", signature: null, redactedData: "x9", by };
    const messages: Message[] = [
      { role: "user", text: "What is this?", images: [{ mediaType: "image/png", base64: png }] },
      {
        role: "assistant",
        text: "",
        reasoning: [signed, hidden],
        toolCalls: [
          { id: "functions.read:0", name: "read_file", argumentsJson: '{"path":"a.ts"}' },
          { id: "c2", name: "read_file", argumentsJson: "{}" },
        ],
      },
      { role: "tool", text: "const a = 1;", toolCallId: "functions.read:0" },
      {
        role: "tool",
        text: "No path.",
        toolCallId: "c2",
        isError: true,
        images: [{ mediaType: "image/webp", base64: "AAAA" }],
      },
    ];

    it("goes out in the wire's own words", async () => {
      const { bodies, failure } = await hear(answering(wire.text("ok"), wire.end("stop")), {
        messages,
        toolChoice: "required",
      });
      expect(failure).toBeNull();
      expect(pick(bodies[0], ["messages", "tools", "tool_choice"])).toEqual(sent[wire.name]);
    });

    it("asks for no tool and no choice where there are none", async () => {
      const { bodies } = await hear(answering(wire.text("ok"), wire.end("stop")), { tools: [], toolChoice: "auto" });
      expect(bodies[0]).not.toHaveProperty("tools");
      expect(bodies[0]).not.toHaveProperty("tool_choice");
    });

    it("thinking comes apart from the answer, each block with what signs it", async () => {
      const { parts } = await hear(
        answering(
          wire.thinking(0, "Let me see.", "sig=="),
          wire.redacted(1, "encrypted=="),
          wire.call(2, "c1", "read_file", ['{"path":"a"}']),
          wire.end("calls"),
        ),
      );
      expect(parts.slice(0, 3)).toEqual([
        { type: "reasoning-delta", text: "Let me see." },
        { type: "reasoning-end", signature: "sig==", redactedData: null },
        { type: "reasoning-end", signature: null, redactedData: "encrypted==" },
      ]);
      expect(wholeCalls(parts)).toHaveLength(1);
    });
  });

  describe("what a model does not take", () => {
    const fine = answering(wire.text("ok"), wire.end("stop"));
    const image: Message = { role: "user", text: "This?", images: [{ mediaType: "image/png", base64: png }] };
    const begun: Message[] = [
      { role: "user", text: "Count." },
      { role: "assistant", text: "One, two," },
    ];

    it.each([
      ["images", 404, "No endpoints found that support image input", { messages: [image] }],
      ["images", 400, "this model does not support image input (ref: 1)", { messages: [image] }],
      ["images", 400, "messages[0]: unknown variant `image_url`, expected `text`", { messages: [image] }],
      ["images", 500, "image input is not supported - hint: you may need to provide the mmproj", { messages: [image] }],
      ["tools", 404, 'No endpoints found that support tool use. Try disabling "read_file".', {}],
      ["tools", 400, "registry.example/library/gemma:2b does not support tools", {}],
      ["tools", 400, '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set', {}],
      [
        "prefill",
        400,
        "This model does not support assistant message prefill. The conversation must end with a user message.",
        { messages: begun },
      ],
      [
        "prefill",
        400,
        "Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant",
        { messages: begun },
      ],
    ])(
      "%s, said with %i: one attempt, a failure that names it, and not sent again",
      async (need, status, words, more) => {
        const refuse: Answer = (_request, response) =>
          void response.writeHead(status, { "content-type": "application/json" }).end(wire.error(words));
        const { failure, provider, server } = await hear(refuse, more);
        expect(failure).toMatchObject({ kind: "bad-request", status, parameter: need });
        expect(failure?.message).toContain(`"${words}"`);
        expect(provider.lacks?.(request.modelId)).toEqual([need]);
        expect(provider.lacks?.("another-model")).toEqual([]);
        expect((await hearRequest(provider, { ...request, ...more })).failure).toEqual(failure);
        expect(server.requests).toHaveLength(1);
      },
    );

    it.each([
      [
        "an image that is too large",
        "image exceeds 5 MB maximum: 6000000 bytes > 5242880 bytes",
        { messages: [image] },
      ],
      [
        "a format it cannot read",
        "unsupported image: the format is not supported, send image/png",
        { messages: [image] },
      ],
      ["a schema keyword", "tools.0.custom.input_schema: JSON schema is invalid, $ref is not supported", {}],
    ])("%s is no word about the model", async (_what, words, more) => {
      const refuse: Answer = (_request, response) =>
        void response.writeHead(400, { "content-type": "application/json" }).end(wire.error(words));
      const { failure, provider } = await hear(refuse, more);
      expect(failure?.kind).not.toBe("unknown-model");
      expect(provider.lacks?.(request.modelId)).toEqual([]);
    });

    it("a refused temperature is left out at once, and remembered", async () => {
      const { failure, provider, server } = await hear(
        refusing(400, "temperature: is not supported by this model", fine),
        { temperature: 0.2 },
      );
      expect(failure).toBeNull();
      await hearRequest(provider, { ...request, temperature: 0.2 });
      const bodies = server.requests.map((each) => JSON.parse(each.body));
      expect(bodies.map((body) => "temperature" in body)).toEqual([true, false, false]);
    });

    it("refused cache marks are left out at once", async () => {
      const long: Message[] = [
        { role: "system", text: "word ".repeat(1_000) },
        { role: "user", text: "Why?" },
      ];
      const { failure, bodies } = await hear(refusing(400, "cache_control: extra inputs are not permitted", fine), {
        messages: long,
      });
      expect(failure).toBeNull();
      expect(bodies.map((body) => JSON.stringify(body).includes("cache_control"))).toEqual([true, false]);
    });

    it("a refused keyword of a tool's schema is left out, and a property of that name stays", async () => {
      const { failure, bodies } = await hear(
        refusing(400, 'Invalid JSON payload: unknown name "additionalProperties" at tools[0]', fine),
      );
      expect(failure).toBeNull();
      const schemas = bodies.map((body) => body.tools[0].function?.parameters ?? body.tools[0].input_schema);
      expect(schemas[0]).toEqual(readFile.parameters);
      expect(schemas[1]).toEqual({
        type: "object",
        properties: { path: { type: "string" }, strict: { type: "boolean" } },
        required: ["path"],
      });
    });

    it("the same refusal again ends the attempt", async () => {
      const { failure, server } = await hear(
        (_request, response) =>
          void response
            .writeHead(400, { "content-type": "application/json" })
            .end(wire.error("temperature: not supported")),
        { temperature: 1 },
      );
      expect(failure).toMatchObject({ kind: "bad-request", parameter: "temperature" });
      expect(server.requests).toHaveLength(2);
    });
  });
});

function pick(value: Record<string, unknown>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(keys.map((key) => [key, value[key]]));
}

/** The conversation of the test above, as each vendor documents it. */
const sent: Record<string, unknown> = {
  "OpenAI-compatible": {
    messages: [
      {
        role: "user",
        content: [
          { type: "text", text: "What is this?" },
          { type: "image_url", image_url: { url: `data:image/png;base64,${png}` } },
        ],
      },
      {
        role: "assistant",
        content: null,
        tool_calls: [
          { id: "functions.read:0", type: "function", function: { name: "read_file", arguments: '{"path":"a.ts"}' } },
          { id: "c2", type: "function", function: { name: "read_file", arguments: "{}" } },
        ],
        reasoning_details: [
          { type: "reasoning.text", text: "Hm.", signature: "sig==", index: 0 },
          { type: "reasoning.encrypted", data: "x9", index: 1 },
        ],
      },
      { role: "tool", tool_call_id: "functions.read:0", content: "const a = 1;" },
      { role: "tool", tool_call_id: "c2", content: "No path." },
      {
        role: "user",
        content: [
          { type: "text", text: "The tool's images:" },
          { type: "image_url", image_url: { url: "data:image/webp;base64,AAAA" } },
        ],
      },
    ],
    tools: [{ type: "function", function: readFile }],
    tool_choice: "required",
  },
  Anthropic: {
    messages: [
      {
        role: "user",
        content: [
          { type: "image", source: { type: "base64", media_type: "image/png", data: png } },
          { type: "text", text: "What is this?" },
        ],
      },
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "Hm.", signature: "sig==" },
          { type: "redacted_thinking", data: "x9" },
          { type: "tool_use", id: "functions_read_0", name: "read_file", input: { path: "a.ts" } },
          { type: "tool_use", id: "c2", name: "read_file", input: {} },
        ],
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "functions_read_0", content: "const a = 1;" },
          { type: "tool_result", tool_use_id: "c2", content: "No path.", is_error: true },
        ],
      },
    ],
    tools: [
      {
        name: "read_file",
        description: "Reads a file.",
        input_schema: readFile.parameters,
        eager_input_streaming: true,
      },
    ],
    tool_choice: { type: "any" },
  },
};
