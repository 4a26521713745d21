import { type Failure, failureOf } from "../../shared/failure.ts";
import type { AskPart } from "../../shared/protocol.ts";
import { cacheKey, mayCache } from "../core/cache-key.ts";
import type { Provider, Route } from "../core/provider.ts";
import type { CacheSettings } from "../core/read-cache.ts";
import type { KeptAnswer, RequestName, ResponseCache } from "../store/response-cache.ts";
import { type FailoverJob, type FailoverResult, requestFor } from "./failover.ts";

/** What of a job its requests are made from. */
export type AskedJob = Pick<FailoverJob, "messages" | "tools" | "toolChoice" | "inputTokens" | "maxOutputTokens">;

export interface CacheDeps {
  responses: ResponseCache;
  settings: CacheSettings;
  /** Milliseconds since 1970. */
  now(): number;
  /** The cache could not be read or written; the answer goes on without it. */
  onFault?: ((failure: Failure) => void) | undefined;
}

/**
 * The answer that one of these routes once gave to this very request, the first route that has one; null without any.
 * Nothing is sent, held or paid for it, so neither caps nor the state of a route have a say.
 */
export function findCachedAnswer(
  job: AskedJob,
  routes: readonly Route[],
  deps: CacheDeps & { providerOf(route: Route): Provider | null },
): { route: Route; kept: KeptAnswer } | null {
  const { responses } = deps;
  const fault = (error: unknown) => deps.onFault?.(failureOf(error));
  try {
    const found = lookUpAnswer(job, routes, deps);
    if (found === null) return null;
    responses.noteHit(found.name, deps.now()).catch(fault);
    return { route: found.route, kept: found.kept };
  } catch (error) {
    fault(error);
  }
  return null;
}

/** The same without a trace that it was looked for: what is used last does not change. Throws a ledger failure. */
export function lookUpAnswer(
  job: AskedJob,
  routes: readonly Route[],
  deps: {
    responses: Pick<ResponseCache, "find">;
    settings: CacheSettings;
    now(): number;
    providerOf(route: Route): Provider | null;
  },
): { route: Route; name: RequestName; kept: KeptAnswer } | null {
  const { responses, settings } = deps;
  if (!settings.enabled) return null;
  const limits = { nowMs: deps.now(), maxAgeMs: settings.maxAgeMs };
  for (const route of routes) {
    if (deps.providerOf(route) === null) continue;
    const name = nameRequest(job, route);
    const kept = name === null ? null : responses.find(name, limits);
    if (name !== null && kept !== null) return { route, name, kept };
  }
  return null;
}

/**
 * Keeps a whole answer that ended by itself, under the request as it was wanted: where a cap left it less room, an answer
 * that ended within that would have ended in more. What could not be kept is told, and no one waits for it.
 */
export function keepAnswer(
  job: AskedJob & Pick<FailoverJob, "sessionId">,
  result: Pick<FailoverResult, "state" | "text" | "finishReason" | "answeredBy" | "attempts" | "writtenBy">,
  deps: CacheDeps,
): void {
  const { settings } = deps;
  const { answeredBy: route, text, attempts } = result;
  if (!settings.enabled || route === null || text === "") return;
  if (result.state !== "done" || result.finishReason !== "stop") return;
  const name = nameRequest(job, route);
  const writer = attempts.find((attempt) => attempt.id === result.writtenBy);
  if (name === null || writer === undefined) return;
  const { providerId, modelId, origin } = route;
  const { sessionId } = job;
  const { costNano, usage } = writer;
  deps.responses
    .keep(
      { ...name, sessionId, providerId, modelId, origin, text, finishReason: "stop", costNano, usage },
      { nowMs: deps.now(), ...settings },
    )
    .catch((error: unknown) => deps.onFault?.(failureOf(error)));
}

/** A page draws a frame's worth at a time; one message with a book in it would be a long frame. */
const PIECE_CHARACTERS = 4_000;

/** Emits a kept text in pieces, whole characters each. */
export function showText(text: string, emit: (part: AskPart) => void): void {
  for (let from = 0; from < text.length; ) {
    let to = Math.min(text.length, from + PIECE_CHARACTERS);
    const code = text.charCodeAt(to);
    // Never between the halves of a surrogate pair.
    if (code >= 0xdc00 && code <= 0xdfff) to++;
    emit({ type: "text", text: text.slice(from, to) });
    from = to;
  }
}

/** null: answers to it are not kept. */
function nameRequest(job: AskedJob, route: Route): RequestName | null {
  const request = requestFor(job, route);
  if (!mayCache(request)) return null;
  return { key: cacheKey(route, request), book: route.simulated ? "simulated" : "real" };
}
