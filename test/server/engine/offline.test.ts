import { describe, expect, it } from "vitest";
import { createHealth } from "../../../server/engine/health.ts";
import { createOffline } from "../../../server/engine/offline.ts";
import type { Failure } from "../../../shared/failure.ts";
import { routeOf } from "./scripted-provider.ts";
import { walk } from "./walk-plan.ts";

const unreachable = (host: string): Failure => ({
  kind: "network",
  cause: "dns",
  host,
  message: `No such host: ${host}.`,
});
const remote = (id: string) => routeOf(id, { origin: `https://${id}.example` });
const fails = (host: string) => [[{ type: "fail" as const, failure: unreachable(host) }]];

/** A walk over two hosts that cannot be reached, on a machine with or without an address. */
async function walkOffline(hasNetwork: boolean, ids: readonly string[] = ["a", "b"]) {
  const health = createHealth({ store: () => null, now: () => 0, onFault: () => undefined });
  let ticksMs = 0;
  const offline = createOffline({ hasNetwork: () => hasNetwork, ticks: () => ticksMs });
  const routes = ids.map(remote);
  const scripts = Object.fromEntries(ids.map((id) => [id, fails(`${id}.example`)]));
  const run = walk(scripts, { routes, health, offline });
  const result = await run.result;
  return {
    result,
    offline,
    paused: [...health.pauses(routes, 1).keys()],
    pass: (ms: number) => {
      ticksMs += ms;
    },
  };
}

describe("a machine without a network", () => {
  it("is recognised by two hosts that cannot be reached, and blames nobody", async () => {
    const { result, paused } = await walkOffline(true);
    expect(result.failure?.message).toBe(
      "2 attempts failed. This machine seems to be offline: neither a.example nor b.example can be reached. Check its network and ask again; no model is held to blame.",
    );
    expect(paused).toEqual([]);
  });

  it("is recognised at once where no address is left", async () => {
    const { result, paused } = await walkOffline(false, ["a"]);
    expect(result.failure).toMatchObject({
      kind: "network",
      cause: "offline",
      message:
        "This machine seems to be offline: a.example cannot be reached. Check its network and ask again; no model is held to blame.",
    });
    expect(paused).toEqual([]);
  });

  it("is not made of one host that is down", async () => {
    const { result, paused } = await walkOffline(true, ["a"]);
    expect(result.failure?.message).toMatch(/^No such host: a\.example\./);
    expect(paused).toEqual(["a/m"]);
  });

  it("is not made of hosts of which one has answered since, of old faults, or of this machine's own servers", () => {
    let ticksMs = 0;
    const offline = createOffline({ hasNetwork: () => true, ticks: () => ticksMs });
    const judge = (id: string, route = remote(id)) => {
      const failure = unreachable(id);
      return offline.judge(route, failure, () => undefined) === failure ? "its own" : "offline";
    };
    expect(judge("a")).toBe("its own");
    offline.answered(remote("c"));
    expect(judge("b")).toBe("its own");
    ticksMs += 30_001;
    expect(judge("a")).toBe("its own");
    expect(judge("local", routeOf("local", { origin: "http://127.0.0.1:11434" }))).toBe("its own");
    expect(judge("b")).toBe("offline");
  });
});
