import { FailureError, failureOf } from "../../shared/failure.ts";
import { isLoopbackHost } from "../../shared/presets.ts";
import type { AcceptPricesParams, PriceChange, PriceFacts, PriceRow, RefreshedPrices } from "../../shared/prices.ts";
import { acceptHeldBack } from "../core/judge-prices.ts";
import { findKnownPrice, findVendorPrice } from "../core/known-prices.ts";
import type { RoutePrice } from "../core/price.ts";
import { changeOfDay, noteDay, shownPrice } from "../core/price-of-day.ts";
import { describePriceChange } from "../core/price-words.ts";
import type { Route } from "../core/provider.ts";
import { routeName } from "../core/provider.ts";
import type { Http } from "../providers/http.ts";
import { downloadPriceData } from "../providers/price-data.ts";
import type { Store } from "../store/open-store.ts";
import type { Scene, World } from "./configure.ts";
import type { FindKnownPrice } from "./gather-models.ts";
import { createPriceData, priceDataSource } from "./price-data.ts";
import { configuredRoutes, disagreement, heldList, nextChange, priceThen } from "./price-facts.ts";
import { createRefreshLists } from "./refresh-lists.ts";

export interface PricesDeps {
  world: Pick<World, "scene" | "settled" | "withLists" | "withHttp">;
  /** null when the books are not open. */
  store(): Pick<Store, "modelLists" | "prices"> | null;
  /** Of Wayfare: another version brings another list along. */
  version: string;
  /** Makes a scene of the present settings again, with the lists and prices that are kept now. */
  applyAgain(): Promise<void>;
  now(): number;
  random(): number;
  onChanged(changes: PriceChange[]): void;
  onFault(message: string): void;
  /** Reads the published list of known prices; absent: where the package says that it is. */
  download?(http: Http, signal: AbortSignal): Promise<string>;
}

export interface Prices {
  /** In the newest list of known prices that is kept. */
  findKnownPrice: FindKnownPrice;
  facts(): Promise<PriceFacts>;
  /** Reads what is a day old, where the settings allow it. Never rejects. */
  refreshDue(signal: AbortSignal): Promise<void>;
  /**
   * A route has answered: where it is on this machine and nobody has said how large its window is, its server, which may
   * not have been running before, is asked for its list. Never rejects.
   */
  answered(route: Route, signal: AbortSignal): Promise<void>;
  refreshNow(signal: AbortSignal): Promise<RefreshedPrices>;
  accept(params: AcceptPricesParams): Promise<RefreshedPrices>;
  /** Tells of routes that cost something else than was last noted. Never rejects. */
  noteChanges(): Promise<void>;
  /** Looks again and again whether something is a day old, and does not keep the process alive. */
  start(signal: AbortSignal): void;
}

/** Whether a list is a day old is looked at so often, sooner or later by a quarter: windows shall not all ask at once. */
const LOOK_EVERY_MS = 3_600_000;
const MOST_CHANGES = 40;

/** Price lists: kept up to date, checked, compared and told of. */
export function createPrices(deps: PricesDeps): Prices {
  const { world, now } = deps;
  const priceData = createPriceData({
    world,
    get prices() {
      return deps.store()?.prices ?? null;
    },
    download: deps.download ?? ((http, signal) => downloadPriceData(http, signal, now())),
    version: deps.version,
    now,
  });
  const refreshLists = createRefreshLists({
    world,
    get modelLists() {
      return deps.store()?.modelLists ?? null;
    },
    get prices() {
      return deps.store()?.prices ?? null;
    },
    now,
  });
  const knownPrice: FindKnownPrice = async (query) => {
    await priceData.ready();
    return findKnownPrice(query);
  };

  const refresh = async (when: "due" | "now", signal: AbortSignal): Promise<RefreshedPrices> => {
    await world.settled();
    const before = world.scene();
    const lists = await refreshLists(when, signal);
    // The published list is of no use to one who asks nobody but this machine.
    const data = asksOthers(before) ? await priceData.refresh(when, signal) : { isNew: false, problem: null };
    const problems = [...lists.problems, ...(data.problem === null ? [] : [data.problem])];
    const { changes, more } = lists.isNew || data.isNew ? await applied(before) : { changes: [], more: 0 };
    return { changes, more, problems, read: lists.read + (data.isNew ? 1 : 0) };
  };

  /** Uses what is kept now, and says what that changed. */
  const applied = async (before: Scene): Promise<{ changes: PriceChange[]; more: number }> => {
    await deps.applyAgain();
    const changes = changesBetween(before, world.scene(), now());
    return { changes: changes.slice(0, MOST_CHANGES), more: Math.max(0, changes.length - MOST_CHANGES) };
  };

  const noteChanges = async (): Promise<void> => {
    const store = deps.store();
    if (store === null) return;
    try {
      const nowMs = now();
      const routes = new Map(
        configuredRoutes(world.scene())
          .filter((route) => !route.simulated)
          .map((route) => [`${route.origin} ${routeName(route)}`, route]),
      );
      const noted = [...routes].map(([name, route]) => ({ name, price: noteDay(route, nowMs) }));
      const changed = await store.prices.note(noted, nowMs);
      const changes = changed.flatMap(({ name, before }) => {
        const route = routes.get(name);
        const words = route === undefined ? null : changeOfDay(before, noteDay(route, nowMs));
        return route === undefined || words === null
          ? []
          : [{ providerId: route.providerId, modelId: route.modelId, words }];
      });
      if (changes.length > 0) deps.onChanged(changes);
    } catch (error) {
      deps.onFault(failureOf(error).message);
    }
  };

  const refreshDue = async (signal: AbortSignal): Promise<void> => {
    if (!world.scene().settings.prices.update) return;
    try {
      for (const problem of (await refresh("due", signal)).problems) deps.onFault(problem);
    } catch (error) {
      deps.onFault(failureOf(error).message);
    }
  };

  return {
    findKnownPrice: knownPrice,
    refreshDue,
    async answered({ origin, simulated, windowTokens }, signal) {
      const isHere = !simulated && isLoopbackHost(new URL(origin).hostname);
      if (isHere && windowTokens === null) await refreshDue(signal);
    },
    refreshNow: (signal) => refresh("now", signal),
    noteChanges,

    async accept({ source }) {
      const store = deps.store();
      if (store === null)
        throw new FailureError({ kind: "ledger", message: "The books are not open. Restart Wayfare." });
      await world.settled();
      const before = world.scene();
      const held = store.prices.held().filter((each) => each.source === source);
      for (const { origin, heldBack } of held) {
        if (source === priceDataSource && origin === "") {
          await priceData.accept(heldBack.raw ?? "");
          continue;
        }
        const kept = store.modelLists.read(source, origin);
        const list = acceptHeldBack(kept?.models ?? [], heldBack);
        await store.modelLists.save(source, origin, list, kept?.asOfMs ?? now());
        await store.prices.setHeld(source, origin, null, now());
      }
      const changes = held.length === 0 ? { changes: [], more: 0 } : await applied(before);
      return { ...changes, problems: [], read: 0 };
    },

    async facts() {
      await world.settled();
      const scene = world.scene();
      const nowMs = now();
      const held = deps.store()?.prices.held() ?? [];
      const asOf = await world.withLists(
        async (lists) => new Map(lists.map(({ provider, asOfMs }) => [provider.id, asOfMs])),
      );
      const rowOf = async (route: Route): Promise<PriceRow> => {
        const { providerId, modelId, tier, simulated } = route;
        const price = priceThen(route, nowMs);
        const source = sourceOf(route, price);
        const other = source === "provider" && !simulated ? await otherPrice(route, scene, nowMs) : null;
        const leap = held
          .find((each) => each.source === providerId && each.origin === route.origin)
          ?.heldBack.changes.find(({ id }) => id === modelId);
        return {
          providerId,
          modelId,
          tier,
          simulated,
          price: shownPrice(price),
          source,
          asOfMs:
            source === "provider"
              ? (asOf.get(providerId) ?? null)
              : source === "genai-prices"
                ? priceData.snapshot().asOfMs
                : null,
          other: disagreement(price, other),
          heldBack: leap?.words ?? null,
          next: nextChange(route, nowMs),
          note: price === null ? noteFor(route, scene) : null,
        };
      };
      return {
        atMs: nowMs,
        updates: scene.settings.prices.update,
        genaiPrices: priceData.snapshot(),
        rows: await Promise.all(configuredRoutes(scene).map(rowOf)),
        held: held.filter(({ source, origin }) => isInUse(scene, source, origin)).map(heldList),
      };
    },

    start(signal) {
      const wait = (): void => {
        if (signal.aborted) return;
        const timer = setTimeout(
          () => void refreshDue(signal).finally(wait),
          LOOK_EVERY_MS * (0.75 + deps.random() / 2),
        );
        timer.unref();
        signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
      };
      wait();
    },
  };

  /** The same seller's price by the list that comes with Wayfare, else what the model's maker takes. */
  async function otherPrice(route: Route, scene: Scene, atMs: number) {
    const baseUrl = scene.settings.providers.find(({ id }) => id === route.providerId)?.baseUrl;
    const { modelId } = route;
    const same = baseUrl === undefined ? null : await knownPrice({ baseUrl, modelId, atMs });
    if (same !== null) return { price: same.price, source: "genai-prices" as const };
    const maker = await findVendorPrice({ modelId, atMs });
    return maker === null ? null : { price: maker.price, source: "maker" as const };
  }
}

function asksOthers(scene: Scene): boolean {
  return scene.settings.providers.some(({ origin }) => !isLoopbackHost(new URL(origin).hostname));
}

function isInUse(scene: Scene, source: string, origin: string): boolean {
  if (source === priceDataSource && origin === "") return true;
  return scene.settings.providers.some((each) => each.id === source && each.origin === origin);
}

function sourceOf(route: Route, price: RoutePrice): PriceRow["source"] {
  return price === null || price === "free" || route.simulated ? null : price.source;
}

function noteFor({ providerId }: Route, scene: Scene): string | null {
  const preset = scene.settings.providers.find(({ id }) => id === providerId)?.preset;
  if (preset !== "tokenmix") return null;
  return "TokenMix does not say in which unit its prices are, and they agree with what the models' makers take in none.";
}

/** What changed of any model that can be picked, at one time. */
function changesBetween(before: Scene, after: Scene, nowMs: number): PriceChange[] {
  const priceIn = (scene: Scene, name: string): RoutePrice => {
    const route = scene.routesFor(name).find((each) => routeName(each) === name);
    return route === undefined ? null : priceThen(route, nowMs);
  };
  const known = new Set(before.models.map(routeName));
  return after.models.flatMap(({ providerId, modelId }) => {
    const name = routeName({ providerId, modelId });
    if (!known.has(name)) return [];
    const words = describePriceChange(priceIn(before, name), priceIn(after, name));
    return words === null ? [] : [{ providerId, modelId, words }];
  });
}
