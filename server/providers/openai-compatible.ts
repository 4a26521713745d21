import { FailureError } from "../../shared/failure.ts";
import type { ListedModel, Provider, ProviderPart, ProviderRequest } from "../core/provider.ts";
import { cancelOnReturn } from "./cancel-on-return.ts";
import { type ChatDecoder, createChatDecoder, type Decoded } from "./decode-chat.ts";
import { canDoWithout, encodeChat, type OptionalParameter } from "./encode-chat.ts";
import type { Http, HttpResponse } from "./http.ts";
import { listModels } from "./list-models.ts";
import { authorize, type ProviderFacts } from "./provider-facts.ts";
import { asCut, drain, readErrorBody } from "./read-body.ts";
import { readError } from "./read-error.ts";

/** Models whose quirks are remembered, for as long as the provider lives. */
const rememberedModels = 500;
/** After the finish reason only usage can follow; a server that then keeps the line open is not waited for longer. */
const tailMs = 3_000;

/**
 * The wire that most vendors and all gateways speak, by our own hands: it is the hot path. A parameter that a server
 * refuses by name is left out at once and, for that model, from then on.
 */
export function openAiCompatible(facts: ProviderFacts, http: Http): Provider {
  const refusedByModel = new Map<string, Set<OptionalParameter>>();
  const host = new URL(facts.baseUrl).host;
  const secrets = facts.key === null ? [] : [facts.key];

  function refusedBy(modelId: string): Set<OptionalParameter> {
    const known = refusedByModel.get(modelId);
    if (known) return known;
    if (refusedByModel.size >= rememberedModels) refusedByModel.clear();
    const fresh = new Set<OptionalParameter>();
    refusedByModel.set(modelId, fresh);
    return fresh;
  }

  /** The response to a request that was accepted. Each refused parameter costs one more try, and there are five. */
  async function open(request: ProviderRequest, signal: AbortSignal): Promise<HttpResponse> {
    const refused = refusedBy(request.modelId);
    for (;;) {
      const response = await http.request(`${facts.baseUrl}/chat/completions`, {
        method: "POST",
        headers: { ...authorize(facts), accept: "text/event-stream", "content-type": "application/json" },
        body: JSON.stringify(encodeChat(request, facts.row, refused)),
        signal,
      });
      if (response.status === 200) return response;
      const body = await readErrorBody(response.body);
      const failure = readError({
        status: response.status,
        headers: response.headers,
        body,
        host,
        modelId: request.modelId,
        secrets,
        nowMs: facts.now(),
      });
      if (failure.kind !== "bad-request" || !canDoWithout(failure.parameter, facts.row, refused)) {
        throw new FailureError(failure);
      }
      refused.add(failure.parameter);
    }
  }

  async function* stream(request: ProviderRequest, signal: AbortSignal): AsyncGenerator<ProviderPart, void, undefined> {
    const response = await open(request, signal);
    const decoder = createChatDecoder({
      host,
      modelId: request.modelId,
      headers: response.headers,
      secrets,
      zeroCost: facts.row.zeroCost,
      nowMs: facts.now(),
    });
    const chunks = response.body[Symbol.asyncIterator]();
    let over: "left" | "read" = "left";
    try {
      yield { type: "activity" };
      for await (const decoded of decode(chunks, decoder, host)) {
        yield* decoded.parts;
        if (decoded.failure) throw new FailureError(decoded.failure);
      }
      over = "read";
    } finally {
      if (over === "read") drain(chunks);
      else await chunks.return?.();
    }
  }

  return {
    id: facts.id,
    wire: "openai-compatible",
    origin: facts.origin,
    stream: (request, { signal }) => cancelOnReturn(signal, (own) => stream(request, own)),
    listModels: ({ signal }): Promise<ListedModel[]> => listModels(facts, http, signal),
  };
}

async function* decode(
  chunks: AsyncIterator<Uint8Array>,
  decoder: ChatDecoder,
  host: string,
): AsyncGenerator<Decoded, void, undefined> {
  let tail: Tail | null = null;
  try {
    for (;;) {
      const isFinishing = tail !== null;
      const step: IteratorResult<Uint8Array> = await (tail === null ? chunks.next() : tail.next()).catch(
        (error: unknown) => {
          // After the finish reason nothing of the answer can be missing any more.
          if (isFinishing && error instanceof FailureError) return ended;
          throw asCut(error, host);
        },
      );
      const decoded: Decoded = step.done ? decoder.end() : decoder.feed(step.value);
      if (decoded.state === "finishing") tail ??= createTail(chunks);
      yield decoded;
      if (decoded.state === "done" || step.done) return;
    }
  } finally {
    tail?.stop();
  }
}

const ended: IteratorReturnResult<undefined> = { done: true, value: undefined };

interface Tail {
  next(): Promise<IteratorResult<Uint8Array>>;
  stop(): void;
}

/** What comes after the finish reason, cut off `tailMs` after it however lively the line is. */
function createTail(chunks: AsyncIterator<Uint8Array>): Tail {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise<typeof ended>((resolve) => {
    timer = setTimeout(() => resolve(ended), tailMs);
  });
  return {
    next() {
      const step = chunks.next();
      // When patience wins, what this read ends with is nobody's concern.
      step.catch(() => {});
      return Promise.race([patience, step]);
    },
    stop: () => clearTimeout(timer),
  };
}
