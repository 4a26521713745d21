import * as z from "zod";
import type { HealthRecord } from "../core/health.ts";
import type { SpeedSample } from "../core/learn-timers.ts";
import type { Database } from "./database.ts";
import { jsonColumn } from "./json-column.ts";

/**
 * Health of hosts, keys and models, and how long their answers took: by name, shared by all windows of this host, so that a
 * restart or a second window knows it. Names are the engine's; the store only keeps them apart.
 */
export interface HealthStore {
  /** What other windows, or an earlier life, have written since the last call; all of it at first. Throws a ledger failure. */
  changes(): HealthChanges;
  /**
   * Changes rows in one transaction, each from what it then is (null: nothing is kept), and resolves with what they have
   * become. A change is a pure function: it may run more than once. Rejects with a ledger failure.
   */
  update(
    records: readonly HealthChange<HealthRecord>[],
    speeds: readonly HealthChange<SpeedSample[]>[],
  ): Promise<HealthChanges>;
}

export interface HealthChange<Value> {
  name: string;
  change(before: Value | null): Value;
}

export interface HealthChanges {
  records: ReadonlyMap<string, HealthRecord>;
  speeds: ReadonlyMap<string, SpeedSample[]>;
}

/** Far more hosts, keys and models than a person uses in a year; beyond it the row longest unchanged goes. */
const MOST_ROWS = 1_000;

export function createHealthStore(database: Database): HealthStore {
  const version = database.prepare("PRAGMA data_version");
  const later = database.prepare("SELECT name, kind, body, version FROM health WHERE version > ? ORDER BY version");
  const find = database.prepare("SELECT name, kind, body, version FROM health WHERE name = ? AND kind = ?");
  const upsert = database.prepare(
    `INSERT INTO health (name, kind, body, version) VALUES (?, ?, ?, (SELECT ifnull(max(version), 0) + 1 FROM health))
     ON CONFLICT (name, kind) DO UPDATE SET body = excluded.body, version = excluded.version`,
  );
  const trim = database.prepare(
    `DELETE FROM health WHERE version <= (SELECT version FROM health ORDER BY version DESC LIMIT 1 OFFSET ${MOST_ROWS})`,
  );
  let seenData: unknown = null;
  let seenVersion = 0;

  const read = <Value>(name: string, kind: string, schema: z.ZodType<Value>): Value | null => {
    const row = rowSchema.safeParse(find.get(name, kind));
    return row.success ? (schema.safeParse(row.data.body).data ?? null) : null;
  };

  return {
    changes() {
      const records = new Map<string, HealthRecord>();
      const speeds = new Map<string, SpeedSample[]>();
      database.read(() => {
        // It changes when another connection has written; most of the time none has.
        const data = version.get()?.data_version;
        if (data === seenData) return;
        for (const found of later.all(seenVersion)) {
          const row = rowSchema.safeParse(found);
          if (!row.success) continue;
          seenVersion = Math.max(seenVersion, row.data.version);
          const { name, kind, body } = row.data;
          const record = kind === "record" ? recordSchema.safeParse(body).data : undefined;
          const samples = kind === "speed" ? samplesSchema.safeParse(body).data : undefined;
          if (record !== undefined) records.set(name, record);
          if (samples !== undefined) speeds.set(name, samples);
        }
        seenData = data;
      });
      return { records, speeds };
    },
    update(recordChanges, speedChanges) {
      return database.write("normal", () => {
        const records = new Map<string, HealthRecord>();
        const speeds = new Map<string, SpeedSample[]>();
        for (const { name, change } of recordChanges) {
          const record = change(read(name, "record", recordSchema));
          records.set(name, record);
          upsert.run(name, "record", JSON.stringify(record));
        }
        for (const { name, change } of speedChanges) {
          const samples = change(read(name, "speed", samplesSchema));
          speeds.set(name, samples);
          upsert.run(name, "speed", JSON.stringify(samples));
        }
        trim.run();
        return { records, speeds };
      });
    },
  };
}

const limitSchema = z
  .object({ limit: z.number().nullable(), remaining: z.number(), resetAtMs: z.number().nullable() })
  .nullable();
const recordSchema = z.object({
  rest: z
    .object({
      atMs: z.number(),
      restMs: z.number(),
      ends: z.enum(["named", "passing", "lasting"]),
      why: z.string(),
      renewed: z.number(),
    })
    .nullable(),
  requests: z.number(),
  failures: z.number(),
  countedAtMs: z.number(),
  limits: z.object({ requests: limitSchema, tokens: limitSchema }).nullable(),
});
const duration = z.number().nullable();
const samplesSchema = z.array(
  z.object({
    headersMs: duration,
    firstContentMs: duration,
    gapMs: duration,
    tokensPerSecond: duration,
    isGivenUp: z.literal(true).optional(),
  }),
);
const rowSchema = z.object({
  name: z.string(),
  kind: z.enum(["record", "speed"]),
  body: jsonColumn(z.unknown()),
  version: z.number(),
});
