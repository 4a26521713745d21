import * as vscode from "vscode";
import type { HeldList, PriceChange, PricesChanged, RefreshedPrices } from "../shared/prices.ts";
import { AcceptPricesRequest, PricesRequest, RefreshPricesRequest } from "../shared/protocol.ts";
import type { ServerProcess } from "./server-process.ts";

export interface PriceCommandDeps {
  server: Pick<ServerProcess, "start" | "onPricesChanged">;
  log(message: string): void;
}

const showPrices = "Show Prices";
const useNewPrices = "Use New Prices";

/**
 * "Wayfare: Refresh Prices" reads every price list now, says what changed, and asks about what was held back. When a route
 * that is in use costs something else, that is said once, unasked.
 */
export function registerPriceCommands(deps: PriceCommandDeps): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand("wayfare.refreshPrices", async () => {
      try {
        await refresh(deps);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        deps.log(message);
        void vscode.window.showErrorMessage(message);
      }
    }),
    deps.server.onPricesChanged((changed) => void tell(changedWords(changed))),
  );
}

async function refresh(deps: PriceCommandDeps): Promise<void> {
  const connection = await deps.server.start();
  const refreshed = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: "Reading price lists…", cancellable: true },
    (_progress, token) => connection.request(RefreshPricesRequest, {}, token),
  );
  void tell(refreshedWords(refreshed));
  const { held } = await connection.request(PricesRequest, {});
  for (const list of held) {
    const chosen = await vscode.window.showWarningMessage(heldWords(list), useNewPrices, showPrices);
    if (chosen === showPrices) await vscode.commands.executeCommand("wayfare.showCosts");
    if (chosen !== useNewPrices) continue;
    const accepted = await connection.request(AcceptPricesRequest, { source: list.source });
    void tell(`The new prices are used. ${listWords(accepted.changes, accepted.more)}`.trim());
  }
}

async function tell(words: string): Promise<void> {
  const chosen = await vscode.window.showInformationMessage(words, showPrices);
  if (chosen === showPrices) await vscode.commands.executeCommand("wayfare.showCosts");
}

/** A message is one line of text: more than these is counted. */
const MOST_SAID = 3;

/** "gpt-5.4-mini: input $0.25 → $0.30 per million" */
export function changedWords({ changes }: PricesChanged): string {
  return listWords(changes, 0);
}

function listWords(changes: readonly PriceChange[], more: number): string {
  const said = changes.slice(0, MOST_SAID).map(({ modelId, words }) => `${modelId}: ${words}`);
  const rest = changes.length - said.length + more;
  return [...said, ...(rest === 0 ? [] : [`and ${rest.toLocaleString("en-US")} more`])].join("; ");
}

export function refreshedWords({ changes, more, problems, read }: RefreshedPrices): string {
  if (read === 0) {
    return ["Prices stay as they were.", ...(problems.length === 0 ? ["No list was read."] : problems)].join(" ");
  }
  const lists = read === 1 ? "1 price list was read" : `${read} price lists were read`;
  const news = changes.length === 0 ? "no price changed." : `${listWords(changes, more)}.`;
  return [`${lists}: ${news}`, ...problems].join(" ");
}

function heldWords({ source, why, lines, more }: HeldList): string {
  if (why !== null) return `${source}: its new prices are held back, for ${why}.`;
  const said = lines.slice(0, MOST_SAID);
  const rest = lines.length - said.length + more;
  return `${source}: ${said.join("; ")}${rest === 0 ? "" : `; and ${rest.toLocaleString("en-US")} more`}.`;
}
