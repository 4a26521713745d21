import { beforeEach, describe, expect, it, vi } from "vitest";
import type { EndpointView } from "../../client/endpoint.ts";
import { type EndpointViewDeps, registerEndpointView } from "../../client/endpoint-view.ts";
import { createSignal } from "../../client/signal.ts";
import type { EndpointPageState, FromEndpoint, ToEndpoint } from "../../client/webview/endpoint-messages.ts";
import { snippetNames } from "../../client/webview/endpoint-snippets.ts";
import type { SettingProblem } from "../../shared/settings.ts";
import { editor, reset, workspace } from "./fake-vscode.ts";
import { pageScene } from "./page-scene.ts";
import { tight, token, urls } from "./webview/harness/endpoint-scenes.ts";

vi.mock("vscode", () => import("./fake-vscode.ts"));

beforeEach(() => {
  reset();
  vi.restoreAllMocks();
});

const running: EndpointView = {
  enabled: true,
  port: 8_377,
  problems: [],
  state: { state: "running", urls, spentNano: 5, requests: 1 },
};

/** The commands over an endpoint that is driven by hand. */
function scene({ isWindows = false }: { isWindows?: boolean } = {}) {
  const own = {
    view: running,
    renewed: 0,
    tries: 0,
    fault: null as Error | null,
    token,
    problems: [] as SettingProblem[],
  };
  const changed = createSignal<void>();
  const tokens = createSignal<void>();
  const all = pageScene<FromEndpoint, ToEndpoint, EndpointPageState>({ command: "wayfare.showEndpoint", answers: [] });
  registerEndpointView({
    ...all.deps,
    endpoint: {
      view: () => own.view,
      onChange: changed.on,
      async token() {
        if (own.fault !== null) throw own.fault;
        return own.token;
      },
      async renewToken() {
        if (own.fault !== null) throw own.fault;
        own.renewed += 1;
      },
      async tryAgain() {
        own.tries += 1;
      },
    },
    onToken: tokens.on,
    configuration: {
      read: () => ({ settings: { providers: [{}] } }),
      problems: () => own.problems,
      models: () => [{ providerId: "openai", modelId: "gpt-5.4" }],
      onChange: all.deps.onConfigured,
      onModels: createSignal().on,
    },
    hostLabel: "WSL: Ubuntu",
    isWindows,
  } as unknown as EndpointViewDeps);
  const run = (name: string) => (editor.commands.get(`wayfare.${name}`) as () => Promise<void>)();
  return { ...all, own, changed, tokens, runs: run };
}
const written = () => editor.settings.get("wayfare.endpoint.enabled")?.globalValue;

describe("the commands of the local endpoint", () => {
  it("start it in the person's own settings, and show its page", async () => {
    const { runs, seen } = scene();
    await runs("startEndpoint");
    expect([written(), seen.panels]).toEqual([true, 1]);
    expect(seen.html).toContain('src="file:///ext/dist/webview/endpoint.js"');
    await runs("startEndpoint");
    await runs("showEndpoint");
    expect([seen.panels, seen.revealed]).toEqual([1, 2]);
  });

  it("stop it", async () => {
    const { runs, seen } = scene();
    await runs("stopEndpoint");
    expect([written(), seen.panels, editor.shown]).toEqual([false, 0, ["The local endpoint is off."]]);
  });

  it("say when the settings cannot be written, and show nothing that is not so", async () => {
    const { runs, seen } = scene();
    vi.spyOn(workspace, "getConfiguration").mockReturnValue({
      update: () => Promise.reject(new Error("The file is read-only.")),
    } as never);
    await runs("startEndpoint");
    expect([seen.panels, editor.shown]).toEqual([0, ["Wayfare could not write your settings. The file is read-only."]]);
  });

  it("make a new token when the person is sure, and say when it cannot be kept", async () => {
    const { runs, own, logged } = scene();
    await runs("newEndpointToken");
    expect([own.renewed, editor.shown]).toEqual([0, ["Make a new token for the local endpoint?"]]);
    editor.answers.push("Make a New Token");
    await runs("newEndpointToken");
    expect([own.renewed, editor.shown.at(-1)]).toEqual([1, "The local endpoint has a new token."]);
    own.fault = new Error("The keyring is locked.");
    editor.answers.push("Make a New Token");
    await runs("newEndpointToken");
    expect([editor.shown.at(-1), logged]).toEqual([
      "No new token could be made: The keyring is locked.",
      ["The keyring is locked."],
    ]);
  });
});

describe("an endpoint that cannot answer", () => {
  const failed: EndpointView = { ...running, state: { state: "failed", message: "Port 8377 is in use." } };
  const said = "The local endpoint does not answer. Port 8377 is in use.";
  const becomes = (all: ReturnType<typeof scene>, view: EndpointView) => {
    all.own.view = view;
    all.changed.fire();
  };

  it("is told of once while it stays so, through restarts of the server and other windows too", () => {
    const all = scene();
    becomes(all, running);
    expect(editor.shown).toEqual([]);
    becomes(all, failed);
    becomes(all, { ...failed, state: { state: "failed", message: "Port 8377 is still in use." } });
    becomes(all, { ...failed, state: null });
    becomes(all, { ...failed, state: { state: "elsewhere", urls, spentNano: 0, requests: 0 } });
    becomes(all, failed);
    expect(editor.shown).toEqual([said]);
  });

  it("is told of where another Wayfare lets nobody in by this token", () => {
    becomes(scene(), { ...running, state: { state: "foreign", port: 8_377 } });
    expect(editor.shown).toEqual([
      expect.stringMatching(
        /^The local endpoint does not answer\. Another Wayfare answers at port 8377, with a token of its own: /,
      ),
    ]);
  });

  it("is told apart from one that answers though it is switched off", () => {
    const all = scene();
    const off: EndpointView = { ...running, enabled: false, state: { state: "off" } };
    const unheard: EndpointView = { ...off, state: { state: "unheard" } };
    for (const view of [running, off, unheard, unheard, { ...unheard, enabled: true }, failed]) becomes(all, view);
    expect(editor.shown).toEqual([
      "The local endpoint is switched off; another window has not heard of it yet and still answers. Reload that window.",
      said,
    ]);
  });

  it.each<[string, EndpointView]>([
    ["it answered", running],
    ["it was switched off", { ...running, enabled: false, state: { state: "off" } }],
  ])("is told of again after %s", (_name, between) => {
    const all = scene();
    for (const view of [failed, between, failed]) becomes(all, view);
    expect(editor.shown).toEqual([said, said]);
  });

  it("is no trouble while it is switched off", () => {
    becomes(scene(), { ...failed, enabled: false });
    expect(editor.shown).toEqual([]);
  });

  it("is shown on its page, if the person wants to see it", async () => {
    const all = scene();
    editor.answers.push(undefined, "Show");
    becomes(all, failed);
    await all.settle();
    expect(all.seen.panels).toBe(0);
    becomes(all, running);
    becomes(all, failed);
    await all.settle();
    expect(all.seen.panels).toBe(1);
  });
});

describe("the page of the local endpoint, from its host", () => {
  it("has what is known, and no token", async () => {
    const { run, say, shown, posted, changed, own } = scene();
    own.view = { ...running, problems: [{ field: "wayfare.endpoint.port", message: "99 is no port." }] };
    own.problems = [
      { field: "wayfare.providers[0]", message: '"openai" has no key.', mend: "changeKey" },
      { field: "wayfare.mode", message: "No such mode." },
    ];
    run();
    await say({ type: "ready" });
    expect(shown()).toEqual({
      setup: "ready",
      connection: "running",
      enabled: true,
      state: running.state,
      hostLabel: "WSL: Ubuntu",
      shell: "sh",
      models: ["openai/gpt-5.4"],
      problem: null,
      settingProblems: ["wayfare.endpoint.port: 99 is no port."],
      keyless: ['"openai" has no key.'],
    });
    own.view = { ...running, enabled: false, state: { state: "off" } };
    changed.fire();
    expect(shown()?.state).toEqual({ state: "off" });
    expect(JSON.stringify(posted)).not.toContain(token);
  });

  it("gets the token when the person wants to see it, until that is another one", async () => {
    const { run, say, posted, tokens } = scene();
    run();
    await say({ type: "showToken" });
    expect(posted.at(-1)).toEqual({ type: "token", token });
    tokens.fire();
    expect(posted.at(-1)).toEqual({ type: "token", token: null });
  });

  it("has the token written into what is copied, and not into what is logged", async () => {
    const { run, say, posted, logged } = scene();
    run();
    for (const what of ["openaiAddress", "anthropicAddress", "token"] as const) await say({ type: "copy", what });
    expect(editor.copied).toEqual([`${urls[0]}/v1`, urls[0], token]);
    for (const what of snippetNames) {
      await say({ type: "copy", what });
      expect(editor.copied.at(-1)).toContain(token);
      expect(editor.copied.at(-1)).toContain(urls[0]);
      expect(posted.at(-1)).toEqual({ type: "copied", what });
    }
    expect(logged).toEqual([]);
  });

  it("has what a shell of Windows takes, on Windows", async () => {
    const { run, say, shown } = scene({ isWindows: true });
    run();
    await say({ type: "ready" });
    await say({ type: "copy", what: "environment" });
    expect(shown()?.shell).toBe("powershell");
    expect(editor.copied[0]?.split("\n")[1]).toBe(`$env:OPENAI_API_KEY = "${token}"`);
  });

  it("copies nothing of an endpoint that does not answer", async () => {
    const { run, say, own, posted, shown } = scene();
    run();
    own.view = { ...running, state: { state: "failed", message: "In use." } };
    await say({ type: "copy", what: "request" });
    expect([editor.copied, posted.some(({ type }) => type === "copied")]).toEqual([[], false]);
    expect(shown()?.state?.state).toBe("failed");
  });

  it("says what could not be done, until something else is tried", async () => {
    const { run, say, own, shown, logged } = scene();
    run();
    own.fault = new Error("The keyring is locked.");
    await say({ type: "showToken" });
    expect([shown()?.problem, logged]).toEqual(["The keyring is locked.", ["showToken: The keyring is locked."]]);
    own.fault = null;
    await say({ type: "copy", what: "token" });
    expect([shown()?.problem, editor.copied]).toEqual([null, [token]]);
  });

  it("opens the setting of a cap, and of a named book the one that has it", async () => {
    const { run, say, own } = scene();
    run();
    own.view = { ...running, state: tight };
    for (const at of [0, 1, 7]) await say({ type: "openCap", at });
    expect(editor.executed).toEqual([
      ["workbench.action.openSettings", "wayfare.budget.daily"],
      ["workbench.action.openSettings", "wayfare.endpoint.workspaces"],
    ]);
  });

  it("runs the commands of its buttons, and opens the setting of the port", async () => {
    const { run, say, raw, settle, logged, own, posted } = scene();
    run();
    await say({ type: "tryAgain" });
    expect([own.tries, posted.at(-1)]).toEqual([1, { type: "tried" }]);
    await say({ type: "command", command: "stopEndpoint" });
    await say({ type: "command", command: "openSetting" });
    expect(editor.executed).toEqual([
      ["wayfare.stopEndpoint"],
      ["workbench.action.openSettings", "wayfare.endpoint.port"],
    ]);
    raw({ type: "command", command: "quit" });
    await settle();
    expect([editor.executed.length, logged]).toEqual([
      2,
      [expect.stringContaining("The page of endpoint sent what is not understood")],
    ]);
  });
});
