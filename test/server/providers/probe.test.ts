import type { LookupFunction } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { certificateFinding, reachFinding, wayOutFinding } from "../../../server/core/describe-reach.ts";
import type { HttpOptions } from "../../../server/providers/http.ts";
import { createProbe } from "../../../server/providers/probe.ts";
import { type Failure, failureOf, isAbort } from "../../../shared/failure.ts";
import { networkSettingSchema } from "../../../shared/settings.ts";
import { hasOpenssl, makeCertificates } from "./certificates.ts";
import { type Answer, startByteServer, startProxy, startRawServer } from "./raw-server.ts";

/** Looking at the way to a provider, over real sockets: nothing of HTTP may reach the other side. */

const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});
const closed = async <Closable extends { close(): Promise<void> }>(making: Closable | Promise<Closable>) => {
  const made = await making;
  ending.push(() => made.close());
  return made;
};

/** api.example.test and proxy.example.test are this machine, slow.example.test is never found, others are not there. */
const lookup: LookupFunction = (host, _options, callback) => {
  if (host.startsWith("slow.")) return;
  if (/^(api|proxy)\.example\.test$/.test(host)) {
    callback(null, [
      { address: "127.0.0.1", family: 4 },
      { address: "::1", family: 6 },
    ]);
  } else callback(Object.assign(new Error("no such host"), { code: "ENOTFOUND" }), "", 4);
};
const probe = (network: object = {}, options: HttpOptions = {}) =>
  closed(createProbe(networkSettingSchema.parse({ systemCertificates: false, ...network }), { lookup, ...options }));
const never = () => new AbortController().signal;
const failing = (promise: Promise<unknown>): Promise<Failure> =>
  promise.then(
    () => expect.unreachable("it should have failed"),
    (error: unknown) => failureOf(error),
  );
const nothing: Answer = () => undefined;

describe("the address", () => {
  it("is found, and is the proxy's where one is used", async () => {
    const direct = await probe();
    expect(await direct.resolve(new URL("https://api.example.test/v1"), never())).toEqual({
      host: "api.example.test",
      proxy: null,
      addresses: ["127.0.0.1", "::1"],
      isLiteral: false,
      elapsedMs: expect.any(Number),
    });
    const proxied = await probe({ proxy: "http://user:word@proxy.example.test:3128" });
    expect(await proxied.resolve(new URL("https://nowhere.example.test/v1"), never())).toMatchObject({
      host: "proxy.example.test",
      proxy: "proxy.example.test:3128",
    });
  });

  it("needs no looking up where it is written", async () => {
    const way = await probe();
    expect(await way.resolve(new URL("https://[2001:db8::1]/v1"), never())).toMatchObject({
      host: "2001:db8::1",
      isLiteral: true,
    });
  });

  it("that is not found, or not in time, is a failure in words; a cancel is none", async () => {
    const way = await probe({}, { connectTimeoutMs: 20 });
    const gone = await failing(way.resolve(new URL("https://gone.example.test"), never()));
    expect(gone).toMatchObject({ kind: "network", cause: "dns", host: "gone.example.test" });
    const slow = await failing(way.resolve(new URL("https://slow.example.test"), never()));
    expect(slow).toMatchObject({ kind: "network", cause: "dns" });
    const stop = new AbortController();
    const asked = way.resolve(new URL("https://slow.example.test"), stop.signal);
    stop.abort();
    expect(await asked.catch(isAbort)).toBe(true);
    const noProxy = await probe({ proxy: "http://gone.example.test:1" });
    const fault = await failing(noProxy.resolve(new URL("https://api.example.test"), never()));
    expect(fault).toMatchObject({ cause: "proxy" });
    expect(fault.message).toContain("The proxy gone.example.test:1 was not found.");
  });
});

describe("the connection", () => {
  it("is made and left without a byte of HTTP", async () => {
    const there = await closed(startRawServer(nothing));
    const seen = await (await probe()).connect(new URL(there.origin), never());
    expect(seen).toEqual({ elapsedMs: expect.any(Number), remote: "127.0.0.1", certificate: null, failure: null });
    expect(reachFinding({ ...seen, elapsedMs: 3.2 }).seen).toBe("Connected to 127.0.0.1 in 3 ms.");
    await there.untilSockets(0);
    expect(there.requests).toEqual([]);
  });

  it("that is refused says so", async () => {
    const there = await startRawServer(nothing);
    await there.close();
    const refused = await failing((await probe()).connect(new URL(there.origin), never()));
    expect(refused).toMatchObject({ kind: "network", cause: "refused", host: `127.0.0.1:${there.port}` });
  });

  it("to a host that speaks no TLS, or says nothing at all, ends in words, after its bound", async () => {
    const silent = await closed(startByteServer({}));
    const way = await probe({}, { connectTimeoutMs: 50 });
    const hung = await failing(way.connect(new URL(`https://api.example.test:${silent.port}`), never()));
    expect(hung).toMatchObject({ kind: "network", cause: "connect-timeout" });
    const plain = await closed(
      startByteServer({ onConnection: (socket) => void socket.write("HTTP/1.1 400 No\r\n\r\n") }),
    );
    const other = await failing(way.connect(new URL(`https://api.example.test:${plain.port}`), never()));
    expect(other).toMatchObject({ kind: "network", cause: "tls" });
  });

  it("is called off at once, and its socket closed", async () => {
    const silent = await closed(startByteServer({}));
    const stop = new AbortController();
    const asked = (await probe()).connect(new URL(`https://api.example.test:${silent.port}`), stop.signal);
    await silent.untilSockets(1);
    stop.abort();
    expect(await asked.catch(isAbort)).toBe(true);
  });
});

describe("the way out", () => {
  it("is told by the setting it comes from, without credentials", async () => {
    const to = new URL("https://api.example.test/v1");
    const says = async (network: object, url = to) => wayOutFinding((await probe(network)).wayOut(url), null).seen;
    expect(await says({})).toBe("Directly: no proxy is set.");
    expect(await says({ proxySupport: "off", proxy: "http://p:1" })).toBe('Directly: http.proxySupport is "off".');
    expect(await says({ proxy: "http://p:1", noProxy: [".example.test"] })).toBe(
      "Directly: http.noProxy names this host.",
    );
    const environment = { httpsProxy: "http://ann:pass-word@corp.test:8080", noProxy: "example.test" };
    expect(await says({ environment })).toBe("Directly: NO_PROXY names this host.");
    expect(await says({ environment: { ...environment, noProxy: "" } })).toBe(
      "By the proxy corp.test:8080, named in HTTPS_PROXY, with the user name in HTTPS_PROXY.",
    );
    expect(await says({ proxy: "http://p:1" }, new URL("http://localhost:11434"))).toBe(
      "Directly, as everything on this machine.",
    );
    expect(await says({ proxy: "gopher://p:1" })).toMatch(/^The proxy in http.proxy is of the kind "gopher"/);
  });
});

describe.skipIf(!hasOpenssl)("the certificate", () => {
  const made = hasOpenssl ? makeCertificates() : null;
  const at = (port: number) => new URL(`https://api.example.test:${port}`);
  const nowMs = Date.now();
  const known = { isKnownVendor: true, nowMs };

  it("of a private CA is trusted by the file that names it, and said to be no public one", async () => {
    const there = await closed(startRawServer(nothing, made?.good));
    const seen = await (await probe({ extraCaPem: made?.ca })).connect(at(there.port), never());
    expect(seen.certificate).toMatchObject({
      subject: "api.example.test",
      issuer: "Test CA",
      chain: ["api.example.test", "Test CA"],
      store: "extraCaFile",
      isSelfSigned: false,
      protocol: "TLSv1.3",
      refusedAs: null,
    });
    expect(certificateFinding(seen, known)).toMatchObject({
      state: "warning",
      advice: expect.stringContaining("Test CA is no public authority"),
    });
    // Of a server of the person's own nothing else is to be expected; but it ends soon.
    expect(certificateFinding(seen, { ...known, isKnownVendor: false }).advice).toMatch(/^It ends in a day\./);
    expect(there.requests).toEqual([]);
  });

  it("that nobody vouches for is refused, and what it says is told", async () => {
    const there = await closed(startRawServer(nothing, made?.good));
    const seen = await (await probe()).connect(at(there.port), never());
    expect(seen.failure).toMatchObject({ kind: "network", cause: "tls" });
    expect(certificateFinding(seen, known)).toMatchObject({
      state: "broken",
      seen: expect.stringMatching(
        /It is for api\.example\.test\. It is signed by Test CA, valid until \d{4}-\d\d-\d\d\.$/,
      ),
      advice: expect.stringMatching(/^Test CA is no public authority: .* would read your key/),
      ways: [{ kind: "setting", setting: "wayfare.network.extraCaFile" }],
    });
    expect(there.requests).toEqual([]);
  });

  it("that signed itself, has expired, or is another host's is told apart", async () => {
    const says = async (certificate: keyof NonNullable<typeof made>) => {
      const given = made?.[certificate];
      const there = await closed(startRawServer(nothing, typeof given === "string" ? undefined : given));
      const seen = await (await probe({ extraCaPem: made?.ca })).connect(at(there.port), never());
      const { state, seen: words, advice } = certificateFinding(seen, known);
      return { state, words, advice };
    };
    expect(await says("selfSigned")).toMatchObject({
      state: "broken",
      words: expect.stringMatching(/it is self-signed\. .* It is signed by itself/),
      advice: null,
    });
    expect(await says("expired")).toMatchObject({ words: expect.stringContaining("it has expired") });
    expect(await says("otherHost")).toMatchObject({ words: expect.stringContaining("It is for other.example.test.") });
  });

  it("that is not checked for the person's wish is told of, with what a check would say", async () => {
    const there = await closed(startRawServer(nothing, made?.selfSigned));
    const seen = await (await probe({ proxyStrictSsl: false })).connect(at(there.port), never());
    expect(certificateFinding(seen, known)).toMatchObject({
      state: "warning",
      seen: expect.stringContaining("http.proxyStrictSSL is off; a check refuses it (DEPTH_ZERO_SELF_SIGNED_CERT)"),
    });
  });

  it("is looked at through a proxy, whose user name is sent and never shown", async () => {
    const there = await closed(startRawServer(nothing, made?.good));
    const proxy = await closed(startProxy(there.port, { user: "ann", password: "pass-word" }));
    const network = { proxy: `http://ann:pass-word@127.0.0.1:${proxy.port}`, extraCaPem: made?.ca };
    const way = await probe(network);
    const seen = await way.connect(new URL("https://api.example.test"), never());
    expect(seen.certificate?.issuer).toBe("Test CA");
    expect(proxy.connects.map(({ target }) => target)).toEqual(["api.example.test:443"]);
    expect(JSON.stringify([seen, way.wayOut(new URL("https://api.example.test"))])).not.toContain("pass-word");
    const wrong = await probe({ ...network, proxy: `http://127.0.0.1:${proxy.port}` });
    const failure = await failing(wrong.connect(new URL("https://api.example.test"), never()));
    expect(wayOutFinding(wrong.wayOut(new URL("https://api.example.test")), failure)).toMatchObject({
      state: "broken",
      seen: expect.stringMatching(
        /^By the proxy 127\.0\.0\.1:\d+, named in http\.proxy, without a user name\. .*\(407\)/,
      ),
    });
  });
});
