import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { failureOf } from "../../../shared/failure.ts";
import type { Period } from "../../../shared/protocol.ts";
import { cap, open, openAt, raw, reservation, settlement, wednesday } from "./books.ts";

const DAY_MS = 86_400_000;

describe("the sums", () => {
  /** Every sum of the books, once as they are kept and once counted from the attempts. */
  function bothSums(path: string) {
    const file = raw(path);
    const amounts = `SUM(iif(outcome IS NULL, 0, ifnull(cost_nano, 0))) AS spent, SUM(iif(outcome IS NULL, held_nano, 0)) AS held`;
    const kept = file.prepare(
      "SELECT book, period, workspace, kind, spent_nano AS spent, held_nano AS held FROM period_totals ORDER BY 1, 2, 3, 4",
    );
    const counted = file.prepare(
      `SELECT book, period, workspace, kind, ${amounts} FROM (
         SELECT *, day AS period FROM attempts UNION ALL SELECT *, substr(day, 1, 7) FROM attempts
         UNION ALL SELECT *, 'total' FROM attempts
         UNION ALL SELECT *, 'week ' || date(julianday(day) - (strftime('%u', day) - 1)) FROM attempts
       ) GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`,
    );
    const byModel = `SELECT day, book, workspace, kind, tier, provider_id, model_id`;
    const keptByModel = file.prepare(
      `${byModel}, SUM(spent_nano) AS spent, SUM(unknown) AS unknown, SUM(answers) AS answers FROM report_totals WHERE span = 'day'
       GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7`,
    );
    const countedByModel = file.prepare(
      `${byModel}, SUM(ifnull(cost_nano, 0)) AS spent, SUM(cost_nano IS NULL) AS unknown,
         COUNT(*) FILTER (WHERE outcome = 'done' AND kind = 'chat') AS answers
       FROM attempts WHERE outcome IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7`,
    );
    // A group without money needs no row.
    const some = (rows: Record<string, unknown>[]) => rows.filter((row) => row.spent !== 0 || row.held !== 0);
    const any = (rows: Record<string, unknown>[]) =>
      rows.filter((row) => row.spent !== 0 || row.unknown !== 0 || row.answers !== 0);
    return {
      kept: { periods: some(kept.all()), models: any(keptByModel.all()) },
      counted: { periods: some(counted.all()), models: any(countedByModel.all()) },
    };
  }

  it("are those of the attempts, and no cap is overrun, whatever happens in whatever order", async () => {
    const periods: Period[] = ["daily", "weekly", "monthly", "total"];
    const event = fc.oneof(
      fc.record({
        do: fc.constant("reserve" as const),
        book: fc.constantFrom("real" as const, "real" as const, "simulated" as const),
        kind: fc.constantFrom("chat" as const, "completion" as const, "helper" as const),
        workspace: fc.constantFrom("here", "elsewhere"),
        modelId: fc.constantFrom("small", "large"),
        heldNano: fc.integer({ min: 0, max: 400 }),
        least: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      // Within what was held, as a share of it; null: nobody knows.
      fc.record({
        do: fc.constant("settle" as const),
        which: fc.nat(20),
        share: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
      }),
      // An hour back as well as days ahead.
      fc.record({ do: fc.constant("clock" as const), byMs: fc.integer({ min: -3 * 3_600_000, max: 10 * DAY_MS }) }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { maxLength: 60 }),
        fc.record({ limitNano: fc.integer({ min: 0, max: 1_500 }), period: fc.constantFrom(...periods) }),
        fc.constantFrom("global", "workspace", "completions"),
        async (events, { limitNano, period }, scope) => {
          let nowMs = wednesday;
          const { ledger, path, close } = await open({ now: () => nowMs });
          const caps = [cap(`${scope}.${period}`, limitNano)];
          const held: { attemptId: string; heldNano: number }[] = [];
          for (const [index, each] of events.entries()) {
            const attemptId = String(index);
            if (each.do === "clock") nowMs += each.byMs;
            else if (each.do === "settle") {
              const [one] = held.splice(each.which % Math.max(1, held.length), 1);
              const costNano = each.share === null ? null : Math.floor(each.share * (one?.heldNano ?? 0));
              if (one) await ledger.settle(one.attemptId, settlement({ costNano }));
            } else {
              const { do: _, least, ...fields } = each;
              if (scope === "completions" && each.book === "real") fields.kind = "completion";
              const leastNano = Math.floor(least * each.heldNano);
              const grant = await ledger
                .reserve(reservation({ attemptId, ...fields, leastNano, caps }))
                .catch((error) => failureOf(error));
              if ("kind" in grant) {
                expect(grant.kind).toBe("budget");
                continue;
              }
              expect(grant.heldNano).toBeGreaterThanOrEqual(leastNano);
              expect(grant.heldNano).toBeLessThanOrEqual(each.heldNano);
              held.push({ attemptId, heldNano: grant.heldNano });
            }
            for (const state of ["here", "elsewhere"].flatMap((workspace) => ledger.capStates(caps, workspace))) {
              expect(state.spentNano + state.heldNano).toBeLessThanOrEqual(limitNano);
            }
          }
          await ledger.post();
          const { kept, counted } = bothSums(path);
          expect(kept).toEqual(counted);
          close();
        },
      ),
      { numRuns: 30 },
    );
  });

  it("follow a row that somebody mends or takes out by hand", async () => {
    const { ask, path, ledger } = await openAt();
    for (const costNano of [3, 40, 500, null]) await ask({ heldNano: 900, leastNano: 0 }, costNano);
    await ask({ heldNano: 900, leastNano: 0 });
    await ledger.post();
    const file = raw(path);
    file.exec("UPDATE attempts SET cost_nano = 7 WHERE attempt_id = 'attempt 4'");
    file.exec("UPDATE attempts SET workspace = 'elsewhere', day = '2026-10-31' WHERE attempt_id = 'attempt 2'");
    file.exec("DELETE FROM attempts WHERE attempt_id IN ('attempt 3', 'attempt 5')");
    const { kept, counted } = bothSums(path);
    expect(kept).toEqual(counted);
  });
});
