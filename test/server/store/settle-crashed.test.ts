import { describe, expect, it, vi } from "vitest";
import { crashCost } from "../../../server/store/settle-crashed.ts";
import { kill, open, raw, reservation, settlement, start, tempDirectory } from "./books.ts";

const words =
  "Wayfare's server ended in the middle of this attempt: what it cost is taken from its own notes or from what was held for it.";

describe("what a crashed attempt is booked at", () => {
  const row = { held_nano: 1_000, input_nano: 100, output_nano_per_token: 2.5, noted_output_tokens: null };
  it.each([
    ["nothing noted: all that was held", row, 1_000, "reserved"],
    ["input as sent and output as noted", { ...row, noted_output_tokens: 4 }, 110, "estimated"],
    ["rounded once, half up", { ...row, noted_output_tokens: 5 }, 113, "estimated"],
    ["never more than was held", { ...row, noted_output_tokens: 4_000 }, 1_000, "reserved"],
    ["a free model", { ...row, held_nano: 0, input_nano: 0, output_nano_per_token: 0 }, 0, "free"],
    ["no price: unknown, not zero", { ...row, held_nano: 0, input_nano: null }, null, "unknown"],
  ] as const)("%s", (_, facts, costNano, costSource) => {
    expect(crashCost(facts)).toEqual({ costNano, costSource });
  });
});

describe("a process that is killed in the middle of an answer", () => {
  it("leaves its attempts to the next one, which settles them as it opens", async () => {
    const directory = tempDirectory();
    const { child } = await start(["hold", directory, "broken"]);
    await kill(child);

    const { ledger } = await open({ directory });
    const crashed = {
      outcome: "crashed",
      failure: { kind: "internal", message: words },
      usage: null,
      heldNano: 900_000,
    };
    expect(ledger.attemptsOfTurn("turn")).toMatchObject([
      { ...crashed, id: "broken-unnoted", costNano: 900_000, costSource: "reserved" },
      { ...crashed, id: "broken-noted", costNano: 110_000, costSource: "estimated" },
    ]);
    expect(ledger.spend().real).toMatchObject({ spentNano: 1_010_000, heldNano: 0 });
    expect(await ledger.settleDead()).toBe(0);
  });

  it("is told of by a window that was open all the time, within half a minute", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    try {
      const directory = tempDirectory();
      let told: () => void = () => undefined;
      const telling = new Promise<void>((resolve) => {
        told = resolve;
      });
      const { ledger } = await open({ directory, onSettledDead: () => told() });
      const { child } = await start(["hold", directory, "broken"]);
      await kill(child);
      vi.advanceTimersByTime(30_000);
      await telling;
      expect(ledger.spend().real).toMatchObject({ spentNano: 1_010_000, heldNano: 0 });
    } finally {
      vi.useRealTimers();
    }
  });

  it("is settled by a window that was open all the time, and its own are left alone", async () => {
    const directory = tempDirectory();
    const { ledger } = await open({ directory });
    await ledger.reserve(reservation({ attemptId: "mine", turnId: "mine" }));
    const { child } = await start(["hold", directory, "broken"]);
    expect(await ledger.settleDead()).toBe(0);
    await kill(child);
    expect(await ledger.settleDead()).toBe(2);
    expect(ledger.spend().real.heldNano).toBe(900_000);
    await ledger.settle("mine", settlement());
    expect(ledger.attemptsOfTurn("mine")).toMatchObject([{ outcome: "done" }]);
  });

  it("is settled by one of two windows that notice at once", async () => {
    const directory = tempDirectory();
    const one = await open({ directory, instanceId: "one" });
    const two = await open({ directory, instanceId: "two" });
    const { child } = await start(["hold", directory, "broken"]);
    await kill(child);
    const counts = await Promise.all([one.ledger.settleDead(), two.ledger.settleDead()]);
    expect(counts.sort()).toEqual([0, 2]);
  });

  it("is settled when it closed in good order but left an attempt held", async () => {
    const directory = tempDirectory();
    const first = await open({ directory, instanceId: "first" });
    await first.ledger.reserve(reservation());
    first.close();
    const second = await open({ directory, instanceId: "second" });
    expect(second.ledger.attemptsOfTurn("turn")).toMatchObject([{ outcome: "crashed", costSource: "reserved" }]);
  });
});

describe("a process that only looks dead or alive", () => {
  /** Another instance of these books, as its row says it is, with one attempt held; and a clock to look on with. */
  async function beside(change: string) {
    let nowMs = 1_700_000_000_000;
    const directory = tempDirectory();
    const other = await open({ directory, instanceId: "other", now: () => nowMs });
    await other.ledger.reserve(reservation());
    const rows = raw(other.path);
    rows.exec(`UPDATE instances SET ${change} WHERE instance_id = 'other'`);
    const { ledger } = await open({ directory, now: () => nowMs });
    return {
      rows,
      look(afterMs: number): Promise<number> {
        nowMs += afterMs;
        return ledger.settleDead();
      },
    };
  }

  it.skipIf(process.platform !== "linux")("is dead when its number was given to another process", async () => {
    const { rows } = await beside("start_mark = '1'");
    expect(rows.prepare("SELECT outcome FROM attempts").get()).toEqual({ outcome: "crashed" });
  });

  it.skipIf(process.platform !== "linux")("lives when it is there, however slow its heart", async () => {
    const { look } = await beside("beat_at_ms = 0");
    for (let i = 0; i < 10; i++) expect(await look(30_000)).toBe(0);
  });

  it("in another container, whose numbers mean nothing here, lives while its heart beats", async () => {
    const { look, rows } = await beside("host = 'another container', pid = 999999999");
    for (let i = 1; i <= 10; i++) {
      rows.exec("UPDATE instances SET beat_at_ms = beat_at_ms + 10000 WHERE instance_id = 'other'");
      expect(await look(30_000)).toBe(0);
    }
  });

  it("in another container is dead when its heart stood still over three looks", async () => {
    const { look } = await beside("host = 'another container'");
    expect(await look(30_000)).toBe(0);
    expect(await look(30_000)).toBe(1);
  });

  it("in another container is settled at all it held, for its notes may be older than what came", async () => {
    const { look, rows } = await beside("host = 'another container'");
    rows.exec("UPDATE attempts SET noted_output_tokens = 50, noted_at_ms = 2000");
    await look(30_000);
    expect(await look(30_000)).toBe(1);
    expect(rows.prepare("SELECT cost_nano, cost_source FROM attempts").get()).toEqual({
      cost_nano: 900_000,
      cost_source: "reserved",
    });
  });

  it("in another container is found dead also when the clock was set back by an hour", async () => {
    const { look } = await beside("host = 'another container'");
    expect(await look(-3_600_000)).toBe(0);
    expect(await look(30_000)).toBe(0);
    expect(await look(30_000)).toBe(1);
  });

  it("is not taken for dead because the computer slept, nor because we looked three times in a second", async () => {
    const { look } = await beside("host = 'another container'");
    expect(await look(300)).toBe(0);
    expect(await look(300)).toBe(0);
    expect(await look(8 * 3_600_000)).toBe(0);
  });

  it("is told by its heartbeat where the system does not tell when a process began", async () => {
    const { look } = await beside("start_mark = ''");
    expect(await look(30_000)).toBe(0);
    expect(await look(30_000)).toBe(1);
  });

  it("is dead at once when its host has no such process", async () => {
    const { rows } = await beside("pid = 999999999");
    expect(rows.prepare("SELECT outcome FROM attempts").get()).toEqual({ outcome: "crashed" });
    expect(rows.prepare("SELECT COUNT(*) AS rows FROM instances").get()).toEqual({ rows: 1 });
  });
});
