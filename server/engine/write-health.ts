import { type Failure, failureOf } from "../../shared/failure.ts";
import type { HealthRecord } from "../core/health.ts";
import type { SpeedSample } from "../core/learn-timers.ts";
import type { HealthChange, HealthChanges, HealthStore } from "../store/health-store.ts";

/** Takes what was learned of routes to the store: what failed at once, how answers went with those of the same moment. */
export interface HealthWriter {
  add(
    records: readonly HealthChange<HealthRecord>[],
    speeds: readonly HealthChange<SpeedSample[]>[],
    isUrgent: boolean,
  ): void;
  /** It is on its way: what the store has under this name is older than what is known here. */
  isPending(name: string): boolean;
}

export function createHealthWriter(deps: {
  store(): Pick<HealthStore, "update"> | null;
  /** Absent: everything is urgent. */
  soon?(run: () => void): void;
  /** What the rows have become, with what other windows had written. */
  onWritten(changes: HealthChanges): void;
  onFault(failure: Failure): void;
}): HealthWriter {
  /** By name, how many changes are on their way. */
  const pending = new Map<string, number>();
  let records: HealthChange<HealthRecord>[] = [];
  let speeds: HealthChange<SpeedSample[]>[] = [];
  let isDue = false;

  const settle = (names: readonly string[]): void => {
    for (const name of names) {
      const count = (pending.get(name) ?? 1) - 1;
      if (count === 0) pending.delete(name);
      else pending.set(name, count);
    }
  };
  const write = (): void => {
    isDue = false;
    const names = [...records, ...speeds].map(({ name }) => name);
    if (names.length === 0) return;
    const store = deps.store();
    const update = store?.update(together(records), together(speeds));
    records = [];
    speeds = [];
    if (update === undefined) {
      settle(names);
      return;
    }
    update.then(
      (written) => {
        settle(names);
        deps.onWritten(written);
      },
      (error: unknown) => {
        settle(names);
        deps.onFault(failureOf(error));
      },
    );
  };

  return {
    add(recordChanges, speedChanges, isUrgent) {
      for (const { name } of [...recordChanges, ...speedChanges]) pending.set(name, (pending.get(name) ?? 0) + 1);
      records.push(...recordChanges);
      speeds.push(...speedChanges);
      if (isUrgent || deps.soon === undefined) write();
      else if (!isDue) {
        isDue = true;
        deps.soon(write);
      }
    },
    isPending: (name) => pending.has(name),
  };
}

/** One change for each name: all of its changes, one after the other. */
function together<Value>(changes: readonly HealthChange<Value>[]): HealthChange<Value>[] {
  const byName = new Map<string, HealthChange<Value>["change"]>();
  for (const { name, change } of changes) {
    const earlier = byName.get(name);
    byName.set(name, earlier === undefined ? change : (before) => change(earlier(before)));
  }
  return [...byName].map(([name, change]) => ({ name, change }));
}
