import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cacheKey, canonicalJson, mayCache } from "../../../server/core/cache-key.ts";
import type { Image, ProviderRequest } from "../../../server/core/provider.ts";

const route = { providerId: "acme", origin: "https://api.acme.example", modelId: "small" };
const request: ProviderRequest = {
  modelId: "small",
  messages: [
    { role: "system", text: "Be brief." },
    { role: "user", text: "Why?" },
  ],
  maxOutputTokens: 4_096,
};

describe("the key of a request", () => {
  it("is the same whatever order fields were written in", () => {
    const turned: ProviderRequest = {
      maxOutputTokens: 4_096,
      messages: [
        { text: "Be brief.", role: "system" },
        { text: "Why?", role: "user" },
      ],
      modelId: "small",
    };
    expect(cacheKey({ modelId: "small", origin: route.origin, providerId: "acme" }, turned)).toBe(
      cacheKey(route, request),
    );
    // What `undefined` stands for is not sent.
    expect(cacheKey(route, { ...request, ...JSON.parse("{}"), stop: undefined })).toBe(cacheKey(route, request));
  });

  it("differs for every difference in the request or the place it goes to", () => {
    const more = { ...request, tools: [{ name: "read", description: "", parameters: { path: "string" } }] };
    const keys = [
      cacheKey(route, request),
      cacheKey({ ...route, providerId: "other" }, request),
      cacheKey({ ...route, origin: "http://api.acme.example" }, request),
      cacheKey({ ...route, modelId: "large" }, request),
      cacheKey(route, { ...request, maxOutputTokens: 4_095 }),
      cacheKey(route, { ...request, temperature: 0 }),
      cacheKey(route, { ...request, temperature: 0.2 }),
      cacheKey(route, { ...request, stop: [] }),
      cacheKey(route, { ...request, stop: ["\n"] }),
      cacheKey(route, { ...request, messages: [...request.messages].reverse() }),
      cacheKey(route, { ...request, messages: request.messages.slice(1) }),
      cacheKey(route, { ...request, messages: [{ role: "user", text: "Be brief." }] }),
      cacheKey(route, { ...request, messages: [{ role: "user", text: "Why? " }] }),
      cacheKey(route, { ...request, messages: [{ role: "user", text: "Why?\n" }] }),
      cacheKey(route, more),
      cacheKey(route, { ...more, tools: [{ name: "read", description: "", parameters: { path: "number" } }] }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("holds an image apart from the address of one", () => {
    const shown = (image: Image) =>
      cacheKey(route, { ...request, messages: [{ role: "user", text: "Why?", images: [image] }] });
    const keys = [
      shown({ mediaType: "image/png", base64: "AAAA" }),
      shown({ mediaType: "image/png", base64: "AAAA", detail: "low" }),
      shown({ url: "https://example.com/AAAA" }),
      shown({ url: "http://example.com/AAAA" }),
      shown({ url: "https://example.com/AAAA", detail: "low" }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("is the same for two values exactly when they are the same JSON", () => {
    const shuffled = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(shuffled)
        : typeof value === "object" && value !== null
          ? Object.fromEntries(
              Object.entries(value)
                .reverse()
                .map(([name, field]) => [name, shuffled(field)]),
            )
          : value;
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        expect(canonicalJson(shuffled(one))).toBe(canonicalJson(one));
        expect(JSON.parse(canonicalJson(one))).toEqual(JSON.parse(JSON.stringify(one)));
        expect(canonicalJson(one) === canonicalJson(other)).toBe(
          JSON.stringify(JSON.parse(canonicalJson(one))) === JSON.stringify(JSON.parse(canonicalJson(other))),
        );
      }),
    );
  });
});

describe("what may be kept", () => {
  it("is the answer to a request without tools, at no stated or a low temperature", () => {
    expect(mayCache(request)).toBe(true);
    expect(mayCache({ temperature: 0 })).toBe(true);
    expect(mayCache({ temperature: 0.3 })).toBe(true);
    expect(mayCache({ tools: [] })).toBe(true);
    expect(mayCache({ temperature: 0.31 })).toBe(false);
    expect(mayCache({ temperature: Number.NaN })).toBe(false);
    expect(mayCache({ tools: [{ name: "read", description: "", parameters: {} }] })).toBe(false);
  });

  it("is one at a high temperature when that is asked for, and one with tools never", () => {
    expect(mayCache({ temperature: 1 }, "asked")).toBe(true);
    expect(mayCache({ temperature: 0, tools: [{ name: "read", description: "", parameters: {} }] }, "asked")).toBe(
      false,
    );
  });
});
