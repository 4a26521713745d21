import fc from "fast-check";
import { expect, it } from "vitest";
import { failureOf } from "../../../shared/failure.ts";
import { cap, open, raw, reservation, settlement } from "./books.ts";

const own = cap("completions.daily", 400);
const shared = [cap("workspace.daily", 900), cap("global.daily", 1_500)];

it("completions stay under their own cap, their workspace's and that of all; chat is not limited by theirs", async () => {
  const asked = fc.record({
    kind: fc.constantFrom("chat" as const, "completion" as const),
    workspace: fc.constantFrom("here", "there"),
    heldNano: fc.integer({ min: 1, max: 300 }),
    share: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: null }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(asked, { minLength: 10, maxLength: 40 }), async (all) => {
      const { ledger, path } = await open({ now: () => Date.parse("2026-11-18T12:00:00Z") });
      const rows = raw(path).prepare("SELECT kind, workspace, COALESCE(cost_nano, held_nano) AS nano FROM attempts");
      const sumOf = (isCounted: (row: { kind: unknown; workspace: unknown }) => boolean) =>
        rows
          .all()
          .reduce(
            (sum, row) => (isCounted({ kind: row.kind, workspace: row.workspace }) ? sum + Number(row.nano) : sum),
            0,
          );
      const roomsOf = (kind: string, workspace: string) => [
        ...(kind === "completion" ? [400 - sumOf((row) => row.kind === "completion")] : []),
        900 - sumOf((row) => row.workspace === workspace),
        1_500 - sumOf(() => true),
      ];
      for (const [index, { share, ...wanted }] of all.entries()) {
        const attemptId = `attempt ${index}`;
        const caps = wanted.kind === "completion" ? [...shared, own] : shared;
        const room = Math.min(...roomsOf(wanted.kind, wanted.workspace));
        const answer = await ledger.reserve(reservation({ attemptId, caps, leastNano: 1, ...wanted })).catch(failureOf);
        if (room < 1) expect(answer).toMatchObject({ kind: "budget" });
        else expect(answer).toEqual({ heldNano: Math.min(room, wanted.heldNano) });
        if ("heldNano" in answer && share !== null) {
          await ledger.settle(attemptId, settlement({ costNano: Math.floor(answer.heldNano * share) }));
        }
      }
    }),
    { numRuns: 25 },
  );
}, 20_000);
