import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TLSSocket } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { checkClientCertificate, clientCertificateFor } from "../../../server/providers/client-certificates.ts";
import type { ClientCertificate } from "../../../shared/settings.ts";
import { type Certificate, hasOpenssl, makeCertificates, makeClientCertificates } from "./certificates.ts";
import { endAll, ends, failing, get, lookup, openHttp } from "./http-scene.ts";
import { type Answer, startProxy, startRawServer } from "./raw-server.ts";

afterEach(endAll);

const field = "wayfare.network.clientCertificates[0]";
const pairOf = ({ cert, key }: Certificate, more: object = {}): ClientCertificate => ({
  field,
  host: "*",
  certPem: cert,
  keyPem: key,
  ...more,
});

describe.skipIf(!hasOpenssl)("mutual TLS", () => {
  const servers = hasOpenssl ? makeCertificates() : null;
  const people = hasOpenssl ? makeClientCertificates() : null;
  if (!servers || !people) return;

  /** Says who came. */
  const greet: Answer = (request: IncomingMessage, response) => {
    const { socket } = request;
    const name = socket instanceof TLSSocket ? (socket.getPeerCertificate().subject?.CN ?? "nobody") : "nobody";
    response.end(`hello ${name}`);
  };
  const demand = { requestCert: true, ca: people.ca };
  const host = async (more: object = {}) => ends(await startRawServer(greet, { ...servers.good, ...demand, ...more }));
  const open = (clientCertificates: readonly ClientCertificate[], more: object = {}) =>
    openHttp({ extraCaPem: servers.ca, clientCertificates, ...more }, { lookup });
  const at = (port: number) => `https://api.example.test:${port}/`;
  const pfx = { field, host: "*", pfxBase64: people.pfx, passphrase: "secret" };

  it.each([
    ["a certificate and its key", pairOf(people.good)],
    [
      "a key in PKCS #8 behind a passphrase",
      pairOf({ ...people.good, key: people.locked.pkcs8 }, { passphrase: "secret" }),
    ],
    [
      "a key in the old form behind one",
      pairOf({ ...people.good, key: people.locked.traditional }, { passphrase: "secret" }),
    ],
    ["PKCS #12", pfx],
  ])("shows %s to a host that demands one", async (_name, certificate) => {
    const { port } = await host();
    expect(checkClientCertificate(certificate, Date.now())).toBeNull();
    expect(await get(open([certificate]), at(port))).toEqual({ status: 200, body: "hello ann" });
  });

  it("shows it with the system's certificates, without a CA file, and through a proxy", async () => {
    const { port } = await host();
    const certificates = [pairOf(people.good)];
    expect(await get(open(certificates, { systemCertificates: true }), at(port))).toMatchObject({ body: "hello ann" });
    const trusting = { extraCaPem: undefined, proxyStrictSsl: false };
    expect(await get(open(certificates, trusting), at(port))).toMatchObject({ body: "hello ann" });
    const via = ends(await startProxy(port));
    expect(await get(open(certificates, { proxy: via.origin }), "https://api.example.test/")).toMatchObject({
      body: "hello ann",
    });
  });

  it("shows nothing to a host that the row is not for", async () => {
    const polite = await host({ rejectUnauthorized: false });
    const other = { ...pairOf(people.good), host: "other.example.test" };
    expect(await get(open([other]), at(polite.port))).toMatchObject({ body: "hello nobody" });
    expect(await get(open([other, pairOf(people.good)]), at(polite.port))).toMatchObject({ body: "hello ann" });
  });

  it("says that a host wants one", async () => {
    const { port } = await host();
    expect(await failing(get(open([]), at(port)))).toEqual({
      kind: "network",
      cause: "tls",
      host: `api.example.test:${port}`,
      message: `api.example.test:${port} wants a client certificate. Name its files in wayfare.network.clientCertificates.`,
    });
  });

  it("says that a host of the older TLS may want one", async () => {
    const { port } = await host({ maxVersion: "TLSv1.2" });
    expect((await failing(get(open([]), at(port)))).message).toBe(
      `api.example.test:${port} agreed on no secure connection. If it wants a client certificate, name its files in wayfare.network.clientCertificates; else check the port in the base URL.`,
    );
  });

  it.each([
    ["stranger", "it was signed by a CA that the host does not know"],
    ["nobody", null],
  ] as const)("hears what OpenSSL says of %s", async (who, why) => {
    const port = await startOpenssl(servers.good, people.ca);
    const message = (await failing(get(open(who === "nobody" ? [] : [pairOf(people[who])]), at(port)))).message;
    expect(message).toBe(
      why === null
        ? `api.example.test:${port} wants a client certificate. Name its files in wayfare.network.clientCertificates.`
        : `api.example.test:${port} did not take the client certificate in ${field}: ${why}. Name the files of one that it takes.`,
    );
  });

  it("names the row whose certificate a host does not take", async () => {
    const { port } = await host();
    const message = (await failing(get(open([pairOf(people.stranger)]), at(port)))).message;
    expect(message).toBe(
      `The connection to api.example.test:${port} was closed before an answer came. If it happens again, check that the client certificate in ${field} is the one it wants, and look for a firewall or proxy in between.`,
    );
  });

  it.each([
    [
      "keyFile",
      pairOf({ ...people.good, key: people.stranger.key }),
      "The key in this file is not that of the certificate in certFile. Name the two that belong together.",
    ],
    [
      "keyFile",
      pairOf({ ...people.good, key: people.locked.pkcs8 }),
      'The file is locked with a passphrase. Run "Wayfare: Enter Certificate Passphrase".',
      "enterPassphrase",
    ],
    [
      "keyFile",
      pairOf({ ...people.good, key: people.locked.pkcs8 }, { passphrase: "no" }),
      'The passphrase is not that of the file. Run "Wayfare: Enter Certificate Passphrase".',
      "enterPassphrase",
    ],
    [
      "keyFile",
      pairOf({ ...people.good, key: people.locked.traditional }, { passphrase: "no" }),
      'The passphrase is not that of the file. Run "Wayfare: Enter Certificate Passphrase".',
      "enterPassphrase",
    ],
    [
      "keyFile",
      pairOf({ ...people.good, key: people.good.cert }),
      'The file holds no readable private key. It must be a PEM file with "PRIVATE KEY" in it.',
    ],
    [
      "certFile",
      pairOf({ ...people.good, cert: "hello" }),
      "The file holds no readable certificate. It must be a PEM file.",
    ],
    [
      "certFile",
      pairOf(people.expired),
      expect.stringMatching(/^The certificate expired on \d{4}-\d\d-\d\d\. Name the files of one that is valid\.$/),
    ],
    [
      "pfxFile",
      { ...pfx, passphrase: "no" },
      'The passphrase is not that of the file. Run "Wayfare: Enter Certificate Passphrase".',
      "enterPassphrase",
    ],
    [
      "pfxFile",
      { field, host: "*", pfxBase64: people.pfx },
      'The file is locked with a passphrase. Run "Wayfare: Enter Certificate Passphrase".',
      "enterPassphrase",
    ],
    [
      "pfxFile",
      { ...pfx, pfxBase64: people.oldPfx },
      "The file is encrypted in an old way that is not read any more. Export it anew, or give its parts as PEM in certFile and keyFile.",
    ],
    [
      "pfxFile",
      { ...pfx, pfxBase64: Buffer.from(people.good.cert).toString("base64") },
      "The file is no PKCS #12 file (.p12, .pfx). Name one, or give certFile and keyFile.",
    ],
  ] as const)("a fault of %s is told, and nothing is sent", async (name, certificate, message, mend?: string) => {
    const problem = { field: `${field}.${name}`, message, ...(mend === undefined ? {} : { mend }) };
    expect(checkClientCertificate(certificate, Date.now())).toEqual(problem);
    const there = await host({ rejectUnauthorized: false });
    expect(await failing(get(open([certificate]), at(there.port)))).toMatchObject({
      kind: "setup",
      field: `${field}.${name}`,
      message: expect.stringContaining(`${field}.${name}: `),
    });
    expect(there.requests).toEqual([]);
  });
});

/** OpenSSL's own server, which demands a certificate of `ca` and says by an alert what it thinks of another. */
async function startOpenssl(own: Certificate, ca: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "wayfare-openssl-"));
  for (const [name, text] of [
    ["own.pem", own.cert + own.key],
    ["ca.pem", ca],
  ] as const) {
    writeFileSync(join(folder, name), text);
  }
  const strict = ["-Verify", "1", "-verify_return_error", "-CAfile", "ca.pem"];
  const server = spawn("openssl", ["s_server", "-accept", "127.0.0.1:0", "-cert", "own.pem", "-www", ...strict], {
    cwd: folder,
    stdio: ["pipe", "pipe", "ignore"],
  });
  ends({
    async close() {
      const ended = once(server, "exit");
      server.kill();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  });
  let said = "";
  for await (const bytes of server.stdout) {
    said += String(bytes);
    const port = /^ACCEPT \S+:(\d+)$/m.exec(said)?.[1];
    if (port !== undefined) return Number(port);
  }
  throw new Error(`openssl s_server ended: ${said}`);
}

it.each([
  ["*", true],
  ["api.example.com", true],
  ["API.Example.com", true],
  ["*.example.com", true],
  ["example.com", false],
  ["*.api.example.com", false],
  ["api.example.com:443", true],
  ["api.example.com:8443", false],
  ["*:443", true],
  ["*.com:8443", false],
])("a row for %s is for api.example.com: %s", (host, expected) => {
  const certificate = { field, host, pfxBase64: "" };
  expect(clientCertificateFor({ hostname: "api.example.com", port: "443" }, [certificate]) !== null).toBe(expected);
});

it("knows IPv6 hosts with and without brackets", () => {
  for (const host of ["fd00::1", "[fd00::1]", "[fd00::1]:443"]) {
    const certificate = { field, host, pfxBase64: "" };
    expect(clientCertificateFor({ hostname: "[fd00::1]", port: "443" }, [certificate])).toBe(certificate);
  }
});
