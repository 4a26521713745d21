import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Message } from "../../../../server/core/provider.ts";
import type { Closer } from "../../engine/relay-scene.ts";
import { type ClientsScene, clientsScene } from "./clients-scene.ts";
import { clientNames, clientOf } from "./every-client.ts";

const closers: Closer[] = [];
let scene: ClientsScene;
let seen: readonly Message[] = [];
beforeAll(async () => {
  scene = await clientsScene(closers, {
    models: {
      answer({ messages }) {
        seen = messages;
        return "A dot.";
      },
    },
  });
});
afterAll(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const base64 = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

describe.each(clientNames)("%s", (name) => {
  it.each(["acme/small", "alps/large"])("shows %s an image as it is", async (model) => {
    const client = clientOf(name, scene.origin);
    for (const ask of [client.ask, client.stream]) {
      seen = [];
      const told = await ask({ model, text: "What is this?", image: `data:image/png;base64,${base64}` });
      expect(told.text).toBe("A dot.");
      expect(seen).toEqual([{ role: "user", text: "What is this?", images: [{ mediaType: "image/png", base64 }] }]);
    }
  });
});

// The AI SDK's client of OpenAI's wire fetches such an image itself, for that wire does not promise that the vendor would.
describe.each(clientNames.filter((name) => name !== "AI SDK openai"))("%s", (name) => {
  it("is told which field has an address, which is not fetched", async () => {
    const before = scene.vendors.log().length;
    const client = clientOf(name, scene.origin);
    for (const ask of [client.ask, client.stream]) {
      const asked = ask({ model: "acme/small", text: "What is this?", image: "https://127.0.0.1:1/dot.png" });
      await expect(asked).rejects.toMatchObject({
        message: expect.stringMatching(/messages\[0\]\.content\[\d\]\.\w+\.\w+/),
      });
      await expect(asked).rejects.toThrow(/fetched/);
    }
    expect(scene.vendors.log()).toHaveLength(before);
  });
});
