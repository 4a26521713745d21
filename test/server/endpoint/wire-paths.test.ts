import { describe, expect, it } from "vitest";
import { createEndpoint } from "../../../server/endpoint/serve.ts";
import { badRequest, type WireCall } from "../../../server/endpoint/wire.ts";
import { type ErrorForm, findPath, type WirePath, wirePaths } from "../../../server/endpoint/wire-paths.ts";
import { ask, clock, spend, token } from "./endpoint-scene.ts";
import { bill, createFakeRelay, models } from "./fake-relay.ts";

const paths = (target: string) => findPath(wirePaths, target, {}).rows.map(({ row, rest }) => [row.path, rest]);

describe("a path", () => {
  it.each([
    ["/v1/models", [["/models", ""]]],
    ["/models?limit=3", [["/models", ""]]],
    ["/v1/models/", [["/models", ""]]],
    ["/models/?limit=3", [["/models", ""]]],
    ["/v1/models/a/", [["/models/*", "a"]]],
    ["/v1/models//", []],
    ["/", []],
    ["/v1/models/a/b", [["/models/*", "a/b"]]],
    ["/v1/models/a%2Fb%20c", [["/models/*", "a/b c"]]],
    ["/v1/models/v1/x", [["/models/*", "v1/x"]]],
    ["/v1/v1/models", []],
    ["/v1models", []],
    ["http://127.0.0.1/v1/models", []],
  ])("%s", (target, found) => expect(paths(target)).toEqual(found));
});

describe("another wire", () => {
  const errors: ErrorForm = {
    body: (fault, id) => ({ type: "error", said: fault.message, id }),
    status: (fault) => (fault.kind === "overloaded" ? 529 : fault.status),
  };
  const wire: WireCall = {
    request: {
      model: "auto",
      ask: { kind: "fill", prefix: "", suffix: "" },
      maxOutputTokens: 1,
      passedOn: null,
      dropped: [],
      isStreamed: false,
    },
    answer: () => {
      throw new Error("no answer is written here");
    },
  };
  const rows: WirePath[] = [
    {
      method: "GET",
      path: "/models",
      when: (headers) => headers["other-version"] !== undefined,
      errors,
      read: ({ relay }) => ({ json: { others: relay.models().length } }),
    },
    ...wirePaths,
    {
      method: "POST",
      path: "/other",
      errors,
      read: ({ body }) => {
        if (body.model === undefined) throw badRequest("model", "Name a model.");
        return wire;
      },
    },
  ];

  it("is some rows: it may share a path by its headers, and has its own errors and statuses", async () => {
    const relay = createFakeRelay(({ listener }) =>
      listener.end({
        state: "failed",
        beginning: null,
        failure: { kind: "overloaded", status: 503, message: "Busy." },
        bill,
      }),
    );
    const endpoint = createEndpoint({
      relay,
      spend: () => spend,
      token,
      now: () => clock.nowMs,
      createId: () => "id",
      version: "1",
      onFault: () => undefined,
      paths: rows,
    });
    const { urls } = await endpoint.listen(0);
    const port = Number(new URL(urls[0] ?? "").port);
    try {
      const list = { method: "GET", path: "/v1/models" };
      expect((await ask(port, list)).json).toMatchObject({ object: "list" });
      expect((await ask(port, { ...list, headers: { "other-version": "1" } })).json).toEqual({ others: models.length });
      const path = "/v1/other";
      const unnamed = await ask(port, { path, body: {} });
      expect([unnamed.status, unnamed.json]).toEqual([400, { type: "error", said: "Name a model.", id: "id" }]);
      const stranger = await ask(port, { path, headers: { authorization: undefined } });
      expect([stranger.status, stranger.json]).toMatchObject([401, { type: "error" }]);
      const busy = await ask(port, { path, body: { model: "auto" } });
      expect([busy.status, busy.json]).toEqual([529, { type: "error", said: "Busy.", id: "id" }]);
    } finally {
      await endpoint.close();
    }
  });
});

it("an endpoint that is closed while it begins to listen is closed", async () => {
  const endpoint = createEndpoint({
    relay: createFakeRelay(),
    spend: () => spend,
    token,
    now: () => clock.nowMs,
    createId: () => "id",
    version: "1",
    onFault: () => undefined,
  });
  const opened = endpoint.listen(0);
  await endpoint.close();
  const port = Number(new URL((await opened).urls[0] ?? "").port);
  await expect(ask(port)).rejects.toMatchObject({ code: "ECONNREFUSED" });
});
