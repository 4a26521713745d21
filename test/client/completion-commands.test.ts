import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { registerCompletionCommands } from "../../client/completion-commands.ts";
import type { Connection } from "../../client/server-process.ts";
import { createSignal } from "../../client/signal.ts";
import { createSnooze } from "../../client/snooze.ts";
import type { CompletionsState } from "../../shared/protocol.ts";
import { documentOf, editor, reset } from "./fake-vscode.ts";

vi.mock("vscode", () => import("./fake-vscode.ts"));

beforeEach(reset);

const languages = { "*": true, plaintext: false, markdown: false, scminput: false };

function scene(options: { state?: Partial<CompletionsState> } = {}) {
  const models = createSignal<unknown>();
  const snooze = createSnooze({ now: () => Date.UTC(2026, 0, 5, 12, 0), later: () => () => undefined });
  const told: [string, unknown][] = [];
  const done: string[] = [];
  let state: CompletionsState = { on: false, why: null, languages, model: null, ...options.state };
  editor.settings.set("wayfare.completions.languages", { defaultValue: languages });
  const registered = registerCompletionCommands({
    completions: { dismiss: () => void done.push("dismissed") },
    snooze,
    others: { preferWayfare: () => void done.push("preferred") },
    server: {
      connection: () =>
        ({
          notify: (type: { method: string }, params: unknown) => told.push([type.method, params]),
        }) as unknown as Connection,
    },
    configuration: { completions: () => state, onModels: models.on },
    timeZone: () => "UTC",
    later: () => () => undefined,
  });
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    snooze,
    told,
    done,
    registered,
    settle,
    answer(next: Partial<CompletionsState>) {
      state = { ...state, ...next };
      models.fire(null);
    },
    run: async (command: string, ...args: unknown[]) => {
      await (editor.commands.get(`wayfare.${command}`) as ((...all: unknown[]) => unknown) | undefined)?.(...args);
    },
  };
}
const written = (key: string) => editor.settings.get(`wayfare.completions.${key}`)?.globalValue;
const contexts = () => editor.executed.filter(([command]) => command === "setContext").map(([, ...rest]) => rest);

describe("completions by command", () => {
  it("are turned on in the person's own settings, awake and before other extensions, and that is said when it is so", async () => {
    const { run, answer, settle, snooze, done } = scene();
    snooze.start(300_000);
    const running = run("turnOnCompletions");
    await settle();
    expect(written("enabled")).toBe(true);
    expect(snooze.untilMs()).toBeNull();
    expect(done).toEqual(["preferred"]);
    expect(editor.shown).toEqual([]);
    answer({ on: true });
    await running;
    expect(editor.shown).toEqual(["Completions are on."]);
  });

  it("say what still keeps them away", async () => {
    const { run, answer, settle } = scene();
    const running = run("turnOnCompletions");
    await settle();
    answer({ on: false, why: "no model is set up" });
    await running;
    expect(editor.shown).toEqual(["Completions are on, and none will come yet: no model is set up."]);
  });

  it("stay off in a workspace that wants them off, which is said", async () => {
    editor.settings.set("wayfare.completions.enabled", { workspaceValue: false });
    const { run } = scene();
    await run("turnOnCompletions");
    expect(written("enabled")).toBe(true);
    expect(editor.shown).toEqual(["Completions are on, but the settings of this workspace keep them off here."]);
  });

  it("are turned off in the person's own settings", async () => {
    const { run } = scene({ state: { on: true } });
    await run("turnOffCompletions");
    expect(written("enabled")).toBe(false);
    expect(editor.shown).toEqual(["Completions are off."]);
  });

  it("are turned on and off for the language of the open file, all others left as they are", async () => {
    const { run } = scene({ state: { on: true } });
    editor.document = documentOf("file:///w/README.md", "", "markdown");
    await run("toggleCompletionsForLanguage");
    expect(written("languages")).toEqual({ ...languages, markdown: true });
    await run("toggleCompletionsForLanguage");
    expect(written("languages")).toEqual({ ...languages, markdown: false });
    expect(editor.shown).toEqual(["Completions are on for markdown.", "Completions are off for markdown."]);
  });

  it("ask for a file when none is open", async () => {
    const { run } = scene({ state: { on: true } });
    await run("toggleCompletionsForLanguage");
    expect(written("languages")).toBeUndefined();
    expect(editor.shown).toEqual(["Open a file first: its language is meant."]);
  });

  it("are snoozed for a while or until the window is new, and resumed", async () => {
    const { run, snooze } = scene({ state: { on: true } });
    editor.answers = ["15 minutes", "Until restart"];
    await run("snoozeCompletions");
    expect(snooze.untilMs()).toBe(Date.UTC(2026, 0, 5, 12, 15));
    await run("snoozeCompletions");
    expect(snooze.untilMs()).toBe(Number.POSITIVE_INFINITY);
    await run("resumeCompletions");
    expect(snooze.untilMs()).toBeNull();
    expect(editor.shown).toEqual(["Completions are snoozed until 12:15.", "Completions are snoozed until restart."]);
    await run("snoozeCompletions");
    expect(snooze.untilMs()).toBeNull();
  });

  it("tell the menus whether they are on and snoozed, when that is new", () => {
    const { answer, snooze } = scene();
    answer({ on: true });
    answer({ on: true });
    snooze.start(1_000);
    snooze.end();
    answer({ on: false });
    expect(contexts()).toEqual([
      ["wayfare.completionsOn", true],
      ["wayfare.completionsSnoozed", true],
      ["wayfare.completionsSnoozed", false],
      ["wayfare.completionsOn", false],
    ]);
  });

  it("report what was taken over by its id, and nothing for nonsense", async () => {
    const { run, told } = scene();
    await run("completionAccepted", "c-1");
    await run("completionAccepted");
    await run("completionAccepted", { id: 7 });
    expect(told).toEqual([["wayfare/completionAccepted", { completionId: "c-1" }]]);
  });

  it("are dismissed", async () => {
    const { run, done } = scene();
    await run("dismissCompletion");
    expect(done).toEqual(["dismissed"]);
  });
});

describe("the manifest", () => {
  const { contributes } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    contributes: {
      keybindings: { command: string; key: string; when?: string }[];
      menus: { commandPalette: { command: string; when: string }[] };
      configuration: { properties: Record<string, { scope: string; markdownDescription?: string }> };
    };
  };

  it("takes Escape only while a completion is under way, and from nothing else that is open", () => {
    const binding = contributes.keybindings.find(({ command }) => command === "wayfare.dismissCompletion");
    expect(binding?.key).toBe("escape");
    const clauses = binding?.when?.split(" && ") ?? [];
    expect(clauses.slice(0, 2)).toEqual(["editorTextFocus", "wayfare.completing"]);
    for (const open of [
      "suggestWidgetVisible",
      "parameterHintsVisible",
      "findWidgetVisible",
      "renameInputVisible",
      "inSnippetMode",
      "editorHasMultipleSelections",
      "editorHasSelection",
      "notificationToastsVisible",
      "callHierarchyVisible",
      "typeHierarchyVisible",
      "testing.isPeekVisible",
      "exceptionWidgetVisible",
      "breakpointWidgetVisible",
      "notebookEditorFocused",
      "inZenMode",
      "isComposing",
      "vim.active",
      "neovim.init",
    ]) {
      expect(clauses).toContain(`!${open}`);
    }
  });

  it("keeps what only the editor calls out of the palette", () => {
    const hidden = contributes.menus.commandPalette
      .filter(({ when }) => when === "false")
      .map(({ command }) => command);
    expect(hidden).toEqual(expect.arrayContaining(["wayfare.dismissCompletion", "wayfare.completionAccepted"]));
  });

  it("lets a workspace say less of completions, and never which model gets the code", () => {
    const scopeOf = (key: string) => contributes.configuration.properties[`wayfare.completions.${key}`]?.scope;
    expect(["enabled", "languages", "maxPerDayUsd"].map(scopeOf)).toEqual(["resource", "resource", "resource"]);
    expect(scopeOf("model")).toBe("application");
  });

  it("says that another model steps in only where none is named", () => {
    const words = contributes.configuration.properties["wayfare.completions.model"]?.markdownDescription;
    expect(words).toContain("It is the only one asked: when it fails, no other model takes its place. Left empty, ");
    expect(words).toContain("when that fails, the next suitable one steps in. ");
    expect(words).toMatch(/Only your user settings count\.$/);
  });
});
