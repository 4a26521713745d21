import * as z from "zod";
import {
  appliedSchema,
  attemptSchema,
  classificationSchema,
  leftOutRouteSchema,
  plannedRouteSchema,
  tierSchema,
} from "./answer.ts";

/** What "Wayfare: Costs" shows, exports and deletes. Days are the person's own, as YYYY-MM-DD; money is nano-dollars. */

const daySchema = z.iso.date();

/** Which days: the last so many with today, this calendar month, all, or from one day to another, both inclusive. */
export const reportRangeSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("days"), days: z.number().int().min(1).max(3_660) }),
  z.strictObject({ kind: z.literal("month") }),
  z.strictObject({ kind: z.literal("all") }),
  z
    .strictObject({ kind: z.literal("between"), fromDay: daySchema, toDay: daySchema })
    .refine(({ fromDay, toDay }) => fromDay <= toDay, "fromDay is after toDay: put the earlier day first"),
]);
export type ReportRange = z.infer<typeof reportRangeSchema>;

/** By what money is told apart. */
export const dimensionSchema = z.enum(["tier", "model", "workspace", "language", "kind", "session"]);
export type Dimension = z.infer<typeof dimensionSchema>;

export const reportParamsSchema = z.strictObject({
  range: reportRangeSchema,
  /** Simulated money has a report of its own and is never added to real money. */
  book: z.enum(["real", "simulated"]),
  /** One workspace, by its name in the books; null: all of this host. */
  workspace: z.string().nullable(),
  /** What the timeline is split by. */
  splitBy: dimensionSchema,
});
export type ReportParams = z.infer<typeof reportParamsSchema>;

/** Sums over some requests. Attempts of unknown price are in no sum of money; `unknown` counts them. */
export const reportSumsSchema = z.object({
  spentNano: z.number(),
  unknown: z.number(),
  /** Requests that a model was asked for: chat turns, completions, helper calls, and what other tools asked. */
  requests: z.number(),
  /** Chat answers that came to their end. */
  answers: z.number(),
  attempts: z.number(),
  /** Attempts that failed or died with their process, and what they cost. */
  failedAttempts: z.number(),
  failedNano: z.number(),
  /** Attempts that the person stopped, or that gave way to newer typing, and what they cost. */
  stoppedAttempts: z.number(),
  stoppedNano: z.number(),
  /** Tokens as the vendors counted them; `inputTokens` without what the cache read or wrote. */
  inputTokens: z.number(),
  cacheReadTokens: z.number(),
  cacheWriteTokens: z.number(),
  outputTokens: z.number(),
  /** Lines of code taken over: completions accepted, code of answers inserted or copied. */
  acceptedLines: z.number(),
  acceptedCompletions: z.number(),
});
export type ReportSums = z.infer<typeof reportSumsSchema>;

/**
 * One row of a table. `key` names it in the books ("cheap", "openai/gpt-5.4-mini", a workspace, a language id, "chat", a
 * session's id; "" where nothing is known); `label` is its name for a person where that is another one.
 */
export const reportGroupSchema = reportSumsSchema.extend({
  key: z.string(),
  label: z.string(),
  /** Of a conversation of another tool: when it began, by which it is known where the tool gave it no name. */
  begunAtMs: z.number().optional(),
});
export type ReportGroup = z.infer<typeof reportGroupSchema>;

/** What the answers, of the chat and to other tools, that were routed by themselves would have cost with one model for all. */
export const savingsSchema = z.object({
  /** Answers in Auto mode whose cost and whose other tier's price are known. */
  answers: z.number(),
  /** Answers left out: the person chose the model, came from the cache, or a price was not known. */
  leftOut: z.number(),
  /** `routed` as it was; `frontier` and `cheap` with the first model of that tier each time, at the prices of that time. */
  routed: z.object({ costNano: z.number(), expectedRight: z.number() }),
  frontier: z.object({ costNano: z.number(), expectedRight: z.number() }),
  cheap: z.object({ costNano: z.number(), expectedRight: z.number() }),
  /** What a wrong answer counts as, at the present `wayfare.quality`. */
  wrongAnswerNano: z.number(),
  /** Which of the two is the best single model: the least of cost + wrong answers × what one counts as. */
  bestSingle: tierSchema,
});
export type Savings = z.infer<typeof savingsSchema>;

/** One of the dearest requests; what it says of a question is what the history has of it, and goes with that. */
export const dearRequestSchema = z.object({
  requestId: z.string(),
  atMs: z.number(),
  kind: z.enum(["chat", "completion", "helper", "endpoint"]),
  workspace: z.string(),
  sessionId: z.string(),
  /** The conversation's title; "" where it is gone. */
  sessionTitle: z.string(),
  /** The first line of the question, from the history; "" where it is gone, or where nobody typed one. */
  questionHead: z.string(),
  language: z.string(),
  providerId: z.string(),
  modelId: z.string(),
  tier: tierSchema.nullable(),
  attempts: z.number(),
  costNano: z.number(),
  /** Why this route: one clause. */
  why: z.string(),
});
export type DearRequest = z.infer<typeof dearRequestSchema>;

/** How far our estimates of a model's tokens were from its vendor's counts; per cent, positive: we estimated too much. */
export const estimateErrorSchema = z.object({
  providerId: z.string(),
  modelId: z.string(),
  requests: z.number(),
  medianInputPercent: z.number().nullable(),
  p90InputPercent: z.number().nullable(),
  medianOutputPercent: z.number().nullable(),
  p90OutputPercent: z.number().nullable(),
});
export type EstimateError = z.infer<typeof estimateErrorSchema>;

/** A cap that was raised by a click. */
export const raiseRecordSchema = z.object({
  atMs: z.number(),
  capId: z.string(),
  workspace: z.string(),
  addedNano: z.number(),
  limitBeforeNano: z.number(),
  limitAfterNano: z.number(),
});
export type RaiseRecord = z.infer<typeof raiseRecordSchema>;

export const reportSchema = z.object({
  params: reportParamsSchema,
  /** The days that the range came to; `fromDay` of an empty "all" is today. */
  fromDay: daySchema,
  toDay: daySchema,
  today: daySchema,
  /** "" on the person's own machine, or "WSL: Ubuntu": books are kept per host. */
  hostLabel: z.string(),
  total: reportSumsSchema,
  /** Workspaces to choose from, the present one first; by their names in the books. */
  workspaces: z.array(z.string()),
  /** Buckets in order, without gaps: a day, a Monday, or the first of a month each, by the length of the range. */
  timeline: z.object({
    unit: z.enum(["day", "week", "month"]),
    buckets: z.array(daySchema),
    /** At most 8, the dearest first; what is left over is the last one, with the key "other". `spentNano` as `buckets`. */
    series: z.array(
      z.object({
        key: z.string(),
        label: z.string(),
        begunAtMs: z.number().optional(),
        spentNano: z.array(z.number()),
      }),
    ),
  }),
  /** By each dimension, the dearest first, at most 50 rows; the last one may be the rest, with the key "other". */
  groups: z.object({
    tier: z.array(reportGroupSchema),
    model: z.array(reportGroupSchema),
    workspace: z.array(reportGroupSchema),
    language: z.array(reportGroupSchema),
    kind: z.array(reportGroupSchema),
    session: z.array(reportGroupSchema),
  }),
  /** null: no answer was routed by itself. */
  savings: savingsSchema.nullable(),
  cache: z.object({
    /** Cached input at the vendors: what was saved against the input price, less what writing cost beyond it. */
    promptSavedNano: z.number(),
    /** Whole answers given again from this host, and what they had cost. */
    keptAnswers: z.number(),
    keptSavedNano: z.number(),
  }),
  dearest: z.array(dearRequestSchema),
  estimateErrors: z.array(estimateErrorSchema),
  raises: z.array(raiseRecordSchema),
});
export type Report = z.infer<typeof reportSchema>;

// One request, explained -----------------------------------------------------------------------------------------------
export const explainParamsSchema = z.strictObject({ requestId: z.string().min(1) });
export type ExplainParams = z.infer<typeof explainParamsSchema>;
/** All that the books know of one request. What was not written down at the time is null. */
export const requestRecordSchema = dearRequestSchema.extend({
  book: z.enum(["real", "simulated"]),
  costNano: z.number().nullable(),
  state: z.enum(["done", "failed", "cancelled", "unfinished", "cached"]),
  mode: z.string().nullable(),
  classification: classificationSchema.nullable(),
  plan: z.array(plannedRouteSchema),
  leftOut: z.array(leftOutRouteSchema),
  attempts: z.number(),
  attemptRows: z.array(attemptSchema),
  /** What was saved by giving a kept answer again; null for one that was asked for. */
  savedNano: z.number().nullable(),
  /** Only where the person has questions written down (`wayfare.audit.keepQuestions`). */
  question: z.string().nullable(),
});
export type RequestRecord = z.infer<typeof requestRecordSchema>;

// Out and away ---------------------------------------------------------------------------------------------------------
export const exportParamsSchema = z.strictObject({
  range: reportRangeSchema,
  book: z.enum(["real", "simulated"]),
  workspace: z.string().nullable(),
  format: z.enum(["csv", "json"]),
  /** An absolute path on the host of the server. */
  path: z.string().min(1),
});
export type ExportParams = z.infer<typeof exportParamsSchema>;
export type ExportResult = { rows: number; bytes: number };

export const deleteCostsParamsSchema = z
  .strictObject({
    fromDay: daySchema,
    toDay: daySchema,
    book: z.enum(["real", "simulated"]),
    /** One workspace, by its name in the books; null: all of this host. */
    workspace: z.string().nullable(),
  })
  .refine(({ fromDay, toDay }) => fromDay <= toDay, "fromDay is after toDay: put the earlier day first");
export type DeleteCostsParams = z.infer<typeof deleteCostsParamsSchema>;
/**
 * What was deleted: requests that a model was asked for with their attempts, and answers given again from this host. What
 * caps have counted stays counted: deleting history makes no room.
 */
export type DeleteCostsResult = { requests: number; attempts: number; keptAnswers: number };

/** Lines of an answer's code that the person took over. */
export const acceptedCodeParamsSchema = z.strictObject({
  turnId: z.string().min(1),
  sessionId: z.string().min(1),
  languageId: z.string(),
  lines: z.number().int().positive(),
  how: z.enum(["insert", "copy"]),
});
export type AcceptedCodeParams = z.infer<typeof acceptedCodeParamsSchema>;

/** What was seen after code of an answer had been inserted. */
export const appliedCodeParamsSchema = z.strictObject({
  turnId: z.string().min(1),
  sessionId: z.string().min(1),
  applied: appliedSchema,
});
export type AppliedCodeParams = z.infer<typeof appliedCodeParamsSchema>;
