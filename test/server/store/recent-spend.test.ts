import { describe, expect, it } from "vitest";
import { spendSchema } from "../../../shared/protocol.ts";
import { cap, open, openAt, raw, wednesday } from "./books.ts";

const MINUTE_MS = 60_000;
const caps = [
  cap("global.daily", 10_000_000_000),
  cap("workspace.daily", 4_000_000_000),
  cap("completions.daily", 1_000_000_000),
];

describe("the forecast of a cap", () => {
  it("is made of what was paid under it in the last hour, and is gone once it is raised far enough or work has stopped", async () => {
    const { ask, goTo, ledger } = await openAt(wednesday - 30 * MINUTE_MS);
    for (let answer = 0; answer <= 3; answer++) {
      goTo(wednesday - (30 - 10 * answer) * MINUTE_MS);
      await ask({ heldNano: 500_000_000, caps }, 500_000_000);
      await ask({ heldNano: 250_000_000, workspace: "there", caps }, 250_000_000);
    }
    const at = () =>
      Object.fromEntries(
        ledger
          .spend(caps, "here")
          .caps.flatMap(({ id, reachedAtMs }) =>
            reachedAtMs === undefined ? [] : [[id, new Date(reachedAtMs).toISOString().slice(11, 16)]],
          ),
      );
    expect(() => spendSchema.parse(ledger.spend(caps, "here"))).not.toThrow();
    // $2.00 here in half an hour and $2.00 left; $3.00 in all, of $10.00.
    expect(at()).toEqual({ "workspace.daily": "12:30", "global.daily": "13:10" });
    const [, workspace] = caps;
    if (workspace !== undefined) await ledger.raise(workspace, "here", 100_000_000_000);
    expect(at()).toEqual({ "global.daily": "13:10" });
    goTo(wednesday + 61 * MINUTE_MS);
    expect(at()).toEqual({});
  });
});

describe("raises", () => {
  it("are recorded for good, with the limit before and after", async () => {
    const { goTo, ledger, path } = await openAt();
    const [global, workspace] = caps;
    if (global === undefined || workspace === undefined) return;
    await ledger.raise(workspace, "here", 500_000_000);
    goTo(wednesday + MINUTE_MS);
    await ledger.raise(workspace, "here", 1_000_000_000);
    await ledger.raise(global, "here", 1);
    const all = ledger.raisesBetween(wednesday, wednesday + 2 * MINUTE_MS);
    expect(all).toEqual([
      {
        raisedAtMs: wednesday,
        capId: "workspace.daily",
        workspace: "here",
        day: "2026-11-18",
        addedNano: 500_000_000,
        beforeNano: 4_000_000_000,
        afterNano: 4_500_000_000,
        raisedBy: "",
      },
      {
        raisedAtMs: wednesday + MINUTE_MS,
        capId: "workspace.daily",
        workspace: "here",
        day: "2026-11-18",
        addedNano: 1_000_000_000,
        beforeNano: 4_500_000_000,
        afterNano: 5_500_000_000,
        raisedBy: "",
      },
      {
        raisedAtMs: wednesday + MINUTE_MS,
        capId: "global.daily",
        workspace: "here",
        day: "2026-11-18",
        addedNano: 1,
        beforeNano: 10_000_000_000,
        afterNano: 10_000_000_001,
        raisedBy: "",
      },
    ]);
    expect(ledger.raisesBetween(wednesday, wednesday + MINUTE_MS)).toEqual(all.slice(0, 1));
    expect(() => raw(path).exec("DELETE FROM raise_log")).toThrow("A raise is recorded for good.");
    expect(() => raw(path).exec("UPDATE raise_log SET added_nano = 0")).toThrow("A raise is recorded for good.");
  });

  it("say whose window it was", async () => {
    const { ledger } = await open({ hostLabel: "WSL: Ubuntu", now: () => wednesday });
    const [global] = caps;
    if (global !== undefined) await ledger.raise(global, "here", 5);
    expect(ledger.raisesBetween(0, wednesday + 1)).toMatchObject([{ raisedBy: "WSL: Ubuntu" }]);
  });
});
