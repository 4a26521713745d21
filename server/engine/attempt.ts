import { type Failure, FailureError } from "../../shared/failure.ts";
import type { FinishReason, ProviderPart, ProviderRequest, StreamOptions } from "../core/provider.ts";

/** One try at an answer: a provider's `stream`, or the same with policies folded around it. */
export type StreamCall = (request: ProviderRequest, options: StreamOptions) => AsyncIterable<ProviderPart>;

/** Wraps a call in a rule that holds for each attempt, whoever the provider is. */
export type Policy = (next: StreamCall) => StreamCall;

/** Policies as one; the first is the outermost, so it sees what all the others let through. */
export function compose(...policies: readonly Policy[]): Policy {
  return (call) => policies.reduceRight((inner, policy) => policy(inner), call);
}

/**
 * Holds a provider to the end of its answer. A stream that stops without `finish` is truncated, however whole its text
 * looks; one that finishes without a character of text and without a tool call is empty, or was filtered; with `text: "optional"` empty is an
 * answer too. Nothing after `finish` is passed on. `name` is the route in messages.
 */
export function requireAnswer(name: string, { text = "required" }: { text?: "required" | "optional" } = {}): Policy {
  return (next) =>
    async function* (request, options) {
      let hasAnswer = false;
      let isFinished = false;
      for await (const part of next(request, options)) {
        // Read on to the end, so that the connection is free for the next request.
        if (isFinished) continue;
        if (part.type === "text-delta" || part.type === "tool-call") hasAnswer = true;
        if (part.type !== "finish") {
          yield part;
          continue;
        }
        if (!hasAnswer && part.reason === "content-filter") {
          throw new FailureError({
            kind: "content-filter",
            message: `${name} refused to answer this question. Put it in other words, or choose another model.`,
          });
        }
        if (!hasAnswer && text === "required") throw new FailureError(noText(name, part.reason));
        isFinished = true;
        yield part;
      }
      if (isFinished) return;
      throw new FailureError({
        kind: "truncated",
        message: `${name} closed the connection before its answer was complete. Try again, or choose another model.`,
      });
    };
}

/** An answer that has ended, for this reason, without a word of text. `name` is the route. */
export function noText(name: string, reason: FinishReason): Failure {
  const how = reason === "length" ? "used its whole output before it wrote any text" : "finished without any text";
  return { kind: "empty", message: `${name} ${how}. Try again, or choose another model.` };
}
