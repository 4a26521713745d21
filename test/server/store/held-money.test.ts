import { describe, expect, it } from "vitest";
import { kill, open, raw, reservation, settlement, start, tempDirectory, written } from "./books.ts";

const words =
  "Wayfare's server ended in the middle of this attempt: what it cost is taken from its own notes or from what was held for it.";

describe("held money", () => {
  it("is listed the oldest first, with who holds it and what it would settle at", async () => {
    const directory = tempDirectory();
    const { ledger } = await open({ directory });
    const two = await open({ directory, instanceId: "two" });
    await ledger.reserve(reservation({ attemptId: "mine", startedAtMs: 30, book: "simulated" }));
    await two.ledger.reserve(reservation({ attemptId: "theirs", startedAtMs: 20, kind: "completion" }));
    await two.ledger.reserve(reservation({ attemptId: "no price", startedAtMs: 25, heldNano: 0, inputNano: null }));
    await ledger.reserve(reservation({ attemptId: "settled" }));
    await ledger.settle("settled", settlement());
    const { child } = await start(["hold", directory, "broken"]);
    await kill(child);

    const facts = { providerId: "vendor", modelId: "small", workspace: "here", kind: "chat", simulated: false };
    expect(ledger.held()).toEqual([
      {
        ...facts,
        attemptId: "theirs",
        kind: "completion",
        startedAtMs: 20,
        heldNano: 900_000,
        holder: "other",
        settlesAtNano: 900_000,
      },
      { ...facts, attemptId: "no price", startedAtMs: 25, heldNano: 0, holder: "other", settlesAtNano: null },
      {
        ...facts,
        attemptId: "mine",
        simulated: true,
        startedAtMs: 30,
        heldNano: 900_000,
        holder: "this",
        settlesAtNano: 900_000,
      },
      {
        ...facts,
        attemptId: "broken-unnoted",
        startedAtMs: 1_000,
        heldNano: 900_000,
        holder: "gone",
        settlesAtNano: 900_000,
      },
      {
        ...facts,
        attemptId: "broken-noted",
        startedAtMs: 1_000,
        heldNano: 900_000,
        holder: "gone",
        settlesAtNano: 110_000,
      },
    ]);
    expect(two.ledger.held().map((each) => each.holder)).toEqual(["this", "this", "other", "gone", "gone"]);
  });

  it("is released as after a crash, at what was said, and whoever waits for room hears of it", async () => {
    const directory = tempDirectory();
    const { ledger } = await open({ directory });
    const { child } = await start(["hold", directory, "broken"]);
    await kill(child);
    let told = 0;
    ledger.onSettled(() => {
      told += 1;
    });
    const listed = ledger.held();
    const released = await ledger.release(["broken-noted", "broken-unnoted", "broken-noted", "never there"]);
    expect(released).toEqual([listed[1], listed[0]]);
    expect(told).toBe(1);
    expect(ledger.held()).toEqual([]);
    expect(ledger.spend().real).toMatchObject({ spentNano: 1_010_000, heldNano: 0 });
    expect(ledger.attemptsOfTurn("turn")).toMatchObject([
      {
        id: "broken-unnoted",
        outcome: "crashed",
        costNano: 900_000,
        costSource: "reserved",
        failure: { message: words },
      },
      { id: "broken-noted", outcome: "crashed", costNano: 110_000, costSource: "estimated" },
    ]);
    expect(await ledger.release(["broken-noted"])).toEqual([]);
    expect(told).toBe(1);
  });

  it("of this process is never released", async () => {
    const { ledger } = await open();
    await ledger.reserve(reservation());
    expect(await ledger.release(["attempt"])).toEqual([]);
    expect(ledger.spend().real).toMatchObject({ spentNano: 0, heldNano: 900_000 });
  });

  it("of one that lives is released at all it holds, and its own settlement is the true one", async () => {
    const directory = tempDirectory();
    const { ledger } = await open({ directory });
    const two = await open({ directory, instanceId: "two" });
    await two.ledger.reserve(reservation());
    two.ledger.noteProgress("attempt", { outputTokens: 50 });
    await written();
    expect(await ledger.release(["attempt"])).toMatchObject([{ holder: "other", settlesAtNano: 900_000 }]);
    expect(ledger.spend().real).toMatchObject({ spentNano: 900_000, heldNano: 0 });
    await two.ledger.settle("attempt", settlement({ costNano: 700_000 }));
    expect(ledger.attemptsOfTurn("turn")).toMatchObject([{ outcome: "done", costNano: 700_000, failure: null }]);
    expect(ledger.spend().real).toMatchObject({ spentNano: 700_000, heldNano: 0 });
  });

  it.each([
    ["seen just now", 59_000, "other"],
    ["not seen for a minute", 60_000, "gone"],
    ["seen before the clock was set back", -3_600_000, "other"],
  ])("of another container: one that was %s", async (_, afterMs, holder) => {
    let nowMs = 1_700_000_000_000;
    const directory = tempDirectory();
    const { ledger, path } = await open({ directory, now: () => nowMs });
    const two = await open({ directory, instanceId: "two", now: () => nowMs });
    await two.ledger.reserve(reservation());
    raw(path).exec("UPDATE instances SET host = 'another container', pid = 999999999 WHERE instance_id = 'two'");
    two.ledger.noteProgress("attempt", { outputTokens: 50 });
    await written();
    nowMs += afterMs;
    // It may only have lost its way to the books, and then its notes are behind.
    expect(ledger.held()).toMatchObject([{ holder, settlesAtNano: 900_000 }]);
  });
});
