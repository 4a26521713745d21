import type { Tier } from "../../shared/answer.ts";
import { tierFor } from "./price.ts";
import type { Route } from "./provider.ts";
import type { TextForm } from "./text-form.ts";

/**
 * How strong a model is, as the log-odds that it solves an average LiveCodeBench problem of 2023 to 2025 at the first try:
 * its public standing where it is known, else what its price and its size say. One number stands for a model everywhere;
 * `strengthOn` says what it means for a form of text.
 */

/** What is taken for granted of a model of which nothing is known: a current one of its tier. */
export const usualStrength: Readonly<Record<Tier, number>> = { cheap: 0.8, frontier: 2 };

/** Standings by a part of the model's name, the longest part that fits deciding; from public boards, rounded to tenths. */
const standings: Readonly<Record<string, number>> = {
  "gpt-3.5": -1.2,
  "gpt-4": -0.6,
  "gpt-4-turbo": -0.5,
  "gpt-4-1106": -0.5,
  "gpt-4o": -0.3,
  "gpt-4o-mini": -0.5,
  "gpt-4.1": 0.3,
  "gpt-4.1-mini": 0.2,
  "gpt-4.1-nano": -0.4,
  "o1-mini": 0.7,
  "o1-preview": 0.2,
  o1: 1.2,
  "o3-mini": 1.3,
  "o4-mini": 1.7,
  "claude-3-haiku": -1.2,
  "claude-3-sonnet": -1,
  "claude-3-opus": -0.5,
  "claude-3-5-haiku": -0.4,
  "claude-3.5-haiku": -0.4,
  "claude-3-5-sonnet": 0,
  "claude-3.5-sonnet": 0,
  "claude-3-7-sonnet": 0.5,
  "claude-3.7-sonnet": 0.5,
  "gemini-1.5-flash": -0.6,
  "gemini-1.5-pro": -0.3,
  "gemini-2.0-flash": 0,
  "gemini-2.5-flash": 1.2,
  "gemini-2.5-flash-lite": 0.5,
  "gemini-2.5-pro": 1.6,
  "deepseek-v3": 0.2,
  "deepseek-chat": 0.4,
  "mixtral-8x7b": -1.9,
  "mixtral-8x22b": -1,
  "mistral-large": -0.5,
  codestral: -0.5,
  "command-r": -1.7,
  "llama-3-8b": -1.6,
  "llama-3.1-8b": -1.4,
  "llama3.1:8b": -1.4,
  "llama-3.1-70b": -0.6,
  "llama-3.3-70b": -0.4,
  "qwq-32b": 0.4,
};

/** A model as far as its strength shows: its name, its price and its tier. */
export type StrengthFacts = Pick<Route, "modelId" | "tier" | "price" | "simulated">;

/** Between a model of 1 billion weights and one that is the best there is. */
const WEAKEST = -2.5;
const STRONGEST = 2.4;

export function strengthOf(model: StrengthFacts): number {
  if (model.simulated) return usualStrength[model.tier];
  const name = model.modelId.toLowerCase();
  let known = "";
  for (const part of Object.keys(standings)) if (part.length > known.length && standsIn(name, part)) known = part;
  const standing = standings[known];
  if (standing !== undefined) return standing;
  const billions = billionsIn(name);
  const outputUsd = model.price === null || model.price === "free" ? 0 : tierFor(model.price, 0).outputUsd;
  // Sizes: from 7 billion (-0.6) to 70 billion (0.9), of models of the last year.
  if (billions !== null && outputUsd <= 1) return bounded(-1.9 + 0.65 * Math.log(billions));
  // Prices: $0.60 per million written (0.5) to $15 (1.9), of models of the last year.
  return outputUsd > 0 ? bounded(0.73 + 0.43 * Math.log(outputUsd)) : usualStrength[model.tier];
}

/**
 * What a strength comes to on a form of text, as the log-odds of being right on an average one: straight lines through
 * models that were graded on both. Current models get nearly all questions with lettered answers and word problems right,
 * and few changes to whole repositories.
 */
export function strengthOn(form: TextForm, strength: number): number {
  const { at, slope } = lines[form];
  return at + slope * strength;
}

const lines: Readonly<Record<TextForm, { at: number; slope: number }>> = {
  contest: { at: 0, slope: 1 },
  choices: { at: 1.65, slope: 0.5 },
  story: { at: 2.1, slope: 0.8 },
  function: { at: 1, slope: 0.5 },
  change: { at: -2.4, slope: 1 },
  plain: { at: 0, slope: 1 },
};

function bounded(strength: number): number {
  return Math.min(STRONGEST, Math.max(WEAKEST, strength));
}

/** The part stands in the name with no letter or digit before it: "o1" is not in "gpt-4o1". */
function standsIn(name: string, part: string): boolean {
  const at = name.indexOf(part);
  return at === 0 || (at > 0 && !/[a-z0-9]/.test(name.charAt(at - 1)));
}

/** The size that a name says: 8 of "llama3.1:8b", 30 of "qwen3-coder-30b-a3b"; null where it says none. */
function billionsIn(name: string): number | null {
  const found = /(?:^|[^a-z0-9.])(\d{1,3}(?:\.\d)?)b(?![a-z0-9])/.exec(name);
  return found === null ? null : Number(found[1]);
}
