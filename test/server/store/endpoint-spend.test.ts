import { describe, expect, it } from "vitest";
import { open, reservation, settlement } from "./books.ts";

describe("what other tools spent", () => {
  it("counts what other tools were answered, posted or not, and not what they were not", async () => {
    const { ledger } = await open();
    const ends = [settlement(), settlement({ outcome: "failed", costNano: 3 }), settlement({ outcome: "cancelled" })];
    for (const [at, end] of ends.entries()) {
      await ledger.reserve(reservation({ attemptId: `${at}`, kind: "endpoint" }));
      await ledger.settle(`${at}`, end);
    }
    const answers = () => ledger.spend().real.rows.map((row) => row.answers);
    expect(answers()).toEqual([1]);
    await ledger.post();
    expect(answers()).toEqual([1]);
  });

  it("tells when what was settled is counted, which is a moment after its money is", async () => {
    const posted: unknown[] = [];
    const store = await open({ onPosted: () => posted.push(store.ledger.endpointSpend()) });
    const { ledger } = store;
    for (const attemptId of ["a", "b"]) {
      await ledger.reserve(reservation({ attemptId, turnId: attemptId, kind: "endpoint" }));
      await ledger.settle(attemptId, settlement({ costNano: 5 }));
    }
    const settled = ledger.endpointSpend();
    expect(settled.spentNano).toBe(10);
    await ledger.post();
    expect(posted.at(-1)).toEqual({ spentNano: 10, requests: 2 });
  });
});
