import { createHash, createHmac } from "node:crypto";
import { describe, expect, it, onTestFinished } from "vitest";
import type { CloudFiles } from "../../../server/core/cloud-files.ts";
import { regionOf } from "../../../server/providers/aws-authorization.ts";
import { testConnection } from "../../../server/providers/connection.ts";
import { controlPlane } from "../../../server/providers/list-bedrock-models.ts";
import {
  accessKeyId,
  answering,
  begin,
  connect,
  end,
  hear,
  machine,
  nowMs,
  refused,
  secretAccessKey,
  sessionToken,
  stop,
  text,
} from "./bedrock-vendor.ts";
import { hearRequest } from "./hear-provider.ts";
import { type Answer, type RawServer, startRawServer } from "./raw-server.ts";

const signOn =
  "[profile work]\nsso_session = my-sso\nsso_account_id = 123456789012\nsso_role_name = Dev\n\n[sso-session my-sso]\nsso_region = eu-west-1\nsso_start_url = https://me.awsapps.com/start\n";
const cached = `~/.aws/sso/cache/${createHash("sha1").update("my-sso").digest("hex")}.json`;

describe("with keys of an account", () => {
  const answer = answering(begin, text(0, "ok"), stop(0), end("end_turn"));
  const both = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };

  it.each<[string, string, CloudFiles, string | undefined]>([
    ["typed in", `${accessKeyId}:${secretAccessKey}`, machine({}), undefined],
    ["typed in with a token", `${accessKeyId}:${secretAccessKey}:${sessionToken}`, machine({}), sessionToken],
    ["of the environment", "environment", machine({ ...both, AWS_SESSION_TOKEN: sessionToken }), sessionToken],
    [
      "of a profile",
      "profile:my work",
      machine(
        {},
        {
          "~/.aws/credentials": `# mine\n[default]\naws_access_key_id = AKIAOTHER\naws_secret_access_key=other\n\n[my work]\r\naws_access_key_id=${accessKeyId}\r\naws_secret_access_key = ${secretAccessKey}\r\n`,
        },
      ),
      undefined,
    ],
    [
      "of a profile in other files",
      "profile:work",
      machine(
        { AWS_CONFIG_FILE: "/c", AWS_SHARED_CREDENTIALS_FILE: "/s" },
        {
          "/c": `[profile work]\nregion = eu-west-1\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\naws_session_token = ${sessionToken}\n`,
        },
      ),
      sessionToken,
    ],
  ])("%s the request is signed, and no key goes along", async (_name, key, files, token) => {
    const { failure, server } = await hear(answer, {}, { key, files });
    expect(failure).toBeNull();
    const [sent] = server.requests;
    expect(sent?.headers["x-amz-security-token"]).toBe(token);
    expect(sent?.headers.authorization).toBe(expectedSignature(server));
    expect(JSON.stringify(sent)).not.toContain(secretAccessKey);
  });

  it("signs the list of models too", async () => {
    const files = machine({ ...both, AWS_REGION: "eu-west-3" });
    const { provider, server } = await connect(lists, { key: "environment", files });
    await provider.listModels({ signal: new AbortController().signal });
    expect(server.requests.map(({ method, url }) => [method, url])).toEqual([
      ["GET", "/foundation-models"],
      ["GET", "/inference-profiles?maxResults=1000"],
    ]);
    expect(server.requests[1]?.headers.authorization).toBe(expectedSignature(server, 1, "eu-west-3"));
  });

  it.each<[string, string, CloudFiles, string]>([
    ["environment", "environment", machine({}), "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set"],
    ["no such profile", "profile:work", machine({}), 'There is no AWS profile "work" on this machine.'],
    [
      "a profile by a program",
      "profile:work",
      machine({}, { "~/.aws/config": "[profile work]\ncredential_process = /bin/keys\n" }),
      'The AWS profile "work" gets its keys by credential_process, which is not read here.',
    ],
    [
      "a profile of single sign-on where nobody signed in",
      "profile:work",
      machine({}, { "~/.aws/config": signOn }),
      'Nobody is signed in for the AWS profile "work", or not any more. Run "aws sso login --profile work".',
    ],
    [
      "a profile of single sign-on where it is too long ago",
      "profile:work",
      machine(
        {},
        { "~/.aws/config": signOn, [cached]: JSON.stringify({ accessToken: "t", expiresAt: "2026-11-29T10:00:00Z" }) },
      ),
      'Nobody is signed in for the AWS profile "work", or not any more.',
    ],
    [
      "a file that cannot be read",
      "profile:work",
      { variable: () => null, read: () => Promise.reject(new Error("EACCES: permission denied")) },
      'The AWS profile "work" cannot be read: EACCES: permission denied.',
    ],
  ])("that are not there (%s) nothing is sent", async (_name, key, files, words) => {
    const { failure, server } = await hear(answer, {}, { key, files });
    expect(failure).toMatchObject({ kind: "setup", field: "key" });
    expect(failure?.message).toContain(words);
    expect(server.requests).toEqual([]);
  });

  describe("by single sign-on", () => {
    const token = JSON.stringify({ accessToken: "sso-access-token", expiresAt: "2026-11-29T18:00:00Z" });
    async function signedIn(portalAnswer: Answer) {
      const portal = await startRawServer(portalAnswer);
      onTestFinished(() => portal.close());
      const files = machine({ AWS_ENDPOINT_URL_SSO: portal.origin }, { "~/.aws/config": signOn, [cached]: token });
      return { portal, ...(await connect(answer, { key: "profile:work", files })) };
    }
    const request = { modelId: "m", messages: [{ role: "user" as const, text: "?" }], maxOutputTokens: 9 };

    it("the token of who signed in is changed for keys, which are used until they end", async () => {
      const { provider, server, portal } = await signedIn((_request, response) => {
        const roleCredentials = { accessKeyId, secretAccessKey, sessionToken, expiration: nowMs + 3_600_000 };
        response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ roleCredentials }));
      });
      for (let turn = 0; turn < 2; turn += 1) expect((await hearRequest(provider, request)).failure).toBeNull();
      expect(portal.requests).toEqual([
        expect.objectContaining({
          method: "GET",
          url: "/federation/credentials?account_id=123456789012&role_name=Dev",
          headers: expect.objectContaining({ "x-amz-sso_bearer_token": "sso-access-token" }),
        }),
      ]);
      expect(server.requests[1]?.headers.authorization).toBe(expectedSignature(server, 1));
      expect(server.requests[1]?.headers["x-amz-security-token"]).toBe(sessionToken);
      expect(JSON.stringify(server.requests)).not.toContain("sso-access-token");
    });

    it("a refusal is told in the portal's words, without the token", async () => {
      const { provider, server } = await signedIn(
        refused(401, "UnauthorizedException", "Session token sso-access-token not found or invalid"),
      );
      const { failure } = await hearRequest(provider, request);
      expect(failure?.kind).toBe("auth");
      expect(failure?.message).toMatch(
        /"Session token \[key\] not found or invalid".*Run "aws sso login --profile work"\.$/,
      );
      expect(server.requests).toEqual([]);
    });
  });

  it("never says the keys that a refusal quotes", async () => {
    const words = `The key ${accessKeyId} and ${secretAccessKey} with ${sessionToken} are expired.`;
    const files = machine({ ...both, AWS_SESSION_TOKEN: sessionToken });
    const { failure } = await hear(refused(403, "ExpiredTokenException", words), {}, { key: "environment", files });
    expect(failure?.kind).toBe("auth");
    expect(failure?.message).toContain('"The key [key] and [key] with [key] are expired."');
  });
});

/** AWS Signature Version 4 of a request, calculated anew from what arrived, as Amazon does it. */
function expectedSignature(server: RawServer, index = 0, region = "us-east-1"): string {
  const sent = server.requests[index] ?? expect.unreachable("nothing was sent");
  const signed = /SignedHeaders=([^,]+)/.exec(String(sent.headers.authorization))?.[1]?.split(";") ?? [];
  expect(signed).toContain("host");
  const [path = "", query = ""] = sent.url.split("?");
  const canonical = [
    sent.method,
    path.split("/").map(encodeURIComponent).join("/"),
    query,
    ...signed.map((name) => `${name}:${String(sent.headers[name]).trim()}`),
    "",
    signed.join(";"),
    createHash("sha256").update(sent.body).digest("hex"),
  ].join("\n");
  const scope = `20261129/${region}/bedrock/aws4_request`;
  const toSign = [
    "AWS4-HMAC-SHA256",
    "20261129T101500Z",
    scope,
    createHash("sha256").update(canonical).digest("hex"),
  ].join("\n");
  let key: string | Buffer = `AWS4${secretAccessKey}`;
  for (const part of scope.split("/")) key = createHmac("sha256", key).update(part).digest();
  const signature = createHmac("sha256", key).update(toSign).digest("hex");
  return `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${signed.join(";")}, Signature=${signature}`;
}

const arn = (id: string) => `arn:aws:bedrock:eu-central-1::foundation-model/${id}`;
const model = (id: string, more: object = {}) => ({
  modelId: id,
  modelArn: arn(id),
  inputModalities: ["TEXT"],
  outputModalities: ["TEXT"],
  inferenceTypesSupported: ["ON_DEMAND"],
  responseStreamingSupported: true,
  modelLifecycle: { status: "ACTIVE" },
  ...more,
});
const sonnet = "anthropic.claude-sonnet-4-5-20250929-v1:0";
const lists: Answer = (request, response) => {
  response.writeHead(200, { "content-type": "application/json" });
  const isModels = request.url === "/foundation-models";
  const models = [
    model("openai.gpt-oss-120b-1:0"),
    model(sonnet, { inputModalities: ["TEXT", "IMAGE"], inferenceTypesSupported: ["INFERENCE_PROFILE"] }),
    model("amazon.titan-embed-text-v2:0", { outputModalities: ["EMBEDDING"] }),
  ];
  const profiles = [
    {
      inferenceProfileId: `eu.${sonnet}`,
      status: "ACTIVE",
      type: "SYSTEM_DEFINED",
      models: [{ modelArn: arn(sonnet) }],
    },
    {
      inferenceProfileId: "eu.amazon.titan",
      status: "ACTIVE",
      models: [{ modelArn: arn("amazon.titan-embed-text-v2:0") }],
    },
  ];
  response.end(JSON.stringify(isModels ? { modelSummaries: models } : { inferenceProfileSummaries: profiles }));
};
const unknown = { windowTokens: null, maxOutputTokens: null, price: null };

describe("the list of models", () => {
  it("has those that answer by their own name, and the profiles of the others", async () => {
    const { setting, http } = await connect(lists);
    const { models } = await testConnection({
      setting: { ...setting, baseUrl: setting.baseUrl },
      key: "bedrock-key-123",
      http,
      signal: new AbortController().signal,
      now: () => nowMs,
    });
    expect(models).toEqual([
      { id: "openai.gpt-oss-120b-1:0", ...unknown, takesImages: false },
      { id: `eu.${sonnet}`, ...unknown, takesImages: true },
    ]);
  });

  it("has the models alone where the profiles may not be listed, and none with a refused key", async () => {
    const { provider } = await connect((request, response, body) =>
      request.url === "/foundation-models"
        ? lists(request, response, body)
        : refused(403, "AccessDeniedException", "not authorized")(request, response, body),
    );
    const signal = new AbortController().signal;
    expect((await provider.listModels({ signal })).map(({ id }) => id)).toEqual(["openai.gpt-oss-120b-1:0"]);
    const denied = await connect(refused(403, "AccessDeniedException", "Authentication failed"));
    await expect(denied.provider.listModels({ signal })).rejects.toMatchObject({ failure: { kind: "auth" } });
  });

  it.each([
    ["https://bedrock-runtime.us-east-1.amazonaws.com", "https://bedrock.us-east-1.amazonaws.com", "us-east-1"],
    [
      "https://bedrock-runtime-fips.us-gov-west-1.amazonaws.com",
      "https://bedrock-fips.us-gov-west-1.amazonaws.com",
      "us-gov-west-1",
    ],
    [
      "https://bedrock-runtime.cn-north-1.amazonaws.com.cn",
      "https://bedrock.cn-north-1.amazonaws.com.cn",
      "cn-north-1",
    ],
    [
      "https://proxy.example.com/bedrock-runtime.x.amazonaws.com",
      "https://proxy.example.com/bedrock-runtime.x.amazonaws.com",
      null,
    ],
  ])("of %s stands at %s", (runtime, control, region) => {
    expect(controlPlane(runtime)).toBe(control);
    expect(regionOf(runtime)).toBe(region);
  });
});
