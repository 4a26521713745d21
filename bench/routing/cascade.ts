import * as z from "zod";
import { evidenceOrder, type VisibleEvidence } from "../../server/core/evidence-order.ts";
import type { Scored } from "./metric.ts";
import { parseJsonl } from "./read-jsonl.ts";

/** Questions with a cheap model's real answer, graded, and what could be seen of it before anyone else was asked. */

const share = z.number().transform((value) => Math.min(1, Math.max(0, value)));
const rowSchema = z.object({
  set: z.string(),
  id: z.string(),
  group: z.string(),
  weak: share,
  strong: share,
  visible: z.object({ has: z.number(), fail: z.number(), frac: z.number(), exc: z.number(), to: z.number() }),
  /** `parse` is 1 where the answer does not parse. */
  answer: z.object({ parse: z.number(), empty: z.number() }),
  prompt: z.string().optional(),
});
export type CascadeRow = z.infer<typeof rowSchema>;

export const cascadeFile = "cascade_train.jsonl";

/** The answers of one file's text; throws BadInput that names the file, the line and the field of what is none. */
export function parseCascade(text: string, path: string): CascadeRow[] {
  return parseJsonl(text, rowSchema, { path, what: "graded answer" });
}

/** The rows as the policy sees them: `tests` are given with the question, or run with the person's leave. */
export function evidenceOf({ visible, answer }: CascadeRow): VisibleEvidence {
  return {
    isBroken: answer.parse > 0 || answer.empty > 0,
    wasRun: visible.has > 0,
    failedShare: visible.frac,
    crashed: visible.exc > 0,
    timedOut: visible.to > 0,
    isTrusted: true,
  };
}

/** The models of a set, as the questions' files name them; null where those have no such models. */
export function modelsOf(set: string): readonly [weak: string, strong: string] | null {
  const weak = Object.entries(lcbModels).find(([part]) => set.includes(` ${part}>`))?.[1];
  const strong = Object.entries(lcbModels).find(([part]) => set.endsWith(`>${part}`))?.[1];
  return weak === undefined || strong === undefined ? null : [weak, strong];
}

const lcbModels: Readonly<Record<string, string>> = {
  "o1-preview": "O1-Preview-2024-09-12 (N=1)",
  "o1-mini": "O1-Mini-2024-09-12 (N=1)",
  "o4-mini-high": "O4-Mini (High)",
  "Gemini-2.5-Pro": "Gemini-2.5-Pro",
};

/** What was foreseen of a row: how likely each of its two models is right. */
export type Foresight = (row: CascadeRow) => { cheapRight: number; frontierRight: number };

/** By the policy: visible failures first, then what was foreseen. */
export function scoredByEvidence(rows: readonly CascadeRow[], foresight: Foresight): Scored[] {
  return rows.map((row) => ({ ...gradesOf(row), score: evidenceOrder(evidenceOf(row), foresight(row)) }));
}

/** By what was foreseen alone. */
export function scoredByPrior(rows: readonly CascadeRow[], foresight: Foresight): Scored[] {
  return rows.map((row) => {
    const { cheapRight, frontierRight } = foresight(row);
    return { ...gradesOf(row), score: frontierRight - cheapRight };
  });
}

/** By a verifier that knows every wrong answer. */
export function scoredByVerifier(rows: readonly CascadeRow[]): Scored[] {
  return rows.map((row) => ({ ...gradesOf(row), score: 1 - row.weak }));
}

function gradesOf({ weak, strong }: CascadeRow): Pick<Scored, "weak" | "strong"> {
  return { weak, strong };
}
