import * as z from "zod";
import { learnKindSchema, learnSignalSchema } from "../../shared/learned.ts";
import type { LearnKey } from "../core/learn-key.ts";
import { learnDay, type Observed, OLDEST_DAYS } from "../core/learn-tier.ts";
import type { Database } from "./database.ts";

/** One kind of thing that happened on one day with a model's answers, and when it last did. */
export interface KeptObservation extends Observed {
  /** Milliseconds since 1970. */
  lastAtMs: number;
}

/**
 * What was done with answers: how often on each day, by kind of question, language and model. Never what was asked or
 * answered. Shared by all windows of the host; it leaves it by no way.
 */
export interface Observations {
  /** In no order. Throws a ledger failure. */
  read(): KeptObservation[];
  /** Counts once more; rows too old to weigh anything go. Rejects with a ledger failure. */
  add(key: LearnKey, signal: Observed["signal"], atMs: number): Promise<void>;
  /** Forgets one key, or everything. Rejects with a ledger failure. */
  forget(key: LearnKey | "everything"): Promise<void>;
}

/** Some years of one person's days; beyond it the oldest go. It is read whole, in about 10 ms at this size. */
const MOST_ROWS = 5_000;

export function createObservations(database: Database): Observations {
  const list = database.prepare("SELECT * FROM observations");
  const upsert = database.prepare(
    `INSERT INTO observations VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?)
     ON CONFLICT DO UPDATE SET times = times + 1, last_at_ms = max(last_at_ms, excluded.last_at_ms)`,
  );
  const expire = database.prepare("DELETE FROM observations WHERE day < ?");
  const trim = database.prepare(
    `DELETE FROM observations WHERE (provider_id, model_id, book, kind, language, signal, day) IN
       (SELECT provider_id, model_id, book, kind, language, signal, day FROM observations
        ORDER BY day DESC, last_at_ms DESC LIMIT -1 OFFSET ${MOST_ROWS})`,
  );
  const remove = database.prepare(
    "DELETE FROM observations WHERE provider_id = ? AND model_id = ? AND book = ? AND kind = ? AND language = ?",
  );
  const clear = database.prepare("DELETE FROM observations");

  return {
    read: () => rowsSchema.parse(database.read(() => list.all())),
    async add({ kind, languageId, model }, signal, atMs) {
      const day = learnDay(atMs);
      await database.write("normal", () => {
        upsert.run(model.providerId, model.modelId, bookOf(model), kind, languageId, signal, day, atMs);
        expire.run(day - OLDEST_DAYS);
        trim.run();
      });
    },
    async forget(key) {
      await database.write("normal", () => {
        if (key === "everything") clear.run();
        else remove.run(key.model.providerId, key.model.modelId, bookOf(key.model), key.kind, key.languageId);
      });
    },
  };
}

function bookOf({ simulated }: LearnKey["model"]): "real" | "simulated" {
  return simulated ? "simulated" : "real";
}

const rowSchema = z
  .object({
    provider_id: z.string(),
    model_id: z.string(),
    book: z.enum(["real", "simulated"]),
    kind: learnKindSchema,
    language: z.string(),
    signal: learnSignalSchema,
    day: z.number().int(),
    times: z.number().int().nonnegative(),
    last_at_ms: z.number(),
  })
  .transform(
    ({ provider_id, model_id, book, language, last_at_ms, ...rest }): KeptObservation => ({
      ...rest,
      languageId: language,
      model: { providerId: provider_id, modelId: model_id, simulated: book === "simulated" },
      lastAtMs: last_at_ms,
    }),
  );
/** A row that is not understood (another Wayfare wrote it) teaches nothing. */
const rowsSchema = z.array(z.unknown()).transform((rows) => rows.flatMap((row) => rowSchema.safeParse(row).data ?? []));
