import * as vscode from "vscode";
import type { DoctorRow } from "../shared/doctor.ts";
import { FactsRequest, type ServerFacts } from "../shared/protocol.ts";
import type { Configuration } from "./configuration.ts";
import { describeDiagnostics } from "./describe-diagnostics.ts";
import type { Log } from "./log.ts";
import type { ServerProcess } from "./server-process.ts";

export interface DiagnosticsDeps {
  configuration: Configuration;
  server: ServerProcess;
  log: Log;
  redact(text: string): string;
  /** What the doctor found last. */
  doctor(): readonly DoctorRow[];
  extensionVersion: string;
  hostLabel: string;
}

/** Enough to see what led to a failure, and short enough to paste. */
const MAX_LINES = 60;

/**
 * "Wayfare: Copy Diagnostics": versions, settings without secrets, what the server knows of itself and its last failures, what
 * the doctor found when it was last run, on the clipboard for a bug report. No key, question or answer is among them. Starts no server.
 */
export function registerCopyDiagnostics(deps: DiagnosticsDeps): vscode.Disposable {
  return vscode.commands.registerCommand("wayfare.copyDiagnostics", async () => {
    const text = describeDiagnostics({
      extensionVersion: deps.extensionVersion,
      editor: vscode.env.appName,
      editorVersion: vscode.version,
      platform: `${process.platform} ${process.arch}`,
      node: process.versions.node,
      hostLabel: deps.hostLabel,
      trusted: vscode.workspace.isTrusted,
      folders: vscode.workspace.workspaceFolders?.length ?? 0,
      settings: deps.configuration.read(),
      process: deps.server.state,
      stoppedBecause: deps.server.stoppedBecause,
      server: await askServer(deps),
      doctor: deps.doctor(),
      log: deps.log.recent().slice(-MAX_LINES),
    });
    await vscode.env.clipboard.writeText(deps.redact(text));
    void vscode.window.showInformationMessage("Wayfare's diagnostics are on the clipboard. Keys were taken out.");
  });
}

async function askServer({ server, log }: DiagnosticsDeps): Promise<ServerFacts | null> {
  try {
    return (await server.connection()?.request(FactsRequest, {})) ?? null;
  } catch (error) {
    log.error(`The server did not give its facts: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}
