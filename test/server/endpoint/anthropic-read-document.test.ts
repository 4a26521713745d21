import { describe, expect, it } from "vitest";
import type { Message } from "../../../server/core/provider.ts";
import { readMessages } from "../../../server/endpoint/anthropic-read-messages.ts";
import { WireError } from "../../../server/endpoint/wire.ts";

const bodyOf = (...content: unknown[]) => ({ model: "auto", max_tokens: 9, messages: [{ role: "user", content }] });
const requestOf = (...content: unknown[]) => readMessages(bodyOf(...content)).request;
function messagesOf(...content: unknown[]): readonly Message[] {
  const { ask } = requestOf(...content);
  return ask.kind === "chat" ? ask.messages : [];
}
const words = (data: unknown) => ({ type: "document", source: { type: "text", media_type: "text/plain", data } });
const pdf = { type: "document", source: { type: "base64", media_type: "application/pdf", data: "JVBERi0=" } };
const result = (...content: unknown[]) => ({ type: "tool_result", tool_use_id: "c", content });

describe("a document of text", () => {
  it("is text, with its title and its context before it", () => {
    const whole = { ...words("a = 1"), title: "a.py", context: "Of the tests." };
    const text =
      "<document>\n<source>a.py</source>\n<context>Of the tests.</context>\n<document_content>\na = 1\n</document_content>\n</document>";
    expect(messagesOf(whole, { type: "text", text: "Why?" })).toEqual([{ role: "user", text: `${text}\n\nWhy?` }]);
  });

  it("may be blocks of text, and stand in a tool's result", () => {
    const blocks = { type: "document", source: { type: "content", content: [{ type: "text", text: "a" }] } };
    const plain = (text: string) => `<document>\n<document_content>\n${text}\n</document_content>\n</document>`;
    expect(messagesOf(result({ type: "text", text: "Found:" }, words("b")), blocks)).toEqual([
      { role: "tool", text: `Found:\n${plain("b")}`, toolCallId: "c" },
      { role: "user", text: plain("a") },
    ]);
    expect(messagesOf({ type: "document", source: { type: "content", content: "x" }, title: null })).toEqual([
      { role: "user", text: plain("x") },
    ]);
  });

  it("whose passages are to be cited is carried, and the wish named", () => {
    const cited = (enabled: boolean) => requestOf({ ...words("a"), citations: { enabled } }).dropped;
    expect([cited(true), cited(false)]).toEqual([["messages[].content[].citations"], []]);
  });
});

it("a PDF is carried as it is, under its title", () => {
  expect(messagesOf({ ...pdf, title: "a.pdf" }, pdf, { type: "text", text: "Why?" })).toEqual([
    { role: "user", text: "Why?", documents: [{ base64: "JVBERi0=", name: "a.pdf" }, { base64: "JVBERi0=" }] },
  ]);
  expect(messagesOf(pdf)).toEqual([{ role: "user", text: "", documents: [{ base64: "JVBERi0=" }] }]);
});

it.each<[string, unknown, RegExp]>([
  ["source", { type: "document" }, /required/],
  ["source.type", { type: "document", source: {} }, /required/],
  ["source.data", words(5), /has to be a text/],
  ["source.content", { type: "document", source: { type: "content", content: [{ type: "image" }] } }, /blocks of text/],
  ["source.media_type", { ...pdf, source: { ...pdf.source, media_type: "text/html" } }, /"application\/pdf"/],
  ["source.data", { ...pdf, source: { ...pdf.source, data: "" } }, /is empty/],
  ["source.data", { ...pdf, source: { ...pdf.source, data: "data:application/pdf;base64,AA" } }, /is not base64/],
  [
    "source.type",
    { type: "document", source: { type: "url", url: "https://a.example/a.pdf" } },
    /send it itself, as base64/,
  ],
  ["source.type", { type: "document", source: { type: "file", file_id: "f" } }, /send it itself, as base64/],
  ["title", { ...pdf, title: 5 }, /has to be a text/],
])("a document whose %s is wrong is refused: %j", (field, block, message) => {
  const refused = () => requestOf(block);
  expect(refused).toThrow(message);
  expect(refused).toThrow(
    expect.objectContaining({ fault: expect.objectContaining({ param: `messages[0].content[0].${field}` }) }),
  );
  expect(refused).toThrow(WireError);
});

it("a PDF in a tool's result is refused by name, for only one wire has a place for it", () => {
  expect(() => requestOf(result(pdf))).toThrow(
    /^messages\[0\]\.content\[0\]\.content\[0\]\.source\.type is "base64": .* beside the result\.$/,
  );
});
