import {
  type DoctorRow,
  type Finding,
  type GeneralCheck,
  generalGroup,
  type PaidOffer,
  type ProviderCheck,
  providerChecks,
  providerRowId,
  waitingRow,
} from "../../shared/doctor.ts";
import { type Failure, failureOf, isAbort } from "../../shared/failure.ts";
import { presetAt, presets } from "../../shared/presets.ts";
import type { DoctorParams, Spend } from "../../shared/protocol.ts";
import type { RouteParams, RouteTest } from "../../shared/routes.ts";
import type { NetworkSetting, SettingProblem } from "../../shared/settings.ts";
import {
  type ApiSeen,
  callFinding,
  type KeyTrouble,
  keyFinding,
  type ModelUse,
  modelsFinding,
  offerFinding,
} from "../core/describe-api.ts";
import { type EndpointSeen, endpointFinding } from "../core/describe-endpoint.ts";
import { type BooksSeen, booksFinding, capsFinding, clockFinding, settingsFinding } from "../core/describe-machine.ts";
import { addressFinding, certificateFinding, reachFinding, wayOutFinding } from "../core/describe-reach.ts";
import { brokenBy } from "../core/mend-failure.ts";
import { type Route, routeName } from "../core/provider.ts";
import type { UsableProvider } from "../core/read-providers.ts";
import type { ExamineApiInput } from "../providers/examine-api.ts";
import type { Http } from "../providers/http.ts";
import type { Probe } from "../providers/probe.ts";
import type { Scene, World } from "./configure.ts";
import { priceRoutes } from "./gather-models.ts";
import { testBoundNano } from "./routes.ts";

export interface DoctorDeps {
  world: Pick<World, "settled" | "during" | "withHttp">;
  /** Its key for the address it has now, or null. */
  keyOf(provider: Pick<UsableProvider, "id" | "origin">): string | null;
  createProbe(network: NetworkSetting): Probe;
  examineApi(input: ExamineApiInput): Promise<ApiSeen>;
  /** Looks the books over, or says why they are not open. */
  examineBooks(signal: AbortSignal): Promise<BooksSeen | { failure: Failure }>;
  spend(): Spend;
  /** What is wrong with settings beside the scene's: files that they name. */
  otherProblems(): readonly SettingProblem[];
  /** One tiny question, through the books and under the caps. */
  testRoute(route: RouteParams, signal: AbortSignal): Promise<RouteTest>;
  /** Why its key was refused lately, or null. */
  keyTrouble(route: Route): string | null;
  /** Looks at the local endpoint; null while it is switched off. Absent: there is none. */
  endpoint?(): (() => Promise<EndpointSeen>) | null;
  /** Takes keys out of what is shown. */
  redact(text: string): string;
  /** Milliseconds since 1970. */
  now(): number;
}

/** So many providers are looked at at once: a person has a few, and a company's proxy is not to be stormed. */
const AT_ONCE = 4;

/**
 * "Wayfare: Doctor": checks each provider, the books, the clock, the settings and the caps, and gives the rows as they
 * begin and end. With `only` one row alone is checked anew, and nothing that it does not need. What costs is asked only in a
 * row of its own, only when the person allowed it, and for no more than they were told. Without a provider no socket is
 * opened. Rejects with an AbortError; whatever else goes wrong is in the rows.
 */
export function createDoctor(
  deps: DoctorDeps,
): (
  params: Omit<DoctorParams, "partialResultToken">,
  emit: (row: DoctorRow) => void,
  signal: AbortSignal,
) => Promise<DoctorRow[]> {
  return async ({ only, allowNano }, emit, signal) => {
    await deps.world.settled();
    return deps.world.during((scene) =>
      deps.world.withHttp(async (http) => {
        const probe = deps.createProbe(scene.settings.network);
        try {
          return await examine({ scene, http, probe, only, allowNano: allowNano ?? null, deps, signal }, emit);
        } finally {
          await probe.close();
        }
      }),
    );
  };
}

interface Visit {
  scene: Scene;
  http: Http;
  probe: Probe;
  only: string | null;
  /** null: nothing that costs is sent. */
  allowNano: number | null;
  deps: DoctorDeps;
  signal: AbortSignal;
}

async function examine(visit: Visit, emit: (row: DoctorRow) => void): Promise<DoctorRow[]> {
  const { scene, only, deps, signal } = visit;
  const { providers } = scene.settings;
  const sheet = createSheet(visit, emit);
  for (const provider of providers) {
    for (const check of providerChecks) sheet.add(providerRowId(provider.id, check), groupOf(provider), check);
  }
  for (const check of ["ledger", "clock", "settings", "caps"] as const) sheet.add(check, generalGroup, check);
  const lookAtEndpoint = deps.endpoint?.() ?? null;
  if (lookAtEndpoint !== null) sheet.add("endpoint", generalGroup, "endpoint");

  // What needs no network comes at once.
  const atHome = async (): Promise<void> => {
    await sheet.check("settings", () => settingsFinding([...scene.problems, ...deps.otherProblems()]));
    await sheet.check("caps", () => capsFinding(deps.spend().caps));
    if (lookAtEndpoint !== null) {
      await sheet.check("endpoint", async () => endpointFinding(await lookAtEndpoint()));
    }
    await sheet.check("ledger", async () => booksFinding(await deps.examineBooks(signal)));
  };
  const dates: { theirsMs: number; oursMs: number; host: string }[] = [];
  const waiting = only === "clock" ? [] : [...providers];
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const date = await examineProvider(next, visit, sheet);
      if (date !== null) dates.push({ ...date, host: new URL(next.origin).host });
    }
  };
  const lanes = [atHome(), ...Array.from({ length: AT_ONCE }, lane)];
  try {
    await Promise.all(lanes);
  } catch (error) {
    // The others end by the same signal, or have their own rows to finish; nothing runs on behind the answer.
    await Promise.allSettled(lanes);
    throw error;
  }
  await sheet.check("clock", async () => {
    const asked = only === "clock" ? await firstDate(providers, visit) : (dates[0] ?? null);
    return clockFinding(asked);
  });
  return sheet.rows();
}

/** The time by the first provider that tells it. */
async function firstDate(providers: readonly UsableProvider[], visit: Visit) {
  for (const provider of providers) {
    const { date } = await askApi(provider, visit);
    if (date !== null) return { ...date, host: new URL(provider.origin).host };
  }
  return null;
}

/** The rows of a visit, each with its place, told of as it changes. */
interface Sheet {
  add(id: string, group: string, check: GeneralCheck | ProviderCheck): void;
  /** True when the visit is for this row. */
  isWanted(id: string): boolean;
  /** Shows that some rows are under way, those that are wanted. */
  begin(...ids: string[]): void;
  end(id: string, finding: Finding, offer?: PaidOffer | null): void;
  /** Begins and ends a row by itself, if it is wanted. */
  check(id: string, run: () => Finding | Promise<Finding>): Promise<void>;
  rows(): DoctorRow[];
}

function createSheet({ only, deps, signal }: Visit, emit: (row: DoctorRow) => void): Sheet {
  const rows = new Map<string, DoctorRow>();
  const isWanted = (id: string): boolean => only === null || only === id;
  const put = (id: string, row: DoctorRow): void => {
    rows.set(id, row);
    emit(row);
  };
  const begin = (...ids: string[]): void => {
    for (const id of ids) {
      const row = rows.get(id);
      if (row !== undefined) put(id, { ...row, state: "checking" });
    }
  };
  const end = (id: string, finding: Finding, offer: PaidOffer | null = null): void => {
    const row = rows.get(id);
    if (row === undefined || signal.aborted) return;
    const { seen, advice } = finding;
    put(id, {
      ...row,
      ...finding,
      seen: deps.redact(seen),
      advice: advice === null ? null : deps.redact(advice),
      ...(offer === null ? {} : { offer }),
    });
  };
  return {
    isWanted,
    begin,
    end,
    add(id, group, check) {
      if (isWanted(id)) put(id, waitingRow(id, group, check));
    },
    async check(id, run) {
      if (!isWanted(id)) return;
      begin(id);
      try {
        end(id, await run());
      } catch (error) {
        if (isAbort(error) || signal.aborted) throw error;
        end(id, brokenBy(failureOf(error), null));
      }
    },
    rows: () => [...rows.values()],
  };
}

/** What its preset is called, and its host: "openai: OpenAI, api.openai.com". */
function groupOf({ id, preset, origin }: UsableProvider): string {
  return `${id}: ${presets[preset].label}, ${new URL(origin).host}`;
}

/** Gives what the provider's clock says, or null. */
async function examineProvider(provider: UsableProvider, visit: Visit, sheet: Sheet): Promise<ApiSeen["date"]> {
  const row = (check: ProviderCheck) => providerRowId(provider.id, check);
  await sheet.check(row("address"), () => lookUp(provider, visit));
  const areWanted = (...checks: ProviderCheck[]) => checks.some((check) => sheet.isWanted(row(check)));
  const isThere = areWanted("reach", "tls", "proxy") ? await examineWay(provider, visit, sheet) : true;
  let date: ApiSeen["date"] = null;
  if (!isThere) {
    // Each request would wait as long once more, to say the same.
    sheet.end(row("key"), notConnected);
    sheet.end(row("models"), notConnected);
  } else if (areWanted("key", "models")) date = await examineKeyAndModels(provider, visit, sheet);
  if (sheet.isWanted(row("call"))) await examineCall(provider, visit, sheet);
  return date;
}

async function lookUp(provider: UsableProvider, { probe, signal }: Visit): Promise<Finding> {
  if (probe.wayOut(new URL(provider.baseUrl)).kind === "extensionHost") return leftToHost;
  try {
    return addressFinding(await probe.resolve(new URL(provider.baseUrl), signal));
  } catch (error) {
    if (isAbort(error) || signal.aborted) throw error;
    return brokenBy(failureOf(error), provider.preset);
  }
}

const leftToHost: Finding = {
  state: "skipped",
  seen: "VS Code's own network finds and opens it; whether it does shows at the key.",
  advice: null,
  ways: [],
};

const notConnected: Finding = {
  state: "skipped",
  seen: "There is no connection to look at.",
  advice: null,
  ways: [],
};

/** Three rows of one connection: whether it comes about, its certificate, and which way it went. False: no request would. */
async function examineWay(provider: UsableProvider, visit: Visit, sheet: Sheet): Promise<boolean> {
  const { probe, signal, deps } = visit;
  const row = (check: ProviderCheck) => providerRowId(provider.id, check);
  const [reach, tls, proxy] = [row("reach"), row("tls"), row("proxy")];
  const url = new URL(provider.baseUrl);
  const way = probe.wayOut(url);
  if (way.kind === "extensionHost") {
    sheet.end(reach, leftToHost);
    sheet.end(tls, leftToHost);
    sheet.end(proxy, wayOutFinding(way, null));
    return true;
  }
  sheet.begin(reach, tls, proxy);
  try {
    const seen = await probe.connect(url, signal);
    sheet.end(reach, reachFinding(seen));
    sheet.end(tls, certificateFinding(seen, { isKnownVendor: isKnownVendor(provider), nowMs: deps.now() }));
    sheet.end(proxy, wayOutFinding(way, null));
    return seen.failure === null;
  } catch (error) {
    if (isAbort(error) || signal.aborted) throw error;
    const failure = failureOf(error);
    sheet.end(reach, brokenBy(failure, provider.preset));
    sheet.end(tls, notConnected);
    sheet.end(proxy, wayOutFinding(way, failure));
    return false;
  }
}

/** A public service's own address, which a certificate of a public authority belongs to. */
function isKnownVendor({ preset, baseUrl }: UsableProvider): boolean {
  const known = presetAt(preset, baseUrl);
  return presets[known].baseUrl?.startsWith("https:") === true;
}

function askApi(provider: UsableProvider, { http, deps, signal }: Visit): Promise<ApiSeen> {
  return deps.examineApi({ setting: provider, key: deps.keyOf(provider), http, signal, now: deps.now });
}

async function examineKeyAndModels(provider: UsableProvider, visit: Visit, sheet: Sheet): Promise<ApiSeen["date"]> {
  const [key, models] = [providerRowId(provider.id, "key"), providerRowId(provider.id, "models")];
  const { preset } = provider;
  sheet.begin(key, models);
  try {
    const seen = await askApi(provider, visit);
    sheet.end(key, keyFinding(seen.key, preset, troublesOf(provider, visit)));
    const isCapped = visit.deps.spend().caps.length > 0;
    sheet.end(models, modelsFinding(seen.models, { uses: usesOf(provider, visit), preset, isCapped }));
    return seen.date;
  } catch (error) {
    if (isAbort(error) || visit.signal.aborted) throw error;
    const finding = brokenBy(failureOf(error), preset);
    sheet.end(key, finding);
    sheet.end(models, finding);
    return null;
  }
}

/** Its models that were refused lately for the key's sake. */
function troublesOf(provider: UsableProvider, { scene, deps }: Visit): KeyTrouble[] {
  return routesOf(provider, scene, deps.now()).flatMap((route) => {
    const why = deps.keyTrouble(route);
    return why === null ? [] : [{ modelId: route.modelId, why }];
  });
}

/** Its models that a tier, the mode or the completions name, each once. */
function usesOf(provider: UsableProvider, { scene, deps }: Visit): ModelUse[] {
  const { tiers, mode, completions } = scene.settings;
  const prefix = `${provider.id}/`;
  const names = [...tiers.cheap, ...tiers.frontier, mode, completions.model ?? ""];
  const mine = [...new Set(names)].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  const priced = new Map(routesOf(provider, scene, deps.now()).map((route) => [route.modelId, route.price !== null]));
  return mine.map((modelId) => ({ modelId, isPriced: priced.get(modelId) ?? false }));
}

function routesOf(provider: UsableProvider, scene: Scene, nowMs: number): Route[] {
  const { mode, completions } = scene.settings;
  const named = completions.model === null ? [] : scene.routesFor(completions.model);
  const all = [...scene.routes, ...scene.routesFor(mode), ...named, ...scene.localRoutes];
  const mine = new Map(
    all.filter(({ providerId }) => providerId === provider.id).map((route) => [routeName(route), route]),
  );
  return [...priceRoutes([...mine.values()], nowMs)];
}

/** Models that can be picked by hand and are in no tier. A gateway lists some hundreds, and any of these would do. */
function otherRoutesOf(provider: UsableProvider, { models, routesFor }: Scene, nowMs: number): Route[] {
  const names = models.filter(({ providerId }) => providerId === provider.id).map(routeName);
  const found = names
    .slice(0, MOST_OTHERS)
    .flatMap((name) => routesFor(name).filter((each) => routeName(each) === name));
  return [...priceRoutes(found, nowMs)];
}
const MOST_OTHERS = 50;

/** The one row that can cost: an offer, or what came of it once it was allowed. */
async function examineCall(provider: UsableProvider, visit: Visit, sheet: Sheet): Promise<void> {
  const { scene, allowNano, deps, signal } = visit;
  const id = providerRowId(provider.id, "call");
  const set = routesOf(provider, scene, deps.now());
  const inTier = set.length > 0;
  const { offer, why } = offerOf(inTier ? set : otherRoutesOf(provider, scene, deps.now()));
  const asOffer = offerFinding(offer, { why, inTier });
  if (allowNano === null || offer === null) return sheet.end(id, asOffer, offer);
  if (offer.boundNano > allowNano) {
    // The price has changed since the person was told.
    return sheet.end(id, asOffer, offer);
  }
  sheet.begin(id);
  try {
    const { providerId, modelId } = offer;
    sheet.end(id, callFinding(await deps.testRoute({ providerId, modelId }, signal), provider.preset), offer);
  } catch (error) {
    if (isAbort(error) || signal.aborted) throw error;
    sheet.end(id, brokenBy(failureOf(error), provider.preset), offer);
  }
}

/** The cheapest of the routes whose bound is known. */
function offerOf(routes: readonly Route[]): { offer: PaidOffer | null; why: string } {
  if (routes.length === 0) return { offer: null, why: "None of its models is known, so there is none to ask." };
  const offers = routes.flatMap((route): PaidOffer[] => {
    const boundNano = testBoundNano(route);
    return boundNano === null ? [] : [{ providerId: route.providerId, modelId: route.modelId, boundNano }];
  });
  const [first] = offers.sort((a, b) => a.boundNano - b.boundNano);
  if (first !== undefined) return { offer: first, why: "" };
  return {
    offer: null,
    why: "No price is known of its models, so what an answer costs at most cannot be said. Test one on the page of routes.",
  };
}
