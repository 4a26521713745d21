import { once } from "node:events";
import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Message } from "../../../../server/core/provider.ts";
import type { Closer } from "../../engine/relay-scene.ts";
import { type ClientsScene, clientsScene } from "./clients-scene.ts";
import { clientNames, clientOf } from "./every-client.ts";
import { rawVendor } from "./raw-vendor.ts";

const closers: Closer[] = [];
let scene: ClientsScene;
let seen: readonly Message[] = [];
/** Who came to where the images of these tests would lie. */
let visitors = 0;
let port = 0;
beforeAll(async () => {
  const door = createServer((socket) => {
    visitors += 1;
    socket.destroy();
  }).listen(0, "127.0.0.1");
  await once(door, "listening");
  const address = door.address();
  port = typeof address === "object" && address !== null ? address.port : 0;
  closers.push(() => door.close());
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
const askByAddress = clientNames.filter((name) => name !== "AI SDK openai");

describe.each(askByAddress)("%s, with an image at an address", (name) => {
  it.each(["acme/small", "alps/large"])("shows %s the address as it is, which nobody here looks up", async (model) => {
    const client = clientOf(name, scene.origin);
    const url = `https://127.0.0.1:${port}/dot.png?X-Amz-Signature=a%2Fb`;
    for (const ask of [client.ask, client.stream]) {
      seen = [];
      const told = await ask({ model, text: "What is this?", image: url });
      expect(told.text).toBe("A dot.");
      expect(seen).toEqual([{ role: "user", text: "What is this?", images: [{ url }] }]);
    }
    expect(visitors).toBe(0);
  });

  it("is answered by who takes it, and told why where the one that was picked does not", async () => {
    const client = clientOf(name, scene.origin);
    const image = `http://127.0.0.1:${port}/dot.png`;
    for (const ask of [client.ask, client.stream]) {
      const told = await ask({ model: "auto", text: "What is this?", image });
      expect(told.headers["x-wayfare-model"]).toMatch(/^acme\//);
      expect(seen).toEqual([{ role: "user", text: "What is this?", images: [{ url: image }] }]);
      const before = scene.vendors.log().length;
      await expect(ask({ model: "alps/large", text: "What is this?", image, maxRetries: 0 })).rejects.toThrow(
        /takes an image by its address only where that begins with https:\. .*send the image itself/,
      );
      expect(scene.vendors.log()).toHaveLength(before);
    }
    expect(visitors).toBe(0);
  });
});

// The AI SDK looks at the address itself first.
describe.each(clientNames.filter((name) => !name.startsWith("AI SDK")))("%s, with an address that is none", (name) => {
  it("is told which field it is", async () => {
    const before = scene.vendors.log().length;
    const client = clientOf(name, scene.origin);
    for (const ask of [client.ask, client.stream]) {
      const asked = ask({ model: "acme/small", text: "What is this?", image: "gopher://127.0.0.1/dot.png" });
      await expect(asked).rejects.toMatchObject({
        message: expect.stringMatching(/messages\[0\]\.content\[\d\]\.\w+\.\w+ has to .*https:/),
      });
    }
    expect(scene.vendors.log()).toHaveLength(before);
  });
});

describe("a vendor that looks up no addresses", () => {
  it("is left out from then on, and another answers", async () => {
    let asked = 0;
    const vendor = await rawVendor(closers, (response) => {
      asked += 1;
      const error = { message: "'url' field must be a base64 encoded image.", type: "invalid_request_error" };
      response.writeHead(400, { "content-type": "application/json" }).end(JSON.stringify({ error }));
    });
    const other = await clientsScene(closers, { at: { acme: vendor.url }, models: { answer: () => "A dot." } });
    const client = clientOf("fetch", other.origin);
    const question = { model: "auto", text: "What is this?", image: `https://127.0.0.1:${port}/dot.png` };
    for (const _ of [1, 2]) {
      const told = await client.ask(question);
      expect([told.text, told.headers["x-wayfare-model"]]).toEqual(["A dot.", "alps/large"]);
    }
    // Each of its two models once.
    expect(asked).toBe(2);
    await expect(client.ask({ ...question, model: "acme/small" })).rejects.toThrow(
      /takes no image by its address .* Send the image itself, in base64, or choose another model/,
    );
    expect(asked).toBe(2);
  });
});
