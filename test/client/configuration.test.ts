import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { setupOf } from "../../client/chat-view.ts";
import { createConfiguration, openSetting } from "../../client/configuration.ts";
import type { Connection } from "../../client/server-process.ts";
import { createStatusBar } from "../../client/status-bar.ts";
import type { ConfigureParams, ConfigureResult } from "../../shared/protocol.ts";
import { EventEmitter, editor, events, reset } from "./fake-vscode.ts";

vi.mock("vscode", () => import("./fake-vscode.ts"));

beforeEach(() => {
  reset();
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function scene(problems: ConfigureResult["problems"][] = [], notices: string[] = []) {
  const sent: ConfigureParams[] = [];
  const secrets = new EventEmitter<{ key: string }>();
  const logged: string[] = [];
  const connection: Connection = {
    pid: 1,
    async request(_type, params) {
      sent.push(params as ConfigureParams);
      await held;
      return { problems: problems.shift() ?? [], models: [], notices } as never;
    },
    ask: () => Promise.reject(new Error("not asked here")),
    examine: () => Promise.resolve([]),
    notify: () => undefined,
    close: () => Promise.resolve(),
  };
  let running: Connection | null = null;
  let held: Promise<void> | undefined;
  const configuration = createConfiguration({
    keys: {
      read: async () => [{ providerId: "openai", origin: "https://api.openai.com", key: "sk-1" }],
      of: async () => null,
      store: () => Promise.resolve(),
      forget: () => Promise.resolve(),
      readPassphrase: () => Promise.resolve(undefined),
      storePassphrase: () => Promise.resolve(),
      known: () => [],
    },
    log: {
      write: ({ message }) => void logged.push(message),
      info: () => undefined,
      error: (message) => void logged.push(message),
      show: () => undefined,
      recent: () => [],
    },
    secrets: { onDidChange: secrets.event },
    environment: { HTTPS_PROXY: "http://proxy:1" },
    connection: () => running,
  });
  const change = (section = "wayfare") =>
    events.configuration.fire({ affectsConfiguration: (each) => each === section });
  return {
    configuration,
    sent,
    secrets,
    logged,
    change,
    connection,
    /** Requests are answered only after the returned function is called. */
    hold() {
      let release = () => {};
      held = new Promise((resolve) => {
        release = resolve;
      });
      return () => {
        held = undefined;
        release();
      };
    },
    run() {
      running = connection;
      configuration.catchUp();
    },
    async start() {
      running = connection;
      await configuration.prepare(connection);
    },
  };
}

const set = (key: string, globalValue: unknown) => editor.settings.set(`wayfare.${key}`, { globalValue });

describe("the configuration", () => {
  it("is sent with keys, network and trust when the server starts", async () => {
    set("providers", [{ id: "openai", preset: "openai" }]);
    editor.settings.set("http.proxy", { globalValue: "http://corp:8080" });
    editor.isTrusted = false;
    const { configuration, sent, start } = scene();
    await start();
    expect(sent).toMatchObject([
      {
        configuration: {
          providers: [{ id: "openai", preset: "openai" }],
          tiers: undefined,
          mode: undefined,
          quality: undefined,
          playground: undefined,
          network: {
            proxy: "http://corp:8080",
            proxyStrictSsl: true,
            proxySupport: "override",
            noProxy: [],
            systemCertificates: true,
            environment: { httpsProxy: "http://proxy:1" },
          },
        },
        keys: [{ providerId: "openai", origin: "https://api.openai.com", key: "sk-1" }],
        trusted: false,
      },
    ]);
    configuration.dispose();
  });

  it("is sent again, once, after settings, VS Code's network settings, a key or trust changed", async () => {
    const { configuration, sent, secrets, change, start } = scene();
    await start();
    change();
    change("http");
    secrets.fire({ key: "wayfare.key:openai:https://api.openai.com" });
    events.trust.fire();
    await vi.advanceTimersByTimeAsync(100);
    expect(sent).toHaveLength(2);
    change("editor");
    secrets.fire({ key: "other.extension" });
    await vi.advanceTimersByTimeAsync(100);
    expect(sent).toHaveLength(2);
    configuration.dispose();
  });

  it("tells of a port of the local endpoint that is none, here and to the server, and sends neither it nor the switch", async () => {
    set("endpoint.port", 80);
    set("endpoint.enabled", true);
    set("endpoint.workspaces", { ci: { daily: 1 } });
    const { configuration, sent, start } = scene();
    await start();
    const message = "80 is not a port from 1024 to 65535. 8377 is used. Write a whole number between them.";
    expect(sent[0]?.problems).toEqual([{ field: "wayfare.endpoint.port", message }]);
    expect(editor.shown).toEqual([`wayfare.endpoint.port: ${message}`]);
    expect(sent[0]?.configuration.endpoint).toEqual({ workspaces: { ci: { daily: 1 } } });
    configuration.dispose();
  });

  it("starts no server by itself", async () => {
    const { configuration, sent, change } = scene();
    change();
    await vi.advanceTimersByTimeAsync(100);
    expect(sent).toEqual([]);
    configuration.dispose();
  });

  it("is not lost when it changes while the server starts", async () => {
    set("mode", "auto");
    const { configuration, sent, secrets, change, connection, hold, run } = scene();
    const modes = () => sent.map((params) => params.configuration.mode);
    const release = hold();
    const prepared = configuration.prepare(connection);
    await vi.advanceTimersByTimeAsync(10);
    set("mode", "cheap");
    change();
    await vi.advanceTimersByTimeAsync(100);
    expect(modes()).toEqual(["auto"]);
    release();
    await prepared;
    expect(modes()).toEqual(["auto", "cheap"]);
    // The start has more to do after the settings were sent; a key may change meanwhile.
    secrets.fire({ key: "wayfare.key:openai:https://api.openai.com" });
    await vi.advanceTimersByTimeAsync(100);
    expect(sent).toHaveLength(2);
    run();
    await vi.advanceTimersByTimeAsync(100);
    expect(sent).toHaveLength(3);
    configuration.catchUp();
    await vi.advanceTimersByTimeAsync(100);
    expect(sent).toHaveLength(3);
    configuration.dispose();
  });

  it("does not keep the server from starting when it changes again and again", async () => {
    const { configuration, sent, connection } = scene();
    const request = connection.request;
    connection.request = (type, params, token) => {
      events.trust.fire();
      return request(type, params, token);
    };
    await configuration.prepare(connection);
    expect(sent).toHaveLength(3);
    configuration.dispose();
  });

  it("is sent as a whole when several settings are written together", async () => {
    const { configuration, sent, change, start } = scene();
    await start();
    await configuration.together(async () => {
      change();
      await vi.advanceTimersByTimeAsync(500);
      expect(sent).toHaveLength(1);
      change();
    });
    await vi.advanceTimersByTimeAsync(100);
    expect(sent).toHaveLength(2);
    configuration.dispose();
  });

  it("offers a new key for a provider that has none", async () => {
    const { configuration, start } = scene([
      [{ field: "wayfare.providers[0]", message: "No key.", mend: "changeKey" }],
    ]);
    editor.answers = ["Change Key"];
    await start();
    await vi.advanceTimersByTimeAsync(100);
    expect(editor.executed).toEqual([["wayfare.changeKey"]]);
    configuration.dispose();
  });

  it("offers to enter a passphrase, and tells of one that does not fit each time one was entered", async () => {
    const problem = {
      field: "wayfare.network.clientCertificates[0].keyFile",
      message: "The passphrase is not that of the file.",
      mend: "enterPassphrase",
    } as const;
    const { configuration, start, secrets } = scene([[problem], [problem]]);
    editor.answers = ["Enter Passphrase"];
    await start();
    await vi.advanceTimersByTimeAsync(100);
    expect(editor.executed).toEqual([["wayfare.enterPassphrase"]]);
    secrets.fire({ key: "wayfare.passphrase:/home/ann/me.key" });
    await vi.advanceTimersByTimeAsync(100);
    expect(editor.shown).toHaveLength(2);
    configuration.dispose();
  });

  it("names the first two of many that cannot be used, cuts a long sentence, and leads to the doctor for the rest", async () => {
    const problems = Array.from({ length: 40 }, (_, at) => ({
      field: `wayfare.providers[${at}].preset`,
      message: `"x" is not a preset. Use one of: ${"openai, ".repeat(60)}vllm.`,
    }));
    const { configuration, start } = scene([problems]);
    editor.answers = ["Open Doctor"];
    await start();
    await vi.advanceTimersByTimeAsync(100);
    expect(editor.shown).toEqual([
      expect.stringMatching(
        /^wayfare\.providers\[0\]\.preset: "x" is not a preset\. Use one of: openai, .*… Also: wayfare\.providers\[1\]\.preset and 38 more\.$/,
      ),
    ]);
    expect(editor.shown[0]?.length).toBeLessThan(300);
    expect(editor.executed).toEqual([["wayfare.doctor"]]);
    configuration.dispose();
  });

  it("shows what cannot be used once per change, with the way to the setting", async () => {
    const first = { field: "wayfare.providers[0].baseUrl", message: '"x" has no scheme. Write https://x.' };
    const second = { field: "wayfare.mode", message: "Unknown." };
    const { configuration, change, start, logged } = scene([[first, second], [first, second], [second], []]);
    editor.answers = ["Open Settings"];
    await start();
    await vi.advanceTimersByTimeAsync(100);
    expect(editor.shown).toEqual([
      'wayfare.providers[0].baseUrl: "x" has no scheme. Write https://x. Also: wayfare.mode.',
    ]);
    expect(editor.executed).toEqual([["workbench.action.openSettings", "wayfare.providers"]]);
    expect(logged).toEqual([
      'wayfare.providers[0].baseUrl: "x" has no scheme. Write https://x.',
      "wayfare.mode: Unknown.",
    ]);
    change();
    await vi.advanceTimersByTimeAsync(100);
    expect(editor.shown).toHaveLength(1);
    change();
    await vi.advanceTimersByTimeAsync(100);
    expect(editor.shown.at(-1)).toBe("wayfare.mode: Unknown.");
    configuration.dispose();
  });

  it("shows once what the server does without, beside a setting that cannot be used, with the way to the extension", async () => {
    const lacks = "Wayfare's routing weights cannot be read (it is no JSON): questions are weighed by simpler ones.";
    const { configuration, change, start, logged } = scene([[{ field: "wayfare.mode", message: "Unknown." }]], [lacks]);
    editor.answers = ["Show Extension"];
    await start();
    await vi.advanceTimersByTimeAsync(100);
    expect(editor.shown).toEqual([lacks, "wayfare.mode: Unknown."]);
    expect(editor.executed).toEqual([["workbench.extensions.search", "@id:wayfare.wayfare"]]);
    expect(logged).toEqual([lacks, "wayfare.mode: Unknown."]);
    change();
    await vi.advanceTimersByTimeAsync(100);
    expect(editor.shown).toHaveLength(2);
    configuration.dispose();
  });

  it("finds the setting that a field speaks of", async () => {
    await openSetting("wayfare.network.extraCaFile");
    await openSetting("wayfare.tiers.cheap[2]");
    await openSetting("wayfare.budget.workspace.daily");
    await openSetting("wayfare.budget");
    expect(editor.executed.map((call) => call[1])).toEqual([
      "wayfare.network.extraCaFile",
      "wayfare.tiers",
      "wayfare.budget.workspace.daily",
      "wayfare.budget",
    ]);
  });
});

describe("the settings as they are now", () => {
  it("are read once, however often a letter asks for them, and again after each change that may make them others", async () => {
    const { configuration, change } = scene();
    const inspected = vi.spyOn(editor.settings, "get");
    const look = () => {
      inspected.mockClear();
      const { mode } = configuration.read().settings;
      const first = inspected.mock.calls.length;
      const facts = [configuration.isSetUp(), setupOf(configuration), configuration.read().settings.mode];
      expect(inspected.mock.calls.length).toBe(first);
      return { mode, facts, isRead: first > 0 };
    };
    set("mode", "cheap");
    expect(look()).toEqual({ mode: "cheap", facts: [false, "nothing", "cheap"], isRead: true });
    expect(look().isRead).toBe(false);
    set("mode", "auto");
    set("playground", true);
    change();
    // At once: what is sent to the server waits a moment, what a person sees does not.
    expect(look()).toEqual({ mode: "auto", facts: [true, "playground", "auto"], isRead: true });
    change("editor");
    expect(look().isRead).toBe(false);
    events.trust.fire();
    expect(look().isRead).toBe(true);
    events.folders.fire();
    expect(look().isRead).toBe(true);
    await configuration.together(async () => {
      set("mode", "frontier");
      change();
      expect(look().mode).toBe("frontier");
    });
    inspected.mockRestore();
    configuration.dispose();
  });
});

describe("the status bar item", () => {
  it("is read out with the amount, and links only to Wayfare's own commands", () => {
    let spentNano = 0;
    const book = { heldNano: 0, unknown: 0, rows: [] };
    const bar = createStatusBar(() => ({
      setup: "ready",
      process: "running",
      stoppedBecause: null,
      server: null,
      spend: { real: { ...book, spentNano }, simulated: { ...book, spentNano: 0 }, caps: [] },
      completions: { state: "on", reason: null },
      trusted: true,
      hostLabel: "",
      nowMs: 0,
    }));
    const [item] = editor.statusItems;
    expect(item?.accessibilityInformation).toEqual({ label: "Wayfare: $0 spent today", role: "button" });
    spentNano = 4_200_000;
    bar.update();
    expect(item?.text).toBe("$(compass) $0.0042");
    expect(item?.accessibilityInformation).toEqual({ label: "Wayfare: $0.0042 spent today", role: "button" });
    expect(item?.tooltip).toMatchObject({
      isTrusted: {
        enabledCommands: [
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
        ],
      },
    });
  });
});
