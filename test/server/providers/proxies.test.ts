import { afterEach, describe, expect, it } from "vitest";
import { createWorld } from "../../../server/engine/configure.ts";
import { createHttp } from "../../../server/providers/http.ts";
import { hasOpenssl, makeCertificates } from "./certificates.ts";
import { endAll, ends, failing, get, hello, listen, lookup, openHttp } from "./http-scene.ts";
import { type Answer, startInterceptor, startProxy, startRawServer } from "./raw-server.ts";
import { startSocksServer } from "./socks-proxy.ts";

afterEach(endAll);

const url = "https://api.example.test/v1/models";
const direct = 'or set http.proxySupport to "off" to connect directly.';

describe("a proxy in trouble", () => {
  const ask = async (proxy: string, network: object = {}) =>
    failing(get(openHttp({ proxy, ...network }, { connectTimeoutMs: 50, lookup }), url));
  const words = async (proxy: string, network?: object) => {
    const failure = await ask(proxy, network);
    expect(failure).toMatchObject({ kind: "network", cause: "proxy", host: "api.example.test" });
    return failure.message;
  };

  it.each([
    [
      502,
      "could not reach api.example.test (502). Check the host name in the base URL; if it is right, ask the proxy's owner, or name the host in http.noProxy.",
    ],
    [403, "did not connect to api.example.test (403). Ask its owner to allow it, or name the host in http.noProxy."],
    [
      407,
      "wants a user name and password (407). Write them into http.proxy as http://user:password@host:port, or set http.proxyAuthorization.",
    ],
  ])("answers %i", async (refuseWith, message) => {
    const via = ends(await startProxy(1, { refuseWith }));
    expect(await words(via.origin)).toBe(`The proxy 127.0.0.1:${via.port} ${message}`);
  });

  it.each([
    ["Proxy-Authenticate: NTLM", "NTLM"],
    ["Proxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM", "Kerberos (Negotiate)"],
    ["Proxy-Authenticate: negotiate, NTLM", "Kerberos (Negotiate)"],
  ])("wants %s, which only VS Code can give", async (challenge, login) => {
    const via = ends(await startProxy(1, { refuseWith: 407, challenge }));
    expect(await words(via.origin)).toBe(
      `The proxy 127.0.0.1:${via.port} wants a login by ${login} (407), which only VS Code's own network can give. Set wayfare.network.via to "extensionHost".`,
    );
  });

  it("takes a password beside other logins", async () => {
    const challenge = 'Proxy-Authenticate: Negotiate\r\nProxy-Authenticate: Basic realm="x, NTLM"';
    const via = ends(await startProxy(1, { refuseWith: 407, challenge }));
    expect(await words(via.origin)).toMatch(/ wants a user name and password \(407\)\./);
  });

  it("hangs, before and after it took the connection", async () => {
    const port = await listen((socket) => void socket.resume());
    const hanging = `The proxy 127.0.0.1:${port} did not answer within 0.05 s. Correct http.proxy, ${direct}`;
    expect(await words(`http://127.0.0.1:${port}`)).toBe(hanging);
    expect(await words(`https://127.0.0.1:${port}`)).toBe(hanging);
  });

  it("closes at once", async () => {
    const port = await listen((socket) => void socket.destroy());
    expect(await words(`http://127.0.0.1:${port}`)).toBe(
      `The proxy 127.0.0.1:${port} closed the connection without an answer. Correct http.proxy, ${direct}`,
    );
  });

  it("speaks something else", async () => {
    const port = await listen((socket) => void socket.once("data", () => socket.end("SSH-2.0-OpenSSH_9.9\r\n")));
    expect(await words(`http://127.0.0.1:${port}`)).toBe(
      `The proxy 127.0.0.1:${port} does not speak HTTP. Correct http.proxy, ${direct}`,
    );
    const plain = ends(await startProxy(1));
    expect(await words(`https://127.0.0.1:${plain.port}`)).toBe(
      `The proxy 127.0.0.1:${plain.port} does not speak https; write http:// before its name. Correct http.proxy, ${direct}`,
    );
  });

  it("has a name that is not known", async () => {
    expect(await words("http://proxy.example.test:3128", { environment: {} })).toBe(
      `The proxy proxy.example.test:3128 was not found. Correct http.proxy, ${direct}`,
    );
    expect((await ask("", { environment: { allProxy: "socks5h://proxy.example.test" } })).message).toBe(
      `The proxy proxy.example.test:1080 was not found. Correct ALL_PROXY, ${direct}`,
    );
  });
});

describe.skipIf(!hasOpenssl)("through proxies that are there", () => {
  const made = hasOpenssl ? makeCertificates() : null;
  const company = hasOpenssl ? makeCertificates() : null;
  if (!made || !company) return;

  it("one that opens what is encrypted is trusted once the company's CA is given", async () => {
    const there = ends(await startRawServer(hello, made.good));
    const via = ends(await startInterceptor(there.port, company.good));
    const proxy = via.origin;
    expect(await failing(get(openHttp({ proxy }), url))).toEqual({
      kind: "network",
      cause: "tls",
      host: "api.example.test",
      message:
        "The certificate of api.example.test is not trusted: it was signed by a CA that this machine does not know. Set wayfare.network.extraCaFile to the file of your company's CA (PEM).",
    });
    expect(via.seen).toEqual([]);
    expect(await get(openHttp({ proxy, extraCaPem: company.ca }), url)).toEqual({ status: 200, body: "hello" });
    expect(await get(openHttp({ proxy, proxyStrictSsl: false }), url)).toEqual({ status: 200, body: "hello" });
    expect(via.seen).toEqual(["GET /v1/models HTTP/1.1", "GET /v1/models HTTP/1.1"]);
  });

  it("names an IPv6 host in brackets, with its port", async () => {
    const there = ends(await startRawServer(hello, made.addresses));
    const via = ends(await startProxy(there.port));
    const way = openHttp({ proxy: via.origin, extraCaPem: made.ca });
    expect(await get(way, "https://[fd00::1]/v1")).toEqual({ status: 200, body: "hello" });
    expect(await get(way, "https://[fd00:0::1]:8443/v1")).toEqual({ status: 200, body: "hello" });
    expect(via.connects.map(({ target }) => target)).toEqual(["[fd00::1]:443", "[fd00::1]:8443"]);
    expect(there.requests.map(({ headers }) => headers.host)).toEqual(["[fd00::1]", "[fd00::1]:8443"]);
  });

  it("reaches proxies that have IPv6 addresses themselves", async () => {
    const there = ends(await startRawServer(hello, made.good));
    const via = ends(await startProxy(there.port, { host: "::1" }));
    const socks = ends(await startSocksServer(there.port, { host: "::1" }));
    for (const proxy of [via.origin, socks.origin]) {
      expect(proxy).toContain("[::1]");
      expect(await get(openHttp({ proxy, extraCaPem: made.ca }), url)).toEqual({ status: 200, body: "hello" });
    }
    expect([via.connects.length, socks.asked.length]).toEqual([1, 1]);
    await socks.close();
    expect((await failing(get(openHttp({ proxy: socks.origin }), url))).message).toBe(
      `The proxy [::1]:${socks.port} refused the connection. Correct http.proxy, ${direct}`,
    );
  });

  it("speaks to ::1 with and without TLS", async () => {
    const secure = ends(await startRawServer(hello, made.addresses, "::1"));
    const plain = ends(await startRawServer(hello, undefined, "::1"));
    const way = openHttp({ extraCaPem: made.ca, proxy: "http://127.0.0.1:1" });
    expect(await get(way, secure.origin)).toMatchObject({ body: "hello" });
    expect(await get(way, plain.origin)).toMatchObject({ body: "hello" });
  });

  it("new settings hold for what is asked from then on, and what is under way goes on", async () => {
    let goOn = () => {};
    const slowly: Answer = (_request, response) => {
      response.write("first ");
      goOn = () => response.end("last");
    };
    const there = ends(
      await startRawServer(
        (request, ...rest) => (request.url === "/slow" ? slowly : hello)(request, ...rest),
        made.good,
      ),
    );
    const [before, after] = [ends(await startProxy(there.port)), ends(await startProxy(there.port))];
    const world = ends(
      createWorld({
        now: () => 0,
        createHttp,
        createProvider: () => Promise.reject(new Error("none is set up")),
        findKnownPrice: () => Promise.resolve(null),
        modelLists: null,
        ledgerFailure: () => null,
        startPlayground: () => Promise.reject(new Error("not here")),
      }),
    );
    const apply = (proxy: string) =>
      world.apply({
        configuration: {
          providers: [],
          tiers: {},
          mode: undefined,
          quality: undefined,
          playground: false,
          network: { proxy, extraCaPem: made.ca, systemCertificates: false },
        },
        keys: [],
        trusted: true,
      });
    await apply(before.origin);
    let began = () => {};
    const hasBegun = new Promise<void>((resolve) => {
      began = resolve;
    });
    const underWay = world.withHttp(async (http) => {
      const request = { method: "GET", headers: {}, signal: new AbortController().signal } as const;
      const { body } = await http.request("https://api.example.test/slow", request);
      let text = "";
      for await (const bytes of body) {
        text += String(Buffer.from(bytes));
        began();
      }
      return text;
    });
    await hasBegun;
    await apply(after.origin);
    expect(await world.withHttp((http) => get(http, url))).toEqual({ status: 200, body: "hello" });
    expect([before.connects.length, after.connects.length]).toEqual([1, 1]);
    goOn();
    expect(await underWay).toBe("first last");
    // The old way is closed behind its last answer.
    await before.untilSockets(0);
    expect(after.sockets.size).toBe(1);
  });
});
