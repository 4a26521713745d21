import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type AttemptFacts, createHealth } from "../../../server/engine/health.ts";
import { chatBounds, chatTimeouts } from "../../../server/engine/timers.ts";
import { openStore, type Store } from "../../../server/store/open-store.ts";
import type { Failure } from "../../../shared/failure.ts";
import { routeOf } from "./scripted-provider.ts";

const m1 = routeOf("a");
const m2 = routeOf("a", { modelId: "m2" });
const elsewhere = routeOf("b");
const routes = [m1, m2, elsewhere];
const NOW = 1_800_000_000_000;
const quick = { headersMs: 100, firstContentMs: 400, gapMs: 50, tokensPerSecond: 80 };
const facts = (failure: Failure | null, over: Partial<AttemptFacts> = {}): AttemptFacts => ({
  kind: "chat",
  inputTokens: 100,
  outcome: failure === null ? "done" : "failed",
  failure,
  timing: quick,
  startedAtMs: NOW,
  ...over,
});
const overloaded: Failure = { kind: "overloaded", status: 503, message: "" };
const refused: Failure = { kind: "auth", status: 401, message: "" };
const limited: Failure = { kind: "rate-limit", retryAfterMs: 20_000, message: "" };

/** Health in memory, or in the given store. */
function scene(store: Store | null = null) {
  let nowMs = NOW;
  const faults: Failure[] = [];
  const health = createHealth({
    store: () => store?.health ?? null,
    now: () => nowMs,
    onFault: (failure) => faults.push(failure),
  });
  const attempt = (route: typeof m1, failure: Failure | null, over: Partial<AttemptFacts> = {}) => {
    health.begin(route, 100);
    health.ended(route, facts(failure, { startedAtMs: nowMs, ...over }));
  };
  return {
    health,
    faults,
    attempt,
    paused: () => [...health.pauses(routes, 100)].map(([name, { why }]) => `${name}: ${why}`),
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

describe("routes left alone", () => {
  it("are the model, the key or the host, as the failure tells", () => {
    const pausedAfter = (failure: Failure) => {
      const { attempt, health } = scene();
      attempt(m1, failure);
      return [...health.pauses(routes, 100).keys()];
    };
    expect(pausedAfter(overloaded)).toEqual(["a/m"]);
    expect(pausedAfter(refused)).toEqual(["a/m", "a/m2"]);
    expect(pausedAfter({ kind: "network", cause: "refused", host: "a", message: "" })).toEqual(["a/m", "a/m2"]);
    expect(pausedAfter({ kind: "stall", waitedMs: 1, message: "" })).toEqual([]);
    expect(pausedAfter({ kind: "network", cause: "offline", host: "a", message: "" })).toEqual([]);
  });

  it("do not speak for another key at the same host, nor for the same provider on another wire", () => {
    const { attempt, health } = scene();
    const withKey = (account: string) => ({ ...m1, providerId: account, account });
    attempt(withKey("one"), limited);
    const asked = [withKey("two"), { ...withKey("one"), modelId: "m3", wire: "anthropic" as const }];
    // The model that asked for a rest gets it, whoever asks.
    expect([...health.pauses(asked, 100).keys()]).toEqual(["two/m"]);
    expect([...health.pauses([{ ...withKey("two"), modelId: "m3" }], 100).keys()]).toEqual([]);
    expect([...health.pauses([{ ...withKey("one"), modelId: "m3" }], 100).keys()]).toEqual(["one/m3"]);
  });

  it("of two keys that share one quota are both, until the time that the vendor names", () => {
    const { attempt, health, pass } = scene();
    const [one, two] = [
      routeOf("one", { account: "1" }),
      routeOf("two", { account: "2", origin: routeOf("one").origin }),
    ];
    attempt(one, limited);
    attempt(two, limited);
    expect([...health.pauses([one, two], 100).values()].map(({ untilMs }) => untilMs - NOW)).toEqual([20_000, 20_000]);
    pass(20_000);
    expect(health.pauses([one, two], 100).size).toBe(0);
  });

  it("carry the longest of several pauses and its reason", () => {
    const { attempt, paused } = scene();
    attempt(m1, overloaded);
    attempt(m1, refused);
    expect(paused()[0]).toBe("a/m: key refused (401)");
  });

  it("keep to the time that a vendor named, also where they rest longer for another reason", () => {
    const { attempt, health } = scene();
    attempt(m1, refused);
    attempt(m1, limited);
    // A key that was refused may be tried as the last resort; before that time it may not.
    expect(health.pauses([m1], 100).get("a/m")).toEqual({
      untilMs: NOW + 20_000,
      why: "rate limited, 20 s",
      ends: "named",
    });
  });

  it("come back at once with an answer, or when the person changes something", () => {
    const { attempt, paused, health } = scene();
    attempt(m1, refused);
    attempt(m2, null);
    expect(paused()).toEqual([]);
    attempt(m1, refused);
    attempt(m1, { kind: "stall", waitedMs: 1, message: "" });
    health.clear();
    expect(paused()).toEqual([]);
    expect(health.of(m1, chatTimeouts, chatBounds)).toMatchObject({ state: "ready", failures: 0 });
  });

  it("keep a model that asked for a rest at rest when another answers with its key", () => {
    const { attempt, paused } = scene();
    attempt(m1, limited);
    attempt(m2, null);
    expect(paused()).toEqual(["a/m: rate limited, 20 s"]);
  });

  it("stay so when an answer comes that was asked for before the rest began", () => {
    const { attempt, health, paused } = scene();
    health.begin(m2, 100);
    attempt(m1, limited);
    health.ended(m2, facts(null, { startedAtMs: NOW - 1 }));
    expect(paused()).toEqual(["a/m: rate limited, 20 s", "a/m2: rate limited, 20 s"]);
  });

  it("are not held up by an answer that was under way before", () => {
    const { attempt, health, pass } = scene();
    health.begin(m2, 100);
    attempt(m1, limited);
    pass(20_000);
    expect(health.pauses(routes, 100).size).toBe(0);
  });

  it("are tried by one request at a time when their rest is over", () => {
    const { attempt, health, pass } = scene();
    attempt(m1, overloaded);
    pass(15_000);
    expect(health.pauses([m1], 100).size).toBe(0);
    health.begin(m1, 100);
    expect([...health.pauses([m1], 100)]).toEqual([
      ["a/m", { untilMs: Number.POSITIVE_INFINITY, why: "overloaded (503)", ends: "passing" }],
    ]);
    health.ended(m1, facts(overloaded));
    expect(health.soonest([m1])).toEqual({ route: m1, untilMs: NOW + 15_000 + 30_000 });
  });

  it("are those whose vendor counts no request left, before it has to say so", () => {
    const { attempt, health, paused, pass } = scene();
    const limits = { requests: { limit: 10, remaining: 1, resetAtMs: NOW + 30_000 }, tokens: null };
    health.begin(m1, 100);
    health.heard(m1, limits);
    // An answer without a word about them changes nothing.
    health.ended(m1, facts(null));
    expect(paused()).toEqual([]);
    attempt(m1, { kind: "content-filter", message: "" });
    expect(paused()).toEqual(["a/m: no requests left, as it counts", "a/m2: no requests left, as it counts"]);
    pass(30_000);
    expect(paused()).toEqual([]);
  });
});

describe("what answers took", () => {
  it("becomes timers and the plan's speeds, for requests of the same kind and size", () => {
    const { attempt, health } = scene();
    for (let index = 0; index < 10; index += 1) attempt(m1, null, { timing: { ...quick, firstContentMs: 3_000 } });
    const timers = (kind: string, inputTokens: number) =>
      health.timeoutsFor(m1, { kind, inputTokens }, chatTimeouts, chatBounds).firstContentMs;
    expect([timers("chat", 100), timers("chat", 5_000), timers("completion", 100)]).toEqual([9_500, 20_000, 20_000]);
    expect(health.speeds(routes, { kind: "chat", inputTokens: 100 })).toEqual(
      new Map([["a/m", { firstContentMs: 3_000, tokensPerSecond: 80, failureShare: 0 }]]),
    );
  });

  it("counts a wait that was given up", () => {
    const { attempt, health } = scene();
    for (let index = 0; index < 10; index += 1) attempt(m1, null);
    const silent: Failure = { kind: "silence", phase: "first-content", waitedMs: 5_000, message: "" };
    attempt(m1, silent, { timing: { headersMs: 90, firstContentMs: null, gapMs: null, tokensPerSecond: null } });
    expect(health.timeoutsFor(m1, { kind: "chat", inputTokens: 100 }, chatTimeouts, chatBounds).firstContentMs).toBe(
      8_000,
    );
  });
});

describe("in the books", () => {
  const open: { store: Store; directory: string }[] = [];
  afterEach(() => {
    for (const { store } of open) store.close();
    for (const directory of new Set(open.splice(0).map((each) => each.directory))) {
      rmSync(directory, { recursive: true, force: true });
    }
  });
  async function openIn(directory: string, instanceId: string): Promise<Store> {
    const store = await openStore({ directory, now: Date.now, timeZone: "UTC", instanceId, pid: process.pid });
    open.push({ store, directory });
    return store;
  }
  const folder = () => mkdtempSync(join(tmpdir(), "wayfare-health-"));

  it("it is known to another window, and to the same after a restart", async () => {
    const directory = folder();
    const first = scene(await openIn(directory, "one"));
    const second = scene(await openIn(directory, "two"));
    expect(second.paused()).toEqual([]);
    first.attempt(m1, refused);
    await vi.waitFor(() => expect(second.paused()).toEqual(["a/m: key refused (401)", "a/m2: key refused (401)"]));
    // What the second finds out, the first knows: the person has mended the key.
    second.attempt(m2, null);
    await vi.waitFor(() => expect(first.paused()).toEqual([]));

    for (let index = 0; index < 9; index += 1) first.attempt(m1, null);
    first.attempt(m1, overloaded);
    await vi.waitFor(async () => {
      const later = scene(await openIn(directory, "three"));
      expect(later.paused()).toEqual(["a/m: overloaded (503)"]);
      expect(later.health.of(m1, chatTimeouts, chatBounds)).toMatchObject({
        state: "resting",
        untilMs: NOW + 15_000,
        failures: 1,
        requests: 10,
        speed: { firstContentP50Ms: 400, tokensPerSecond: 80 },
      });
    });
    expect([first.faults, second.faults]).toEqual([[], []]);
  });

  it("windows that count at once lose nothing of each other's", async () => {
    const directory = folder();
    const windows = [scene(await openIn(directory, "one")), scene(await openIn(directory, "two"))];
    for (let round = 0; round < 20; round += 1) for (const window of windows) window.attempt(m1, null);
    await vi.waitFor(async () => {
      const later = scene(await openIn(directory, "three"));
      later.health.pauses([m1], 1);
      expect(later.health.of(m1, chatTimeouts, chatBounds).requests).toBe(40);
    });
  });

  it("nothing is written of simulated models, and a record that cannot be read counts as none", async () => {
    const directory = folder();
    const store = await openIn(directory, "one");
    const { attempt, health } = scene(store);
    attempt({ ...m1, simulated: true }, overloaded);
    health.clear();
    await store.health.update([{ name: "model x", change: () => ({ nonsense: true }) as never }], []);
    const later = await openIn(directory, "two");
    expect(later.health.changes().records.size).toBe(0);
  });
});
