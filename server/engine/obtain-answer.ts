import type { Attempt, Decision } from "../../shared/answer.ts";
import { canonicalJson, mayCache } from "../core/cache-key.ts";
import { type Route, routeName } from "../core/provider.ts";
import { type CacheDeps, findCachedAnswer, keepAnswer, showText } from "./cached-answer.ts";
import type { Caller, Coalescer, Shown } from "./coalesce.ts";
import type { Scene } from "./configure.ts";
import { type FailoverDeps, type FailoverJob, type FailoverResult, failover, requestFor } from "./failover.ts";

export interface Obtained {
  result: Pick<FailoverResult, "state" | "text" | "finishReason" | "attempts" | "answeredBy" | "failure"> &
    Partial<FailoverResult>;
  /** What the decision says of it besides, or instead. */
  mark: Partial<Pick<Decision, "fromCache" | "sharedRequest" | "attempts" | "costNano" | "costSource">>;
  /**
   * Only where this caller left a request that went out in its name and goes on for others: the attempts that it comes to.
   * Rejects where that is never known.
   */
  bill: Promise<readonly Attempt[]> | null;
}

/**
 * An answer to one question: a kept one, else that of an identical request under way, else a request of its own. `routes`
 * are those a kept answer may be of. A question that is asked `anew` is always sent for itself; what comes is kept.
 */
export async function obtainAnswer(
  job: FailoverJob,
  how: { scene: Scene; routes: readonly Route[]; asked: "first" | "anew" },
  deps: { failover: FailoverDeps; cache: CacheDeps; requests: Coalescer<FailoverResult> },
  caller: Caller,
): Promise<Obtained> {
  const { scene, routes, asked } = how;
  const begin = async (emit: Caller["emit"], signal: AbortSignal): Promise<FailoverResult> => {
    const result = await failover(job, deps.failover, emit, signal);
    keepAnswer(job, result, deps.cache);
    return result;
  };
  const isShareable = job.steps.every(({ route }) => mayCache(requestFor(job, route)));
  if (asked === "anew" || !isShareable || caller.signal.aborted) {
    return { result: await begin(caller.emit, caller.signal), mark: {}, bill: null };
  }

  const cached = findCachedAnswer(job, routes, { ...deps.cache, providerOf: scene.providerOf });
  if (cached !== null) {
    const { text, finishReason, keptAtMs, costNano } = cached.kept;
    showText(text, caller.emit);
    return {
      result: { state: "done", text, finishReason, attempts: [], answeredBy: cached.route, failure: null },
      mark: { fromCache: { askedAtMs: keptAtMs, savedNano: costNano } },
      bill: null,
    };
  }

  const ended = await deps.requests.run({ key: sharedKey(job), scope: scene }, caller, begin);
  if (ended.role === "own") return { result: ended.result, mark: {}, bill: null };
  if (ended.role === "joined") return { result: ended.result, mark: paidElsewhere, bill: null };
  return {
    result: leftResult(ended.shown, job),
    mark: ended.bill === null ? paidElsewhere : {},
    bill: ended.bill?.then(({ attempts }) => attempts) ?? null,
  };
}

/** One request has one bill, and it stands with the question that it was sent for. */
const paidElsewhere: Obtained["mark"] = { sharedRequest: true, attempts: [], costNano: 0, costSource: "free" };

/** Equal for jobs that walk the same routes in the same order with the same request, under the same books. */
function sharedKey(job: FailoverJob): string {
  const { workspace, messages, tools, toolChoice, inputTokens, maxOutputTokens, leastOutputTokens } = job;
  const routes = [...job.steps, ...(job.localSteps ?? [])].map(({ route }) => ({
    name: routeName(route),
    origin: route.origin,
    tier: route.tier,
    simulated: route.simulated,
  }));
  const request = { messages, tools, toolChoice, inputTokens, maxOutputTokens, leastOutputTokens };
  return canonicalJson({ workspace, routes, ...request });
}

/** What is known of an answer at the moment its reader leaves. */
function leftResult({ text, attempt }: Shown, { steps, localSteps = [] }: FailoverJob): Obtained["result"] {
  const writer =
    attempt === null || text === ""
      ? undefined
      : [...steps, ...localSteps].find(({ route }) => routeName(route) === routeName(attempt));
  return {
    state: "cancelled",
    text,
    finishReason: null,
    attempts: [],
    answeredBy: writer?.route ?? null,
    failure: null,
  };
}
