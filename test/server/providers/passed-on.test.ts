import { describe, expect, it, onTestFinished } from "vitest";
import type { ProviderRequest } from "../../../server/core/provider.ts";
import type { PassedOn } from "../../../server/core/relay.ts";
import { startPlayground } from "../../../server/playground/start-playground.ts";
import { playgroundModels, type VendorModel } from "../../../server/playground/vendor-model.ts";
import { encodeChat, type OptionalParameter, parameterToLeaveOut } from "../../../server/providers/encode-chat.ts";
import { encodeOllamaChat } from "../../../server/providers/encode-ollama.ts";
import { wireRowFor } from "../../../server/providers/presets.ts";
import type { PresetId } from "../../../shared/settings.ts";
import { connectTo, hearRequest, providerAt } from "./hear-provider.ts";

/** What a client of the endpoint asked for beside the prompt, in the bytes that vendors get. */

const tool = { name: "read", description: "Reads.", parameters: { type: "object", properties: {} } };
const request: ProviderRequest = {
  modelId: "m",
  messages: [{ role: "user", text: "Why?" }],
  maxOutputTokens: 4_000,
  temperature: 0.5,
  stop: ["END"],
};
const chat = (fields: PassedOn["fields"]): PassedOn => ({ wire: "openai-compatible", fields });
const messages = (fields: PassedOn["fields"]): PassedOn => ({ wire: "anthropic", fields });
const schema = { type: "object", properties: { a: { type: "string" } }, required: ["a"], additionalProperties: false };
const asSchema = { type: "json_schema", json_schema: { name: "n", description: "d", schema } };
/** What an adapter writes itself, with values that would change what is asked, paid and heard. */
const ours = {
  model: "dear",
  messages: [],
  system: "x",
  tools: [],
  tool_choice: "none",
  stream: false,
  stream_options: {},
  max_tokens: 99_999,
  max_completion_tokens: 99_999,
  temperature: 2,
  stop: ["x"],
  stop_sequences: ["x"],
};

/** The body and headers of the first request that goes to a vendor of this preset. */
async function sent(preset: PresetId, more: Partial<ProviderRequest>) {
  const [provider, server] = await connectTo(preset, (_, response) => {
    response.writeHead(500, { "content-type": "application/json" }).end("{}");
  });
  await hearRequest(provider, { ...request, ...more });
  const [first] = server.requests;
  return { body: JSON.parse(first?.body ?? "null"), headers: first?.headers };
}

describe("chat completions", () => {
  const encode = (more: Partial<ProviderRequest>, refused: OptionalParameter[] = []) =>
    encodeChat({ ...request, ...more }, wireRowFor("openrouter", "https://api.example.com/v1"), new Set(refused));

  it("get a tool's word that its schema is to be kept to, where it was said and is not refused", () => {
    const { name, description, parameters } = tool;
    const plain = { type: "function", function: { name, description, parameters } };
    const strict = { type: "function", function: { name, description, parameters, strict: true } };
    const tools = [{ ...tool, isStrict: true as const }, tool];
    expect(encode({ tools }).tools).toEqual([strict, plain]);
    expect(encode({ tools }, ["tool_schema"]).tools).toEqual([plain, plain]);
    const row = wireRowFor("openrouter", "https://api.example.com/v1");
    const named = "tools[0].function.strict";
    expect(parameterToLeaveOut(named, { ...request, tools }, row, new Set())).toBe("tool_schema");
    expect(parameterToLeaveOut(named, { ...request, tools: [tool] }, row, new Set())).toBeNull();
  });

  it("get the fields of their own wire as they came", () => {
    const fields = { top_p: 0.9, logit_bias: { 5: 1 }, response_format: asSchema, of_tomorrow: [null] };
    expect(encode({ passedOn: chat(fields) })).toEqual({ ...encode({}), ...fields });
  });

  it("get of Anthropic's what means the same", () => {
    const passedOn = messages({
      top_p: 0.9,
      top_k: 5,
      thinking: { type: "adaptive" },
      metadata: {},
      "tool_choice.disable_parallel_tool_use": true,
    });
    expect(encode({ passedOn })).toEqual({ ...encode({}), top_p: 0.9, top_k: 5 });
    const tools = [tool];
    expect(encode({ passedOn, tools })).toEqual({
      ...encode({ tools }),
      top_p: 0.9,
      top_k: 5,
      parallel_tool_calls: false,
    });
    expect(encode({ passedOn }, ["top_p", "top_k"])).toEqual(encode({}));
  });

  it.each([chat(ours), messages(ours)])("get none that we write ourselves: $wire", async (passedOn) => {
    expect(encode({ passedOn })).toEqual(encode({}));
    const { temperature: _, stop: __, ...bare } = request;
    const row = wireRowFor("openai", "https://api.example.com/v1");
    expect(encodeChat({ ...bare, passedOn }, row, new Set())).toEqual(encodeChat(bare, row, new Set()));
    expect((await sent("openai-compatible", { passedOn })).body).toEqual((await sent("openai-compatible", {})).body);
  });

  it("are asked again without what a server refuses, and not a third time", async () => {
    const [provider, server] = await connectTo("openai-compatible", (_, response, body) => {
      const asked = JSON.parse(body);
      const named = ["top_k", "top_p"].find((name) => name in asked);
      const message = named === undefined ? "No." : `Unrecognized request argument supplied: ${named}`;
      response.writeHead(400, { "content-type": "application/json" }).end(JSON.stringify({ error: { message } }));
    });
    const heard = await hearRequest(provider, { ...request, passedOn: messages({ top_k: 5, top_p: 0.9 }) });
    expect(heard.failure?.message).toContain("No.");
    expect(
      server.requests.map(({ body }) => Object.keys(JSON.parse(body)).filter((name) => name.startsWith("top_"))),
    ).toEqual([["top_k", "top_p"], ["top_p"], []]);
  });
});

describe("Anthropic", () => {
  it("gets the fields of its own wire as they came, below ours", async () => {
    const fields = {
      thinking: { type: "enabled", budget_tokens: 2_000 },
      metadata: { user_id: "u" },
      of_tomorrow: { deep: [1] },
    };
    const { temperature: _, ...plain } = (await sent("anthropic", {})).body;
    const { body, headers } = await sent("anthropic", {
      passedOn: messages({ ...fields, top_p: 0.9, top_k: 5, ...ours }),
    });
    // With thinking it takes no temperature and no top_k.
    expect(body).toEqual({ ...plain, ...fields, top_p: 0.9 });
    expect(body).toMatchObject({ model: "m", max_tokens: 4_000, stream: true, stop_sequences: ["END"] });
    expect(headers?.["anthropic-beta"]).toBeUndefined();
  });

  it("gets samplings, and a temperature where nobody asks it to think", async () => {
    const passedOn = messages({ top_k: 5, thinking: { type: "disabled" } });
    const { body } = await sent("anthropic", { passedOn });
    expect(body).toMatchObject({ top_k: 5, temperature: 0.5, thinking: { type: "disabled" } });
    expect((await sent("anthropic", { passedOn: chat({ top_p: 0.9, top_k: 3, seed: 1, user: "u" }) })).body).toEqual({
      ...(await sent("anthropic", {})).body,
      top_p: 0.9,
      top_k: 3,
    });
  });

  it.each([
    [1_500, { type: "enabled", budget_tokens: 1_499 }],
    [1_024, undefined],
  ])("gets a budget for thinking that fits into a room of %i", async (maxOutputTokens, thinking) => {
    const passedOn = messages({ thinking: { type: "enabled", budget_tokens: 2_000 } });
    const { body } = await sent("anthropic", { passedOn, maxOutputTokens });
    expect(body.thinking).toEqual(thinking);
    expect(body.max_tokens).toBe(maxOutputTokens);
  });

  it("gets the word in the header that a field needs", async () => {
    const context_management = { edits: [{ type: "clear_thinking_20251015" }] };
    const { body, headers } = await sent("anthropic", { passedOn: messages({ context_management }) });
    expect(body.context_management).toEqual(context_management);
    expect(headers?.["anthropic-beta"]).toBe("context-management-2025-06-27");
    expect(headers?.["x-api-key"]).toBe("test-key-123");
  });

  it("is kept to one call, whichever wire asked for that", async () => {
    const one = { type: "auto", disable_parallel_tool_use: true };
    for (const passedOn of [
      messages({ "tool_choice.disable_parallel_tool_use": true }),
      chat({ parallel_tool_calls: false }),
    ]) {
      expect((await sent("anthropic", { passedOn, tools: [tool] })).body.tool_choice).toEqual(one);
      expect((await sent("anthropic", { passedOn })).body).not.toHaveProperty("tool_choice");
    }
  });

  it("takes it all in the form of the vendor that checks each field", async () => {
    const [base] = playgroundModels;
    if (base === undefined) throw new Error("The playground has no model.");
    const models: VendorModel[] = [{ ...base, wire: "anthropic", id: "m", answer: () => "Because." }];
    const playground = await startPlayground({ apiKey: "sim-key-123", pace: "instant", models });
    onTestFinished(() => playground.close());
    const provider = providerAt("anthropic", playground.anthropicBaseUrl, "sim-key-123");
    const fields = {
      top_k: 5,
      thinking: { type: "enabled", budget_tokens: 1_024 },
      metadata: { user_id: "u" },
      "tool_choice.disable_parallel_tool_use": true,
    };
    const heard = await hearRequest(provider, { ...request, passedOn: messages(fields), tools: [tool] });
    expect(heard.failure).toBeNull();
    expect(heard.parts.at(-1)).toEqual({ type: "finish", reason: "stop" });
    const wrong = { thinking: { type: "enabled", budget_tokens: 5 } };
    expect((await hearRequest(provider, { ...request, passedOn: messages(wrong) })).failure).toMatchObject({
      kind: "bad-request",
    });
  });
});

describe("a schema for the answer as Anthropic's wire has it", () => {
  const output_config = { format: { type: "json_schema", schema }, effort: "low" };
  const passedOn = messages({ output_config });

  it("reaches Anthropic as it came, and each other vendor in its own form", async () => {
    expect((await sent("anthropic", { passedOn })).body.output_config).toEqual(output_config);
    const json_schema = { name: "response", schema, strict: true };
    const { body } = await sent("openai-compatible", { passedOn });
    expect(body.response_format).toEqual({ type: "json_schema", json_schema });
    expect(body).not.toHaveProperty("output_config");
    expect((await sent("openai-responses", { passedOn })).body.text).toEqual({
      format: { type: "json_schema", name: "response", schema, strict: true },
    });
    expect((await sent("gemini", { passedOn })).body.generationConfig).toMatchObject({
      responseMimeType: "application/json",
    });
    expect(encodeOllamaChat({ ...request, passedOn }, 8_192)).toMatchObject({ format: schema });
  });

  it("goes to Anthropic's newer models in its own form where OpenAI's wire had it", async () => {
    const { body } = await sent("anthropic", {
      modelId: "claude-sonnet-4-5",
      passedOn: chat({ response_format: asSchema }),
    });
    expect(body.output_config).toEqual({ format: { type: "json_schema", schema } });
    expect(body).not.toHaveProperty("response_format");
  });
});

describe("the other wires", () => {
  it("OpenAI's Responses gets samplings, a format and one call", async () => {
    const passedOn = chat({ top_p: 0.9, response_format: asSchema, parallel_tool_calls: false, seed: 1 });
    const { body } = await sent("openai-responses", { passedOn, tools: [tool] });
    expect(body).toMatchObject({
      top_p: 0.9,
      parallel_tool_calls: false,
      text: { format: { type: "json_schema", name: "n", description: "d", schema, strict: false } },
    });
    expect(body).not.toHaveProperty("seed");
    const strict = { type: "json_schema", json_schema: { name: "n", schema, strict: true } };
    expect((await sent("openai-responses", { passedOn: chat({ response_format: strict }) })).body).toMatchObject({
      text: { format: { strict: true } },
    });
  });

  it("Gemini gets samplings and a format", async () => {
    const fields = {
      top_p: 0.9,
      top_k: 5,
      seed: 7,
      presence_penalty: 1,
      frequency_penalty: -1,
      response_format: asSchema,
    };
    const { body } = await sent("gemini", { passedOn: chat(fields) });
    expect(body.generationConfig).toMatchObject({
      topP: 0.9,
      topK: 5,
      seed: 7,
      presencePenalty: 1,
      frequencyPenalty: -1,
      responseMimeType: "application/json",
      maxOutputTokens: 4_000,
      temperature: 0.5,
    });
    const any = await sent("gemini", { passedOn: chat({ response_format: { type: "json_object" } }) });
    expect(any.body.generationConfig.responseMimeType).toBe("application/json");
  });

  it("Ollama gets samplings among its options and a format beside them", () => {
    const fields = {
      top_p: 0.9,
      top_k: 5,
      seed: 7,
      presence_penalty: 1,
      frequency_penalty: -1,
      response_format: asSchema,
    };
    const plain = encodeOllamaChat(request, 8_192);
    expect(encodeOllamaChat({ ...request, passedOn: chat({ ...fields, options: { num_predict: 9 } }) }, 8_192)).toEqual(
      {
        ...plain,
        format: schema,
        options: {
          num_predict: 4_000,
          num_ctx: 8_192,
          temperature: 0.5,
          stop: ["END"],
          top_p: 0.9,
          top_k: 5,
          seed: 7,
          presence_penalty: 1,
          frequency_penalty: -1,
        },
      },
    );
    const any = chat({ response_format: { type: "json_object" } });
    expect(encodeOllamaChat({ ...request, passedOn: any }, null)).toMatchObject({ format: "json" });
    for (const passedOn of [chat(ours), messages(ours)]) {
      expect(encodeOllamaChat({ ...request, passedOn }, 8_192)).toEqual(plain);
    }
  });
});
