import * as z from "zod";

/** What is learned on this machine of how answers did: its words on the wire, in the store and on the page. */

/** What a model was asked for. */
export const learnKindSchema = z.enum(["chat", "edit", "fix", "test", "commit", "completion"]);
export type LearnKind = z.infer<typeof learnKindSchema>;

/** What a person, or a check, did with an answer. What each of them weighs is in `server/core/learn-tier.ts`. */
export const learnSignalSchema = z.enum([
  "inserted",
  "copied",
  "completed",
  "partlyCompleted",
  "undone",
  "regenerated",
  "sentUp",
  "sentDown",
  "escalated",
]);
export type LearnSignal = z.infer<typeof learnSignalSchema>;

/** One row of the page "Wayfare: Learned": a model, for one kind of question in one language. */
export const learnedRowSchema = z.object({
  providerId: z.string(),
  modelId: z.string(),
  simulated: z.boolean(),
  kind: learnKindSchema,
  /** As VS Code names it; "" where no code came with the question. */
  languageId: z.string(),
  /** How often each signal was seen, as far back as anything counts. */
  seen: z.partialRecord(learnSignalSchema, z.number().int().nonnegative()),
  /** How far what was learned moves an even chance that such an answer is right, in percentage points. */
  movedPoints: z.number(),
  /** How far the row's own counts would move it if the model had no other rows: these lend to each other. */
  ownPoints: z.number(),
  /** Milliseconds since 1970. */
  lastAtMs: z.number(),
});
export type LearnedRow = z.infer<typeof learnedRowSchema>;
/** Everything that was learned, the last seen first. */
export type LearnedTable = {
  rows: LearnedRow[];
  /** `wayfare.learning.enabled`: false: nothing is written down, and nothing that is counts. */
  enabled: boolean;
};

/** The rows to forget: one, or all of them. */
export const forgetLearnedParamsSchema = z.strictObject({
  row: learnedRowSchema
    .pick({ providerId: true, modelId: true, simulated: true, kind: true, languageId: true })
    .strict()
    .nullable(),
});
export type ForgetLearnedParams = z.infer<typeof forgetLearnedParamsSchema>;

/** An insertion of an answer's code was undone soon after. */
export const undoneCodeParamsSchema = z.strictObject({ turnId: z.string().min(1), sessionId: z.string().min(1) });
export type UndoneCodeParams = z.infer<typeof undoneCodeParamsSchema>;
