import * as vscode from "vscode";
import { foreignWords } from "../shared/endpoint-words.ts";
import type { Endpoint, EndpointView } from "./endpoint.ts";

/**
 * Tells the person that other tools are not answered, such as where another program has the port: they see only that
 * their tool fails. Once, until this window has answered or the person has switched it off; while it is tried again and
 * again, the status bar says it. That a window still answers though it is switched off is told once, too.
 */
export function warnOfEndpoint(endpoint: Pick<Endpoint, "view" | "onChange">, show: () => void): vscode.Disposable {
  let told: Trouble["kind"] | null = null;
  return endpoint.onChange(() => {
    const view = endpoint.view();
    const trouble = troubleOf(view);
    if (trouble === null) {
      if (!view.enabled || view.state?.state === "running") told = null;
    } else if (trouble.kind !== told) {
      told = trouble.kind;
      void tell(trouble.message, show);
    }
  });
}

const unheard =
  "The local endpoint is switched off; another window has not heard of it yet and still answers. Reload that window.";

interface Trouble {
  kind: "silent" | "unheard";
  message: string;
}

function troubleOf({ enabled, state }: EndpointView): Trouble | null {
  const silent = (why: string): Trouble => ({ kind: "silent", message: `The local endpoint does not answer. ${why}` });
  if (enabled && state?.state === "failed") return silent(state.message);
  if (enabled && state?.state === "foreign") return silent(foreignWords(state.port));
  if (!enabled && state?.state === "unheard") {
    return { kind: "unheard", message: unheard };
  }
  return null;
}

async function tell(message: string, show: () => void): Promise<void> {
  const wanted = "Show";
  const answer = await vscode.window.showWarningMessage(message, wanted);
  if (answer === wanted) show();
}
