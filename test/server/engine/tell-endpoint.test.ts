import { describe, expect, it } from "vitest";
import { readSettings } from "../../../server/core/read-settings.ts";
import { createEndpointTeller } from "../../../server/engine/tell-endpoint.ts";
import type { Failure } from "../../../shared/failure.ts";
import { openAt, wednesday } from "../store/books.ts";

const bill = { attempts: [], costNano: 0, costSource: "free" } as const;
const failed = (failure: Failure) => ({ state: "failed", beginning: null, failure, bill }) as const;
const atCap = failed({ kind: "budget", message: "This does not fit under your $1.00 a day." });
const done = (costNano: number) => ({ state: "done", bill: { ...bill, costNano } }) as never;

async function teller(budget: unknown, workspaces: unknown = {}) {
  const { ledger, ask, goTo } = await openAt();
  const { settings } = readSettings({ network: {}, budget, endpoint: { workspaces } });
  let [nowMs, changes] = [wednesday, 0];
  const told = createEndpointTeller({
    ledger: () => ledger,
    settings: () => settings.endpoint,
    now: () => nowMs,
    onChange: () => {
      changes += 1;
    },
  });
  const pay = (workspace: string, costNano: number) =>
    ask({ workspace, kind: "endpoint", heldNano: costNano, leastNano: 0, caps: [] }, costNano);
  return {
    ...{ told, pay },
    changes: () => changes,
    caps: () => told.told().caps?.map(({ book, cap }) => `${book} ${cap.id} ${cap.spentNano}/${cap.limitNano}`),
    tomorrow() {
      nowMs += 86_400_000;
      goTo(nowMs);
    },
  };
}

describe("what is told of other tools' money", () => {
  it("has the caps that they are near or at, those of named books too, and that of all once", async () => {
    const { told, pay, caps } = await teller({ daily: 0.001 }, { ci: { daily: 0.0002 }, idle: { daily: 0.0002 } });
    expect(told.told()).toEqual({ spentNano: 0, requests: 0 });
    await pay("endpoint:ci", 190_000);
    expect(caps()).toEqual(["ci workspace.daily 190000/200000"]);
    await pay("endpoint", 810_000);
    expect(caps()).toEqual(["null global.daily 1000000/1000000", "ci workspace.daily 190000/200000"]);
  });

  it("has a cap that cannot be read", async () => {
    const { caps } = await teller({}, { ci: { daily: "much" } });
    expect(caps()).toEqual(["ci workspace.daily 0/0"]);
  });

  it("has the last refusal at a cap, until something that costs is answered, caps change or the day ends", async () => {
    const { told, changes, tomorrow } = await teller({});
    const refused = () => told.told().refused;
    told.ended(failed({ kind: "internal", message: "Broken." }));
    expect([refused(), changes()]).toEqual([undefined, 0]);
    told.ended(atCap);
    expect(refused()).toEqual({ atMs: wednesday, message: atCap.failure.message });
    told.ended(done(0));
    expect([refused() === undefined, changes()]).toEqual([false, 1]);
    told.ended(done(5));
    expect([refused(), changes()]).toEqual([undefined, 2]);
    told.ended(atCap);
    told.capsChanged();
    expect([refused(), changes()]).toEqual([undefined, 4]);
    told.ended(atCap);
    tomorrow();
    expect(refused()).toBeUndefined();
  });

  it("is nothing while the books are closed", () => {
    const closed = createEndpointTeller({
      ledger: () => null,
      settings: () => readSettings({ network: {} }).settings.endpoint,
      now: () => 0,
      onChange: () => undefined,
    });
    expect(closed.told()).toEqual({ spentNano: 0, requests: 0 });
  });
});
