import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { EndpointSeen } from "../../../server/core/describe-endpoint.ts";
import { systemClock } from "../../../server/engine/clock.ts";
import { createWorld } from "../../../server/engine/configure.ts";
import { createDoctor } from "../../../server/engine/doctor.ts";
import { createHealth } from "../../../server/engine/health.ts";
import { createMoney } from "../../../server/engine/money.ts";
import { factsOfHealth } from "../../../server/engine/route-facts.ts";
import { createRoutes } from "../../../server/engine/routes.ts";
import { createProvider } from "../../../server/providers/create-provider.ts";
import { examineApi } from "../../../server/providers/examine-api.ts";
import { createHttp } from "../../../server/providers/http.ts";
import { createProbe } from "../../../server/providers/probe.ts";
import { openStore } from "../../../server/store/open-store.ts";
import type { DoctorRow } from "../../../shared/doctor.ts";
import type { ConfigureParams } from "../../../shared/protocol.ts";
import { createRedactor } from "../../../shared/redact.ts";
import type { RouteParams } from "../../../shared/routes.ts";
import type { SettingProblem } from "../../../shared/settings.ts";
import { type Answer, type RawServer, startRawServer } from "../providers/raw-server.ts";

/** A doctor over real sockets and real books, for tests. */

export interface Provider {
  id: string;
  baseUrl: string;
  key?: string;
  preset?: string;
  models?: unknown[];
}
interface Setup {
  tiers?: { cheap?: string[]; frontier?: string[] };
  budget?: object;
  timeoutMs?: number;
  now?: () => number;
  otherProblems?: SettingProblem[];
  endpoint?: () => Promise<EndpointSeen>;
}

/** A doctor for these providers, with the books in a folder of their own. */
export async function start(
  providers: Provider[],
  { tiers = {}, budget = {}, timeoutMs = 10_000, now = Date.now, otherProblems = [], endpoint }: Setup = {},
) {
  const directory = mkdtempSync(join(tmpdir(), "wayfare-doctor-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 20 }));
  const store = await openStore({ directory, now: Date.now, timeZone: "UTC", instanceId: "one", pid: process.pid });
  onTestFinished(() => store.close());
  const world = createWorld({
    now: Date.now,
    createHttp,
    createProvider,
    findKnownPrice: async () => null,
    modelLists: store.modelLists,
    ledgerFailure: () => null,
    startPlayground: () => Promise.reject(new Error("not here")),
  });
  onTestFinished(() => world.close());
  const keys: ConfigureParams["keys"] = providers.flatMap(({ id, baseUrl, key }) =>
    key === undefined ? [] : [{ providerId: id, origin: new URL(baseUrl).origin, key }],
  );
  await world.apply({
    configuration: {
      providers: providers.map(({ key: _key, ...rest }) => ({ preset: "openai-compatible", ...rest })),
      tiers: { cheap: [], frontier: [], ...tiers },
      mode: undefined,
      quality: undefined,
      playground: undefined,
      network: { systemCertificates: false },
      budget,
    },
    keys,
    trusted: true,
  });
  const books = { store: () => store, failure: () => null };
  const money = createMoney({
    books,
    budget: () => world.scene().settings.budget,
    timeZone: () => "UTC",
    workspace: "here",
    onChange: () => undefined,
  });
  money.setCalendar();
  let ids = 0;
  const health = createHealth({ store: () => store.health, now: Date.now, onFault: () => undefined });
  const routes = createRoutes({
    world,
    store,
    paused: store.pausedRoutes.names,
    clock: systemClock,
    random: () => 0,
    createId: () => `id-${++ids}`,
    workspace: "here",
    facts: factsOfHealth(health),
    health,
  });
  const doctor = createDoctor({
    world,
    keyOf: ({ id }) => keys.find(({ providerId }) => providerId === id)?.key ?? null,
    createProbe: (network) => createProbe(network),
    examineApi: (input) => examineApi({ ...input, timeoutMs }),
    examineBooks: (signal) => store.examine(signal),
    spend: money.spend,
    otherProblems: () => otherProblems,
    testRoute: (route, signal) => routes.test(route, signal),
    keyTrouble: health.keyTrouble,
    endpoint: () => endpoint ?? null,
    redact: createRedactor(() => keys.map(({ key }) => key)),
    now,
  });
  const told: DoctorRow[] = [];
  const run = async (only: string | null = null, more: { allowNano?: number; signal?: AbortSignal } = {}) => {
    const { signal = new AbortController().signal, ...params } = more;
    return new Map((await doctor({ only, ...params }, (row) => told.push(row), signal)).map((row) => [row.id, row]));
  };
  return { run, told, store, test: (route: RouteParams) => routes.test(route, new AbortController().signal) };
}

export async function vendor(answer: Answer): Promise<RawServer> {
  const server = await startRawServer(answer);
  onTestFinished(() => server.close());
  return server;
}
export const json =
  (status: number, value: unknown): Answer =>
  (_request, response) => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
  };
export const listOf = (...ids: string[]) => json(200, { object: "list", data: ids.map((id) => ({ id })) });
/** A list for everybody, and an answer to each question. */
export const openList =
  (list: Answer, chat: Answer): Answer =>
  (request, response, body) =>
    (request.url?.endsWith("/models") ? list : chat)(request, response, body);
export const refusedKey = json(401, {
  error: { message: "Incorrect API key provided: sk-secret-0123456789.", code: "invalid_api_key" },
});
export const empty = json(400, { error: { message: "you must provide a model parameter" } });
export const keyless = ({ key: _key, ...provider }: Provider): Provider => provider;
export const of = (id: string, { origin }: { origin: string }, more: Partial<Provider> = {}): Provider => ({
  id,
  baseUrl: `${origin}/v1`,
  key: "sk-secret-0123456789",
  ...more,
});
export const states = (rows: Map<string, DoctorRow>, id: string) =>
  Object.fromEntries(
    [...rows.values()].filter((row) => row.id.startsWith(`provider ${id} `)).map((row) => [row.title, row.state]),
  );
