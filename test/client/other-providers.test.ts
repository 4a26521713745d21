import { describe, expect, it, vi } from "vitest";
import { type Choice, createOtherProviders } from "../../client/other-providers.ts";

vi.mock("vscode", () => import("./fake-vscode.ts"));

function scene(
  options: { active?: string[]; settings?: Record<string, unknown>; account?: boolean; stored?: unknown } = {},
) {
  const world = {
    active: options.active ?? [],
    nowMs: 0,
    stored: options.stored as unknown,
    account: options.account ?? false,
    accountQuestions: 0,
  };
  const asked: { name: string; answer: (choice: Choice | undefined) => void; fail: (error: Error) => void }[] = [];
  let accountsChanged = (): void => undefined;
  let changes = 0;
  const others = createOtherProviders({
    isActive: (id) => world.active.includes(id),
    setting: (key) => options.settings?.[key],
    async hasGitHubAccount() {
      world.accountQuestions += 1;
      return world.account;
    },
    onAccounts(listener) {
      accountsChanged = listener;
      return { dispose: () => undefined };
    },
    choices: {
      read: () => world.stored,
      write: (choices) => {
        world.stored = choices;
      },
    },
    ask: ({ name }) => new Promise((answer, fail) => asked.push({ name, answer, fail })),
    now: () => world.nowMs,
  });
  others.onChange(() => {
    changes += 1;
  });
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  return { world, others, asked, settle, changes: () => changes, accountsChanged: () => accountsChanged() };
}

describe("another extension that completes", () => {
  it("is left the field until the person has said who should, and is asked about once", async () => {
    const { others, asked, settle, changes, world } = scene({ active: ["Codeium.codeium"] });
    expect(others.yieldsTo()).toBe("Windsurf");
    others.askOnce();
    others.askOnce();
    expect(asked.map(({ name }) => name)).toEqual(["Windsurf"]);
    expect(others.yieldsTo()).toBe("Windsurf");
    asked[0]?.answer("wayfare");
    await settle();
    expect(others.yieldsTo()).toBeNull();
    expect(changes()).toBe(1);
    expect(world.stored).toEqual({ "Codeium.codeium": "wayfare" });
    others.askOnce();
    expect(asked.length).toBe(1);
  });

  it.each(["other", undefined] as const)(
    "keeps it after the answer %s, for good, until completions are turned on",
    async (answer) => {
      const { others, asked, settle, world } = scene({ active: ["Continue.continue"] });
      others.askOnce();
      asked[0]?.answer(answer);
      await settle();
      expect(others.yieldsTo()).toBe("Continue");
      others.askOnce();
      expect(asked.length).toBe(1);
      const later = scene({ active: ["Continue.continue"], stored: world.stored });
      later.others.askOnce();
      expect(later.asked).toEqual([]);
      expect(later.others.yieldsTo()).toBe("Continue");
      later.others.preferWayfare();
      expect(later.others.yieldsTo()).toBeNull();
      expect(later.changes()).toBe(1);
    },
  );

  it.each([
    ["Codeium.codeium", { "codeium.enableConfig": { "*": false } }],
    ["Continue.continue", { "continue.enableTabAutocomplete": false }],
    ["TabbyML.vscode-tabby", { "tabby.inlineCompletion.triggerMode": "manual" }],
    ["Google.geminicodeassist", { "geminicodeassist.inlineSuggestions.enableAuto": "off" }],
    ["sourcegraph.cody-ai", { "cody.autocomplete.enabled": false }],
  ])("is none while %s is told to keep still by %j", (id, settings) => {
    expect(scene({ active: [id], settings }).others.yieldsTo()).toBeNull();
    expect(scene({ active: [id] }).others.yieldsTo()).not.toBeNull();
  });

  it("is GitHub's only when someone is signed in, its completions are on and its features are not switched off", async () => {
    const nameOf = async (settings: Record<string, unknown>, account: boolean) => {
      const { others, settle } = scene({ active: ["GitHub.copilot-chat"], settings, account });
      others.yieldsTo();
      await settle();
      return others.yieldsTo();
    };
    expect(await nameOf({ "github.copilot.enable": { "*": true, markdown: false } }, true)).toBe("GitHub Copilot");
    expect(await nameOf({ "github.copilot.enable": { "*": true } }, false)).toBeNull();
    expect(await nameOf({ "github.copilot.enable": { "*": false, markdown: false } }, true)).toBeNull();
    expect(await nameOf({ "chat.disableAIFeatures": true }, true)).toBeNull();
  });

  it("has its accounts looked at once, until they change or five minutes later", async () => {
    const { others, world, settle, accountsChanged, changes } = scene({ active: ["GitHub.copilot"] });
    for (world.nowMs = 0; world.nowMs < 300_000; world.nowMs += 5_000) {
      others.yieldsTo();
      await settle();
    }
    expect(world.accountQuestions).toBe(1);
    world.account = true;
    others.yieldsTo();
    await settle();
    expect(world.accountQuestions).toBe(2);
    expect(others.yieldsTo()).toBe("GitHub Copilot");
    world.account = false;
    const before = changes();
    accountsChanged();
    expect(changes()).toBe(before + 1);
    others.yieldsTo();
    await settle();
    expect(others.yieldsTo()).toBeNull();
    expect(world.accountQuestions).toBe(3);
  });

  it("is asked about again a minute after the question could not be shown", async () => {
    const { others, asked, settle, world } = scene({ active: ["Codeium.codeium"] });
    others.askOnce();
    asked[0]?.fail(new Error("no window"));
    await settle();
    expect(world.stored).toBeUndefined();
    world.nowMs = 59_999;
    others.askOnce();
    expect(asked.length).toBe(1);
    world.nowMs = 60_000;
    others.askOnce();
    expect(asked.length).toBe(2);
  });

  it("is noticed when it comes and forgotten when it goes, within five seconds", () => {
    const { others, world } = scene();
    expect(others.yieldsTo()).toBeNull();
    world.active = ["Supermaven.supermaven"];
    world.nowMs = 4_999;
    expect(others.yieldsTo()).toBeNull();
    world.nowMs = 5_000;
    expect(others.yieldsTo()).toBe("Supermaven");
    world.active = [];
    world.nowMs = 10_000;
    expect(others.yieldsTo()).toBeNull();
  });

  it("is asked about one after the other, and nonsense in the memory is no answer", async () => {
    const { others, asked, settle } = scene({ active: ["TabNine.tabnine-vscode", "Codeium.codeium"], stored: [7] });
    others.askOnce();
    asked[0]?.answer("wayfare");
    await settle();
    others.askOnce();
    expect(asked.map(({ name }) => name)).toEqual(["Windsurf", "Tabnine"]);
    expect(others.yieldsTo()).toBe("Tabnine");
  });
});
