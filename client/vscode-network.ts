import { request } from "node:https";
import * as vscode from "vscode";
import { type HostSend, sendByFetch, sendByHttps } from "./host-network.ts";

/** VS Code's own network as its settings have it now: Node's with the proxy that VS Code found, or Chromium's. */
export const sendByHost: HostSend = (wanted, signal) => (isChromium() ? byFetch : byHttps)(wanted, signal);

const byFetch = sendByFetch((...wanted) => globalThis.fetch(...wanted));
const byHttps = sendByHttps((...wanted) => request(...wanted));

/** Only a desktop window has Chromium at hand. */
function isChromium(): boolean {
  const isOn = vscode.workspace.getConfiguration("http").get<unknown>("electronFetch") === true;
  return isOn && vscode.env.remoteName === undefined && vscode.env.uiKind === vscode.UIKind.Desktop;
}
