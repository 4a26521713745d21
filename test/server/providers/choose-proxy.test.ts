import { expect, it } from "vitest";
import { chooseProxy } from "../../../server/providers/choose-proxy.ts";
import { networkSettingSchema } from "../../../shared/settings.ts";

function way(target: string, network: object) {
  const choice = chooseProxy(new URL(target), networkSettingSchema.parse(network));
  if (choice.kind === "socks")
    return `${choice.host}:${choice.port} by ${choice.from}, names by ${choice.namesFoundBy}`;
  return choice.kind === "proxy" ? `${choice.url.host} by ${choice.from}` : choice.kind;
}
const both = { httpProxy: "http://plain.test:1", httpsProxy: "http://secure.test:2" };

it.each([
  [{}, "direct"],
  [{ proxy: "http://own.test:3", environment: both }, "own.test:3 by http.proxy"],
  [{ proxy: "  ", environment: both }, "secure.test:2 by HTTPS_PROXY"],
  [{ environment: { httpProxy: both.httpProxy } }, "plain.test:1 by HTTP_PROXY"],
  [{ proxy: "own.test:3" }, "own.test:3 by http.proxy"],
  [{ proxy: "http://own.test:3", proxySupport: "off" }, "direct"],
  [{ proxy: "http://own.test:3", proxySupport: "fallback" }, "own.test:3 by http.proxy"],
  [{ proxy: "http://" }, "unusable"],
  [{ proxy: "socks5://own.test:3" }, "own.test:3 by http.proxy, names by us"],
  [{ proxy: "SOCKS5H://[fd00::1]" }, "fd00::1:1080 by http.proxy, names by proxy"],
  [{ proxy: "quic://own.test:3" }, "unusable"],
  [{ proxy: "htp:/bad" }, "unusable"],
  [{ proxy: "ann:secret@own.test:3" }, "own.test:3 by http.proxy"],
  [{ environment: { ...both, allProxy: "socks5h://all.test" } }, "secure.test:2 by HTTPS_PROXY"],
  [{ environment: { allProxy: "socks5h://all.test" } }, "all.test:1080 by ALL_PROXY, names by proxy"],
  [{ environment: { allProxy: "all.test:8" } }, "all.test:8 by ALL_PROXY"],
])("%j → %s", (network, chosen) => {
  expect(way("https://api.example.com/v1", network)).toBe(chosen);
});

it.each([
  ["https://api.example.com", "example.com", "direct"],
  ["https://example.com", "example.com", "direct"],
  ["https://api.example.com", ".example.com", "direct"],
  ["https://api.example.com", "*.example.com", "direct"],
  ["https://example.com", "*.example.com", "proxied"],
  ["https://notexample.com", "example.com", "proxied"],
  ["https://API.Example.com", " EXAMPLE.com. ", "direct"],
  ["https://api.example.com", "*", "direct"],
  ["https://api.example.com:8443", "api.example.com:8443", "direct"],
  ["https://api.example.com", "api.example.com:8443", "proxied"],
  ["https://api.example.com", "api.example.com:443", "direct"],
  ["https://10.1.2.3", "10.0.0.0/8", "direct"],
  ["https://11.1.2.3", "10.0.0.0/8", "proxied"],
  ["https://[fd00::1]", "fd00::/8", "direct"],
  ["https://api.example.com", "10.0.0.0/8", "proxied"],
  ["https://[fd00::1]:8443", "[fd00::1]:8443", "direct"],
  ["https://[fd00::1]", "[fd00::1]:8443", "proxied"],
  ["https://[fd00::1]", "fd00::1", "direct"],
  ["https://[fd00::1]", "[FD00:0::1]", "direct"],
  ["https://10.1.2.3:8443", "10.1.2.3:8443", "direct"],
  ["https://10.1.2.3", "10.1.2.3/99", "proxied"],
  ["https://api.example.com:8443", ".example.com:8443", "direct"],
  ["https://api.example.com", "..example.com", "proxied"],
  ["https://api.example.com", "", "proxied"],
  ["https://localhost:8443", "", "direct"],
  ["https://127.0.0.1", "", "direct"],
  ["https://[::1]", "", "direct"],
])("%s with no-proxy %j is %s", (target, entry, expected) => {
  const network = { proxy: "http://own.test:3", noProxy: [entry] };
  expect(way(target, network) === "direct" ? "direct" : "proxied").toBe(expected);
});

it("reads the environment's list with commas and spaces, unless the setting has one", () => {
  const environment = { ...both, noProxy: "a.test, b.test c.test" };
  for (const host of ["a.test", "b.test", "c.test"]) expect(way(`https://${host}`, { environment })).toBe("direct");
  expect(way("https://a.test", { environment, noProxy: ["d.test"] })).toBe("secure.test:2 by HTTPS_PROXY");
});

it("takes credentials out of the address, and the header setting before them", () => {
  const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;
  const read = (network: object) => chooseProxy(new URL("https://x.test"), networkSettingSchema.parse(network));
  expect(read({ proxy: "http://ann:p%40ss@own.test:3" })).toMatchObject({
    url: new URL("http://own.test:3"),
    authorization: basic("ann:p@ss"),
    credentialsFrom: "http.proxy",
  });
  expect(read({ proxy: "http://ann:100%@own.test:3" })).toMatchObject({ authorization: basic("ann:100%") });
  expect(read({ proxy: "http://ann:x@own.test:3", proxyAuthorization: "Bearer t" })).toMatchObject({
    authorization: "Bearer t",
    credentialsFrom: "http.proxyAuthorization",
  });
  expect(read({ proxy: "http://own.test:3" })).toMatchObject({ authorization: null, credentialsFrom: null });
});
