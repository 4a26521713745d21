import { beforeEach, describe, expect, it, vi } from "vitest";
import { type ChatViewDeps, createChatView } from "../../client/chat-view.ts";
import type { FromPage, PageState, ToPage } from "../../client/webview/messages.ts";
import type { CapState } from "../../shared/protocol.ts";
import { editor, reset } from "./fake-vscode.ts";
import { models } from "./webview/harness/samples.ts";

vi.mock("vscode", () => import("./fake-vscode.ts"));

beforeEach(reset);

/** The view over conversations that only have names, with what the page was told last about who answers. */
function scene({ setting, memory = new Map() }: { setting?: unknown; memory?: Map<string, unknown> } = {}) {
  const posted: ToPage[] = [];
  const zones: string[] = [];
  const continued: unknown[] = [];
  const notified: unknown[] = [];
  const retried: unknown[] = [];
  const caps: Partial<CapState>[] = [];
  const place = { visible: true };
  let current: { id: string } | null = null;
  let ids = 0;
  let receive = (_message: unknown) => {};
  let server: unknown = { working: 0, silent: null, completions: { working: 0 } };
  /** How often the whole state was put together. */
  let looks = 0;
  const show = (session: { id: string } | null) => {
    current = session;
    view.post({ type: "patch", state: { session: session as never } });
  };
  const deps = {
    extensionUri: { path: "/ext" },
    conversations: () => ({
      current: () => current,
      resume: () => Promise.resolve(),
      async ask() {
        ids += 1;
        current ??= { id: `session-${ids}` };
      },
      goOn: async (...said: unknown[]) => void continued.push(said),
      retry: async (...said: unknown[]) => void retried.push(said),
      startNew: () => show(null),
      open: async (id: string) => show({ id }),
    }),
    context: {
      begin: () => undefined,
      onChange: () => undefined,
      onItems: () => undefined,
      items: () => [],
      chips: () => [],
      hasRemoved: () => false,
    },
    configuration: {
      read: () => ({ settings: { mode: setting, providers: [{}] } }),
      models: () => models,
      isSetUp: () => false,
    },
    server: {
      state: "running",
      connection: () => ({
        notify: ({ method }: { method: string }, params: unknown) => notified.push([method, params]),
      }),
    },
    serverState: () => server,
    spend: () => {
      looks += 1;
      return { caps };
    },
    workspaceState: {
      get: (key: string) => memory.get(key),
      update: async (key: string, value: unknown) => void memory.set(key, JSON.parse(JSON.stringify(value ?? null))),
    },
    onTimeZone: (zone: string) => zones.push(zone),
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
  const view = createChatView(deps);
  const say = (message: FromPage) => receive(message);
  view.refresh();
  view.showServer();
  view.showSpend();
  expect(looks).toBe(0);
  view.resolveWebviewView(
    Object.assign(place, { webview, onDidDispose: () => undefined }) as never,
    {} as never,
    {} as never,
  );
  say({ type: "ready", sessionId: null, timeZone: "Europe/Lisbon" });
  const told = (): Partial<PageState> => {
    const states = posted.flatMap((message) =>
      message.type === "state" || message.type === "patch" ? message.state : [],
    );
    const { mode, always, usual } = states.findLast((state) => state.mode !== undefined) ?? {};
    return { mode, always, usual };
  };
  return {
    say,
    raw: (message: unknown) => receive(message),
    told,
    mode: () => told().mode,
    zones,
    continued,
    notified,
    retried,
    memory,
    caps,
    place,
    view,
    serverSays(next: unknown) {
      server = next;
      view.showServer();
    },
    /** What was posted since it was asked last. */
    news: () => posted.splice(0),
    ask: () => say({ type: "ask", turnId: "t", question: "q", mode: "x", chips: [] }),
  };
}

describe("the page that a person sees", () => {
  it("speaks of the nearest cap, and of none while it is hidden", () => {
    const { view, caps, place } = scene();
    const cap = (id: string, spentNano: number) => ({ id, spentNano, limitNano: 1_000 }) as CapState;
    caps.push(cap("workspace.daily", 700), cap("global.daily", 300));
    expect(view.speaksOf(cap("workspace.daily", 820))).toBe(true);
    expect(view.speaksOf(cap("global.daily", 600))).toBe(false);
    place.visible = false;
    expect(view.speaksOf(cap("workspace.daily", 820))).toBe(false);
  });
});

describe("code that is taken over", () => {
  const code = { turnId: "t", block: 0, language: "py" };
  const counted = (how: string, lines: number) => [
    "wayfare/codeAccepted",
    { turnId: "t", sessionId: "s", languageId: "python", lines, how },
  ];

  it("is told of once a block, only when it was taken over, and not for a whole answer", async () => {
    const { say, notified, settle } = await withSession();
    say({ type: "copy", text: "a\nb\n" });
    say({ type: "insert", text: "a\nb\n", code });
    await settle();
    // There is no editor to insert it into.
    expect(notified).toEqual([]);
    say({ type: "copy", text: "a\nb\n", code });
    await settle();
    say({ type: "copy", text: "a\nb\n", code });
    await settle();
    expect(notified).toEqual([counted("copy", 2)]);
    expect(editor.copied).toEqual(["a\nb\n", "a\nb\n", "a\nb\n"]);
  });

  async function withSession() {
    const all = scene();
    const settle = () => new Promise((resolve) => setImmediate(resolve));
    all.say({ type: "openSession", sessionId: "s" });
    await settle();
    return { ...all, settle };
  }
});

describe("who answers", () => {
  it.each([
    [undefined, "auto"],
    ["cheap", "cheap"],
    [7, "auto"],
    ["", "auto"],
  ])("is what the settings say, %o: %s", (setting, mode) => {
    expect(scene({ setting }).told()).toEqual({ mode, always: null, usual: mode });
  });

  it("is what was picked for the conversation, also while it has no name yet, and not in a new chat", () => {
    const { say, ask, mode } = scene({ setting: "cheap" });
    say({ type: "mode", mode: "frontier" });
    expect(mode()).toBe("frontier");
    ask();
    expect(mode()).toBe("frontier");
    say({ type: "newSession" });
    expect(mode()).toBe("cheap");
    // Missing from the models, and kept all the same: the server says what is missing.
    say({ type: "mode", mode: "openai/gone" });
    expect(mode()).toBe("openai/gone");
    say({ type: "newSession" });
    expect(mode()).toBe("cheap");
    say({ type: "openSession", sessionId: "session-1" });
    expect(mode()).toBe("frontier");
  });

  it("is what is kept for the workspace, above the settings and below a pick, until it is taken back", () => {
    const { say, ask, told, mode } = scene({ setting: "cheap" });
    ask();
    say({ type: "mode", mode: "auto" });
    say({ type: "newSession" });
    say({ type: "always", mode: "frontier" });
    expect(told()).toEqual({ mode: "frontier", always: "frontier", usual: "cheap" });
    say({ type: "newSession" });
    expect(mode()).toBe("frontier");
    say({ type: "openSession", sessionId: "session-1" });
    expect(mode()).toBe("auto");
    // Said in a conversation it holds there too, whatever was picked before.
    say({ type: "always", mode: "openai/gpt-5.4" });
    expect(mode()).toBe("openai/gpt-5.4");
    say({ type: "always", mode: null });
    expect(told()).toEqual({ mode: "cheap", always: null, usual: "cheap" });
  });

  it("is remembered over a reload of the window, and so is what was picked for a conversation", () => {
    const first = scene();
    first.say({ type: "always", mode: "cheap" });
    first.ask();
    first.say({ type: "mode", mode: "frontier" });
    const second = scene({ memory: first.memory });
    expect(second.told()).toEqual({ mode: "cheap", always: "cheap", usual: "auto" });
    second.say({ type: "openSession", sessionId: "session-1" });
    expect(second.mode()).toBe("frontier");
  });

  it("is the settings' again where what was stored cannot be read", () => {
    const memory = new Map<string, unknown>([
      ["wayfare.alwaysHere", 7],
      ["wayfare.pickedModes", { a: 1 }],
    ]);
    expect(scene({ memory }).told()).toEqual({ mode: "auto", always: null, usual: "auto" });
  });
});

describe("what the page is told", () => {
  it("of the server is that alone, and nothing where only its completions are new", () => {
    const { serverSays, news, view } = scene();
    news();
    serverSays({ working: 0, silent: null, completions: { working: 1 } });
    serverSays({ working: 0, silent: null, completions: { working: 0 } });
    expect(news()).toEqual([]);
    const working = { working: 1, silent: null, completions: { working: 0 } };
    serverSays(working);
    expect(news()).toEqual([{ type: "patch", state: { server: working } }]);
    const silent = { working: 1, silent: { kind: "offline" }, completions: { working: 0 } };
    serverSays(silent);
    serverSays({ ...silent, completions: { working: 1 } });
    expect(news()).toEqual([{ type: "patch", state: { server: silent } }]);
    view.showSpend();
    expect(news()).toEqual([{ type: "patch", state: { spend: { caps: [] } } }]);
  });

  it("is put together for a page that is there alone", () => {
    // The scene holds that nothing is before; here it is everything but the conversation.
    const { view, news } = scene();
    news();
    view.refresh();
    expect(news()).toMatchObject([{ type: "patch", state: { setup: "ready", mode: "auto" } }]);
  });
});

describe("what the page says", () => {
  it("carries the person's time zone on, where the page knows it", () => {
    const { say, zones } = scene();
    say({ type: "ready", sessionId: null, timeZone: "" });
    expect(zones).toEqual(["Europe/Lisbon"]);
  });

  it("raises a cap, opens a setting, and asks for the rest of an answer", async () => {
    const { say, continued } = scene();
    say({ type: "command", command: "raiseCap", capId: "workspace.daily", lackingNano: 12_000_000 });
    say({ type: "command", command: "openSetting", setting: "wayfare.budget.workspace.daily" });
    say({ type: "continue", turnId: "t", mode: "auto" });
    await Promise.resolve();
    expect(editor.executed[0]).toEqual(["wayfare.raiseCap", "workspace.daily", 12_000_000]);
    expect(editor.executed[1]?.[0]).toBe("workbench.action.openSettings");
    expect(String(editor.executed[1]?.[1])).toMatch(/^wayfare\.budget/);
    expect(continued).toEqual([["t", "auto"]]);
  });

  it("asks a refused question again once its cap is raised, and not before", async () => {
    const { say, retried } = scene();
    const again = { turnId: "t", mode: "cheap" };
    editor.results.set("wayfare.raiseCap", false);
    say({ type: "command", command: "raiseCap", capId: "workspace.daily", again });
    await new Promise((resolve) => setTimeout(resolve));
    expect(retried).toEqual([]);
    editor.results.set("wayfare.raiseCap", true);
    say({ type: "command", command: "raiseCap", capId: "workspace.daily", again });
    await vi.waitFor(() => expect(retried).toEqual([["t", "cheap"]]));
    // The list of sums has taken the focus from the question box.
    expect(editor.executed.map(([command]) => command)).toEqual([
      "wayfare.raiseCap",
      "wayfare.chat.focus",
      "wayfare.raiseCap",
      "wayfare.chat.focus",
    ]);
    say({ type: "command", command: "raiseCap", capId: "workspace.daily" });
    await new Promise((resolve) => setTimeout(resolve));
    expect(retried).toHaveLength(1);
  });

  it.each([
    { type: "command", command: "openSetting", setting: "editor.fontSize" },
    { type: "command", command: "openSetting", setting: "wayfare.a b" },
    { type: "command", command: "openSetting", setting: "wayfare" },
    { type: "command", command: "openSetting" },
    { type: "command", command: "raiseCap", capId: "x; y" },
    { type: "command", command: "raiseCap" },
    { type: "command", command: "raiseCap", capId: "workspace.daily", lackingNano: -1 },
    { type: "command", command: "addProvider", setting: "wayfare.mode" },
    { type: "command", command: "toString" },
    { type: "always", mode: "" },
  ])("does nothing when it is not what the host knows: %o", async (message) => {
    const { raw, told } = scene();
    raw(message);
    await Promise.resolve();
    expect(editor.executed).toEqual([]);
    expect(told().always).toBeNull();
  });
});
