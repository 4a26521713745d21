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
  output: z.number().int().nonnegative(),
  reasoning: z.number().int().nonnegative(),
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
});
export type Attempt = z.infer<typeof attemptSchema>;

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
});
export type ModelSummary = z.infer<typeof modelSummarySchema>;
