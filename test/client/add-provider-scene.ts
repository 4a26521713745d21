import { expect } from "vitest";
import { addProvider, type NewProvider } from "../../client/add-provider.ts";
import type { ModelSummary } from "../../shared/answer.ts";
import { resolveBaseUrl } from "../../shared/presets.ts";
import type { LocalServer, TestConnectionParams, TestConnectionResult } from "../../shared/protocol.ts";
import { noLogin, type Reply, scriptedDialog } from "./scripted-dialog.ts";

/** Add Provider with a person who answers from a script, and a provider that answers as it is told. */

function modelOf(modelId: string, input: number | null, output: number | null, windowTokens: number | null) {
  const model: ModelSummary = {
    providerId: "",
    modelId,
    tier: null,
    windowTokens,
    maxOutputTokens: null,
    inputPerMillionUsd: input,
    outputPerMillionUsd: output,
    priceSource: input === null ? null : input === 0 ? "free" : "provider",
    simulated: false,
  };
  return model;
}

const listed = [
  modelOf("large", 3, 15, 200_000),
  modelOf("small", 0.15, 0.6, 128_000),
  modelOf("odd", null, null, null),
];

export const fits = (params: TestConnectionParams): TestConnectionResult => {
  const resolved = resolveBaseUrl(params);
  return {
    ok: true,
    baseUrl: resolved.ok ? resolved.baseUrl : "",
    models: listed.map((model) => ({ ...model, providerId: params.providerId })),
    tiers: { cheap: [`${params.providerId}/small`], frontier: [`${params.providerId}/large`] },
    elapsedMs: 12,
  };
};
export const refuses = (message: string) => (): TestConnectionResult => ({
  ok: false,
  failure: { kind: "auth", status: 401, message },
});
export const away = (message: string) => (): TestConnectionResult => ({
  ok: false,
  failure: { kind: "internal", message },
});

export async function play(
  script: readonly Reply[],
  options: {
    taken?: string[];
    environment?: Record<string, string>;
    local?: LocalServer[];
    tests?: ((params: TestConnectionParams) => TestConnectionResult)[];
  } = {},
): Promise<{ result: NewProvider | null; seen: string[]; tested: TestConnectionParams[]; logShown: number }> {
  const { dialog, seen, left } = scriptedDialog(script);
  const tests = [...(options.tests ?? [fits])];
  const tested: TestConnectionParams[] = [];
  let logShown = 0;
  const result = await addProvider({
    dialog,
    taken: options.taken ?? [],
    environment: options.environment ?? {},
    findLocalServers: async () => options.local ?? [],
    async testConnection(params) {
      tested.push(params);
      const test = tests.length > 1 ? tests.shift() : tests[0];
      return test ? test(params) : fits(params);
    },
    login: noLogin,
    showLog: () => {
      logShown += 1;
    },
  });
  expect(left()).toBe(0);
  return { result, seen, tested, logShown };
}
