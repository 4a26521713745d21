import { expect, it } from "vitest";
import { divideFields, unsentFields } from "../../../server/core/passed-on.ts";
import type { Wire } from "../../../server/core/provider.ts";
import type { PassedOn } from "../../../server/core/relay.ts";

const chat = (fields: PassedOn["fields"]): PassedOn => ({ wire: "openai-compatible", fields });
const messages = (fields: PassedOn["fields"]): PassedOn => ({ wire: "anthropic", fields });

const ask = { kind: "chat", messages: [], tools: [], toolChoice: "auto" } as const;
const schema = { type: "object", properties: {} };
const ofChat = chat({
  top_p: 0.5,
  top_k: 5,
  seed: 7,
  presence_penalty: 1,
  frequency_penalty: -1,
  response_format: { type: "json_object" },
  parallel_tool_calls: false,
  logit_bias: { 5: 1 },
});
const ofMessages = messages({
  top_p: 0.5,
  top_k: 5,
  thinking: { type: "adaptive" },
  "tool_choice.disable_parallel_tool_use": true,
});

it.each<[PassedOn, Wire, string[]]>([
  [ofChat, "openai-compatible", []],
  [ofChat, "anthropic", ["seed", "presence_penalty", "frequency_penalty", "response_format", "logit_bias"]],
  [ofChat, "openai-responses", ["top_k", "seed", "presence_penalty", "frequency_penalty", "logit_bias"]],
  [ofChat, "google", ["parallel_tool_calls", "logit_bias"]],
  [
    ofChat,
    "bedrock",
    ["top_k", "seed", "presence_penalty", "frequency_penalty", "response_format", "parallel_tool_calls", "logit_bias"],
  ],
  [ofChat, "ollama", ["parallel_tool_calls", "logit_bias"]],
  [ofMessages, "openai-compatible", ["thinking"]],
  [ofMessages, "anthropic", []],
  [ofMessages, "openai-responses", ["top_k", "thinking"]],
  [ofMessages, "google", ["thinking", "tool_choice.disable_parallel_tool_use"]],
  [ofMessages, "bedrock", ["top_k", "thinking", "tool_choice.disable_parallel_tool_use"]],
  [ofMessages, "ollama", ["thinking", "tool_choice.disable_parallel_tool_use"]],
])("of %j a route that speaks %s is not sent %j", (passedOn, wire, unsent) => {
  expect(unsentFields({ ask, passedOn, dropped: [] }, wire)).toEqual(unsent);
});

it("names how finely an image is to be looked at where the wire has no word for it", () => {
  const fine = { url: "https://example.com/a.png", detail: "high" } as const;
  const asked = { ask: { ...ask, messages: [{ role: "user", text: "", images: [fine] } as const] }, passedOn: null };
  const unsent = (wire: Wire) => unsentFields({ ...asked, dropped: [] }, wire);
  expect([unsent("openai-compatible"), unsent("openai-responses")]).toEqual([[], []]);
  for (const wire of ["anthropic", "google", "bedrock", "ollama"] as const) {
    expect(unsent(wire)).toEqual(["messages[].content[].image_url.detail"]);
  }
});

it("names once what the reader could not carry, and what only OpenAI's wire has a place for", () => {
  const tools = [{ name: "read", description: "", parameters: schema, isStrict: true as const }];
  const dropped = ["messages[].name", "logit_bias"];
  const asked = { ask: { ...ask, tools }, passedOn: chat({ logit_bias: {} }), dropped };
  expect(unsentFields(asked, "openai-compatible")).toEqual(["messages[].name", "logit_bias"]);
  expect(unsentFields(asked, "anthropic")).toEqual(["logit_bias", "messages[].name", "tools[].function.strict"]);
  expect(unsentFields({ ...asked, passedOn: null, dropped: [] }, "google")).toEqual(["tools[].function.strict"]);
  expect(
    unsentFields({ ask: { kind: "fill", prefix: "", suffix: "" }, passedOn: null, dropped: [] }, "google"),
  ).toEqual([]);
});

it("gives each field to one place", () => {
  expect(divideFields(ofMessages, "anthropic")).toEqual({
    shared: { topP: 0.5, topK: 5, oneCallOnly: true },
    raw: { thinking: { type: "adaptive" } },
    unsent: [],
  });
  expect(divideFields(ofMessages, "openai-compatible")).toEqual({
    shared: {},
    raw: { top_p: 0.5, top_k: 5, parallel_tool_calls: false },
    unsent: ["thinking"],
  });
  expect(divideFields(null, "google")).toEqual({ shared: {}, raw: {}, unsent: [] });
});

it("reads a schema for the answer", () => {
  const json_schema = { name: "n", description: "d", schema, strict: true };
  const asked = chat({ response_format: { type: "json_schema", json_schema } });
  expect(divideFields(asked, "anthropic").shared).toEqual({
    responseFormat: { schema, name: "n", description: "d", isStrict: true },
  });
  const any = chat({ response_format: { type: "json_object" } });
  expect(divideFields(any, "google").shared).toEqual({ responseFormat: { schema: null } });
  for (const wire of ["anthropic", "google", "bedrock", "ollama"] as const) {
    const plain = chat({ response_format: { type: "text" }, parallel_tool_calls: true });
    expect(divideFields(plain, wire)).toEqual({ shared: {}, raw: {}, unsent: [] });
  }
});

it("reads a schema of Anthropic's for the answer, and names what else stands beside it", () => {
  const strict = {
    type: "object",
    properties: { n: { type: "number" } },
    required: ["n"],
    additionalProperties: false,
  };
  const asked = (of: object) =>
    messages({ output_config: { format: { type: "json_schema", schema: of }, effort: "low", task_budget: null } });
  expect(divideFields(asked(strict), "anthropic")).toEqual({ shared: {}, raw: asked(strict).fields, unsent: [] });
  expect(divideFields(asked(strict), "openai-compatible")).toEqual({
    shared: {},
    raw: {
      response_format: { type: "json_schema", json_schema: { name: "response", schema: strict, strict: true } },
    },
    unsent: ["output_config.effort"],
  });
  expect(divideFields(asked(schema), "openai-compatible").raw).toEqual({
    response_format: { type: "json_schema", json_schema: { name: "response", schema } },
  });
  for (const wire of ["openai-responses", "google", "bedrock", "ollama"] as const) {
    expect(divideFields(asked(strict), wire)).toEqual({
      shared: { responseFormat: { schema: strict, isStrict: true } },
      raw: {},
      unsent: ["output_config.effort"],
    });
  }
  expect(divideFields(asked(schema), "google").shared).toEqual({ responseFormat: { schema } });
});

it.each([
  ["output_config", "yes"],
  ["output_config.format", { format: "json" }],
  ["output_config.format", { format: { type: "json_schema" } }],
  ["output_config.format", { format: { type: "json_schema", schema: [] } }],
  ["output_config.format", { format: { type: "regex", schema } }],
])("names %s where it is %j, and hands it on to its own wire alone", (name, output_config) => {
  expect(unsentFields({ ask, passedOn: messages({ output_config }), dropped: [] }, "google")).toEqual([name]);
  expect(divideFields(messages({ output_config }), "anthropic").raw).toEqual({ output_config });
});

it("never passes on what we write ourselves, and no value that cannot be read on another wire", () => {
  const ours = {
    model: "x",
    messages: [],
    max_tokens: 1,
    temperature: 2,
    stream: false,
    tools: [],
    stop: "a",
    system: "",
  };
  expect(divideFields(chat(ours), "openai-compatible")).toEqual({ shared: {}, raw: {}, unsent: Object.keys(ours) });
  expect(divideFields(messages(ours), "anthropic")).toEqual({ shared: {}, raw: {}, unsent: Object.keys(ours) });
  expect(divideFields(chat({ top_p: "high" }), "google").unsent).toEqual(["top_p"]);
  // There the vendor itself says what is wrong with it.
  expect(divideFields(messages({ top_p: "high" }), "anthropic").raw).toEqual({ top_p: "high" });
});
