import { describe, expect, it } from "vitest";
import { readChat } from "../../../server/endpoint/openai-read-chat.ts";
import { WireError } from "../../../server/endpoint/wire.ts";

const chat = (fields: Record<string, unknown> = {}) => readChat({ model: "auto", ...fields }).request;
const messages = (...list: unknown[]) => {
  const { ask } = chat({ messages: list });
  return ask.kind === "chat" ? ask.messages : [];
};

/** The fault that `read` throws: its field and what it says of it. */
function refusalOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    expect([error.fault.status, error.fault.kind]).toEqual([400, "bad-request"]);
    return `${error.fault.param}: ${error.fault.message}`;
  }
  return "nothing was refused";
}

const png = "data:image/png;base64,iVBORw0KGgo=";

describe("a part of a message", () => {
  it("carries the address of an image as an address, and how finely it is to be looked at", () => {
    const images = (...urls: object[]) =>
      messages({ role: "user", content: urls.map((image_url) => ({ type: "image_url", image_url })) })[0]?.images;
    expect(
      images(
        { url: "https://example.com/cat.png?sig=a%2Fb", detail: "original" },
        { url: "HTTP://Example.com/a b", detail: "auto" },
        { url: png, detail: "high" },
      ),
    ).toEqual([
      { url: "https://example.com/cat.png?sig=a%2Fb", detail: "original" },
      { url: "http://example.com/a%20b" },
      { mediaType: "image/png", base64: "iVBORw0KGgo=", detail: "high" },
    ]);
  });

  it("carries a PDF under its name", () => {
    const file = (more: object) => ({
      type: "file",
      file: { file_data: "data:application/pdf;base64,JVBERi0=", ...more },
    });
    expect(
      messages({ role: "user", content: [file({ filename: "a.pdf" }), file({}), { type: "text", text: "Why?" }] }),
    ).toEqual([
      { role: "user", text: "Why?", documents: [{ base64: "JVBERi0=", name: "a.pdf" }, { base64: "JVBERi0=" }] },
    ]);
  });

  const image = (url: string) => [
    {
      role: "user",
      content: [
        { type: "text", text: "" },
        { type: "image_url", image_url: { url } },
      ],
    },
  ];
  it.each<[Record<string, unknown>, string]>([
    [{ messages: [{ role: "user", content: [{ type: "file" }] }] }, "messages[0].content[0].file: "],
    [
      { messages: [{ role: "user", content: [{ type: "file", file: { file_id: "f" } }] }] },
      "messages[0].content[0].file.file_data: messages[0].content[0].file.file_data is missing, and no files are kept here",
    ],
    ...[
      ["data:text/plain;base64,AA", "has to be a data: URL of a PDF"],
      ["JVBERi0=", "has to be a data: URL of a PDF"],
      ["data:application/pdf;base64,", "is not base64"],
      ["data:application/pdf;base64,<b>", "is not base64"],
    ].map(([file_data, words]): [Record<string, unknown>, string] => [
      { messages: [{ role: "user", content: [{ type: "file", file: { file_data } }] }] },
      `messages[0].content[0].file.file_data: messages[0].content[0].file.file_data ${words}`,
    ]),
    [{ messages: [{ role: "system", content: [{ type: "file", file: {} }] }] }, "messages[0].content[0].type: "],
    [
      { messages: [{ role: "system", content: [{ type: "image_url", image_url: { url: png } }] }] },
      "messages[0].content[0].type: ",
    ],
    [
      { messages: image("https://") },
      "messages[0].content[1].image_url.url: messages[0].content[1].image_url.url is no address that can be read.",
    ],
    ...["ftp://example.com/cat.png", "file:///etc/passwd", "//example.com/cat.png", "blob:https://a/b", ""].map(
      (url): [Record<string, unknown>, string] => [
        { messages: image(url) },
        "messages[0].content[1].image_url.url: messages[0].content[1].image_url.url has to be a data: URL of a png, jpeg, gif or webp image in base64, or an https: address.",
      ],
    ),
    [
      { messages: image("data:image/svg+xml;base64,AAAA") },
      "messages[0].content[1].image_url.url: messages[0].content[1].image_url.url has to be a data: URL of a png",
    ],
    [
      { messages: image("data:image/png;base64,") },
      "messages[0].content[1].image_url.url: messages[0].content[1].image_url.url is not base64",
    ],
    [
      { messages: image("data:image/png;base64,<b>") },
      "messages[0].content[1].image_url.url: messages[0].content[1].image_url.url is not base64",
    ],
    [
      { messages: [{ role: "user", content: [{ type: "image_url" }] }] },
      "messages[0].content[0].image_url: messages[0].content[0].image_url is required.",
    ],
  ])("%j is refused", (fields, words) => {
    const refused = refusalOf(() => chat(fields));
    expect(refused.startsWith(words) ? words : refused).toBe(words);
  });
});
