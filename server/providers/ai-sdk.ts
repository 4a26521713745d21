import {
  AISDKError,
  APICallError,
  type LanguageModelV4,
  type LanguageModelV4CallOptions,
  type LanguageModelV4Prompt,
  type LanguageModelV4StreamPart,
  type LanguageModelV4Usage,
} from "@ai-sdk/provider";
import * as z from "zod";
import type { Usage } from "../../shared/answer.ts";
import { type Failure, FailureError, isAbort } from "../../shared/failure.ts";
import type { FinishReason, Message, Provider, ProviderPart, ProviderRequest } from "../core/provider.ts";
import { cancelOnReturn } from "./cancel-on-return.ts";
import { cacheMarkPlaces } from "./encode-chat.ts";
import { explainNetworkError, transportPatienceMs } from "./explain-network-error.ts";
import type { Http } from "./http.ts";
import { listModels } from "./list-models.ts";
import type { ProviderFacts } from "./provider-facts.ts";
import { drain } from "./read-body.ts";
import { type ErrorAnswer, quote, readError } from "./read-error.ts";
import { headersPart } from "./read-rate-limits.ts";
import { type AnswerOf, watchedFetch } from "./watched-fetch.ts";

export interface AiSdkVendor {
  /** Makes the vendor's model. Everything it needs is given: these packages would look into the environment otherwise. */
  load(modelId: string, fetch: typeof globalThis.fetch): Promise<LanguageModelV4>;
  /** What the vendor's package calls its options. */
  optionsName: string;
  /** Vendor options of each request. */
  options: Readonly<Record<string, string | number | boolean>>;
}

/**
 * Any model of the AI SDK as our provider. The SDK reads the wire; retries, timers and money are ours, and so is `fetch`,
 * through which response headers become a sign of life before the SDK has anything to say.
 */
export function aiSdkProvider(facts: ProviderFacts, http: Http, vendor: AiSdkVendor): Provider {
  const host = new URL(facts.baseUrl).host;

  async function* stream(request: ProviderRequest, signal: AbortSignal): AsyncGenerator<ProviderPart, void, undefined> {
    const answerOf = (status: number, headers: Readonly<Record<string, string>>, body: string): ErrorAnswer => ({
      status,
      headers,
      body,
      host,
      modelId: request.modelId,
      secrets: facts.key === null ? [] : [facts.key],
      nowMs: facts.now(),
    });
    let begun: "waiting" | "begun" = "waiting";
    let first: ProviderPart = { type: "activity" };
    let reader: ReadableStreamDefaultReader<LanguageModelV4StreamPart> | null = null;
    let over: "left" | "read" = "left";
    try {
      let tell: () => void = () => {};
      const headers = new Promise<void>((resolve) => {
        tell = resolve;
      });
      const onHeaders = (response: Response) => {
        begun = "begun";
        first = headersPart(Object.fromEntries(response.headers), facts.now());
        tell();
      };
      const model = await vendor.load(request.modelId, watchedFetch(http.fetch, onHeaders, answerOf));
      const opening = Promise.resolve(model.doStream(callOptions(request, vendor, signal)));
      // Who leaves now never sees how the opening ends.
      opening.catch(() => {});
      // The SDK waits for the first event before it answers; the headers are told as soon as they are there.
      await Promise.race([headers, opening]);
      yield first;
      reader = (await opening).stream.getReader();
      for (;;) {
        const step = await reader.read();
        if (step.done) throw new FailureError(truncated(host));
        const parts = readPart(step.value, host, answerOf);
        yield* parts;
        if (parts.at(-1)?.type === "finish") break;
      }
      over = "read";
    } catch (error) {
      throw toError(error, { signal, host, begun, answerOf });
    } finally {
      if (reader && over === "read") drain(iteratorOf(reader));
      else await reader?.cancel().catch(() => {});
    }
  }

  return {
    id: facts.id,
    wire: facts.row.wire,
    origin: facts.origin,
    stream: (request, { signal }) => cancelOnReturn(signal, (own) => stream(request, own)),
    listModels: ({ signal }) => listModels(facts, http, signal),
  };
}

function callOptions(request: ProviderRequest, vendor: AiSdkVendor, signal: AbortSignal): LanguageModelV4CallOptions {
  return {
    prompt: encodePrompt(request.messages, vendor.optionsName),
    maxOutputTokens: request.maxOutputTokens,
    ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
    ...(request.stop === undefined || request.stop.length === 0 ? {} : { stopSequences: [...request.stop] }),
    abortSignal: signal,
    providerOptions: { [vendor.optionsName]: { ...vendor.options } },
  };
}

/** Messages without a visible character are left out: vendors refuse empty text. */
function encodePrompt(messages: readonly Message[], optionsName: string): LanguageModelV4Prompt {
  const visible = messages.filter((message) => message.text.trim() !== "");
  const marked = new Set(cacheMarkPlaces(visible));
  const mark = { [optionsName]: { cacheControl: { type: "ephemeral" } } };
  return visible.map((message, index) => {
    const providerOptions = marked.has(index) ? { providerOptions: mark } : {};
    if (message.role === "system") return { role: "system", content: message.text, ...providerOptions };
    return { role: message.role, content: [{ type: "text", text: message.text }], ...providerOptions };
  });
}

/** One part of the SDK's as ours. The finish brings the usage with it, which goes first. */
function readPart(part: LanguageModelV4StreamPart, host: string, answerOf: AnswerOf): ProviderPart[] {
  switch (part.type) {
    case "text-delta":
      return part.delta === "" ? [{ type: "activity" }] : [{ type: "text-delta", text: part.delta }];
    case "reasoning-delta":
      return part.delta === "" ? [{ type: "activity" }] : [{ type: "reasoning-delta", text: part.delta }];
    case "error":
      throw new FailureError(readStreamError(part.error, host, answerOf));
    case "finish": {
      // "interrupted" is the SDK's word for a close without the wire's end signal.
      if (part.finishReason.unified === "interrupted") throw new FailureError(truncated(host));
      if (part.finishReason.unified === "error") {
        const message = `${host} broke off with an error that it does not name.`;
        throw new FailureError({ kind: "server-error", status: 200, message });
      }
      const usage = readUsage(part.usage);
      const finish: ProviderPart = { type: "finish", reason: finishReasonOf(part.finishReason.unified) };
      return usage ? [{ type: "usage", usage, reportedCostUsd: null }, finish] : [finish];
    }
    default:
      return [{ type: "activity" }];
  }
}

function finishReasonOf(unified: string): FinishReason {
  return unified === "stop" || unified === "length" || unified === "content-filter" ? unified : "other";
}

/** The SDK has told the cached tokens apart already. Counts are made whole. Nothing counted is null, never zero. */
function readUsage({ inputTokens, outputTokens }: LanguageModelV4Usage): Usage | null {
  const cacheRead = whole(inputTokens.cacheRead);
  const cacheWrite = whole(inputTokens.cacheWrite);
  const uncached = inputTokens.noCache ?? whole(inputTokens.total) - cacheRead - cacheWrite;
  const input = whole(uncached);
  const reasoning = whole(outputTokens.reasoning);
  const output = outputTokens.total === undefined ? whole(outputTokens.text) + reasoning : whole(outputTokens.total);
  if (input + cacheRead + cacheWrite + output === 0) return null;
  return { input, cacheRead, cacheWrite, output, reasoning: Math.min(output, reasoning) };
}

/** The SDK's types promise numbers; what a gateway sent in their place may have a fraction, a sign, or be none. */
function whole(count: number | undefined): number {
  return count !== undefined && Number.isFinite(count) ? Math.max(0, Math.round(count)) : 0;
}

/** What the SDK's vendors put into an error part: plain facts about an error the vendor sent in its stream. */
const streamErrorSchema = z.looseObject({
  message: z.string(),
  type: z.string().nullish().catch(null),
  statusCode: z.number().nullish().catch(null),
});

function readStreamError(error: unknown, host: string, answerOf: AnswerOf): Failure {
  const network = explainNetworkError(error, host, transportPatienceMs);
  if (network) return network.kind === "network" ? truncated(host) : network;
  if (APICallError.isInstance(error)) return readCallError(error, answerOf);
  const said = error instanceof Error ? null : streamErrorSchema.safeParse(error).data;
  if (!said) return { kind: "malformed", message: `${host} sent an event that cannot be read.` };
  const body = JSON.stringify({ error: { message: said.message, type: said.type, code: said.statusCode } });
  return readError(answerOf(200, { "content-type": "application/json" }, body));
}

function readCallError(error: APICallError, answerOf: AnswerOf): Failure {
  return readError(answerOf(error.statusCode ?? 500, error.responseHeaders ?? {}, error.responseBody ?? error.message));
}

function toError(
  error: unknown,
  facts: { signal: AbortSignal; host: string; begun: "waiting" | "begun"; answerOf: AnswerOf },
): unknown {
  const { signal, host, begun, answerOf } = facts;
  if (signal.aborted) return isAbort(error) ? error : new DOMException("The request was cancelled.", "AbortError");
  const known = explainNetworkError(error, host, transportPatienceMs);
  // A connection that breaks after the headers is a cut answer.
  if (known) return failureErrorOf(begun === "begun" && known.kind === "network" ? truncated(host) : known, error);
  if (APICallError.isInstance(error)) return failureErrorOf(readCallError(error, answerOf), error);
  const isSdkError = AISDKError.isInstance(error);
  // Of an answer that it did not expect the SDK also throws plain errors, whose words are about itself.
  if (!isSdkError && begun === "waiting") return error;
  const words = isSdkError ? quote(error.message, answerOf(200, {}, "").secrets) : "";
  const message = `${host} sent an answer that cannot be read.${words}`;
  return failureErrorOf({ kind: "malformed", message }, error);
}

function failureErrorOf(failure: Failure, cause: unknown): FailureError {
  return cause instanceof FailureError && cause.failure === failure ? cause : new FailureError(failure, { cause });
}

function truncated(host: string): Failure {
  return { kind: "truncated", message: `The answer from ${host} broke off before its end.` };
}

function iteratorOf(reader: ReadableStreamDefaultReader<unknown>): AsyncIterator<unknown> {
  return {
    next: async () => ((await reader.read()).done ? { done: true, value: undefined } : { done: false, value: null }),
    async return() {
      await reader.cancel();
      return { done: true, value: undefined };
    },
  };
}
