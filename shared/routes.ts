import * as z from "zod";
import { tierSchema } from "./answer.ts";
import type { failureSchema } from "./failure.ts";

/** What "Wayfare: Routes" shows and asks for. */

export const factNames = ["windowTokens", "maxOutputTokens", "takesImages", "takesTools", "thinks", "fim"] as const;
export type FactName = (typeof factNames)[number];
/**
 * Who says something of a model: the person, its provider's list, the price list that comes with Wayfare, or the table of
 * families. The first that does is believed.
 */
export const factSourceSchema = z.enum(["override", "provider", "genai-prices", "family"]);
export type FactSource = z.infer<typeof factSourceSchema>;

/** What is known of a model, and by whom. null: nobody says it. */
export const routeFactsSchema = z.object({
  windowTokens: z.number().nullable(),
  /** What the model itself can, where its server loads no more than `windowTokens` of it, as it is told. */
  largestWindowTokens: z.number().optional(),
  /** What the window is taken for while nobody says it. */
  assumedWindowTokens: z.number(),
  maxOutputTokens: z.number().nullable(),
  takesImages: z.boolean().nullable(),
  takesTools: z.boolean().nullable(),
  thinks: z.boolean().nullable(),
  /** Fills a hole in code by the vendor's own way; false: it is asked in chat. */
  fillsHoles: z.boolean(),
  sources: z.partialRecord(z.enum(factNames), factSourceSchema),
});
export type RouteFacts = z.infer<typeof routeFactsSchema>;

/** How long a route is waited for, in milliseconds; `learned` from its own answers, or the same for all. */
export const routeTimeoutsSchema = z.object({
  headersMs: z.number(),
  firstContentMs: z.number(),
  gapMs: z.number(),
  learned: z.boolean(),
});

export const routeRowSchema = z.object({
  providerId: z.string(),
  modelId: z.string(),
  tier: tierSchema,
  /** host:port of its provider. */
  host: z.string(),
  simulated: z.boolean(),
  /** In no tier: free on this machine, and asked only when a cap leaves nothing else. Absent: it is no such. */
  isReserve: z.boolean().optional(),
  /**
   * ready; resting: left alone until `untilMs`; probing: a few requests try whether it is back; limited: its key has no
   * requests or tokens left until `untilMs`; paused: by the person; off: its provider is switched off; keyless: its provider
   * has not the key it needs.
   */
  state: z.enum(["ready", "resting", "probing", "limited", "paused", "off", "keyless"]),
  why: z.string().nullable(),
  untilMs: z.number().nullable(),
  firstTokenP50Ms: z.number().nullable(),
  firstTokenP95Ms: z.number().nullable(),
  tokensPerSecond: z.number().nullable(),
  /** Requests that count (they fade with time), and how many of them failed: may be fractions. */
  requests: z.number(),
  failures: z.number(),
  /** USD per million tokens now; "free"; null: not known. */
  price: z.union([z.object({ inputUsd: z.number(), outputUsd: z.number() }), z.literal("free"), z.null()]),
  lastUsedMs: z.number().nullable(),
  timeouts: routeTimeoutsSchema,
  facts: routeFactsSchema.optional(),
});
export type RouteRow = z.infer<typeof routeRowSchema>;

/** Times of rows are milliseconds since 1970 by the server's clock, which says `atMs` now. */
export type RouteTable = { atMs: number; rows: RouteRow[] };

export const routeParamsSchema = z.strictObject({ providerId: z.string().min(1), modelId: z.string().min(1) });
export type RouteParams = z.infer<typeof routeParamsSchema>;
export const pauseRouteParamsSchema = routeParamsSchema.extend({ paused: z.boolean() });
export type PauseRouteParams = z.infer<typeof pauseRouteParamsSchema>;

export type RouteTest = {
  ok: boolean;
  firstTokenMs: number | null;
  /** null: the price is not known. 0 where nothing was asked. */
  costNano: number | null;
  failure: z.infer<typeof failureSchema> | null;
};
export type RouteTestResult = RouteTest & RouteTable;

/** One fault, and what a person who asks meanwhile would have seen. Times are those of real life: the drill's are shorter. */
export type DrillRow = {
  /** What was broken, in a few words. */
  fault: string;
  /** What the person would have seen, in a sentence. */
  says: string;
  /** `provider/model`, or null when nobody answered. */
  answeredBy: string | null;
  /** How often a text that was shown was begun again. */
  restarts: number;
  /** Until the first word of the text that stayed, or until the error. */
  waitedMs: number;
  /** What stood there at the end was the vendor's whole answer, byte for byte. */
  isWhole: boolean;
  /** What it would have cost; null where a price is not known. */
  costNano: number | null;
  attempts: { name: string; words: string }[];
};
export type DrillResult = {
  /** `provider/model`, in the order they are asked; the first was broken. */
  plan: string[];
  /** So many times faster than in real life the drill's timers ran. */
  timesFaster: number;
  rows: DrillRow[];
};
