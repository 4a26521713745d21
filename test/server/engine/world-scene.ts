import type { ListedModel, Price, Provider } from "../../../server/core/provider.ts";
import type { RoutingWeights } from "../../../server/core/routing-weights.ts";
import { createWorld, type RunningPlayground, type WorldDeps } from "../../../server/engine/configure.ts";
import type { Http } from "../../../server/providers/http.ts";
import type { Failure } from "../../../shared/failure.ts";
import { resolveBaseUrl } from "../../../shared/presets.ts";
import type { ConfigureParams } from "../../../shared/protocol.ts";
import type { ProviderSetting } from "../../../shared/settings.ts";

/** A price of one tier, in USD per million tokens. */
export const price = (inputUsd: number, outputUsd: number, source: Price["source"] = "provider"): Price => ({
  source,
  tiers: [{ fromInputTokens: 0, inputUsd, outputUsd, cacheReadUsd: inputUsd, cacheWriteUsd: inputUsd }],
});
/** A model as a provider lists it, with nothing told of it but what is given. */
export const listed = (id: string, extra: Partial<ListedModel> = {}): ListedModel => ({
  id,
  windowTokens: null,
  maxOutputTokens: null,
  price: null,
  ...extra,
});

interface Setup {
  lists?: Record<string, ListedModel[]>;
  known?: Record<string, { price: Price; windowTokens: number | null }>;
  ledger?: Failure | null;
  playgroundFails?: boolean;
  /** Of the package; absent: nothing is read. */
  trained?: { weights: RoutingWeights } | { problem: string };
}

/** A world of made-up providers, and a count of all that it opened and closed. */
export function world({ lists = {}, known = {}, ledger = null, playgroundFails = false, trained }: Setup = {}) {
  const made: { setting: ProviderSetting; key: string | null }[] = [];
  const seen = { https: 0, httpsClosed: 0, playgrounds: 0, playgroundsClosed: 0, looked: [] as string[] };
  const deps: WorldDeps = {
    now: () => 1_000,
    ...(trained === undefined ? {} : { trainedWeights: async () => trained }),
    createHttp: () => {
      seen.https += 1;
      return {
        close: async () => {
          seen.httpsClosed += 1;
        },
      } as Http;
    },
    createProvider: ({ setting, key }) => {
      made.push({ setting, key });
      const address = resolveBaseUrl(setting);
      if (!address.ok) throw new Error(address.message);
      return {
        id: setting.id,
        wire: setting.preset === "anthropic" ? "anthropic" : "openai-compatible",
        origin: address.origin,
      } as Provider;
    },
    findKnownPrice: async ({ modelId }) => {
      seen.looked.push(modelId);
      return known[modelId] ?? null;
    },
    modelLists: {
      read: (providerId) => (lists[providerId] ? { models: lists[providerId], asOfMs: 1 } : null),
    },
    ledgerFailure: () => ledger,
    async startPlayground(): Promise<RunningPlayground> {
      if (playgroundFails) throw new Error("No port is free.");
      seen.playgrounds += 1;
      return {
        openAiBaseUrl: "http://127.0.0.1:4000/openai/v1",
        anthropicBaseUrl: "http://127.0.0.1:4000/anthropic/v1",
        apiKey: "playground-key",
        models: [
          {
            id: "sim-small",
            wire: "openai-compatible",
            tier: "cheap",
            price: price(0.15, 0.6),
            windowTokens: 128_000,
            maxOutputTokens: 8_192,
            fim: "suffix",
          },
          {
            id: "sim-large",
            wire: "anthropic",
            tier: "frontier",
            price: price(3, 15),
            windowTokens: 200_000,
            maxOutputTokens: 8_192,
          },
        ],
        log: () => [],
        breakRoute: ({ modelId, fault }) => [{ modelId, fault }],
        close: async () => {
          seen.playgroundsClosed += 1;
        },
      };
    },
  };
  return { world: createWorld(deps), made, seen };
}

/** What the client sends; `keys` are of provider, origin and key. */
export function settings(
  configuration: object,
  keys: [string, string, string][] = [],
  trusted = true,
): ConfigureParams {
  return {
    configuration: {
      providers: undefined,
      tiers: undefined,
      mode: undefined,
      quality: undefined,
      playground: undefined,
      network: {},
      ...configuration,
    },
    keys: keys.map(([providerId, origin, key]) => ({ providerId, origin, key })),
    trusted,
  };
}

export const openai = { id: "openai", preset: "openai" };
export const openaiKey: [string, string, string] = ["openai", "https://api.openai.com", "sk-1"];
