import { describe, expect, it } from "vitest";
import { enoughFor, raiseSteps, readSum, warningWords } from "../../client/cap-words.ts";
import { capIdName, capName } from "../../shared/cap-words.ts";
import type { CapState } from "../../shared/protocol.ts";

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

describe("a warning about a cap", () => {
  it("says how much of which cap is spent", () => {
    expect(warningWords({ cap, percent: 80 }, "")).toBe(
      "80 % of this workspace's $1.00 a day is spent: $0.8123 today.",
    );
    const month: CapState = { ...cap, scope: "global", period: "monthly", limitNano: 30_000_000_000 };
    expect(warningWords({ cap: month, percent: 50 }, "WSL: Ubuntu")).toBe(
      "50 % of your $30.00 a month on WSL: Ubuntu is spent: $0.8123 this month.",
    );
  });

  it("says what follows when it is reached", () => {
    expect(warningWords({ cap: { ...cap, spentNano: 1_000_000_000 }, percent: 100 }, "")).toBe(
      "The cap is reached: all of this workspace's $1.00 a day is spent ($1.00 today). Only what is free is asked until it ends or is raised.",
    );
  });

  it("names caps by whose and how long", () => {
    expect(capName(cap)).toBe("This workspace, a day");
    expect(capName({ scope: "completions", period: "daily" })).toBe("Completions, a day");
    expect(capName({ scope: "global", period: "total" })).toBe("All workspaces, in total");
    expect(["global.weekly", "workspace.daily", "later.daily"].map(capIdName)).toEqual([
      "All workspaces, a week",
      "One workspace, a day",
      "later.daily",
    ]);
  });
});

describe("raising a cap", () => {
  it("offers half as much again, as much again, and twice", () => {
    expect(raiseSteps(cap)).toEqual([500_000_000, 1_000_000_000, 2_000_000_000]);
  });

  it("offers steps of the setting, not of what was raised before, and never less than a cent", () => {
    expect(raiseSteps({ limitNano: 3_000_000_000, raisedNano: 2_000_000_000 })).toEqual([
      500_000_000, 1_000_000_000, 2_000_000_000,
    ]);
    expect(raiseSteps({ limitNano: 0, raisedNano: 0 })).toEqual([10_000_000, 20_000_000]);
  });

  it.each([
    [1, 10_000_000],
    [10_000_000, 10_000_000],
    [10_000_001, 20_000_000],
  ])("is enough for a question that lacks %i by %i", (lackingNano, enough) => {
    expect(enoughFor(lackingNano)).toBe(enough);
  });

  it.each([
    ["0.5", 500_000_000],
    ["$2", 2_000_000_000],
    [" 1,25 ", 1_250_000_000],
  ])("reads %s", (written, nano) => {
    expect(readSum(written)).toEqual({ nano });
  });

  it.each(["", "0", "-1", "a lot", "1e9", "12345678"])("does not take %j", (written) => {
    expect(readSum(written)).toEqual({ problem: "Write a sum in dollars above 0, for example 0.50" });
  });
});
