import * as vscode from "vscode";
import { describeStatus, type StatusFacts } from "./status-text.ts";

/**
 * The item in the status bar: what was spent today, a spinner while an answer comes, and when there is nothing to show,
 * why. Its tooltip has the money by tier and model, and the ways to the log and the settings. A click opens the chat.
 */
export function createStatusBar(facts: () => StatusFacts): { update(): void; dispose(): void } {
  const item = vscode.window.createStatusBarItem("wayfare.status", vscode.StatusBarAlignment.Right, 90);
  item.name = "Wayfare";
  let shown = "";
  const update = (): void => {
    const status = describeStatus(facts());
    const text = JSON.stringify(status);
    // Each assignment crosses to the window; most updates change nothing that shows.
    if (text === shown) return;
    shown = text;
    const tooltip = new vscode.MarkdownString(status.tooltip);
    tooltip.isTrusted = { enabledCommands: linkedCommands };
    item.text = status.text;
    item.accessibilityInformation = { label: status.label, role: "button" };
    item.tooltip = tooltip;
    item.command = status.command;
    item.backgroundColor = status.warning ? new vscode.ThemeColor("statusBarItem.warningBackground") : undefined;
  };
  update();
  item.show();
  return { update, dispose: () => item.dispose() };
}

const linkedCommands = [
  "wayfare.addProvider",
  "wayfare.changeKey",
  "wayfare.usePlayground",
  "wayfare.openSettings",
  "wayfare.showLog",
  "wayfare.restartServer",
  "wayfare.turnOnCompletions",
  "wayfare.turnOffCompletions",
  "wayfare.snoozeCompletions",
  "wayfare.resumeCompletions",
  "wayfare.raiseCap",
  "wayfare.showCosts",
  "wayfare.showEndpoint",
] as const;
