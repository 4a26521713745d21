import { BlockList, isIP } from "node:net";
import { isLoopbackHost } from "../../shared/presets.ts";
import type { NetworkSetting } from "../../shared/settings.ts";

export type ProxyChoice =
  | { kind: "direct" }
  /** `url` carries no credentials; `authorization` is the whole header value; the rest names settings for messages. */
  | { kind: "proxy"; url: URL; authorization: string | null; from: string; credentialsFrom: string | null }
  | ({ kind: "socks"; from: string; credentialsFrom: string | null } & SocksProxy)
  /** The proxy setting cannot be used; `message` says why and the mend. */
  | { kind: "unusable"; from: string; message: string };

/** A SOCKS proxy: `host` without brackets; a name is found by the proxy (`socks5h`, `socks4a`) or here (`socks5`, `socks4`). */
export interface SocksProxy {
  version: 4 | 5;
  namesFoundBy: "proxy" | "us";
  host: string;
  port: number;
  /** Version 4 has a user and no password. */
  credentials: { user: string; password: string } | null;
}

/**
 * Which way a request to `target` goes: VS Code's `http.proxy`, else the environment's proxy variables, unless support is
 * off, the target is this machine, or a no-proxy entry names it. `http.noProxy` replaces the environment's list.
 */
export function chooseProxy(target: URL, network: NetworkSetting): ProxyChoice {
  if (network.proxySupport === "off" || isLoopbackHost(target.hostname)) return { kind: "direct" };
  const chosen = writtenProxy(target, network);
  if (chosen === null) return { kind: "direct" };
  const exceptions = network.noProxy.length > 0 ? network.noProxy : (network.environment.noProxy ?? "").split(/[,\s]+/);
  if (exceptions.some((entry) => exempts(entry, target))) return { kind: "direct" };
  return readProxy(chosen.text, chosen.from, network.proxyAuthorization ?? null);
}

function writtenProxy(target: URL, network: NetworkSetting): { text: string; from: string } | null {
  const { httpProxy, httpsProxy, allProxy } = network.environment;
  const candidates = [
    ["http.proxy", network.proxy],
    ...(target.protocol === "https:" ? ([["HTTPS_PROXY", httpsProxy]] as const) : []),
    ["HTTP_PROXY", httpProxy],
    ["ALL_PROXY", allProxy],
  ] as const;
  for (const [from, text] of candidates) if (text?.trim()) return { from, text: text.trim() };
  return null;
}

function readProxy(text: string, from: string, header: string | null): ProxyChoice {
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(withScheme) ? new URL(withScheme) : null;
  // "htp:/host" would be a host called "htp".
  if (!url || url.hostname === "" || (withScheme !== text && /^[^@/]*:\//.test(text))) {
    return { kind: "unusable", from, message: `The proxy in ${from} is not an address. Write http://host:port.` };
  }
  const socks = socksKinds[url.protocol.replace(":", "")];
  if (socks) return readSocks(url, from, socks);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    const scheme = url.protocol.replace(":", "");
    const message = `The proxy in ${from} is of the kind "${scheme}", which Wayfare does not speak. Give an http, https, socks5 or socks4a proxy, or set http.proxySupport to "off" to connect directly.`;
    return { kind: "unusable", from, message };
  }
  const authorization = header ?? basic(url.username, url.password);
  const credentialsFrom = authorization === null ? null : header === null ? from : "http.proxyAuthorization";
  return { kind: "proxy", url: new URL(`${url.protocol}//${url.host}`), authorization, from, credentialsFrom };
}

/** As curl and VS Code read the scheme; the bare word is the newest kind. */
const socksKinds: Readonly<Record<string, Pick<SocksProxy, "version" | "namesFoundBy">>> = {
  socks: { version: 5, namesFoundBy: "proxy" },
  socks5: { version: 5, namesFoundBy: "us" },
  socks5h: { version: 5, namesFoundBy: "proxy" },
  socks4: { version: 4, namesFoundBy: "us" },
  socks4a: { version: 4, namesFoundBy: "proxy" },
};

/** SOCKS itself bounds a user name and a password to this many bytes (RFC 1929, §2). */
const longestCredentialBytes = 255;

function readSocks(url: URL, from: string, kind: Pick<SocksProxy, "version" | "namesFoundBy">): ProxyChoice {
  const user = decode(url.username);
  const password = decode(url.password);
  const isNamed = user !== "" || password !== "";
  if ([user, password].some((text) => Buffer.byteLength(text) > longestCredentialBytes)) {
    const message = `The user name or password of the proxy in ${from} is longer than ${longestCredentialBytes} bytes, which SOCKS cannot carry. Correct ${from}.`;
    return { kind: "unusable", from, message };
  }
  return {
    kind: "socks",
    ...kind,
    host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: Number(url.port || 1080),
    credentials: isNamed ? { user, password } : null,
    from,
    credentialsFrom: isNamed ? from : null,
  };
}

function basic(username: string, password: string): string | null {
  if (username === "" && password === "") return null;
  return `Basic ${Buffer.from(`${decode(username)}:${decode(password)}`, "utf8").toString("base64")}`;
}

/** A password with a bare percent sign is taken as written. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** `*`, `example.com` (and all below it), `.example.com`, `*.example.com`, `host:port`, an address, or a block of them. */
function exempts(written: string, target: URL): boolean {
  const entry = written.trim().toLowerCase();
  if (entry === "") return false;
  if (entry === "*") return true;
  const host = target.hostname
    .toLowerCase()
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/\.$/, "");
  const block = /^([0-9a-f.:]+)\/(\d{1,3})$/.exec(entry);
  if (block) return inBlock(host, block[1] ?? "", Number(block[2]));
  const parts = /^(\[[0-9a-f:]+\]|[^:]+):(\d+)$/.exec(entry);
  const port = target.port || (target.protocol === "https:" ? "443" : "80");
  if (parts && parts[2] !== port) return false;
  const name = (parts?.[1] ?? entry)
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/^\*?\./, "")
    .replace(/\.$/, "");
  if (name === "") return false;
  // One address is written in many ways.
  if (isIP(name) === 6) return inBlock(host, name, 128);
  return host.endsWith(`.${name}`) || (host === name && !entry.startsWith("*."));
}

function inBlock(host: string, address: string, prefix: number): boolean {
  const family = isIP(address);
  if (family === 0 || isIP(host) !== family || prefix > (family === 4 ? 32 : 128)) return false;
  const type = family === 4 ? "ipv4" : "ipv6";
  const list = new BlockList();
  list.addSubnet(address, prefix, type);
  return list.check(host, type);
}
