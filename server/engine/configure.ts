import { createHash } from "node:crypto";
import type { Attempt, ModelSummary } from "../../shared/answer.ts";
import { type Failure, failureOf } from "../../shared/failure.ts";
import { formatUsd } from "../../shared/money.ts";
import { presets } from "../../shared/presets.ts";
import type {
  BreakRouteParams,
  CompletionsState,
  ConfigureParams,
  ConfigureResult,
  VendorLogRow,
} from "../../shared/protocol.ts";
import {
  type NetworkSetting,
  networkSettingSchema,
  type ProviderSetting,
  type SettingProblem,
} from "../../shared/settings.ts";
import { isInPool } from "../core/narrow-pool.ts";
import { type ListedModel, type Provider, type Route, routeName, type Wire } from "../core/provider.ts";
import { listSchema, recordSchema, type UsableProvider } from "../core/read-providers.ts";
import { readSettings, type Settings } from "../core/read-settings.ts";
import { type ReadWeights, type WeighedWith, weighedWith } from "../core/routing-weights.ts";
import type { Http } from "../providers/http.ts";
import type { ModelLists } from "../store/model-lists.ts";
import type { HeldPrices } from "../store/price-book.ts";
import { completionsState } from "./completions-state.ts";
import { whySilent } from "./explain-silence.ts";
import {
  buildRoutes,
  type FindKnownPrice,
  gatherModels,
  type KnownModel,
  localRoutes,
  namesOf,
  summarizeModel,
  tierOfModel,
} from "./gather-models.ts";
import { createPaidRoutes } from "./paid-routes.ts";
import {
  type BrokenRoute,
  breakRoute,
  playgroundModels,
  playgroundProviders,
  type RunningPlayground,
} from "./playground-vendors.ts";
import { type Shared, share } from "./share.ts";
import { unaskedRoutes } from "./switched-off.ts";

export type { RunningPlayground };
export interface WorldDeps {
  now(): number;
  createHttp(network: NetworkSetting): Http;
  createProvider(options: { setting: ProviderSetting; key: string | null; http: Http }): Provider | Promise<Provider>;
  findKnownPrice: FindKnownPrice;
  /** null: the store is not open. */
  modelLists: Pick<ModelLists, "read"> | null;
  /** What of the newest lists is not believed; absent: nothing. Throws a ledger failure. */
  heldPrices?(): readonly HeldPrices[];
  /** null, absent: questions are weighed with what was set by hand. */
  trainedWeights?(): Promise<ReadWeights>;
  /** Why the books cannot be kept, or null. */
  ledgerFailure(): Failure | null;
  /** Loads and starts the simulated vendors. Called when `wayfare.playground` is on, and not before. */
  startPlayground(): Promise<RunningPlayground>;
}

/** A provider's list of models as it was kept, and who can be asked for a new one. */
export interface KeptList {
  provider: Pick<Provider, "id" | "origin" | "listModels">;
  models: readonly ListedModel[];
  /** null: none is kept, for it was never asked. */
  asOfMs: number | null;
}

/** What one set of settings comes to. It never changes: new settings make a new scene. */
export interface Scene extends Partial<WeighedWith> {
  settings: Settings;
  problems: SettingProblem[];
  /** Routes of the tiers, in the person's order. */
  routes: readonly Route[];
  /** Models of providers that are switched off, as far as tiers, mode and completions name them. Absent: none. */
  switchedOff?: readonly Route[];
  /** The same of providers that have not the key they need. */
  keyless?: readonly Route[];
  /** Those providers themselves. Absent: none. */
  withoutKey?: readonly UsableProvider[];
  /** What can serve a mode: the routes of the tiers, and the model picked by hand when it is in none. */
  routesFor(mode: string): readonly Route[];
  providerOf(route: Pick<Route, "providerId" | "wire">): Provider | null;
  /** Every model that can be picked. */
  models: ModelSummary[];
  /** Free models on this machine that are in no tier: what is left at a cap. */
  localRoutes: readonly Route[];
  completions: CompletionsState;
  trusted: boolean;
  /** Why nothing can be asked with these settings, or null. */
  silent: Failure | null;
}

export interface World {
  /** Takes new settings. Those given while others are being taken wait their turn. */
  apply(params: ConfigureParams): Promise<ConfigureResult>;
  /** What holds now. */
  scene(): Scene;
  /** Resolves when settings that were given are taken. */
  settled(): Promise<void>;
  /** Runs `use` with what holds now; its sockets stay open until it ends, whatever is configured meanwhile. */
  during<Result>(use: (scene: Scene) => Promise<Result>): Promise<Result>;
  /** The way out with the present proxy and certificates, for as long as `use` runs. */
  withHttp<Result>(use: (http: Http) => Promise<Result>): Promise<Result>;
  /** The kept lists of models behind what holds now, for as long as `use` runs. */
  withLists<Result>(use: (lists: readonly KeptList[]) => Promise<Result>): Promise<Result>;
  /**
   * Why nothing can be asked now, or null; with a mode, why nothing can be asked in it: a model picked by hand needs no
   * tiers. Null, too, before the first settings came.
   */
  silent(mode?: string): Failure | null;
  /**
   * Hears what an attempt cost. Where a route that was free as far as known turns out to be paid, its price counts as
   * unknown from now on, until the process ends, and this gives the sentence that says so; else null.
   */
  heardCost(attempt: Pick<Attempt, "costNano" | "costSource">, route: Route): string | null;
  playgroundLog(): VendorLogRow[];
  /** Makes a simulated model fail, or mends it; throws a FailureError without a playground or for an unknown model. */
  breakRoute(params: BreakRouteParams): BrokenRoute[];
  close(): Promise<void>;
}

/** Holds the present settings and all that follows from them: providers, routes, models, problems. */
export function createWorld(deps: WorldDeps): World {
  let present: Built = emptyScene(share(deps.createHttp(networkSettingSchema.parse({}))));
  const paidRoutes = createPaidRoutes();
  let queue: Promise<unknown> = Promise.resolve();

  const during = async <Result>(use: (built: Built) => Promise<Result>): Promise<Result> => {
    const built = present;
    built.http.take();
    built.playground?.take();
    try {
      return await use(built);
    } finally {
      built.http.drop();
      built.playground?.drop();
    }
  };

  return {
    apply(params) {
      const applied = queue.then(async () => {
        const before = present;
        const built = await buildScene(params, before, deps);
        built.scene = paidRoutes.applyTo(built.scene);
        present = built;
        if (built.http !== before.http) before.http.drop();
        if (built.playground !== before.playground) before.playground?.drop();
        const { problems, models, completions, notices = [] } = built.scene;
        return { problems, models, completions, notices: [...notices] };
      });
      queue = applied.catch(() => undefined);
      return applied;
    },
    scene: () => present.scene,
    settled: async () => {
      await queue;
    },
    during: (use) => during((built) => use(built.scene)),
    withHttp: (use) => during((built) => use(built.http.value)),
    withLists: (use) => during((built) => use(built.lists)),
    silent(mode) {
      const { scene } = present;
      const { pool } = scene.settings;
      const isServed = mode !== undefined && scene.routesFor(mode).some((route) => isInPool(routeName(route), pool));
      return deps.ledgerFailure() ?? (isServed ? null : scene.silent);
    },
    heardCost(attempt, route) {
      if (!paidRoutes.heard(attempt, route)) return null;
      present = { ...present, scene: paidRoutes.applyTo(present.scene) };
      const cost = formatUsd(attempt.costNano);
      return `${routeName(route)} was taken for free, and its provider reports a cost of ${cost}. Its price counts as unknown until Wayfare is restarted; write it in wayfare.providers.`;
    },
    playgroundLog: () => present.playground?.value.log() ?? [],
    breakRoute: (params) => breakRoute(present.playground?.value ?? null, params),
    async close() {
      await queue;
      present.http.drop();
      present.playground?.drop();
    },
  };
}

interface Built {
  scene: Scene;
  lists: KeptList[];
  network: string;
  http: Shared<Http>;
  playground: Shared<RunningPlayground> | null;
}

function emptyScene(http: Shared<Http>): Built {
  const { settings } = readSettings({});
  return {
    scene: {
      settings,
      problems: [],
      routes: [],
      routesFor: () => [],
      providerOf: () => null,
      models: [],
      localRoutes: [],
      completions: completionsState({ settings, routes: [], trusted: false }),
      trusted: false,
      silent: null,
    },
    lists: [],
    network: JSON.stringify(settings.network),
    http,
    playground: null,
  };
}

async function buildScene(params: ConfigureParams, before: Built, deps: WorldDeps): Promise<Built> {
  const { settings, problems } = readSettings(params.configuration);
  const network = JSON.stringify(settings.network);
  // The same way out keeps its connections.
  const http = network === before.network ? before.http : share(deps.createHttp(settings.network));

  const models = new Map<string, KnownModel>();
  const providers = new Map<string, Provider>();
  const lists: KeptList[] = [];
  const withoutKey: UsableProvider[] = [];
  for (const setting of settings.providers) {
    const key = keyFor(setting, params, problems);
    if (key === undefined) {
      withoutKey.push(setting);
      continue;
    }
    try {
      const provider = await deps.createProvider({ setting, key, http: http.value });
      const kept = deps.modelLists?.read(setting.id, setting.origin) ?? null;
      lists.push({ provider, models: kept?.models ?? [], asOfMs: kept?.asOfMs ?? null });
      const listed = kept?.models ?? [];
      const named = namesOf(settings, setting.id);
      if (setting.models === undefined) checkNames(named, setting.id, listed, settings, problems);
      const { findKnownPrice } = deps;
      const found = await gatherModels({
        provider: setting,
        wire: provider.wire,
        named,
        listed,
        heldBack: heldBackOf(setting, deps.heldPrices?.() ?? []),
        findKnownPrice,
        nowMs: deps.now(),
        account: accountOf(setting, key),
      });
      for (const model of found) models.set(routeName(model), model);
      providers.set(providerKey(provider.id, provider.wire), provider);
    } catch (error) {
      problems.push({ field: fieldOf(setting.id, params), message: failureOf(error).message });
    }
  }

  const switchedOff = await unaskedRoutes(settings.switchedOff, settings, deps);
  const isOn = (name: string): boolean => !settings.switchedOff.some(({ id }) => name.startsWith(`${id}/`));
  const tiers = { cheap: settings.tiers.cheap.filter(isOn), frontier: settings.tiers.frontier.filter(isOn) };
  const playground = settings.playground ? await openPlayground(before, deps, problems) : null;
  if (playground !== null) {
    const isAlone = tiers.cheap.length === 0 && tiers.frontier.length === 0;
    for (const provider of await playgroundProviders(playground.value, http.value, deps.createProvider)) {
      providers.set(providerKey(provider.id, provider.wire), provider);
      for (const { tier, ...model } of playgroundModels(playground.value, provider)) {
        models.set(routeName(model), model);
        // Never mixed into a person's own tiers by itself: a real question must not get a simulated answer.
        if (isAlone) tiers[tier].push(routeName(model));
      }
    }
  }

  const routes = buildRoutes(models, tiers);
  const inTier = new Map(routes.map((route) => [routeName(route), route.tier]));
  const routesFor = (mode: string): readonly Route[] => {
    const picked = models.get(mode);
    if (picked === undefined || inTier.has(mode)) return routes;
    return [...routes, { ...picked, tier: tierOfModel(picked, routes) }];
  };
  const completed = settings.completions.model === null ? routes : routesFor(settings.completions.model);
  const scene: Scene = {
    settings,
    ...weighedWith(await deps.trainedWeights?.()),
    problems,
    routes,
    switchedOff,
    keyless: await unaskedRoutes(withoutKey, settings, deps),
    withoutKey,
    routesFor,
    localRoutes: localRoutes(models, inTier),
    completions: completionsState({ settings, routes: completed, trusted: params.trusted }),
    providerOf: (route) => providers.get(providerKey(route.providerId, route.wire)) ?? null,
    models: [...models].map(([name, model]) => summarizeModel(model, inTier.get(name) ?? null)),
    trusted: params.trusted,
    silent: whySilent({ settings, problems, routes, models, switchedOff }),
  };
  return { scene, lists, network, http, playground };
}

/** A provider may be spoken to over more than one wire: the playground is. */
function providerKey(id: string, wire: Wire): string {
  return `${id} ${wire}`;
}

/** What its newest list says of models whose price there is not believed. */
function heldBackOf({ id, origin }: UsableProvider, held: readonly HeldPrices[]): readonly ListedModel[] {
  return held.find((each) => each.source === id && each.origin === origin)?.heldBack.rows ?? [];
}

/** A short hash of the key, or the provider's id where there is none: health of an old key says nothing of a new one. */
function accountOf({ id, origin }: UsableProvider, key: string | null): string {
  return key === null ? id : createHash("sha256").update(`${origin}\n${key}`).digest("hex").slice(0, 12);
}

/** The provider's key; null when it needs none; undefined, with a problem, when it needs one that is not there. */
function keyFor(
  setting: UsableProvider,
  params: ConfigureParams,
  problems: SettingProblem[],
): string | null | undefined {
  const own = params.keys.filter((key) => key.providerId === setting.id);
  const found = own.find((key) => key.origin === setting.origin);
  if (found !== undefined) return found.key;
  if (presets[setting.preset].key !== "required" && own.length === 0) return null;
  const other = own[0];
  problems.push({
    field: fieldOf(setting.id, params),
    message:
      other === undefined
        ? `"${setting.id}" has no key. Run "Wayfare: Change Key" and enter the key for ${setting.origin}.`
        : `The key of "${setting.id}" was entered for ${other.origin} and is not sent to ${setting.origin}. Run "Wayfare: Change Key" and enter the key for the new address.`,
    mend: "changeKey",
  });
  return undefined;
}

/** The row of the settings in which a provider stands. */
function fieldOf(providerId: string, params: ConfigureParams): string {
  const rows = listSchema.safeParse(params.configuration.providers).data ?? [];
  const index = rows.findIndex((row) => recordSchema.safeParse(row).data?.id === providerId);
  return index < 0 ? "wayfare.providers" : `wayfare.providers[${index}]`;
}

/** Lists grow old and gateways take names they do not list, so such a model is told of and still used. */
function checkNames(
  named: readonly string[],
  providerId: string,
  listed: readonly { id: string }[],
  settings: Settings,
  problems: SettingProblem[],
): void {
  if (listed.length === 0) return;
  const known = new Set(listed.map((model) => model.id));
  for (const modelId of new Set(named)) {
    if (known.has(modelId)) continue;
    const name = `${providerId}/${modelId}`;
    const tier = settings.tiers.cheap.includes(name) ? "cheap" : "frontier";
    const named = name === settings.mode ? "wayfare.mode" : "wayfare.completions.model";
    const field = settings.tiers[tier].includes(name) ? `wayfare.tiers.${tier}` : named;
    problems.push({
      field,
      message: `"${modelId}" is not in the list of models that "${providerId}" gave. Correct the name, or run "Wayfare: Change Key" to read the list again.`,
    });
  }
}

async function openPlayground(
  before: Built,
  deps: WorldDeps,
  problems: SettingProblem[],
): Promise<Shared<RunningPlayground> | null> {
  if (before.playground !== null) return before.playground;
  try {
    return share(await deps.startPlayground());
  } catch (error) {
    problems.push({
      field: "wayfare.playground",
      message: `The playground could not be started: ${failureOf(error).message} Turn wayfare.playground off and on again.`,
    });
    return null;
  }
}

/** What decides whether a provider can be reached and takes the key, as text that is the same where that is the same. */
export function wayOut({ configuration, keys }: ConfigureParams): string {
  return JSON.stringify([configuration.providers, configuration.network, keys]);
}
