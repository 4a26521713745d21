import { describe, expect, it } from "vitest";
import type { ListedModel } from "../../../server/core/provider.ts";
import { createRefreshLists } from "../../../server/engine/refresh-lists.ts";

const DAY_MS = 86_400_000;
const models = (...ids: string[]): ListedModel[] =>
  ids.map((id) => ({ id, windowTokens: null, maxOutputTokens: null, price: null }));

function refresher(answer: () => Promise<ListedModel[]>, ageMs: number | null = DAY_MS, id = "openai") {
  const seen = {
    nowMs: 100 * DAY_MS,
    asked: 0,
    saved: [] as [string, string, string[], number][],
    faults: [] as string[],
  };
  const asOfMs = ageMs === null ? null : seen.nowMs - ageMs;
  const provider = {
    id,
    origin: id === "openai" ? "https://api.openai.com" : "http://127.0.0.1:8080",
    async listModels() {
      seen.asked += 1;
      return answer();
    },
  };
  const refresh = createRefreshLists({
    prices: { setHeld: async () => undefined },
    world: {
      withLists: (use) => use([{ provider, models: asOfMs === null ? [] : models("a", "b", "c", "d"), asOfMs }]),
    },
    modelLists: {
      read: () => null,
      save: async (id, origin, found, atMs) => void seen.saved.push([id, origin, found.map((each) => each.id), atMs]),
    },
    now: () => seen.nowMs,
  });
  const refreshed = async () => {
    const { isNew, problems } = await refresh("due", new AbortController().signal);
    seen.faults.push(...problems);
    return isNew;
  };
  return { seen, refresh: refreshed };
}

describe("a provider's list of models", () => {
  it("is read again when it is a day old, and not before", async () => {
    const young = refresher(async () => models("a"), DAY_MS - 1);
    expect([await young.refresh(), young.seen.asked]).toEqual([false, 0]);
    const old = refresher(async () => models("a", "b", "e"));
    expect(await old.refresh()).toBe(true);
    expect(old.seen.saved).toEqual([["openai", "https://api.openai.com", ["a", "b", "e"], 100 * DAY_MS]]);
    expect(old.seen.faults).toEqual([]);
  });

  it("stays when the provider cannot be asked, which is said and tried again after an hour", async () => {
    const { seen, refresh } = refresher(async () => {
      throw new Error("refused");
    });
    expect([await refresh(), await refresh(), seen.asked]).toEqual([false, false, 1]);
    expect([seen.saved.length, seen.faults.length]).toEqual([0, 1]);
    expect(seen.faults[0]).toContain('The models of "openai" could not be read again, and the old list is kept: ');
    seen.nowMs += 3_600_000;
    await refresh();
    expect(seen.asked).toBe(2);
  });

  it("stays when more than half of it is gone, and is replaced when half of it is", async () => {
    const { seen, refresh } = refresher(async () => models("a"));
    expect([await refresh(), seen.saved.map(([, , ids]) => ids)]).toEqual([true, [["a", "b", "c", "d"]]]);
    expect(seen.faults).toEqual([
      'What "openai" lists now is held back, and the old kept: it now lists fewer than half of its models (1, it had 4). Run "Wayfare: Refresh Prices" to see it and to take it.',
    ]);
    const half = refresher(async () => models("a", "b"));
    expect([await half.refresh(), half.seen.saved.map(([, , ids]) => ids)]).toEqual([true, [["a", "b"]]]);
  });

  it("is read for the first time unbidden on this machine, where a row written by hand says little, and nowhere else", async () => {
    const near = refresher(async () => models("a"), null, "box");
    expect([await near.refresh(), near.seen.saved]).toEqual([
      true,
      [["box", "http://127.0.0.1:8080", ["a"], 100 * DAY_MS]],
    ]);
    const far = refresher(async () => models("a"), null);
    expect([await far.refresh(), far.seen.asked]).toEqual([false, 0]);
  });

  it("is asked for again soon where the server on this machine was not running, without a word of an old list", async () => {
    const { seen, refresh } = refresher(
      async () => {
        throw new Error("refused");
      },
      null,
      "box",
    );
    expect([await refresh(), await refresh(), seen.asked, seen.saved]).toEqual([false, false, 1, []]);
    expect(seen.faults[0]).toContain('The models of "box" could not be read: ');
    seen.nowMs += 60_000;
    await refresh();
    expect(seen.asked).toBe(2);
  });
});
