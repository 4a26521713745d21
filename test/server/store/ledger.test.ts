import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openDatabase } from "../../../server/store/database.ts";
import { createInstances } from "../../../server/store/instances.ts";
import { createLedger } from "../../../server/store/ledger.ts";
import { failureOf } from "../../../shared/failure.ts";
import { later, letGo, open, raw, reservation, settlement, start, tempDirectory, until, written } from "./books.ts";

describe("an attempt", () => {
  it("is held, then settled with everything that is known of it", async () => {
    const { ledger } = await open();
    await ledger.reserve(reservation());
    expect(ledger.attemptsOfTurn("turn")).toEqual([]);
    expect(ledger.spend().real).toEqual({ spentNano: 0, heldNano: 900_000, unknown: 0, rows: [] });

    const failure = { kind: "rate-limit", retryAfterMs: 1_500, message: "Too many requests." } as const;
    await ledger.settle("attempt", settlement({ outcome: "failed", failure }));
    expect(ledger.attemptsOfTurn("turn")).toEqual([
      {
        id: "attempt",
        providerId: "vendor",
        modelId: "small",
        tier: "cheap",
        outcome: "failed",
        failure,
        startedAtMs: 1_000,
        firstTokenMs: 250,
        durationMs: 1_750,
        usage: { input: 400, cacheRead: 20, cacheWrite: 0, output: 60, reasoning: 10 },
        heldNano: 900_000,
        costNano: 112_000,
        costSource: "computed",
      },
    ]);
  });

  it("is settled once: the first settlement wins", async () => {
    const { ledger } = await open();
    await ledger.reserve(reservation());
    await Promise.all([
      ledger.settle("attempt", settlement({ costNano: 5 })),
      ledger.settle("attempt", settlement({ costNano: 7 })),
    ]);
    await ledger.settle("attempt", settlement({ costNano: 9 }));
    expect(ledger.spend().real.spentNano).toBe(5);
  });

  it.each([
    ["beyond what can be counted", 1e17, Number.MAX_SAFE_INTEGER, "computed"],
    ["without end", Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER, "computed"],
    ["of a fraction", 10.5, 11, "computed"],
    ["below nothing", -1, 900_000, "reserved"],
    ["that is no number", Number.NaN, 900_000, "reserved"],
  ])("with a cost %s is settled all the same", async (_, costNano, booked, costSource) => {
    const { ledger } = await open();
    await ledger.reserve(reservation());
    await ledger.settle("attempt", settlement({ costNano }));
    expect(ledger.held()).toEqual([]);
    expect(ledger.attemptsOfTurn("turn")).toMatchObject([{ outcome: "done", costNano: booked, costSource }]);
    expect(ledger.spend().real).toMatchObject({ spentNano: booked, heldNano: 0 });
  });

  it("with a cost below nothing and no price of its own is settled as unknown, not as $0", async () => {
    const { ledger } = await open();
    await ledger.reserve(reservation({ heldNano: 0, inputNano: null }));
    await ledger.settle("attempt", settlement({ costNano: -1 }));
    expect(ledger.attemptsOfTurn("turn")).toMatchObject([{ costNano: null, costSource: "unknown" }]);
  });

  it("comes back in the order it was made, and only with its own turn", async () => {
    const { ledger } = await open();
    for (const [attemptId, turnId] of [
      ["z", "turn"],
      ["a", "turn"],
      ["m", "other"],
    ] as const) {
      await ledger.reserve(reservation({ attemptId, turnId }));
      await ledger.settle(attemptId, settlement());
    }
    expect(ledger.attemptsOfTurn("turn").map((attempt) => attempt.id)).toEqual(["z", "a"]);
  });

  it("with a row that a later version wrote differently is left out, and the rest stays", async () => {
    const store = await open();
    for (const attemptId of ["a", "b", "c"]) {
      await store.ledger.reserve(reservation({ attemptId }));
      await store.ledger.settle(attemptId, settlement());
    }
    raw(store.path).exec("UPDATE attempts SET usage = '{' WHERE attempt_id = 'a'");
    raw(store.path).exec("UPDATE attempts SET outcome = 'teleported' WHERE attempt_id = 'b'");
    expect(store.ledger.attemptsOfTurn("turn").map((attempt) => attempt.id)).toEqual(["c"]);
  });

  it("cannot be reserved twice, and does not take others with it", async () => {
    const { ledger } = await open();
    const kinds = await Promise.all(
      ["a", "b", "a", "c"].map((attemptId) =>
        ledger.reserve(reservation({ attemptId })).then(
          () => "held",
          (error) => failureOf(error).kind,
        ),
      ),
    );
    expect(kinds).toEqual(["held", "held", "ledger", "held"]);
    expect(ledger.spend().real.heldNano).toBe(2_700_000);
  });

  it("is held at a whole amount only", async () => {
    const { ledger } = await open();
    await expect(ledger.reserve(reservation({ heldNano: 0.5 }))).rejects.toThrow(
      "Not a whole amount of nano-dollars: 0.5",
    );
    await expect(ledger.reserve(reservation({ heldNano: -1 }))).rejects.toThrow(RangeError);
    expect(ledger.held()).toEqual([]);
  });
});

describe("spend", () => {
  it("keeps simulated money in its own book", async () => {
    const { ledger } = await open();
    await ledger.reserve(reservation({ attemptId: "real", heldNano: 10 }));
    await ledger.reserve(reservation({ attemptId: "sim", book: "simulated" }));
    await ledger.reserve(reservation({ attemptId: "sim held", book: "simulated", heldNano: 3 }));
    await ledger.settle("sim", settlement({ costNano: 4_000 }));
    const row = { tier: "cheap", providerId: "vendor", modelId: "small" };
    expect(ledger.spend()).toEqual({
      real: { spentNano: 0, heldNano: 10, unknown: 0, rows: [] },
      simulated: { spentNano: 4_000, heldNano: 3, unknown: 0, rows: [{ ...row, costNano: 4_000, answers: 1 }] },
      caps: [],
    });
  });

  it("counts an unknown cost, never sums it, and never shows it as zero", async () => {
    const { ledger } = await open();
    const unknown = settlement({ costNano: null, costSource: "unknown" });
    for (const [attemptId, modelId, end] of [
      ["a", "mystery", unknown],
      ["b", "mystery", settlement({ outcome: "failed", costNano: 0, costSource: "free" })],
      ["c", "mixed", unknown],
      ["d", "mixed", settlement({ costNano: 70 })],
    ] as const) {
      await ledger.reserve(reservation({ attemptId, modelId }));
      await ledger.settle(attemptId, end);
    }
    const { real } = ledger.spend();
    expect(real).toMatchObject({ spentNano: 70, unknown: 2 });
    expect(real.rows.map(({ modelId, costNano, answers }) => [modelId, costNano, answers])).toEqual([
      ["mixed", 70, 2],
      ["mystery", null, 1],
    ]);
  });

  it("counts the money of a tier it does not know, without a line for it", async () => {
    const store = await open();
    await store.ledger.reserve(reservation());
    await store.ledger.settle("attempt", settlement());
    raw(store.path).exec("UPDATE attempts SET tier = 'local'");
    expect(store.ledger.spend().real).toEqual({ spentNano: 112_000, heldNano: 0, unknown: 0, rows: [] });
  });

  it("tells what of the day's money a workspace has spent, where that is not all of it", async () => {
    const { ledger } = await open();
    for (const [attemptId, workspace, costNano] of [
      ["1", "here", 300],
      ["2", "there", 500],
    ] as const) {
      await ledger.reserve(reservation({ attemptId, workspace }));
      await ledger.settle(attemptId, settlement({ costNano }));
    }
    expect(ledger.spend([], "here").real).toMatchObject({ spentNano: 800, hereNano: 300 });
    expect(ledger.spend([], "nowhere").real).toMatchObject({ spentNano: 800, hereNano: 0 });
    expect(ledger.spend([], "here").simulated).not.toHaveProperty("hereNano");
    expect(ledger.spend().real).not.toHaveProperty("hereNano");
  });

  it("has a line for each model that answered or cost, the dearest first; helpers cost but do not answer", async () => {
    const { ledger } = await open();
    for (const [attemptId, modelId, extra, end] of [
      ["1", "large", { tier: "frontier" }, settlement({ costNano: 900 })],
      ["2", "small", {}, settlement({ costNano: 20 })],
      ["3", "small", {}, settlement({ costNano: 30 })],
      ["4", "small", { kind: "helper" }, settlement({ costNano: 4 })],
      ["5", "cut", {}, settlement({ outcome: "cancelled", costNano: 5, costSource: "estimated" })],
      ["6", "local", {}, settlement({ costNano: 0, costSource: "free" })],
      ["7", "down", {}, settlement({ outcome: "failed", costNano: 0, costSource: "free" })],
    ] as const) {
      await ledger.reserve(reservation({ attemptId, modelId, ...extra }));
      await ledger.settle(attemptId, end);
    }
    const { real } = ledger.spend();
    expect(real.spentNano).toBe(959);
    expect(real.rows.map((row) => [row.tier, row.modelId, row.costNano, row.answers])).toEqual([
      ["frontier", "large", 900, 1],
      ["cheap", "small", 54, 2],
      ["cheap", "cut", 5, 0],
      ["cheap", "local", 0, 1],
    ]);
  });

  it.each([
    ["Pacific/Auckland", "2026-11-20T10:59:00Z", "2026-11-20T11:00:00Z"],
    ["America/Los_Angeles", "2026-11-20T07:59:00Z", "2026-11-20T08:00:00Z"],
    ["the short day, America/Los_Angeles", "2026-03-09T06:59:00Z", "2026-03-09T07:00:00Z"],
  ])("begins anew at the person's midnight: %s", async (zone, lastMinute, midnight) => {
    let at = Date.parse(lastMinute);
    const { ledger } = await open({ timeZone: zone.split(", ").at(-1) ?? "", now: () => at });
    await ledger.reserve(reservation({ attemptId: "before", heldNano: 50 }));
    at = Date.parse(midnight);
    expect(ledger.spend().real.heldNano).toBe(0);
    await ledger.reserve(reservation({ attemptId: "after" }));
    await ledger.settle("after", settlement({ costNano: 7 }));
    // It was asked yesterday, so it is yesterday's money although it is paid today.
    await ledger.settle("before", settlement({ costNano: 40 }));
    expect(ledger.spend().real.spentNano).toBe(7);
    expect(ledger.spend([], "here", Date.parse(lastMinute)).real.spentNano).toBe(40);
  });

  it("is exact to the nano-dollar over 10,000 rows", async () => {
    const { ledger } = await open();
    const costs = Array.from({ length: 10_000 }, (_, index) => (index * 7_919 + 1) % 800_000_000_000);
    costs[0] = 800_000_000_001;
    for (let from = 0; from < costs.length; from += 1_000) {
      const some = costs.slice(from, from + 1_000);
      await Promise.all(some.map((_, i) => ledger.reserve(reservation({ attemptId: String(from + i) }))));
      await Promise.all(some.map((costNano, i) => ledger.settle(String(from + i), settlement({ costNano }))));
    }
    const exact = costs.reduce((sum, cost) => sum + BigInt(cost), 0n);
    expect(BigInt(ledger.spend().real.spentNano)).toBe(exact);
    expect(ledger.spend().real.heldNano).toBe(0);
  });

  it("equals what a plain list of the same events gives, whatever their order", async () => {
    const { ledger } = await open();
    let run = 0;
    const before = { spent: 0, held: 0, unknown: 0 };
    const event = fc.record({
      id: fc.integer({ min: 0, max: 5 }),
      end: fc.boolean(),
      amount: fc.option(fc.integer({ min: 0, max: 1_000_000 })),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 20 }), async (events) => {
        run += 1;
        const rows = new Map<number, { held: number } | { cost: number | null }>();
        for (const { id, end, amount } of events) {
          const attemptId = `${run}-${id}`;
          const row = rows.get(id);
          if (!end) {
            await ledger.reserve(reservation({ attemptId, heldNano: amount ?? 0 })).catch(() => undefined);
            if (row === undefined) rows.set(id, { held: amount ?? 0 });
          } else {
            await ledger.settle(attemptId, settlement({ costNano: amount }));
            if (row !== undefined && "held" in row) rows.set(id, { cost: amount });
          }
        }
        for (const row of rows.values()) {
          if ("held" in row) before.held += row.held;
          else if (row.cost === null) before.unknown += 1;
          else before.spent += row.cost;
        }
        const { real } = ledger.spend();
        expect([real.spentNano, real.heldNano, real.unknown]).toEqual([before.spent, before.held, before.unknown]);
      }),
      { numRuns: 40 },
    );
  });
});

describe("two processes", () => {
  it("reserve 200 rows each at once; none is lost and none refused", async () => {
    const directory = tempDirectory();
    const store = await open({ directory });
    const started = await Promise.all(["one", "two"].map((name) => start(["reserve-many", directory, name, "200"])));
    const answers = await letGo(started.map((each) => each.child));
    expect(answers).toEqual([{ refused: 0 }, { refused: 0 }]);
    expect(raw(store.path).prepare("SELECT COUNT(*) AS rows FROM attempts").get()).toEqual({ rows: 400 });
    expect(store.ledger.spend().real.heldNano).toBe(400 * 900_000);
  });
});

describe("with fake timers", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: 1_700_000_000_000 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("progress is noted at most once a second, the latest always", async () => {
    const store = await open();
    await store.ledger.reserve(reservation());
    const beside = raw(store.path);
    beside.exec(`CREATE TABLE notes (tokens REAL);
      CREATE TRIGGER noting AFTER UPDATE OF noted_output_tokens ON attempts
      BEGIN INSERT INTO notes VALUES (new.noted_output_tokens); END`);
    const notes = async () => {
      await written();
      return beside
        .prepare("SELECT tokens FROM notes")
        .all()
        .map((row) => row.tokens);
    };
    store.ledger.noteProgress("attempt", { outputTokens: 1 });
    expect(await notes()).toEqual([1]);
    store.ledger.noteProgress("attempt", { outputTokens: 2 });
    store.ledger.noteProgress("attempt", { outputTokens: 3 });
    await later(999);
    expect(await notes()).toEqual([1]);
    await later(1);
    expect(await notes()).toEqual([1, 3]);
    await later(5_000);
    store.ledger.noteProgress("attempt", { outputTokens: 9 });
    expect(await notes()).toEqual([1, 3, 9]);
  });

  it("progress is noted within a second also when the clock was set back by an hour", async () => {
    const store = await open();
    await store.ledger.reserve(reservation());
    store.ledger.noteProgress("attempt", { outputTokens: 1 });
    vi.setSystemTime(Date.now() - 3_600_000);
    store.ledger.noteProgress("attempt", { outputTokens: 500 });
    await later(1_000);
    const note = raw(store.path).prepare("SELECT noted_output_tokens AS tokens FROM attempts");
    expect(note.get()).toEqual({ tokens: 500 });
  });

  it("progress is not noted after the settlement", async () => {
    const store = await open();
    await store.ledger.reserve(reservation());
    store.ledger.noteProgress("attempt", { outputTokens: 1 });
    store.ledger.noteProgress("attempt", { outputTokens: 2 });
    await store.ledger.settle("attempt", settlement());
    await later(5_000);
    expect(raw(store.path).prepare("SELECT noted_output_tokens AS tokens FROM attempts").get()).toEqual({ tokens: 1 });
  });

  it("a settlement that the disk refuses is kept, shown, tried again, and written once there is room", async () => {
    const database = await openDatabase({ directory: tempDirectory() });
    const instances = createInstances(database, { instanceId: "this one", pid: process.pid });
    const ledger = createLedger({ database, instances, now: () => Date.now(), timeZone: "UTC" });
    const limit = (pages: number) => database.prepare(`PRAGMA max_page_count = ${pages}`).get();
    await ledger.reserve(reservation());
    const pages = Number(database.prepare("PRAGMA page_count").get()?.page_count);
    limit(pages);

    // A reason of that length needs pages that the file may not have.
    const long = settlement({ reason: "r".repeat(50_000) });
    const refusal = await ledger.settle("attempt", long).then(() => null, failureOf);
    expect(refusal).toEqual({
      kind: "ledger",
      message: `The ledger ${database.path} cannot be written because the disk is full: free some space and ask again.`,
    });
    expect(ledger.unsettled()).toBe(1);
    expect(ledger.spend().real).toMatchObject({ spentNano: 0, heldNano: 900_000 });
    expect(ledger.attemptsOfTurn("turn")).toMatchObject([{ id: "attempt", outcome: "done", costNano: 112_000 }]);
    // The first settlement wins while it is kept, too.
    await ledger.settle("attempt", settlement({ costNano: 1 }));

    await later(2_000);
    expect(ledger.unsettled()).toBe(1);
    limit(100_000);
    await later(2_000);
    await until(() => ledger.unsettled() === 0);
    expect(ledger.unsettled()).toBe(0);
    expect(ledger.spend().real).toMatchObject({ spentNano: 112_000, heldNano: 0 });
    database.close();
  });

  it("a settlement that was kept is written at the close when there is room by then", async () => {
    const directory = tempDirectory();
    const store = await open({ directory });
    await store.ledger.reserve(reservation());
    const other = raw(store.path);
    other.exec("BEGIN IMMEDIATE");
    const refused = store.ledger.settle("attempt", settlement()).then(() => null, failureOf);
    for (let i = 0; i < 60; i++) await later(100);
    expect((await refused)?.message).toBe(
      `The ledger ${store.path} stayed locked by another process for 5 seconds: close other windows of this editor and ask again.`,
    );
    other.exec("ROLLBACK");
    store.close();
    expect((await open({ directory })).ledger.spend().real).toMatchObject({ spentNano: 112_000, heldNano: 0 });
  });

  it("a short lock is waited out", async () => {
    const store = await open();
    const other = raw(store.path);
    other.exec("BEGIN IMMEDIATE");
    const reserved = store.ledger.reserve(reservation());
    await later(1_000);
    other.exec("COMMIT");
    await later(50);
    await reserved;
    expect(store.ledger.spend().real.heldNano).toBe(900_000);
  });
});
