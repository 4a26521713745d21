import { afterEach, expect, it } from "vitest";
import { findLocalServers, usualPorts } from "../../../server/providers/find-local-servers.ts";
import { createHttp } from "../../../server/providers/http.ts";
import { networkSettingSchema } from "../../../shared/settings.ts";
import { type Answer, type RawServer, startRawServer } from "./raw-server.ts";

const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

type Kind = keyof typeof usualPorts;

/** Strangers may never answer, so they are waited for a short while; servers that are there as long as a busy machine takes. */
async function find(
  answers: Partial<Record<Kind, Answer>>,
  { signal = new AbortController().signal, timeoutMs = 5_000 } = {},
) {
  const servers = {} as Record<Kind, RawServer>;
  for (const kind of Object.keys(usualPorts) as Kind[]) {
    servers[kind] = await startRawServer(answers[kind] ?? (() => {}));
    const running = servers[kind];
    // One that is not given is not there.
    if (answers[kind]) ending.push(() => running.close());
    else await running.close();
  }
  const ports = { ollama: servers.ollama.port, lmstudio: servers.lmstudio.port, llamacpp: servers.llamacpp.port };
  const http = createHttp(networkSettingSchema.parse({}));
  ending.push(() => http.close());
  return { found: await findLocalServers({ http, signal, ports, timeoutMs }), ports };
}

const at =
  (table: Record<string, unknown>, headers: Record<string, string> = {}): Answer =>
  (request, response) => {
    const value = table[request.url ?? ""];
    response.writeHead(value === undefined ? 404 : 200, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify(value ?? { error: "not found" }));
  };

const ollama = at({ "/api/tags": { models: [{ name: "qwen3-coder:30b", model: "qwen3-coder:30b", digest: "06c1" }] } });
const lmStudio = at({
  "/api/v0/models": {
    object: "list",
    data: [
      { id: "qwen2.5-coder-7b", object: "model", type: "llm", state: "not-loaded" },
      { id: "nomic-embed", object: "model", type: "embeddings", state: "not-loaded" },
    ],
  },
});
const llamaCpp = at({
  "/v1/models": { object: "list", data: [{ id: "model.gguf", object: "model", owned_by: "llamacpp" }] },
});

it("looks where these servers usually are", () => {
  expect(usualPorts).toEqual({ ollama: 11434, lmstudio: 1234, llamacpp: 8080 });
});

it("finds all three, with their models", async () => {
  const { found, ports } = await find({ ollama, lmstudio: lmStudio, llamacpp: llamaCpp });
  expect(found).toEqual([
    { preset: "ollama", baseUrl: `http://127.0.0.1:${ports.ollama}`, models: ["qwen3-coder:30b"] },
    { preset: "lmstudio", baseUrl: `http://127.0.0.1:${ports.lmstudio}/v1`, models: ["qwen2.5-coder-7b"] },
    { preset: "llamacpp", baseUrl: `http://127.0.0.1:${ports.llamacpp}/v1`, models: ["model.gguf"] },
  ]);
});

it("finds none where nothing listens", async () => {
  expect((await find({})).found).toEqual([]);
});

it("takes no stranger for a model server", async () => {
  const strangers: Answer[] = [
    at({}),
    (_request, response) => void response.end("<!doctype html><title>My app</title>"),
    at({
      "/api/tags": { models: ["a"] },
      "/v1/models": { data: [{ id: "x", owned_by: "someone" }] },
      "/api/v0/models": [],
    }),
    (request) => void request.socket.destroy(),
    // Silence: asked, and not waited for.
    () => {},
  ];
  for (const stranger of strangers) {
    expect(
      (await find({ ollama: stranger, lmstudio: stranger, llamacpp: stranger }, { timeoutMs: 200 })).found,
    ).toEqual([]);
  }
});

it("knows an older LM Studio by its list, and llama.cpp by its name in the header", async () => {
  const older = at({ "/v1/models": { data: [{ id: "phi", object: "model", owned_by: "organization_owner" }] } });
  const named = at({ "/v1/models": { data: [{ id: "m", object: "model", owned_by: "me" }] } }, { server: "llama.cpp" });
  const { found } = await find({ lmstudio: older, llamacpp: named });
  expect(found.map((server) => [server.preset, server.models])).toEqual([
    ["lmstudio", ["phi"]],
    ["llamacpp", ["m"]],
  ]);
});

it("stops when the person leaves", async () => {
  const abort = new AbortController();
  abort.abort();
  await expect(find({ ollama }, { signal: abort.signal })).rejects.toMatchObject({ name: "AbortError" });
});
