import { FailureError, failureOf, isAbort } from "../../shared/failure.ts";
import { isLoopbackHost, presets, resolveBaseUrl } from "../../shared/presets.ts";
import type { TestConnectionParams, TestConnectionResult } from "../../shared/protocol.ts";
import type { PresetId, ProviderSetting } from "../../shared/settings.ts";
import { judgePrices } from "../core/judge-prices.ts";
import { answersInText, proposeTiers } from "../core/propose-tiers.ts";
import { routeName } from "../core/provider.ts";
import type { Connection, TestConnectionInput } from "../providers/connection.ts";
import { wireRowFor } from "../providers/presets.ts";
import type { ModelLists } from "../store/model-lists.ts";
import type { World } from "./configure.ts";
import { type FindKnownPrice, gatherModels, summarizeModel } from "./gather-models.ts";

export interface TryConnectionDeps {
  world: Pick<World, "withHttp">;
  testConnection(input: TestConnectionInput): Promise<Connection>;
  findKnownPrice: FindKnownPrice;
  /** null when the store is not open: the list is then shown and not kept. */
  modelLists: Pick<ModelLists, "save"> | null;
  now(): number;
  /** A list that could not be kept; setting up goes on. */
  onFault?(message: string): void;
}

/**
 * Asks a provider that is being set up for its models, fills in known prices, proposes tiers, and keeps the list for the
 * next start. A failure is an answer; only a cancelled test throws.
 */
export function createTryConnection(
  deps: TryConnectionDeps,
): (params: TestConnectionParams, signal: AbortSignal) => Promise<TestConnectionResult> {
  return async (params, signal) => {
    const { providerId, preset, baseUrl, headers, key } = params;
    const setting: ProviderSetting = {
      id: providerId,
      preset,
      ...(baseUrl === undefined ? {} : { baseUrl }),
      ...(headers === undefined ? {} : { headers }),
    };
    try {
      const found = await deps.world.withHttp((http) =>
        deps.testConnection({ setting, key, http, signal, now: deps.now }),
      );
      const address = resolveBaseUrl({ preset, baseUrl: found.baseUrl });
      if (!address.ok) throw new FailureError({ kind: "setup", field: "baseUrl", message: address.message });
      const place = isLoopbackHost(new URL(address.origin).hostname) ? "this machine" : "elsewhere";
      // A list of nothing but zeros makes a gateway's models no free ones.
      const listed = judgePrices(null, found.models, place).rows;
      const known = recognised(params, found.server ?? null);
      const models = await gatherModels({
        provider: { ...setting, preset: known ?? preset, baseUrl: address.baseUrl, origin: address.origin },
        wire: wireRowFor(known ?? preset, address.baseUrl).wire,
        named: [],
        listed,
        // All that a list may have: whoever sets up a provider has not chosen yet.
        most: Number.POSITIVE_INFINITY,
        findKnownPrice: deps.findKnownPrice,
        nowMs: deps.now(),
      });
      const tiers = proposeTiers(
        models.map(({ modelId, windowTokens, maxOutputTokens, price }) => ({
          providerId,
          model: { id: modelId, windowTokens, maxOutputTokens, price },
        })),
      );
      try {
        // As the provider gave it: known prices change with time and are looked up again.
        await deps.modelLists?.save(providerId, address.origin, listed, deps.now());
      } catch (error) {
        deps.onFault?.(failureOf(error).message);
      }
      return {
        ok: true,
        baseUrl: address.baseUrl,
        ...(known === null ? {} : { preset: known }),
        models: models
          .filter(({ modelId }) => answersInText(modelId))
          .map((model) => {
            const name = routeName(model);
            const tier = tiers.cheap.includes(name) ? "cheap" : tiers.frontier.includes(name) ? "frontier" : null;
            return summarizeModel(model, tier);
          }),
        tiers,
        elapsedMs: found.elapsedMs,
      };
    } catch (error) {
      if (isAbort(error) || signal.aborted) throw error;
      return { ok: false, failure: failureOf(error) };
    }
  };
}

/** What answers at an address that was entered as any: its own preset serves it better. One that has no keys gets none. */
function recognised({ preset, key }: TestConnectionParams, server: PresetId | null): PresetId | null {
  if (preset !== "openai-compatible" || server === null) return null;
  return key !== null && presets[server].key === "none" ? null : server;
}
