import type { Provider, ProviderPart, ProviderRequest, Route } from "../../../server/core/provider.ts";
import { type Clock, sleep } from "../../../server/engine/clock.ts";
import type { Usage } from "../../../shared/answer.ts";
import { type Failure, FailureError } from "../../../shared/failure.ts";

/** What a scripted provider does, step after step. */
export type Step =
  | ProviderPart
  | { type: "wait"; ms: number }
  /** Nothing any more, until it is aborted. */
  | { type: "hang" }
  /** Nothing any more, and deaf to its signal. */
  | { type: "deaf" }
  | { type: "fail"; failure: Failure }
  | { type: "throw"; error: unknown };

export interface ScriptedProvider extends Provider {
  requests: ProviderRequest[];
  /** How many streams were closed: by their end, by an abort, or by an early return. */
  closed(): number;
  aborted(): number;
}

/** A provider that plays one script per request, the last one again when they run out. */
export function scriptedProvider(clock: Clock, scripts: readonly (readonly Step[])[], id = "fake"): ScriptedProvider {
  const requests: ProviderRequest[] = [];
  let closed = 0;
  let aborted = 0;
  return {
    id,
    wire: "openai-compatible",
    origin: `https://${id}.example.com`,
    requests,
    closed: () => closed,
    aborted: () => aborted,
    listModels: async () => [],
    async *stream(request, { signal }) {
      const script = scripts[Math.min(requests.length, scripts.length - 1)] ?? [];
      requests.push(request);
      signal.addEventListener("abort", () => aborted++, { once: true });
      try {
        for (const step of script) {
          if (step.type === "wait") await sleep(clock, step.ms, signal);
          else if (step.type === "hang")
            await new Promise((_, reject) =>
              signal.addEventListener("abort", () => reject(new DOMException("stop", "AbortError"))),
            );
          else if (step.type === "deaf") await new Promise(() => undefined);
          else if (step.type === "fail") throw new FailureError(step.failure);
          else if (step.type === "throw") throw step.error;
          else yield step;
        }
      } finally {
        closed++;
      }
    },
  };
}

export function text(value: string): Step {
  return { type: "text-delta", text: value };
}

export function usage(input: number, output: number, reportedCostUsd: number | null = null): Step {
  const counts: Usage = { input, cacheRead: 0, cacheWrite: 0, output, reasoning: 0 };
  return { type: "usage", usage: counts, reportedCostUsd };
}

export const activity: Step = { type: "activity" };
export const finish: Step = { type: "finish", reason: "stop" };

/** $1 a million in, $2 a million out: 1,000 and 2,000 nano-dollars a token. */
export function routeOf(providerId: string, extra: Partial<Route> = {}): Route {
  const tier = { fromInputTokens: 0, inputUsd: 1, outputUsd: 2, cacheReadUsd: 0.1, cacheWriteUsd: 1 };
  return {
    providerId,
    modelId: "m",
    tier: "cheap",
    wire: "openai-compatible",
    origin: `https://${providerId}.example.com`,
    price: { source: "provider", tiers: [tier] },
    windowTokens: 128_000,
    maxOutputTokens: null,
    simulated: false,
    ...extra,
  };
}
