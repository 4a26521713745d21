import { type PriceData, presentPriceData } from "../../../server/core/price-data.ts";
import type { ListedModel, Price, PriceHours, Provider } from "../../../server/core/provider.ts";
import { createWorld } from "../../../server/engine/configure.ts";
import { createPrices } from "../../../server/engine/prices.ts";
import type { Http } from "../../../server/providers/http.ts";
import { resolveBaseUrl } from "../../../shared/presets.ts";
import type { PriceChange } from "../../../shared/prices.ts";
import type { ConfigureParams } from "../../../shared/protocol.ts";
import { open } from "../store/books.ts";

export const DAY_MS = 86_400_000;
export const startMs = Date.UTC(2026, 10, 20, 12);
export const bundled = await presentPriceData();
export const asText = (data: PriceData) => JSON.stringify(data);
/** What came with the package, with other prices for one model. */
export const published = (vendorId: string, modelId: string, prices: object): string =>
  asText(
    bundled.map((vendor) => ({
      ...vendor,
      models: vendor.models.map((model) =>
        vendor.id === vendorId && model.id === modelId ? { ...model, prices: { ...prices } } : model,
      ),
    })),
  );

export const price = (inputUsd: number, outputUsd: number): Price => ({
  source: "provider",
  tiers: [{ fromInputTokens: 0, inputUsd, outputUsd, cacheReadUsd: inputUsd / 2, cacheWriteUsd: inputUsd }],
});
export const model = (id: string, inputUsd: number, outputUsd: number, hours?: readonly PriceHours[]): ListedModel => ({
  id,
  windowTokens: null,
  maxOutputTokens: null,
  price: price(inputUsd, outputUsd),
  ...(hours === undefined ? {} : { hours }),
});

interface Window {
  /** What the gateway lists when it is asked, or throws. */
  list: () => ListedModel[];
  /** What is published as the list of known prices. */
  body: () => string;
}

/** One window of a host: the store and the world are real, what is at the other end of the wire is given. */
export async function openWindow(
  store: Awaited<ReturnType<typeof open>>,
  at: { nowMs: number },
  given: Partial<Window> = {},
) {
  const seen = { asked: 0, downloaded: 0, told: [] as PriceChange[], faults: [] as string[] };
  const window: Window = { list: () => [], body: () => asText(bundled), ...given };
  const now = () => at.nowMs;
  const world = createWorld({
    now,
    createHttp: () => ({ close: async () => undefined }) as Http,
    createProvider({ setting }) {
      const address = resolveBaseUrl(setting);
      if (!address.ok) throw new Error(address.message);
      return {
        id: setting.id,
        wire: "openai-compatible",
        origin: address.origin,
        async listModels() {
          seen.asked += 1;
          return window.list();
        },
      } as Partial<Provider> as Provider;
    },
    findKnownPrice: (query) => prices.findKnownPrice(query),
    modelLists: store.modelLists,
    heldPrices: store.prices.held,
    ledgerFailure: () => null,
    startPlayground: () => Promise.reject(new Error("not here")),
  });
  let configured: ConfigureParams | null = null;
  const prices = createPrices({
    world,
    store: () => store,
    version: "1.0.0",
    async applyAgain() {
      if (configured !== null) await world.apply(configured);
      await prices.noteChanges();
    },
    now,
    random: () => 0.5,
    onChanged: (changes) => void seen.told.push(...changes),
    onFault: (message) => void seen.faults.push(message),
    async download() {
      seen.downloaded += 1;
      return window.body();
    },
  });
  const signal = new AbortController().signal;
  return {
    seen,
    window,
    prices,
    world,
    due: () => prices.refreshDue(signal),
    now: () => prices.refreshNow(signal),
    async configure(settings: object, keys: ConfigureParams["keys"] = []) {
      configured = {
        configuration: { network: {}, ...settings } as ConfigureParams["configuration"],
        keys,
        trusted: true,
        timeZone: "UTC",
      } as ConfigureParams;
      await world.apply(configured);
      await prices.noteChanges();
    },
    /** Input and output of each route now. */
    inForce: () =>
      world.scene().routes.map(({ modelId, price: found, priceAt }) => {
        const then = priceAt?.(at.nowMs).price ?? found;
        return [modelId, then === null || then === "free" ? then : [then.tiers[0].inputUsd, then.tiers[0].outputUsd]];
      }),
  };
}

export const gate = { id: "gate", preset: "openai-compatible", baseUrl: "https://gate.example/v1" };
export const gateway = (...ids: string[]) => ({
  providers: [gate],
  tiers: { cheap: ids.map((id) => `gate/${id}`), frontier: [] },
});
export const direct = {
  providers: [{ id: "openai", preset: "openai" }],
  tiers: { cheap: ["openai/gpt-4o-mini"], frontier: [] },
};
export const openAiKey = [{ providerId: "openai", origin: "https://api.openai.com", key: "sk-test" }];

export async function withList(...models: ListedModel[]) {
  const store = await open();
  await store.modelLists.save("gate", "https://gate.example", models, startMs - DAY_MS);
  return store;
}
