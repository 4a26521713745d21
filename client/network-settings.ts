import type { Configuration } from "../shared/settings.ts";
import type { Inspect } from "./read-settings.ts";

type Network = Configuration["network"];

/**
 * VS Code's own proxy and certificate settings and the environment's proxy variables, for the server, which gets none of
 * what VS Code does to its extensions' network. Only the person's own values count: a workspace that named a proxy would
 * read everything that passes. A value of the wrong type is taken for VS Code's default.
 *
 * `inspect` looks at keys below `http.`.
 */
export function readNetworkSettings(
  inspect: Inspect,
  environment: Readonly<Record<string, string | undefined>>,
): Omit<Network, "extraCaPem"> {
  const own = (key: string): unknown => {
    const inspected = inspect(key);
    return inspected?.globalValue ?? inspected?.defaultValue;
  };
  const proxy = text(own("proxy"));
  const proxyAuthorization = text(own("proxyAuthorization"));
  const support = proxySupports.find((each) => each === own("proxySupport"));
  const noProxy = own("noProxy");
  return {
    ...(proxy === null ? {} : { proxy }),
    ...(proxyAuthorization === null ? {} : { proxyAuthorization }),
    proxyStrictSsl: own("proxyStrictSSL") !== false,
    proxySupport: support ?? "override",
    noProxy: Array.isArray(noProxy) ? noProxy.filter((each): each is string => typeof each === "string") : [],
    systemCertificates: own("systemCertificates") !== false,
    environment: readProxyVariables(environment),
  };
}

const proxySupports = ["off", "on", "override", "fallback"] as const;

function readProxyVariables(
  environment: Readonly<Record<string, string | undefined>>,
): NonNullable<Network["environment"]> {
  // Lower case first, as curl does: it is the spelling a web server's headers cannot set.
  const find = (name: string) => text(environment[name]) ?? text(environment[name.toUpperCase()]);
  const httpProxy = find("http_proxy");
  const httpsProxy = find("https_proxy");
  const noProxy = find("no_proxy");
  return {
    ...(httpProxy === null ? {} : { httpProxy }),
    ...(httpsProxy === null ? {} : { httpsProxy }),
    ...(noProxy === null ? {} : { noProxy }),
  };
}

function text(value: unknown): string | null {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : null;
}
