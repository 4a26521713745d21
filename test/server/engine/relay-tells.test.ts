import { afterEach, describe, expect, it } from "vitest";
import type { RelayEnd, RelayRequest } from "../../../server/core/relay.ts";
import { type Closer, listener, relayRequest, relayScene } from "./relay-scene.ts";

/** What a client is told of its answer beside the text: why it comes from where it comes, its bill, and when to come again. */

const closers: Closer[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const never = new AbortController().signal;
const isDone = (end: RelayEnd | undefined): end is Extract<RelayEnd, { state: "done" }> => end?.state === "done";

async function run(scene: Awaited<ReturnType<typeof relayScene>>, over: Parameters<typeof relayRequest>[0] = {}) {
  const heard = listener();
  const request = relayRequest(over);
  await scene.relay.ask(request, heard, never);
  return { ...heard, end: heard.ends[0], request };
}

describe("a provider that cannot be asked", () => {
  const failureOf = async (scene: Awaited<ReturnType<typeof relayScene>>, model: string) => {
    const { end } = await run(scene, { model });
    if (end?.state !== "failed") throw new Error("It did not fail.");
    return end.failure;
  };
  const hole: RelayRequest["ask"] = { kind: "fill", prefix: "const total = ", suffix: ";" };

  it("for want of a key is told so, with the way to give it one, by any name of it", async () => {
    const scene = await relayScene(closers, { alpsIs: "keyless", names: { "claude-*": "alps/large" } });
    const { origin } = new URL(scene.vendors.anthropicBaseUrl);
    const mend = `Run "Wayfare: Change Key" and enter the key for ${origin}.`;
    const setup = { kind: "setup", field: "key", mend: "changeKey" };
    for (const model of ["alps/large", "alps/another", "large", "claude-opus-4-1"]) {
      const name = model === "alps/another" ? model : "alps/large";
      const message = `${name} cannot be asked: "alps" has no key. ${mend}`;
      expect(await failureOf(scene, model)).toEqual({ ...setup, message });
    }
    const tier = `No frontier model can be asked: "alps" has no key. ${mend}`;
    expect(await failureOf(scene, "frontier")).toEqual({ ...setup, message: tier });
    const { end } = await run(scene, { model: "frontier", ask: hole });
    expect(end).toMatchObject({ state: "failed", failure: { ...setup, message: tier } });
    expect(await failureOf(scene, "gpt-99")).toMatchObject({ field: "model" });
    expect(scene.vendors.log()).toEqual([]);
  });

  it("for being switched off is told so as well", async () => {
    const scene = await relayScene(closers, { alpsIs: "off" });
    const mend = 'Run "Wayfare: Edit Provider" to switch it on, or choose another model.';
    const setup = { kind: "setup", field: "wayfare.mode", mend: "editProvider" };
    for (const model of ["alps/large", "alps/another", "large"]) {
      const name = model === "alps/another" ? model : "alps/large";
      const message = `${name} cannot be asked: its provider is switched off. ${mend}`;
      expect(await failureOf(scene, model)).toEqual({ ...setup, message });
    }
    expect(await failureOf(scene, "frontier")).toEqual({
      ...{ ...setup, field: "wayfare.providers" },
      message: `No frontier model can be asked: "alps" is switched off. ${mend}`,
    });
  });
});

describe("another tier than the one that was asked for", () => {
  /** What its client and its record are told. */
  const told = async (scene: Awaited<ReturnType<typeof relayScene>>, over: Parameters<typeof relayRequest>[0]) => {
    const { begun, end, request } = await run(scene, over);
    if (!isDone(end)) throw new Error("It failed.");
    await scene.audit.idle();
    expect(end.beginning).toEqual(begun[0] ?? end.beginning);
    const { tier } = end.beginning.route;
    return { tier, reason: end.beginning.reason, booked: scene.store.requests.read(request.id)?.why };
  };

  it.each([true, false])("answers where the prompt is too long for it (streamed: %s)", async (isStreamed) => {
    const scene = await relayScene(closers, { windows: { cheap: 8_000 } });
    const question = `What is this? ${"word ".repeat(12_000)}`;
    const why = /^you chose cheap, and no cheap model has room for it \(8,000 tokens; it needs 1\d,\d{3}\)$/;
    const { tier, reason, booked } = await told(scene, { model: "cheap", question, isStreamed });
    expect(tier).toBe("frontier");
    expect(reason).toMatch(why);
    expect(booked).toBe(reason);
    const auto = await told(scene, { model: "auto", question, isStreamed });
    expect(auto.reason).toMatch(/^no cheap model has room for it/);
    expect(auto.booked).toBe(auto.reason);
  });

  it("is named where it fails, for the price of a tier that nobody asked for is no explanation", async () => {
    const budget = { workspace: { daily: 0.0001 } };
    const scene = await relayScene(closers, { windows: { cheap: 8_000 }, budget });
    const { end } = await run(scene, { model: "cheap", question: `What is this? ${"word ".repeat(12_000)}` });
    if (end?.state !== "failed") throw new Error("It did not fail.");
    expect(end.failure.message).toMatch(
      /^You chose cheap, and no cheap model has room for it \(8,000 tokens; it needs 1\d,\d{3}\)\. This needs at least /,
    );
  });

  it.each([true, false])("answers where every model of it fails (streamed: %s)", async (isStreamed) => {
    const scene = await relayScene(closers);
    for (const model of ["small", "spare"]) scene.vendors.setFault(model, { kind: "status", status: 500 });
    const { tier, reason, booked } = await told(scene, { model: "cheap", isStreamed });
    expect(tier).toBe("frontier");
    expect(booked).toBe("you chose cheap; no cheap model answered");
    expect(reason).toBe(`${booked}; acme/small and acme/spare failed before`);
  });

  it.each([true, false])("answers where a cap leaves too little for it (streamed: %s)", async (isStreamed) => {
    const scene = await relayScene(closers, { budget: { workspace: { daily: 0.01 } }, usd: { frontier: 100 } });
    const { tier, reason, booked } = await told(scene, { model: "frontier", isStreamed });
    expect([tier, reason]).toEqual(["cheap", "you chose frontier; large does not fit under this book's $0.01 a day"]);
    expect(booked).toBe(reason);
  });
});

describe("a bill", () => {
  it("says of simulated money that it is that", async () => {
    const scene = await relayScene(closers, { playground: true });
    const model = scene.relay.models().find(({ id }) => id.startsWith("playground/"))?.id ?? "";
    for (const isStreamed of [true, false]) {
      const { end } = await run(scene, { model, isStreamed });
      if (!isDone(end)) throw new Error("It failed.");
      expect(end.bill.costNano).toBeGreaterThan(0);
      expect(end.bill.costSource).toBe("simulated");
    }
  });

  it("has no source where nobody was asked", async () => {
    const scene = await relayScene(closers, { budget: { daily: 0 } });
    for (const model of ["gpt-99", "acme/small"]) {
      const { end } = await run(scene, { model });
      expect(end).toMatchObject({ state: "failed", bill: { attempts: [], costNano: 0, costSource: "none" } });
    }
  });
});

describe("when it may be asked again", () => {
  it("is told wherever it is known, as the message tells it", async () => {
    const scene = await relayScene(closers);
    for (const model of ["small", "spare"]) scene.vendors.setFault(model, { kind: "status", status: 429 });
    scene.vendors.setFault("large", { kind: "status", status: 529 });
    const { end } = await run(scene, { model: "cheap" });
    if (end?.state !== "failed") throw new Error("It did not fail.");
    const seconds = Number(/ is tried again in (\d+) s\.$/.exec(end.failure.message)?.[1]);
    expect(seconds).toBeGreaterThan(0);
    expect(Math.ceil((end.retryAfterMs ?? 0) / 1_000)).toBe(seconds);
  });

  it("is not told where nobody knows", async () => {
    const scene = await relayScene(closers);
    const { end } = await run(scene, { model: "gpt-99" });
    expect(end).not.toHaveProperty("retryAfterMs");
  });
});
