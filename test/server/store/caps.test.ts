import { describe, expect, it } from "vitest";
import { spendSchema } from "../../../shared/protocol.ts";
import { cap, open, openAt, reservation, settlement, tempDirectory, wednesday } from "./books.ts";

const DAY_MS = 86_400_000;

describe("a reservation under a cap", () => {
  it("is granted what is left, and not less than it needs", async () => {
    const { ask } = await openAt();
    const caps = [cap("global.daily", 1_000)];
    expect(await ask({ heldNano: 700, leastNano: 300, caps })).toEqual({ heldNano: 700 });
    expect(await ask({ heldNano: 700, leastNano: 300, caps })).toEqual({ heldNano: 300 });
    expect(await ask({ heldNano: 700, leastNano: 1, caps })).toMatchObject({ kind: "budget" });
    expect(await ask({ heldNano: 0, leastNano: 0, caps })).toEqual({ heldNano: 0 });
  });

  it("says which cap is in the way, with its amounts and the ways out, and holds nothing", async () => {
    const { ask, ledger } = await openAt();
    const caps = [cap("workspace.daily", 10_000_000), cap("global.daily", 1_000_000_000)];
    await ask({ heldNano: 6_000_000, leastNano: 0, caps }, 4_200_000);
    await ask({ heldNano: 5_000_000, leastNano: 0, caps });
    expect(await ask({ heldNano: 3_000_000, leastNano: 2_000_000, caps })).toEqual({
      kind: "budget",
      message:
        "This needs at least $0.0020, which does not fit under this workspace's $0.01 a day: $0.0042 is spent and $0.0050 held for other requests. Raise it for today, change wayfare.budget.workspace.daily, or use a model on this machine.",
      cap: {
        id: "workspace.daily",
        setting: "wayfare.budget.workspace.daily",
        limitNano: 10_000_000,
        spentNano: 4_200_000,
        heldNano: 5_000_000,
        neededNano: 2_000_000,
      },
    });
    expect(ledger.held()).toHaveLength(1);
  });

  it("is refused by the cap that no settlement opens, before one that only held money closes", async () => {
    const { ask } = await openAt();
    const caps = [cap("global.daily", 10_000), cap("workspace.total", 500)];
    await ask({ heldNano: 450, leastNano: 0, caps }, 450);
    await ask({ heldNano: 99_000, leastNano: 99_000, caps: [] });
    expect(await ask({ heldNano: 100, leastNano: 100, caps })).toMatchObject({ cap: { id: "workspace.total" } });
  });

  it("never holds nothing for a request that costs", async () => {
    const { ask } = await openAt();
    expect(await ask({ heldNano: 5, leastNano: 0, caps: [cap("global.total", 0)] })).toMatchObject({ kind: "budget" });
  });

  it("of simulated money is under none, and takes no room", async () => {
    const { ask, ledger } = await openAt();
    const caps = [cap("global.daily", 100)];
    expect(await ask({ book: "simulated", heldNano: 900, leastNano: 900, caps }, 900)).toEqual({ heldNano: 900 });
    expect(ledger.capStates(caps, "here")).toMatchObject([{ spentNano: 0, heldNano: 0 }]);
  });

  it("is refused without undoing those that are written with it", async () => {
    const { ask, ledger } = await openAt();
    const caps = [cap("global.daily", 250)];
    const answers = await Promise.all([1, 2, 3, 4].map(() => ask({ heldNano: 100, leastNano: 100, caps })));
    expect(answers.map((answer) => ("heldNano" in answer ? answer.heldNano : answer.kind))).toEqual([
      100,
      100,
      "budget",
      "budget",
    ]);
    expect(ledger.spend().real.heldNano).toBe(200);
  });

  it("does not take a least that is more than all", async () => {
    const { ledger } = await openAt();
    const wrong = ledger.reserve(reservation({ heldNano: 5, leastNano: 6 }));
    await expect(wrong).rejects.toThrow("The least, 6, is more than all: 5");
  });

  it("that costs more than was held is booked as it is, and closes the cap", async () => {
    const { ask, ledger } = await openAt();
    const caps = [cap("global.daily", 1_000)];
    await ask({ heldNano: 800, leastNano: 800, caps }, 1_300);
    expect(ledger.capStates(caps, "here")).toMatchObject([{ spentNano: 1_300, heldNano: 0 }]);
    expect(await ask({ heldNano: 1, leastNano: 1, caps })).toMatchObject({ kind: "budget", cap: { spentNano: 1_300 } });
  });

  it("finds an unreadable cap at nothing, also where it was raised while it could be read", async () => {
    const { ask, ledger } = await openAt();
    const readable = cap("workspace.daily", 1_000);
    await ledger.raise(readable, "here", 5_000);
    expect(ledger.capStates([readable], "here")).toMatchObject([{ limitNano: 6_000, raisedNano: 5_000 }]);
    expect(ledger.capStates([readable], "here")[0]).not.toHaveProperty("isUnreadable");

    const caps = [{ ...readable, limitNano: 0, isUnreadable: true }];
    const closed = [{ id: "workspace.daily", limitNano: 0, raisedNano: 0, isUnreadable: true }];
    expect(ledger.capStates(caps, "here")).toMatchObject(closed);
    expect(spendSchema.parse(ledger.spend(caps, "here")).caps).toMatchObject(closed);
    expect(await ask({ heldNano: 100, leastNano: 100, caps })).toMatchObject({ kind: "budget", cap: { limitNano: 0 } });
  });

  it("counts no unknown cost", async () => {
    const { ask, ledger } = await openAt();
    await ask({ heldNano: 0, leastNano: 0, inputNano: null }, null);
    expect(ledger.capStates([cap("global.total", 10)], "here")).toMatchObject([{ spentNano: 0, heldNano: 0 }]);
    expect(ledger.spend().real.unknown).toBe(1);
  });
});

describe("what counts under a cap", () => {
  it("is everything, this workspace's, or completions", async () => {
    const { ask, ledger } = await openAt();
    await ask({ heldNano: 1_000, leastNano: 0 }, 1);
    await ask({ heldNano: 1_000, leastNano: 0, workspace: "elsewhere" }, 20);
    await ask({ heldNano: 1_000, leastNano: 0, kind: "helper" }, 300);
    await ask({ heldNano: 1_000, leastNano: 0, kind: "completion", workspace: "elsewhere" }, 4_000);
    await ask({ heldNano: 50_000, leastNano: 0, kind: "completion" });
    const caps = ["global.daily", "workspace.daily", "completions.daily"].map((id) => cap(id, 1_000_000));
    const sums = Object.fromEntries(
      ledger.capStates(caps, "here").map((state) => [state.id, [state.spentNano, state.heldNano]]),
    );
    expect(sums).toEqual({
      "global.daily": [4_321, 50_000],
      "workspace.daily": [301, 50_000],
      "completions.daily": [4_000, 50_000],
    });
  });

  it.each([
    ["daily", "2026-11-18T23:59:59Z", "2026-11-19T00:00:00Z"],
    ["weekly", "2026-11-22T23:59:59Z", "2026-11-23T00:00:00Z"],
    ["monthly", "2026-11-30T23:59:59Z", "2026-12-01T00:00:00Z"],
  ] as const)("ends with its period: %s", async (period, last, next) => {
    const { ask, goTo } = await openAt();
    const caps = [cap(`global.${period}`, 100)];
    await ask({ heldNano: 100, leastNano: 0, caps }, 100);
    goTo(Date.parse(last));
    expect(await ask({ heldNano: 1, leastNano: 1, caps })).toMatchObject({ kind: "budget" });
    goTo(Date.parse(next));
    expect(await ask({ heldNano: 100, leastNano: 100, caps })).toEqual({ heldNano: 100 });
  });

  it("never ends in total", async () => {
    const { ask, goTo } = await openAt();
    const caps = [cap("workspace.total", 100)];
    await ask({ heldNano: 100, leastNano: 0, caps }, 100);
    goTo(wednesday + 900 * DAY_MS);
    expect(await ask({ heldNano: 1, leastNano: 1, caps })).toMatchObject({ kind: "budget" });
  });

  it("begins when the person's day does, once the calendar is set", async () => {
    const { ask, goTo, ledger } = await openAt(Date.parse("2026-11-18T09:59:00Z"));
    const caps = [cap("global.daily", 100)];
    // Five in the morning in New York.
    ledger.setCalendar({ timeZone: "America/New_York", dayStartsAtMinutes: 300 });
    await ask({ heldNano: 100, leastNano: 0, caps }, 100);
    expect(await ask({ heldNano: 1, leastNano: 1, caps })).toMatchObject({ kind: "budget" });
    goTo(Date.parse("2026-11-18T10:00:00Z"));
    expect(await ask({ heldNano: 100, leastNano: 100, caps })).toEqual({ heldNano: 100 });
    ledger.setCalendar({ timeZone: null, dayStartsAtMinutes: 0 });
    expect(ledger.capStates(caps, "here")).toMatchObject([{ heldNano: 100 }]);
  });

  it("stays with the day it was reserved in", async () => {
    const { ledger, goTo } = await openAt(Date.parse("2026-11-18T23:59:59Z"));
    const caps = [cap("global.daily", 100)];
    await ledger.reserve(reservation({ heldNano: 100, leastNano: 100, caps }));
    goTo(Date.parse("2026-11-19T00:00:01Z"));
    await ledger.settle("attempt", settlement({ costNano: 90 }));
    expect(ledger.capStates(caps, "here")).toMatchObject([{ spentNano: 0, heldNano: 0 }]);
    expect(ledger.spend(caps, "here", Date.parse("2026-11-18T12:00:00Z"))).toMatchObject({
      real: { spentNano: 90 },
      caps: [{ id: "global.daily", spentNano: 90, limitNano: 100 }],
    });
  });
});

describe("caps as they stand", () => {
  it("come with the nearest to its limit first", async () => {
    const { ask, ledger } = await openAt();
    await ask({ heldNano: 900, leastNano: 0 }, 500);
    await ask({ heldNano: 100, leastNano: 0 });
    const caps = [
      cap("global.monthly", 10_000),
      cap("global.daily", 1_000),
      cap("workspace.total", 5_000),
      cap("workspace.daily", 0),
    ];
    expect(ledger.capStates(caps, "here").map((state) => state.id)).toEqual([
      "workspace.daily",
      "global.daily",
      "workspace.total",
      "global.monthly",
    ]);
    expect(ledger.spend(caps, "here").caps[1]).toEqual({
      id: "global.daily",
      scope: "global",
      period: "daily",
      limitNano: 1_000,
      raisedNano: 0,
      spentNano: 500,
      heldNano: 100,
      setting: "wayfare.budget.daily",
    });
  });

  it("are raised until the day ends, and in their own workspace", async () => {
    const { ask, goTo, ledger } = await openAt();
    const caps = [cap("workspace.monthly", 100)];
    const [one] = caps as [(typeof caps)[0]];
    await ask({ heldNano: 100, leastNano: 0, caps }, 100);
    await ledger.raise(one, "here", 30);
    await ledger.raise(one, "here", 20);
    expect(ledger.capStates(caps, "here")).toMatchObject([{ limitNano: 150, raisedNano: 50 }]);
    expect(ledger.capStates(caps, "elsewhere")).toMatchObject([{ limitNano: 100, raisedNano: 0 }]);
    expect(await ask({ heldNano: 80, leastNano: 10, caps }, 50)).toEqual({ heldNano: 50 });
    goTo(wednesday + DAY_MS);
    expect(ledger.capStates(caps, "here")).toMatchObject([{ limitNano: 100, raisedNano: 0, spentNano: 150 }]);
    expect(await ask({ heldNano: 1, leastNano: 1, caps })).toMatchObject({ kind: "budget", cap: { limitNano: 100 } });
  });

  it("are raised for every workspace, where they hold in every workspace", async () => {
    const { ledger } = await openAt();
    await ledger.raise(cap("global.daily", 100), "here", 5);
    await ledger.raise(cap("completions.daily", 100), "here", 7);
    const caps = [cap("global.daily", 100), cap("completions.daily", 100)];
    expect(ledger.capStates(caps, "elsewhere").map((state) => state.raisedNano)).toEqual([5, 7]);
    await expect(ledger.raise(cap("global.daily", 100), "here", 0.5)).rejects.toThrow(RangeError);
  });

  it("can be read when a provider reports more money than there is", async () => {
    const { ask, ledger } = await openAt();
    const caps = [cap("global.total", 1_000)];
    for (let i = 0; i < 3; i++) await ask({ heldNano: 0, leastNano: 0 }, Number.MAX_SAFE_INTEGER);
    expect(ledger.capStates(caps, "here")).toMatchObject([{ spentNano: Number.MAX_SAFE_INTEGER }]);
    expect(ledger.spend().real.spentNano).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe("warnings", () => {
  const warnAt = [50, 80, 100];
  const given = (warnings: { cap: { id: string }; percent: number }[]) =>
    warnings.map((warning) => [warning.cap.id, warning.percent]);

  it("are given once for each mark, and only the highest of several", async () => {
    const { ask, ledger } = await openAt();
    const caps = [cap("global.daily", 1_000), cap("global.monthly", 10_000)];
    const take = async () => given(await ledger.takeWarnings(caps, "here", warnAt));
    await ask({ heldNano: 1_000, leastNano: 0 }, 499);
    expect(await take()).toEqual([]);
    // What is held is not spent.
    await ask({ heldNano: 400, leastNano: 0 });
    expect(await take()).toEqual([]);
    await ask({ heldNano: 1, leastNano: 0 }, 1);
    expect(await take()).toEqual([["global.daily", 50]]);
    expect(await take()).toEqual([]);
    await ask({ heldNano: 500, leastNano: 0 }, 500);
    expect(await take()).toEqual([["global.daily", 100]]);
    expect(await take()).toEqual([]);
    await ask({ heldNano: 9_000, leastNano: 0 }, 7_100);
    expect(await take()).toEqual([["global.monthly", 80]]);
  });

  it("carry the cap as it stood", async () => {
    const { ask, ledger } = await openAt();
    const caps = [cap("workspace.daily", 1_000)];
    await ask({ heldNano: 900, leastNano: 0 }, 850);
    expect(await ledger.takeWarnings(caps, "here", warnAt)).toEqual([
      {
        percent: 80,
        cap: {
          id: "workspace.daily",
          scope: "workspace",
          period: "daily",
          limitNano: 1_000,
          raisedNano: 0,
          spentNano: 850,
          heldNano: 0,
          setting: "wayfare.budget.workspace.daily",
        },
      },
    ]);
  });

  it("begin anew with the period, and with another amount; a raise does not repeat them", async () => {
    const { ask, goTo, ledger } = await openAt();
    const daily = cap("global.daily", 1_000);
    const take = async (one = daily) => given(await ledger.takeWarnings([one], "here", warnAt));
    await ask({ heldNano: 900, leastNano: 0 }, 600);
    expect(await take()).toEqual([["global.daily", 50]]);
    await ledger.raise(daily, "here", 100);
    expect(await take()).toEqual([]);
    expect(await take(cap("global.daily", 700))).toEqual([["global.daily", 50]]);
    goTo(wednesday + DAY_MS);
    expect(await take()).toEqual([]);
    await ask({ heldNano: 900, leastNano: 0 }, 600);
    expect(await take()).toEqual([["global.daily", 50]]);
    // The clock is put right: that day had its warning of half, and with the later day's money all of it is spent.
    goTo(wednesday);
    expect(await take()).toEqual([["global.daily", 100]]);
    expect(await take()).toEqual([]);
  });

  it("are given for the marks of a raised cap, though the same ones were told before the raise", async () => {
    const { ask, goTo, ledger } = await openAt();
    const weekly = cap("workspace.weekly", 1_000);
    const take = async () =>
      (await ledger.takeWarnings([weekly], "here", warnAt)).map(({ percent, cap }) => [percent, cap.limitNano]);
    await ask({ heldNano: 1_000, leastNano: 0 }, 1_000);
    expect(await take()).toEqual([[100, 1_000]]);
    await ledger.raise(weekly, "here", 1_000);
    // Whoever raised it has just seen how much is spent.
    expect(await take()).toEqual([]);
    await ask({ heldNano: 700, leastNano: 0 }, 700);
    expect(await take()).toEqual([[80, 2_000]]);
    await ask({ heldNano: 300, leastNano: 0 }, 300);
    expect(await take()).toEqual([[100, 2_000]]);
    await ledger.raise(weekly, "here", 100);
    expect(await take()).toEqual([]);
    await ask({ heldNano: 100, leastNano: 0 }, 100);
    expect(await take()).toEqual([[100, 2_100]]);
    // The raise is over, and this was told before it.
    goTo(wednesday + DAY_MS);
    expect(await take()).toEqual([]);
  });

  it("are not given for a cap of $0, nor for a mark below one that was told", async () => {
    const { ask, ledger } = await openAt();
    await ask({ heldNano: 900, leastNano: 0 }, 900);
    expect(await ledger.takeWarnings([cap("global.daily", 0)], "here", warnAt)).toEqual([]);
    const caps = [cap("global.daily", 1_000)];
    expect(given(await ledger.takeWarnings(caps, "here", [80]))).toEqual([["global.daily", 80]]);
    expect(await ledger.takeWarnings(caps, "here", [50, 80])).toEqual([]);
  });

  it("are given by one of two windows that ask at once; each workspace has its own", async () => {
    const directory = tempDirectory();
    const one = await open({ directory, instanceId: "one" });
    const two = await open({ directory, instanceId: "two" });
    for (const workspace of ["here", "elsewhere"]) {
      await one.ledger.reserve(reservation({ attemptId: workspace, workspace }));
      await one.ledger.settle(workspace, settlement({ costNano: 600 }));
    }
    const caps = [cap("workspace.daily", 1_000), cap("global.daily", 1_500)];
    const answers = await Promise.all([
      one.ledger.takeWarnings(caps, "here", warnAt),
      two.ledger.takeWarnings(caps, "here", warnAt),
      two.ledger.takeWarnings(caps, "elsewhere", warnAt),
    ]);
    expect(given(answers.flat()).sort()).toEqual([
      ["global.daily", 80],
      ["workspace.daily", 50],
      ["workspace.daily", 50],
    ]);
  });
});

describe("settlements", () => {
  it("are told to whoever waits for room, until they stop", async () => {
    const { ledger } = await openAt();
    let told = 0;
    const stop = ledger.onSettled(() => {
      told += 1;
    });
    await ledger.reserve(reservation({ attemptId: "a" }));
    expect(told).toBe(0);
    await ledger.settle("a", settlement());
    expect(told).toBe(1);
    stop();
    stop();
    await ledger.reserve(reservation({ attemptId: "b" }));
    await ledger.settle("b", settlement());
    expect(told).toBe(1);
  });
});
