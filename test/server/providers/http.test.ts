import { type AddressInfo, createServer, type LookupFunction, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { createHttp, type Http, type HttpOptions } from "../../../server/providers/http.ts";
import { readBody } from "../../../server/providers/read-body.ts";
import { type Failure, failureOf, isAbort } from "../../../shared/failure.ts";
import { networkSettingSchema } from "../../../shared/settings.ts";
import { hasOpenssl, makeCertificates } from "./certificates.ts";
import { type Answer, startProxy, startRawServer } from "./raw-server.ts";

const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

function http(network: object = {}, options: HttpOptions = {}): Http {
  const made = createHttp(networkSettingSchema.parse({ systemCertificates: false, ...network }), options);
  ending.push(() => made.close());
  return made;
}
async function server(...args: Parameters<typeof startRawServer>) {
  const started = await startRawServer(...args);
  ending.push(() => started.close());
  return started;
}
async function proxy(...args: Parameters<typeof startProxy>) {
  const started = await startProxy(...args);
  ending.push(() => started.close());
  return started;
}

const get = { method: "GET", headers: {} } as const;
const never = () => new AbortController().signal;
async function ask(way: Http, url: string) {
  const response = await way.request(url, { ...get, signal: never() });
  const body = await readBody(response.body);
  // A socket is free for the next request one turn of the event loop after its last byte.
  await new Promise((resolve) => setImmediate(resolve));
  return { status: response.status, body };
}
async function failing(promise: Promise<unknown>): Promise<Failure> {
  return promise.then(
    () => expect.unreachable("it should have failed"),
    (error: unknown) => failureOf(error),
  );
}
const hello: Answer = (_request, response) => void response.end("hello");
/** api.example.test is this machine; every other name is unknown. */
const lookup: LookupFunction = (host, options, callback) => {
  if (host === "api.example.test" && options.all) callback(null, [{ address: "127.0.0.1", family: 4 }]);
  else callback(Object.assign(new Error("no such host"), { code: "ENOTFOUND" }), "", 4);
};

describe("on loopback", () => {
  it("asks, keeps the socket for the next question, and closes it at the end", async () => {
    const there = await server(hello);
    const way = http();
    expect(await ask(way, `${there.origin}/a?b=c`)).toEqual({ status: 200, body: "hello" });
    expect(await ask(way, there.origin)).toEqual({ status: 200, body: "hello" });
    expect(there.requests.map((request) => request.url)).toEqual(["/a?b=c", "/"]);
    expect(there.sockets.size).toBe(1);
    await way.close();
    await there.untilSockets(0);
  });

  it("opens nothing before the first request, and nothing after close", async () => {
    const there = await server(hello);
    const way = http();
    await way.close();
    expect(await failing(ask(way, there.origin))).toMatchObject({ kind: "network", cause: "reset" });
    expect(there.requests).toHaveLength(0);
  });

  it("closes the socket when the signal aborts, before the headers and in the body", async () => {
    const silent = await server(() => {});
    const first = new AbortController();
    const waiting = http().request(silent.origin, { ...get, signal: first.signal });
    await silent.untilSockets(1);
    first.abort(new Error("any reason"));
    const error = await waiting.catch((reason: unknown) => reason);
    expect(isAbort(error)).toBe(true);
    await silent.untilSockets(0);

    const endless = await server((_request, response) => void response.write("begin"));
    const second = new AbortController();
    const response = await http().request(endless.origin, { ...get, signal: second.signal });
    const body = response.body[Symbol.asyncIterator]();
    await body.next();
    const pending = body.next().catch((reason: unknown) => reason);
    second.abort();
    expect(isAbort(await pending)).toBe(true);
    await endless.untilSockets(0);
  });

  it("closes the socket when the body is left early", async () => {
    const endless = await server((_request, response) => void response.write("begin"));
    const response = await http().request(endless.origin, { ...get, signal: never() });
    for await (const _chunk of response.body) break;
    await endless.untilSockets(0);
  });

  it("never follows a redirect", async () => {
    const there = await server((_request, response) => void response.writeHead(302, { location: "/x" }).end());
    expect((await ask(http(), there.origin)).status).toBe(302);
    expect((await http().fetch(there.origin)).status).toBe(302);
    expect(there.requests).toHaveLength(2);
  });

  it("is a fetch too: status, headers, streamed body, faults as failures", async () => {
    const there = await server((_request, response, body) => {
      response.writeHead(201, { "x-test": "yes" });
      response.end(`got ${body}`);
    });
    const response = await http().fetch(there.origin, { method: "POST", body: "text", headers: { "X-Own": "1" } });
    expect([response.status, response.headers.get("x-test"), await response.text()]).toEqual([201, "yes", "got text"]);
    expect(there.requests[0]?.headers["x-own"]).toBe("1");
    const port = await freePort();
    expect(await failing(http().fetch(`http://127.0.0.1:${port}`))).toMatchObject({
      kind: "network",
      cause: "refused",
    });
    await expect(http().fetch(there.origin, { method: "DELETE" })).rejects.toThrow(TypeError);
  });
});

describe("faults, told apart", () => {
  it("refused", async () => {
    const port = await freePort();
    expect(await failing(ask(http(), `http://127.0.0.1:${port}`))).toEqual({
      kind: "network",
      cause: "refused",
      host: `127.0.0.1:${port}`,
      message: `127.0.0.1:${port} refused the connection. Check that the server is running, and the port in the base URL.`,
    });
  });

  it("unknown name", async () => {
    expect(await failing(ask(http({}, { lookup }), "https://nowhere.example.test"))).toEqual({
      kind: "network",
      cause: "dns",
      host: "nowhere.example.test",
      message:
        "The address of nowhere.example.test was not found. Check the host name in the base URL, and your network or VPN.",
    });
  });

  it("closed before an answer", async () => {
    const there = await server((request) => void request.socket.destroy());
    expect(await failing(ask(http(), there.origin))).toMatchObject({
      kind: "network",
      cause: "reset",
      message: `The connection to 127.0.0.1:${there.port} was closed before an answer came. If it happens again, look for a firewall or proxy in between.`,
    });
  });

  it("a server that takes the connection and never shakes hands", async () => {
    const port = await speak((socket) => void socket.resume());
    expect(
      await failing(ask(http({}, { connectTimeoutMs: 50, lookup }), `https://api.example.test:${port}`)),
    ).toMatchObject({
      kind: "network",
      cause: "connect-timeout",
      message: `No connection to api.example.test:${port} within 0.05 s. Check your network, VPN and firewall; behind a proxy, set http.proxy.`,
    });
  });

  it("not HTTP, and not TLS", async () => {
    const port = await speak((socket) => void socket.once("data", () => socket.end("SSH-2.0-OpenSSH_9.9\r\n")));
    expect(await failing(ask(http(), `http://127.0.0.1:${port}`))).toEqual({
      kind: "not-an-api",
      status: 0,
      contentType: "",
      message: `127.0.0.1:${port} answers, but not in HTTP. Check the port in the base URL.`,
    });
    const plain = await server(hello);
    expect(await failing(ask(http({}, { lookup }), `https://api.example.test:${plain.port}`))).toMatchObject({
      kind: "network",
      cause: "tls",
      message: `No secure connection to api.example.test:${plain.port} could be agreed on. Check the port in the base URL; something in between may also interfere with TLS.`,
    });
    // A server on this machine that was given an address with https.
    expect(await failing(ask(http(), `https://127.0.0.1:${plain.port}`))).toEqual({
      kind: "network",
      cause: "tls",
      host: `127.0.0.1:${plain.port}`,
      message: `127.0.0.1:${plain.port} does not speak https. Servers on this machine mostly speak plain http: write http://127.0.0.1:${plain.port} in the base URL.`,
    });
  });

  it("http beyond this machine is refused before a socket is opened", async () => {
    const lookups: string[] = [];
    const watching: LookupFunction = (host, options, callback) => {
      lookups.push(host);
      lookup(host, options, callback);
    };
    expect(await failing(ask(http({}, { lookup: watching }), "http://api.example.test/v1"))).toEqual({
      kind: "setup",
      field: "baseUrl",
      message: "http://api.example.test is not used: write https://, or http:// for this machine only.",
    });
    expect(lookups).toEqual([]);
  });

  it("a header that cannot be sent", async () => {
    const there = await server(hello);
    const sent = http().request(there.origin, { ...get, headers: { "x-key": "a\nb" }, signal: never() });
    expect(await failing(sent)).toMatchObject({ kind: "setup", field: "key" });
  });
});

describe.skipIf(!hasOpenssl)("certificates", () => {
  const made = hasOpenssl ? makeCertificates() : null;
  if (!made) return;
  const through = async (certificate: (typeof made)["good"], network: object = {}) => {
    const there = await server(hello, certificate);
    return ask(http(network, { lookup }), `https://api.example.test:${there.port}`);
  };

  it("a private CA is trusted once its file is given", async () => {
    expect(await through(made.good, { extraCaPem: made.ca })).toEqual({ status: 200, body: "hello" });
    expect(await through(made.good, { extraCaPem: made.ca, systemCertificates: true })).toMatchObject({ status: 200 });
    const failure = await failing(through(made.good));
    expect(failure).toMatchObject({ kind: "network", cause: "tls" });
    expect(failure.message).toMatch(
      /^The certificate of api\.example\.test:\d+ is not trusted: it was signed by a CA that this machine does not know\. Set wayfare\.network\.extraCaFile to the file of your company's CA \(PEM\)\.$/,
    );
  });

  it.each([
    [
      "selfSigned",
      /is not trusted: it is self-signed\. If it is yours, put it into a PEM file and set wayfare\.network\.extraCaFile to it\.$/,
    ],
    [
      "expired",
      /is not trusted: it has expired\. Check this machine's clock; if it is right, the certificate's owner must renew it\.$/,
    ],
    [
      "otherHost",
      /is not trusted: it was issued for another host\. Check the host name in the base URL; a proxy or a login page can also answer in its place\.$/,
    ],
  ] as const)("%s is refused", async (name, message) => {
    const failure = await failing(through(made[name], { extraCaPem: made.ca }));
    expect(failure).toMatchObject({ kind: "network", cause: "tls" });
    expect(failure.message).toMatch(message);
  });

  it("nothing is checked when http.proxyStrictSSL is off", async () => {
    expect(await through(made.selfSigned, { proxyStrictSsl: false })).toEqual({ status: 200, body: "hello" });
  });

  it("a CA file without a certificate is a fault of the setting", async () => {
    expect(await failing(through(made.good, { extraCaPem: "not a certificate" }))).toEqual({
      kind: "setup",
      field: "wayfare.network.extraCaFile",
      message: "The file in wayfare.network.extraCaFile holds no readable certificate. It must be a PEM file.",
    });
  });

  describe("through a proxy", () => {
    const url = "https://api.example.test/v1/models";
    const target = async () => server(hello, made.good);
    const nameless = { extraCaPem: made.ca };

    it("goes through http.proxy with Basic credentials out of its address, kept from the target", async () => {
      const there = await target();
      const via = await proxy(there.port, { user: "ann", password: "p@ss:word" });
      const way = http({ ...nameless, proxy: `http://ann:p%40ss%3Aword@127.0.0.1:${via.port}` });
      expect(await ask(way, url)).toEqual({ status: 200, body: "hello" });
      expect(await ask(way, url)).toEqual({ status: 200, body: "hello" });
      expect(via.connects).toEqual([
        { target: "api.example.test:443", authorization: `Basic ${Buffer.from("ann:p@ss:word").toString("base64")}` },
      ]);
      expect(there.requests[0]?.headers["proxy-authorization"]).toBeUndefined();
      expect(there.requests[0]?.headers.host).toBe("api.example.test");
    });

    it("prefers http.proxyAuthorization, and an https_proxy of the environment works too", async () => {
      const there = await target();
      const via = await proxy(there.port, { user: "ann", password: "x" });
      const proxyAuthorization = `Basic ${Buffer.from("ann:x").toString("base64")}`;
      const environment = { httpsProxy: `127.0.0.1:${via.port}` };
      expect(await ask(http({ ...nameless, environment, proxyAuthorization }), url)).toMatchObject({ body: "hello" });
    });

    it("streams and cancels through the tunnel", async () => {
      const there = await server((_request, response) => void response.write("begin"), made.good);
      const via = await proxy(there.port);
      const response = await http({ ...nameless, proxy: via.origin }).request(url, { ...get, signal: never() });
      for await (const _chunk of response.body) break;
      await Promise.all([there.untilSockets(0), via.untilSockets(0)]);
    });

    it("wrong password, no password, a proxy that will not, a proxy that is not there", async () => {
      const there = await target();
      const via = await proxy(there.port, { user: "ann", password: "right" });
      const host = `127.0.0.1:${via.port}`;
      const wrong = await failing(ask(http({ ...nameless, proxy: `http://ann:wrong@${host}` }), url));
      expect(wrong).toEqual({
        kind: "network",
        cause: "proxy",
        host: "api.example.test",
        message: `The proxy ${host} refused the user name or password (407). Correct them in http.proxy.`,
      });
      const none = await failing(ask(http({ ...nameless, environment: { httpsProxy: via.origin } }), url));
      expect(none.message).toBe(
        `The proxy ${host} wants a user name and password (407). Write them into HTTPS_PROXY as http://user:password@host:port, or set http.proxyAuthorization.`,
      );
      const strict = await proxy(there.port, { refuseWith: 403 });
      expect((await failing(ask(http({ ...nameless, proxy: strict.origin }), url))).message).toBe(
        `The proxy 127.0.0.1:${strict.port} did not connect to api.example.test (403). Ask its owner to allow it, or name the host in http.noProxy.`,
      );
      const port = await freePort();
      expect(await failing(ask(http({ ...nameless, proxy: `http://127.0.0.1:${port}` }), url))).toEqual({
        kind: "network",
        cause: "proxy",
        host: "api.example.test",
        message: `The proxy 127.0.0.1:${port} refused the connection. Correct http.proxy, or set http.proxySupport to "off" to connect directly.`,
      });
      expect(there.requests).toHaveLength(0);
    });

    it("a proxy that drops the connection, and a target certificate that is not trusted", async () => {
      const there = await target();
      const port = await speak((socket) => void socket.destroy());
      expect(await failing(ask(http({ ...nameless, proxy: `http://127.0.0.1:${port}` }), url))).toMatchObject({
        cause: "proxy",
      });
      const via = await proxy(there.port);
      expect(await failing(ask(http({ proxy: via.origin }), url))).toMatchObject({
        cause: "tls",
        host: "api.example.test",
      });
    });

    it("goes around it for no-proxy hosts, for loopback, and when support is off", async () => {
      const there = await target();
      const via = await proxy(there.port, { refuseWith: 500 });
      const direct = `https://api.example.test:${there.port}/`;
      const ways = [
        { proxy: via.origin, noProxy: [".example.test"] },
        { proxy: via.origin, environment: { noProxy: "other.test, example.test" } },
        { proxy: via.origin, proxySupport: "off" },
      ];
      for (const network of ways) {
        expect(await ask(http({ ...nameless, ...network }, { lookup }), direct)).toMatchObject({ body: "hello" });
      }
      // http.noProxy replaces the environment's list.
      const replaced = { proxy: via.origin, noProxy: ["other.test"], environment: { noProxy: "example.test" } };
      expect(await failing(ask(http({ ...nameless, ...replaced }, { lookup }), direct))).toMatchObject({
        cause: "proxy",
      });
      const local = await server(hello);
      expect(await ask(http({ proxy: via.origin }), local.origin)).toMatchObject({ body: "hello" });
      expect(via.connects).toHaveLength(1);
    });

    it("reaches a proxy over TLS, and says whose certificate is at fault", async () => {
      const there = await target();
      const failure = await failing(
        ask(http({ proxy: `https://api.example.test:${there.port}` }, { lookup }), "https://x.test/"),
      );
      expect(failure).toMatchObject({ kind: "network", cause: "proxy", host: "x.test" });
      expect(failure.message).toMatch(
        /^The certificate of the proxy api\.example\.test:\d+ is not trusted: it was signed by a CA/,
      );
    });

    it("says that another kind of proxy cannot be used", async () => {
      expect(await failing(ask(http({ proxy: "quic://127.0.0.1:1080" }), url))).toEqual({
        kind: "setup",
        field: "http.proxy",
        message:
          'The proxy in http.proxy is of the kind "quic", which Wayfare does not speak. Give an http, https, socks5 or socks4a proxy, or set http.proxySupport to "off" to connect directly.',
      });
    });
  });
});

/** A listener that does with its sockets what it is told, and speaks nothing by itself. */
async function speak(onSocket: (socket: Socket) => void): Promise<number> {
  const listener = createServer((socket) => onSocket(socket.on("error", () => {})));
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  ending.push(() => new Promise((resolve) => listener.close(() => resolve())));
  return (listener.address() as AddressInfo).port;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
