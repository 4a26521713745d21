// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import { capWords } from "../../../client/webview/cap-notice.ts";
import { buttonWith, find, openByHand } from "./harness/open-by-hand.ts";
import { base, capState, models, simulatedModels, turn, withCaps, withTurns } from "./harness/samples.ts";

const refusal = {
  kind: "budget",
  message: "This does not fit under this workspace's $1.00 a day.",
  cap: {
    id: "workspace.daily",
    setting: "wayfare.budget.workspace.daily",
    limitNano: 1e9,
    spentNano: 1e9,
    heldNano: 0,
    neededNano: 1e7,
  },
} as const;
const refused = (failure: NonNullable<ReturnType<typeof turn>["failure"]> = refusal) =>
  turn({ state: "failed", decision: null, failure });

describe("a refusal by a cap", () => {
  it("offers to raise it for today, its setting, a model that costs nothing, and to ask again", () => {
    const page = openByHand();
    page.show(withTurns([refused()]));
    expect([...document.querySelectorAll(".failure button")].map((button) => button.textContent)).toEqual([
      "Raise for today",
      "Open the setting",
      "Use llama3.2:3b",
      "Retry",
    ]);
    expect(find(".failure .primary")?.textContent).toBe("Raise for today");
    buttonWith("Raise for today")?.click();
    expect(page.last()).toEqual({
      type: "command",
      command: "raiseCap",
      capId: "workspace.daily",
      lackingNano: 10_000_000,
      again: { turnId: "turn-1", mode: "auto" },
    });
    buttonWith("Open the setting")?.click();
    expect(page.last()).toEqual({
      type: "command",
      command: "openSetting",
      setting: "wayfare.budget.workspace.daily",
    });
    buttonWith("Use llama3.2:3b")?.click();
    expect(page.last()).toEqual({ type: "retry", turnId: "turn-1", mode: "ollama/llama3.2:3b" });
    buttonWith("Retry")?.click();
    expect(page.last()).toEqual({ type: "retry", turnId: "turn-1", mode: "auto" });
  });

  it("offers a free model once it is known, and no simulated or paid one in its place", () => {
    const page = openByHand();
    const free = simulatedModels.map((model) => ({ ...model, priceSource: "free" as const }));
    page.show(withTurns([refused()], { models: [...models.slice(0, 2), ...free] }));
    expect(buttonWith("Use sim-small")).toBeUndefined();
    expect(document.querySelectorAll(".failure button")).toHaveLength(3);
    page.receive({ type: "patch", state: { models } });
    expect(buttonWith("Use llama3.2:3b")).toBeDefined();
  });

  it("without a cap to raise leads to the settings", () => {
    const page = openByHand();
    page.show(withTurns([refused({ kind: "budget", message: "Nobody says what this model costs." })]));
    expect(find(".failure")?.textContent).toBe("Nobody says what this model costs.Open settingsUse llama3.2:3bRetry");
  });
});

describe("the notice about a cap", () => {
  const shown = () => (find(".cap-notice")?.hidden === false ? find(".cap-notice p")?.textContent : null);

  it("stands above the question from 50 % on, for the nearest cap, and can raise it", () => {
    const page = openByHand();
    page.show({ ...base, ...withCaps([capState({ spentNano: 499_999_999 })]) });
    expect(shown()).toBeNull();
    page.receive({ type: "patch", state: withCaps([capState({}), capState({ id: "global.total", scope: "global" })]) });
    expect(shown()).toBe("82 % of this workspace's $1.00 a day is spent. Raise for today");
    page.frame();
    expect(find("#live")?.textContent).toBe("82 % of this workspace's $1.00 a day is spent.");
    buttonWith("Raise for today")?.click();
    expect(page.last()).toEqual({ type: "command", command: "raiseCap", capId: "workspace.daily" });
  });

  it("asks the last question again when it raises the cap that refused it, and no other", () => {
    const page = openByHand();
    const caps = withCaps([capState({}), capState({ id: "global.daily", scope: "global", spentNano: 0 })]);
    page.show({ ...withTurns([refused()]), ...caps });
    find(".cap-notice button.link")?.click();
    const raised = { type: "command", command: "raiseCap", capId: "workspace.daily" };
    expect(page.last()).toEqual({ ...raised, lackingNano: 10_000_000, again: { turnId: "turn-1", mode: "auto" } });
    const later = openByHand();
    later.show({ ...withTurns([refused(), turn({ id: "turn-2" })]), ...caps });
    find(".cap-notice button.link")?.click();
    expect(later.last()).toEqual(raised);
  });

  it("put away stays away until the next mark, over a reload of the page too", () => {
    const page = openByHand();
    page.show({ ...base, ...withCaps([capState({})]) });
    find('[aria-label="Hide until the next mark"]')?.click();
    expect([shown(), document.activeElement]).toEqual([null, page.box]);
    page.receive({ type: "patch", state: withCaps([capState({ spentNano: 890_000_000 })]) });
    expect(shown()).toBeNull();

    const again = openByHand(page.kept());
    again.show({ ...base, ...withCaps([capState({ spentNano: 890_000_000 })]) });
    expect(shown()).toBeNull();
    again.receive({ type: "patch", state: withCaps([capState({ spentNano: 900_000_000 })]) });
    expect(shown()).toContain("90 %");
  });

  it("put away comes back when the same mark is reached anew", () => {
    const page = openByHand();
    page.show({ ...base, ...withCaps([capState({})]) });
    find('[aria-label="Hide until the next mark"]')?.click();
    page.receive({ type: "patch", state: withCaps([capState({ spentNano: 0 })]) });
    page.receive({ type: "patch", state: withCaps([capState({})]) });
    expect(shown()).toContain("82 %");
  });

  it("is read out once for each mark, not with every cent", () => {
    const page = openByHand();
    const live = () => {
      page.frame();
      return find("#live")?.textContent;
    };
    page.show({ ...base, ...withCaps([capState({})]) });
    expect(live()).toContain("82 %");
    page.receive({ type: "patch", state: withCaps([capState({ spentNano: 830_000_000 })]) });
    expect(live()).toContain("82 %");
    expect(shown()).toContain("83 %");
    page.receive({ type: "patch", state: withCaps([capState({ spentNano: 1_000_000_000 })]) });
    expect(live()).toBe("All of this workspace's $1.00 a day is spent.");
  });

  it("says nothing of a cap of nothing", () => {
    openByHand().show({ ...base, ...withCaps([capState({ limitNano: 0, spentNano: 0 })]) });
    expect(shown()).toBeNull();
  });

  it("says nothing of a cap that cannot be read", () => {
    openByHand().show({ ...base, ...withCaps([capState({ isUnreadable: true })]) });
    expect(shown()).toBeNull();
  });

  it.each([
    [{}, "82 % of this workspace's $1.00 a day is spent."],
    [{ spentNano: 999_999_999 }, "99 % of this workspace's $1.00 a day is spent."],
    [{ scope: "global", period: "monthly", limitNano: 20e9, spentNano: 21e9 }, "All of your $20.00 a month is spent."],
    [{ scope: "completions", limitNano: 5e8, spentNano: 4e8 }, "80 % of the completions' $0.50 a day is spent."],
    [{ period: "total", limitNano: 5e6, spentNano: 4e6 }, "80 % of this workspace's $0.005 in total is spent."],
    [{ period: "weekly", limitNano: 1e7, spentNano: 9e6 }, "90 % of this workspace's $0.01 a week is spent."],
  ] as const)("says of %o: %s", (values, words) => {
    expect(capWords(capState(values))).toBe(words);
  });
});
