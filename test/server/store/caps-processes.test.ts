import { describe, expect, it } from "vitest";
import { cap, kill, letGo, open, raw, start, tempDirectory } from "./books.ts";

/** What was ever granted and not yet settled, and what was settled, counted from the attempts themselves. */
const counting = `SELECT COALESCE(SUM(iif(outcome IS NULL, held_nano, cost_nano)), 0) AS nano FROM attempts`;

describe("processes that spend against one cap, with a vendor who bills 1.5 times the estimate", () => {
  const limitNano = 1_000_003;
  const estimateNano = 10_000;

  async function spenders(directory: string, names: string[]) {
    const started = names.map((name) => start(["spend", directory, name, `${limitNano}/${estimateNano}`]));
    return (await Promise.all(started)).map((each) => each.child);
  }

  it("never go past it, at no moment, and use it up", async () => {
    const directory = tempDirectory();
    const store = await open({ directory });
    const file = raw(store.path);
    const count = file.prepare(counting);
    const children = await spenders(directory, ["a", "b", "c", "d"]);

    let mostNano = 0;
    let isDone = false;
    const answers = letGo(children).finally(() => {
      isDone = true;
    });
    while (!isDone) {
      mostNano = Math.max(mostNano, Number(count.get()?.nano));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    const granted = (await answers) as { granted: number }[];
    expect(mostNano).toBeGreaterThan(0);
    expect(mostNano).toBeLessThanOrEqual(limitNano);
    const { spentNano, heldNano } = store.ledger.spend().real;
    expect(heldNano).toBe(0);
    expect(spentNano).toBeLessThanOrEqual(limitNano);
    // Less than the least of one request is left.
    expect(limitNano - spentNano).toBeLessThan(estimateNano);
    expect(granted.every((each) => each.granted > 0)).toBe(true);
    expect(count.get()).toEqual({ nano: spentNano });
  });

  it("do not when one of them is killed in the middle", async () => {
    const directory = tempDirectory();
    const store = await open({ directory });
    const children = await spenders(directory, ["a", "b", "killed"]);
    const [victim] = children.slice(-1) as [(typeof children)[0]];
    const rest = letGo(children.slice(0, -1));
    victim.send("go");
    while (store.ledger.spend().real.spentNano < limitNano / 4) await new Promise((resolve) => setTimeout(resolve, 1));
    await kill(victim);

    // Until somebody looks, what the dead one holds stays held: the others wait for it, and nothing is overrun.
    let isDone = false;
    const answers = rest.finally(() => {
      isDone = true;
    });
    while (!isDone) {
      await store.ledger.settleDead();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await answers;
    await store.ledger.settleDead();
    const [state] = store.ledger.capStates([cap("global.daily", limitNano)], "here");
    expect(state?.heldNano).toBe(0);
    expect(state?.spentNano).toBeLessThanOrEqual(limitNano);
    expect(limitNano - (state?.spentNano ?? 0)).toBeLessThan(estimateNano);
    expect(raw(store.path).prepare(counting).get()).toEqual({ nano: state?.spentNano });
    expect(raw(store.path).prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
  });
});
