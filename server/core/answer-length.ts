import type { Turn } from "../../shared/answer.ts";
import type { RouteEstimate } from "../../shared/estimate.ts";
import { type Route, routeName } from "./provider.ts";

/** Answers of a model, and the tokens that they had on average, reasoning included. */
export interface AnswerLength {
  answers: number;
  meanTokens: number;
}

/** Fewer answers than this say little of the next one. */
const LEAST_IN_CONVERSATION = 2;
const LEAST_LATELY = 3;
/** The newest of a conversation: what was asked an hour ago was another subject. */
const MOST_IN_CONVERSATION = 8;

/**
 * How long an answer of this model will most likely be, in tokens: the mean of its answers in this conversation, else of
 * those that it gave lately (`lately`, by `routeName`), else `usualTokens`; never beyond `maxOutputTokens`.
 */
export function expectAnswer(
  route: Route,
  facts: {
    earlier: readonly Turn[];
    lately: ReadonlyMap<string, AnswerLength>;
    usualTokens: number;
    maxOutputTokens: number;
  },
): Pick<RouteEstimate, "answerTokens" | "answerFrom"> {
  const most = Math.min(facts.maxOutputTokens, route.maxOutputTokens ?? facts.maxOutputTokens);
  const within = (tokens: number) => Math.min(most, Math.round(tokens));
  const name = routeName(route);
  const here = facts.earlier
    .flatMap(({ decision }) => decision?.attempts ?? [])
    .flatMap((attempt) =>
      attempt.outcome === "done" && attempt.usage !== null && routeName(attempt) === name ? [attempt.usage.output] : [],
    )
    .slice(-MOST_IN_CONVERSATION);
  if (here.length >= LEAST_IN_CONVERSATION) {
    const sum = here.reduce((total, tokens) => total + tokens, 0);
    return { answerTokens: within(sum / here.length), answerFrom: "conversation" };
  }
  const lately = facts.lately.get(name);
  return lately !== undefined && lately.answers >= LEAST_LATELY
    ? { answerTokens: within(lately.meanTokens), answerFrom: "model" }
    : { answerTokens: within(facts.usualTokens), answerFrom: "usual" };
}
