import { describe, expect, it } from "vitest";
import { createKeys, isKeyEntry } from "../../client/keys.ts";
import { readClientCertificates } from "../../client/read-client-certificates.ts";

describe("client certificates", () => {
  const kept: Record<string, string> = {
    "/c/me.pem": "CERT",
    "/c/me.key": "KEY",
    "/c/me.pfx": "PFX",
    "/c/big.pem": "x".repeat(200_001),
  };
  const files = {
    readFile: async (path: string) => {
      const text = kept[path];
      if (text === undefined) throw new Error("ENOENT");
      return new TextEncoder().encode(text);
    },
    readPassphrase: async (path: string) => (path === "/c/me.pfx" ? "secret" : undefined),
  };
  const name = "wayfare.network.clientCertificates";

  it("are read with the passphrases that are kept for them", async () => {
    const written = [{ host: "*.a.test", certFile: "/c/me.pem", keyFile: "/c/me.key" }, { pfxFile: "/c/me.pfx" }];
    expect(await readClientCertificates(written, files)).toEqual({
      certificates: [
        { field: `${name}[0]`, host: "*.a.test", certPem: "CERT", keyPem: "KEY" },
        { field: `${name}[1]`, host: "*", pfxBase64: Buffer.from("PFX").toString("base64"), passphrase: "secret" },
      ],
      problems: [],
    });
    expect(await readClientCertificates(undefined, files)).toEqual({ certificates: [], problems: [] });
  });

  it.each([
    [
      "[0].certFile",
      { certFile: "/c/none.pem", keyFile: "/c/me.key" },
      '"/c/none.pem" cannot be read. Give the path of a file on this host.',
    ],
    [
      "[0].keyFile",
      { certFile: "/c/me.pem", keyFile: "me.key" },
      '"me.key" is not a whole path. Write one that begins at the root or with ~/.',
    ],
    [
      "[0].certFile",
      { certFile: "/c/big.pem", keyFile: "/c/me.key" },
      '"/c/big.pem" is larger than 200 kB. Give a file of one certificate or key.',
    ],
    ["[0].pfxFile", { pfxFile: "/c/none.pfx" }, '"/c/none.pfx" cannot be read. Give the path of a file on this host.'],
    [
      "[0]",
      { certFile: "/c/me.pem" },
      "It is no certificate. Write certFile and keyFile (PEM), or pfxFile (PKCS #12), and the host they are for if not all.",
    ],
    [
      "[0]",
      "/c/me.pem",
      "It is no certificate. Write certFile and keyFile (PEM), or pfxFile (PKCS #12), and the host they are for if not all.",
    ],
  ])("a fault of %s is told and the other rows work", async (place, row, message) => {
    const read = await readClientCertificates([row, { pfxFile: "/c/me.pfx" }], files);
    expect(read.problems).toEqual([{ field: `${name}${place}`, message }]);
    expect(read.certificates.map(({ field }) => field)).toEqual([`${name}[1]`]);
  });

  it("are a list", async () => {
    const read = await readClientCertificates({ pfxFile: "/c/me.pfx" }, files);
    expect(read.certificates).toEqual([]);
    expect(read.problems[0]?.message).toMatch(/^It is not a list\. Write \[ \{ "host"/);
    const many = await readClientCertificates(new Array(51).fill({ pfxFile: "/c/me.pfx" }), files);
    expect(many.certificates).toHaveLength(50);
    expect(many.problems).toEqual([
      { field: name, message: 'Only the first 50 rows are used. Use "*." before a name for many hosts.' },
    ]);
  });

  it("have passphrases in secret storage, by file", async () => {
    const secrets = new Map<string, string>();
    const keys = createKeys({
      get: async (entry) => secrets.get(entry),
      store: async (entry, value) => void secrets.set(entry, value),
      delete: async (entry) => void secrets.delete(entry),
      keys: async () => [...secrets.keys()],
    });
    await keys.storePassphrase("/c/me.key", "secret phrase");
    expect([await keys.readPassphrase("/c/me.key"), ...keys.known()]).toEqual(["secret phrase", "secret phrase"]);
    expect([...secrets.keys()].map(isKeyEntry)).toEqual([true]);
    await keys.storePassphrase("/c/me.key", "");
    expect(secrets.size).toBe(0);
  });
});
