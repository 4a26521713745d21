import Anthropic from "@anthropic-ai/sdk";
import { embed } from "ai";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Closer } from "../../engine/relay-scene.ts";
import { type ClientsScene, clientsScene, nanoOf, post, textOfResponse } from "./clients-scene.ts";
import { aiOpenAi, anthropic, openAi } from "./every-client.ts";

/** What clients ask beside a chat. */

const closers: Closer[] = [];
let scene: ClientsScene;
beforeAll(async () => {
  scene = await clientsScene(closers);
});
afterAll(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const names = ["auto", "cheap", "frontier", "acme/small", "acme/spare", "alps/large"];

describe("models", () => {
  it("are listed, and found by their names, on OpenAI's wire", async () => {
    const client = openAi(scene.origin);
    const listed: string[] = [];
    for await (const model of client.models.list()) listed.push(model.id);
    expect(listed).toEqual(names);
    expect(await client.models.retrieve("acme/small")).toMatchObject({ id: "acme/small", owned_by: "acme" });
    await expect(client.models.retrieve("acme/none")).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  });

  it("are listed, and found by their names, on Anthropic's", async () => {
    const client = anthropic(scene.origin);
    const listed: string[] = [];
    for await (const model of client.models.list()) listed.push(model.id);
    expect(listed).toEqual(names);
    expect(await client.models.retrieve("alps/large")).toMatchObject({ id: "alps/large", type: "model" });
    await expect(client.models.retrieve("alps/none")).rejects.toBeInstanceOf(Anthropic.NotFoundError);
  });
});

describe("tokens", () => {
  it("are counted near what the vendor counts, and nobody is asked", async () => {
    const client = anthropic(scene.origin);
    const content = `Which of these words is the longest: ${"some words of a long sentence, ".repeat(60)}?`;
    const body = { model: "alps/large", messages: [{ role: "user" as const, content }] };
    const before = scene.vendors.log().length;
    const { input_tokens: counted } = await client.messages.countTokens(body);
    expect(scene.vendors.log()).toHaveLength(before);
    const { usage } = await client.messages.create({ ...body, max_tokens: 100 });
    const { input_tokens, cache_read_input_tokens: read, cache_creation_input_tokens: written } = usage;
    const billed = input_tokens + (read ?? 0) + (written ?? 0);
    expect(counted / billed).toBeGreaterThan(0.7);
    expect(counted / billed).toBeLessThan(1.4);
    const unknown = client.messages.countTokens({ ...body, model: "none" });
    await expect(unknown).rejects.toBeInstanceOf(Anthropic.NotFoundError);
  });
});

describe("a completion of before there were chats", () => {
  it("fills a hole, and is streamed where that is asked", async () => {
    const client = openAi(scene.origin);
    const body = { model: "acme/small", prompt: "const n = ", suffix: ";\n", max_tokens: 60 };
    const { data, response } = await client.completions.create(body).withResponse();
    expect(data.choices).toMatchObject([{ text: "values.length", finish_reason: "stop" }]);
    await scene.settled();
    expect(nanoOf(response.headers.get("x-wayfare-cost-usd"))).toBe(scene.vendorRows().at(-1)?.costNano);
    let text = "";
    for await (const chunk of await client.completions.create({ ...body, prompt: "const m = ", stream: true })) {
      text += chunk.choices[0]?.text ?? "";
    }
    expect(text).toBe("values.length");
  });
});

describe("what is not here", () => {
  it("is not found, in each client's own class", async () => {
    const { embeddings, responses, images, moderations } = openAi(scene.origin);
    const others = [
      embeddings.create({ model: "auto", input: "a" }),
      responses.create({ model: "auto", input: "a" }),
      images.generate({ model: "auto", prompt: "a" }),
      moderations.create({ input: "a" }),
    ];
    const said = (await Promise.allSettled(others)).map((asked) => {
      if (asked.status === "fulfilled") throw new Error("It was answered.");
      expect(asked.reason).toBeInstanceOf(OpenAI.NotFoundError);
      return asked.reason.message;
    });
    expect(said).toEqual([
      expect.stringMatching(/^404 There is nothing at "\/v1\/embeddings": embeddings are not served here\. /),
      expect.stringMatching(/^404 There is nothing at "\/v1\/responses": the Responses API is not served here\. /),
      '404 There is nothing at "/v1/images/generations".',
      '404 There is nothing at "/v1/moderations".',
    ]);
    const batches = anthropic(scene.origin).messages.batches.list();
    await expect(batches).rejects.toBeInstanceOf(Anthropic.NotFoundError);
    const embedding = embed({ model: aiOpenAi(scene.origin).embeddingModel("auto"), value: "a" });
    await expect(embedding).rejects.toMatchObject({ statusCode: 404, isRetryable: false });
  });

  it("is told in Anthropic's form to its clients", async () => {
    const response = await post(
      scene.origin,
      "/v1/messages/batches",
      { requests: [] },
      { "anthropic-version": "2023-06-01" },
    );
    expect(response.statusCode).toBe(404);
    expect(JSON.parse(await textOfResponse(response))).toMatchObject({
      type: "error",
      error: { type: "not_found_error" },
    });
  });
});
