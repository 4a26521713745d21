import * as vscode from "vscode";
import type { EndpointState } from "../shared/endpoint.ts";
import { foreignWords } from "../shared/endpoint-words.ts";
import type { Endpoint } from "./endpoint.ts";

/**
 * Tells the person that other tools are not answered, such as where another program has the port: they see only that
 * their tool fails. Once, until this window has answered or the person has switched it off; while it is tried again and
 * again, the status bar says it.
 */
export function warnOfEndpoint(endpoint: Pick<Endpoint, "view" | "onChange">, show: () => void): vscode.Disposable {
  let isTold = false;
  return endpoint.onChange(() => {
    const { enabled, state } = endpoint.view();
    if (!enabled || state?.state === "running") isTold = false;
    const trouble = state === null ? null : troubleOf(state);
    if (!enabled || trouble === null || isTold) return;
    isTold = true;
    void tell(trouble, show);
  });
}

function troubleOf(state: EndpointState): string | null {
  if (state.state === "failed") return state.message;
  return state.state === "foreign" ? foreignWords(state.port) : null;
}

async function tell(message: string, show: () => void): Promise<void> {
  const wanted = "Show";
  const answer = await vscode.window.showWarningMessage(`The local endpoint does not answer. ${message}`, wanted);
  if (answer === wanted) show();
}
