import type { Configuration } from "./settings.ts";

/** The environment's proxy variables, in either case, as the network settings carry them. Empty ones are none. */
export function readProxyVariables(
  environment: Readonly<Record<string, string | undefined>>,
): NonNullable<Configuration["network"]["environment"]> {
  // Lower case first, as curl does: it is the spelling a web server's headers cannot set.
  const find = (name: string) => text(environment[name]) ?? text(environment[name.toUpperCase()]);
  const httpProxy = find("http_proxy");
  const httpsProxy = find("https_proxy");
  const allProxy = find("all_proxy");
  const noProxy = find("no_proxy");
  return {
    ...(httpProxy === null ? {} : { httpProxy }),
    ...(httpsProxy === null ? {} : { httpsProxy }),
    ...(allProxy === null ? {} : { allProxy }),
    ...(noProxy === null ? {} : { noProxy }),
  };
}

/** The proxies' addresses that these variables hold, in both cases, for whoever looks for passwords in them. */
export function proxyAddresses(environment: Readonly<Record<string, string | undefined>>): (string | undefined)[] {
  return ["https_proxy", "http_proxy", "all_proxy"].flatMap((name) => [
    environment[name],
    environment[name.toUpperCase()],
  ]);
}

/** What of proxies' addresses no log may show: each password, and "user:password". What is no address has none. */
export function proxyPasswords(addresses: readonly unknown[]): string[] {
  return addresses.flatMap((address) => {
    if (typeof address !== "string" || !URL.canParse(address)) return [];
    const { username, password } = new URL(address);
    return password === "" ? [] : [password, `${username}:${password}`];
  });
}

function text(value: string | undefined): string | null {
  return value !== undefined && value.trim() !== "" ? value.trim() : null;
}
