import type {
  Relay,
  RelayBeginning,
  RelayBill,
  RelayEnd,
  RelayListener,
  RelayModel,
  RelayRequest,
} from "../../../server/core/relay.ts";

/** An engine whose answers a test writes. */

export interface Asking {
  request: RelayRequest;
  listener: RelayListener;
  signal: AbortSignal;
}

export interface FakeRelay extends Relay {
  readonly asked: Asking[];
  /** The next request that is asked from now on. */
  next(): Promise<Asking>;
}

/** `answer` is run for each request, and the books are kept when it resolves. Without one an answer ends with its signal. */
export function createFakeRelay(answer?: (asking: Asking) => Promise<void> | void): FakeRelay {
  const asked: Asking[] = [];
  const waiting: ((asking: Asking) => void)[] = [];
  return {
    asked,
    next: () => new Promise((resolve) => waiting.push(resolve)),
    async ask(request, listener, signal) {
      const asking = { request, listener, signal };
      asked.push(asking);
      waiting.shift()?.(asking);
      if (answer !== undefined) await answer(asking);
      else if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
      if (signal.aborted) listener.end({ state: "cancelled", bill });
    },
    models: () => models,
    countTokens: () => ({ inputTokens: 7 }),
  };
}

export const models: RelayModel[] = [
  { id: "auto", tier: null, windowTokens: null, maxOutputTokens: null },
  { id: "cheap", tier: "cheap", windowTokens: 128_000, maxOutputTokens: 8_192 },
  { id: "openrouter/meta/llama-3", tier: "cheap", windowTokens: 8_192, maxOutputTokens: null },
];

export const beginning: RelayBeginning = {
  route: { providerId: "acme", modelId: "vendor/large-1", tier: "frontier", simulated: false },
  reason: "long question → frontier",
  attempts: 2,
  notSent: [],
  inputTokens: 12,
};

const attempt: RelayBill["attempts"][number] = {
  id: "a1",
  providerId: "acme",
  modelId: "vendor/large-1",
  tier: "frontier",
  outcome: "done",
  failure: null,
  startedAtMs: 0,
  firstTokenMs: 1,
  durationMs: 2,
  usage: null,
  heldNano: 0,
  costNano: 1_260,
  costSource: "computed",
};

export const bill: RelayBill = {
  attempts: [attempt, attempt, attempt],
  costNano: 1_260,
  costSource: "computed",
};

export function done(
  text: string,
  changes: Partial<Extract<RelayEnd, { state: "done" }>> = {},
): Extract<RelayEnd, { state: "done" }> {
  return {
    state: "done",
    beginning,
    text,
    toolCalls: [],
    reasoning: [],
    finishReason: "stop",
    usage: { input: 10, cacheRead: 4, cacheWrite: 2, output: 5, reasoning: 3 },
    bill,
    ...changes,
  };
}

/** Says `texts` one after the other, and ends. */
export function say(...texts: string[]): (asking: Asking) => void {
  return ({ listener }) => {
    listener.begin(beginning);
    for (const text of texts) listener.part({ type: "text-delta", text });
    listener.end(done(texts.join("")));
  };
}
