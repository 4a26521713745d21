import { describe, expect, it, onTestFinished } from "vitest";
import type { Message, ProviderPart, Tool } from "../../../server/core/provider.ts";
import type { Playground } from "../../../server/playground/start-playground.ts";
import type { VendorModel } from "../../../server/playground/vendor-model.ts";
import { testConnection } from "../../../server/providers/connection.ts";
import { createProvider } from "../../../server/providers/create-provider.ts";
import { createHttp } from "../../../server/providers/http.ts";
import { failureOf } from "../../../shared/failure.ts";
import { networkSettingSchema, type ProviderSetting } from "../../../shared/settings.ts";
import { apiKey, scripted, start } from "../playground/vendor-client.ts";
import { hearRequest } from "./hear-provider.ts";
import { headersTo, withPortkey } from "./portkey-gateway.ts";

/** The preset against Portkey's own gateway, with simulated vendors behind it: real HTTP from end to end. */

const gateway = withPortkey();
const words = 'Use a `Map` — Größe 🧭:\r\n\n```ts\nconst a = "b\\n";\n```\n';

interface Scene {
  wire?: "openai" | "anthropic";
  model?: Partial<VendorModel>;
  key?: string;
  headers?: Record<string, string>;
}

/** A vendor with one model, "talker", and the preset that reaches it through the gateway. */
async function behindPortkey({ wire = "openai", model = {}, key = apiKey, headers }: Scene = {}) {
  const vendorWire = wire === "openai" ? "openai-compatible" : "anthropic";
  const vendor = await start({ models: [scripted("talker", words, { wire: vendorWire, ...model })] });
  const setting: ProviderSetting = {
    id: "portkey",
    preset: "portkey-self-hosted",
    baseUrl: gateway.baseUrl(),
    headers: headers ?? headersTo(wire, wire === "openai" ? vendor.openAiBaseUrl : vendor.anthropicBaseUrl),
  };
  const http = createHttp(networkSettingSchema.parse({ systemCertificates: false }));
  onTestFinished(() => http.close());
  const provider = createProvider({ setting, key, http });
  const hear = (messages: readonly Message[] = [{ role: "user", text: "How?" }], tools?: readonly Tool[]) =>
    hearRequest(provider, { modelId: "talker", messages, maxOutputTokens: 500, ...(tools ? { tools } : {}) });
  const look = (more: Partial<ProviderSetting> = {}) =>
    testConnection({
      setting: { ...setting, ...more },
      key,
      http,
      signal: new AbortController().signal,
      now: Date.now,
    }).then(
      ({ baseUrl, models }) => ({ baseUrl, models: models.map(({ id }) => id) }),
      (error) => failureOf(error),
    );
  return { vendor, provider, hear, look };
}

const textOf = (parts: readonly ProviderPart[]) =>
  parts.map((part) => (part.type === "text-delta" ? part.text : "")).join("");
const usageOf = (parts: readonly ProviderPart[]) => parts.find((part) => part.type === "usage")?.usage;
const last = (vendor: Playground) => vendor.log().at(-1);

describe("setting Portkey's own gateway up", () => {
  it("lists the models of the vendor behind it, at its address with and without /v1", async () => {
    const { look } = await behindPortkey();
    const found = { baseUrl: gateway.baseUrl(), models: expect.arrayContaining(["talker"]) };
    expect(await look()).toEqual(found);
    expect(await look({ baseUrl: gateway.baseUrl().replace(/\/v1$/, "") })).toEqual(found);
  });

  it("lists what Anthropic lists, as Anthropic lists it", async () => {
    const { look } = await behindPortkey({ wire: "anthropic" });
    expect(await look()).toMatchObject({ models: expect.arrayContaining(["talker"]) });
  });

  it.each<[string, Scene, string, string]>([
    ["no vendor is named", { headers: {} }, "bad-request", '"Either x-portkey-config or x-portkey-provider header is'],
    ["the vendor is nobody", { headers: { "x-portkey-provider": "nobody" } }, "bad-request", "Invalid provider passed"],
    ["its key is wrong", { key: "sk-wrong-key" }, "auth", '"The API key is not valid."'],
  ])("says it where %s", async (_what, scene, kind, said) => {
    const { look } = await behindPortkey(scene);
    expect(await look()).toMatchObject({ kind, message: expect.stringContaining(said) });
  });

  it("says that the vendor behind it is not there", async () => {
    const { look, vendor } = await behindPortkey();
    await vendor.close();
    expect(await look()).toMatchObject({
      kind: "server-error",
      message: expect.stringContaining("connect ECONNREFUSED 127.0.0.1"),
    });
  });
});

describe.each(["openai", "anthropic"] as const)("an answer of %s through Portkey's own gateway", (wire) => {
  it("is the vendor's byte for byte, with its own counts", async () => {
    const { hear, vendor } = await behindPortkey({ wire });
    const { parts, failure } = await hear();
    expect(failure).toBeNull();
    expect(textOf(parts)).toBe(words);
    expect(parts.at(-1)).toEqual({ type: "finish", reason: "stop" });
    const { inputTokens, outputTokens } = last(vendor) ?? {};
    expect(usageOf(parts)).toMatchObject({ input: inputTokens, output: outputTokens });
  });

  it("is whole where each byte comes by itself", async () => {
    const { hear, vendor } = await behindPortkey({ wire });
    vendor.setFault("talker", { kind: "byte-by-byte" });
    const { parts, failure } = await hear();
    expect([failure, textOf(parts)]).toEqual([null, words]);
  });

  it("asks for tools, and goes on with what they found", async () => {
    const { hear, vendor } = await behindPortkey({
      wire,
      model: { answer: ({ messages }) => (messages.at(-1)?.role === "tool" ? words : "") },
    });
    const parameters = { type: "object", properties: { path: { type: "string" } }, required: ["path"] };
    const tools = [
      { name: "read_file", description: "Reads a file.", parameters },
      { name: "now", description: "Tells the time.", parameters: { type: "object", properties: {} } },
    ];
    // It hands each result on to Anthropic as a message of its own, and Anthropic documents one for all of them.
    const more = wire === "openai" ? ", and now" : "";
    const question: Message = { role: "user", text: `Use read_file on \`src/Ünï.ts\`${more}.` };
    const first = await hear([question], tools);
    expect(first.failure).toBeNull();
    const calls = first.parts.flatMap((part) => (part.type === "tool-call" ? [part] : []));
    expect(calls.map(({ name, argumentsJson }) => [name, argumentsJson])).toEqual([
      ["read_file", '{"path":"src/Ünï.ts"}'],
      ...(more === "" ? [] : [["now", "{}"]]),
    ]);
    expect(first.parts.at(-1)).toEqual({ type: "finish", reason: "tool-calls" });
    const results = calls.map(({ id, name }): Message => ({ role: "tool", text: `of ${name}`, toolCallId: id }));
    const toolCalls = calls.map(({ id, name, argumentsJson }) => ({ id, name, argumentsJson }));
    const second = await hear([question, { role: "assistant", text: "", toolCalls }, ...results], tools);
    expect([second.failure, textOf(second.parts)]).toEqual([null, words]);
    expect(vendor.log().map(({ status }) => status)).toEqual([200, 200]);
  });

  it.each<[number, Record<string, string>, object]>([
    [401, {}, { kind: "auth", status: 401 }],
    [402, {}, { kind: "quota" }],
    [404, {}, { kind: "unknown-model", model: "talker" }],
    [429, { "retry-after": "7" }, { kind: "rate-limit", retryAfterMs: 7_000 }],
    [500, {}, { kind: "server-error", status: 500 }],
    [529, {}, { kind: "overloaded", status: 529 }],
  ])("is the vendor's error %s in its own words", async (status, headers, failure) => {
    const { hear, vendor } = await behindPortkey({ wire });
    vendor.setFault("talker", { kind: "status", status, headers });
    expect(await hear()).toEqual({
      parts: [],
      failure: expect.objectContaining({
        ...failure,
        message: expect.stringContaining(`"${wire} error: The vendor answers ${status}, as it was told to."`),
      }),
    });
  });

  it("says what a page in front of the vendor is called", async () => {
    const { hear, vendor } = await behindPortkey({ wire });
    const body =
      "<!doctype html>\n<html><head><title>502 Bad Gateway &amp; more</title></head><body>nginx</body></html>";
    vendor.setFault("talker", { kind: "status", status: 502, body });
    expect((await hear()).failure).toMatchObject({
      kind: "server-error",
      message: expect.stringMatching(wire === "openai" ? /\(502\)\. "502 Bad Gateway &amp; more"$/ : /502 Bad Gateway/),
    });
  });

  it("is no answer where the vendor breaks off: cut, without an end, or with an error", async () => {
    const { hear, vendor } = await behindPortkey({ wire });
    vendor.setFault("talker", { kind: "cut", afterCharacters: 8 });
    expect((await hear()).failure).toMatchObject({ kind: "truncated" });
    vendor.setFault("talker", { kind: "no-end-signal" });
    expect((await hear()).failure).toMatchObject({ kind: "truncated" });
    vendor.setFault("talker", { kind: "in-band-error", afterCharacters: 8 });
    const { parts, failure } = await hear();
    expect(textOf(parts)).toBe(words.slice(0, 8));
    // Of Anthropic's errors within a stream the gateway hands on the name and not the words.
    expect(failure).toMatchObject(
      wire === "openai"
        ? { kind: "server-error", message: expect.stringContaining('"The model stopped answering; try again."') }
        : { kind: "overloaded", message: expect.stringContaining("overloaded_error") },
    );
  });

  it("says that the vendor is not there while the gateway is", async () => {
    const { hear, vendor } = await behindPortkey({ wire });
    await vendor.close();
    expect((await hear()).failure).toMatchObject({
      kind: "server-error",
      status: 500,
      message: expect.stringContaining("connect ECONNREFUSED 127.0.0.1"),
    });
  });
});
