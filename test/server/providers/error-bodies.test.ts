import { afterAll, describe, expect, it } from "vitest";
import { createProvider } from "../../../server/providers/create-provider.ts";
import { createHttp } from "../../../server/providers/http.ts";
import { type Failure, failureOf } from "../../../shared/failure.ts";
import { networkSettingSchema, type PresetId } from "../../../shared/settings.ts";
import { type Answer, startRawServer } from "./raw-server.ts";
import { event } from "./vendors/vendor.ts";

const http = createHttp(networkSettingSchema.parse({ systemCertificates: false }));
afterAll(() => http.close());

async function told(
  answer: Answer,
  preset: PresetId = "openai-compatible",
): Promise<{ failure: Failure; text: string }> {
  const server = await startRawServer(answer);
  let text = "";
  try {
    const setting = { id: "vendor", preset, baseUrl: `${server.origin}/v1` };
    const provider = createProvider({ setting, key: "test-key-123", http });
    const request = { modelId: "m", messages: [{ role: "user" as const, text: "Which type?" }], maxOutputTokens: 300 };
    for await (const part of provider.stream(request, { signal: new AbortController().signal })) {
      if (part.type === "text-delta") text += part.text;
    }
    return expect.unreachable("it answered");
  } catch (thrown) {
    const failure = failureOf(thrown);
    const message = failure.message.replaceAll(`127.0.0.1:${server.port}`, "HOST");
    return { failure: { ...failure, message }, text };
  } finally {
    await server.close();
  }
}

const refuses =
  (status: number, body: string, contentType = "application/json", headers: Record<string, string> = {}): Answer =>
  (_request, response) =>
    void response.writeHead(status, { "content-type": contentType, ...headers }).end(body);
const error = (message: string, code: string) => JSON.stringify({ error: { message, code, type: "t", param: null } });
const page =
  "<!DOCTYPE html><html><head><title>Too many\n requests</title><style>b{}</style></head><body><b>No</b></body></html>";

describe("the body of an error", () => {
  it.each<[string, Answer, string]>([
    ["is empty", refuses(401, ""), 'HOST refused the key (401). Run "Wayfare: Change Key".'],
    [
      "is a web page",
      refuses(429, page, "text/html"),
      'HOST limits the rate of requests (429). "Too many requests" Ask again in a while, or choose another model.',
    ],
    [
      "has a web page in its message",
      refuses(403, error(`upstream: ${page}`, "x")),
      'HOST does not allow this with the key (403). "upstream: Too many requests" Run "Wayfare: Change Key".',
    ],
    [
      "has marks of HTML in its message",
      refuses(402, error("<p>No <b>credit</b><script>alert(1)</script><br/>left</p>", "x")),
      'The account at HOST is out of credit or over its limit (402). "No credit left" Add credit or raise the limit there.',
    ],
    [
      "is cut off in its message",
      refuses(429, '{"error":{"type":"insufficient_quota","message":"You exceeded your \\"current\\" quo'),
      'The account at HOST is out of credit or over its limit (429). "You exceeded your "current" quo" Add credit or raise the limit there.',
    ],
    [
      "is cut off within an escape",
      refuses(401, '{"error":{"message":"No key\\u00'),
      'HOST refused the key (401). "No key" Run "Wayfare: Change Key".',
    ],
    [
      "is a megabyte of JSON",
      refuses(
        403,
        error("Country, region, or territory not supported", "unsupported_country_region_territory").replace(
          "}}",
          `,"more":"${"x".repeat(1_000_000)}"}}`,
        ),
      ),
      'HOST does not serve the region that it was asked from (403). "Country, region, or territory not supported" Choose another model or provider; a proxy (http.proxy) or a VPN counts as where you are.',
    ],
    [
      "is a megabyte of words",
      refuses(401, "no ".repeat(350_000), "text/plain"),
      `HOST refused the key (401). "${"no ".repeat(100).slice(0, 299)}…" Run "Wayfare: Change Key".`,
    ],
    [
      "quotes a key that a gateway keeps",
      refuses(401, error("Incorrect API key provided: sk-proj-abcdefghijklmnop1234.", "invalid_api_key")),
      'HOST refused the key (401). "Incorrect API key provided: sk-[redacted]." Run "Wayfare: Change Key".',
    ],
  ])("%s", async (_what, answer, message) => {
    expect((await told(answer)).failure.message).toBe(message);
  });
});

describe("when to ask again is said as a time", () => {
  it.each([
    ["0.4", "Again in 0.4 s"],
    ["40", "Again in 40 s"],
    ["120", "Again in 120 s"],
    ["600", "Again in 10 min"],
    ["9000", "Again in 3 h"],
  ])("%s s: %s", async (seconds, words) => {
    const { failure } = await told(
      refuses(429, error("Slow.", "rate"), "application/json", { "retry-after": seconds }),
    );
    expect(failure.message).toBe(`HOST limits the rate of requests (429). "Slow." ${words}, or choose another model.`);
  });
});

describe("an error in a stream that began with 200", () => {
  const begun = event({ choices: [{ index: 0, delta: { content: "Half an " }, finish_reason: null }] });
  const breaks =
    (body: object): Answer =>
    (_request, response) =>
      void response.writeHead(200, { "content-type": "text/event-stream" }).end(begun + event(body));

  it("is told as its class, with the vendor behind the gateway and whose account is meant", async () => {
    const metadata = {
      raw: '{"error":{"message":"Out of quota.","code":"insufficient_quota"}}',
      provider_name: "OpenAI",
    };
    const sent = { error: { code: 429, message: "Provider returned error", metadata: { ...metadata, is_byok: true } } };
    const { failure, text } = await told(breaks(sent), "openrouter");
    expect(text).toBe("Half an ");
    expect(failure).toEqual({
      kind: "quota",
      status: 429,
      upstream: { name: "OpenAI", account: "kept" },
      message:
        'The account at OpenAI behind HOST is out of credit or over its limit (429). "Out of quota." Add credit or raise the limit at OpenAI; the account at HOST is not meant.',
    });
  });

  it("that names no vendor is the gateway's own", async () => {
    const { failure } = await told(breaks({ error: { code: 401, message: "No cookie auth." } }), "openrouter");
    expect(failure).toEqual({
      kind: "auth",
      status: 401,
      message: 'HOST refused the key (401). "No cookie auth." Run "Wayfare: Change Key".',
    });
  });
});
