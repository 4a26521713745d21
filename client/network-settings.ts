import { readProxyVariables } from "../shared/proxy-variables.ts";
import { type Configuration, type SettingProblem, settingSchemas } from "../shared/settings.ts";
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
): Omit<Network, "extraCaPem" | "clientCertificates" | "via"> {
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

/** `wayfare.network.via` as the server takes it, or what is wrong with it. Nothing written is VS Code's default. */
export function readVia(written: unknown): { via: Network["via"]; problem: SettingProblem | null } {
  const parsed = settingSchemas["network.via"].safeParse(written ?? undefined);
  if (parsed.success) return { via: parsed.data, problem: null };
  const message = `${JSON.stringify(written)} is neither "server" nor "extensionHost". "server" is used.`;
  return { via: "server", problem: { field: "wayfare.network.via", message } };
}

const proxySupports = ["off", "on", "override", "fallback"] as const;

function text(value: unknown): string | null {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : null;
}
