import { beforeEach, describe, expect, it, vi } from "vitest";
import { registerBudgetCommands } from "../../client/budget-commands.ts";
import type { Connection } from "../../client/server-process.ts";
import { createSignal } from "../../client/signal.ts";
import type { BudgetWarning, CapState, Held, MoneyNotice } from "../../shared/protocol.ts";
import { editor, reset, window } from "./fake-vscode.ts";

vi.mock("vscode", () => import("./fake-vscode.ts"));

const cap: CapState = {
  id: "workspace.daily",
  scope: "workspace",
  period: "daily",
  limitNano: 1_000_000_000,
  raisedNano: 0,
  spentNano: 812_300_000,
  heldNano: 0,
  setting: "wayfare.budget.workspace.daily",
};
const orphan: Held = {
  attemptId: "a1",
  providerId: "openai",
  modelId: "small",
  kind: "chat",
  workspace: "file:///w",
  simulated: false,
  startedAtMs: 0,
  heldNano: 50_000_000,
  holder: "gone",
  settlesAtNano: 20_000_000,
};

function scene({ held = [] as Held[], caps = [cap], isOnPage = false } = {}) {
  const asked: [string, unknown][] = [];
  const warnings = createSignal<BudgetWarning>();
  const notices = createSignal<MoneyNotice>();
  const connection: Connection = {
    pid: 1,
    async request(type, params) {
      asked.push([type.method, params]);
      const answers: Record<string, unknown> = {
        "wayfare/spend": { caps },
        "wayfare/startAnew": { caps },
        "wayfare/raiseCap": { caps: [{ ...cap, limitNano: 1_500_000_000, raisedNano: 500_000_000 }] },
        "wayfare/heldMoney": held,
        "wayfare/releaseHeld": held.filter(({ holder }) => holder === "gone"),
      };
      return answers[type.method] as never;
    },
    ask: () => Promise.reject(new Error("not asked here")),
    examine: () => Promise.resolve([]),
    notify: () => undefined,
    close: () => Promise.resolve(),
  };
  registerBudgetCommands({
    server: { start: async () => connection, onBudgetWarning: warnings.on, onMoneyNotice: notices.on },
    hostLabel: "",
    isOnPage: () => isOnPage,
    log: () => undefined,
  });
  const run = async (command: string, ...given: unknown[]) =>
    (editor.commands.get(command) as (...given: unknown[]) => Promise<unknown>)(...given);
  return { asked, warnings, notices, run };
}

beforeEach(reset);

describe("a warning", () => {
  it("offers to raise the cap it is about, and its setting", async () => {
    const { warnings } = scene();
    editor.answers = ["Raise for Today"];
    warnings.fire({ cap, percent: 80 });
    await vi.waitFor(() => expect(editor.executed).toEqual([["wayfare.raiseCap", "workspace.daily"]]));
    expect(editor.shown).toEqual(["80 % of this workspace's $1.00 a day is spent: $0.8123 today."]);
    editor.answers = ["Open Setting"];
    warnings.fire({ cap, percent: 100 });
    await vi.waitFor(() =>
      expect(editor.executed.at(-1)).toEqual(["workbench.action.openSettings", "wayfare.budget.workspace.daily"]),
    );
  });
});

describe("a warning that the chat page gives, too", () => {
  it("comes once, but is told here too where the page has no mark of its own", async () => {
    const { warnings } = scene({ isOnPage: true });
    for (const percent of [50, 80, 90, 100, 85]) warnings.fire({ cap, percent });
    await vi.waitFor(() => expect(editor.shown).not.toEqual([]));
    expect(editor.shown.map((each) => each.slice(0, 12))).toEqual(["85 % of this"]);
  });
});

describe("what is odd about money", () => {
  it("is shown, and what a person can do about it is offered", async () => {
    const { notices } = scene();
    editor.answers = ["Start Anew"];
    notices.fire({ message: "The ledger was damaged.", action: "startAnew" });
    await vi.waitFor(() => expect(editor.executed).toEqual([["wayfare.startAnew"]]));
    expect(editor.shown).toEqual(["The ledger was damaged."]);
  });

  it("after a damaged ledger: a person's click has the caps count from what could be read", async () => {
    const { asked, run } = scene();
    await run("wayfare.startAnew");
    expect(asked).toEqual([["wayfare/startAnew", {}]]);
    expect(editor.shown).toEqual(["Your caps count from what could be read. This workspace, a day: $0.8123 of $1.00."]);
  });
});

describe("raising a cap", () => {
  it("asks by how much and says what holds until when", async () => {
    const { asked, run } = scene();
    const pick = vi.fn(async (items: { label: string }[]) => items[0]);
    Object.assign(window, { showQuickPick: pick });
    expect(await run("wayfare.raiseCap", "workspace.daily")).toBe(true);
    expect(pick.mock.calls[0]?.[0].map(({ label }) => label)).toEqual([
      "$0.50 more",
      "$1.00 more",
      "$2.00 more",
      "Another sum…",
    ]);
    expect(asked.at(-1)).toEqual(["wayfare/raiseCap", { capId: "workspace.daily", addNano: 500_000_000 }]);
    expect(editor.shown).toEqual([
      "This workspace, a day: the cap is $1.50 until the day ends, which is recorded. The setting stays as it is.",
    ]);
  });

  it("tells whoever asked for it that nothing was raised", async () => {
    const { asked, run } = scene();
    Object.assign(window, { showQuickPick: async () => undefined });
    expect(await run("wayfare.raiseCap", "workspace.daily")).toBe(false);
    expect(asked.map(([method]) => method)).toEqual(["wayfare/spend"]);
  });

  it("offers first what is enough for the question that was refused", async () => {
    const { asked, run } = scene();
    const pick = vi.fn(async (items: { label: string }[], _options: unknown) => items[0]);
    Object.assign(window, { showQuickPick: pick });
    expect(await run("wayfare.raiseCap", "workspace.daily", 12_000_000)).toBe(true);
    expect(pick.mock.calls[0]?.[1]).toMatchObject({
      placeHolder: "$0.8123 is spent. By how much? The question is then asked again.",
    });
    expect(pick.mock.calls[0]?.[0].map(({ label }) => label)).toEqual([
      "$0.02 more · enough for this question",
      "$0.50 more",
      "$1.00 more",
      "$2.00 more",
      "Another sum…",
    ]);
    expect(asked.at(-1)).toEqual(["wayfare/raiseCap", { capId: "workspace.daily", addNano: 20_000_000 }]);
    await run("wayfare.raiseCap", "workspace.daily", 500_000_000);
    expect(pick.mock.calls[1]?.[0].map(({ label }) => label)).toEqual([
      "$0.50 more · enough for this question",
      "$1.00 more",
      "$2.00 more",
      "Another sum…",
    ]);
  });

  it("is not offered for a cap that cannot be read: the setting is", async () => {
    const { asked, run } = scene({ caps: [{ ...cap, limitNano: 0, isUnreadable: true }] });
    editor.answers = ["Open Setting"];
    await run("wayfare.raiseCap");
    expect(editor.shown).toEqual([
      "This workspace, a day: the cap is unreadable. Correct wayfare.budget.workspace.daily; raising does not mend it.",
    ]);
    expect(editor.executed).toEqual([["workbench.action.openSettings", "wayfare.budget.workspace.daily"]]);
    expect(asked.map(([method]) => method)).toEqual(["wayfare/spend"]);
  });

  it("does nothing when the person leaves", async () => {
    const { asked, run } = scene();
    Object.assign(window, { showQuickPick: async () => undefined });
    await run("wayfare.raiseCap");
    expect(asked.map(([method]) => method)).toEqual(["wayfare/spend"]);
  });

  it("says so where there is no cap", async () => {
    const { run } = scene({ caps: [] });
    await run("wayfare.raiseCap");
    expect(editor.shown).toEqual(["No cap is set."]);
  });
});

describe("releasing held money", () => {
  it("shows who holds what and what it settles at, and releases what is picked", async () => {
    const { asked, run } = scene({ held: [orphan, { ...orphan, attemptId: "a2", holder: "this" }] });
    const pick = vi.fn(async (items: { label: string; description: string; picked: boolean }[]) => items);
    Object.assign(window, { showQuickPick: pick });
    await run("wayfare.releaseHeldMoney");
    expect(pick.mock.calls[0]?.[0]).toMatchObject([
      { label: "$0.0500 held, settles at $0.0200", description: "chat · openai/small", picked: true },
    ]);
    expect(asked.at(-1)).toEqual(["wayfare/releaseHeld", { attemptIds: ["a1"] }]);
    expect(editor.shown).toEqual(["Released $0.0500 of 1 request, settled at $0.0200."]);
  });

  it("has nothing to release of this window's own requests", async () => {
    const { run } = scene({ held: [{ ...orphan, holder: "this" }] });
    await run("wayfare.releaseHeldMoney");
    expect(editor.shown).toEqual(["Only requests of this window hold money; they are under way."]);
  });
});
