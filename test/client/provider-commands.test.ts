import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Dialog } from "../../client/dialog.ts";
import { registerProviderCommands } from "../../client/provider-commands.ts";
import { readSettings } from "../../client/read-settings.ts";
import type { TestConnectionParams, TestConnectionResult } from "../../shared/protocol.ts";
import { editor, reset } from "./fake-vscode.ts";
import { type Reply, scriptedDialog } from "./scripted-dialog.ts";

vi.mock("vscode", () => import("./fake-vscode.ts"));
const present = vi.hoisted(() => ({ dialog: null as unknown }));
vi.mock("../../client/dialog.ts", () => ({ quickDialog: () => present.dialog }));

beforeEach(reset);

const set = (providers: unknown, tiers: unknown) => {
  editor.settings.set("wayfare.providers", { globalValue: providers });
  editor.settings.set("wayfare.tiers", { globalValue: tiers });
};
const written = () => [
  editor.settings.get("wayfare.providers")?.globalValue,
  editor.settings.get("wayfare.tiers")?.globalValue,
];

/** Runs a command; `meanwhile` happens while the person is at the first dialog. */
async function run(command: string, script: readonly Reply[], meanwhile: () => void, passes = true) {
  const { dialog, left, seen } = scriptedDialog(script);
  const later =
    <Options, Result>(show: (options: Options) => Promise<Result>) =>
    (options: Options): Promise<Result> => {
      meanwhile();
      return show(options);
    };
  const interrupted: Dialog = { ...dialog, enterText: later(dialog.enterText) };
  present.dialog = interrupted;
  const tested: TestConnectionParams[] = [];
  const stored: string[] = [];
  let sends = 0;
  registerProviderCommands({
    configuration: {
      read: () => readSettings([(key) => editor.settings.get(`wayfare.${key}`)]),
      async together(change: () => Promise<unknown>) {
        const result = await change();
        sends += 1;
        return result;
      },
    },
    keys: {
      store: async (...entry: string[]) => void stored.push(entry.join(" ")),
      forget: async (id: string) => void stored.push(`forget ${id}`),
    },
    server: {
      start: async () => ({
        async request(_type: unknown, params: TestConnectionParams): Promise<TestConnectionResult | never[]> {
          if (!("preset" in params)) return [];
          tested.push(params);
          if (!passes) return { ok: false, failure: { kind: "auth", status: 401, message: "401" } };
          const name = `${params.providerId}/small`;
          const model = {
            providerId: params.providerId,
            modelId: "small",
            tier: "cheap" as const,
            windowTokens: null,
            maxOutputTokens: null,
            inputPerMillionUsd: 1,
            outputPerMillionUsd: 1,
            priceSource: null,
            simulated: false,
          };
          return {
            ok: true,
            baseUrl: "https://api.openai.com/v1",
            models: [model],
            tiers: { cheap: [name], frontier: [name] },
            elapsedMs: 1,
          };
        },
      }),
    },
    log: { error: () => undefined, show: () => undefined },
    environment: {},
    openChat: async () => undefined,
  } as never);
  await editor.commands.get(`wayfare.${command}`)?.();
  expect(left()).toBe(0);
  return { tested, stored, seen, sends: () => sends };
}

const openai = { id: "openai", preset: "openai" };
const gate = {
  id: "gate",
  preset: "openai-compatible",
  baseUrl: "https://gate.example/v1",
  headers: { "x-team": "blue", "x-count": 7 },
};

describe("Add Provider", () => {
  it("keeps what was written while its dialogs were open, and takes an id that is free then", async () => {
    set([], {});
    const { stored, tested } = await run(
      "addProvider",
      [{ pick: "OpenAI" }, { type: "sk-mine" }, "enter", "enter"],
      () => set([openai, gate], { cheap: ["openai/other"], frontier: ["gate/large"] }),
    );
    expect(written()).toEqual([
      [openai, gate, { id: "openai-2", preset: "openai" }],
      { cheap: ["openai/other", "openai-2/small"], frontier: ["gate/large", "openai-2/small"] },
    ]);
    expect(stored).toEqual(["openai-2 https://api.openai.com sk-mine"]);
    // The list of models is kept by the provider's id.
    expect(tested.map(({ providerId }) => providerId)).toEqual(["openai", "openai-2"]);
  });
});

describe("Remove Provider", () => {
  it("keeps what was written while it asked", async () => {
    set([openai], { cheap: ["openai/small"] });
    editor.answers = ["Remove"];
    const later = { globalValue: [openai, gate] };
    const done = run("removeProvider", [], () => undefined);
    editor.settings.set("wayfare.providers", later);
    editor.settings.set("wayfare.tiers", { globalValue: { cheap: ["openai/small", "gate/small"] } });
    const { stored } = await done;
    expect(written()).toEqual([[gate], { cheap: ["gate/small"] }]);
    expect(stored).toEqual(["forget openai"]);
  });
});

describe("Change Key", () => {
  it("tries the key with the provider's own headers", async () => {
    set([gate], {});
    const { tested, stored, sends } = await run("changeKey", [{ type: "sk-new" }], () => undefined);
    expect(tested).toEqual([
      {
        providerId: "gate",
        preset: "openai-compatible",
        baseUrl: "https://gate.example/v1",
        headers: { "x-team": "blue" },
        key: "sk-new",
      },
    ]);
    expect(stored).toEqual(["gate https://gate.example sk-new"]);
    // What the provider listed is read by the server at once.
    expect(sends()).toBe(1);
  });

  it("takes the key away where none is needed, and asks for none where there is none", async () => {
    set([gate], {});
    const optional = await run("changeKey", [{ type: "" }], () => undefined);
    expect([optional.tested[0]?.key, optional.stored]).toEqual([null, ["forget gate"]]);
    set([{ id: "studio", preset: "lmstudio" }], {});
    const none = await run("changeKey", [], () => undefined);
    expect([none.tested[0]?.key, none.stored, none.sends()]).toEqual([null, [], 1]);
    expect(editor.shown).toEqual(["gate is asked without a key now.", "The models of studio were read again."]);
  });
});
