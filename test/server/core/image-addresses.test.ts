import { describe, expect, it } from "vitest";
import { addressesIn, mediaTypeAt, whyNotByAddress } from "../../../server/core/image-addresses.ts";
import type { Image, Message, Wire } from "../../../server/core/provider.ts";

const shown = (...images: Image[]): Message => ({ role: "user", text: "See", images });
const inline: Image = { mediaType: "image/png", base64: "AAAA" };
const https: Image = { url: "https://example.com/a.png" };

describe("the addresses of a conversation", () => {
  it("are none where every image is there itself", () => {
    expect(addressesIn([{ role: "user", text: "https://example.com/a.png" }, shown(inline)])).toBeNull();
  });

  it("are told by what not every vendor takes of them", () => {
    const plain = { isPlain: false, isUntyped: false, isInResult: false };
    expect(addressesIn([shown(inline, https)])).toEqual(plain);
    expect(addressesIn([shown(https, { url: "http://example.com/a.png" })])).toEqual({ ...plain, isPlain: true });
    expect(addressesIn([shown({ url: "https://example.com/a" }), shown(https)])).toEqual({ ...plain, isUntyped: true });
    expect(addressesIn([{ ...shown(https), role: "tool", toolCallId: "c" }])).toEqual({ ...plain, isInResult: true });
  });
});

it.each([
  ["https://example.com/a.png", "image/png"],
  ["https://example.com/a.JPG?x-amz-signature=1.gif#a.bmp", "image/jpeg"],
  ["https://example.com/a.b/c.jpeg", "image/jpeg"],
  ["https://example.com/a.webp", "image/webp"],
  ["https://example.com/a.gif", null],
  ["https://example.com/a", null],
  ["https://example.png", null],
  ["https://example.com/?f=a.png", null],
  ["https://example.com/a.png/", null],
])("%s tells %s", (url, mediaType) => {
  expect(mediaTypeAt(url)).toBe(mediaType);
});

describe("who is asked", () => {
  const good = { isPlain: false, isUntyped: false, isInResult: false };
  const why = (wire: Wire, more: Partial<typeof good> = {}, modelId = "gemini-3-pro") =>
    whyNotByAddress({ wire, modelId }, { ...good, ...more });

  it("is whoever speaks OpenAI's wires, until a server has said that it looks none up", () => {
    const worst = { isPlain: true, isUntyped: true, isInResult: true };
    expect([why("openai-compatible", worst), why("openai-responses", worst)]).toEqual([null, null]);
    const learned = { wire: "openai-compatible", modelId: "m", takesAddresses: false } as const;
    expect(whyNotByAddress(learned, good)).toBe("takes no image by its address");
  });

  it("is Anthropic over https alone", () => {
    expect(why("anthropic", { isUntyped: true, isInResult: true })).toBeNull();
    expect(why("anthropic", { isPlain: true })).toMatch(/only where that begins with https:$/);
  });

  it("is Google where the type can be told, over https alone and not in a result", () => {
    expect([why("google"), why("google", {}, "models/gemini-2.5-flash"), why("google", {}, "gemini-12")]).toEqual([
      null,
      null,
      null,
    ]);
    for (const old of ["gemini-2.0-flash", "gemini-1.5-pro", "gemma-3-27b"]) {
      expect(why("google", {}, old)).toBe("takes no image by its address");
    }
    expect(why("google", { isPlain: true })).toMatch(/https:$/);
    expect(why("google", { isUntyped: true })).toMatch(/ends in \.png, \.jpg or \.webp$/);
    expect(why("google", { isInResult: true })).toMatch(/in a tool's result$/);
  });

  it("is neither Amazon nor Ollama", () => {
    expect([why("bedrock"), why("ollama")]).toEqual(Array(2).fill("takes no image by its address"));
  });
});
