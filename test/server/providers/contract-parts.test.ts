import { describe, expect, it } from "vitest";
import type { Message, ProviderRequest, ReasoningBlock } from "../../../server/core/provider.ts";
import { connectTo, hearRequest, openStream, streamedArguments, wholeCalls } from "./hear-provider.ts";
import { partWires, png, readFile, toolRequest } from "./part-wires.ts";
import type { Answer } from "./raw-server.ts";

/** Tool calls, images and thinking, over real sockets: each case on both wires. */
describe.each(partWires)("$name", (wire) => {
  const answering =
    (...pieces: string[]): Answer =>
    (_request, response) =>
      void openStream(response).end(wire.begin + pieces.join(""));
  const hear = async (answer: Answer, more: Partial<ProviderRequest> = {}) => {
    const [provider, server] = await connectTo(wire.preset, answer);
    const heard = await hearRequest(provider, { ...toolRequest, ...more });
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

    it("has its images' addresses told as addresses, and looks none of them up", async () => {
      const url = (name: string) => `https://127.0.0.1:9/${name}?sig=a%2Fb`;
      const { bodies, failure } = await hear(answering(wire.text("ok"), wire.end("stop")), {
        messages: [
          { role: "user", text: "What is this?", images: [{ url: url("a.gif"), detail: "low" }] },
          { role: "assistant", text: "", toolCalls: [{ id: "c1", name: "read_file", argumentsJson: "{}" }] },
          { role: "tool", text: "", toolCallId: "c1", images: [{ url: url("b") }] },
        ],
      });
      expect(failure).toBeNull();
      expect(bodies).toHaveLength(1);
      expect(imagesIn(bodies[0].messages)).toEqual(addressed[wire.name]?.(url));
    });

    it("has its documents in the wire's own form, before or behind the words as images stand", async () => {
      const { bodies, failure } = await hear(answering(wire.text("ok"), wire.end("stop")), {
        messages: [
          { role: "user", text: "Sum up.", documents: [{ base64: "JVBERi0=", name: "a.pdf" }, { base64: "JVBERi0=" }] },
        ],
      });
      expect(failure).toBeNull();
      expect(bodies[0].messages).toEqual([{ role: "user", content: documented[wire.name] }]);
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
});

/** What stands for images, wherever it stands. */
function imagesIn(value: unknown): unknown[] {
  if (typeof value !== "object" || value === null) return [];
  const type = Reflect.get(value, "type");
  return type === "image" || type === "image_url" ? [value] : Object.values(value).flatMap(imagesIn);
}

const addressed: Record<string, (url: (name: string) => string) => unknown[]> = {
  "OpenAI-compatible": (url) => [
    { type: "image_url", image_url: { url: url("a.gif"), detail: "low" } },
    { type: "image_url", image_url: { url: url("b") } },
  ],
  Anthropic: (url) => [
    { type: "image", source: { type: "url", url: url("a.gif") } },
    { type: "image", source: { type: "url", url: url("b") } },
  ],
};

const source = { type: "base64", media_type: "application/pdf", data: "JVBERi0=" };
const file_data = "data:application/pdf;base64,JVBERi0=";
const documented: Record<string, unknown[]> = {
  "OpenAI-compatible": [
    { type: "text", text: "Sum up." },
    { type: "file", file: { filename: "a.pdf", file_data } },
    { type: "file", file: { filename: "document.pdf", file_data } },
  ],
  Anthropic: [
    { type: "document", source, title: "a.pdf" },
    { type: "document", source },
    { type: "text", text: "Sum up." },
  ],
};

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
