import { zodOutputFormat } from "@anthropic-ai/sdk/helpers/zod";
import { generateText, type LanguageModel, Output } from "ai";
import { zodResponseFormat } from "openai/helpers/zod";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import type { Closer } from "../../engine/relay-scene.ts";
import { type ClientsScene, clientsScene } from "./clients-scene.ts";
import { aiAnthropic, aiOpenAi, anthropic, openAi } from "./every-client.ts";
import { type Body, messageEvents, rawVendor, writeNamedEvents } from "./raw-vendor.ts";

/** Answers of a schema, as each SDK asks for them; a vendor of Anthropic's wire answers some by a tool that it is given. */

const closers: Closer[] = [];
let scene: ClientsScene;
let acme: Body[];
let alps: Body[];
const answer = '{"n":1}';
beforeAll(async () => {
  const chat = await rawVendor(closers, (response, { tools }) => {
    const call = { index: 0, id: "c1", type: "function", function: { name: "json", arguments: answer } };
    const delta = tools === undefined ? { content: answer } : { tool_calls: [call] };
    const chunk = (choice: object) => `data: ${JSON.stringify({ id: "c", choices: [{ index: 0, ...choice }] })}\n\n`;
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(chunk({ delta, finish_reason: null }));
    response.end(`${chunk({ delta: {}, finish_reason: tools === undefined ? "stop" : "tool_calls" })}data: [DONE]\n\n`);
  });
  const messages = await rawVendor(closers, (response, { tools }) => {
    const text = { start: { type: "text", text: "" }, deltas: [{ type: "text_delta", text: answer }] };
    const call = {
      start: { type: "tool_use", id: "toolu_1", name: "json", input: {} },
      deltas: [{ type: "input_json_delta", partial_json: answer }],
    };
    if (tools === undefined) writeNamedEvents(response, messageEvents("end_turn", [text]));
    else writeNamedEvents(response, messageEvents("tool_use", [call]));
  });
  acme = chat.bodies;
  alps = messages.bodies;
  scene = await clientsScene(closers, { at: { acme: chat.url, alps: messages.url } });
});
afterAll(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const shape = z.object({ n: z.number() });
const content = "How many?";

it.each(["acme/small", "alps/large"])("%s answers OpenAI's SDK in its schema", async (model) => {
  const asked = {
    model,
    messages: [{ role: "user" as const, content }],
    response_format: zodResponseFormat(shape, "count"),
  };
  const { completions } = openAi(scene.origin).chat;
  const whole = await completions.parse(asked);
  expect(whole.choices).toMatchObject([{ message: { parsed: { n: 1 } }, finish_reason: "stop" }]);
  const streamed = await completions.stream(asked).finalChatCompletion();
  expect(streamed.choices).toMatchObject([{ message: { parsed: { n: 1 } }, finish_reason: "stop" }]);
  if (model === "acme/small") {
    expect(acme.at(-1)?.response_format).toMatchObject({ type: "json_schema", json_schema: { name: "count" } });
  }
});

it.each(["acme/small", "alps/large"])("%s answers Anthropic's SDK in its schema", async (model) => {
  const { messages } = anthropic(scene.origin);
  const schema = z.record(z.string(), z.unknown()).parse(z.toJSONSchema(shape));
  const format = { type: "json_schema" as const, schema };
  const asked = { model, max_tokens: 99, messages: [{ role: "user" as const, content }] };
  const { data, response } = await messages
    .create({ ...asked, output_config: { format, effort: "low" } })
    .withResponse();
  expect(data.content).toMatchObject([{ type: "text", text: answer }]);
  const parsed = await messages.parse({ ...asked, output_config: { format: zodOutputFormat(shape) } });
  expect(parsed.parsed_output).toEqual({ n: 1 });
  if (model === "alps/large") {
    expect(response.headers.get("x-wayfare-not-sent")).toBeNull();
    expect(alps.slice(-2)).toMatchObject([
      { output_config: { format, effort: "low" } },
      { output_config: { format: {} } },
    ]);
    return;
  }
  expect(response.headers.get("x-wayfare-not-sent")).toBe("output_config.effort");
  const json_schema = { name: "response", schema, strict: true };
  expect(acme.slice(-2)).toMatchObject([
    { response_format: { type: "json_schema", json_schema } },
    { response_format: { type: "json_schema", json_schema: { strict: true } } },
  ]);
  expect(acme.at(-2)).not.toHaveProperty("output_config");
});

it.each(["acme/small", "alps/large"])("%s answers the AI SDK in its schema, on either wire", async (model) => {
  const models: LanguageModel[] = [
    aiOpenAi(scene.origin).chatModel(model),
    aiAnthropic(scene.origin).languageModel(model),
  ];
  for (const each of models) {
    const { output } = await generateText({
      model: each,
      maxOutputTokens: 99,
      prompt: content,
      output: Output.object({ schema: shape }),
    });
    expect(output).toEqual({ n: 1 });
  }
});
