import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Closer } from "../../engine/relay-scene.ts";
import { until } from "../endpoint-scene.ts";
import { type ClientsScene, clientsScene, post } from "./clients-scene.ts";
import { anthropic, clientNames, clientOf, openAi } from "./every-client.ts";

/** Clients that go in the middle of an answer, each as its SDK would have it. The vendor hangs after some words. */

const closers: Closer[] = [];
let scene: ClientsScene;
const words = 60;
beforeAll(async () => {
  scene = await clientsScene(closers);
  for (const model of ["small", "large"]) scene.vendors.setFault(model, { kind: "stall", afterCharacters: words });
});
afterAll(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const text = "What is this?";
const message = { role: "user" as const, content: text };
const openAiBody = { model: "acme/small", max_tokens: 400, messages: [message], stream: true as const };
const anthropicBody = { model: "acme/small", max_tokens: 400, messages: [message], stream: true as const };

/** How each client goes once it has heard something. The AI SDK goes by its signal alone: who breaks off is read on. */
const ways: Record<string, (origin: string) => Promise<unknown>> = {
  async "OpenAI SDK: controller.abort()"(origin) {
    const stream = await openAi(origin).chat.completions.create(openAiBody);
    for await (const _ of stream) stream.controller.abort();
  },
  async "OpenAI SDK: break"(origin) {
    for await (const _ of await openAi(origin).chat.completions.create(openAiBody)) break;
  },
  async "OpenAI SDK: stream().abort()"(origin) {
    const { stream: _, ...body } = openAiBody;
    const stream = openAi(origin).chat.completions.stream(body);
    stream.on("content", () => stream.abort());
    await stream.done();
  },
  async "Anthropic SDK: controller.abort()"(origin) {
    const stream = await anthropic(origin).messages.create(anthropicBody);
    for await (const _ of stream) stream.controller.abort();
  },
  async "Anthropic SDK: break"(origin) {
    for await (const _ of await anthropic(origin).messages.create(anthropicBody)) break;
  },
  async "Anthropic SDK: stream().abort()"(origin) {
    const { stream: _, ...body } = anthropicBody;
    const stream = anthropic(origin).messages.stream(body);
    stream.on("text", () => stream.abort());
    await stream.done();
  },
  async "a socket that is torn down"(origin) {
    const response = await post(origin, "/v1/chat/completions", openAiBody);
    response.once("data", () => response.destroy());
    await once(response, "close");
  },
};

async function expectCancelled(before: number): Promise<void> {
  await until(() => scene.vendors.log().length > before);
  await scene.settled();
  const row = scene.vendors.log().at(-1);
  expect(row?.end).toBe("closed");
  expect(scene.lastAttempts()).toMatchObject([{ outcome: "cancelled", costSource: "estimated" }]);
  expect(scene.lastAttempts()[0]?.costNano).toBeGreaterThan(0);
  expect(scene.heldNano()).toBe(0);
  expect([...scene.broken, ...scene.faults]).toEqual([]);
}

describe("a client that goes", () => {
  it.each(Object.entries(ways))("%s: closes the vendor's stream, and what came is paid", async (_, leave) => {
    const before = scene.vendors.log().length;
    // Some tell of their own abort by an error.
    await leave(scene.origin).catch((error: unknown) => expect(String(error)).toMatch(/abort/i));
    await expectCancelled(before);
  });

  it.each(clientNames.filter((name) => name !== "fetch"))("%s: by its signal, in a stream", async (name) => {
    for (const model of ["acme/small", "alps/large"]) {
      const before = scene.vendors.log().length;
      const leaving = new AbortController();
      const asked = clientOf(name, scene.origin).stream({
        model,
        text,
        signal: leaving.signal,
        onText: () => leaving.abort(),
      });
      await asked.then(
        () => undefined,
        (error: unknown) => expect(String(error)).toMatch(/abort/i),
      );
      await expectCancelled(before);
    }
  });

  it.each(clientNames.filter((name) => name !== "fetch"))("%s: by its signal, before it hears a word", async (name) => {
    const before = scene.vendors.log().length;
    const leaving = new AbortController();
    const client = clientOf(name, scene.origin);
    const asked = client.ask({ model: "acme/small", text, signal: leaving.signal });
    const left = expect(asked).rejects.toThrow(/abort/i);
    await until(() => scene.vendors.openRequests() > 0);
    leaving.abort();
    await left;
    await until(() => scene.vendors.log().length > before);
    await scene.settled();
    expect(scene.vendors.log().at(-1)?.end).toBe("closed");
    expect(scene.lastAttempts()).toMatchObject([{ outcome: "cancelled" }]);
    expect(scene.heldNano()).toBe(0);
  });
});

describe("an endpoint that stops in the middle", () => {
  it("tells every client, and keeps the books of what came", async () => {
    const own: Closer[] = [];
    const stopped = await clientsScene(own);
    try {
      stopped.vendors.setFault("small", { kind: "stall", afterCharacters: words });
      let hearing = 0;
      const asked = clientNames.map((name) => {
        const onText = (): void => {
          hearing += 1;
        };
        return clientOf(name, stopped.origin).stream({ model: "acme/small", text, maxRetries: 0, onText });
      });
      const ends = Promise.allSettled(asked);
      // The plain one reads all before it tells anything.
      await until(() => stopped.vendors.openRequests() === clientNames.length && hearing >= clientNames.length - 1);
      await stopped.endpoint.close();
      for (const end of await ends) {
        expect(end.status).toBe("rejected");
        if (end.status === "rejected") expect(String(end.reason)).toMatch(/being stopped|no end/);
      }
      expect(stopped.allAttempts().map(({ outcome }) => outcome)).toEqual(clientNames.map(() => "cancelled"));
      expect(stopped.heldNano()).toBe(0);
      await until(() => stopped.vendors.openRequests() === 0);
      expect(stopped.vendors.log().map(({ end }) => end)).toEqual(clientNames.map(() => "closed"));
    } finally {
      for (const close of own.reverse()) await close();
    }
  });
});
