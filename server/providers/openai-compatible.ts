import { type Failure, FailureError } from "../../shared/failure.ts";
import { templatePrompt } from "../core/fim-prompt.ts";
import type {
  FimRequest,
  FimWire,
  ListedModel,
  Provider,
  ProviderPart,
  ProviderRequest,
  StreamOptions,
} from "../core/provider.ts";
import { cancelOnReturn } from "./cancel-on-return.ts";
import { createChatDecoder } from "./decode-chat.ts";
import type { DecoderOptions } from "./decode-events.ts";
import { createInfillDecoder } from "./decode-infill.ts";
import { encodeChat, isMarkedPrefill, type OptionalParameter, parameterToLeaveOut } from "./encode-chat.ts";
import { betaBase, encodeFill } from "./encode-fill.ts";
import type { Http, HttpResponse } from "./http.ts";
import { samplingsLeftOut } from "./left-out.ts";
import { listModels } from "./list-models.ts";
import { createModelQuirks, needsOf } from "./model-quirks.ts";
import { authorize, type ProviderFacts } from "./provider-facts.ts";
import { readAnswer } from "./read-answer.ts";
import { readErrorBody } from "./read-body.ts";
import { type ErrorAnswer, readError } from "./read-error.ts";
import { cannotFill, readFillRefusal } from "./read-fill-refusal.ts";
import { askGeneration } from "./read-generation.ts";
import { readNeedRefusal } from "./read-need-refusal.ts";

/** Refusals to fill holes that are remembered, for as long as the provider lives. */
const rememberedRefusals = 500;

type Refused = Set<OptionalParameter>;

/** A request as it is sent, and what it means when the server does not take it. */
interface Call {
  modelId: string;
  /** Made anew for each try, for a parameter that was refused is left out of the next. */
  encode(refused: Refused): { url: string; body: Record<string, unknown> };
  /** What the next try does without, after this parameter was refused; null when there is none. */
  leaveOut(parameter: string | null, refused: Refused): OptionalParameter | null;
  explain(answer: ErrorAnswer): Failure;
}

/**
 * The wire that most vendors and all gateways speak, by our own hands: it is the hot path. A parameter that a server
 * refuses by name is left out at once and, for that model, from then on; what a request cannot do without (images, tools, a
 * begun answer) ends it, and `lacks` tells from then on. Where a server says that a model cannot fill
 * holes, that is remembered too: `canFill` tells it, and nothing is sent there again.
 */
export function openAiCompatible(facts: ProviderFacts, http: Http): Provider {
  const quirks = createModelQuirks<OptionalParameter>();
  /** `wire model` → why not. */
  const fillRefusals = new Map<string, Failure>();
  const host = new URL(facts.baseUrl).host;
  const secrets = facts.key === null ? [] : [facts.key];
  const tellsBills = facts.row.generationPath !== null && facts.key !== null;

  /** The response to a request that was accepted, with its body. Each refused parameter costs one more try, once. */
  async function open(
    call: Call,
    signal: AbortSignal,
  ): Promise<{ response: HttpResponse; body: Record<string, unknown> }> {
    const refused = quirks.refusedBy(call.modelId);
    for (;;) {
      const { url, body } = call.encode(refused);
      const response = await http.request(url, {
        method: "POST",
        headers: { ...authorize(facts), accept: "text/event-stream", "content-type": "application/json" },
        body: JSON.stringify(body),
        signal,
      });
      if (response.status === 200) return { response, body };
      const failure = call.explain({
        status: response.status,
        headers: response.headers,
        body: await readErrorBody(response.body),
        host,
        modelId: call.modelId,
        secrets,
        nowMs: facts.now(),
        rateCodes: facts.row.rateCodes,
        behind: facts.row.behind,
      });
      const parameter = failure.kind === "bad-request" ? call.leaveOut(failure.parameter, refused) : null;
      if (parameter === null) throw new FailureError(failure);
      refused.add(parameter);
    }
  }

  function decoderOptions(modelId: string, response: HttpResponse): DecoderOptions {
    const { headers } = response;
    const options = {
      host,
      modelId,
      headers,
      secrets,
      zeroCost: facts.row.zeroCost,
      cachedTokens: facts.row.cachedTokens,
      nowMs: facts.now(),
      rateCodes: facts.row.rateCodes,
      behind: facts.row.behind,
    };
    return tellsBills ? { ...options, generationIds: "told" } : options;
  }

  async function* stream(request: ProviderRequest, signal: AbortSignal): AsyncGenerator<ProviderPart, void, undefined> {
    quirks.mustTake(request);
    const call: Call = {
      modelId: request.modelId,
      encode: (refused) => ({
        url: `${isMarkedPrefill(request, facts.row) ? betaBase(facts) : facts.baseUrl}/chat/completions`,
        body: encodeChat(request, facts.row, refused),
      }),
      leaveOut: (parameter, refused) => parameterToLeaveOut(parameter, request, facts.row, refused),
      explain(answer) {
        const failure = readError(answer);
        const refusal = readNeedRefusal(answer, failure, needsOf(request));
        if (refusal === null) return failure;
        quirks.learn(request.modelId, refusal.need, refusal.failure);
        return refusal.failure;
      },
    };
    const { response, body } = await open(call, signal);
    const options = decoderOptions(request.modelId, response);
    const leftOut = samplingsLeftOut(request, body);
    if (leftOut.length > 0) yield { type: "activity", leftOut };
    yield* readAnswer(response, createChatDecoder(options), options);
  }

  async function* fill(request: FimRequest, signal: AbortSignal): AsyncGenerator<ProviderPart, void, undefined> {
    const { modelId, wire, temperature } = request;
    const name = `${wire} ${modelId}`;
    const known = fillRefusals.get(name);
    if (known !== undefined) throw new FailureError(known);
    const noMarks = () => new FailureError(cannotFill({ host, modelId, status: 0 }));
    const call: Call = {
      modelId,
      encode(refused) {
        const encoded = encodeFill(request, facts, refused);
        if (encoded === null) throw noMarks();
        return encoded;
      },
      leaveOut: (parameter, refused) =>
        parameter === "stream_options" || parameter === "temperature"
          ? parameterToLeaveOut(parameter, {}, facts.row, refused)
          : null,
      explain(answer) {
        const failure = readError(answer);
        const refusal = readFillRefusal(answer, failure);
        if (refusal === null) return failure;
        if (fillRefusals.size >= rememberedRefusals) fillRefusals.clear();
        fillRefusals.set(name, refusal);
        return refusal;
      },
    };
    const { response, body } = await open(call, signal);
    const options = decoderOptions(modelId, response);
    const leftOut = samplingsLeftOut({ ...(temperature === undefined ? {} : { temperature }) }, body);
    if (leftOut.length > 0) yield { type: "activity", leftOut };
    const decoder = wire === "infill" ? createInfillDecoder(options) : createChatDecoder(options);
    yield* readAnswer(response, decoder, options);
  }

  return {
    id: facts.id,
    wire: "openai-compatible",
    origin: facts.origin,
    stream: (request, { signal }) => cancelOnReturn(signal, (own) => stream(request, own)),
    fill: (request, { signal }) => cancelOnReturn(signal, (own) => fill(request, own)),
    canFill: (modelId: string, wire: FimWire) =>
      !fillRefusals.has(`${wire} ${modelId}`) &&
      (wire !== "template" || templatePrompt(modelId, { prefix: "", suffix: "" }) !== null),
    lacks: quirks.lacks,
    ...(tellsBills
      ? { billOf: (id: string, { signal }: StreamOptions) => askGeneration(facts, http, id, signal) }
      : {}),
    listModels: ({ signal }): Promise<ListedModel[]> => listModels(facts, http, signal),
  };
}
