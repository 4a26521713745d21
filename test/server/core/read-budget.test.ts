import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readSettings } from "../../../server/core/read-settings.ts";

const read = (budget: unknown, completions?: unknown) => {
  const { settings, problems } = readSettings({ network: {}, budget, completions });
  return { ...settings.budget, problems: problems.map(({ field, message }) => `${field}: ${message}`) };
};
const caps = (budget: unknown) => read(budget).caps.map(({ id, limitNano }) => [id, limitNano]);

describe("caps", () => {
  it("are none by default, with the usual warnings and ladder", () => {
    expect(read(undefined)).toEqual({
      caps: [],
      completionCaps: [],
      warnAt: [50, 80, 100],
      ladder: ["cheap", "local"],
      calendar: { timeZone: null, dayStartsAtMinutes: 0 },
      problems: [],
    });
  });

  it("are read in nano-dollars, with the setting that holds them", () => {
    const found = read({ daily: 1, weekly: null, total: 0, workspace: { monthly: [2.5] } }, { maxPerDayUsd: [0.2] });
    expect(found.caps).toEqual([
      { id: "global.daily", scope: "global", period: "daily", limitNano: 1e9, setting: "wayfare.budget.daily" },
      { id: "global.total", scope: "global", period: "total", limitNano: 0, setting: "wayfare.budget.total" },
      {
        id: "workspace.monthly",
        scope: "workspace",
        period: "monthly",
        limitNano: 2.5e9,
        setting: "wayfare.budget.workspace.monthly",
      },
    ]);
    expect(found.completionCaps).toEqual([
      {
        id: "completions.daily",
        scope: "completions",
        period: "daily",
        limitNano: 0.2e9,
        setting: "wayfare.completions.maxPerDayUsd",
      },
    ]);
    expect(found.problems).toEqual([]);
  });

  it("of several levels are the least, so that a workspace's file cannot raise one", () => {
    expect(caps({ workspace: { daily: [1, 5, null] } })).toEqual([["workspace.daily", 1e9]]);
    expect(caps({ workspace: { daily: [5, 1] } })).toEqual([["workspace.daily", 1e9]]);
  });

  it.each([
    [-1, "-1 is below zero"],
    ["5", '"5" is not an amount in USD'],
    [Number.NaN, "NaN is not an amount in USD"],
    [true, "true is not an amount in USD"],
    [{}, "{} is not an amount in USD"],
  ])("that cannot be read stop all that costs until they are mended: %j", (written, why) => {
    const found = read({ daily: written });
    expect(found.caps).toMatchObject([{ id: "global.daily", limitNano: 0, isUnreadable: true }]);
    expect(found.problems).toEqual([
      `wayfare.budget.daily: ${why}. Nothing that costs is sent until it is mended: write a number such as 2.5, or null for no cap.`,
    ]);
    // Beside a cap that can be read, too.
    expect(read({ workspace: { daily: [3, written] } }).caps).toMatchObject([{ limitNano: 0, isUnreadable: true }]);
    expect(read({}, { maxPerDayUsd: [written] }).completionCaps).toMatchObject([{ isUnreadable: true }]);
  });

  it.each([
    [1e9, "$1000000000 is more than a cap can be"],
    [1e99, "$1e+99 is more than a cap can be"],
    [Number.POSITIVE_INFINITY, "An infinite amount is more than a cap can be"],
  ])("of an absurd sum are slips of the pen, and stop all that costs too: %j", (written, why) => {
    const found = read({ daily: written });
    expect(found.caps).toMatchObject([{ id: "global.daily", limitNano: 0, isUnreadable: true }]);
    expect(found.problems).toEqual([
      `wayfare.budget.daily: ${why}. Nothing that costs is sent until it is mended: write a number up to 1000000, or null for no cap.`,
    ]);
  });

  it("may be as high as a million", () => {
    expect(read({ daily: 1e6 })).toMatchObject({ caps: [{ limitNano: 1e15 }], problems: [] });
  });

  it("are whole and not below zero, whatever is written", () => {
    fc.assert(
      fc.property(
        fc.record({ daily: fc.anything(), workspace: fc.anything() }),
        fc.anything(),
        (budget, completions) => {
          const { settings } = readSettings({ network: {}, budget, completions });
          for (const { limitNano } of [...settings.budget.caps, ...settings.budget.completionCaps]) {
            expect(Number.isSafeInteger(limitNano) && limitNano >= 0).toBe(true);
          }
        },
      ),
    );
  });
});

describe("what goes with caps", () => {
  it("warns in order, each mark once, and drops what is no percentage", () => {
    expect(read({ warnAt: [100, 50, 50] }).warnAt).toEqual([50, 100]);
    expect(read({ warnAt: [] }).warnAt).toEqual([]);
    const some = read({ warnAt: [0, 101, "x", 90] });
    expect(some.warnAt).toEqual([90]);
    expect(some.problems[2]).toBe(
      'wayfare.budget.warnAt[2]: "x" is not a percentage. Write a number above 0 and up to 100.',
    );
    expect(read({ warnAt: 50 })).toMatchObject({
      warnAt: [50, 80, 100],
      problems: ["wayfare.budget.warnAt: 50 is not a list. 50, 80 and 100 per cent are used. Write [ 50, 80, 100 ]."],
    });
  });

  it("tries the steps of the ladder in the order written, and none that cannot be read", () => {
    expect(read({ ladder: [] }).ladder).toEqual([]);
    expect(read({ ladder: ["local", "cheap", "local"] }).ladder).toEqual(["local", "cheap"]);
    expect(read({ ladder: ["stop"] })).toMatchObject({
      ladder: [],
      problems: ['wayfare.budget.ladder[0]: "stop" is not a step. The steps are cheap and local.'],
    });
    expect(read({ ladder: "cheap" })).toMatchObject({
      ladder: [],
      problems: [
        'wayfare.budget.ladder: "cheap" is not a list, so nothing is tried at a cap. Write [ "cheap", "local" ].',
      ],
    });
  });

  it.each([
    ["00:00", null, 0, null],
    ["7:30", null, 450, null],
    ["23:59", null, 1_439, null],
    ["04:00 Europe/Paris", "Europe/Paris", 240, null],
    [
      "04:00 Europe/Atlantis",
      null,
      240,
      'wayfare.budget.dayStartsAt: There is no time zone "Europe/Atlantis". The machine\'s is used. Write one such as Europe/Paris.',
    ],
    [
      "24:00",
      null,
      0,
      'wayfare.budget.dayStartsAt: "24:00" is not a time of day. Midnight is used. Write "HH:MM", or "HH:MM Area/City" where your time zone is not the machine\'s.',
    ],
    [
      4,
      null,
      0,
      'wayfare.budget.dayStartsAt: 4 is not a time of day. Midnight is used. Write "HH:MM", or "HH:MM Area/City" where your time zone is not the machine\'s.',
    ],
  ])("begins a day at %s", (dayStartsAt, timeZone, dayStartsAtMinutes, problem) => {
    const found = read({ dayStartsAt });
    expect(found.calendar).toEqual({ timeZone, dayStartsAtMinutes });
    expect(found.problems).toEqual(problem === null ? [] : [problem]);
  });
});
