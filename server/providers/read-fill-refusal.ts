import type { Failure } from "../../shared/failure.ts";
import { type ErrorAnswer, wordsOf } from "./read-error.ts";

/**
 * The failure of a server or model that cannot fill holes, told from one that cannot fill this one; null for the latter.
 * `failure` is what the answer means otherwise. The vendor's words decide where nothing else does: for this there is no
 * code, and a server without the path answers as one with a wrong address does.
 */
export function readFillRefusal(answer: ErrorAnswer, failure: Failure): Failure | null {
  const { status } = answer;
  const isNoSuchPath = (status === 404 || status === 405) && failure.kind === "not-an-api";
  const isNamed = failure.kind === "bad-request" && failure.parameter === "suffix";
  const isSaid = (status === 400 || status === 404 || status === 422) && refusalWords.test(answer.body);
  if (status !== 501 && !isNoSuchPath && !isNamed && !isSaid) return null;
  return cannotFill(answer, wordsOf(answer));
}

/** The failure of a model that is known to fill no holes; `words` are the vendor's own, quoted, or empty. */
export function cannotFill(facts: { host: string; modelId: string | null; status: number }, words = ""): Failure {
  const { host, modelId, status } = facts;
  const said = status >= 400 ? ` (${status})` : "";
  const message = `"${modelId}" at ${host} does not fill in code${said}.${words}`;
  return { kind: "bad-request", status, parameter: "suffix", message };
}

const refusalWords =
  /(insert|infill|suffix|fill[- ]in[- ]the[- ]middle|\bfim\b)[^."]{0,60}\b(not|un)[ -]?(currently |yet )?(supported|available|implemented|allowed)|(does(n't| not)|do not|cannot|not) (currently )?support[^."]{0,40}(insert|infill|suffix|fill[- ]in|\bfim\b|completions)|(unsupported|unknown|unrecogni[sz]ed|unexpected|extra)[^."]{0,60}suffix|not supported in the v1\/completions|only supports? (v1\/)?chat/i;
