import type { LanguageModelV4, LanguageModelV4Usage } from "@ai-sdk/provider";
import { expect, it } from "vitest";
import type { ProviderPart } from "../../../server/core/provider.ts";
import { aiSdkProvider } from "../../../server/providers/ai-sdk.ts";
import type { Http } from "../../../server/providers/http.ts";
import type { ProviderFacts } from "../../../server/providers/provider-facts.ts";

/** The count that comes of what the SDK says at the end of an answer. */
async function countOf(usage: unknown) {
  const parts = [
    { type: "text-delta", id: "1", delta: "x" },
    { type: "finish", finishReason: { unified: "stop", raw: "stop" }, usage },
  ];
  const stream = new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(part);
      controller.close();
    },
  });
  const model = { doStream: async () => ({ stream }) } as unknown as LanguageModelV4;
  const facts = {
    id: "a",
    baseUrl: "https://a.example.com",
    origin: "https://a.example.com",
    key: null,
    row: {},
    now: () => 0,
  };
  const provider = aiSdkProvider(facts as unknown as ProviderFacts, {} as Http, {
    load: async () => model,
    optionsName: "a",
    options: () => ({}),
    cacheMark: () => null,
    thinking: { signature: "signature", encrypted: "encrypted", tags: [] },
  });
  const told: ProviderPart[] = [];
  const request = { modelId: "m", messages: [], maxOutputTokens: 1 };
  for await (const part of provider.stream(request, { signal: new AbortController().signal })) told.push(part);
  const found = told.find((part) => part.type === "usage");
  return found?.type === "usage" ? found.usage : null;
}

const usage = (input: object, output: object): LanguageModelV4Usage =>
  ({ inputTokens: input, outputTokens: output }) as LanguageModelV4Usage;

it("gives whole counts that are not below zero, whatever the SDK says", async () => {
  expect(
    await countOf(usage({ noCache: 1.5, cacheRead: -3, cacheWrite: 2.2 }, { total: 10.4, reasoning: 20.6 })),
  ).toEqual({ input: 2, cacheRead: 0, cacheWrite: 2, output: 10, reasoning: 10 });
  expect(await countOf(usage({ total: 100.5, cacheRead: 40.2 }, { text: 3, reasoning: Number.NaN }))).toEqual({
    input: 61,
    cacheRead: 40,
    cacheWrite: 0,
    output: 3,
    reasoning: 0,
  });
});

it("takes a count of nothing for no count", async () => {
  expect(await countOf(usage({ total: -5 }, { total: Number.POSITIVE_INFINITY }))).toBeNull();
});
