import type { Tier } from "../../shared/answer.ts";
import { FailureError } from "../../shared/failure.ts";
import type { BreakRouteParams, VendorLogRow } from "../../shared/protocol.ts";
import type { ProviderSetting } from "../../shared/settings.ts";
import type { FimWire, Price, Provider, SimulatedWire } from "../core/provider.ts";
import { playgroundProviderId } from "../core/read-providers.ts";
import type { Http } from "../providers/http.ts";
import type { KnownModel } from "./gather-models.ts";

/** The simulated vendors, as far as the world needs them. */
export interface RunningPlayground {
  openAiBaseUrl: string;
  anthropicBaseUrl: string;
  apiKey: string;
  models: readonly {
    id: string;
    wire: SimulatedWire;
    tier: Tier;
    price: Price;
    windowTokens: number | null;
    maxOutputTokens: number | null;
    fim?: FimWire | null;
  }[];
  log(): VendorLogRow[];
  /** Throws for a model that is not served. */
  breakRoute(params: BreakRouteParams): BrokenRoute[];
  close(): Promise<void>;
}

/** A simulated model and what is wrong with it. */
export interface BrokenRoute {
  modelId: string;
  fault: BreakRouteParams["fault"];
}

/** One provider for each wire that the simulated vendors speak. */
export function playgroundProviders(
  playground: RunningPlayground,
  http: Http,
  createProvider: (options: {
    setting: ProviderSetting;
    key: string | null;
    http: Http;
  }) => Provider | Promise<Provider>,
): Promise<Provider[]> {
  const wires = new Set(playground.models.map((model) => model.wire));
  const make = (wire: SimulatedWire): Provider | Promise<Provider> =>
    createProvider({
      setting: {
        id: playgroundProviderId,
        preset: wire,
        baseUrl: wire === "anthropic" ? playground.anthropicBaseUrl : playground.openAiBaseUrl,
      },
      key: playground.apiKey,
      http,
    });
  return Promise.all([...wires].map(make));
}

/** The simulated models that a provider serves. */
export function playgroundModels(
  playground: RunningPlayground,
  provider: Pick<Provider, "id" | "wire" | "origin">,
): (KnownModel & { tier: Tier })[] {
  return playground.models
    .filter((model) => model.wire === provider.wire)
    .map(({ id, wire, tier, price, windowTokens, maxOutputTokens, fim }) => ({
      providerId: provider.id,
      modelId: id,
      tier,
      wire,
      origin: provider.origin,
      price,
      windowTokens,
      maxOutputTokens,
      simulated: true,
      fim: fim ?? null,
    }));
}

/** Makes a simulated model fail, or mends it. Throws a FailureError where there is no such model. */
export function breakRoute(playground: RunningPlayground | null, params: BreakRouteParams): BrokenRoute[] {
  if (playground === null) {
    const message = "There is no route to break: only the playground's can be. Turn wayfare.playground on.";
    throw new FailureError({ kind: "setup", field: "wayfare.playground", message });
  }
  if (!playground.models.some(({ id }) => id === params.modelId)) {
    const message = `The playground serves no model "${params.modelId}".`;
    throw new FailureError({ kind: "unknown-model", model: params.modelId, message });
  }
  return playground.breakRoute(params);
}
