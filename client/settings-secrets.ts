import * as vscode from "vscode";
import { proxyAddresses, proxyPasswords } from "../shared/proxy-variables.ts";
import { headerSecrets } from "../shared/redact.ts";

/** What must not be read in a log, of the person's own settings and of the environment's proxy variables. */
export function secretsOfSettings(environment: Readonly<Record<string, string | undefined>>): string[] {
  return [...headersInUse(), ...proxySecrets(environment)];
}

/** A provider's header may hold its key; only the person's own settings name providers. */
function headersInUse(): string[] {
  return headerSecrets(vscode.workspace.getConfiguration("wayfare").inspect("providers")?.globalValue);
}

/** A proxy's "user:password" may stand in its address; VS Code's own setting for it is a header. */
function proxySecrets(environment: Readonly<Record<string, string | undefined>>): string[] {
  const inHttp = vscode.workspace.getConfiguration("http");
  const header: unknown = inHttp.inspect("proxyAuthorization")?.globalValue;
  const passwords = proxyPasswords([inHttp.inspect("proxy")?.globalValue, ...proxyAddresses(environment)]);
  return typeof header === "string" ? [header, ...passwords] : passwords;
}
