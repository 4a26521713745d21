import { describe, expect, it } from "vitest";
import type { HealthRecord } from "../../../server/core/health.ts";
import { createHealthWriter } from "../../../server/engine/write-health.ts";
import type { HealthStore } from "../../../server/store/health-store.ts";

const sample = (headersMs: number) => ({ headersMs, firstContentMs: null, gapMs: null, tokensPerSecond: null });
const speed = (headersMs: number) => ({
  name: "chat",
  change: (before: ReturnType<typeof sample>[] | null) => [...(before ?? []), sample(headersMs)],
});
const failed = (before: HealthRecord | null): HealthRecord => ({
  ...(before ?? { rest: null, requests: 0, failures: 0, countedAtMs: 0, limits: null }),
  failures: (before?.failures ?? 0) + 1,
});

function scene() {
  const updates: { records: string[]; speeds: unknown[] }[] = [];
  const soon: (() => void)[] = [];
  const store: Pick<HealthStore, "update"> = {
    async update(records, speeds) {
      const written = {
        records: new Map(records.map(({ name, change }) => [name, change(null)])),
        speeds: new Map(speeds.map(({ name, change }) => [name, change(null)])),
      };
      updates.push({ records: [...written.records.keys()], speeds: [...written.speeds.values()] });
      return written;
    },
  };
  const writer = createHealthWriter({
    store: () => store,
    soon: (run) => soon.push(run),
    onWritten: () => undefined,
    onFault: ({ message }) => {
      throw new Error(message);
    },
  });
  return { writer, updates, soon };
}

describe("what was learned of routes", () => {
  it("is written together with what was learned in the same moment, in its order", async () => {
    const { writer, updates, soon } = scene();
    for (const headersMs of [1, 2, 3]) writer.add([], [speed(headersMs)], false);
    expect(updates).toEqual([]);
    expect(writer.isPending("chat")).toBe(true);
    expect(soon).toHaveLength(1);
    soon[0]?.();
    await new Promise((resolve) => setImmediate(resolve));
    expect(updates).toEqual([{ records: [], speeds: [[sample(1), sample(2), sample(3)]] }]);
    expect(writer.isPending("chat")).toBe(false);
    writer.add([], [speed(4)], false);
    expect(soon).toHaveLength(2);
  });

  it("is written at once where something failed, with what waited", () => {
    const { writer, updates, soon } = scene();
    writer.add([], [speed(1)], false);
    writer.add([{ name: "host a", change: failed }], [], true);
    expect(updates).toEqual([{ records: ["host a"], speeds: [[sample(1)]] }]);
    soon[0]?.();
    expect(updates).toHaveLength(1);
  });
});
