import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { PassThrough } from "node:stream";
import { Agent, ProxyAgent, fetch as undiciFetch } from "undici";
import { afterEach, describe, expect, it } from "vitest";
import { createConnection } from "vscode-languageserver/node";
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from "vscode-languageserver-protocol/node";
import { createForwarder, type Forwarder } from "../../client/forward-requests.ts";
import { type HostSend, sendByFetch, sendByHttps } from "../../client/host-network.ts";
import { createForward } from "../../server/forward-requests.ts";
import type { Http } from "../../server/providers/http.ts";
import { isAbort } from "../../shared/failure.ts";
import { ForwardEndNotification, ForwardReadRequest, ForwardRequest } from "../../shared/protocol.ts";
import { hasOpenssl, makeCertificates, makeClientCertificates } from "./providers/certificates.ts";
import { endAll, ends, failing, get, hello, lookup, openHttp } from "./providers/http-scene.ts";
import { type Answer, startProxy, startRawServer } from "./providers/raw-server.ts";

afterEach(endAll);

/** A real `fetch` that is given its network as VS Code does. */
const byFetch = (dispatcher: Agent | ProxyAgent): HostSend => {
  ends(dispatcher);
  return sendByFetch(((url: string, init: object) =>
    undiciFetch(url, { ...init, dispatcher })) as typeof globalThis.fetch);
};

/** Both ends over two in-memory pipes: the real LSP wire. */
function connect(send: HostSend, network: object = {}): { http: Http; forwarder: Forwarder } {
  const [up, down] = [new PassThrough(), new PassThrough()];
  const server = createConnection(new StreamMessageReader(up), new StreamMessageWriter(down));
  server.listen();
  const client = createMessageConnection(new StreamMessageReader(down), new StreamMessageWriter(up));
  const forwarder = createForwarder(send);
  client.onRequest(ForwardRequest, forwarder.open);
  client.onRequest(ForwardReadRequest, forwarder.read);
  client.onNotification(ForwardEndNotification, forwarder.end);
  client.listen();
  return {
    forwarder,
    http: openHttp({ via: "extensionHost", ...network }, { lookup, forward: createForward(server) }),
  };
}

const request = (signal = new AbortController().signal) => ({ method: "GET", headers: {}, signal }) as const;

const made = hasOpenssl ? makeCertificates() : null;
const trusting = { ca: made?.ca, lookup };
const byHttps = (own: object): HostSend => {
  const agent = new HttpsAgent({ keepAlive: true });
  ends({ close: async () => agent.destroy() });
  return sendByHttps((url, options) => httpsRequest(url, { ...options, ...own, agent }));
};

describe.skipIf(!hasOpenssl).each([
  ["VS Code's https", byHttps],
  ["its fetch", (own: object) => byFetch(new Agent({ connect: own }))],
] as const)("through the extension host, by %s", (_name, sendBy) => {
  if (!made) return;
  const vscode = () => sendBy(trusting);
  const host = async (answer: Answer) => {
    const there = ends(await startRawServer(answer, made.good));
    return { ...there, url: `https://api.example.test:${there.port}/v1` };
  };

  it("asks to the letter and gives back what came", async () => {
    const there = await host((_request, response, body) => {
      response.writeHead(429, { "retry-after": "7", "content-type": "text/plain" });
      response.end(`got ${body}`);
    });
    const { http } = connect(vscode());
    const sent = { method: "POST", headers: { "x-key": "k", authorization: "Bearer t" }, body: '{"a":"ü🧭"}' } as const;
    const response = await http.request(there.url, { ...sent, signal: new AbortController().signal });
    expect(response).toMatchObject({ status: 429, headers: { "retry-after": "7", "content-type": "text/plain" } });
    let text = "";
    for await (const bytes of response.body) text += String(bytes);
    expect(text).toBe('got {"a":"ü🧭"}');
    expect(there.requests).toMatchObject([
      { method: "POST", url: "/v1", body: sent.body, headers: { "x-key": "k", "user-agent": "wayfare" } },
    ]);
  });

  it("is a fetch too, and keeps its socket for the next question", async () => {
    const there = await host(hello);
    const { http } = connect(vscode());
    expect(await (await http.fetch(there.url)).text()).toBe("hello");
    expect(await get(http, there.url)).toEqual({ status: 200, body: "hello" });
    expect(there.sockets.size).toBe(1);
  });

  it("never follows a redirect", async () => {
    const there = await host((_request, response) => void response.writeHead(302, { location: "/x" }).end());
    expect((await get(connect(vscode()).http, there.url)).status).toBe(302);
    expect(there.requests).toHaveLength(1);
  });

  it("streams: each piece is there before the next is sent", async () => {
    let write = (_text: string): void => {};
    const there = await host((_request, response) => {
      write = (text) => void (text === "" ? response.end() : response.write(text));
      write("one");
    });
    const { body } = await connect(vscode()).http.request(there.url, request());
    const heard: string[] = [];
    const next = ["two", "three", ""].values();
    for await (const bytes of body) {
      heard.push(String(bytes));
      write(next.next().value ?? "");
    }
    expect(heard).toEqual(["one", "two", "three"]);
  });

  it("holds a sender back while nothing is read", async () => {
    const piece = Buffer.alloc(1_000_000);
    let isHeldBack = false;
    let flowsOn = () => {};
    const flowing = new Promise<void>((resolve) => {
      flowsOn = resolve;
    });
    const there = await host(async (_request, response) => {
      // Far more than sockets and streams hold together.
      for (let sent = 0; sent < 32; sent += 1) {
        if (response.write(piece)) continue;
        const drained = new Promise((resolve) => response.once("drain", resolve));
        const later = await Promise.race([drained, new Promise((resolve) => setTimeout(resolve, 200, "held"))]);
        if (later === "held") {
          isHeldBack = true;
          flowsOn();
          await drained;
        }
      }
      flowsOn();
      response.end();
    });
    const { body } = await connect(vscode()).http.request(there.url, request());
    await flowing;
    expect(isHeldBack).toBe(true);
    let bytes = 0;
    for await (const each of body) bytes += each.length;
    expect(bytes).toBe(32_000_000);
  });

  it("closes the socket when the answer is left, and when the signal aborts before and in it", async () => {
    const endless = await host((_request, response) => void response.write("begin"));
    const { http } = connect(vscode());
    const left = await http.request(endless.url, request());
    for await (const _bytes of left.body) break;
    await endless.untilSockets(0);

    const within = new AbortController();
    const body = (await http.request(endless.url, request(within.signal))).body[Symbol.asyncIterator]();
    await body.next();
    const pending = body.next().catch((reason: unknown) => reason);
    within.abort();
    expect(isAbort(await pending)).toBe(true);
    await endless.untilSockets(0);

    const silent = await host(() => {});
    const before = new AbortController();
    const waiting = http.request(silent.url, request(before.signal)).catch((reason: unknown) => reason);
    await silent.untilSockets(1);
    before.abort();
    expect(isAbort(await waiting)).toBe(true);
    await silent.untilSockets(0);
  });

  it("ends what is under way when either side closes", async () => {
    const endless = await host((_request, response) => void response.write("begin"));
    const one = connect(vscode());
    const body = (await one.http.request(endless.url, request())).body[Symbol.asyncIterator]();
    await body.next();
    const pending = failing(body.next());
    await one.http.close();
    expect(await pending).toMatchObject({ kind: "network", cause: "reset" });
    await endless.untilSockets(0);

    const two = connect(vscode());
    await two.http.request(endless.url, request());
    two.forwarder.close();
    await endless.untilSockets(0);
  });

  it("says that an answer broke off", async () => {
    const there = await host((_request, response) => {
      response.write("begin");
      setImmediate(() => response.socket?.destroy());
    });
    expect((await failing(get(connect(vscode()).http, there.url))).message).toBe(
      `The connection to api.example.test:${there.port} was closed before an answer came. If it happens again, look for a firewall or proxy in between.`,
    );
  });

  it("goes through VS Code's proxy, and gives its words where no code tells what is wrong", async () => {
    const there = await host(hello);
    const via = ends(await startProxy(there.port));
    const proxied = connect(byFetch(new ProxyAgent({ uri: via.origin, requestTls: { ca: made.ca } })));
    expect(await get(proxied.http, "https://api.example.test/")).toMatchObject({ body: "hello" });
    expect(via.connects.map(({ target }) => target)).toEqual(["api.example.test:443"]);
    const strict = ends(await startProxy(there.port, { user: "ann", password: "x" }));
    const refused = connect(byFetch(new ProxyAgent(strict.origin)));
    expect(await failing(get(refused.http, "https://api.example.test/"))).toEqual({
      kind: "network",
      cause: "proxy",
      host: "api.example.test",
      message:
        'VS Code\'s network, which wayfare.network.via chose, did not reach api.example.test. It says: Proxy response (407) !== 200 when HTTP Tunneling. Check http.proxy and your network, or set wayfare.network.via to "server".',
    });
  });

  it("tells a certificate and a name that it does not know, with mends that hold there", async () => {
    const there = await host(hello);
    expect(await failing(get(connect(sendBy({ lookup })).http, there.url))).toEqual({
      kind: "network",
      cause: "tls",
      host: `api.example.test:${there.port}`,
      message: `The certificate of api.example.test:${there.port} is not trusted by VS Code's network, which wayfare.network.via chose. Install your company's CA on this machine, or set wayfare.network.via to "server" and wayfare.network.extraCaFile to its file.`,
    });
    expect(await failing(get(connect(vscode()).http, "https://nowhere.example.test/"))).toMatchObject({
      cause: "dns",
      host: "nowhere.example.test",
    });
  });

  it("leaves this machine, and hosts with a client certificate, to the server", async () => {
    const local = ends(await startRawServer(hello));
    const people = makeClientCertificates();
    const certificate = { field: "f", host: "*", certPem: people.good.cert, keyPem: people.good.key };
    const nowhere: HostSend = () => Promise.reject(new Error("nothing is forwarded"));
    const { http } = connect(nowhere, { extraCaPem: made.ca, clientCertificates: [certificate] });
    expect(await get(http, local.origin)).toMatchObject({ body: "hello" });
    const demanding = ends(await startRawServer(hello, { ...made.good, requestCert: true, ca: people.ca }));
    expect(await get(http, `https://api.example.test:${demanding.port}/`)).toMatchObject({ body: "hello" });
  });
});

it("forwards https alone, and no more than it can hold", async () => {
  const silent: HostSend = () => new Promise(() => {});
  const forwarder = createForwarder(silent);
  const open = (id: number, url = "https://api.example.test/") =>
    forwarder.open({ id: String(id), url, method: "GET", headers: {} });
  expect(await open(0, "http://api.example.test/")).toEqual({
    fault: { codes: [], words: "Only https is forwarded." },
  });
  for (let id = 1; id <= 64; id += 1) void open(id);
  expect(await open(65)).toEqual({ fault: { codes: [], words: "More than 64 requests are under way." } });
  expect(await forwarder.read({ id: "unknown" })).toEqual({ bytes: null });
});
