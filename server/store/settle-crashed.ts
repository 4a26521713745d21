import * as z from "zod";
import type { Failure } from "../../shared/failure.ts";
import type { CostSource, NanoUsd } from "../../shared/money.ts";
import type { Database } from "./database.ts";
import type { Instances } from "./instances.ts";

/** Ends what dead processes left held, and takes their rows out. Resolves with the number of attempts it settled. */
export async function settleCrashed(database: Database, instances: Instances, nowMs: number): Promise<number> {
  const heldBy = database.prepare("SELECT DISTINCT instance_id FROM attempts WHERE outcome IS NULL");
  const goneOnes = (): string[] => {
    const ids = new Set([...instances.all(), ...heldBy.all().map((row) => String(row.instance_id))]);
    return [...ids].filter((id) => instances.isGone(id));
  };
  // Most of the time there is nothing to do, and then nobody's lock is taken.
  const gone = database.read(() => {
    instances.look(nowMs);
    return goneOnes();
  });
  if (gone.length === 0) return 0;

  const held = database.prepare("SELECT * FROM attempts WHERE instance_id = ? AND outcome IS NULL");
  const write = createCrashWriter(database);
  return database.write("full", () => {
    let settled = 0;
    for (const instanceId of goneOnes()) {
      const costOf = instances.isSurelyGone(instanceId) ? crashCost : unnotedCost;
      for (const found of held.all(instanceId)) {
        const row = heldRowSchema.parse(found);
        write(row, costOf(row), nowMs);
        settled += 1;
      }
      instances.forget(instanceId);
    }
    return settled;
  });
}

/** What is needed of a held attempt to end it without the process that holds it. */
export const heldRowSchema = z.object({
  attempt_id: z.string(),
  started_at_ms: z.number(),
  held_nano: z.number(),
  input_nano: z.number().nullable(),
  output_nano_per_token: z.number().nullable(),
  noted_output_tokens: z.number().nullable(),
  noted_at_ms: z.number().nullable(),
});
export type HeldRow = z.infer<typeof heldRowSchema>;
type CrashRow = Pick<HeldRow, "held_nano" | "input_nano" | "output_nano_per_token" | "noted_output_tokens">;
export type CrashCost = { costNano: NanoUsd | null; costSource: CostSource };

/** Makes the function that books a held attempt as crashed, for use inside a write. */
export function createCrashWriter(
  database: Pick<Database, "prepare">,
): (row: HeldRow, cost: CrashCost, nowMs: number) => void {
  const settle = database.prepare(
    `UPDATE attempts SET outcome = 'crashed', failure = ?, cost_nano = ?, cost_source = ?, duration_ms = ?, reason = ?,
       settled_at_ms = ? WHERE attempt_id = ? AND outcome IS NULL`,
  );
  const failure = JSON.stringify(crash);
  return (row, { costNano, costSource }, nowMs) => {
    const durationMs = Math.max(0, (row.noted_at_ms ?? row.started_at_ms) - row.started_at_ms);
    settle.run(failure, costNano, costSource, durationMs, crash.message, nowMs, row.attempt_id);
  };
}

const crash: Failure = {
  kind: "internal",
  message:
    "Wayfare's server ended in the middle of this attempt: what it cost is taken from its own notes or from what was held for it.",
};

/**
 * What a crashed attempt is booked at: the input as sent and the output it had noted, when it had noted any and that is
 * less than what was held; else all that was held. Rounded half up. Without a price it stays unknown.
 */
export function crashCost(row: CrashRow): CrashCost {
  if (row.input_nano === null || row.output_nano_per_token === null) return { costNano: null, costSource: "unknown" };
  if (row.held_nano === 0) return { costNano: 0, costSource: "free" };
  if (row.noted_output_tokens !== null) {
    const costNano = Math.floor(row.input_nano + row.noted_output_tokens * row.output_nano_per_token + 0.5);
    if (costNano < row.held_nano) return { costNano, costSource: "estimated" };
  }
  return { costNano: row.held_nano, costSource: "reserved" };
}

/** The same without its notes, for one that may live: they are behind what comes just now, and it can cost all it holds. */
export function unnotedCost(row: CrashRow): CrashCost {
  return crashCost({ ...row, noted_output_tokens: null });
}
