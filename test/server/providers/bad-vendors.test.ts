import { gzipSync } from "node:zlib";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Provider } from "../../../server/core/provider.ts";
import { createProvider } from "../../../server/providers/create-provider.ts";
import { createHttp } from "../../../server/providers/http.ts";
import { networkSettingSchema } from "../../../shared/settings.ts";
import {
  aPage,
  bytes,
  closed,
  eventStream,
  hear,
  html,
  json,
  key,
  page,
  type Scene,
  send,
  start,
  type Told,
  told,
  whole,
  words,
  writeOn,
} from "./bad-vendor.ts";
import { startByteServer, startRawServer } from "./raw-server.ts";
import { anthropicStream, openAiStream, type VendorStream } from "./vendor-streams.ts";

/**
 * Vendors that misbehave, over real sockets: each comes to the whole answer or one clear failure, the socket is given
 * back or closed, and the same provider works again afterwards.
 */

function streamScenes(wire: VendorStream): readonly Scene[] {
  const all = whole(wire);
  const head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream";
  const chunked = (text: string, length = Buffer.byteLength(text)) => `${length.toString(16)}\r\n${text}\r\n`;
  const half = wire.start + wire.text("Half an");
  const long = "x".repeat(65_536);
  const byWire = <Value>(openAi: Value, anthropic: Value): Value => (wire === openAiStream ? openAi : anthropic);
  const broken: Told = { kind: "truncated", message: "The answer from VENDOR broke off before its end." };
  const bare = byWire<Told>(broken, {
    kind: "malformed",
    message: "VENDOR answered without a word (200). Check the base URL.",
  });
  return [
    ["a web page with 200", send(200, html, page("Sign in")), aPage(200, "Sign in")],
    ["a web page without a content type", send(200, {}, page("Sign in")), aPage(200, "Sign in")],
    ["a web page with 403", send(403, html, page("Forbidden")), aPage(403, "Forbidden")],
    [
      "a web page with 502",
      send(502, html, page("502 Bad Gateway")),
      { kind: "server-error", message: 'VENDOR failed (502). "502 Bad Gateway"' },
    ],
    [
      "a web page that never ends …",
      (response) => writeOn(response.writeHead(200, html), page("Sign in")),
      aPage(200, "Sign in"),
    ],
    [
      "an error that never ends …",
      (response) => writeOn(response.writeHead(500, json), long),
      { kind: "server-error", message: `VENDOR failed (500). "${long.slice(0, 299)}…"` },
    ],
    [
      "10 MB in one event …",
      async (response) => {
        response.writeHead(200, eventStream).write(`${wire.start}data: {"choices":[{"delta":{"content":"`);
        await writeOn(response, long, 160);
      },
      { kind: "malformed", message: "VENDOR sent a single event of more than 1 MB." },
    ],
    [
      "10 MB in one event of many lines …",
      async (response) => {
        response.writeHead(200, eventStream).write(wire.start);
        await writeOn(response, `data: ${"x".repeat(1_000)}\n`.repeat(60), 160);
      },
      { kind: "malformed", message: "VENDOR sent a single event of more than 1 MB." },
    ],
    [
      "bytes that are no UTF-8",
      send(
        200,
        eventStream,
        Buffer.concat([
          Buffer.from(half),
          Buffer.from(wire.text("<>").replace("<>", "\xff\xfe"), "latin1"),
          Buffer.from(wire.end("stop", null)),
        ]),
      ),
      { kind: "malformed", message: "VENDOR sent bytes that are no UTF-8 text. Try again, or choose another model." },
    ],
    ["headers without a body", send(200, eventStream, ""), broken],
    ["headers without a body or a content type", send(200, {}, ""), bare],
    [
      "204 No Content",
      send(204, {}, ""),
      { kind: "malformed", message: "VENDOR answered without a word (204). Check the base URL." },
    ],
    ["the right body without a content type", send(200, {}, all), words],
    ["the right body as JSON", send(200, json, all), words],
    ["the right body as bytes", send(200, { "content-type": "application/octet-stream" }, all), words],
    ["the right body as a web page", send(200, html, all), words],
    ["gzip that was not asked for", send(200, { ...eventStream, "content-encoding": "gzip" }, gzipSync(all)), words],
    [
      "gzip that breaks off",
      send(200, { ...eventStream, "content-encoding": "gzip" }, gzipSync(all).subarray(0, 100)),
      broken,
    ],
    [
      "gzip that is none",
      send(200, { ...eventStream, "content-encoding": "gzip" }, all),
      {
        kind: "malformed",
        message:
          "VENDOR sent an answer that is said to be compressed and cannot be unpacked. Look for a proxy in between.",
      },
    ],
    ["an encoding that nobody knows", send(200, { ...eventStream, "content-encoding": "zstd9" }, all), words],
    [
      "a gzip bomb of 200 MB in one event",
      send(200, { ...eventStream, "content-encoding": "gzip" }, gzipSync(Buffer.alloc(200_000_000, "x"))),
      byWire<Told>(
        {
          kind: "malformed",
          message: `VENDOR answered with something that is not a stream of events. "${long.slice(0, 299)}…"`,
        },
        { kind: "malformed", message: "VENDOR sent a single event of more than 1 MB." },
      ),
    ],
    [
      "a gzip'd error",
      send(401, { ...json, "content-encoding": "gzip" }, gzipSync(wire.error("authentication_error", "No."))),
      { kind: "auth", message: 'VENDOR refused the key (401). "No." Run "Wayfare: Change Key".' },
    ],
    ["a length that is too long", bytes(`${head}\r\ncontent-length: ${Buffer.byteLength(all) + 50}`, half), broken],
    ["a length that is too short", bytes(`${head}\r\ncontent-length: 40`, all), broken],
    [
      "a chunk shorter than it says",
      bytes(`${head}\r\ntransfer-encoding: chunked`, chunked(half, Buffer.byteLength(half) + 9)),
      broken,
    ],
    [
      "a chunk longer than it says",
      bytes(`${head}\r\ntransfer-encoding: chunked`, `${chunked(half, Buffer.byteLength(half) - 9)}0\r\n\r\n`),
      broken,
    ],
    [
      "a chunk whose length is no number",
      bytes(`${head}\r\ntransfer-encoding: chunked`, `${chunked(half)}zz\r\n`),
      broken,
    ],
    ["headers, and a closed connection", bytes(`${head}\r\ntransfer-encoding: chunked`), broken],
    [
      "half the headers, and a closed connection",
      { bytes: (socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-ty") },
      closed,
    ],
    ["nothing, and a closed connection", { bytes: (socket) => socket.end() }, closed],
    [
      "headers that never end …",
      {
        async bytes(socket) {
          socket.write("HTTP/1.1 200 OK\r\n");
          await writeOn(socket, `x-more: ${"x".repeat(1_000)}\r\n`);
        },
      },
      {
        kind: "not-an-api",
        message:
          "VENDOR sent more than 16 kB of headers, which no model API does. Check the base URL, and for a proxy in between.",
      },
    ],
    [
      "another protocol",
      { bytes: (socket) => socket.end("SSH-2.0-OpenSSH_9.6\r\n") },
      { kind: "not-an-api", message: "VENDOR answers, but not in HTTP. Check the port in the base URL." },
    ],
    ["one data field in two lines", send(200, eventStream, all.replaceAll('","', '",\ndata: "')), words],
    ["CRLF", send(200, eventStream, all.replaceAll("\n", "\r\n")), words],
    ["CR alone", send(200, eventStream, all.replaceAll("\n", "\r")), byWire<Told>(words, broken)],
    ["a byte order mark", send(200, eventStream, `\uFEFF${all}`), words],
    ["no space behind the colon", send(200, eventStream, all.replaceAll("data: ", "data:")), words],
    [
      "retry and id fields",
      send(200, eventStream, all.replaceAll("data: ", "retry: 10\nid: 7\nfoo: bar\ndata: ")),
      words,
    ],
    [
      "a very long line",
      send(200, eventStream, half.replace("Half an", "x".repeat(900_000)) + wire.end("stop", null)),
      "x".repeat(900_000),
    ],
    ["the end twice", send(200, eventStream, all + wire.end("stop", { input: 10, output: 5 })), words],
    ["words behind the end", send(200, eventStream, all + wire.text("More?") + page("x")), words],
    ["a fault behind the end", send(200, eventStream, all + wire.fault("server_error", "Too late.")), words],
    ["[DONE] twice", send(200, eventStream, `${all}data: [DONE]\n\ndata: [DONE]\n\n`), words],
    [
      "an answer that stays open behind its end …",
      (response) => response.writeHead(200, eventStream).write(all),
      words,
    ],
    [
      "an event that cannot be read, and an answer that stays open …",
      (response) => response.writeHead(200, eventStream).write(`${wire.start}data: {"cho\n\n`),
      byWire(
        { kind: "malformed", message: 'VENDOR sent an event that cannot be read. "{"cho"' },
        { kind: "malformed", message: "VENDOR sent an event that cannot be read." },
      ),
    ],
    [
      "a first event that cannot be read, and an answer that stays open …",
      (response) => response.writeHead(200, eventStream).write(`data: {"cho\n\n`),
      byWire(
        { kind: "malformed", message: 'VENDOR sent an event that cannot be read. "{"cho"' },
        { kind: "malformed", message: "VENDOR sent an answer that cannot be read." },
      ),
    ],
    [
      "a fault in the stream, and an answer that stays open …",
      (response) => response.writeHead(200, eventStream).write(half + wire.fault("overloaded_error", "Overloaded")),
      {
        kind: "overloaded",
        message: `VENDOR is overloaded (${byWire<string | number>("in its answer", 529)}). "Overloaded"`,
      },
    ],
  ];
}

const list = (count: number) =>
  JSON.stringify({ data: Array.from({ length: count }, (_, index) => ({ id: `model-${index}` })) });
const noList: Told = {
  kind: "not-an-api",
  message: "VENDOR answered, but not with a list of models. Check the path of the base URL; it often ends in /v1.",
};

const listScenes: readonly Scene[] = [
  ["a web page with 200", send(200, html, page("Sign in")), aPage(200, "Sign in")],
  ["a web page without a content type", send(200, {}, page("Sign in")), aPage(200, "Sign in")],
  ["a web page with 403", send(403, html, page("Forbidden")), aPage(403, "Forbidden")],
  [
    "a web page with 502",
    send(502, html, page("502 Bad Gateway")),
    { kind: "server-error", message: 'VENDOR failed (502). "502 Bad Gateway"' },
  ],
  ["20 MB of blanks …", (response) => writeOn(response.writeHead(200, json), " ".repeat(65_536), 320), noList],
  [
    "a list that never ends …",
    (response) => writeOn(response.writeHead(200, json), `{"data":[${"[],".repeat(9_000)}`),
    noList,
  ],
  ["bytes that are no UTF-8", send(200, json, Buffer.from('{"data":[{"id":"model-\xff"}]}', "latin1")), "model-\uFFFD"],
  ["headers without a body", send(200, json, ""), noList],
  [
    "204 No Content",
    send(204, {}, ""),
    { kind: "malformed", message: "VENDOR answered without a word (204). Check the base URL." },
  ],
  ["the right body without a content type", send(200, {}, list(2)), "model-0 model-1"],
  ["the right body as text", send(200, { "content-type": "text/plain" }, list(2)), "model-0 model-1"],
  ["a byte order mark", send(200, json, `\uFEFF${list(2)}`), "model-0 model-1"],
  [
    "gzip that was not asked for",
    send(200, { ...json, "content-encoding": "gzip" }, gzipSync(list(2))),
    "model-0 model-1",
  ],
  [
    "a gzip bomb of 200 MB",
    send(200, { ...json, "content-encoding": "gzip" }, gzipSync(Buffer.alloc(200_000_000, " "))),
    noList,
  ],
  ["a length that is too long", bytes("HTTP/1.1 200 OK\r\ncontent-length: 100", '{"data":['), closed],
  ["headers, and a closed connection", bytes("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked"), closed],
  ["nothing, and a closed connection", { bytes: (socket) => socket.end() }, closed],
  [
    "an error in a 200",
    send(200, json, '{"error":{"message":"Down.","code":503}}'),
    { kind: "overloaded", message: 'VENDOR is overloaded (503). "Down."' },
  ],
];

describe.each([
  ["OpenAI-compatible", openAiStream],
  ["Anthropic", anthropicStream],
] as const)("an answer (%s)", (_name, wire) => {
  it.each(streamScenes(wire))("%s", async (what, serve, expected) => {
    const works = send(200, eventStream, whole(wire));
    const { bad, http, provider, again } = await start(serve, works, wire.preset);
    const heard = await hear(provider, new URL(bad.origin).host);
    expect(heard).toEqual(expected);
    // Who never ends his answer sees his socket closed.
    if (what.endsWith("…")) await bad.untilSockets(0);
    expect(await hear(again, "")).toBe(words);
    await http.close();
    await bad.untilSockets(0);
  });
});

describe("a list of models", () => {
  it.each(listScenes)("%s", async (what, serve, expected) => {
    const { bad, http, provider, again } = await start(serve, send(200, json, list(1)), "openai-compatible");
    const names = async (of: Provider) => {
      const models = await of.listModels({ signal: new AbortController().signal });
      return models.map((model) => model.id).join(" ");
    };
    expect(await told(new URL(bad.origin).host, () => names(provider))).toEqual(expected);
    if (what.endsWith("…")) await bad.untilSockets(0);
    expect(await names(again)).toBe("model-0");
    await http.close();
    await bad.untilSockets(0);
  });
});

describe.each([
  ["OpenAI-compatible", openAiStream],
  ["Anthropic", anthropicStream],
] as const)("a redirect (%s)", (_name, wire) => {
  const statuses = [301, 302, 303, 307, 308];
  it.each(statuses)("to another host with %i is not followed, and the key does not travel", async (status) => {
    const other = await startRawServer((_request, response) => void send(200, eventStream, whole(wire))(response));
    onTestFinished(() => other.close());
    const location = `${other.origin}/v1/elsewhere?token=secret`;
    const works = send(status, { location }, "");
    const { bad, provider } = await start(works, works, wire.preset);
    const failure = {
      kind: "not-an-api",
      message: `VENDOR redirects to ${other.origin}/v1/elsewhere (${status}), and a key is never sent along. Put the address that answers into the base URL.`,
    };
    const { host } = new URL(bad.origin);
    expect(await hear(provider, host)).toEqual(failure);
    const { signal } = new AbortController();
    expect(await told(host, async () => `${await provider.listModels({ signal })}`)).toEqual(failure);
    expect([bad.requests.length, other.requests.length, other.sockets.size]).toEqual([2, 0, 0]);
  });

  it("to the same host is not followed either", async () => {
    const works = send(307, { location: "/v2/elsewhere" }, "");
    const { bad, provider } = await start(works, works, wire.preset);
    expect(await hear(provider, new URL(bad.origin).host)).toEqual({
      kind: "not-an-api",
      message:
        "VENDOR redirects to VENDOR/v2/elsewhere (307), and a key is never sent along. Put the address that answers into the base URL.",
    });
    expect(bad.requests.length).toBe(1);
  });
});

describe.each([
  ["OpenAI-compatible", openAiStream],
  ["Anthropic", anthropicStream],
] as const)("a vendor who answers before he has read the question (%s)", (_name, wire) => {
  const early = async (answer: string) => {
    const server = await startByteServer({ onConnection: (socket) => socket.write(answer) });
    const http = createHttp(networkSettingSchema.parse({ systemCertificates: false }));
    onTestFinished(() => server.close());
    onTestFinished(() => http.close());
    const setting = { id: "vendor", preset: wire.preset, baseUrl: `${server.origin}/v1` };
    return hear(createProvider({ setting, key, http }), new URL(server.origin).host);
  };
  const response = (status: string, type: string, body: string) =>
    `HTTP/1.1 ${status}\r\ncontent-type: ${type}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`;

  it("is heard, or the connection counts as broken", async () => {
    const answer = await early(response("200 OK", "text/event-stream", whole(wire)));
    expect([words, closed]).toContainEqual(answer);
    const refusal = await early(
      response("401 Unauthorized", "application/json", wire.error("authentication_error", "No.")),
    );
    expect([
      { kind: "auth", message: 'VENDOR refused the key (401). "No." Run "Wayfare: Change Key".' },
      closed,
    ]).toContainEqual(refusal);
  });
});
