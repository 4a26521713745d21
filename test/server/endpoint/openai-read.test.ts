import { describe, expect, it } from "vitest";
import { readCompletion } from "../../../server/endpoint/openai-completions.ts";
import { readChat } from "../../../server/endpoint/openai-read-chat.ts";
import { WireError } from "../../../server/endpoint/wire.ts";

const user = { role: "user", content: "Hello" };
const chat = (fields: Record<string, unknown> = {}) => readChat({ model: "auto", messages: [user], ...fields }).request;
const messages = (...list: unknown[]) => {
  const { ask } = chat({ messages: list });
  return ask.kind === "chat" ? ask.messages : [];
};

/** The fault that `read` throws: its field and what it says of it. */
function refusalOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    expect([error.fault.status, error.fault.kind]).toEqual([400, "bad-request"]);
    return `${error.fault.param}: ${error.fault.message}`;
  }
  return "nothing was refused";
}

const png = "data:image/png;base64,iVBORw0KGgo=";
const tool = { type: "function", function: { name: "look", description: "Looks.", parameters: { type: "object" } } };

describe("a chat", () => {
  it("of nothing but its messages", () => {
    expect(chat()).toEqual({
      model: "auto",
      ask: { kind: "chat", messages: [{ role: "user", text: "Hello" }], tools: [], toolChoice: "auto" },
      maxOutputTokens: null,
      passedOn: null,
      dropped: [],
      isStreamed: false,
    });
  });

  it("with all that is read here", () => {
    const request = chat({
      max_tokens: 10,
      max_completion_tokens: 20,
      temperature: 0.5,
      stop: "END",
      stream: true,
      stream_options: { include_usage: true },
      tools: [tool, { type: "function", function: { name: "go", parameters: null } }],
      tool_choice: { type: "function", function: { name: "go" } },
    });
    expect(request).toEqual({
      model: "auto",
      ask: {
        kind: "chat",
        messages: [{ role: "user", text: "Hello" }],
        tools: [
          { name: "look", description: "Looks.", parameters: { type: "object" } },
          { name: "go", description: "", parameters: { type: "object", properties: {} } },
        ],
        toolChoice: { name: "go" },
      },
      maxOutputTokens: 20,
      temperature: 0.5,
      stop: ["END"],
      passedOn: null,
      dropped: [],
      isStreamed: true,
    });
    expect(chat({ max_tokens: 10, stop: ["a", "b"] })).toMatchObject({ maxOutputTokens: 10, stop: ["a", "b"] });
    expect(chat({ tools: [tool], tool_choice: "required" }).ask).toMatchObject({ toolChoice: "required" });
  });

  it("hands on what it does not know, by its own names", () => {
    const fields = {
      response_format: { type: "json_object" },
      top_p: 0.9,
      seed: 7,
      reasoning_effort: "low",
      parallel_tool_calls: false,
      user: "u1",
      metadata: { a: "b" },
      logit_bias: { "50256": -100 },
      service_tier: "default",
      modalities: ["text"],
      n: 1,
      something_new: [null, { x: 1 }],
    };
    expect(chat(fields).passedOn).toEqual({ wire: "openai-compatible", fields });
  });

  it("takes null for nothing", () => {
    const names = [
      "max_tokens",
      "temperature",
      "stop",
      "stream",
      "stream_options",
      "tools",
      "tool_choice",
      "n",
      "seed",
    ];
    const nulls = Object.fromEntries([...names, "audio", "functions", "models"].map((name) => [name, null]));
    expect(chat(nulls)).toEqual(chat());
  });

  it("has messages of each role", () => {
    expect(
      messages(
        { role: "system", content: "Be brief." },
        {
          role: "developer",
          content: [
            { type: "text", text: "Be " },
            { type: "text", text: "kind." },
          ],
        },
        {
          role: "user",
          name: "Ann",
          content: [
            { type: "text", text: "See" },
            { type: "image_url", image_url: { url: png, detail: "low" } },
          ],
        },
        {
          role: "assistant",
          content: null,
          reasoning_content: "Hm.",
          tool_calls: [
            { id: "c1", type: "function", function: { name: "look", arguments: '{"at":1}' } },
            { id: "c2", function: { name: "go", arguments: "" } },
          ],
        },
        { role: "tool", tool_call_id: "c1", content: "a cat" },
        {
          role: "tool",
          tool_call_id: "c2",
          content: [{ type: "image_url", image_url: { url: png.replace("png", "jpg") } }],
        },
        {
          role: "assistant",
          content: [
            { type: "text", text: "No: " },
            { type: "refusal", refusal: "I will not." },
          ],
        },
        { role: "assistant", refusal: "Never." },
      ),
    ).toEqual([
      { role: "system", text: "Be brief." },
      { role: "system", text: "Be kind." },
      { role: "user", text: "See", images: [{ mediaType: "image/png", base64: "iVBORw0KGgo=", detail: "low" }] },
      {
        role: "assistant",
        text: "",
        toolCalls: [
          { id: "c1", name: "look", argumentsJson: '{"at":1}' },
          { id: "c2", name: "go", argumentsJson: "{}" },
        ],
      },
      { role: "tool", text: "a cat", toolCallId: "c1" },
      { role: "tool", text: "", toolCallId: "c2", images: [{ mediaType: "image/jpeg", base64: "iVBORw0KGgo=" }] },
      { role: "assistant", text: "No: I will not." },
      { role: "assistant", text: "Never." },
    ]);
  });

  it("carries a schema that is to be kept to, and says so only where it was said", () => {
    const strict = (value: unknown) => ({ type: "function", function: { ...tool.function, strict: value } });
    expect(chat({ tools: [strict(true), strict(false), strict(null), tool] })).toMatchObject({ dropped: [] });
    const { ask } = chat({ tools: [strict(true), strict(false), strict(null), tool] });
    const plain = { name: "look", description: "Looks.", parameters: { type: "object" } };
    expect(ask.kind === "chat" && ask.tools).toEqual([{ ...plain, isStrict: true }, plain, plain, plain]);
  });

  it("names what it cannot carry, each once", () => {
    const shown = (more: object) => ({ type: "image_url", image_url: { url: png, ...more } });
    const said = (...parts: unknown[]) => ({ role: "user", content: parts });
    expect(
      chat({
        messages: [
          { ...user, name: "Ann" },
          { ...user, name: "Bob" },
        ],
      }).dropped,
    ).toEqual(["messages[].name"]);
    const text = { type: "text", text: "See", cache_control: { type: "ephemeral" } };
    const unheardOf = [said(text, shown({ detail: "finest" })), said(shown({ detail: 4 }))];
    expect(chat({ messages: unheardOf }).dropped).toEqual(["messages[].content[].image_url.detail", "cache_control"]);
    expect(chat({ messages: [said(shown({ detail: "low" })), said(shown({ detail: "high" }))] }).dropped).toEqual([]);
    // Nothing is lost of what is anyhow so.
    expect(chat({ messages: [{ ...user, name: null }, said(shown({ detail: "auto" }))] }).dropped).toEqual([]);
  });

  it.each([
    [{ model: undefined }, "model: model has to be the name of a model."],
    [{ model: "" }, "model: model has to be the name of a model."],
    [{ messages: undefined }, "messages: messages has to be a list of messages."],
    [{ messages: [] }, "messages: messages has to hold a message."],
    [{ messages: ["Hi"] }, "messages[0]: messages[0] has to be an object."],
    [
      { messages: [user, { role: "robot", content: "" }] },
      "messages[1].role: messages[1].role has to be system, developer, user, assistant or tool.",
    ],
    [{ messages: [{ role: "function", name: "f", content: "" }] }, "messages[0].role: messages[0].role is of before"],
    [{ messages: [{ role: "user" }] }, "messages[0].content: messages[0].content is missing"],
    [
      { messages: [{ role: "user", content: 3 }] },
      "messages[0].content: messages[0].content has to be a text, or a list of parts.",
    ],
    [{ messages: [{ role: "user", content: [{ type: "text" }] }] }, "messages[0].content[0].text: "],
    [
      { messages: [{ role: "user", content: [{ type: "input_audio" }] }] },
      'messages[0].content[0].type: messages[0].content[0].type is "input_audio"',
    ],
    [{ messages: [{ role: "tool", content: "x" }] }, "messages[0].tool_call_id: "],
    [
      { messages: [{ role: "assistant", tool_calls: [{ id: "c", type: "custom", custom: {} }] }] },
      "messages[0].tool_calls[0].type: ",
    ],
    [
      { messages: [{ role: "assistant", tool_calls: [{ id: "c", function: { name: "f" } }] }] },
      "messages[0].tool_calls[0].function.arguments: ",
    ],
    [{ messages: [{ role: "assistant", function_call: { name: "f" } }] }, "messages[0].function_call: "],
    [{ messages: [{ role: "assistant", audio: { id: "a" } }] }, "messages[0].audio: "],
    [{ max_tokens: 0 }, "max_tokens: max_tokens has to be a whole number from 1 on."],
    [
      { max_completion_tokens: 1.5 },
      "max_completion_tokens: max_completion_tokens has to be a whole number from 1 on.",
    ],
    [{ max_tokens: "9" }, "max_tokens: max_tokens has to be a whole number from 1 on."],
    [{ temperature: 9 }, "temperature: temperature has to be a number from 0 to 2."],
    [{ temperature: -1 }, "temperature: temperature has to be a number from 0 to 2."],
    [{ temperature: "hot" }, "temperature: temperature has to be a number from 0 to 2."],
    [{ stop: Array.from({ length: 17 }, String) }, "stop: stop has to be a text, or up to 16 of them."],
    [{ stream: "yes" }, "stream: "],
    [{ stream_options: 1 }, "stream_options: stream_options has to be an object."],
    [
      { stream_options: { include_usage: 1 } },
      "stream_options.include_usage: stream_options.include_usage has to be true or false.",
    ],
    [{ tools: [tool, { type: "web_search" }] }, 'tools[1].type: tools[1].type is "web_search"'],
    [{ tools: ["look"] }, "tools[0]: tools[0] has to be an object."],
    [{ tools: [{ type: "function" }] }, "tools[0].function: "],
    [{ tools: [{ type: "function", function: { name: "" } }] }, "tools[0].function.name: "],
    [
      { tools: [{ type: "function", function: { name: "a", strict: "yes" } }] },
      "tools[0].function.strict: tools[0].function.strict has to be true or false.",
    ],
    [{ tools: "all" }, "tools: "],
    [{ tool_choice: "any" }, "tool_choice: "],
    [{ tool_choice: "required" }, "tool_choice: tool_choice is required, and there are no tools."],
    [
      { tools: [tool], tool_choice: { type: "function", function: { name: "go" } } },
      'tool_choice.function.name: tool_choice names "go"',
    ],
    [{ functions: [] }, "functions: functions is of before there were tools"],
    [{ function_call: "auto" }, "function_call: "],
    [{ n: 2 }, "n: n can only be 1: each further answer would be paid for."],
    [{ best_of: 3 }, "best_of: "],
    [{ service_tier: "priority" }, "service_tier: service_tier can only be auto or default"],
    [{ service_tier: "flex" }, "service_tier: "],
    [{ modalities: ["text", "audio"] }, "modalities: "],
    [{ audio: { voice: "alloy" } }, "audio: audio changes what is paid"],
    [{ prediction: {} }, "prediction: "],
    [{ web_search_options: {} }, "web_search_options: "],
    [{ plugins: [] }, "plugins: "],
    [{ models: ["a", "b"] }, "models: models chooses who is asked"],
    [{ route: "fallback" }, "route: "],
    [{ provider: { order: ["x"] } }, "provider: "],
    [{ transforms: [] }, "transforms: "],
    [{ api_base: "https://evil.example" }, "api_base: "],
  ])("%j is refused", (fields, words) => {
    const refused = refusalOf(() => chat(fields));
    expect(refused.startsWith(words) ? words : refused).toBe(words);
  });
});

describe("a completion", () => {
  const completion = (fields: Record<string, unknown> = {}) =>
    readCompletion({ model: "auto", prompt: "def f(", ...fields }).request;

  it("goes on with a text, or fills a hole", () => {
    expect(completion()).toEqual({
      model: "auto",
      ask: { kind: "fill", prefix: "def f(", suffix: "" },
      maxOutputTokens: 16,
      passedOn: null,
      dropped: [],
      isStreamed: false,
    });
    expect(
      completion({
        prompt: ["a"],
        suffix: ")",
        max_tokens: 64,
        temperature: 0,
        stop: ["\n"],
        stream: true,
        echo: false,
        best_of: 1,
        top_p: 1,
      }),
    ).toEqual({
      model: "auto",
      ask: { kind: "fill", prefix: "a", suffix: ")" },
      maxOutputTokens: 64,
      temperature: 0,
      stop: ["\n"],
      passedOn: { wire: "openai-compatible", fields: { best_of: 1, top_p: 1 } },
      dropped: [],
      isStreamed: true,
    });
  });

  it.each([
    [{ prompt: [1, 2, 3] }, "prompt: prompt has to be one text"],
    [{ prompt: ["a", "b"] }, "prompt: "],
    [{ prompt: null }, "prompt: "],
    [{ echo: true }, "echo: echo can only be false"],
    [{ logprobs: 0 }, "logprobs: "],
    [{ n: 2 }, "n: "],
    [{ best_of: 2 }, "best_of: "],
    [{ suffix: 3 }, "suffix: "],
  ])("%j is refused", (fields, words) => {
    const refused = refusalOf(() => completion(fields));
    expect(refused.startsWith(words) ? words : refused).toBe(words);
  });
});
