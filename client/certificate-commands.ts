import * as vscode from "vscode";
import type { Configuration } from "./configuration.ts";
import { type Dialog, quickDialog } from "./dialog.ts";
import type { Keys } from "./keys.ts";
import { lockedFileOf } from "./read-client-certificates.ts";

export interface CertificateCommandDeps {
  configuration: Pick<Configuration, "read">;
  keys: Pick<Keys, "storePassphrase">;
  dialog?: Dialog;
}

/**
 * "Wayfare: Enter Certificate Passphrase": asks for the passphrase of a file in `wayfare.network.clientCertificates` and
 * keeps it in VS Code's secret storage; an empty one forgets it. The server, which is sent it, says whether it fits.
 */
export function registerCertificateCommands(deps: CertificateCommandDeps): vscode.Disposable {
  return vscode.commands.registerCommand("wayfare.enterPassphrase", () => enterPassphrase(deps));
}

const title = "Certificate Passphrase";

async function enterPassphrase({ configuration, keys, dialog = quickDialog() }: CertificateCommandDeps): Promise<void> {
  const written = configuration.read().clientCertificates;
  const rows: readonly unknown[] = Array.isArray(written) ? written : [];
  const files = [...new Set(rows.map(lockedFileOf))].filter((file) => file !== null);
  const [first] = files;
  if (first === undefined) return tellNoFile();
  const totalSteps = files.length === 1 ? 1 : 2;
  const file =
    totalSteps === 1
      ? first
      : await pick(dialog, { title, step: 1, totalSteps, placeholder: "Which file is the passphrase for?", files });
  if (file === null) return;
  const answer = await dialog.enterText({
    title,
    step: totalSteps,
    totalSteps,
    prompt: `It opens ${file}, and is kept in VS Code's secret storage. Leave it empty to forget it.`,
    placeholder: "passphrase",
    value: "",
    echo: "masked",
    refuse: () => null,
  });
  if (answer.kind === "value") await keys.storePassphrase(file, answer.value);
  if (answer.kind === "back") await enterPassphrase({ configuration, keys, dialog });
}

async function pick(
  dialog: Dialog,
  { files, ...step }: { title: string; step: number; totalSteps: number; placeholder: string; files: string[] },
): Promise<string | null> {
  const answer = await dialog.pickOne({ ...step, rows: files.map((file) => ({ label: file, value: file })) });
  return answer.kind === "value" ? answer.value : null;
}

async function tellNoFile(): Promise<void> {
  const open = "Open Settings";
  const message = "wayfare.network.clientCertificates names no file that a passphrase could open.";
  const picked = await vscode.window.showInformationMessage(message, open);
  if (picked !== open) return;
  await vscode.commands.executeCommand("workbench.action.openSettings", "wayfare.network.clientCertificates");
}
