import * as vscode from "vscode";
import type { ModelSummary } from "../shared/answer.ts";
import { setupOf } from "./chat-view.ts";
import { type Configuration, openSetting } from "./configuration.ts";
import { type EditorPage, onePage, openEditorPage, wordsOf } from "./editor-page.ts";
import type { Endpoint } from "./endpoint.ts";
import type { EndpointToken } from "./endpoint-token.ts";
import { warnOfEndpoint } from "./endpoint-warning.ts";
import type { ServerProcess } from "./server-process.ts";
import {
  type Copied,
  type EndpointPageState,
  type FromEndpoint,
  fromEndpointSchema,
  type ToEndpoint,
} from "./webview/endpoint-messages.ts";
import { openaiAddress, snippetText } from "./webview/endpoint-snippets.ts";
import { endpointContent } from "./webview/page-html.ts";

export interface EndpointViewDeps {
  extensionUri: vscode.Uri;
  endpoint: Pick<Endpoint, "view" | "onChange" | "token" | "renewToken" | "tryAgain">;
  onToken: EndpointToken["onChange"];
  server: Pick<ServerProcess, "state" | "onState">;
  configuration: Pick<Configuration, "read" | "models" | "problems" | "onChange" | "onModels">;
  /** "" on this machine, "WSL: Ubuntu" and the like elsewhere. */
  hostLabel: string;
  /** Of the host that the endpoint is on. */
  isWindows: boolean;
  log(message: string): void;
}

/**
 * The local endpoint at the person's word: start and stop write the switch in their own settings, the page shows what it
 * does and what other tools need, and a new token shuts out whoever has the old one.
 */
export function registerEndpointView(deps: EndpointViewDeps): vscode.Disposable {
  const page = onePage((onClosed) => openEndpoint(deps, onClosed));
  return vscode.Disposable.from(
    page,
    warnOfEndpoint(deps.endpoint, page.show),
    vscode.commands.registerCommand("wayfare.showEndpoint", page.show),
    vscode.commands.registerCommand("wayfare.startEndpoint", async () => {
      if (await writeSwitch(true)) page.show();
    }),
    vscode.commands.registerCommand("wayfare.stopEndpoint", async () => {
      if (await writeSwitch(false)) void vscode.window.setStatusBarMessage("The local endpoint is off.", SAID_MS);
    }),
    vscode.commands.registerCommand("wayfare.newEndpointToken", async () => {
      if (!(await isSure())) return;
      try {
        await deps.endpoint.renewToken();
        void vscode.window.setStatusBarMessage("The local endpoint has a new token.", SAID_MS);
      } catch (error) {
        deps.log(wordsOf(error));
        void vscode.window.showErrorMessage(`No new token could be made: ${wordsOf(error)}`);
      }
    }),
  );
}

/** What a command did is shown in the status bar for so long: nobody needs to close it. */
const SAID_MS = 5_000;

function openEndpoint(deps: EndpointViewDeps, onClosed: () => void): EditorPage<ToEndpoint> {
  const { endpoint, server, configuration } = deps;
  const shell = deps.isWindows ? "powershell" : "sh";
  let problem: string | null = null;
  const show = (): void => {
    const { enabled, state, problems } = endpoint.view();
    const current: EndpointPageState = {
      setup: setupOf(configuration),
      connection: server.state === "idle" ? "starting" : server.state,
      enabled,
      state,
      hostLabel: deps.hostLabel,
      shell,
      models: configuration.models().map(nameOf),
      problem,
      settingProblems: problems.map(({ field, message }) => `${field}: ${message}`),
      keyless: configuration.problems().flatMap(({ mend, message }) => (mend === "changeKey" ? [message] : [])),
    };
    page.post({ type: "state", state: current });
  };
  const fail = (words: string | null): void => {
    problem = words;
    show();
  };
  const copy = async (what: Copied): Promise<void> => {
    const { state } = endpoint.view();
    const address = state?.state === "running" || state?.state === "elsewhere" ? state.urls[0] : undefined;
    // The page that asked is behind: there is nothing to be asked any more.
    if (address === undefined) return show();
    await vscode.env.clipboard.writeText(await textOf(what, address));
    page.post({ type: "copied", what });
  };
  const textOf = async (what: Copied, address: string): Promise<string> => {
    if (what === "openaiAddress") return openaiAddress(address);
    if (what === "anthropicAddress") return address;
    const token = await endpoint.token();
    return what === "token" ? token : snippetText(what, { address, token, shell });
  };
  const receive = async (message: FromEndpoint): Promise<void> => {
    if (message.type !== "ready" && problem !== null) fail(null);
    switch (message.type) {
      case "ready":
        show();
        if (page.isActive) page.post({ type: "focus" });
        return;
      case "showToken":
        page.post({ type: "token", token: await endpoint.token() });
        return;
      case "copy":
        return copy(message.what);
      case "openCap": {
        const { state } = endpoint.view();
        const caps = state?.state === "running" || state?.state === "elsewhere" ? (state.caps ?? []) : [];
        const cap = caps[message.at]?.cap;
        // Caps of named books stand in one setting.
        if (cap !== undefined) await openSetting(cap.setting.replace(/^(wayfare\.endpoint\.workspaces)\..*$/, "$1"));
        return;
      }
      case "tryAgain":
        await endpoint.tryAgain();
        page.post({ type: "tried" });
        return;
      case "command":
        if (message.command === "openSetting") return openSetting("wayfare.endpoint.port");
        await vscode.commands.executeCommand(`wayfare.${message.command}`);
    }
  };

  const listeners = [
    endpoint.onChange(show),
    server.onState(show),
    configuration.onChange(show),
    configuration.onModels(show),
    deps.onToken(() => page.post({ type: "token", token: null })),
  ];
  const page = openEditorPage<FromEndpoint, ToEndpoint>({
    extensionUri: deps.extensionUri,
    name: "endpoint",
    content: endpointContent,
    messages: fromEndpointSchema,
    receive,
    onFault: fail,
    onInSight(isInSight) {
      if (isInSight) show();
    },
    onClosed() {
      for (const listener of listeners) listener.dispose();
      onClosed();
    },
    log: deps.log,
  });
  return page;
}

function nameOf({ providerId, modelId }: ModelSummary): string {
  return `${providerId}/${modelId}`;
}

/** False when it could not be written, which is said. */
async function writeSwitch(enabled: boolean): Promise<boolean> {
  try {
    const settings = vscode.workspace.getConfiguration("wayfare");
    await settings.update("endpoint.enabled", enabled, vscode.ConfigurationTarget.Global);
    return true;
  } catch (error) {
    void vscode.window.showErrorMessage(`Wayfare could not write your settings. ${wordsOf(error)}`);
    return false;
  }
}

async function isSure(): Promise<boolean> {
  const make = "Make a New Token";
  const answer = await vscode.window.showWarningMessage(
    "Make a new token for the local endpoint?",
    {
      modal: true,
      detail: "Tools that have the present one are not let in any more, until they are given the new one.",
    },
    make,
  );
  return answer === make;
}
