import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Closer } from "../../engine/relay-scene.ts";
import { type ClientsScene, clientsScene, post, textOfResponse } from "./clients-scene.ts";
import { anthropic, openAi } from "./every-client.ts";
import { type Body, messageEvents, rawVendor, writeNamedEvents } from "./raw-vendor.ts";

/** Fields that nobody here knows, and what reaches the vendor of them. */

const closers: Closer[] = [];
let scene: ClientsScene;
let acme: Body[];
let alps: Body[];
beforeAll(async () => {
  const chat = await rawVendor(closers, (response) => {
    const chunk = (choice: object) => `data: ${JSON.stringify({ id: "c", choices: [{ index: 0, ...choice }] })}\n\n`;
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(chunk({ delta: { role: "assistant", content: "Yes." }, finish_reason: null }));
    response.end(`${chunk({ delta: {}, finish_reason: "stop" })}data: [DONE]\n\n`);
  });
  const messages = await rawVendor(closers, (response, body) => {
    const said = { start: { type: "text", text: "" }, deltas: [{ type: "text_delta", text: "Yes." }] };
    const isStopped = "stop_sequences" in body;
    const events = messageEvents(isStopped ? "stop_sequence" : "end_turn", [said], isStopped ? "No" : null);
    writeNamedEvents(response, events);
  });
  acme = chat.bodies;
  alps = messages.bodies;
  scene = await clientsScene(closers, { at: { acme: chat.url, alps: messages.url } });
});
afterAll(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const message = { role: "user" as const, content: "Yes?" };

describe("fields that are not read", () => {
  it("reach a vendor of OpenAI's wire as they came", async () => {
    const fields = {
      top_p: 0.5,
      user: "u1",
      metadata: { run: "7" },
      logit_bias: { "50256": -100 },
      response_format: { type: "json_schema" as const, json_schema: { name: "s", schema: { type: "object" } } },
    };
    const unknown = { x_of_tomorrow: { deep: [1, null, "é\u2028"] } };
    const client = openAi(scene.origin);
    const body = { model: "acme/small", messages: [message], ...fields, ...unknown };
    const { data, response } = await client.chat.completions.create(body).withResponse();
    expect(data.choices[0]?.message.content).toBe("Yes.");
    expect(acme.at(-1)).toMatchObject({ model: "small", ...fields, ...unknown });
    expect(response.headers.get("x-wayfare-not-sent")).toBeNull();
  });

  it("reach a vendor of Anthropic's wire as they came", async () => {
    const fields = { top_k: 5, metadata: { user_id: "u1" }, output_config: { effort: "low" as const } };
    const unknown = { x_of_tomorrow: { deep: [1, null, "é\u2028"] } };
    const client = anthropic(scene.origin);
    const body = { model: "alps/large", max_tokens: 99, messages: [message], ...fields, ...unknown };
    const { data, response } = await client.messages.create(body).withResponse();
    expect(data.content).toMatchObject([{ type: "text", text: "Yes." }]);
    expect(alps.at(-1)).toMatchObject({ model: "large", max_tokens: 99, ...fields, ...unknown });
    expect(response.headers.get("x-wayfare-not-sent")).toBeNull();
  });

  it("are translated for the other wire, or named where it has no place for them", async () => {
    const body = { messages: [message], top_p: 0.5, x_of_tomorrow: true };
    const toAlps = await openAi(scene.origin)
      .chat.completions.create({ model: "alps/large", ...body })
      .withResponse();
    expect(alps.at(-1)).toMatchObject({ top_p: 0.5 });
    expect(alps.at(-1)).not.toHaveProperty("x_of_tomorrow");
    expect(toAlps.response.headers.get("x-wayfare-not-sent")).toBe("x_of_tomorrow");
    const toAcme = await anthropic(scene.origin)
      .messages.create({ model: "acme/small", max_tokens: 99, ...body })
      .withResponse();
    expect(acme.at(-1)).toMatchObject({ top_p: 0.5 });
    expect(acme.at(-1)).not.toHaveProperty("x_of_tomorrow");
    expect(toAcme.response.headers.get("x-wayfare-not-sent")).toBe("x_of_tomorrow");
  });

  it("are named where they are read and cannot be carried", async () => {
    const detailed = { url: "data:image/png;base64,iVBORw0KGgo=", detail: "low" as const };
    const tool = {
      type: "function" as const,
      function: { name: "read", parameters: { type: "object" }, strict: true },
    };
    const body = {
      messages: [{ ...message, name: "Ann", content: [{ type: "image_url" as const, image_url: detailed }] }],
      tools: [tool],
    };
    const notSentTo = async (model: string) => {
      const { response } = await openAi(scene.origin)
        .chat.completions.create({ model, ...body })
        .withResponse();
      return response.headers.get("x-wayfare-not-sent");
    };
    expect(await notSentTo("acme/small")).toBe("messages[].name");
    expect(acme.at(-1)).toMatchObject({ messages: [{ content: [{ image_url: detailed }] }], tools: [tool] });
    expect(await notSentTo("alps/large")).toBe(
      "messages[].content[].image_url.detail, messages[].name, tools[].function.strict",
    );

    const marked = { type: "text" as const, text: "Yes?", cache_control: { type: "ephemeral" as const } };
    const { response } = await anthropic(scene.origin)
      .messages.create(
        { model: "alps/large", max_tokens: 99, messages: [{ role: "user", content: [marked] }] },
        { headers: { "anthropic-beta": "context-1m-2025-08-07" } },
      )
      .withResponse();
    expect(response.headers.get("x-wayfare-not-sent")).toBe("cache_control, anthropic-beta");
  });

  it("are never those that say who is asked or how much is paid", async () => {
    const before = acme.length;
    for (const [name, value] of Object.entries({ n: 4, provider: { order: ["x"] }, service_tier: "priority" })) {
      const response = await post(scene.origin, "/v1/chat/completions", {
        model: "acme/small",
        messages: [message],
        [name]: value,
      });
      expect(response.statusCode).toBe(400);
      expect(JSON.parse(await textOfResponse(response))).toMatchObject({ error: { param: name } });
    }
    expect(acme).toHaveLength(before);
  });
});

describe("what a system says between messages", () => {
  it("stays where it is, on either wire and for either vendor", async () => {
    const later = [
      { role: "user" as const, content: "B" },
      { role: "assistant" as const, content: "C" },
      { role: "user" as const, content: "D" },
      { role: "system" as const, content: "E" },
    ];
    const { completions } = openAi(scene.origin).chat;
    const { messages } = anthropic(scene.origin);
    for (const model of ["acme/small", "alps/large"]) {
      await completions.create({ model, messages: [{ role: "system", content: "A" }, ...later] });
      await messages.create({ model, max_tokens: 99, system: "A", messages: later });
    }
    for (const body of acme.slice(-2)) {
      expect(body.messages).toEqual([{ role: "system", content: "A" }, ...later]);
    }
    for (const body of alps.slice(-2)) {
      expect(body.system).toMatchObject([{ type: "text", text: "A" }]);
      expect(body.messages).toMatchObject(later.map(({ role, content }) => ({ role, content: [{ text: content }] })));
    }
  });
});

describe("what no client of ours would send", () => {
  const path = "/v1/chat/completions";
  const good = { model: "acme/small", messages: [message] };

  it("is refused in the wire's own form, and the next request is answered", async () => {
    const before = acme.length;
    const bad: [number, unknown, Record<string, string>?][] = [
      [400, '{"model": "acme/small", "messages": [}'],
      [400, ""],
      [400, "[]"],
      [400, { ...good, messages: "hello" }],
      [400, { ...good, messages: [{ role: "king", content: "hello" }] }],
      [400, { ...good, max_tokens: -1 }],
      [404, { ...good, model: "gpt-99" }],
      [415, good, { "content-type": "text/plain" }],
      [415, good, { "content-encoding": "gzip" }],
      [401, good, { authorization: "Bearer wrong" }],
      [403, good, { origin: "https://evil.example" }],
      [421, good, { host: "evil.example" }],
    ];
    for (const [status, body, headers] of bad) {
      const response = await post(scene.origin, path, body, headers);
      const { error } = JSON.parse(await textOfResponse(response));
      expect([response.statusCode, error.message, headers]).toEqual([
        status,
        expect.stringMatching(/\w+ \w+/),
        headers,
      ]);
    }
    expect(acme).toHaveLength(before);
    expect((await post(scene.origin, path, good)).statusCode).toBe(200);
    await scene.settled();
    expect(scene.heldNano()).toBe(0);
    expect([...scene.broken, ...scene.faults]).toEqual([]);
  });
});

describe("a stop sequence that ended an answer", () => {
  it("is named as the vendor names it, streamed or not", async () => {
    const client = anthropic(scene.origin);
    const body = { model: "alps/large", max_tokens: 99, messages: [message], stop_sequences: ["No"] };
    expect(await client.messages.create(body)).toMatchObject({ stop_reason: "stop_sequence", stop_sequence: "No" });
    const whole = await client.messages.stream(body).finalMessage();
    expect(whole).toMatchObject({ stop_reason: "stop_sequence", stop_sequence: "No" });
  });
});
