import { describe, expect, it } from "vitest";
import { createMoneyTeller } from "../../../server/engine/tell-money.ts";
import { cap, openAt, reservation, settlement, wednesday } from "./books.ts";

const DAY_MS = 86_400_000;
const caps = [
  cap("global.daily", 2_000_000_000),
  cap("global.weekly", 3_000_000_000),
  cap("global.monthly", 3_000_000_000),
];

/** A ledger with a person behind it, who is told what is odd. */
async function scene() {
  const books = await openAt();
  const told: string[] = [];
  const teller = createMoneyTeller({
    ledger: () => books.ledger,
    path: () => books.path,
    drive: () => null,
    budget: () => ({ caps, completionCaps: [] }),
    onNotice: ({ message }) => told.push(message),
    onFault: (failure) => told.push(failure.message),
  });
  const look = async () => {
    teller.look();
    await teller.idle();
    return told;
  };
  return { ...books, teller, told, look };
}

describe("a clock", () => {
  it("that is set back a year gives no room, and a person is told once why", async () => {
    const { ask, goTo, look } = await scene();
    await ask({ heldNano: 1_200_000_000, leastNano: 1, caps, startedAtMs: wednesday }, 1_200_000_000);
    expect(await look()).toEqual([]);
    goTo(wednesday - 365 * DAY_MS);
    expect(await ask({ heldNano: 1_500_000_000, leastNano: 1, caps, startedAtMs: wednesday - 365 * DAY_MS })).toEqual({
      heldNano: 800_000_000,
    });
    await look();
    expect(await look()).toEqual([
      "The clock of this machine was set back: $1.20 booked for later days counts today, so that no cap is overrun.",
    ]);
  });

  it("that is set forward begins a new day; set back again, both days' money counts", async () => {
    const { ask, goTo, ledger } = await scene();
    await ask({ heldNano: 2_000_000_000, leastNano: 1, caps }, 2_000_000_000);
    goTo(wednesday + DAY_MS);
    expect(await ask({ heldNano: 1_000_000_000, leastNano: 1, caps }, 600_000_000)).toEqual({
      heldNano: 1_000_000_000,
    });
    goTo(wednesday);
    expect(ledger.capStates(caps, "here").map(({ id, spentNano }) => [id, spentNano])).toEqual([
      ["global.daily", 2_600_000_000],
      ["global.weekly", 2_600_000_000],
      ["global.monthly", 2_600_000_000],
    ]);
    expect(await ask({ heldNano: 1, leastNano: 1, caps })).toMatchObject({ kind: "budget" });
    goTo(wednesday + DAY_MS);
    expect(await ask({ heldNano: 9_000_000_000, leastNano: 1, caps })).toEqual({ heldNano: 400_000_000 });
  });

  it("that is right all the time leaves the days apart", async () => {
    const { ask, goTo, ledger } = await scene();
    await ask({ heldNano: 5, leastNano: 1, caps }, 5);
    goTo(wednesday + 40 * DAY_MS);
    expect(ledger.capStates(caps, "here").map(({ spentNano }) => spentNano)).toEqual([0, 0, 0]);
    expect(ledger.bookedLater()).toBeNull();
  });

  it("is not blamed for a time zone that was changed", async () => {
    const { ask, ledger, look } = await scene();
    ledger.setCalendar({ timeZone: "Pacific/Kiritimati", dayStartsAtMinutes: 0 });
    await ask({ heldNano: 300_000_000, leastNano: 1, caps, startedAtMs: wednesday }, 300_000_000);
    ledger.setCalendar({ timeZone: "Pacific/Midway", dayStartsAtMinutes: 0 });
    expect(await look()).toEqual([
      "Your day begins later than it did: $0.3000 booked for a later day counts today, so that no cap is overrun.",
    ]);
  });
});

describe("a bill beyond what was held", () => {
  it("is told once for a route and day, and counts in full", async () => {
    const { ledger, teller, told, goTo } = await scene();
    await ledger.reserve(reservation({ attemptId: "a", heldNano: 30_000_000, caps }));
    await ledger.settle("a", settlement({ costNano: 50_000_000 }));
    const attempt = { providerId: "openrouter", modelId: "x", costNano: 50_000_000, heldNano: 30_000_000 };
    teller.attempted(attempt, false);
    teller.attempted(attempt, false);
    teller.attempted({ ...attempt, modelId: "y", costNano: 30_000_000 }, false);
    teller.attempted({ ...attempt, modelId: "free", heldNano: 0 }, false);
    teller.attempted({ ...attempt, modelId: "simulated" }, true);
    await teller.idle();
    const notice =
      "openrouter/x billed $0.0500, beyond the $0.0300 that was held as the most it can cost. All of it counts, so a cap may be overrun by $0.0200.";
    expect(told).toEqual([notice]);
    expect(ledger.capStates(caps, "here")[0]?.spentNano).toBe(50_000_000);
    goTo(wednesday + DAY_MS);
    teller.attempted(attempt, false);
    await teller.idle();
    expect(told).toEqual([notice, notice]);
  });
});
