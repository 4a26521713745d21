import { afterEach, describe, expect, it } from "vitest";
import { createAsk } from "../../../server/engine/ask.ts";
import { systemClock } from "../../../server/engine/clock.ts";
import { createWorld } from "../../../server/engine/configure.ts";
import { createHealth } from "../../../server/engine/health.ts";
import type { Playground } from "../../../server/playground/start-playground.ts";
import { createProvider } from "../../../server/providers/create-provider.ts";
import { createHttp } from "../../../server/providers/http.ts";
import type { AskPart } from "../../../shared/protocol.ts";
import type { ProviderSetting } from "../../../shared/settings.ts";
import { apiKey, scripted, start } from "../playground/vendor-client.ts";
import { headersTo, withPortkey } from "../providers/portkey-gateway.ts";
import { open, until } from "../store/books.ts";

/** Turns through Portkey's own gateway over real sockets, with real books and a vendor that keeps its own. */

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const gateway = withPortkey();
const words = "The retry waits twice as long each time — and then gives up. 🧭\r\n".repeat(8);
const known = { id: "talker", price: { input: 1, output: 2 }, windowTokens: 10_000, maxOutputTokens: 1_000 };

/** A vendor, asked through Portkey first and, should that fail, another vendor of its own. */
async function run(wire: "openai" | "anthropic" = "openai") {
  const vendorWire = wire === "openai" ? "openai-compatible" : "anthropic";
  const vendor = await start({ models: [scripted("talker", words, { wire: vendorWire })] });
  const spare = await start({ models: [scripted("talker", words)] });
  const store = await open();
  const world = createWorld({
    now: Date.now,
    createHttp,
    createProvider,
    findKnownPrice: async () => null,
    modelLists: store.modelLists,
    ledgerFailure: () => null,
    startPlayground: () => Promise.reject(new Error("not here")),
  });
  closers.push(() => world.close());
  const providers: ProviderSetting[] = [
    {
      id: "portkey",
      preset: "portkey-self-hosted",
      baseUrl: gateway.baseUrl(),
      headers: headersTo(wire, wire === "openai" ? vendor.openAiBaseUrl : vendor.anthropicBaseUrl),
      models: [known],
    },
    { id: "spare", preset: "openai-compatible", baseUrl: spare.openAiBaseUrl, models: [known] },
  ];
  const keys = providers.map(({ id, baseUrl = "" }) => ({
    providerId: id,
    origin: new URL(baseUrl).origin,
    key: apiKey,
  }));
  const { problems } = await world.apply({
    configuration: {
      providers,
      tiers: { cheap: ["portkey/talker", "spare/talker"] },
      mode: undefined,
      quality: undefined,
      playground: undefined,
      network: { proxySupport: "off" },
    },
    keys,
    trusted: true,
  });
  expect(problems).toEqual([]);
  let ids = 0;
  const ask = createAsk({
    world,
    store,
    clock: systemClock,
    health: createHealth({ store: () => null, now: Date.now, onFault: () => undefined }),
    random: () => 0,
    createId: () => `a${++ids}`,
    workspace: "here",
  });
  const put = (onPart: (part: AskPart) => void = () => undefined, signal = new AbortController().signal) =>
    ask({ sessionId: "s", turnId: "t1", question: "how?", context: [], mode: "cheap" }, onPart, signal);
  return { vendor, spare, store, put };
}

const billedNano = (vendor: Playground) => vendor.log().reduce((sum, { costNano }) => sum + costNano, 0);

describe.each(["openai", "anthropic"] as const)("a turn that Portkey's own gateway asks of %s", (wire) => {
  it("is the vendor's text byte for byte, and booked to the cent of its bill", async () => {
    const { put, store, vendor } = await run(wire);
    const turn = await put();
    expect(turn).toMatchObject({ state: "done", answer: words, decision: { costSource: "computed" } });
    expect(turn.decision?.costNano).toBe(billedNano(vendor));
    expect(store.ledger.spend().real).toMatchObject({ spentNano: billedNano(vendor), heldNano: 0 });
  });

  it("that is called off ends here at once, and is booked with no less than the vendor bills for writing on", async () => {
    const { put, store, vendor } = await run(wire);
    vendor.setFault("talker", { kind: "slow", tokensPerSecond: 400 });
    const cancel = new AbortController();
    const turn = await put((part) => part.type === "text" && cancel.abort(), cancel.signal);
    expect(turn.state).toBe("cancelled");
    expect(words.startsWith(turn.answer)).toBe(true);
    expect(turn.answer).not.toBe(words);
    // Nobody hears it any more, and still the gateway reads it to its end.
    await until(() => vendor.log().length === 1);
    expect(vendor.log()[0]).toMatchObject({ text: words, end: "finished" });
    expect(turn.decision?.attempts).toMatchObject([{ outcome: "cancelled", costSource: "estimated" }]);
    expect(store.ledger.spend().real.spentNano).toBeGreaterThanOrEqual(billedNano(vendor));
    expect(store.ledger.spend().real.heldNano).toBe(0);
  });

  it("is answered by the next model when the vendor behind the gateway is gone", async () => {
    const { put, vendor, spare } = await run(wire);
    await vendor.close();
    const turn = await put();
    expect(turn).toMatchObject({ state: "done", answer: words });
    const unreached = { providerId: "portkey", outcome: "failed", costNano: 0, failure: { kind: "server-error" } };
    const answered = { providerId: "spare", outcome: "done", costNano: billedNano(spare) };
    expect(turn.decision?.attempts).toMatchObject([unreached, unreached, answered]);
    expect(turn.decision?.attempts[0]?.failure?.message).toContain("connect ECONNREFUSED 127.0.0.1");
  });

  it("starts again with the next model when the vendor broke off, which the gateway passes over in silence", async () => {
    const { put, vendor } = await run(wire);
    vendor.setFault("talker", { kind: "cut", afterCharacters: "half" });
    const turn = await put();
    expect(turn).toMatchObject({ state: "done", answer: words });
    expect(turn.decision?.attempts).toMatchObject([
      { providerId: "portkey", outcome: "failed", failure: { kind: "truncated" } },
      { providerId: "spare", outcome: "done" },
    ]);
  });
});
