import { describe, expect, it } from "vitest";
import { createChatDecoder } from "../../../server/providers/decode-chat.ts";

/** What comes of these bytes: the text, or the failure. */
function hear(pieces: readonly Uint8Array[], contentType = "text/event-stream") {
  const decoder = createChatDecoder({
    host: "api.example.com",
    modelId: "some-model",
    headers: { "content-type": contentType },
    secrets: [],
    zeroCost: "unknown",
    nowMs: 0,
  });
  const heard = [...pieces.map((piece) => decoder.feed(piece)), decoder.end()];
  const failure = heard.find((each) => each.failure !== null)?.failure ?? null;
  const text = heard.flatMap(({ parts }) => parts.flatMap((part) => (part.type === "text-delta" ? [part.text] : [])));
  return { failure, text: text.join("") };
}

const start = Buffer.from('data: {"choices":[{"index":0,"delta":{"content":"caf');
const end = Buffer.from('"}}]}\n\n');

describe("bytes that are no UTF-8", () => {
  const noText = {
    kind: "malformed",
    message: "api.example.com sent bytes that are no UTF-8 text. Try again, or choose another model.",
  };

  it("fail an answer, and so does an end within a character", () => {
    expect(hear([start, Uint8Array.of(0xff), end]).failure).toEqual(noText);
    expect(hear([start, Uint8Array.of(0xc3)]).failure).toEqual(noText);
  });

  it("are none where a character comes in two pieces", () => {
    expect(hear([start, Uint8Array.of(0xc3), Uint8Array.of(0xa9), end]).text).toBe("café");
  });

  it("do not hide that it is a web page, in an encoding of its own", () => {
    const page = Buffer.from("<!doctype html><html><head><title>D\xfcsseldorf</title></head></html>", "latin1");
    for (const pieces of [[page], Array.from(page, (byte) => Uint8Array.of(byte))]) {
      expect(hear(pieces, "text/html").failure?.kind).toBe("not-an-api");
    }
  });
});
