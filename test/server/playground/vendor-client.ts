import { onTestFinished } from "vitest";
import {
  type Playground,
  type PlaygroundOptions,
  startPlayground,
  type VendorModel,
} from "../../../server/playground/start-playground.ts";

/** A caller of the simulated vendors that is none of Wayfare's own adapters, so that the wire itself is tested. */
export const apiKey = "playground-test-key";

export async function start(options: Partial<PlaygroundOptions> = {}): Promise<Playground> {
  const playground = await startPlayground({ apiKey, pace: "instant", ...options });
  onTestFinished(() => playground.close());
  return playground;
}

/** A model that says what it is told to. */
export function scripted(id: string, text: string, more: Partial<VendorModel> = {}): VendorModel {
  const tier = { fromInputTokens: 0, inputUsd: 1, outputUsd: 2, cacheReadUsd: 0.1, cacheWriteUsd: 1.25 };
  return {
    id,
    wire: "openai-compatible",
    tier: "cheap",
    windowTokens: 10_000,
    maxOutputTokens: 4_000,
    price: { source: "provider", tiers: [tier] },
    answer: () => text,
    ...more,
  };
}

export type Body = Record<string, unknown>;

export function askOpenAi(playground: Playground, body: Body, more: RequestInit = {}): Promise<Response> {
  return fetch(`${playground.openAiBaseUrl}/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
    body: JSON.stringify({ messages: [{ role: "user", content: "hello" }], ...body }),
    ...more,
  });
}

export function askAnthropic(playground: Playground, body: Body, more: RequestInit = {}): Promise<Response> {
  return fetch(`${playground.anthropicBaseUrl}/messages`, {
    method: "POST",
    headers: { "x-api-key": apiKey, "anthropic-version": "2023-06-01", "content-type": "application/json" },
    body: JSON.stringify({ max_tokens: 1_000, messages: [{ role: "user", content: "hello" }], ...body }),
    ...more,
  });
}

// biome-ignore lint/suspicious/noExplicitAny: events are picked apart by the test that reads them
export type Event = any;

/** The JSON of each `data:` line, in order; `[DONE]` as a string. */
export function eventsIn(stream: string): Event[] {
  return stream
    .split("\n")
    .filter((line) => line.startsWith("data: "))
    .map((line) => (line === "data: [DONE]" ? "[DONE]" : JSON.parse(line.slice(6))));
}

export function textOf(events: readonly Event[]): string {
  return events.map((event) => event.choices?.[0]?.delta?.content ?? event.delta?.text ?? "").join("");
}

/** Waits for something that is on its way over a socket; fails after two seconds. */
export async function until(isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 400; turn++) {
    if (isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error("It did not happen in two seconds.");
}
