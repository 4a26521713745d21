import * as z from "zod";
import type { AnswerLength } from "../core/answer-length.ts";
import { routeName } from "../core/provider.ts";
import type { Database } from "./database.ts";

/** How long models' chat answers have been lately on this host, by `routeName`. */
export interface AnswerLengths {
  read(): ReadonlyMap<string, AnswerLength>;
}

/** The newest requests that are looked at, completions among them: some days of work, read within milliseconds. */
const MOST_LOOKED_AT = 5_000;

export function createAnswerLengths(database: Database): AnswerLengths {
  const lately = database.prepare(
    `SELECT provider_id, model_id, COUNT(*) AS answers, AVG(json_extract(usage, '$.output')) AS mean_tokens
     FROM attempts WHERE rowid > (SELECT MAX(rowid) FROM attempts) - ${MOST_LOOKED_AT}
       AND kind = 'chat' AND outcome = 'done' AND json_valid(usage)
     GROUP BY provider_id, model_id`,
  );
  return {
    read: () =>
      new Map(
        database
          .read(() => lately.all())
          .flatMap((row) => {
            const found = rowSchema.safeParse(row);
            if (!found.success) return [];
            const { provider_id: providerId, model_id: modelId, answers, mean_tokens: meanTokens } = found.data;
            return [[routeName({ providerId, modelId }), { answers, meanTokens }] as const];
          }),
      ),
  };
}

const rowSchema = z.object({
  provider_id: z.string(),
  model_id: z.string(),
  answers: z.number(),
  mean_tokens: z.number(),
});
