import { describe, expect, it } from "vitest";
import { learnDay, OLDEST_DAYS } from "../../../server/core/learn-tier.ts";
import { open, raw, tempDirectory } from "./books.ts";

const DAY_MS = 86_400_000;
const nowMs = Date.UTC(2026, 4, 4, 12);
const model = { providerId: "acme", modelId: "small", simulated: false };
const key = { kind: "fix", languageId: "rust", model } as const;

describe("what was done with answers", () => {
  it("is counted by day, and outlives a restart", async () => {
    const directory = tempDirectory();
    const store = await open({ directory });
    await store.observations.add(key, "inserted", nowMs);
    await store.observations.add(key, "inserted", nowMs + 5);
    await store.observations.add(key, "inserted", nowMs + DAY_MS);
    await store.observations.add({ ...key, model: { ...model, simulated: true } }, "inserted", nowMs);
    store.close();
    const again = await open({ directory });
    expect(again.observations.read()).toEqual(
      expect.arrayContaining([
        { ...key, signal: "inserted", day: learnDay(nowMs), times: 2, lastAtMs: nowMs + 5 },
        { ...key, signal: "inserted", day: learnDay(nowMs) + 1, times: 1, lastAtMs: nowMs + DAY_MS },
      ]),
    );
    expect(again.observations.read()).toHaveLength(3);
  });

  it("is forgotten when it is too old to count", async () => {
    const { observations } = await open();
    await observations.add(key, "sentUp", nowMs);
    await observations.add(key, "inserted", nowMs + (OLDEST_DAYS + 1) * DAY_MS);
    expect(observations.read().map(({ signal }) => signal)).toEqual(["inserted"]);
  });

  it("is forgotten row by row, or all at once", async () => {
    const { observations } = await open();
    await observations.add(key, "sentUp", nowMs);
    await observations.add(key, "inserted", nowMs);
    await observations.add({ ...key, languageId: "" }, "inserted", nowMs);
    await observations.forget(key);
    expect(observations.read().map(({ languageId }) => languageId)).toEqual([""]);
    await observations.forget("everything");
    expect(observations.read()).toEqual([]);
  });

  it("skips rows that another Wayfare wrote and this one does not understand", async () => {
    const { observations, path } = await open();
    await observations.add(key, "inserted", nowMs);
    raw(path).exec("INSERT INTO observations VALUES ('acme','small','real','fix','rust','praised',20000,1,0)");
    expect(observations.read().map(({ signal }) => signal)).toEqual(["inserted"]);
  });
});
