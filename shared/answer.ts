import * as z from "zod";
import { failureSchema } from "./failure.ts";

/** What an answer is made of and what is known about it afterwards: shared by the wire, the store and the chat page. */

export const tierSchema = z.enum(["cheap", "frontier"]);
export type Tier = z.infer<typeof tierSchema>;

/** Tokens as Wayfare counts them: `input` excludes what the cache read or wrote; `output` includes `reasoning`. */
export const usageSchema = z.object({
  input: z.number().int().nonnegative(),
  cacheRead: z.number().int().nonnegative(),
  cacheWrite: z.number().int().nonnegative(),
  /** Of `cacheWrite`, the tokens kept for an hour. */
  cacheWrite1h: z.number().int().nonnegative().optional(),
  output: z.number().int().nonnegative(),
  reasoning: z.number().int().nonnegative(),
  /** Images sent, whose tokens are inside the others already; absent: none. Only a fee for each of them asks for it. */
  images: z.number().int().nonnegative().optional(),
});
export type Usage = z.infer<typeof usageSchema>;

export const costSourceSchema = z.enum(["reported", "computed", "estimated", "reserved", "free", "unknown"]);

/** One thing the classifier saw, in words a person reads, with the weight it had (positive: towards frontier). */
export const reasonSchema = z.object({ feature: z.string(), words: z.string(), weight: z.number() });
export type Reason = z.infer<typeof reasonSchema>;

export const classificationSchema = z.object({
  tier: tierSchema,
  /** Probability that an answer of this tier is right, 0 to 1. */
  cheapRight: z.number(),
  frontierRight: z.number(),
  /** How far the decision is from its threshold, 0 (a coin toss) to 1. */
  confidence: z.number(),
  /** It went to cheap, and little spoke for the frontier that was not enough; absent: sure, or of before it was marked. */
  doubt: z.literal(true).optional(),
  /** The gain in the chance of a right answer from which on the frontier is worth its cost; absent in older records. */
  leastGain: z.number().optional(),
  /** What kind of text it was taken for, where an expert for that weighed it. */
  form: z.enum(["contest", "choices", "change", "function", "story", "plain"]).optional(),
  /** Most important first. */
  reasons: z.array(reasonSchema),
  /** Every feature by name, as the model saw it. */
  features: z.record(z.string(), z.number()),
});
export type Classification = z.infer<typeof classificationSchema>;

export const plannedRouteSchema = z.object({
  providerId: z.string(),
  modelId: z.string(),
  tier: tierSchema,
  reason: z.string(),
  /** null: the price is not known. */
  expectedCostNano: z.number().nullable(),
});
export type PlannedRoute = z.infer<typeof plannedRouteSchema>;

export const leftOutRouteSchema = z.object({
  providerId: z.string(),
  modelId: z.string(),
  tier: tierSchema,
  reason: z.string(),
});
export type LeftOutRoute = z.infer<typeof leftOutRouteSchema>;

export const attemptSchema = z.object({
  id: z.string(),
  providerId: z.string(),
  modelId: z.string(),
  tier: tierSchema,
  outcome: z.enum(["done", "failed", "cancelled", "crashed"]),
  failure: failureSchema.nullable(),
  startedAtMs: z.number(),
  firstTokenMs: z.number().nullable(),
  durationMs: z.number(),
  usage: usageSchema.nullable(),
  heldNano: z.number(),
  costNano: z.number().nullable(),
  costSource: costSourceSchema,
  /** Beside a cost that the provider reported: its own counts × the price as we know it. Absent where that is not known. */
  computedNano: z.number().optional(),
  /** The room for the answer, as it was sent. Absent in records of before it was kept. */
  askedOutputTokens: z.number().optional(),
});
export type Attempt = z.infer<typeof attemptSchema>;

/** What was seen once code of an answer had been put into a file. */
export const appliedSchema = z.strictObject({
  /** The file's name, without its folders. */
  file: z.string().max(300),
  /** Errors that the editor shows there since. */
  addedErrors: z.number().int().nonnegative(),
  /** What the person's test command came to; absent: it was not run. */
  tests: z
    .strictObject({
      isFailed: z.boolean(),
      /** How many tests failed; null: the command does not say it in a way that is understood. */
      failed: z.number().int().nonnegative().nullable(),
      /** The share that failed, 0 to 1; null: the same. */
      failedShare: z.number().min(0).max(1).nullable(),
      /** It was ended by a signal. */
      crashed: z.boolean(),
      timedOut: z.boolean(),
    })
    .optional(),
});
export type Applied = z.infer<typeof appliedSchema>;

/** Why this answer came from where it did and what it cost: the line under an answer and the panel it opens. */
export const decisionSchema = z.object({
  /** `auto`, or what the person chose. */
  mode: z.string(),
  /** One clause for the line: "short edit, one file", "you chose frontier". */
  why: z.string(),
  classification: classificationSchema.nullable(),
  plan: z.array(plannedRouteSchema),
  leftOut: z.array(leftOutRouteSchema),
  /** What of the question stayed behind, in words: ".env (it may hold secrets)", "2 earlier turns". */
  notSent: z.array(z.string()).optional(),
  attempts: z.array(attemptSchema),
  /** The route that answered; null when none did. */
  answeredBy: z.object({ providerId: z.string(), modelId: z.string(), tier: tierSchema }).nullable(),
  finishReason: z.enum(["stop", "length", "other"]).nullable(),
  /** Sum over attempts; null when one of them has an unknown cost. */
  costNano: z.number().nullable(),
  /** The least trusted source among the attempts that cost. */
  costSource: costSourceSchema,
  /** What the other tier's first route would have cost for the same tokens; null when unknown or there is none. */
  otherTier: z.object({ tier: tierSchema, modelId: z.string(), costNano: z.number().nullable() }).nullable(),
  simulated: z.boolean(),
  /** Code blocks of the answer that do not parse, in their order among the fenced blocks of the answer, from 0. */
  unparsed: z
    .array(
      z.object({ block: z.number().int().nonnegative(), languageId: z.string(), line: z.number().int().positive() }),
    )
    .optional(),
  /** What was seen of the first answer sent its question to the frontier in the same turn. `attempts` holds those of both. */
  escalated: z
    .object({
      /** What spoke against the first answer, and the same as a clause: "the cheap answer's code did not parse (line 3)". */
      because: z.enum(["unparsed", "empty", "diagnostics", "examples", "prior"]),
      words: z.string(),
      /** Who gave the first answer. */
      from: z.object({ providerId: z.string(), modelId: z.string(), tier: tierSchema }),
      /** What asking the frontier cost beside it; null: not known. */
      extraNano: z.number().nullable(),
      /** Why the first answer stands, as a clause; absent: the frontier's took its place. */
      kept: z.string().optional(),
    })
    .optional(),
  /** Code of it was put into a file; `because` is what speaks against it since, as a clause, absent where nothing does. */
  applied: appliedSchema.extend({ because: z.string().optional() }).optional(),
  /** The room for the answer was cut to fit under this cap ("this workspace's $1.00 a day"), and the answer used it up. */
  cutByCap: z.string().optional(),
  /** The answer was kept from when the same was asked before, and what it had cost then; null: that is not known. */
  fromCache: z.object({ askedAtMs: z.number(), savedNano: z.number().nullable() }).optional(),
  /** An identical request was under way: the answer is that one's, and so are its attempts and its cost. */
  sharedRequest: z.literal(true).optional(),
});
export type Decision = z.infer<typeof decisionSchema>;

/** A piece of the editor sent with a question. Lines are 1-based and inclusive, as a person reads them. */
export const contextItemSchema = z.object({
  kind: z.enum(["file", "selection"]),
  /** Workspace-relative, forward slashes; "Untitled-1" for an untitled file. */
  path: z.string(),
  /**
   * Of what lies outside the workspace, where `path` is a bare name: by this the window that gathered it finds it again.
   * It says nothing to anyone else, and no file of the workspace is ever taken for it.
   */
  outside: z.string().optional(),
  languageId: z.string(),
  text: z.string(),
  firstLine: z.number().int().positive(),
  lastLine: z.number().int().positive(),
  /** Problems the editor shows in that range. */
  diagnostics: z.array(
    z.object({ severity: z.enum(["error", "warning"]), line: z.number().int().positive(), message: z.string() }),
  ),
});
export type ContextItem = z.infer<typeof contextItemSchema>;

/** What the chat page shows of a context item once the text is gone. */
export const contextChipSchema = contextItemSchema.omit({ text: true });
export type ContextChip = z.infer<typeof contextChipSchema>;

export const turnSchema = z.object({
  id: z.string(),
  askedAtMs: z.number(),
  question: z.string(),
  context: z.array(contextChipSchema),
  answer: z.string(),
  state: z.enum(["answering", "done", "failed", "cancelled", "interrupted"]),
  failure: failureSchema.nullable(),
  decision: decisionSchema.nullable(),
  /** Only on its way to the page, with "interrupted": another window may be answering it. The store never has it. */
  elsewhere: z.literal(true).optional(),
});
export type Turn = z.infer<typeof turnSchema>;

export const sessionSchema = z.object({
  id: z.string(),
  title: z.string(),
  updatedAtMs: z.number(),
  /** Of every attempt made for it, whatever became of the turn; null where the cost of one is not known. */
  costNano: z.number().nullable(),
  /** Beside a cost that is not known: what the others cost. */
  knownNano: z.number().optional(),
  simulated: z.boolean(),
  turns: z.array(turnSchema),
});
export type Session = z.infer<typeof sessionSchema>;

/** A model as the pickers show it. Prices in USD per million tokens. */
export const modelSummarySchema = z.object({
  providerId: z.string(),
  modelId: z.string(),
  tier: tierSchema.nullable(),
  windowTokens: z.number().nullable(),
  maxOutputTokens: z.number().nullable(),
  inputPerMillionUsd: z.number().nullable(),
  outputPerMillionUsd: z.number().nullable(),
  /** Where the price comes from, "free", or null for unknown. */
  priceSource: z.enum(["override", "provider", "genai-prices", "free"]).nullable(),
  simulated: z.boolean(),
  /** What is known of it beside; absent or null: not known. */
  takesImages: z.boolean().nullish(),
  takesTools: z.boolean().nullish(),
  thinks: z.boolean().nullish(),
  /** It fills holes in code by its vendor's own way. */
  fillsHoles: z.boolean().optional(),
});
export type ModelSummary = z.infer<typeof modelSummarySchema>;
