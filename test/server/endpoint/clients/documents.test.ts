import type Anthropic from "@anthropic-ai/sdk";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Message } from "../../../../server/core/provider.ts";
import type { Closer } from "../../engine/relay-scene.ts";
import { type ClientsScene, clientsScene } from "./clients-scene.ts";
import { anthropic, openAi } from "./every-client.ts";

/** Documents, as each SDK sends them. */

const closers: Closer[] = [];
let scene: ClientsScene;
let seen: readonly Message[] = [];
beforeAll(async () => {
  scene = await clientsScene(closers, {
    models: {
      answer({ messages }) {
        seen = messages;
        return "Short.";
      },
    },
  });
});
afterAll(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const data = "JVBERi0xLjQK";
const asFile = (model: string) => ({
  model,
  messages: [
    {
      role: "user" as const,
      content: [
        { type: "file" as const, file: { filename: "a.pdf", file_data: `data:application/pdf;base64,${data}` } },
        { type: "text" as const, text: "Sum up." },
      ],
    },
  ],
});
const asBlock = (model: string, source: Anthropic.DocumentBlockParam["source"]) => ({
  model,
  max_tokens: 99,
  messages: [
    {
      role: "user" as const,
      content: [
        { type: "document" as const, source, title: "a.pdf" },
        { type: "text" as const, text: "Sum up." },
      ],
    },
  ],
});
const pdf = { type: "base64", media_type: "application/pdf", data } as const;

it("a PDF reaches who reads it at the price of its tokens, whichever wire it came by", async () => {
  const shown = [{ role: "user", text: "Sum up.", documents: [{ base64: data, name: "a.pdf" }] }];
  for (const model of ["alps/large", "auto"]) {
    const { data: completion, response } = await openAi(scene.origin)
      .chat.completions.create(asFile(model))
      .withResponse();
    expect(completion.choices[0]?.message.content).toBe("Short.");
    expect(response.headers.get("x-wayfare-model")).toBe("alps/large");
    expect(seen).toEqual(shown);
    seen = [];
    const message = await anthropic(scene.origin).messages.create(asBlock(model, pdf));
    expect(message.content).toMatchObject([{ type: "text", text: "Short." }]);
    expect(seen).toEqual(shown);
  }
});

it("a PDF for a model that is not known to read one is refused with the mend, and nothing is sent", async () => {
  const before = scene.vendors.log().length;
  const refusal = /acme\/small takes no documents\. Choose another model, or send the document's text/;
  await expect(openAi(scene.origin).chat.completions.create(asFile("acme/small"))).rejects.toThrow(refusal);
  await expect(anthropic(scene.origin).messages.create(asBlock("acme/small", pdf))).rejects.toThrow(refusal);
  expect(scene.vendors.log()).toHaveLength(before);
});

it.each(["acme/small", "alps/large"])("a document of text reaches %s as text", async (model) => {
  const text = { type: "text", media_type: "text/plain", data: "a = 1" } as const;
  await anthropic(scene.origin).messages.create(asBlock(model, text));
  const [message] = seen;
  expect(message?.text).toMatch(/^<document>\n<source>a\.pdf<\/source>[\s\S]*a = 1[\s\S]*<\/document>\n\nSum up\.$/);
  expect(message?.documents).toBeUndefined();
});
