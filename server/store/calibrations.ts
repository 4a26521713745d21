import * as z from "zod";
import { type CountedTokens, learnRatio, type Ratios } from "../core/calibrate.ts";
import type { Database } from "./database.ts";
import { jsonColumn } from "./json-column.ts";

/** How a model's vendor counts beside our estimates, of the prompt and of the answer. */
export interface ModelRatios {
  input: Ratios;
  output: Ratios;
}

/** What a vendor counted of an attempt, beside our estimates. */
export interface CountedAttempt {
  input: CountedTokens;
  output: CountedTokens;
}

/** The model as it is asked: the same names may stand for another vendor once the address has changed. */
export interface CountingModel {
  origin: string;
  providerId: string;
  modelId: string;
}

/** What vendors' counts were to our estimates, kept for the next start and shared by all windows. */
export interface Calibrations {
  /** null where nothing is known of it. Throws a ledger failure. */
  read(model: CountingModel): ModelRatios | null;
  /** Adds attempts, the oldest first, to what the row then holds, whichever window wrote it. Rejects with a ledger failure. */
  learn(model: CountingModel, attempts: readonly CountedAttempt[], nowMs: number): Promise<void>;
}

/** Far more models than a person uses; beyond it the one that was learned of the longest ago is forgotten. */
const MOST_MODELS = 500;

export function createCalibrations(database: Database): Calibrations {
  const find = database.prepare(
    "SELECT input, output FROM calibrations WHERE origin = ? AND provider_id = ? AND model_id = ?",
  );
  const upsert = database.prepare("INSERT OR REPLACE INTO calibrations VALUES (?, ?, ?, ?, ?, ?)");
  const count = database.prepare("SELECT count(*) AS models FROM calibrations");
  const trim = database.prepare(
    `DELETE FROM calibrations WHERE (origin, provider_id, model_id) IN
       (SELECT origin, provider_id, model_id FROM calibrations ORDER BY learned_at_ms DESC LIMIT -1 OFFSET ${MOST_MODELS})`,
  );
  const read = ({ origin, providerId, modelId }: CountingModel): ModelRatios | null =>
    rowSchema.safeParse(find.get(origin, providerId, modelId)).data ?? null;

  return {
    read: (model) => database.read(() => read(model)),
    async learn(model, attempts, nowMs) {
      await database.write("normal", () => {
        const known = read(model) ?? { input: [], output: [] };
        const ratios = attempts.reduce(
          ({ input, output }, counted) => ({
            input: learnRatio(input, counted.input),
            output: learnRatio(output, counted.output),
          }),
          known,
        );
        const { origin, providerId, modelId } = model;
        upsert.run(origin, providerId, modelId, JSON.stringify(ratios.input), JSON.stringify(ratios.output), nowMs);
        if (Number(count.get()?.models) > MOST_MODELS) trim.run();
      });
    },
  };
}

const ratiosSchema = jsonColumn(z.array(z.number().positive().finite()));
const rowSchema = z.object({ input: ratiosSchema, output: ratiosSchema });
