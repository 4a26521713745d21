import * as z from "zod";
import { type Failure, FailureError } from "../../shared/failure.ts";
import { estimateParts } from "../core/count-parts.ts";
import { estimateTokens } from "../core/estimate-tokens.ts";
import { isCloudModel, largestLoad, windowToLoad } from "../core/ollama-window.ts";
import type { FimRequest, ProviderPart, ProviderRequest } from "../core/provider.ts";
import type { DecoderOptions } from "./decode-events.ts";
import { createOllamaDecoder } from "./decode-ollama.ts";
import { encodeOllamaChat, encodeOllamaFill } from "./encode-ollama.ts";
import type { Http, HttpResponse } from "./http.ts";
import { mustCarryParts, needsOf } from "./model-quirks.ts";
import type { OllamaMemory } from "./ollama.ts";
import { authorize, type ProviderFacts } from "./provider-facts.ts";
import { readAnswer } from "./read-answer.ts";
import { readErrorBody } from "./read-body.ts";
import { type ErrorAnswer, readError, wordsOf } from "./read-error.ts";
import { cannotFill, readFillRefusal } from "./read-fill-refusal.ts";
import { readJson } from "./read-json.ts";
import { readNeedRefusal } from "./read-need-refusal.ts";

/** More models than one machine holds; past it what was said of them is learned anew. */
const rememberedModels = 500;

interface Asked {
  facts: ProviderFacts;
  http: Http;
  memory: OllamaMemory;
}

/** A request that may have to be sent twice, with a larger window. */
interface Call {
  path: "/api/chat" | "/api/generate";
  modelId: string;
  promptTokens: number;
  roomTokens: number;
  /** The most that the route may load; null: nobody says it. */
  mostTokens: number | null;
  encode(windowTokens: number | null): Record<string, unknown>;
  explain(answer: ErrorAnswer): Failure;
}

/** An answer in chat. Throws as `Provider.stream` does. */
export async function* chat(
  asked: Asked,
  request: ProviderRequest,
  signal: AbortSignal,
): AsyncGenerator<ProviderPart, void, undefined> {
  const { quirks } = asked.memory;
  quirks.mustTake(request);
  mustCarryParts(request, "ollama", new URL(asked.facts.baseUrl).host);
  const { modelId, messages, tools = [] } = request;
  const texts = messages.reduce((sum, { text }) => sum + estimateTokens(text), 0);
  yield* answer(
    asked,
    {
      path: "/api/chat",
      modelId,
      promptTokens: texts + estimateParts({ messages, tools }),
      roomTokens: request.maxOutputTokens,
      mostTokens: request.windowTokens ?? null,
      encode: (windowTokens) => encodeOllamaChat(request, windowTokens),
      explain(refused) {
        const failure = explain(refused);
        const refusal = readNeedRefusal(refused, failure, needsOf(request));
        if (refusal === null) return failure;
        quirks.learn(modelId, refusal.need, refusal.failure);
        return refusal.failure;
      },
    },
    signal,
  );
}

/** A hole filled. Throws as `Provider.fill` does. */
export async function* generate(
  asked: Asked,
  request: FimRequest,
  signal: AbortSignal,
): AsyncGenerator<ProviderPart, void, undefined> {
  const { modelId, wire } = request;
  const { fillRefusals } = asked.memory;
  const known = wire === "suffix" ? fillRefusals.get(modelId) : undefined;
  if (known !== undefined) throw new FailureError(known);
  const encode = (windowTokens: number | null) => {
    const body = encodeOllamaFill(request, windowTokens);
    if (body === null) {
      throw new FailureError(cannotFill({ host: new URL(asked.facts.baseUrl).host, modelId, status: 0 }));
    }
    return body;
  };
  yield* answer(
    asked,
    {
      path: "/api/generate",
      modelId,
      promptTokens: estimateTokens(request.prefix) + estimateTokens(request.suffix),
      roomTokens: request.maxOutputTokens,
      mostTokens: request.windowTokens ?? null,
      encode,
      explain(refused) {
        const failure = explain(refused);
        const refusal = wire === "suffix" ? readFillRefusal(refused, failure) : null;
        if (refusal === null) return failure;
        if (fillRefusals.size >= rememberedModels) fillRefusals.clear();
        fillRefusals.set(modelId, refusal);
        return refusal;
      },
    },
    signal,
  );
}

async function* answer(asked: Asked, call: Call, signal: AbortSignal): AsyncGenerator<ProviderPart, void, undefined> {
  const response = await open(asked, call, signal);
  const { facts } = asked;
  const options: DecoderOptions = {
    host: new URL(facts.baseUrl).host,
    modelId: call.modelId,
    headers: response.headers,
    secrets: facts.key === null ? [] : [facts.key],
    zeroCost: facts.row.zeroCost,
    nowMs: facts.now(),
  };
  yield* readAnswer(response, createOllamaDecoder(options), options);
}

/** The response to a request that was accepted. A prompt that turns out longer than it was taken for gets the next window. */
async function open({ facts, http, memory }: Asked, call: Call, signal: AbortSignal): Promise<HttpResponse> {
  const { modelId, mostTokens } = call;
  const { windows } = memory;
  let windowTokens = isCloudModel({ origin: facts.origin, modelId })
    ? null
    : windowToLoad({ ...call, windowTokens: mostTokens, lastTokens: windows.get(modelId) ?? 0 });
  for (;;) {
    const body = JSON.stringify(call.encode(windowTokens));
    if (windowTokens !== null) remember(windows, modelId, windowTokens);
    const response = await http.request(facts.baseUrl + call.path, {
      method: "POST",
      headers: { ...authorize(facts), accept: "application/x-ndjson", "content-type": "application/json" },
      body,
      signal,
    });
    if (response.status === 200) return response;
    const failure = call.explain({
      status: response.status,
      headers: response.headers,
      body: await readErrorBody(response.body),
      host: new URL(facts.baseUrl).host,
      modelId,
      secrets: facts.key === null ? [] : [facts.key],
      nowMs: facts.now(),
    });
    const most = largestLoad(mostTokens);
    if (failure.kind !== "context-length" || windowTokens === null || windowTokens >= most) {
      throw new FailureError(failure);
    }
    windowTokens = Math.min(most, windowTokens * 2);
  }
}

function remember(windows: Map<string, number>, modelId: string, windowTokens: number): void {
  if (windows.size >= rememberedModels && !windows.has(modelId)) windows.clear();
  windows.set(modelId, windowTokens);
}

const errorSchema = z.looseObject({ error: z.string(), signin_url: z.string().optional() });

/** What an error of Ollama's means, with the mend where it is a command of its own. Its errors are words, without a code. */
function explain(answer: ErrorAnswer): Failure {
  const failure = readError(answer);
  const said = readJson(answer.body, errorSchema);
  if (said === undefined || answer.host === "ollama.com" || answer.modelId === null) return failure;
  const { host, modelId, status } = answer;
  const words = wordsOf(answer);
  // A path that it does not have it answers without JSON.
  if (status === 404) {
    const name = /^[\w./:-]+$/.test(modelId) ? modelId : "NAME";
    const message = `${host} has no model "${modelId}".${words} Run "ollama pull ${name}" there, or correct the name in wayfare.tiers.`;
    return { kind: "unknown-model", model: modelId, message };
  }
  if (status === 401 && said.signin_url !== undefined) {
    const message = `"${modelId}" runs in Ollama's cloud, and ${host} is not signed in there (401).${words} Run "ollama signin" there.`;
    return { kind: "auth", status, message };
  }
  if (failure.kind === "server-error" && /more system memory|out of memory|cudaMalloc failed/i.test(said.error)) {
    const mend = "Choose a smaller model, or write a smaller windowTokens for it in wayfare.providers.";
    return { ...failure, message: `${failure.message} ${mend}` };
  }
  return failure;
}
