import { afterEach, describe, expect, it } from "vitest";
import { fimWireFor } from "../../../server/core/fim-wire.ts";
import type { FimRequest, Provider, ProviderPart, ProviderRequest } from "../../../server/core/provider.ts";
import { testConnection } from "../../../server/providers/connection.ts";
import { createProvider } from "../../../server/providers/create-provider.ts";
import { createChatDecoder } from "../../../server/providers/decode-chat.ts";
import { createOllamaDecoder } from "../../../server/providers/decode-ollama.ts";
import { createHttp } from "../../../server/providers/http.ts";
import { wireRowFor } from "../../../server/providers/presets.ts";
import { type Failure, failureOf } from "../../../shared/failure.ts";
import { fillBaseUrl, presets } from "../../../shared/presets.ts";
import { networkSettingSchema, type PresetId, presetIds } from "../../../shared/settings.ts";
import { type Answer, type RawServer, startRawServer } from "./raw-server.ts";
import { natives, otherWires, vendors } from "./vendors/all.ts";
import { KEY, ROOM, type Trouble, type Vendor } from "./vendors/vendor.ts";

const troubles: readonly Trouble[] = ["key", "credit", "access", "region", "rate", "model", "context", "moderation"];
const http = createHttp(networkSettingSchema.parse({ systemCertificates: false }));
const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0)) await end();
});

/** The vendor on loopback, at the path that its own address has. */
async function connect(
  vendor: Vendor,
  answer: Answer,
): Promise<[Provider, RawServer, { id: string; preset: PresetId; baseUrl: string; headers: Record<string, string> }]> {
  const server = await startRawServer(answer);
  ending.push(() => server.close());
  const preset = presets[vendor.preset];
  const address = fillBaseUrl(preset, { account: "my-account", gateway: "my-gateway", resource: "my-resource" });
  const usualPath = preset.baseUrl === null ? "/v1" : new URL(address).pathname.replace(/\/$/, "");
  const path = vendor.basePath ?? usualPath;
  const own = Object.entries(vendor.headers ?? {}).filter(([name]) =>
    (preset.headerParts ?? []).some((part) => part.name === name),
  );
  const setting = {
    id: "vendor",
    preset: vendor.preset,
    baseUrl: server.origin + path,
    headers: Object.fromEntries(own),
  };
  return [createProvider({ setting, key: KEY, http }), server, setting];
}

const signal = new AbortController().signal;
const request = (modelId: string): ProviderRequest => ({
  modelId,
  messages: [{ role: "user", text: "Which type?" }],
  maxOutputTokens: ROOM,
});

async function hear(parts: AsyncIterable<ProviderPart>): Promise<{ parts: ProviderPart[]; failure: Failure | null }> {
  const heard: ProviderPart[] = [];
  try {
    for await (const part of parts) if (part.type !== "activity") heard.push(part);
    return { parts: heard, failure: null };
  } catch (error) {
    return { parts: heard, failure: failureOf(error) };
  }
}
const said = (parts: readonly ProviderPart[], type: "text-delta" | "reasoning-delta") =>
  parts.map((part) => (part.type === type ? part.text : "")).join("");
const streams =
  (text: string): Answer =>
  (_request, response) =>
    void response.writeHead(200, { "content-type": "text/event-stream" }).end(text);
const ends = ({ usage, costUsd, finish }: Vendor) => [
  { type: "usage", usage, reportedCostUsd: costUsd },
  { type: "finish", reason: finish },
];

/** One contract that every preset keeps; a vendor is a row of the table and what it documents, in `vendors/`. */
it("has what each preset's vendor documents", () => {
  expect([...Object.keys(vendors), ...natives].sort()).toEqual([...presetIds].sort());
  for (const [id, vendor] of Object.entries(vendors)) expect(vendor.preset).toBe(id);
});

describe.each([...Object.values(vendors), ...otherWires])("$preset $chatPath", (vendor) => {
  const { baseUrl } = presets[vendor.preset];
  const path = vendor.basePath ?? (baseUrl === null ? "/v1" : "");
  const row = wireRowFor(vendor.preset, `http://127.0.0.1:1${path}`);

  it("is asked as it wants, and its answer is read with its counts and its cost", async () => {
    const [provider, server] = await connect(vendor, streams(vendor.stream));
    const { parts, failure } = await hear(provider.stream(request(vendor.modelId), { signal }));
    expect(failure).toBeNull();
    expect(said(parts, "text-delta")).toBe(vendor.text);
    expect(said(parts, "reasoning-delta")).toBe(vendor.reasoning ?? "");
    expect(parts.slice(-2)).toEqual(ends(vendor));

    const [sent, ...others] = server.requests;
    expect(others).toEqual([]);
    expect(sent).toMatchObject({ method: "POST", url: vendor.chatPath });
    const [name, value] = vendor.keyHeader;
    expect(sent?.headers).toMatchObject({ [name]: value, ...vendor.headers });
    // The key stands in one header and nowhere else.
    expect(JSON.stringify({ ...sent, headers: { ...sent?.headers, [name]: "" } })).not.toContain(KEY);
    const body: Record<string, unknown> = JSON.parse(sent?.body ?? "{}");
    const { model, messages, stream, system: _system, ...rest } = body;
    expect({ model, stream }).toEqual({ model: vendor.modelId, stream: true });
    expect(JSON.stringify(messages)).toContain("Which type?");
    expect(rest).toEqual(vendor.body);
  });

  // Anthropic's wire is one vendor's alone, and `contract.test.ts` has these for each wire.
  if (row.wire !== "anthropic") {
    it("is read the same byte by byte", () => {
      const { zeroCost, cachedTokens } = row;
      const options = {
        host: "h",
        modelId: vendor.modelId,
        headers: {},
        secrets: [],
        nowMs: 0,
        zeroCost,
        cachedTokens,
      };
      const decoder = row.wire === "ollama" ? createOllamaDecoder(options) : createChatDecoder(options);
      const parts: ProviderPart[] = [];
      for (const byte of Buffer.from(vendor.stream)) parts.push(...decoder.feed(Uint8Array.of(byte)).parts);
      const end = decoder.end();
      parts.push(...end.parts);
      expect(end).toMatchObject({ failure: null, state: "done" });
      expect(said(parts, "text-delta")).toBe(vendor.text);
      expect(parts.filter((part) => part.type === "usage" || part.type === "finish").slice(-2)).toEqual(ends(vendor));
    });

    it("is given a begun answer as it wants one", async () => {
      const [provider, server] = await connect(vendor, streams(vendor.stream));
      const begun: ProviderRequest = {
        ...request(vendor.modelId),
        messages: [
          { role: "user", text: "Which type?" },
          { role: "assistant", text: "Use" },
        ],
      };
      await hear(provider.stream(begun, { signal }));
      const [sent] = server.requests;
      const { messages }: { messages: unknown[] } = JSON.parse(sent?.body ?? "{}");
      const mark = row.prefill === "marked" ? { prefix: true } : {};
      expect(messages).toEqual([
        { role: "user", content: "Which type?" },
        { role: "assistant", content: "Use", ...mark },
      ]);
      expect(sent?.url).toBe(
        row.prefill === "marked" && row.betaPath !== null ? `${row.betaPath}/chat/completions` : vendor.chatPath,
      );
    });
  }

  it("reports a cost exactly where its row says so", () => {
    const isAnnounced = row.costField !== null;
    if (vendor.preset !== "openai-compatible") expect(vendor.costUsd !== null).toBe(isAnnounced);
  });

  it("has every trouble documented, or says that it is not", () => {
    for (const trouble of troubles) {
      const isDocumented = vendor.errors.some((error) => error.trouble === trouble);
      expect([trouble, isDocumented]).toEqual([trouble, !vendor.undocumented.includes(trouble)]);
    }
    for (const trouble of vendor.seen) expect(vendor.errors.map((error) => error.trouble)).toContain(trouble);
  });

  it.each(vendor.errors)("$trouble, $status: $kind", async (error) => {
    const [provider, server] = await connect(vendor, (_request, response) => {
      response.writeHead(error.status, { "content-type": "application/json", ...error.headers }).end(error.body);
    });
    const { failure } = await hear(provider.stream(request(vendor.modelId), { signal }));
    expect(failure?.kind).toBe(error.kind);
    expect(failure?.message).toContain(error.words);
    expect(failure?.message).toContain(`127.0.0.1:${server.port}`);
    expect(failure?.message).not.toContain(KEY);
    expect(server.requests).toHaveLength(error.requests ?? 1);
  });

  it("lists its models, or is known to answer without a list", async () => {
    const { models } = vendor;
    const [provider, server, setting] = await connect(vendor, (asked, response) => {
      const isList = asked.method === "GET" || !("status" in models);
      const [status, body] = isList
        ? ["status" in models ? models.status : 200, models.body]
        : [models.withoutModel.status, models.withoutModel.body];
      response.writeHead(status, { "content-type": "application/json" }).end(body);
    });
    if ("status" in models) {
      const found = await testConnection({ setting, key: KEY, http, signal, now: () => 0 });
      expect(found).toMatchObject({ baseUrl: setting.baseUrl, models: [] });
    } else {
      const listed = await provider.listModels({ signal });
      expect(listed).toHaveLength(models.expected.length);
      expect(listed).toMatchObject(models.expected);
    }
    const [name, value] = vendor.keyHeader;
    expect(server.requests[0]).toMatchObject({ method: "GET", url: models.path });
    expect(server.requests[0]?.headers[name]).toBe(value);
  });

  it("fills holes where it can", async () => {
    const { fill } = vendor;
    if (fill === undefined) return;
    expect(fimWireFor({ family: row.fim, modelId: fill.modelId })).toBe(fill.wire);
    const [provider, server] = await connect(vendor, streams(fill.stream));
    const hole: FimRequest = {
      modelId: fill.modelId,
      wire: fill.wire,
      prefix: "return ",
      suffix: ";",
      maxOutputTokens: ROOM,
    };
    const parts = provider.fill?.(hole, { signal }) ?? expect.unreachable("it fills none");
    const { parts: heard, failure } = await hear(parts);
    expect(failure).toBeNull();
    expect(said(heard, "text-delta")).toBe("a + b");
    expect(heard.at(-1)).toEqual({ type: "finish", reason: "stop" });
    expect(heard.at(-2)).toMatchObject({ usage: { input: 20, output: 4 } });
    expect(server.requests[0]?.url).toBe(fill.path);
    if (row.includeUsage === "never") expect(server.requests[0]?.body).not.toContain("stream_options");
  });
});
