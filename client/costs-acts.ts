import { homedir } from "node:os";
import * as vscode from "vscode";
import { DeleteCostsRequest, ExportCostsRequest } from "../shared/protocol.ts";
import type { Report, ReportParams } from "../shared/report.ts";
import type { ServerProcess } from "./server-process.ts";
import { counted, dayWords, workspaceName } from "./webview/cost-words.ts";

/**
 * Asks where to, and has the server write what the page shows there: the server alone touches the books and the disk.
 * Rejects when the server cannot write it, with its sentence.
 */
export async function exportCosts({
  server,
  params,
  report,
  format,
}: {
  server: Pick<ServerProcess, "start">;
  params: ReportParams;
  /** What is shown of it, for the file's name; null before anything is. */
  report: Report | null;
  format: "csv" | "json";
}): Promise<void> {
  const name = exportName(report, params, format);
  const uri = await vscode.window.showSaveDialog({
    title: `Export costs as ${format.toUpperCase()}`,
    saveLabel: "Export",
    filters: format === "csv" ? { CSV: ["csv"] } : { JSON: ["json"] },
    // Not into the workspace, from where it would be committed.
    defaultUri: vscode.Uri.joinPath(vscode.Uri.file(homedir()), name),
  });
  if (uri === undefined) return;
  if (uri.scheme !== "file") {
    void vscode.window.showErrorMessage(
      `Costs are written to a file on this host; "${uri.scheme}:" is not one. Choose a folder on its disk.`,
    );
    return;
  }
  const { range, book, workspace } = params;
  const connection = await server.start();
  const { rows } = await connection.request(ExportCostsRequest, { range, book, workspace, format, path: uri.fsPath });
  const open = await vscode.window.showInformationMessage(`${counted(rows, "row")} written to ${uri.fsPath}.`, "Open");
  if (open === "Open") await vscode.commands.executeCommand("vscode.open", uri);
}

/** `wayfare-costs-2026-11-12-to-2026-11-18.csv`; simulated money is named in it. */
export function exportName(
  report: Pick<Report, "fromDay" | "toDay"> | null,
  { book }: Pick<ReportParams, "book">,
  format: "csv" | "json",
): string {
  const days =
    report === null
      ? ""
      : report.fromDay === report.toDay
        ? `-${report.fromDay}`
        : `-${report.fromDay}-to-${report.toDay}`;
  return `wayfare-costs${book === "simulated" ? "-simulated" : ""}${days}.${format}`;
}

/**
 * Deletes what a report shows (its days, in its book, of its workspace or of all) after a person has said so. What comes
 * first is to keep a copy, so that a hasty Enter deletes nothing. Gives whether anything may be different now. Rejects with
 * the server's sentence.
 */
export async function deleteCosts({
  server,
  report,
}: {
  server: Pick<ServerProcess, "start">;
  report: Report;
}): Promise<boolean> {
  const { fromDay, toDay, params } = report;
  const words = deleteWords(report);
  const exportFirst = "Export First…";
  const answer = await vscode.window.showWarningMessage(
    words.question,
    { modal: true, detail: words.detail },
    exportFirst,
    "Delete",
  );
  if (answer === exportFirst) await exportCosts({ server, params, report, format: "json" });
  if (answer !== "Delete") return false;
  const { book, workspace } = params;
  const connection = await server.start();
  const { requests, attempts, keptAnswers } = await connection.request(DeleteCostsRequest, {
    fromDay,
    toDay,
    book,
    workspace,
  });
  const counts = book === "real" ? " What caps have counted stays counted." : "";
  const kept = keptAnswers === 0 ? "" : ` and ${counted(keptAnswers, "answer")} from the cache`;
  void vscode.window.showInformationMessage(
    `${counted(requests, "request")} with ${counted(attempts, "attempt")}${kept} deleted from the books.${counts}`,
  );
  return true;
}

/** What is asked before it is deleted: exactly what goes, and what stays. */
export function deleteWords({
  fromDay,
  toDay,
  today,
  hostLabel,
  params: { book, workspace },
}: Pick<Report, "fromDay" | "toDay" | "today" | "hostLabel" | "params">) {
  const days =
    fromDay === toDay
      ? `of ${fromDay === today ? "today" : dayWords(fromDay, today)}`
      : `from ${dayWords(fromDay, today)} to ${dayWords(toDay, today)}`;
  const host = hostLabel === "" ? "this machine" : hostLabel;
  const where = workspace === null ? `of every workspace on ${host}` : `of ${workspaceName(workspace)} on ${host}`;
  const [money, stays] =
    book === "real"
      ? ["", "What caps have counted stays counted: deleting makes no room. Simulated requests and conversations stay."]
      : ["simulated ", "Requests that cost real money stay, and so do conversations."];
  return {
    question: `Delete the record of every ${money}request ${days}?`,
    detail: `This deletes all ${money}requests of these days with their attempts, costs and reasons, ${where}. It cannot be undone; export them first to keep a copy. ${stays}`,
  };
}
