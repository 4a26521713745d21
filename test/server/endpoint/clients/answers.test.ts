import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { afterEach, describe, expect, it } from "vitest";
import type { Closer } from "../../engine/relay-scene.ts";
import { clientsScene, nanoOf, post, textOfResponse, token } from "./clients-scene.ts";
import { clientNames, clientOf } from "./every-client.ts";

const closers: Closer[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** What breaks where bytes are cut, escaped or joined wrongly. */
const hard =
  'Zoë’s "naïve" café 👩‍👩‍👧 costs \\$5\\n.\r\n\tdata: [DONE]\n\nevent: error\ndata: {"a":1}\n\n\u2028\u2029\u0001 日本語 <b>&amp;</b> end';

describe.each(clientNames)("%s", (name) => {
  it.each([
    ["acme/small", "cheap"],
    ["alps/large", "frontier"],
  ])("is told what %s says, byte for byte, and what it cost", async (model, tier) => {
    const scene = await clientsScene(closers, { models: { answer: () => hard } });
    const client = clientOf(name, scene.origin);
    const pieces: string[] = [];
    const whole = await client.ask({ model, text: "What is this?" });
    const streamed = await client.stream({ model, text: "What is that?", onText: (piece) => pieces.push(piece) });
    await scene.settled();
    const rows = scene.vendorRows();
    expect(rows).toHaveLength(2);
    for (const [index, told] of [whole, streamed].entries()) {
      const row = rows[index];
      expect(told.text).toBe(hard);
      expect(told.usage).toEqual({ input: row?.inputTokens, output: row?.outputTokens });
      expect(told.headers).toMatchObject({
        "x-wayfare-model": model,
        "x-wayfare-tier": tier,
        "x-wayfare-reason": expect.stringMatching(/\w/),
        "x-wayfare-attempts": "1",
      });
      expect(told.wayfare).toEqual({
        model,
        tier,
        reason: told.headers["x-wayfare-reason"],
        attempts: 1,
        cost_usd: (row?.costNano ?? 0) / 1e9,
        cost_source: "computed",
      });
      expect(row?.costNano).toBeGreaterThan(0);
      expect(scene.attemptsOf(told.headers)).toMatchObject([{ outcome: "done", costNano: row?.costNano }]);
    }
    expect(nanoOf(whole.headers["x-wayfare-cost-usd"])).toBe(rows[0]?.costNano);
    if (client.kind === "plain") expect(nanoOf(streamed.headers["x-wayfare-cost-usd"])).toBe(rows[1]?.costNano);
    else expect(pieces.length).toBeGreaterThan(3);
    expect(scene.heldNano()).toBe(0);
    expect([...scene.broken, ...scene.faults]).toEqual([]);
  });

  it("is told of a route that was left, and of both attempts", async () => {
    const scene = await clientsScene(closers);
    scene.vendors.setFault("small", { kind: "status", status: 500 });
    const told = await clientOf(name, scene.origin).stream({ model: "cheap", text: "What is this?" });
    expect(told.text).toContain("what spare says");
    await scene.settled();
    const attempts = scene.attemptsOf(told.headers);
    expect(attempts.at(-1)).toMatchObject({ modelId: "spare", outcome: "done" });
    expect(told.headers).toMatchObject({
      "x-wayfare-model": "acme/spare",
      "x-wayfare-attempts": String(attempts.length),
      "x-wayfare-reason": expect.stringMatching(/; [\w-]+\/[\w.-]+ failed before$/),
    });
    expect(told.wayfare).toMatchObject({ model: "acme/spare", attempts: attempts.length });
  });
});

describe("headers that an SDK sends with each request", () => {
  it("name the conversation, which stays where it is, and the book that pays", async () => {
    const scene = await clientsScene(closers);
    const headers = { "x-wayfare-session": "night build", "x-wayfare-workspace": "ci" };
    const hard = "Prove that this lock-free queue is linearizable and find the race in it.";
    const asked = { model: "auto", max_tokens: 300 };
    const first = await new OpenAI({
      apiKey: token,
      baseURL: `${scene.origin}/v1`,
      defaultHeaders: headers,
    }).chat.completions.create({ ...asked, messages: [{ role: "user", content: hard }] });
    const second = await new Anthropic({
      apiKey: token,
      baseURL: scene.origin,
      defaultHeaders: headers,
    }).messages.create({ ...asked, messages: [{ role: "user", content: "thanks" }] });
    expect([first.model, second.model]).toEqual(["alps/large", "alps/large"]);
    const other = await clientOf("OpenAI SDK", scene.origin).ask({ model: "auto", text: "thanks" });
    expect(other.headers).toMatchObject({ "x-wayfare-tier": "cheap" });
    await scene.settled();
    await scene.audit.idle();
    const bookOf = (id: string) => scene.store.requests.read(id)?.workspace;
    expect(bookOf(first.id.replace("chatcmpl-", ""))).toBe("endpoint:ci");
    expect(bookOf(second.id.replace("msg_", ""))).toBe("endpoint:ci");
    expect(bookOf(other.headers["x-wayfare-request-id"] ?? "")).toBe("endpoint");
  });
});

it("tells the cost of a stream in trailers on Anthropic's wire too", async () => {
  const scene = await clientsScene(closers);
  const response = await post(scene.origin, "/v1/messages", {
    model: "alps/large",
    max_tokens: 300,
    stream: true,
    messages: [{ role: "user", content: "What is this?" }],
  });
  await textOfResponse(response);
  await scene.settled();
  const { trailers } = response;
  expect(nanoOf(trailers["x-wayfare-cost-usd"])).toBe(scene.vendorRows()[0]?.costNano);
  expect(trailers).toMatchObject({ "x-wayfare-attempts": "1", "x-wayfare-cost-source": "computed" });
});
