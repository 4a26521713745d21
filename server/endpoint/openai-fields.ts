import * as z from "zod";
import type { PassedOn } from "../core/relay.ts";
import { numberFromTo, tokenBound } from "./read-shape.ts";
import { badRequest } from "./wire.ts";

/** What the bodies of chat and of completions have in common. */

/** The fields that say something: null is as absent. */
export function saidFields(body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null && value !== undefined));
}

export const sharedFields = {
  model: z.string("has to be the name of a model").min(1, "has to be the name of a model"),
  stream: z.boolean("has to be true or false").optional(),
  stream_options: z.looseObject({ include_usage: z.boolean("has to be true or false").nullish() }).optional(),
  max_tokens: tokenBound.optional(),
  temperature: numberFromTo(0, 2).optional(),
  stop: z
    .union([z.string(), z.array(z.string()).max(16)], "has to be a text, or up to 16 of them")
    .transform((stop) => (typeof stop === "string" ? [stop] : stop))
    .optional(),
};

/** How finely an image is looked at, where it is said and not left to the vendor (`auto`). */
export const imageDetailSchema = z.enum(["low", "high", "original"]);

/**
 * Throws a WireError for a field that changes what is paid or who is asked: both are decided here, and a cap holds only
 * what it knows of.
 */
export function refuseFields(said: Readonly<Record<string, unknown>>): void {
  for (const [field, value] of Object.entries(said)) {
    const refused = refusals[field];
    if (refused === undefined || refused.allows?.(value) === true) continue;
    throw badRequest(field, `${field} ${refused.why}`);
  }
}

interface Refused {
  /** The values that change nothing. */
  allows?(value: unknown): boolean;
  why: string;
}

const oneAnswer: Refused = {
  allows: (value) => value === 1,
  why: "can only be 1: each further answer would be paid for. Leave it out.",
};
const choosesRoute: Refused = {
  why: "chooses who is asked, and that is Wayfare's to decide. Leave it out, and name a provider/model as the model.",
};
const costsMore = (what: string): Refused => ({ why: `changes what is paid: ${what}. Leave it out.` });
const legacyTools: Refused = { why: "is of before there were tools: send tools and tool_choice." };

const refusals: Readonly<Record<string, Refused>> = {
  n: oneAnswer,
  best_of: oneAnswer,
  service_tier: {
    allows: (value) => value === "auto" || value === "default",
    why: "can only be auto or default: another tier has prices of its own.",
  },
  modalities: {
    allows: (value) => Array.isArray(value) && value.every((each) => each === "text"),
    why: 'can only be ["text"]: anything else has prices of its own.',
  },
  audio: costsMore("sound has prices of its own"),
  prediction: costsMore("predicted tokens that are not used are billed"),
  web_search_options: costsMore("searches have a price of their own"),
  plugins: costsMore("a gateway's plugins have prices of their own"),
  models: choosesRoute,
  route: choosesRoute,
  provider: choosesRoute,
  preset: choosesRoute,
  fallbacks: choosesRoute,
  providerOptions: choosesRoute,
  api_base: choosesRoute,
  base_url: choosesRoute,
  api_key: choosesRoute,
  transforms: { why: "would have a gateway cut what is sent. Leave it out." },
  functions: legacyTools,
  function_call: legacyTools,
};

/** What of the body is not read here, to be handed on by its own names; null for nothing. */
export function passedOnOf(said: Readonly<Record<string, unknown>>, read: ReadonlySet<string>): PassedOn | null {
  const fields = Object.fromEntries(Object.entries(said).filter(([field]) => !read.has(field)));
  return Object.keys(fields).length === 0 ? null : { wire: "openai-compatible", fields };
}
