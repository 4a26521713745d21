import { createVerify, generateKeyPairSync } from "node:crypto";
import { describe, expect, it, onTestFinished } from "vitest";
import type { CloudFiles } from "../../../server/core/cloud-files.ts";
import { testConnection } from "../../../server/providers/connection.ts";
import { createProvider } from "../../../server/providers/create-provider.ts";
import { createHttp } from "../../../server/providers/http.ts";
import { networkSettingSchema, type PresetId } from "../../../shared/settings.ts";
import { hearRequest, openStream, wholeCalls } from "./hear-provider.ts";
import { candidate, candidateEnd, googleError } from "./native-streams.ts";
import { toolRequest } from "./part-wires.ts";
import { type Answer, startRawServer } from "./raw-server.ts";

const path = "/v1/projects/my-project/locations/europe-west4/publishers/google";
const modelId = "gemini-2.5-pro";
const counts = { promptTokenCount: 30, candidatesTokenCount: 7, thoughtsTokenCount: 3, totalTokenCount: 40 };
const ok: Answer = (_request, response) =>
  void openStream(response).end(candidate([{ text: "ok" }]) + candidateEnd("STOP", counts));
const json =
  (status: number, body: string): Answer =>
  (_request, response) =>
    void response.writeHead(status, { "content-type": "application/json" }).end(body);
const { publicKey, privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2_048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});

interface Scene {
  /** What Vertex answers. */
  answer?: Answer;
  /** What the server of tokens answers. */
  token?: Answer;
  key?: string;
  preset?: PresetId;
  variables?: Record<string, string>;
  /** Files by path; the address of the tokens' server stands in them as TOKENS. */
  files?: Record<string, string>;
}

async function connect({ answer = ok, token, key = "default", preset = "vertex", variables, files }: Scene) {
  const clock = { nowMs: Date.UTC(2026, 10, 29, 10, 15, 0) };
  let granted = 0;
  const grant: Answer = (request, response, body) => {
    granted += 1;
    return json(200, JSON.stringify({ access_token: `ya29.token-${granted}`, expires_in: 3_600 }))(
      request,
      response,
      body,
    );
  };
  const tokens = await startRawServer(token ?? grant);
  const server = await startRawServer(answer);
  const http = createHttp(networkSettingSchema.parse({ systemCertificates: false }));
  onTestFinished(async () => {
    await http.close();
    await server.close();
    await tokens.close();
  });
  const machine: CloudFiles = {
    variable: (name) => variables?.[name] ?? null,
    read: async (file) => files?.[file]?.replace("TOKENS", `${tokens.origin}/token`) ?? null,
  };
  const setting = { id: "google", preset, baseUrl: server.origin + path };
  const now = () => clock.nowMs;
  const provider = createProvider({ setting, key, http, now, files: machine });
  const tryOut = () =>
    testConnection({ setting, key, http, now, files: machine, signal: new AbortController().signal });
  return { provider, server, tokens, clock, tryOut };
}

const serviceAccount = JSON.stringify({
  type: "service_account",
  project_id: "my-project",
  private_key_id: "kid1",
  private_key: privateKey,
  client_email: "me@my-project.iam.gserviceaccount.com",
  token_uri: "TOKENS",
});
const person = JSON.stringify({
  type: "authorized_user",
  client_id: "client.apps.example.com",
  client_secret: "d-FL95Q19q7MQmFpd7hHD0Ty",
  refresh_token: "1//refresh-token-of-mine",
  quota_project_id: "paying-project",
  token_uri: "TOKENS",
});
const atHome = "~/.config/gcloud/application_default_credentials.json";
const ask = { ...toolRequest, modelId };
const part = (text: string | undefined) => JSON.parse(Buffer.from(text ?? "", "base64url").toString());

describe("with a service account", () => {
  it("a signed wish is changed for a token, which is used until it ends", async () => {
    const scene = { key: "file:/keys/my project.json", files: { "/keys/my project.json": serviceAccount } };
    const { provider, server, tokens, clock } = await connect(scene);
    for (let turn = 0; turn < 2; turn += 1) {
      const { failure, parts } = await hearRequest(provider, ask);
      expect(failure).toBeNull();
      expect(parts.at(-2)).toMatchObject({ usage: { input: 30, cacheRead: 0, output: 10, reasoning: 3 } });
    }
    expect(server.requests.map(({ url }) => url)).toEqual(
      Array(2).fill(`${path}/models/gemini-2.5-pro:streamGenerateContent?alt=sse`),
    );
    expect(server.requests[1]?.headers.authorization).toBe("Bearer ya29.token-1");
    expect(server.requests[1]?.headers).not.toHaveProperty("x-goog-api-key");
    expect(tokens.requests).toHaveLength(1);

    const form = new URLSearchParams(tokens.requests[0]?.body);
    expect(form.get("grant_type")).toBe("urn:ietf:params:oauth:grant-type:jwt-bearer");
    const [head, claims, signature = ""] = (form.get("assertion") ?? "").split(".");
    expect(part(head)).toEqual({ alg: "RS256", typ: "JWT", kid: "kid1" });
    expect(part(claims)).toEqual({
      iss: "me@my-project.iam.gserviceaccount.com",
      scope: "https://www.googleapis.com/auth/cloud-platform",
      aud: `${tokens.origin}/token`,
      iat: clock.nowMs / 1_000,
      exp: clock.nowMs / 1_000 + 3_600,
    });
    const verify = createVerify("RSA-SHA256").update(`${head}.${claims}`);
    expect(verify.verify(publicKey, signature, "base64url")).toBe(true);

    clock.nowMs += 3_500_000;
    await hearRequest(provider, ask);
    expect(server.requests[2]?.headers.authorization).toBe("Bearer ya29.token-2");
  });

  it("whose key is broken nothing is sent", async () => {
    const broken = serviceAccount.replace(/BEGIN PRIVATE KEY-----\\n.{60}/, "BEGIN PRIVATE KEY-----\\nAAAA");
    const { provider, server, tokens } = await connect({ key: "file:/k", files: { "/k": broken } });
    const { failure } = await hearRequest(provider, ask);
    expect(failure).toMatchObject({ kind: "setup", field: "key" });
    expect(failure?.message).toMatch(/^The private key of me@my-project\S+ cannot be read\./);
    expect([...server.requests, ...tokens.requests]).toEqual([]);
  });
});

describe("with what gcloud keeps here", () => {
  it.each([
    ["in the home folder", {}, atHome],
    [
      "on Windows",
      { APPDATA: "C:/Users/me/AppData/Roaming" },
      "C:/Users/me/AppData/Roaming/gcloud/application_default_credentials.json",
    ],
    ["where the environment says", { GOOGLE_APPLICATION_CREDENTIALS: "/run/adc.json" }, "/run/adc.json"],
  ])("%s, a person's refresh token is changed for a token", async (_where, variables, file) => {
    const { provider, server, tokens } = await connect({ variables, files: { [file]: person } });
    expect((await hearRequest(provider, ask)).failure).toBeNull();
    expect(Object.fromEntries(new URLSearchParams(tokens.requests[0]?.body))).toEqual({
      grant_type: "refresh_token",
      client_id: "client.apps.example.com",
      client_secret: "d-FL95Q19q7MQmFpd7hHD0Ty",
      refresh_token: "1//refresh-token-of-mine",
    });
    expect(server.requests[0]?.headers).toMatchObject({
      authorization: "Bearer ya29.token-1",
      "x-goog-user-project": "paying-project",
    });
    expect(JSON.stringify(server.requests)).not.toContain("refresh-token-of-mine");
  });

  it("a refused refresh token is told in Google's words, without the token", async () => {
    const words = "Token 1//refresh-token-of-mine has been expired or revoked.";
    const body = JSON.stringify({ error: "invalid_grant", error_description: words });
    const { provider, server } = await connect({ token: json(400, body), files: { [atHome]: person } });
    const { failure } = await hearRequest(provider, ask);
    expect(failure).toMatchObject({ kind: "auth", status: 400 });
    expect(failure?.message).toMatch(
      /gives no access for these credentials \(400\)\. "invalid_grant Token \[key\] has been expired or revoked\." Run "gcloud auth application-default login"/,
    );
    expect(server.requests).toEqual([]);
  });

  it.each([
    ["no file", {}, `There is no file ${atHome}. Run "gcloud auth application-default login"`],
    ["no JSON", { [atHome]: "{" }, `${atHome} holds no JSON.`],
    [
      "another kind",
      { [atHome]: '{"type":"external_account"}' },
      `holds credentials of the type "external_account", which are not read here.`,
    ],
    ["a part of it", { [atHome]: '{"type":"service_account"}' }, "holds no whole credentials."],
    [
      "tokens from an unencrypted address",
      { [atHome]: person.replace("TOKENS", "http://tokens.example.com") },
      "names no address for tokens that can be used.",
    ],
  ])("of %s nothing is sent", async (_what, files, words) => {
    const { provider, server, tokens } = await connect({ files });
    const { failure } = await hearRequest(provider, ask);
    expect(failure).toMatchObject({ kind: "setup", field: "key" });
    expect(failure?.message).toContain(words);
    expect([...server.requests, ...tokens.requests]).toEqual([]);
  });

  it("a token that a refusal quotes is not said", async () => {
    const answer = json(
      401,
      JSON.stringify({ error: { code: 401, message: "Bad ya29.token-1", status: "UNAUTHENTICATED" } }),
    );
    const { provider } = await connect({ answer, files: { [atHome]: person } });
    expect((await hearRequest(provider, ask)).failure?.message).toContain('"Bad [key]"');
  });
});

describe("in express mode", () => {
  it("a key takes the token's place", async () => {
    const { provider, server, tokens } = await connect({ key: "AQ.express-key", preset: "vertex-express" });
    expect((await hearRequest(provider, ask)).failure).toBeNull();
    expect(server.requests[0]?.headers).toMatchObject({ "x-goog-api-key": "AQ.express-key" });
    expect(server.requests[0]?.headers).not.toHaveProperty("authorization");
    expect(tokens.requests).toEqual([]);
  });

  it("calls carry their signature and no id, which Vertex does not take", async () => {
    const answer: Answer = (_request, response) =>
      void openStream(response).end(
        candidate([{ functionCall: { name: "read_file", args: { path: "a" } }, thoughtSignature: "sig==" }]) +
          candidateEnd("STOP", counts),
      );
    const { provider, server } = await connect({ answer, key: "AQ.express-key", preset: "vertex-express" });
    const { parts } = await hearRequest(provider, ask);
    expect(wholeCalls(parts)).toHaveLength(1);
    expect(parts.find(({ type }) => type === "tool-call")).toMatchObject({ signature: "sig==" });
    const by = { origin: "o", modelId };
    await hearRequest(provider, {
      ...ask,
      messages: [
        { role: "user", text: "?" },
        {
          role: "assistant",
          text: "",
          toolCalls: [{ id: "c1", name: "read_file", argumentsJson: "{}", signature: { value: "sig==", by } }],
        },
        { role: "tool", text: "x", toolCallId: "c1" },
      ],
    });
    expect(JSON.parse(server.requests[1]?.body ?? "").contents[1].parts).toEqual([
      { functionCall: { name: "read_file", args: {} }, thoughtSignature: "sig==" },
    ]);
  });
});

describe("a refusal", () => {
  it.each([
    [
      403,
      "PERMISSION_DENIED",
      "Permission 'aiplatform.endpoints.predict' denied on resource '//aiplatform.googleapis.com/projects/my-project/locations/europe-west4/publishers/google/models/gemini-2.5-pro' (or it may not exist).",
      "auth",
    ],
    [
      403,
      "PERMISSION_DENIED",
      "Vertex AI API has not been used in project my-project before or it is disabled.",
      "auth",
    ],
    [429, "RESOURCE_EXHAUSTED", "Resource exhausted. Please try again later.", "rate-limit"],
    [
      404,
      "NOT_FOUND",
      "Publisher Model `projects/my-project/locations/europe-west4/publishers/google/models/gemini-2.5-pro` was not found or your project does not have access to it.",
      "unknown-model",
    ],
    [
      400,
      "INVALID_ARGUMENT",
      "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
      "context-length",
    ],
  ])("with %i %s: %s", async (code, status, message, kind) => {
    const answer = json(code, JSON.stringify({ error: { code, message, status } }));
    const { provider } = await connect({ answer, files: { [atHome]: person } });
    const { failure } = await hearRequest(provider, ask);
    expect(failure?.kind).toBe(kind);
    expect(failure?.message).toContain(message.slice(0, 100));
  });
});

describe("the test of a connection", () => {
  it("counts a word, for there is no list of models", async () => {
    const { tryOut, server } = await connect({ answer: json(200, '{"totalTokens":1}'), files: { [atHome]: person } });
    expect((await tryOut()).models).toEqual([]);
    expect(server.requests).toEqual([
      expect.objectContaining({
        method: "POST",
        url: `${path}/models/gemini-2.5-flash:countTokens`,
        body: '{"contents":[{"role":"user","parts":[{"text":"a"}]}]}',
      }),
    ]);
  });

  it("is passed where another place has other models, and not with refused credentials", async () => {
    const missing = await connect({
      answer: json(404, googleError("not_found_error", "no such model")),
      files: { [atHome]: person },
    });
    expect((await missing.tryOut()).models).toEqual([]);
    const denied = await connect({
      answer: json(401, googleError("authentication_error", "no")),
      files: { [atHome]: person },
    });
    await expect(denied.tryOut()).rejects.toMatchObject({ failure: { kind: "auth" } });
    const elsewhere = await connect({
      answer: (_request, response) =>
        void response.writeHead(404, { "content-type": "text/html" }).end("<!doctype html><title>Error 404</title>"),
      files: { [atHome]: person },
    });
    await expect(elsewhere.tryOut()).rejects.toMatchObject({ failure: { kind: "not-an-api" } });
  });
});
