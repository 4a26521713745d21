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
import { keySecrets } from "../../shared/redact.ts";
import { divideFields } from "../core/passed-on.ts";
import type { FinishReason, Provider, ProviderPart, ProviderRequest } from "../core/provider.ts";
import { cancelOnReturn } from "./cancel-on-return.ts";
import { createToolCallCollector, type ToolCallCollector } from "./collect-tool-calls.ts";
import { brokeOff, isMalformedCall, malformedCall, withCalls } from "./decode-events.ts";
import { encodeCall, type SdkParameter, type SdkVendorOptions, sdkParameterToLeaveOut } from "./encode-sdk-call.ts";
import { explainNetworkError, transportPatienceMs } from "./explain-network-error.ts";
import type { Http } from "./http.ts";
import { listModels } from "./list-models.ts";
import { createModelQuirks, mustCarryParts, needsOf } from "./model-quirks.ts";
import type { ProviderFacts } from "./provider-facts.ts";
import { drain } from "./read-body.ts";
import { type ErrorAnswer, readError } from "./read-error.ts";
import { quote } from "./read-error-body.ts";
import { readNeedRefusal } from "./read-need-refusal.ts";
import { headersPart } from "./read-rate-limits.ts";
import { chatUsageSchema, keptForAnHour, MOST_TOKENS } from "./read-usage.ts";
import type { Frames } from "./sound-frames.ts";
import { type AnswerOf, watchedFetch } from "./watched-fetch.ts";
import { withFields } from "./with-fields.ts";

export interface AiSdkVendor extends SdkVendorOptions {
  /** Makes the vendor's model. Everything it needs is given: these packages would look into the environment otherwise. */
  load(modelId: string, fetch: typeof globalThis.fetch, signal: AbortSignal): Promise<LanguageModelV4>;
  /** How the bytes of an answer are cut into events; absent: as server-sent events. */
  frames?: Frames;
  /** How the vendor counted the prompt, where an event tells it before the answer is whole; null in every other event. */
  promptUsage?(event: unknown): Usage | null;
  /** Beside the key, what must not be repeated: tokens that were got for it. */
  secrets?(): readonly string[];
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
      secrets: [...keySecrets(facts.key), ...(vendor.secrets?.() ?? [])],
      nowMs: facts.now(),
    });
    quirks.mustTake(request);
    mustCarryParts(request, facts.row.wire, host);
    const passed = divideFields(request.passedOn, facts.row.wire);
    let begun: "waiting" | "begun" = "waiting";
    let first: ProviderPart = { type: "activity" };
    let reader: ReadableStreamDefaultReader<LanguageModelV4StreamPart> | null = null;
    let over: "left" | "read" = "left";
    /** Why the bytes ended before the answer did. */
    let fault: unknown = null;
    const onFault = (error: unknown) => {
      fault = error;
    };
    const ended = () => fault ?? new FailureError(brokeOff(host));
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
        const model = await vendor.load(
          request.modelId,
          watchedFetch(withFields(http.fetch, passed.raw), { onHeaders, onFault }, answerOf, vendor.frames ?? "sse"),
          signal,
        );
        const call = encodeCall(request, vendor, { refused: quirks.refusedBy(request.modelId), passed, signal });
        const opening = Promise.resolve(model.doStream(call));
        // Who leaves now never sees how the opening ends.
        opening.catch(() => {});
        // The SDK waits for the first event before it answers; the headers are told as soon as they are there.
        await Promise.race([headers, opening]);
        yield first;
        const opened = await opening.then(
          ({ stream: parts }) => parts,
          (error: unknown) => {
            if (fault !== null) throw fault;
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
        vendor,
        answerOf,
        toolCalls,
        block: noBlock,
        failure: null,
        ended,
      };
      for (;;) {
        const step = await reader.read();
        if (step.done) throw ended();
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
  tags: Readonly<Record<string, string>>;
}

const noBlock: OpenBlock = { signature: null, redactedData: null, tags: {} };

interface Reading {
  host: string;
  vendor: AiSdkVendor;
  answerOf: AnswerOf;
  toolCalls: ToolCallCollector;
  block: OpenBlock;
  /** Set at the end, after which the parts beside it still hold. */
  failure: Failure | null;
  /** What a stream is told to have come to that ended without its end signal. */
  ended(): unknown;
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
      const told = readBlockFacts(part.providerMetadata, reading.vendor);
      reading.block = {
        signature: told.signature ?? block.signature,
        redactedData: told.redactedData ?? block.redactedData,
        tags: { ...block.tags, ...told.tags },
      };
      if (part.type === "reasoning-delta" && part.delta !== "") return [{ type: "reasoning-delta", text: part.delta }];
      if (part.type !== "reasoning-end") return [{ type: "activity" }];
      const { signature, redactedData, tags } = reading.block;
      reading.block = noBlock;
      const end: ProviderPart = { type: "reasoning-end", signature, redactedData };
      return [Object.keys(tags).length === 0 ? end : { ...end, tags }];
    }
    case "tool-input-start":
      if (part.providerExecuted === true) return [{ type: "activity" }];
      return said(toolCalls.take({ index: null, id: part.id, name: part.toolName, argumentsText: "" }));
    case "tool-input-delta":
      return said(toolCalls.take({ index: null, id: part.id, name: null, argumentsText: part.delta }));
    case "tool-call":
      if (part.providerExecuted === true) return [{ type: "activity" }];
      return said(
        toolCalls.take({
          index: null,
          id: part.toolCallId,
          name: part.toolName,
          argumentsText: part.input,
          signature: readBlockFacts(part.providerMetadata, reading.vendor).signature,
        }),
      );
    case "error":
      throw new FailureError(readStreamError(part.error, reading));
    case "raw":
      return readPromptUsage(part.rawValue, reading);
    case "finish":
      return readFinish(part, reading);
    default:
      return [{ type: "activity" }];
  }
}

/** What the vendor has counted so far, where an event tells it before the end. [] in every other event. */
function readPromptUsage(event: unknown, { vendor }: Reading): ProviderPart[] {
  const usage = vendor.promptUsage?.(event) ?? null;
  return usage === null ? [] : [{ type: "activity", promptUsage: usage }];
}

function readFinish(part: Extract<LanguageModelV4StreamPart, { type: "finish" }>, reading: Reading): ProviderPart[] {
  const { host, toolCalls } = reading;
  const { unified, raw } = part.finishReason;
  // "interrupted" is the SDK's word for a close without the wire's end signal; of Amazon's wire it says no reason then.
  if (unified === "interrupted" || (unified === "other" && raw === undefined)) throw reading.ended();
  if (unified === "error" && !isMalformedCall(raw ?? "")) {
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
  const stopSequence = stopSequenceSchema.safeParse(part.providerMetadata).data?.anthropic.stopSequence;
  const finish: ProviderPart = { type: "finish", reason, ...(stopSequence == null ? {} : { stopSequence }) };
  return [...calls.parts, ...usageParts, finish];
}

/** Anthropic alone names the sequence that ended an answer. */
const stopSequenceSchema = z.looseObject({ anthropic: z.looseObject({ stopSequence: z.string().nullish() }) });

/** What the SDK's vendors tell beside a block of thinking or a call, whatever the vendor is called. */
function readBlockFacts(metadata: unknown, { thinking }: AiSdkVendor): OpenBlock {
  const byVendor = metadataSchema.safeParse(metadata).data ?? {};
  const facts = Object.values(byVendor)[0] ?? {};
  const textOf = (name: string): string | null => z.string().min(1).safeParse(facts[name]).data ?? null;
  const tags = thinking.tags.flatMap((name) => {
    const text = textOf(name);
    return text === null ? [] : [[name, text] as const];
  });
  return {
    signature: textOf(thinking.signature),
    redactedData: textOf(thinking.encrypted),
    tags: Object.fromEntries(tags),
  };
}

const metadataSchema = z.record(z.string(), z.record(z.string(), z.unknown()).catch({}));

function finishReasonOf(unified: string): FinishReason {
  const known = ["stop", "length", "content-filter", "tool-calls"] as const;
  return known.find((reason) => reason === unified) ?? "other";
}

/** What the vendor itself counted: how long the cache keeps what it wrote stands in no field of the SDK's. */
const vendorCountSchema = chatUsageSchema.pick({ cache_creation: true }).catch({ cache_creation: null });

/** The SDK has told the cached tokens apart already. Counts are made whole. Nothing counted is null, never zero. */
function readUsage({ inputTokens, outputTokens, raw }: LanguageModelV4Usage): Usage | null {
  const kept = vendorCountSchema.parse(raw ?? {}).cache_creation;
  const hour = kept?.ephemeral_1h_input_tokens ?? 0;
  const cacheRead = whole(inputTokens.cacheRead);
  const cacheWrite = Math.max(whole(inputTokens.cacheWrite), whole((kept?.ephemeral_5m_input_tokens ?? 0) + hour));
  const uncached = inputTokens.noCache ?? whole(inputTokens.total) - cacheRead - cacheWrite;
  const input = whole(uncached);
  const reasoning = whole(outputTokens.reasoning);
  const output = outputTokens.total === undefined ? whole(outputTokens.text) + reasoning : whole(outputTokens.total);
  if (input + cacheRead + cacheWrite + output === 0) return null;
  return {
    input,
    cacheRead,
    cacheWrite,
    ...keptForAnHour(cacheWrite, hour),
    output,
    reasoning: Math.min(output, reasoning),
  };
}

/** The SDK's types promise numbers; what a gateway sent in their place may have a fraction, a sign, or be no count at all. */
function whole(count: number | undefined): number {
  return count !== undefined && count <= MOST_TOKENS ? Math.max(0, Math.round(count)) : 0;
}

/** What the SDK's vendors put into an error part: plain facts about an error the vendor sent in its stream. */
const streamErrorSchema = z.looseObject({
  message: z.string(),
  type: z.string().nullish().catch(null),
  code: z.union([z.string(), z.number()]).nullish().catch(null),
  statusCode: z.number().nullish().catch(null),
  /** The error as it came. Google says in its details when to come back. */
  data: z
    .looseObject({ details: z.array(z.unknown()).nullish().catch(null) })
    .nullish()
    .catch(null),
});

function readStreamError(error: unknown, { host, answerOf }: Reading): Failure {
  const network = explainNetworkError(error, { host, connectTimeoutMs: transportPatienceMs });
  if (network) return network.kind === "network" ? brokeOff(host) : network;
  if (APICallError.isInstance(error)) return readCallError(error, answerOf);
  const said = error instanceof Error ? null : streamErrorSchema.safeParse(error).data;
  if (!said) return { kind: "malformed", message: `${host} sent an event that cannot be read.` };
  const { message, type, code, statusCode } = said;
  const details = said.data?.details;
  const body = JSON.stringify({ error: { message, type, code: code ?? statusCode, status: statusCode, details } });
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
  const known = explainNetworkError(error, { host, connectTimeoutMs: transportPatienceMs });
  // A connection that breaks after the headers is a cut answer.
  if (known) return failureErrorOf(begun === "begun" && known.kind === "network" ? brokeOff(host) : known, error);
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

function iteratorOf(reader: ReadableStreamDefaultReader<unknown>): AsyncIterator<unknown> {
  return {
    next: async () => ((await reader.read()).done ? { done: true, value: undefined } : { done: false, value: null }),
    async return() {
      await reader.cancel();
      return { done: true, value: undefined };
    },
  };
}
