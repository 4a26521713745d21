import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { migrations } from "../../../server/store/migrate.ts";
import type { ReportScope } from "../../../server/store/report-book.ts";
import { failureOf } from "../../../shared/failure.ts";
import { cap, open, raw, reservation, settlement, tempDirectory, wednesday } from "./books.ts";
import { ended, everything, request, weighed } from "./report-scene.ts";

const DAY_MS = 86_400_000;

describe("the sums of the report", () => {
  it("are those of what is in the books, whatever happens in whatever order, also after days were deleted", async () => {
    const event = fc.oneof(
      fc.record({
        do: fc.constant("reserve" as const),
        turn: fc.nat(4),
        modelId: fc.constantFrom("small", "large"),
        language: fc.constantFrom("", "go", "rust"),
        workspace: fc.constantFrom("here", "elsewhere"),
      }),
      fc.record({
        do: fc.constant("settle" as const),
        which: fc.nat(9),
        outcome: fc.constantFrom("done" as const, "failed" as const, "cancelled" as const),
        costNano: fc.option(fc.nat(900)),
      }),
      fc.record({
        do: fc.constant("end" as const),
        turn: fc.nat(4),
        state: fc.constantFrom("done" as const, "failed" as const, "cached" as const),
        frontierNano: fc.option(fc.nat(5_000)),
        modelId: fc.constantFrom("small", "large"),
      }),
      fc.record({ do: fc.constant("accept" as const), turn: fc.nat(4), lines: fc.integer({ min: 1, max: 30 }) }),
      fc.record({ do: fc.constant("clock" as const), byMs: fc.integer({ min: 0, max: 20 * DAY_MS }) }),
      fc.record({ do: fc.constant("delete" as const), days: fc.nat(3) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 50 }), async (events) => {
        let nowMs = wednesday;
        const store = await open({ now: () => nowMs });
        const { ledger, requests, report, path } = store;
        const held: string[] = [];
        const total = cap("global.total", 1_000_000);
        let spentNano = 0;
        for (const [index, each] of events.entries()) {
          const day = ledger.dayOf(nowMs);
          if (each.do === "clock") nowMs += each.byMs;
          else if (each.do === "reserve") {
            const { do: _, turn, ...fields } = each;
            const attemptId = `a${index}`;
            await ledger.reserve(
              reservation({
                attemptId,
                turnId: `t${turn}`,
                ...fields,
                caps: [total],
                startedAtMs: nowMs,
                heldNano: 900,
              }),
            );
            held.push(attemptId);
          } else if (each.do === "settle") {
            const [attemptId] = held.splice(each.which % Math.max(1, held.length), 1);
            if (attemptId === undefined) continue;
            const { outcome, costNano } = each;
            await ledger.settle(attemptId, settlement({ outcome, costNano }));
            spentNano += costNano ?? 0;
          } else if (each.do === "end") {
            const { turn, state, frontierNano, modelId } = each;
            await requests.end(
              ended({
                requestId: `t${turn}`,
                day,
                state,
                frontierNano,
                cheapNano: frontierNano === null ? null : 7,
                savedNano: 11,
                classification: weighed,
                route: { providerId: "vendor", modelId, tier: modelId === "large" ? "frontier" : "cheap" },
              }),
            );
          } else if (each.do === "accept") {
            await requests.accept({ requestId: `t${each.turn}`, atMs: nowMs, lines: each.lines, how: "insert" });
          } else {
            const fromDay = ledger.dayOf(nowMs - each.days * DAY_MS);
            await ledger.post();
            await requests.deleteDays({ ...everything, fromDay, toDay: day });
          }
        }
        // Whatever was deleted, what a cap has counted is what was ever spent.
        expect(ledger.capStates([total], "here")[0]?.spentNano).toBe(spentNano);

        await ledger.post();
        const file = raw(path);
        const one = (sql: string) => Object.values(file.prepare(sql).get() ?? {});
        const attempts = one(
          `SELECT ifnull(SUM(cost_nano), 0), COUNT(*) - COUNT(cost_nano), ifnull(SUM(outcome = 'done' AND kind = 'chat'), 0), COUNT(*),
             ifnull(SUM(outcome = 'failed' OR outcome = 'crashed'), 0), ifnull(SUM(iif(outcome = 'failed' OR outcome = 'crashed', cost_nano, 0)), 0),
             ifnull(SUM(outcome = 'cancelled'), 0), ifnull(SUM(iif(outcome = 'cancelled', cost_nano, 0)), 0)
           FROM attempts WHERE outcome IS NOT NULL`,
        );
        const asked = one(
          `SELECT ifnull(SUM(attempts > 0), 0), ifnull(SUM(state IS 'cached'), 0), ifnull(SUM(iif(state IS 'cached', 11, 0)), 0) FROM requests`,
        );
        const routed = one(
          `SELECT COUNT(*), ifnull(SUM(cost_nano), 0), ifnull(SUM(frontier_nano), 0), COUNT(*) * 7, COUNT(*) * 0.875 FROM requests
           WHERE state = 'done' AND attempts > 0 AND unknown = 0 AND frontier_nano IS NOT NULL`,
        );
        const [lines] = one("SELECT ifnull(SUM(accepted_lines), 0) FROM acceptances");
        for (const scope of [everything, { ...everything, fromDay: "2026-11-10", toDay: "2027-11-20" }]) {
          const { sums, routing } = report.totals(scope);
          expect([
            sums.spentNano,
            sums.unknown,
            sums.answers,
            sums.attempts,
            sums.failedAttempts,
            sums.failedNano,
            sums.stoppedAttempts,
            sums.stoppedNano,
          ]).toEqual(attempts);
          expect([sums.requests, routing.keptAnswers, routing.keptSavedNano]).toEqual(asked);
          expect([
            routing.routed,
            routing.routedNano,
            routing.frontierNano,
            routing.cheapNano,
            routing.frontierRight,
          ]).toEqual(routed);
          expect(sums.acceptedLines).toBe(lines);
          // Each way to tell them apart comes to the same.
          for (const by of ["tier", "model", "workspace", "language", "kind", "session"] as const) {
            const groups = report.groups(scope, by, 50);
            expect([by, groups.reduce((sum, { spentNano }) => sum + spentNano, 0)]).toEqual([by, sums.spentNano]);
            expect([by, groups.reduce((sum, { acceptedLines }) => sum + acceptedLines, 0)]).toEqual([by, lines]);
            for (const unit of ["day", "week", "month"] as const) {
              const spent = report.timeline(scope, by, unit).reduce((sum, row) => sum + row.spentNano, 0);
              expect([by, unit, spent]).toEqual([by, unit, sums.spentNano]);
            }
          }
        }
        store.close();
      }),
      { numRuns: 12 },
    );
  });

  it("of a range are those of its days alone, however many months lie in it", async () => {
    let nowMs = 0;
    const store = await open({ now: () => nowMs });
    const days = ["2026-01-31", "2026-02-01", "2026-02-28", "2026-03-01", "2026-03-31", "2026-12-31", "2027-01-01"];
    for (const [index, day] of days.entries()) {
      nowMs = Date.parse(`${day}T12:00:00Z`);
      const turnId = `turn ${index}`;
      await store.ledger.reserve(reservation({ attemptId: turnId, turnId, caps: [], heldNano: 0 }));
      await store.ledger.settle(turnId, settlement({ costNano: 10 ** index }));
    }
    await store.ledger.post();
    const spent = (fromDay: string, toDay: string) =>
      store.report.totals({ ...everything, fromDay, toDay }).sums.spentNano;
    for (const from of days) {
      for (const to of days.filter((day) => day >= from)) {
        const expected = days.reduce((sum, day, index) => sum + (day >= from && day <= to ? 10 ** index : 0), 0);
        expect([from, to, spent(from, to)]).toEqual([from, to, expected]);
      }
    }
    expect(spent("2026-02-02", "2026-02-27")).toBe(0);
    expect(spent("2026-01-30", "2026-03-02")).toBe(1111);
  });
});

describe("books of before there was a report", () => {
  it("have a request for each question, and the same sums", async () => {
    const directory = tempDirectory();
    const file = raw(join(directory, "wayfare.sqlite"));
    file.exec(migrations.slice(0, 2).join(""));
    file.exec(`PRAGMA user_version = 2;
      INSERT INTO attempts (attempt_id, turn_id, session_id, kind, workspace, book, tier, provider_id, model_id, instance_id, day,
        started_at_ms, held_nano, outcome, usage, cost_nano, cost_source, duration_ms, reason)
      VALUES ('a1', 't1', 's', 'chat', 'here', 'real', 'cheap', 'vendor', 'small', 'gone', '2026-11-17', 1000, 0, 'failed', NULL, 5, 'estimated', 1, 'cheapest'),
             ('a2', 't1', 's', 'chat', 'here', 'real', 'frontier', 'vendor', 'large', 'gone', '2026-11-17', 2000, 0, 'done',
              '{"input":10,"cacheRead":3,"cacheWrite":0,"output":4,"reasoning":0}', 40, 'computed', 1, 'small failed'),
             ('a3', 't2', 's', 'chat', 'here', 'real', 'cheap', 'vendor', 'small', 'gone', '2026-11-18', 3000, 0, 'cancelled', NULL, NULL, 'unknown', 1, 'cheapest')`);
    const { report, requests } = await open({ directory, now: () => wednesday });
    expect(report.totals(everything).sums).toEqual({
      spentNano: 45,
      unknown: 1,
      requests: 2,
      answers: 1,
      attempts: 3,
      failedAttempts: 1,
      failedNano: 5,
      stoppedAttempts: 1,
      stoppedNano: 0,
      inputTokens: 10,
      cacheReadTokens: 3,
      cacheWriteTokens: 0,
      outputTokens: 4,
      acceptedLines: 0,
      acceptedCompletions: 0,
    });
    expect(
      report.groups(everything, "model", 50).map(({ key, spentNano, requests }) => [key, spentNano, requests]),
    ).toEqual([
      ["vendor/large", 40, 1],
      ["vendor/small", 5, 1],
    ]);
    expect(requests.read("t1")).toMatchObject({
      atMs: 2000,
      state: "done",
      modelId: "large",
      costNano: 45,
      attempts: 2,
      mode: null,
    });
    expect(requests.read("t2")).toMatchObject({ state: "cancelled", costNano: null, why: "cheapest" });
  });
});

describe("a request", () => {
  it("whose process died before its end is there, with what it cost", async () => {
    const { ledger, requests } = await open();
    await ledger.reserve(reservation({ attemptId: "a", turnId: "t", caps: [] }));
    await ledger.settle("a", settlement({ outcome: "crashed", costNano: 12, costSource: "reserved" }));
    await ledger.post();
    expect(requests.read("t")).toMatchObject({ state: "unfinished", costNano: 12, attempts: 1, plan: [] });
    expect(requests.read("nobody")).toBeNull();
  });

  it("is found among the dearest by what all its attempts cost together", async () => {
    const store = await open({ now: () => wednesday });
    for (const [turnId, costs] of [
      ["t1", [300, 300]],
      ["t2", [500]],
      ["t3", [0]],
    ] as const) {
      for (const [index, costNano] of costs.entries()) {
        await store.ledger.reserve(reservation({ attemptId: `${turnId} ${index}`, turnId, caps: [] }));
        await store.ledger.settle(`${turnId} ${index}`, settlement({ costNano }));
      }
    }
    await store.ledger.post();
    const dearest = (scope: Partial<ReportScope>) =>
      store.report.dearest({ ...everything, ...scope }, 20).map(({ requestId, costNano }) => [requestId, costNano]);
    expect(dearest({})).toEqual([
      ["t1", 600],
      ["t2", 500],
    ]);
    expect(dearest({ fromDay: "2026-11-18", toDay: "2026-11-18" })).toEqual(dearest({}));
    expect(dearest({ fromDay: "2026-11-19" })).toEqual([]);
    expect(dearest({ workspace: "elsewhere" })).toEqual([]);
    expect(dearest({ book: "simulated" })).toEqual([]);
  });
});

describe("what other tools asked", () => {
  const asked = (turnId: string, sessionId: string, end: Parameters<typeof request>[1]["end"] = {}) => ({
    attempt: { attemptId: `a ${turnId}`, turnId, sessionId, kind: "endpoint" as const, workspace: "endpoint" },
    paid: { costNano: 1_000 },
    end: { classification: weighed, frontierNano: 5_000, cheapNano: 1_000, ...end },
  });

  it("is compared where it was routed in Auto mode, and where it was not it is left out", async () => {
    const store = await open();
    await request(store, asked("t1", "s1"));
    await request(store, asked("t2", "s2", { mode: "cheap", classification: null }));
    expect(store.report.totals(everything).routing).toMatchObject({
      routed: 1,
      routedNano: 1_000,
      frontierNano: 5_000,
      leftOut: 1,
    });
  });

  it("is so too where it was written down before", async () => {
    const directory = tempDirectory();
    const old = raw(join(directory, "wayfare.sqlite"));
    const before = migrations.length - 1;
    old.exec(`${migrations.slice(0, before).join("")} PRAGMA user_version = ${before}`);
    const insert = old.prepare(
      `INSERT INTO requests (request_id, at_ms, day, book, kind, workspace, session_id, language, tier, provider_id,
         model_id, attempts, cost_nano, unknown, state, mode, frontier_nano, cheap_nano, frontier_right, cheap_right)
       VALUES (?, 1, ?, 'real', ?, 'endpoint', 'session', '', 'cheap', 'vendor', 'small', 1, 10, 0, 'done', ?, 70, 10, 0.5, 0.25)`,
    );
    for (const [at, [day, kind, mode]] of (
      [
        ["2026-11-17", "endpoint", "auto"],
        ["2026-11-17", "endpoint", "auto"],
        ["2026-11-18", "endpoint", "frontier"],
        ["2026-11-18", "chat", "auto"],
        ["2026-11-18", "completion", "auto"],
      ] as const
    ).entries()) {
      insert.run(`t${at}`, day, kind, mode);
    }
    const { report } = await open({ directory });
    for (const scope of [everything, { ...everything, fromDay: "2026-11-16", toDay: "2026-11-18" }]) {
      const { sums, routing } = report.totals(scope);
      expect(routing).toMatchObject({ routed: 3, routedNano: 30, frontierNano: 210, frontierRight: 1.5, leftOut: 1 });
      expect(sums.requests).toBe(5);
    }
  });

  it("is known by the name that its tool gave the conversation, else by when that began, until it is deleted", async () => {
    const store = await open();
    await request(store, asked("t1", "s1", { conversation: "sess-A", atMs: wednesday }));
    await request(store, asked("t2", "s2", { conversation: null, atMs: wednesday + 1 }));
    await request(store, asked("t3", "s2", { conversation: null, atMs: wednesday + 2 }));
    const named = () =>
      store.report.groups(everything, "session", 50).map(({ key, label, begunAtMs }) => [key, label, begunAtMs]);
    expect(named()).toEqual([
      ["s2", "", wednesday + 1],
      ["s1", "sess-A", wednesday],
    ]);
    await store.requests.deleteDays({ ...everything });
    await request(store, asked("t4", "s1", { conversation: null, atMs: wednesday + 3 }));
    expect(named()).toEqual([["s1", "", wednesday + 3]]);
  });
});

describe("deleting days", () => {
  it("takes requests, attempts and accepted code, and leaves what caps have counted, and what is held", async () => {
    const store = await open({ now: () => wednesday });
    const caps = [cap("global.daily", 1_000)];
    await request(store, { attempt: { attemptId: "a1", turnId: "t1", caps }, paid: { costNano: 700 } });
    await store.requests.accept({ requestId: "t1", atMs: wednesday, lines: 3, how: "copy" });
    await store.ledger.reserve(reservation({ attemptId: "a2", turnId: "t2", caps, heldNano: 200 }));
    expect(await store.requests.deleteDays({ ...everything, fromDay: "2026-11-18", toDay: "2026-11-18" })).toEqual({
      requests: 1,
      attempts: 1,
      keptAnswers: 0,
    });
    expect(store.requests.read("t1")).toBeNull();
    expect(store.ledger.attemptsOfTurn("t1")).toEqual([]);
    expect(store.report.totals(everything).sums).toMatchObject({
      spentNano: 0,
      requests: 0,
      attempts: 0,
      acceptedLines: 0,
    });
    expect(store.ledger.capStates(caps, "here")[0]).toMatchObject({ spentNano: 700, heldNano: 200 });
    const refused = await store.ledger
      .reserve(reservation({ attemptId: "a3", turnId: "t3", caps, heldNano: 200, leastNano: 200 }))
      .catch(failureOf);
    expect(refused).toMatchObject({ kind: "budget" });
    await store.ledger.settle("a2", settlement({ costNano: 150 }));
    await store.ledger.post();
    expect(store.report.totals(everything).sums).toMatchObject({ spentNano: 150, requests: 1 });
  });

  it("takes one book and one workspace, where only those are meant", async () => {
    const store = await open({ now: () => wednesday });
    for (const [turnId, book, workspace] of [
      ["t1", "real", "here"],
      ["t2", "real", "there"],
      ["t3", "simulated", "here"],
    ] as const)
      await request(store, {
        attempt: { attemptId: turnId, turnId, book, workspace },
        end: { requestId: turnId, book, workspace },
      });
    const day = { fromDay: "2026-11-18", toDay: "2026-11-18" };
    const left = () => ["t1", "t2", "t3"].filter((id) => store.requests.read(id) !== null);
    expect(await store.requests.deleteDays({ ...day, book: "real", workspace: "here" })).toMatchObject({ requests: 1 });
    expect(left()).toEqual(["t2", "t3"]);
    expect(await store.requests.deleteDays({ ...day, book: "simulated", workspace: null })).toMatchObject({
      requests: 1,
    });
    expect(left()).toEqual(["t2"]);
  });

  it("goes on through more than one transaction holds", async () => {
    const store = await open({ now: () => wednesday });
    await Promise.all(
      Array.from({ length: 230 }, (_, index) =>
        request(store, { attempt: { attemptId: `a${index}`, turnId: `t${index}` } }),
      ),
    );
    await store.requests.end(ended({ requestId: "kept", state: "cached", savedNano: 5 }));
    expect(await store.requests.deleteDays({ ...everything, fromDay: "2026-11-18", toDay: "2026-11-18" })).toEqual({
      requests: 230,
      attempts: 230,
      keptAnswers: 1,
    });
    expect(store.report.totals(everything).sums.requests).toBe(0);
  });
});
