import type { Attempt, Decision } from "../../shared/answer.ts";
import { formatUsd, type NanoUsd } from "../../shared/money.ts";
import { codeBlocks } from "../core/code-blocks.ts";
import { type EvidenceFacts, type Finding, judgeEvidence } from "../core/evidence.ts";
import { describeAttempt } from "../core/failure-action.ts";
import type { PlanStep } from "../core/plan-route.ts";
import { type Route, routeName } from "../core/provider.ts";
import { type SecondAnswer, whyNotWorth } from "../core/worth-escalating.ts";
import { withAttempts } from "./build-decision.ts";
import type { Caller } from "./coalesce.ts";
import type { FailoverJob } from "./failover.ts";
import type { Obtained, obtainAnswer } from "./obtain-answer.ts";

/** An answer whose evidence sent its question to the frontier, and what came of that. */
export interface Escalated {
  /** What is shown: the frontier's answer, or the first one where the frontier gave none. */
  result: Obtained["result"];
  mark: Obtained["mark"];
  bill: Obtained["bill"];
  escalated: NonNullable<Decision["escalated"]>;
  /** Those of both answers, in their order. */
  attempts: readonly Attempt[];
}

/** What is weighed before the frontier is asked. */
export interface Chances extends Pick<SecondAnswer, "prior" | "quality"> {
  /** As it was made for the first answer. */
  plan: readonly PlanStep[];
  /** True for a route that is left alone by now. */
  isResting(route: Route): boolean;
}

/**
 * Asks the frontier after an answer that shows itself to be wrong, under the same caps, with a reservation of its own. Until
 * the first word of the new answer the old one stays; it is then replaced, by a `restart` that says why. Whatever keeps the
 * frontier from a whole answer (no money, no route, a chance too small for its price, a fault, the person's stop) leaves
 * the first answer standing, and says so. `ask` obtains an answer to a job that differs from the first in its routes. null:
 * nobody gave the first answer.
 */
export async function escalate(
  first: Obtained,
  finding: Finding,
  job: FailoverJob,
  chances: Chances,
  ask: (job: FailoverJob, emit: Caller["emit"]) => ReturnType<typeof obtainAnswer>,
  emit: Caller["emit"],
): Promise<Escalated | null> {
  const from = first.result.answeredBy;
  const firstAttempts = first.mark.attempts ?? first.result.attempts;
  if (from === null) return null;
  const { providerId, modelId, tier } = from;
  const told = { because: finding.kind, words: finding.because, from: { providerId, modelId, tier } };
  const { steps, why } = frontierSteps(chances, firstAttempts);
  if (why !== null) {
    const { result, mark, bill } = first;
    return { result, mark, bill, escalated: { ...told, extraNano: 0, kept: why }, attempts: firstAttempts };
  }

  let isBegun = false;
  // No ladder: what costs less than the frontier has answered already.
  const second = await ask({ ...job, steps, ladder: [], localSteps: [] }, (part) => {
    if (!isBegun && (part.type === "text" || part.type === "reasoning")) {
      isBegun = true;
      emit({ type: "restart", why: `${routeName(from)}: ${finding.because}` });
    }
    emit(part.type === "attempt" && !isBegun ? { ...part, because: finding.because } : part);
  });
  const secondAttempts = second.mark.attempts ?? second.result.attempts;
  const attempts = [...firstAttempts, ...secondAttempts];
  const escalated = { ...told, extraNano: second.mark.costNano ?? sum(secondAttempts) };
  const bill = second.bill?.then((late) => [...firstAttempts, ...late]) ?? null;
  if (second.result.state === "done" && second.result.text !== "") {
    // Kept answers and shared ones say so; what the first answer cost stands beside it.
    const { fromCache, sharedRequest } = second.mark;
    const mark = {
      ...(fromCache === undefined || firstAttempts.length > 0 ? {} : { fromCache }),
      ...(sharedRequest === undefined ? {} : { sharedRequest }),
    };
    return { result: { ...second.result, attempts }, mark, bill, escalated, attempts };
  }
  const { mark } = first;
  return { result: first.result, mark, bill, escalated: { ...escalated, kept: whyKept(second.result) }, attempts };
}

/** What is visibly wrong with a whole answer, where that is worth the frontier; null where the answer stays. */
export function findingOf(
  { state, finishReason, answeredBy, text }: Obtained["result"],
  unparsed: NonNullable<Decision["unparsed"]>,
  how: { mode: string } & Pick<EvidenceFacts, "prior" | "mayEscalate">,
): Finding | null {
  if (state !== "done" || finishReason === "length" || answeredBy === null) return null;
  const verdict = judgeEvidence({
    isAuto: how.mode === "auto",
    tier: answeredBy.tier,
    prior: how.prior,
    mayEscalate: how.mayEscalate,
    badLine: unparsed[0]?.line ?? null,
    isEmpty: hasEmptyCode(text),
    addedErrors: 0,
    run: null,
  });
  return verdict.act === "escalate" ? verdict : null;
}

/** The decision with the attempts of both answers, their cost, and the clause that tells of the second one. */
export function withEscalation(decision: Decision, second: Escalated | null, text: string): Decision {
  if (second === null) return decision;
  const { escalated, attempts } = second;
  const { words, kept, extraNano } = escalated;
  const why = kept === undefined ? `escalated: ${words}, ${formatUsd(extraNano)} more` : `${words}; ${kept}`;
  return { ...withAttempts(decision, attempts, text), why, escalated };
}

/** The decision once the bill of a request that was left has come, with what the frontier cost beside the first answer. */
export function withLateAttempts(decision: Decision, attempts: readonly Attempt[], text: string): Decision {
  const late = withAttempts(decision, attempts, text);
  const { escalated } = decision;
  if (escalated === undefined) return late;
  const first = attempts.findIndex((each) => each.outcome === "done" && routeName(each) === routeName(escalated.from));
  return { ...late, escalated: { ...escalated, extraNano: sum(attempts.slice(first + 1)) } };
}

/** True where an answer has blocks of code, and nothing is in any of them. */
function hasEmptyCode(answer: string): boolean {
  const blocks = codeBlocks(answer).filter(({ languageId, isClosed }) => languageId !== null && isClosed);
  return blocks.length > 0 && blocks.every(({ text }) => text.trim() === "");
}

/** The frontier's routes of a plan that are well and that were not asked before; or why none of them is to be asked. */
function frontierSteps(
  { plan, isResting, ...second }: Chances,
  attempts: readonly Attempt[],
): { steps: readonly PlanStep[]; why: null } | { steps: []; why: string } {
  const asked = new Set(attempts.map(routeName));
  const open = plan.filter(({ route }) => route.tier === "frontier" && !asked.has(routeName(route)));
  if (open.length === 0) return { steps: [], why: "there is no frontier model to ask" };
  const steps = open.filter(({ route }) => !isResting(route));
  const [first] = steps;
  if (first === undefined) return { steps: [], why: "no frontier model is well enough to be asked" };
  const why = whyNotWorth({ ...second, expectedCostNano: first.expectedCostNano });
  return why === null ? { steps, why } : { steps: [], why };
}

/** Why there is no answer of the frontier, as a clause. */
function whyKept({ state, attempts, failure, refused = [] }: Obtained["result"]): string {
  if (state === "cancelled") return "you stopped the frontier's answer";
  const last = attempts.at(-1);
  if (last !== undefined && last.failure !== null) return `${routeName(last)}: ${describeAttempt(last.failure)}`;
  const [first] = refused;
  if (first !== undefined) return `${routeName(first.route)} ${first.reason}`;
  return failure === null ? "the frontier gave no answer" : failure.message.replace(/\.$/, "");
}

function sum(attempts: readonly Attempt[]): NanoUsd | null {
  return attempts.reduce<NanoUsd | null>(
    (total, { costNano }) => (total === null || costNano === null ? null : total + costNano),
    0,
  );
}
