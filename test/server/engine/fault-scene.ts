import { mkdtempSync, rmSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { findKnownPrice } from "../../../server/core/known-prices.ts";
import { type AskDeps, createAsk } from "../../../server/engine/ask.ts";
import { createWorld } from "../../../server/engine/configure.ts";
import { createHealth } from "../../../server/engine/health.ts";
import { createProvider } from "../../../server/providers/create-provider.ts";
import { createHttp } from "../../../server/providers/http.ts";
import { openStore } from "../../../server/store/open-store.ts";
import type { Decision, Tier } from "../../../shared/answer.ts";
import type { AskPart } from "../../../shared/protocol.ts";
import { type RawServer, startRawServer } from "../providers/raw-server.ts";
import type { VendorStream } from "../providers/vendor-streams.ts";
import { createFakeClock, type FakeClock } from "./fake-clock.ts";

/**
 * Questions to the real engine with its real wires, sockets and books. Only the vendors are ours, each on a host of its
 * own, and the clock, which stands still but while everybody waits for it.
 */

export interface Vendor {
  wire: VendorStream;
  /** One for each request, the last again when they run out. */
  scripts: readonly Script[];
  windowTokens?: number;
  /** Of several models at one host and key; one, named like the vendor, where absent. */
  models?: readonly string[];
  /** A second account at another vendor's host, named here. */
  sharesHostWith?: string;
  /** Absent: cheap. */
  tier?: Tier;
  /** A price of one's own; without one nobody knows what an answer cost. */
  price?: { input: number; output: number } | null;
}

export interface Call {
  response: ServerResponse;
  wire: VendorStream;
  body: string;
  clock: FakeClock;
  /** From here on the vendor waits: time may pass. Said again, what was written now arrives before more of it does. */
  silent(): void;
  /** The engine is expected to try again after a pause of its own. */
  pauseFollows(): void;
}
export type Script = (call: Call) => void | Promise<void>;

/** While all that happens is waiting, so much time passes at each look: in a vendor's silence, and in our own pauses. */
const silenceStepMs = 1_000;
const pauseStepMs = 250;
/** And so long, in true time, nothing must have happened before, for what was written must arrive. */
const patienceMs = 4;

export async function startVendors(
  vendors: Readonly<Record<string, Vendor>>,
  parts: Pick<AskDeps, "unparsedBlocks"> = {},
) {
  const clock = createFakeClock(Date.UTC(2026, 4, 4, 12));
  const servers: Record<string, RawServer> = {};
  /** Models in the order in which they were asked. */
  const asked: string[] = [];
  let open = 0;
  let silences = 0;
  let said = 0;
  let pauseFollows = false;
  let unreachable = false;
  for (const [id, vendor] of Object.entries(vendors)) {
    if (vendor.sharesHostWith !== undefined) continue;
    const served = new Map<string, number>();
    servers[id] = await startRawServer(async (_request, response, body) => {
      const { model } = JSON.parse(body) as { model: string };
      const owner = vendors[model] ?? vendor;
      const count = served.get(model) ?? 0;
      served.set(model, count + 1);
      asked.push(model);
      open += 1;
      pauseFollows = false;
      let isSilent = false;
      response.on("close", () => {
        open -= 1;
        if (isSilent) silences -= 1;
      });
      const silent = () => {
        said += 1;
        if (!isSilent) silences += 1;
        isSilent = true;
      };
      await owner.scripts[Math.min(count, owner.scripts.length - 1)]?.({
        response,
        wire: owner.wire,
        body,
        clock,
        silent,
        pauseFollows() {
          pauseFollows = true;
        },
      });
    });
  }
  onTestFinished(async () => void (await Promise.all(Object.values(servers).map((server) => server.close()))));
  const originOf = (id: string) => servers[vendors[id]?.sharesHostWith ?? id]?.origin ?? "";

  const directory = mkdtempSync(join(tmpdir(), "wayfare-faults-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const store = await openStore({
    directory,
    now: clock.now,
    timeZone: "UTC",
    instanceId: "one",
    pid: process.pid,
  });
  onTestFinished(() => store.close());
  const world = createWorld({
    now: clock.now,
    createHttp,
    createProvider,
    findKnownPrice,
    modelLists: store.modelLists,
    ledgerFailure: () => null,
    startPlayground: () => Promise.reject(new Error("not here")),
  });
  onTestFinished(() => world.close());
  const modelsOf = (id: string) => vendors[id]?.models ?? [id];
  const tierOf = (tier: Tier) =>
    Object.keys(vendors)
      .filter((id) => (vendors[id]?.tier ?? "cheap") === tier)
      .flatMap((id) => modelsOf(id).map((model) => `${id}/${model}`));
  const { problems } = await world.apply({
    configuration: {
      providers: Object.entries(vendors).map(([id, vendor]) => ({
        id,
        preset: vendor.wire.preset,
        baseUrl: `${originOf(id)}/v1`,
        models: modelsOf(id).map((model) => ({
          id: model,
          windowTokens: vendor.windowTokens ?? 32_000,
          ...(vendor.price === null ? {} : { price: vendor.price ?? { input: 1, output: 2 } }),
        })),
      })),
      tiers: { cheap: tierOf("cheap"), frontier: tierOf("frontier") },
      mode: undefined,
      quality: undefined,
      playground: undefined,
      network: { proxySupport: "off" },
    },
    keys: Object.keys(vendors).map((id) => ({ providerId: id, origin: originOf(id), key: `test-key-of-${id}` })),
    trusted: true,
  });
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  let ids = 0;
  const ask = createAsk({
    world,
    store,
    clock,
    health: createHealth({ store: () => store.health, now: clock.now, onFault: (failure) => expectNone(failure) }),
    random: () => 0.5,
    createId: () => `a${++ids}`,
    workspace: "here",
    ...parts,
  });
  const emitted: AskPart[] = [];
  let turns = 0;

  /** Hosts as the names of their vendors, for ports change from run to run. */
  const named = (text: string) =>
    Object.entries(servers).reduce(
      (all, [id, server]) => all.replaceAll(`127.0.0.1:${server.port}`, `${id}.test`),
      text,
    );

  /** `stopsAt` is asked of each part that is shown: true is the person's stop. */
  async function put(
    question = "rename foo to bar",
    mode = "cheap",
    stopsAt: (part: AskPart) => boolean = () => false,
  ) {
    const turnId = `t${++turns}`;
    const from = { asked: asked.length, emitted: emitted.length };
    let over = false;
    const params = { sessionId: "s", turnId, question, context: [], mode };
    const stop = new AbortController();
    const show = (part: AskPart) => {
      emitted.push(part);
      if (stopsAt(part)) stop.abort();
    };
    const asking = ask(params, show, stop.signal).finally(() => {
      over = true;
    });
    let seen = "";
    let quietSinceMs = 0;
    while (!over) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      const attempts = emitted.slice(from.emitted).filter((part) => part.type === "attempt").length;
      const arrived = asked.length - from.asked;
      const now = `${attempts} ${arrived} ${open} ${silences} ${said} ${emitted.length}`;
      if (now !== seen) quietSinceMs = performance.now();
      seen = now;
      // Of a vendor who keeps silent while the engine waits for it, or of a pause of the engine's own: else time stands.
      const isSilence = open > 0 && silences === open && arrived > 0 && attempts <= arrived;
      const isPause = open === 0 && (pauseFollows || unreachable);
      if (clock.waiting() === 0 || !(isSilence || isPause)) continue;
      if (performance.now() - quietSinceMs < patienceMs) continue;
      await clock.advance(isSilence ? silenceStepMs : pauseStepMs);
    }
    const turn = await asking;
    const rows = store.ledger.attemptsOfTurn(turnId);
    return {
      answer: turn.answer,
      decision: turn.decision,
      state: turn.state,
      failure: turn.failure === null ? null : { kind: turn.failure.kind, message: named(turn.failure.message) },
      asked: asked.slice(from.asked),
      shown: emitted.slice(from.emitted).map((part) => part.type),
      restarts: emitted.slice(from.emitted).flatMap((part) => (part.type === "restart" ? [named(part.why)] : [])),
      /** As the books have them, oldest first. */
      rows: rows.map((row) => [row.modelId, row.outcome, row.costNano, row.costSource] as const),
      failures: rows.flatMap(({ failure }) =>
        failure === null ? [] : [{ kind: failure.kind, message: named(failure.message) }],
      ),
      plan: turn.decision?.plan.map((route) => route.modelId) ?? [],
      /** Routes left alone, by name and why, whether left out or kept for the last resort. */
      resting: restingOf(turn.decision).map((route) => `${route.modelId}: ${named(route.reason)}`),
      passedMs: clock.ticks(),
    };
  }
  /** Connections to it are refused from now on. */
  async function close(id: string) {
    unreachable = true;
    await servers[id]?.close();
  }

  return { put, store, clock, close, requestsTo: (id: string) => servers[id]?.requests ?? [] };
}

function expectNone(failure: { message: string }): never {
  throw new Error(failure.message);
}

const LAST_RESORT = "last resort, ";

function restingOf(decision: Decision | null): { modelId: string; reason: string }[] {
  if (decision === null) return [];
  const last = decision.plan.filter(({ reason }) => reason.startsWith(LAST_RESORT));
  return [
    ...decision.leftOut,
    ...last.map(({ modelId, reason }) => ({ modelId, reason: reason.slice(LAST_RESORT.length) })),
  ];
}
