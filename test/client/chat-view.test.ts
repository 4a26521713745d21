import { beforeEach, describe, expect, it, vi } from "vitest";
import { type ChatViewDeps, createChatView } from "../../client/chat-view.ts";
import type { PageState, ToPage } from "../../client/webview/messages.ts";
import { reset } from "./fake-vscode.ts";
import { models } from "./webview/harness/samples.ts";

vi.mock("vscode", () => import("./fake-vscode.ts"));

beforeEach(reset);

/** The mode that the page is told, with this one picked before in the workspace and this one in the settings. */
async function modeShown({ picked, setting }: { picked?: string; setting?: unknown }): Promise<string | undefined> {
  const posted: ToPage[] = [];
  let receive = (_message: unknown) => {};
  const deps = {
    extensionUri: { path: "/ext" },
    conversations: () => ({ current: () => null, resume: () => Promise.resolve() }),
    context: { begin: () => undefined, onChange: () => undefined, chips: () => [], hasRemoved: () => false },
    configuration: {
      read: () => ({ settings: { mode: setting, providers: [{}] } }),
      models: () => models,
      isSetUp: () => false,
    },
    server: { state: "running" },
    serverState: () => ({ working: 0, silent: null }),
    spend: () => ({}),
    workspaceState: { get: () => picked, update: () => Promise.resolve() },
    log: () => undefined,
  } as unknown as ChatViewDeps;
  const webview = {
    asWebviewUri: (uri: unknown) => uri,
    onDidReceiveMessage: (listener: (message: unknown) => void) => {
      receive = listener;
    },
    postMessage: (message: ToPage) => void posted.push(message),
    cspSource: "",
  };
  const view = { webview, onDidDispose: () => undefined };
  createChatView(deps).resolveWebviewView(view as never, {} as never, {} as never);
  receive({ type: "ready", sessionId: null });
  const first = posted.find((message): message is { type: "state"; state: PageState } => message.type === "state");
  return first?.state.mode;
}

describe("who answers", () => {
  it.each([
    [{}, "auto"],
    [{ setting: "cheap" }, "cheap"],
    [{ setting: 7 }, "auto"],
    [{ setting: "cheap", picked: "frontier" }, "frontier"],
    [{ setting: "cheap", picked: "openai/gpt-5.4" }, "openai/gpt-5.4"],
    // Missing from the models, and asked for all the same: the server says what is missing.
    [{ setting: "cheap", picked: "openai/gone" }, "openai/gone"],
  ])("is, of %o, %s", async (chosen, mode) => {
    expect(await modeShown(chosen)).toBe(mode);
  });
});
