import { describe, expect, it } from "vitest";
import { capRefusal } from "../../../server/core/describe-cap.ts";
import { describeCap } from "../../../shared/cap-words.ts";
import { nanoFromUsd } from "../../../shared/money.ts";

describe("a cap in words", () => {
  it.each([
    ["global", "daily", 5, "your $5.00 a day"],
    ["global", "total", 100, "your $100.00 in total"],
    ["workspace", "weekly", 0.5, "this workspace's $0.50 a week"],
    ["workspace", "daily", 0.01, "this workspace's $0.01 a day"],
    ["workspace", "daily", 0.005, "this workspace's $0.005 a day"],
    ["workspace", "monthly", 0, "this workspace's $0 a month"],
    ["completions", "daily", 0.1234, "the completions' $0.1234 a day"],
    ["completions", "daily", 0.00001, "the completions' <$0.0001 a day"],
  ] as const)("%s %s of %s", (scope, period, usd, words) => {
    expect(describeCap({ scope, period, limitNano: nanoFromUsd(usd) })).toBe(words);
  });
});

describe("a refusal", () => {
  const cap = { scope: "workspace", period: "daily", setting: "wayfare.budget.workspace.daily" } as const;
  const refusal = (limit: number, spent: number, held: number, needed: number) =>
    capRefusal({
      cap,
      limitNano: nanoFromUsd(limit),
      spentNano: nanoFromUsd(spent),
      heldNano: nanoFromUsd(held),
      neededNano: nanoFromUsd(needed),
    });

  it("names what is needed, the cap, what is spent and held, the setting and the ways out", () => {
    expect(refusal(1, 0.9042, 0.05, 0.061)).toBe(
      "This needs at least $0.0610, which does not fit under this workspace's $1.00 a day: $0.9042 is spent and $0.0500 held for other requests. Raise it for today, change wayfare.budget.workspace.daily, or use a model on this machine.",
    );
    expect(refusal(0.01, 0, 0, 0.0112)).toBe(
      "This needs at least $0.0112, which does not fit under this workspace's $0.01 a day: $0 is spent. Raise it for today, change wayfare.budget.workspace.daily, or use a model on this machine.",
    );
  });

  it("rounds what is needed up, so that it never looks like what would have fitted", () => {
    expect(refusal(0.01, 0, 0, 0.010000001)).toMatch(/^This needs at least \$0\.0101, /);
    expect(refusal(1, 0, 0, 1.000000001)).toMatch(/^This needs at least \$1\.01, /);
  });
});
