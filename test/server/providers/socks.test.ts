import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { createSocksHandshake } from "../../../server/providers/socks-handshake.ts";
import { hasOpenssl, makeCertificates } from "./certificates.ts";
import { endAll, ends, failing, freePort, get, hello, listen, lookup, openHttp } from "./http-scene.ts";
import { type Answer, startRawServer } from "./raw-server.ts";
import { type SocksServerOptions, startSocksServer } from "./socks-proxy.ts";

afterEach(endAll);

describe.skipIf(!hasOpenssl)("through a SOCKS proxy", () => {
  const made = hasOpenssl ? makeCertificates() : null;
  if (!made) return;
  const url = "https://api.example.test/v1/models";
  const scene = async (options: SocksServerOptions = {}, answer: Answer = hello) => {
    const there = ends(await startRawServer(answer, made.good));
    const via = ends(await startSocksServer(there.port, options));
    const open = (scheme: string, credentials = "") =>
      openHttp({ extraCaPem: made.ca, proxy: `${scheme}://${credentials}127.0.0.1:${via.port}` }, { lookup });
    return { there, via, open, address: `127.0.0.1:${via.port}` };
  };

  it.each([
    ["socks5h", "5 api.example.test:443"],
    ["socks", "5 api.example.test:443"],
    ["socks5", "5 127.0.0.1:443"],
    ["socks4a", "4 api.example.test:443"],
    ["socks4", "4 127.0.0.1:443"],
  ])("%s asks for %s, and keeps the connection for the next question", async (scheme, asked) => {
    const { via, open } = await scene();
    const way = open(scheme);
    expect(await get(way, url)).toEqual({ status: 200, body: "hello" });
    expect(await get(way, url)).toEqual({ status: 200, body: "hello" });
    expect(via.asked).toEqual([asked]);
  });

  it("logs in when the proxy wants it, with what its address says", async () => {
    const { via, open } = await scene({ user: "ann", password: "p@ss:word", dribbles: true });
    expect(await get(open("socks5h", "ann:p%40ss%3Aword@"), url)).toMatchObject({ body: "hello" });
    expect(via.logins).toEqual(["ann:p@ss:word"]);
    const open5 = await scene();
    expect(await get(open5.open("socks5h", "ann:x@"), url)).toMatchObject({ body: "hello" });
    expect(open5.via.logins).toEqual([]);
    const old = await scene();
    expect(await get(old.open("socks4a", "ann@"), url)).toMatchObject({ body: "hello" });
    expect(old.via.logins).toEqual(["ann"]);
  });

  it("streams and cancels through it", async () => {
    const { there, via, open } = await scene({}, (_request, response) => void response.write("begin"));
    const response = await open("socks5h").request(url, {
      method: "GET",
      headers: {},
      signal: new AbortController().signal,
    });
    for await (const _chunk of response.body) break;
    await Promise.all([there.untilSockets(0), via.untilSockets(0)]);
  });

  it("takes ALL_PROXY where nothing more particular is set, and goes around it for no-proxy hosts", async () => {
    const { there, via } = await scene();
    const environment = { allProxy: `socks5h://127.0.0.1:${via.port}`, noProxy: "" };
    expect(await get(openHttp({ extraCaPem: made.ca, environment }), url)).toMatchObject({ body: "hello" });
    expect(via.asked).toHaveLength(1);
    const around = openHttp(
      { extraCaPem: made.ca, environment: { ...environment, noProxy: `api.example.test:${there.port}` } },
      { lookup },
    );
    expect(await get(around, `https://api.example.test:${there.port}/`)).toMatchObject({ body: "hello" });
    expect(via.asked).toHaveLength(1);
  });

  it.each([
    [
      { user: "ann", password: "right" },
      "socks5h",
      "",
      "wants a user name and password. Write them into http.proxy as socks5://user:password@host:port.",
    ],
    [
      { user: "ann", password: "right" },
      "socks5h",
      "ann:wrong@",
      "refused the user name or password. Correct them in http.proxy.",
    ],
    [
      { answerWith: 2 },
      "socks5h",
      "",
      "did not connect to api.example.test. Ask its owner to allow it, or name the host in http.noProxy.",
    ],
    [
      { answerWith: 4 },
      "socks5h",
      "",
      "could not reach api.example.test. Check the host name in the base URL; if it is right, ask the proxy's owner, or name the host in http.noProxy.",
    ],
    [
      { answerWith: 91 },
      "socks4a",
      "",
      "did not connect to api.example.test. Ask its owner to allow it, or name the host in http.noProxy.",
    ],
    [{ answerWith: 93 }, "socks4a", "ann@", "refused the user name or password. Correct them in http.proxy."],
  ] as const)("%j by %s as %j", async (options, scheme, credentials, words) => {
    const { open, address, there } = await scene(options);
    expect(await failing(get(open(scheme, credentials), url))).toEqual({
      kind: "network",
      cause: "proxy",
      host: "api.example.test",
      message: `The proxy ${address} ${words}`,
    });
    expect(there.requests).toEqual([]);
  });

  it("says that a name is not known here, and who could find it", async () => {
    const { open, address, via } = await scene();
    expect((await failing(get(open("socks5"), "https://inside.example.test"))).message).toBe(
      `The address of inside.example.test was not found here. To let the proxy ${address} find it, write socks5h:// (or socks4a://) in http.proxy.`,
    );
    expect(via.asked).toEqual([]);
  });

  it("gives IPv6 addresses on, and says which proxies take none", async () => {
    const { open, via, address } = await scene();
    // The certificate is for a name, so the connection stands and TLS then says so.
    expect((await failing(get(open("socks5"), "https://[fd00::1:2]:8443"))).message).toBe(
      "The certificate of [fd00::1:2]:8443 is not trusted: it was issued for another host. Check the host name in the base URL; a proxy or a login page can also answer in its place.",
    );
    expect(via.asked).toEqual(["5 [fd000000000000000000000000010002]:8443"]);
    expect((await failing(get(open("socks4a"), "https://[fd00::1]"))).message).toBe(
      `The proxy ${address} is of version 4 of SOCKS, which knows no IPv6 addresses. Write socks5h:// in http.proxy if it speaks version 5.`,
    );
  });
});

describe("a SOCKS proxy that is none", () => {
  const ask = async (proxy: string) =>
    (await failing(get(openHttp({ proxy }, { connectTimeoutMs: 50 }), "https://api.example.test/"))).message;

  it("is not there", async () => {
    const port = await freePort();
    expect(await ask(`socks5h://127.0.0.1:${port}`)).toBe(
      `The proxy 127.0.0.1:${port} refused the connection. Correct http.proxy, or set http.proxySupport to "off" to connect directly.`,
    );
  });

  it("closes at once", async () => {
    const port = await listen((socket) => void socket.destroy());
    expect(await ask(`socks5h://127.0.0.1:${port}`)).toBe(
      `The proxy 127.0.0.1:${port} closed the connection without an answer. Correct http.proxy, or set http.proxySupport to "off" to connect directly.`,
    );
  });

  it("hangs", async () => {
    const port = await listen((socket) => void socket.resume());
    expect(await ask(`socks4a://127.0.0.1:${port}`)).toBe(
      `The proxy 127.0.0.1:${port} did not answer within 0.05 s. Correct http.proxy, or set http.proxySupport to "off" to connect directly.`,
    );
  });

  it.each(["socks5", "socks5h", "socks4a"])("speaks HTTP to %s", async (scheme) => {
    const port = await listen(
      (socket) => void socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")),
    );
    const message = await ask(`${scheme}://127.0.0.1:${port}`);
    if (scheme === "socks5") {
      expect(message).toMatch(/^The address of api\.example\.test was not found here\./);
      return;
    }
    expect(message).toBe(
      `The proxy 127.0.0.1:${port} does not speak the kind of SOCKS that http.proxy names. Write socks5h://, socks4a:// or http:// before its name.`,
    );
  });

  it("has a password that SOCKS cannot carry", async () => {
    expect(
      await failing(get(openHttp({ proxy: `socks5://ann:${"x".repeat(256)}@127.0.0.1:1` }), "https://x.test/")),
    ).toEqual({
      kind: "setup",
      field: "http.proxy",
      message:
        "The user name or password of the proxy in http.proxy is longer than 255 bytes, which SOCKS cannot carry. Correct http.proxy.",
    });
  });
});

it("reads an answer however it is cut, and leaves the target's own first bytes alone", () => {
  const answer = Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 1, 187, 22, 3]);
  for (let cut = 0; cut <= answer.length; cut += 1) {
    const handshake = createSocksHandshake({ version: 5, credentials: null }, "127.0.0.1", 443);
    handshake.start();
    handshake.feed(Buffer.from([5]));
    handshake.feed(Buffer.from([0]));
    const first = handshake.feed(answer.subarray(0, cut));
    const last = first.kind === "more" ? handshake.feed(answer.subarray(cut)) : first;
    const expected = first.kind === "open" ? answer.subarray(10, cut) : answer.subarray(10);
    expect([cut, last]).toEqual([cut, { kind: "open", rest: expected }]);
  }
});

it("takes any bytes for an answer without a fault of its own", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(4, 5),
      fc.boolean(),
      fc.array(fc.uint8Array({ maxLength: 30 })),
      (version, named, pieces) => {
        const credentials = named ? { user: "ann", password: "secret" } : null;
        const handshake = createSocksHandshake(
          { version: version === 4 ? 4 : 5, credentials },
          "api.example.test",
          443,
        );
        const sent = [handshake.start()];
        for (const piece of pieces) {
          if (sent.at(-1)?.kind !== "more") break;
          sent.push(handshake.feed(piece));
        }
        // The secret goes out once at most, and only to a proxy that asked for it.
        const logins = sent.filter((step) => step.kind === "more" && Buffer.from(step.send).includes("secret"));
        expect(logins.length).toBeLessThanOrEqual(named && version === 5 ? 1 : 0);
      },
    ),
  );
});
