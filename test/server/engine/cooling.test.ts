import { describe, expect, it } from "vitest";
import { createCooling } from "../../../server/engine/cooling.ts";
import type { Failure } from "../../../shared/failure.ts";
import { routeOf } from "./scripted-provider.ts";

const m1 = routeOf("a");
const m2 = routeOf("a", { modelId: "m2" });
const elsewhere = routeOf("b");
const routes = [m1, m2, elsewhere];
const paused = (failure: Failure, atMs: number): string[] => {
  const cooling = createCooling();
  cooling.failed(m1, failure, 0);
  return [...cooling.pauses(routes, atMs).keys()];
};

describe("routes left alone", () => {
  it("are the model, the key or the host, as the failure tells", () => {
    expect(paused({ kind: "overloaded", status: 503, message: "" }, 1)).toEqual(["a/m"]);
    expect(paused({ kind: "auth", status: 401, message: "" }, 1)).toEqual(["a/m", "a/m2"]);
    expect(paused({ kind: "network", cause: "refused", host: "a", message: "" }, 1)).toEqual(["a/m", "a/m2"]);
    expect(paused({ kind: "stall", waitedMs: 1, message: "" }, 1)).toEqual([]);
  });

  it("come back after the time that the provider named", () => {
    const failure: Failure = { kind: "rate-limit", retryAfterMs: 2_000, message: "" };
    expect(paused(failure, 1_999)).toHaveLength(2);
    expect(paused(failure, 2_000)).toEqual([]);
  });

  it("do not speak for the same provider on another wire, which is another vendor", () => {
    const cooling = createCooling();
    cooling.failed(m1, { kind: "rate-limit", retryAfterMs: 2_000, message: "" }, 0);
    expect([...cooling.pauses([{ ...m2, wire: "anthropic" }, m2], 1).keys()]).toEqual(["a/m2"]);
    expect(cooling.pauses([{ ...m2, wire: "anthropic" }], 1).size).toBe(0);
  });

  it("keep a model that asked for a rest at rest when another answers with its key", () => {
    const cooling = createCooling();
    cooling.failed(m1, { kind: "rate-limit", retryAfterMs: 20_000, message: "" }, 0);
    cooling.answered(m2);
    expect([...cooling.pauses(routes, 1)]).toEqual([["a/m", { untilMs: 20_000, why: "rate limited, 20 s" }]]);
  });

  it("carry the longest of several pauses and its reason", () => {
    const cooling = createCooling();
    cooling.failed(m1, { kind: "overloaded", status: 503, message: "" }, 0);
    cooling.failed(m1, { kind: "auth", status: 401, message: "" }, 0);
    expect(cooling.pauses([m1], 1).get("a/m")).toEqual({ untilMs: 300_000, why: "key refused (401)" });
  });

  it("come back at once with an answer, or with new settings", () => {
    const cooling = createCooling();
    cooling.failed(m1, { kind: "auth", status: 401, message: "" }, 0);
    cooling.answered(m2);
    expect(cooling.pauses(routes, 1).size).toBe(0);
    cooling.failed(m1, { kind: "auth", status: 401, message: "" }, 0);
    cooling.clear();
    expect(cooling.pauses(routes, 1).size).toBe(0);
  });
});
