import {
  AISDKError,
  APICallError,
  type LanguageModelV4,
  type LanguageModelV4StreamPart,
  type LanguageModelV4Usage,
} from "@ai-sdk/provider";
import * as z from "zod";
import type { Usage } from "../../shared/answer.ts";
import { type Failure, FailureError, isAbort } from "../../shared/failure.ts";
import type { FinishReason, Provider, ProviderPart, ProviderRequest } from "../core/provider.ts";
import { cancelOnReturn } from "./cancel-on-return.ts";
import { createToolCallCollector, type ToolCallCollector } from "./collect-tool-calls.ts";
import { isMalformedCall, malformedCall, withCalls } from "./decode-events.ts";
import { encodeCall, type SdkParameter, type SdkVendorOptions, sdkParameterToLeaveOut } from "./encode-sdk-call.ts";
import { explainNetworkError, transportPatienceMs } from "./explain-network-error.ts";
import type { Http } from "./http.ts";
import { listModels } from "./list-models.ts";
import { createModelQuirks, needsOf } from "./model-quirks.ts";
import type { ProviderFacts } from "./provider-facts.ts";
import { drain } from "./read-body.ts";
import { type ErrorAnswer, quote, readError } from "./read-error.ts";
import { readNeedRefusal } from "./read-need-refusal.ts";
import { headersPart } from "./read-rate-limits.ts";
import { type AnswerOf, watchedFetch } from "./watched-fetch.ts";

export interface AiSdkVendor extends SdkVendorOptions {
  /** Makes the vendor's model. Everything it needs is given: these packages would look into the environment otherwise. */
  load(modelId: string, fetch: typeof globalThis.fetch): Promise<LanguageModelV4>;
}

/**
 * Any model of the AI SDK as our provider. The SDK reads the wire; retries, timers and money are ours, and so is `fetch`,
 * through which response headers become a sign of life before the SDK has anything to say.
 */
export function aiSdkProvider(facts: ProviderFacts, http: Http, vendor: AiSdkVendor): Provider {
  const host = new URL(facts.baseUrl).host;
  const quirks = createModelQuirks<SdkParameter>();

  /** What a refusal means, and whether the same request is worth another try without what was refused. */
  function explain(answer: ErrorAnswer, request: ProviderRequest): { failure: Failure; again: "yes" | "no" } {
    const failure = readError(answer);
    const refusal = readNeedRefusal(answer, failure, needsOf(request));
    if (refusal !== null) {
      quirks.learn(request.modelId, refusal.need, refusal.failure);
      return { failure: refusal.failure, again: "no" };
    }
    const refused = quirks.refusedBy(request.modelId);
    const named = failure.kind === "bad-request" ? failure.parameter : null;
    const parameter = sdkParameterToLeaveOut(named, request, refused);
    if (parameter !== null) refused.add(parameter);
    return { failure, again: parameter === null ? "no" : "yes" };
  }

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
    quirks.mustTake(request);
    let begun: "waiting" | "begun" = "waiting";
    let first: ProviderPart = { type: "activity" };
    let reader: ReadableStreamDefaultReader<LanguageModelV4StreamPart> | null = null;
    let over: "left" | "read" = "left";
    try {
      // Each refused parameter costs one more try, once.
      for (;;) {
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
        const call = encodeCall(request, vendor, { refused: quirks.refusedBy(request.modelId), signal });
        const opening = Promise.resolve(model.doStream(call));
        // Who leaves now never sees how the opening ends.
        opening.catch(() => {});
        // The SDK waits for the first event before it answers; the headers are told as soon as they are there.
        await Promise.race([headers, opening]);
        yield first;
        const opened = await opening.then(
          ({ stream: parts }) => parts,
          (error: unknown) => {
            // Without a status it is the network that failed; a 200 refuses nothing, and broke off.
            if (!APICallError.isInstance(error) || (error.statusCode ?? 0) < 400) throw error;
            const refused = explain(answerIn(error, answerOf), request);
            if (refused.again === "yes") return null;
            throw new FailureError(refused.failure, { cause: error });
          },
        );
        reader = opened?.getReader() ?? null;
        if (reader !== null) break;
        begun = "waiting";
      }
      const toolCalls = createToolCallCollector({ host, idPrefix: `call_${facts.now().toString(36)}` });
      const reading: Reading = {
        host,
        answerOf,
        toolCalls,
        block: { signature: null, redactedData: null },
        failure: null,
      };
      for (;;) {
        const step = await reader.read();
        if (step.done) throw new FailureError(truncated(host));
        const parts = readPart(step.value, reading);
        yield* parts;
        if (reading.failure) throw new FailureError(reading.failure);
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
    lacks: quirks.lacks,
    listModels: ({ signal }) => listModels(facts, http, signal),
  };
}

/** What the block of thinking that is open has been given so far. */
interface OpenBlock {
  signature: string | null;
  redactedData: string | null;
}

interface Reading {
  host: string;
  answerOf: AnswerOf;
  toolCalls: ToolCallCollector;
  block: OpenBlock;
  /** Set at the end, after which the parts beside it still hold. */
  failure: Failure | null;
}

/** One part of the SDK's as ours. The finish brings the calls and the usage with it, which go first. */
function readPart(part: LanguageModelV4StreamPart, reading: Reading): ProviderPart[] {
  const { toolCalls, block } = reading;
  const said = (parts: ProviderPart[]): ProviderPart[] => (parts.length > 0 ? parts : [{ type: "activity" }]);
  switch (part.type) {
    case "text-delta":
      return said(part.delta === "" ? [] : [{ type: "text-delta", text: part.delta }]);
    case "reasoning-start":
    case "reasoning-delta":
    case "reasoning-end": {
      const told = readBlockFacts(part.providerMetadata);
      block.signature = told.signature ?? block.signature;
      block.redactedData = told.redactedData ?? block.redactedData;
      if (part.type === "reasoning-delta" && part.delta !== "") return [{ type: "reasoning-delta", text: part.delta }];
      if (part.type !== "reasoning-end") return [{ type: "activity" }];
      const { signature, redactedData } = block;
      block.signature = null;
      block.redactedData = null;
      return [{ type: "reasoning-end", signature, redactedData }];
    }
    case "tool-input-start":
      if (part.providerExecuted === true) return [{ type: "activity" }];
      return said(toolCalls.take({ index: null, id: part.id, name: part.toolName, argumentsText: "" }));
    case "tool-input-delta":
      return said(toolCalls.take({ index: null, id: part.id, name: null, argumentsText: part.delta }));
    case "tool-call":
      if (part.providerExecuted === true) return [{ type: "activity" }];
      return said(toolCalls.take({ index: null, id: part.toolCallId, name: part.toolName, argumentsText: part.input }));
    case "error":
      throw new FailureError(readStreamError(part.error, reading));
    case "finish":
      return readFinish(part, reading);
    default:
      return [{ type: "activity" }];
  }
}

function readFinish(part: Extract<LanguageModelV4StreamPart, { type: "finish" }>, reading: Reading): ProviderPart[] {
  const { host, toolCalls } = reading;
  const { unified, raw } = part.finishReason;
  // "interrupted" is the SDK's word for a close without the wire's end signal.
  if (unified === "interrupted") throw new FailureError(truncated(host));
  if (unified === "error") {
    const message = `${host} broke off with an error that it does not name.`;
    throw new FailureError({ kind: "server-error", status: 200, message });
  }
  const usage = readUsage(part.usage);
  const usageParts: ProviderPart[] = usage ? [{ type: "usage", usage, reportedCostUsd: null }] : [];
  const calls = toolCalls.end({ cut: unified === "length" ? "yes" : "no" });
  reading.failure = isMalformedCall(raw ?? "") ? malformedCall(host) : calls.failure;
  // What the vendor counted before it broke is billed, so it is told.
  if (reading.failure) return usageParts;
  const reason = withCalls(finishReasonOf(unified), calls.parts.length);
  return [...calls.parts, ...usageParts, { type: "finish", reason }];
}

/** What the SDK's vendors tell beside a block of thinking, whatever the vendor is called. */
const blockFactsSchema = z
  .looseObject({ signature: z.string().nullish().catch(null), redactedData: z.string().nullish().catch(null) })
  .catch({});

function readBlockFacts(metadata: unknown): { signature?: string | null; redactedData?: string | null } {
  const byVendor = z.record(z.string(), blockFactsSchema).safeParse(metadata);
  return byVendor.success ? (Object.values(byVendor.data)[0] ?? {}) : {};
}

function finishReasonOf(unified: string): FinishReason {
  const known = ["stop", "length", "content-filter", "tool-calls"] as const;
  return known.find((reason) => reason === unified) ?? "other";
}

/** The SDK has told the cached tokens apart already. Counts are made whole. Nothing counted is null, never zero. */
function readUsage({ inputTokens, outputTokens, raw }: LanguageModelV4Usage): Usage | null {
  const cacheRead = whole(inputTokens.cacheRead);
  const cacheWrite = whole(inputTokens.cacheWrite);
  const uncached = inputTokens.noCache ?? whole(inputTokens.total) - cacheRead - cacheWrite;
  const input = whole(uncached);
  const reasoning = whole(outputTokens.reasoning);
  const output = outputTokens.total === undefined ? whole(outputTokens.text) + reasoning : whole(outputTokens.total);
  if (input + cacheRead + cacheWrite + output === 0) return null;
  const usage = { input, cacheRead, cacheWrite, output, reasoning: Math.min(output, reasoning) };
  const cacheWrite1h = Math.min(
    cacheWrite,
    whole(rawUsageSchema.safeParse(raw).data?.cache_creation.ephemeral_1h_input_tokens),
  );
  return cacheWrite1h === 0 ? usage : { ...usage, cacheWrite1h };
}

/** How long Anthropic keeps what was written; the SDK gives the sum alone. */
const rawUsageSchema = z.looseObject({ cache_creation: z.looseObject({ ephemeral_1h_input_tokens: z.number() }) });

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

function readStreamError(error: unknown, { host, answerOf }: Reading): Failure {
  const network = explainNetworkError(error, host, transportPatienceMs);
  if (network) return network.kind === "network" ? truncated(host) : network;
  if (APICallError.isInstance(error)) return readCallError(error, answerOf);
  const said = error instanceof Error ? null : streamErrorSchema.safeParse(error).data;
  if (!said) return { kind: "malformed", message: `${host} sent an event that cannot be read.` };
  const body = JSON.stringify({ error: { message: said.message, type: said.type, code: said.statusCode } });
  return readError(answerOf(200, { "content-type": "application/json" }, body));
}

function readCallError(error: APICallError, answerOf: AnswerOf): Failure {
  return readError(answerIn(error, answerOf));
}

function answerIn(error: APICallError, answerOf: AnswerOf): ErrorAnswer {
  return answerOf(error.statusCode ?? 500, error.responseHeaders ?? {}, error.responseBody ?? error.message);
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
