import { describe, expect, it } from "vitest";
import { readNetworkSettings, readVia } from "../../client/network-settings.ts";
import { readExtraCa } from "../../client/read-extra-ca.ts";
import type { Inspect } from "../../client/read-settings.ts";

describe("network settings", () => {
  it("mirror VS Code's and the environment's, and take nothing from a workspace", () => {
    const inspect: Inspect = (key) =>
      ({
        proxy: { globalValue: " http://proxy.example:3128 ", workspaceValue: "http://thief.example" },
        proxyAuthorization: { globalValue: "Basic abc" },
        proxyStrictSSL: { defaultValue: true, workspaceValue: false },
        proxySupport: { defaultValue: "override", globalValue: "on" },
        noProxy: { globalValue: ["internal.example", 7] },
        systemCertificates: { globalValue: false },
      })[key];
    expect(
      readNetworkSettings(inspect, {
        HTTPS_PROXY: "http://upper:1",
        https_proxy: "http://lower:1",
        NO_PROXY: "a,b",
        ALL_PROXY: "socks5h://all:1",
      }),
    ).toEqual({
      proxy: "http://proxy.example:3128",
      proxyAuthorization: "Basic abc",
      proxyStrictSsl: true,
      proxySupport: "on",
      noProxy: ["internal.example"],
      systemCertificates: false,
      environment: { httpsProxy: "http://lower:1", allProxy: "socks5h://all:1", noProxy: "a,b" },
    });
  });

  it("are VS Code's defaults when nothing, or nonsense, is set", () => {
    const expected = {
      proxyStrictSsl: true,
      proxySupport: "override",
      noProxy: [],
      systemCertificates: true,
      environment: {},
    };
    expect(readNetworkSettings(() => undefined, {})).toEqual(expected);
    expect(readNetworkSettings(() => ({ globalValue: 7 }), {})).toEqual(expected);
  });
});

it("says which ways out there are, and takes the server's without a word", () => {
  expect(readVia("extensionHost")).toEqual({ via: "extensionHost", problem: null });
  for (const nothing of [undefined, null]) expect(readVia(nothing)).toEqual({ via: "server", problem: null });
  expect(readVia("ExtensionHost")).toEqual({
    via: "server",
    problem: {
      field: "wayfare.network.via",
      message: '"ExtensionHost" is neither "server" nor "extensionHost". "server" is used.',
    },
  });
});

describe("the file of certificates", () => {
  const pem = "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n";
  const bytes = (text: string) => async () => new TextEncoder().encode(text);

  it("is read when the setting names one, and nothing is when it does not", async () => {
    expect(await readExtraCa("/etc/company.pem", bytes(pem))).toEqual({ pem, problem: null });
    expect(await readExtraCa("", () => Promise.reject(new Error("read")))).toEqual({ pem: null, problem: null });
    let asked = "";
    await readExtraCa("~/company.pem", async (path) => {
      asked = path;
      return new Uint8Array();
    });
    expect(asked).toMatch(/^\/.*\/company\.pem$/);
  });

  it.each([
    [7, bytes(pem), "It is not a text. Write the path of a PEM file."],
    ["company.pem", bytes(pem), '"company.pem" is not a whole path. Write one that begins at the root or with ~/.'],
    [
      "/etc/a.txt",
      bytes("hello"),
      '"/etc/a.txt" holds no certificate. Give a PEM file, with "-----BEGIN CERTIFICATE-----" in it.',
    ],
    [
      "/etc/big.pem",
      async () => new Uint8Array(1_000_001),
      '"/etc/big.pem" is larger than 1 MB. Give a file of certificates only.',
    ],
    [
      "/etc/none.pem",
      () => Promise.reject(new Error("ENOENT")),
      '"/etc/none.pem" cannot be read. Give the path of a PEM file on this host, or empty the setting.',
    ],
  ])("says what is wrong with %s", async (written, read, message) => {
    expect(await readExtraCa(written, read)).toEqual({
      pem: null,
      problem: { field: "wayfare.network.extraCaFile", message },
    });
  });
});
