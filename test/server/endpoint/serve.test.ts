import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { ask, bytesOf, dial, hello, start, until } from "./endpoint-scene.ts";
import { createFakeRelay, done, say } from "./fake-relay.ts";

const errorOf = (answer: { json: unknown }) => (answer.json as { error: Record<string, unknown> }).error;

describe("where it listens", () => {
  it("is 127.0.0.1 and [::1] at the same port", async () => {
    const { urls, port } = await start(createFakeRelay(say("Hi")));
    expect(urls[0]).toBe(`http://127.0.0.1:${port}`);
    expect(urls.slice(1)).toEqual(urls.length === 1 ? [] : [`http://[::1]:${port}`]);
    if (urls.length === 1) return;
    const answer = await ask(port, { host: "::1", headers: { host: `[::1]:${port}` } });
    expect(answer.status).toBe(200);
  });

  it("is not a port that is taken: the system's error comes out, and nothing stays open", async () => {
    const taken = createServer();
    taken.listen(0, "127.0.0.1");
    await once(taken, "listening");
    const address = taken.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const { endpoint } = await start(createFakeRelay());
    await expect(endpoint.listen(port)).rejects.toMatchObject({ code: "EADDRINUSE", port });
    taken.close();
  });
});

describe("what is asked", () => {
  it.each([
    ["GET", "/", 404, undefined],
    ["POST", "/v1/embeddings", 404, undefined],
    ["GET", "/v2/models", 404, undefined],
    ["GET", "/v1/models//", 404, undefined],
    ["GET", "/v1/models/%zz", 404, undefined],
    ["GET", "/v1/chat/completions", 405, "POST"],
    ["DELETE", "/v1/models", 405, "GET"],
    ["POST", "/v1/models/auto", 405, "GET"],
    ["POST", "/health", 405, "GET, HEAD"],
  ])("%s %s is answered %i", async (method, path, status, allow) => {
    const { port } = await start(createFakeRelay());
    const answer = await ask(port, { method, path });
    expect([answer.status, answer.headers.allow]).toEqual([status, allow]);
    expect(errorOf(answer).type).toBe("invalid_request_error");
    expect(errorOf(answer).message).toContain(path);
  });

  it.each([
    [
      "/v1/v1/chat/completions",
      /^There is nothing at "\/v1\/v1\/chat\/completions": .* http:\/\/127\.0\.0\.1:PORT, without \/v1/,
    ],
    ["/v1/v1", /without \/v1/],
    [
      "/v1/responses",
      /^There is nothing at "\/v1\/responses": the Responses API is not served here\. Choose Chat Completions in this tool \(POST \/v1\/chat\/completions\)\.$/,
    ],
    ["/responses/", /: the Responses API is not served/],
    ["/v1/responses/resp_1/cancel", /: the Responses API is not served/],
    ["/v1/embeddings", /: embeddings are not served here\. /],
    ["/v1", /^There is nothing at "\/v1"\.$/],
    ["/v1/responsesX", /^There is nothing at "\/v1\/responsesX"\.$/],
  ])("%s says what to do instead", async (path, words) => {
    const { port } = await start(createFakeRelay());
    const answer = await ask(port, { path });
    expect(answer.status).toBe(404);
    expect(String(errorOf(answer).message).replaceAll(String(port), "PORT")).toMatch(words);
  });

  it.each(["/v1/chat/completions", "/chat/completions", "/v1/chat/completions/", "/v1/chat/completions/?beta=true"])(
    "%s is a chat",
    async (path) => {
      const relay = createFakeRelay(say("Hi"));
      const { port } = await start(relay);
      expect((await ask(port, { path })).status).toBe(200);
      expect(relay.asked[0]?.request).toMatchObject({
        id: "id1",
        model: "auto",
        session: null,
        workspace: null,
        isStreamed: false,
        ask: { kind: "chat", messages: [{ role: "user", text: "Hello" }] },
      });
    },
  );

  it.each([
    [{ "content-type": "text/plain" }, 415, "text/plain"],
    [{ "content-type": undefined }, 415, "without a content-type"],
    [{ "content-type": "application/jsonp" }, 415, "application/jsonp"],
    [{ "content-encoding": "gzip" }, 415, "gzip"],
    [{ "content-type": "Application/JSON; charset=utf-8" }, 200, ""],
  ])("content: %o is answered %i", async (headers, status, named) => {
    const { port } = await start(createFakeRelay(say("Hi")));
    const answer = await ask(port, { headers });
    expect(answer.status).toBe(status);
    if (status !== 200) expect(errorOf(answer).message).toContain(named);
  });

  it.each([
    ["", "it is empty"],
    ['{"model": "auto",\n "messages": [}', "it breaks off at line 2, column 15"],
    ['{"model": "au', "it ends too early, at line 1, column 14"],
    ["[1]", "has to be a JSON object"],
    ['"text"', "has to be a JSON object"],
    ["null", "has to be a JSON object"],
    [`{"model":${"[".repeat(500)}`, "nested more than 200 deep"],
  ])("the body %j is refused: %s", async (body, words) => {
    const { port } = await start(createFakeRelay());
    const answer = await ask(port, { body });
    expect([answer.status, errorOf(answer).type]).toEqual([400, "invalid_request_error"]);
    expect(errorOf(answer).message).toContain(words);
  });

  it("bytes that are no UTF-8 are refused", async () => {
    const { port } = await start(createFakeRelay());
    const { socket, heard } = await dial(port);
    socket.write(
      Buffer.from(bytesOf(port, '{"model":"\xff"}').replace("Content-Length: 14", "Content-Length: 13"), "latin1"),
    );
    await until(() => heard().includes("\r\n\r\n{"));
    expect(heard()).toMatch(/^HTTP\/1\.1 400 [\s\S]*not UTF-8/);
  });

  it.each([
    ["x-wayfare-session", "a".repeat(200), 200],
    ["x-wayfare-session", "a".repeat(201), 400],
    ["x-wayfare-session", "tab\there", 400],
    ["x-wayfare-session", "", 400],
    ["x-wayfare-workspace", "My app_1.0-b", 200],
    ["x-wayfare-workspace", "a/b", 400],
    ["x-wayfare-workspace", "a".repeat(65), 400],
  ])("%s: %s is answered %i", async (header, value, status) => {
    const relay = createFakeRelay(say("Hi"));
    const { port } = await start(relay);
    const answer = await ask(port, { headers: { [header]: value } });
    expect(answer.status).toBe(status);
    if (status === 400) expect(errorOf(answer)).toMatchObject({ param: header });
    else expect(Object.values(relay.asked[0]?.request ?? {})).toContain(value);
  });

  it("models are listed, and found by names with slashes, encoded or not", async () => {
    const { port } = await start(createFakeRelay());
    const list = await ask(port, { method: "GET", path: "/v1/models" });
    expect(list.json).toEqual({
      object: "list",
      data: [
        { id: "auto", object: "model", created: 0, owned_by: "wayfare" },
        {
          id: "cheap",
          object: "model",
          created: 0,
          owned_by: "wayfare",
          context_window: 128_000,
          max_output_tokens: 8_192,
        },
        {
          id: "openrouter/meta/llama-3",
          object: "model",
          created: 0,
          owned_by: "openrouter",
          context_window: 8_192,
        },
      ],
    });
    for (const path of ["/v1/models/openrouter/meta/llama-3", "/models/openrouter%2Fmeta%2Fllama-3"]) {
      expect((await ask(port, { method: "GET", path })).json).toMatchObject({ id: "openrouter/meta/llama-3" });
    }
    const none = await ask(port, { method: "GET", path: "/v1/models/gpt-9" });
    expect([none.status, errorOf(none)]).toEqual([
      404,
      expect.objectContaining({ code: "model_not_found", param: "model" }),
    ]);
  });
});

describe("what is not streamed", () => {
  it("has its route, attempts and cost in headers", async () => {
    const { port } = await start(createFakeRelay(say("Hi", " there")));
    const answer = await ask(port);
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      "content-type": "application/json",
      "x-wayfare-request-id": "id1",
      "x-wayfare-model": "acme/vendor/large-1",
      "x-wayfare-tier": "frontier",
      "x-wayfare-reason": "long question %E2%86%92 frontier",
      "x-wayfare-attempts": "3",
      "x-wayfare-cost-usd": "0.00000126",
      "x-wayfare-cost-source": "computed",
    });
    expect(answer.headers["x-wayfare-not-sent"]).toBeUndefined();
    expect(answer.json).toMatchObject({ choices: [{ message: { content: "Hi there" } }] });
  });

  it("says that a cost is unknown, and what was not sent", async () => {
    const end = done("Hi");
    const { port } = await start(
      createFakeRelay(({ listener }) => {
        listener.end({
          ...end,
          beginning: { ...end.beginning, notSent: ["seed", "logit_bias"] },
          bill: { ...end.bill, costNano: null, costSource: "unknown" },
        });
      }),
    );
    const { headers } = await ask(port);
    expect(headers).toMatchObject({
      "x-wayfare-cost-usd": "unknown",
      "x-wayfare-cost-source": "unknown",
      "x-wayfare-not-sent": "seed, logit_bias",
    });
  });
});

describe("an engine that breaks", () => {
  it("is told of, and the client gets a 500 that is not to be repeated", async () => {
    const { port, faults } = await start(
      createFakeRelay(() => {
        throw new Error("torn");
      }),
    );
    const answer = await ask(port, { body: hello });
    expect([answer.status, answer.headers["x-should-retry"], errorOf(answer).code]).toEqual([
      500,
      "false",
      "internal_error",
    ]);
    expect(faults).toEqual([{ kind: "internal", message: "torn" }]);
  });

  it("that ends without a word leaves nobody waiting", async () => {
    const { port } = await start(createFakeRelay(() => undefined));
    expect((await ask(port)).status).toBe(500);
  });
});
