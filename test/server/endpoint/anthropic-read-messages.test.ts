import { describe, expect, it } from "vitest";
import type { Message } from "../../../server/core/provider.ts";
import { unknownWriter } from "../../../server/core/provider.ts";
import { readCountTokens, writeTokenCount } from "../../../server/endpoint/anthropic-count-tokens.ts";
import { readMessages } from "../../../server/endpoint/anthropic-read-messages.ts";
import { WireError, type WireFault } from "../../../server/endpoint/wire.ts";

const least = { model: "auto", max_tokens: 100, messages: [{ role: "user", content: "Why?" }] };
const png = "iVBORw0KGgo=";
const image = { type: "image", source: { type: "base64", media_type: "image/png", data: png } };
const tool = { name: "read", description: "Reads.", input_schema: { type: "object", properties: {} } };

const read = (more: Record<string, unknown>) => readMessages({ ...least, ...more }).request;

function faultOf(body: Record<string, unknown>): WireFault | null {
  try {
    readMessages(body);
    return null;
  } catch (error) {
    if (error instanceof WireError) return error.fault;
    throw error;
  }
}

function messagesOf(more: Record<string, unknown>): readonly Message[] {
  const { ask } = read(more);
  return ask.kind === "chat" ? ask.messages : [];
}

describe("a body", () => {
  it("is read whole where it is the least there can be", () => {
    expect(readMessages(least).request).toEqual({
      model: "auto",
      ask: { kind: "chat", messages: [{ role: "user", text: "Why?" }], tools: [], toolChoice: "auto" },
      maxOutputTokens: 100,
      passedOn: null,
      dropped: [],
      isStreamed: false,
    });
  });

  it("is read whole where it says much", () => {
    const body = {
      model: "a/b",
      max_tokens: 2_000,
      stream: true,
      temperature: 0.5,
      stop_sequences: ["\n\n", "END"],
      system: [
        { type: "text", text: "One.", cache_control: { type: "ephemeral" } },
        { type: "text", text: "Two." },
      ],
      tools: [tool, { type: "custom", name: "now", input_schema: { type: "object" }, cache_control: null }],
      tool_choice: { type: "tool", name: "now" },
      cache_control: { type: "ephemeral" },
      messages: [{ role: "user", content: [{ type: "text", text: "Look." }, image] }],
      top_p: 0.9,
      top_k: 40,
      thinking: { type: "enabled", budget_tokens: 1_024 },
      metadata: { user_id: "u" },
      service_tier: "standard_only",
      of_tomorrow: [1],
    };
    expect(readMessages(body).request).toEqual({
      model: "a/b",
      ask: {
        kind: "chat",
        messages: [
          { role: "system", text: "One.\n\nTwo." },
          { role: "user", text: "Look.", images: [{ mediaType: "image/png", base64: png }] },
        ],
        tools: [
          { name: "read", description: "Reads.", parameters: tool.input_schema },
          { name: "now", description: "", parameters: { type: "object" } },
        ],
        toolChoice: { name: "now" },
      },
      maxOutputTokens: 2_000,
      temperature: 0.5,
      stop: ["\n\n", "END"],
      passedOn: {
        wire: "anthropic",
        fields: {
          top_p: 0.9,
          top_k: 40,
          thinking: { type: "enabled", budget_tokens: 1_024 },
          metadata: { user_id: "u" },
          service_tier: "standard_only",
          of_tomorrow: [1],
        },
      },
      dropped: ["cache_control"],
      isStreamed: true,
    });
  });

  const mark = { cache_control: { type: "ephemeral" } };
  const text = { type: "text", text: "a" };
  const result = { type: "tool_result", tool_use_id: "c", content: [text] };
  it.each<[string, Record<string, unknown>]>([
    ["the body", mark],
    ["the system prompt", { system: [text, { ...text, ...mark }] }],
    ["a tool", { tools: [tool, { ...tool, ...mark }] }],
    ["a block", { messages: [...least.messages, { role: "user", content: [text, { ...text, ...mark }] }] }],
    ["a tool's result", { messages: [{ role: "user", content: [{ ...result, ...mark }] }] }],
    [
      "a block of a tool's result",
      { messages: [{ role: "user", content: [{ ...result, content: [{ ...text, ...mark }] }] }] },
    ],
  ])("names marks for the cache at %s, which are not sent", (_, more) => {
    expect(read(more).dropped).toEqual(["cache_control"]);
  });

  it("names no field of a tool's schema that is called so, and no mark of null", () => {
    const input_schema = { type: "object", properties: { cache_control: { type: "string" } } };
    expect(read({ tools: [{ ...tool, input_schema, cache_control: null }] }).dropped).toEqual([]);
  });

  it("names a schema of a tool that is to be kept to", () => {
    expect(read({ tools: [{ ...tool, strict: true }] }).dropped).toEqual(["tools[].strict"]);
    expect(read({ tools: [{ ...tool, strict: false }, tool] }).dropped).toEqual([]);
  });

  it.each([
    ["context-1m-2025-08-07", ["anthropic-beta"]],
    ["a,b", ["anthropic-beta"]],
    [" , ", []],
    ["", []],
    [undefined, []],
  ])("names the header of betas where it says %j", (value, dropped) => {
    expect(readMessages(least, { "anthropic-beta": value }).request.dropped).toEqual(dropped);
  });

  it.each([
    [{ type: "auto" }, "auto", null],
    [{ type: "any" }, "required", null],
    [{ type: "none" }, "none", null],
    [{ type: "tool", name: "read" }, { name: "read" }, null],
    [
      { type: "auto", disable_parallel_tool_use: true },
      "auto",
      { wire: "anthropic", fields: { "tool_choice.disable_parallel_tool_use": true } },
    ],
  ])("chooses tools by %j", (tool_choice, toolChoice, passedOn) => {
    expect(read({ tools: [tool], tool_choice })).toMatchObject({ ask: { toolChoice }, passedOn });
  });

  it("passes on nothing that is null, or empty and would be refused otherwise", () => {
    const nothing = {
      metadata: null,
      mcp_servers: [],
      container: null,
      speed: "standard",
      fallbacks: [],
      system: null,
    };
    expect(read({ ...nothing, tools: null, tool_choice: null, stop_sequences: null, stream: null })).toEqual(
      readMessages(least).request,
    );
  });
});

describe("a conversation", () => {
  it("has results first, then what else the person says, as one", () => {
    expect(
      messagesOf({
        messages: [
          { role: "user", content: "Read." },
          {
            role: "assistant",
            content: [
              { type: "thinking", thinking: "Hm.", signature: "s" },
              { type: "redacted_thinking", data: "d" },
              { type: "text", text: "I read." },
              { type: "tool_use", id: "functions.read:0", name: "read", input: { path: "Ünï" } },
              { type: "tool_use", id: "c2", name: "now", input: {} },
            ],
          },
          {
            role: "user",
            content: [
              { type: "text", text: "Go" },
              { type: "tool_result", tool_use_id: "functions.read:0", content: "text" },
              image,
              {
                type: "tool_result",
                tool_use_id: "c2",
                is_error: true,
                content: [{ type: "text", text: "a" }, { type: "text", text: "b" }, image],
              },
              { type: "text", text: "on." },
            ],
          },
          { role: "assistant", content: "Then" },
        ],
      }),
    ).toEqual([
      { role: "user", text: "Read." },
      {
        role: "assistant",
        text: "I read.",
        toolCalls: [
          { id: "functions.read:0", name: "read", argumentsJson: '{"path":"Ünï"}' },
          { id: "c2", name: "now", argumentsJson: "{}" },
        ],
        // The engine knows by the calls whose it is, if they were made through it.
        reasoning: [
          { text: "Hm.", signature: "s", redactedData: null, by: unknownWriter },
          { text: "", signature: null, redactedData: "d", by: unknownWriter },
        ],
      },
      { role: "tool", text: "text", toolCallId: "functions.read:0" },
      {
        role: "tool",
        text: "a\nb",
        toolCallId: "c2",
        isError: true,
        images: [{ mediaType: "image/png", base64: png }],
      },
      { role: "user", text: "Go\n\non.", images: [{ mediaType: "image/png", base64: png }] },
      { role: "assistant", text: "Then" },
    ]);
  });

  it("has no message of an assistant that only thought, and no user's after results alone", () => {
    expect(
      messagesOf({
        messages: [
          { role: "user", content: "a" },
          { role: "assistant", content: [{ type: "thinking", thinking: "x", signature: "s" }] },
          { role: "user", content: [{ type: "tool_result", tool_use_id: "c" }] },
        ],
      }),
    ).toEqual([
      { role: "user", text: "a" },
      { role: "tool", text: "", toolCallId: "c" },
    ]);
  });

  it("takes an image of many megabytes", () => {
    const data = "A".repeat(12_000_000);
    const large = { type: "image", source: { type: "base64", media_type: "image/png", data } };
    const [message] = messagesOf({ messages: [{ role: "user", content: [large] }] });
    const [image] = message?.images ?? [];
    expect(image !== undefined && "base64" in image && image.base64.length).toBe(12_000_000);
  });

  it("takes the address of an image as an address, in a result too", () => {
    const at = (url: string) => ({ type: "image", source: { type: "url", url } });
    const result = { type: "tool_result", tool_use_id: "c", content: [at("http://Example.com/b")] };
    expect(
      messagesOf({ messages: [{ role: "user", content: [result, at("https://example.com/a.png?s=%2F")] }] }),
    ).toEqual([
      { role: "tool", text: "", toolCallId: "c", images: [{ url: "http://example.com/b" }] },
      { role: "user", text: "", images: [{ url: "https://example.com/a.png?s=%2F" }] },
    ]);
  });
});

const user = (...content: unknown[]) => ({ messages: [{ role: "user", content }] });
const assistant = (...content: unknown[]) => ({ messages: [least.messages[0], { role: "assistant", content }] });

describe("what cannot be taken is a 400 that names its field", () => {
  it.each<[string | null, Record<string, unknown>, RegExp]>([
    ["model", { model: undefined }, /^model is required\.$/],
    ["model", { model: 5 }, /^model has to be a text\.$/],
    ["model", { model: "" }, /^model is empty\.$/],
    ["max_tokens", { max_tokens: undefined }, /^max_tokens is required\.$/],
    ["max_tokens", { max_tokens: null }, /^max_tokens is required\.$/],
    ["max_tokens", { max_tokens: 0 }, /^max_tokens has to be a whole number from 1 on\.$/],
    ["max_tokens", { max_tokens: 1.5 }, /^max_tokens has to be a whole number from 1 on\.$/],
    ["max_tokens", { max_tokens: "9" }, /^max_tokens has to be a whole number from 1 on\.$/],
    ["max_tokens", { max_tokens: 1e300 }, /^max_tokens has to be a whole number from 1 on\.$/],
    ["messages", { messages: undefined }, /required/],
    ["messages", { messages: "Hi" }, /^messages has to be a list\.$/],
    ["messages", { messages: [] }, /^messages has to have at least one message\.$/],
    ["messages[0]", { messages: ["Hi"] }, /^messages\[0\] has to be an object\.$/],
    ["messages", { messages: [{ role: "assistant", content: [] }] }, /nothing in it that asks/],
    [
      "messages[0].role",
      { messages: [{ role: "king", content: "a" }] },
      /^messages\[0\]\.role has to be "user", "assistant" or "system"\.$/,
    ],
    ["messages", { messages: [{ role: "system", content: "a" }] }, /nothing in it that asks/],
    ["messages[0].content[0].type", { messages: [{ role: "system", content: [{ type: "image" }] }] }, /text alone/],
    ["messages[0].content", { messages: [{ role: "user" }] }, /required/],
    ["messages[0].content", { messages: [{ role: "user", content: "" }] }, /empty/],
    ["messages[0].content", { messages: [{ role: "user", content: [] }] }, /empty/],
    ["messages[0].content[1].type", user({ type: "text", text: "a" }, { text: "b" }), /required/],
    ["messages[0].content[0].text", user({ type: "text" }), /required/],
    ["messages[0].content[0].type", user({ type: "search_result", source: "x" }), /"search_result"/],
    ["messages[0].content[0].type", user({ type: "tool_use", id: "c", name: "n", input: {} }), /"tool_use"/],
    ["messages[1].content[0].type", assistant(image), /"image"/],
    ["messages[1].content[0].type", assistant({ type: "server_tool_use" }), /"server_tool_use"/],
    [
      "messages[1].content[0].input",
      assistant({ type: "tool_use", id: "c", name: "n", input: "x" }),
      /^messages\[1\]\.content\[0\]\.input has to be an object\.$/,
    ],
    ["messages[0].content[0].source.url", user({ type: "image", source: { type: "url" } }), /required/],
    [
      "messages[0].content[0].source.url",
      user({ type: "image", source: { type: "url", url: "file:///etc/passwd" } }),
      /source\.url has to begin with https: or http:\. Send what lies elsewhere itself, in base64\.$/,
    ],
    [
      "messages[0].content[0].source.url",
      user({ type: "image", source: { type: "url", url: `data:image/png;base64,${png}` } }),
      /has to begin with https: or http:/,
    ],
    [
      "messages[0].content[0].source.url",
      user({ type: "image", source: { type: "url", url: "https://" } }),
      /is no address that can be read\.$/,
    ],
    [
      "messages[0].content[0].source.type",
      user({ type: "image", source: { type: "file", file_id: "f" } }),
      /is "file", and no files are kept here: send the image itself, as base64, or its address, as url\.$/,
    ],
    [
      "messages[0].content[0].source.data",
      user({ type: "image", source: { ...image.source, data: `data:image/png;base64,${png}` } }),
      /data: address/,
    ],
    [
      "messages[0].content[0].source.media_type",
      user({ type: "image", source: { ...image.source, media_type: "image/tiff" } }),
      /media_type has to be "image\/png", "image\/jpeg", "image\/gif" or "image\/webp"\.$/,
    ],
    ["messages[0].content[0].tool_use_id", user({ type: "tool_result", content: "a" }), /required/],
    [
      "messages[0].content[0].content[1].type",
      user({ type: "tool_result", tool_use_id: "c", content: [{ type: "text", text: "a" }, { type: "thinking" }] }),
      /text, images and documents of text/,
    ],
    ["system[0].type", { system: [image] }, /text alone/],
    ["system", { system: 5 }, /a text or a list/],
    ["tools", { tools: {} }, /^tools has to be a list\.$/],
    ["tools[1].type", { tools: [tool, { type: "web_search_20250305", name: "web_search" }] }, /costs is not known/],
    [
      "tools[0].type",
      { tools: [{ type: "bash_20250124", name: "bash" }] },
      /^tools\[0\]\.type is "bash_20250124", whose form only its vendor knows: of tools that the client runs, those with an input_schema are carried here\. Describe it as a tool of the type custom, with a name, a description and an input_schema\.$/,
    ],
    [
      "tools[0].type",
      { tools: [{ type: "text_editor_20250728", name: "e", max_characters: 9 }] },
      /a tool of the type custom/,
    ],
    ["tools[0].type", { tools: [{ type: "computer_20251124", name: "computer" }] }, /a tool of the type custom/],
    ["tools[0].type", { tools: [{ type: "memory_20250818", name: "memory" }] }, /a tool of the type custom/],
    ["tools[0].input_schema", { tools: [{ name: "a" }] }, /required/],
    ["tool_choice.type", { tool_choice: { type: "some" } }, /has to be "auto", "any", "none" or "tool"\.$/],
    ["tool_choice.name", { tools: [tool], tool_choice: { type: "tool", name: "other" } }, /one of the tools/],
    ["temperature", { temperature: 1.1 }, /^temperature has to be a number from 0 to 1\.$/],
    ["temperature", { temperature: "hot" }, /^temperature has to be a number from 0 to 1\.$/],
    ["stream", { stream: "yes" }, /^stream has to be true or false\.$/],
    ["stop_sequences[0]", { stop_sequences: [1] }, /^stop_sequences\[0\] has to be a text\.$/],
    ["thinking.budget_tokens", { thinking: { type: "enabled", budget_tokens: 0.5 } }, /has to be a whole number\.$/],
    ["thinking.budget_tokens", { thinking: { type: "enabled", budget_tokens: 100 } }, /greater than thinking/],
    ["service_tier", { service_tier: "priority" }, /auto or standard_only/],
    ["speed", { speed: "fast" }, /price/],
    ["inference_geo", { inference_geo: "us" }, /price/],
    ["mcp_servers", { mcp_servers: [{ type: "url" }] }, /others would be asked/],
    ["fallbacks", { fallbacks: [{ model: "m" }] }, /others would be asked/],
    ["container", { container: "c" }, /not known before/],
    ["compaction", { compaction: { type: "auto" } }, /not known before/],
    ["thread", { thread: { type: "create" } }, /no conversation is held here/],
    [
      "context_management.edits[1].type",
      { context_management: { edits: [{ type: "clear_thinking_20251015" }, { type: "compact_20260112" }] } },
      /bills/,
    ],
  ])("%s of %j", (param, more, message) => {
    const { model, max_tokens, messages } = least;
    const fault = faultOf(JSON.parse(JSON.stringify({ model, max_tokens, messages, ...more })));
    expect(fault).toMatchObject({ status: 400, kind: "bad-request", param });
    expect(fault?.message).toMatch(message);
    expect(fault?.message).toContain(param);
  });
});

describe("a count of tokens", () => {
  it("is asked with the same body, bounds aside", () => {
    const { max_tokens: _, ...body } = least;
    const { ask, model } = readMessages({ ...least, tools: [tool], system: "S" }).request;
    expect(readCountTokens({ ...body, tools: [tool], system: "S" })).toEqual({ model, ask });
    expect(() => readCountTokens({ model: "auto" })).toThrow("messages is required.");
    expect(writeTokenCount({ inputTokens: 12 })).toEqual({ input_tokens: 12 });
  });
});
