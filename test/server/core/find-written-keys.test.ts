import { expect, it } from "vitest";
import { findWrittenKeys } from "../../../server/core/find-written-keys.ts";

const fieldsOf = (json: unknown) => findWrittenKeys(json).map(({ field }) => field);

it.each([
  [{ token: "wf-anything" }, "token"],
  [{ apiKey: "hunter2" }, "apiKey"],
  [{ keys: { openai: "hunter2" } }, "keys.openai"],
  [{ keys: { openai: { key: "hunter2" } } }, "keys.openai.key"],
  [{ keys: { openai: { env: "sk-live-0123456789abcdef" } } }, "keys.openai.env"],
  [{ keys: { openai: { file: "sk-live-0123456789abcdef" } } }, "keys.openai.file"],
  [{ settings: { "wayfare.providers": [{ id: "a", apiKey: "hunter2" }] } }, "wayfare.providers[0].apiKey"],
  [{ settings: { "wayfare.providers": [{}, { OPENAI_API_KEY: "x" }] } }, "wayfare.providers[1].OPENAI_API_KEY"],
  [
    { settings: { "wayfare.providers": [{ headers: { Authorization: "hunter2" } }] } },
    "wayfare.providers[0].headers.Authorization",
  ],
  [
    { settings: { "wayfare.providers": [{ headers: { "x-mine": "Bearer 0123456789abcdef" } }] } },
    "wayfare.providers[0].headers.x-mine",
  ],
  [{ settings: { "wayfare.pool": ["openai/a", "gsk_0123456789abcdefgh"] } }, "wayfare.pool[1]"],
  [{ settings: { "http.proxy": "http://me:hunter2@proxy.example:3128" } }, "http.proxy"],
  [{ settings: { "http.proxyAuthorization": "Basic abc" } }, "http.proxyAuthorization"],
  [
    { settings: { "wayfare.providers": [{ baseUrl: "https://a.example/v1?api_key=hunter2" }] } },
    "wayfare.providers[0].baseUrl",
  ],
])("a key in the file is found by its field's name, its shape or its place: %j", (json, field) => {
  expect(fieldsOf(json)).toEqual([field]);
});

it("tells the value, for the redactor, and every place", () => {
  expect(findWrittenKeys({ token: "b", settings: { "wayfare.secret": "a" } })).toEqual([
    { field: "token", value: "b" },
    { field: "wayfare.secret", value: "a" },
  ]);
});

it("finds none in what only looks a little like one", () => {
  expect(
    fieldsOf({
      ledger: "/srv/hf_books_of_the_whole_company",
      tokenFile: "./fw_token_of_the_build_machine",
      keys: {
        openai: { env: "OPENAI_API_KEY" },
        anthropic: { file: "/run/secrets/hf_token_for_the_ci_pipeline" },
        groq: { file: "secrets/gsk_of_the_ci_pipeline_1" },
        vertex: { credentials: "file:/run/service-account.json" },
      },
      settings: {
        "wayfare.providers": [
          {
            id: "openrouter",
            baseUrl: "https://openrouter.ai/api/v1",
            headers: { "HTTP-Referer": "https://example.com", "cf-aig-authorization": "Bearer 0123456789abcdef" },
            models: [{ id: "qwen/qwen3-coder", windowTokens: 128_000 }],
          },
        ],
        "wayfare.network.clientCertificates": [{ certFile: "~/me.pem", keyFile: "~/me.key" }],
      },
    }),
  ).toEqual([]);
});

it("looks into a file as deep as it can be", () => {
  let deep: unknown = "sk-live-0123456789abcdef";
  for (let at = 0; at < 5_000; at += 1) deep = [deep];
  expect(findWrittenKeys(deep)).toHaveLength(1);
});
