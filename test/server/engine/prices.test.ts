import { describe, expect, it } from "vitest";
import { findKnownPrice } from "../../../server/core/known-prices.ts";
import { FailureError } from "../../../shared/failure.ts";
import { open } from "../store/books.ts";
import {
  asText,
  bundled,
  DAY_MS,
  direct,
  gate,
  gateway,
  model,
  openAiKey,
  openWindow,
  price,
  published,
  startMs,
  withList,
} from "./prices-scene.ts";

describe("a list that changed", () => {
  it("is read when it is a day old, used by the next plan, and told once for all windows", async () => {
    const store = await withList(model("vendor/m", 0.25, 2), model("vendor/other", 1, 4));
    const at = { nowMs: startMs };
    const fresh = () => [model("vendor/m", 0.3, 2), model("vendor/other", 1, 5)];
    const first = await openWindow(store, at, { list: fresh });
    const second = await openWindow(store, at, { list: fresh });
    await first.configure(gateway("vendor/m"));
    await second.configure(gateway("vendor/m"));
    expect(first.inForce()).toEqual([["vendor/m", [0.25, 2]]]);
    await first.due();
    await second.due();
    expect(first.seen.told).toEqual([
      {
        providerId: "gate",
        modelId: "vendor/m",
        words: "input $0.25 → $0.30, cache read $0.125 → $0.15, cache write $0.25 → $0.30 per million",
      },
    ]);
    expect([first.inForce(), second.inForce()]).toEqual([[["vendor/m", [0.3, 2]]], [["vendor/m", [0.3, 2]]]]);
    // The second took what the first had read.
    expect([first.seen.asked, second.seen.asked, second.seen.told]).toEqual([1, 0, []]);
    await first.due();
    at.nowMs += DAY_MS - 1;
    await first.due();
    expect(first.seen.asked).toBe(1);
    at.nowMs += 1;
    await first.due();
    expect([first.seen.asked, first.seen.told.length, first.seen.faults]).toEqual([2, 1, []]);
  });

  it("is read on demand however young it is, which says what changed of any model", async () => {
    const store = await withList(model("vendor/m", 0.25, 2), model("vendor/other", 1, 4));
    const window = await openWindow(
      store,
      { nowMs: startMs - DAY_MS + 1 },
      {
        list: () => [model("vendor/m", 0.25, 2), model("vendor/other", 1, 5)],
      },
    );
    await window.configure(gateway("vendor/m"));
    expect(await window.now()).toEqual({
      changes: [{ providerId: "gate", modelId: "vendor/other", words: "output $4 → $5 per million" }],
      more: 0,
      problems: [],
      read: 2,
    });
    // Not in use, so not told unasked.
    expect(window.seen.told).toEqual([]);
  });

  it("is not read by itself where the person turned that off, and on demand all the same", async () => {
    const window = await openWindow(
      await withList(model("m", 1, 4)),
      { nowMs: startMs },
      { list: () => [model("m", 2, 4)] },
    );
    await window.configure({ ...gateway("m"), prices: { update: false } });
    await window.due();
    expect([window.seen.asked, window.seen.downloaded]).toEqual([0, 0]);
    await window.now();
    expect([window.seen.asked, window.seen.downloaded]).toEqual([1, 1]);
  });

  it("that cannot be read, as it is a web page, leaves the old prices", async () => {
    const window = await openWindow(
      await withList(model("m", 1, 4)),
      { nowMs: startMs },
      {
        list() {
          throw new FailureError({
            kind: "not-an-api",
            status: 200,
            contentType: "text/html",
            message: "It is a page.",
          });
        },
        body: () => "<!doctype html>",
      },
    );
    await window.configure(gateway("m"));
    await window.due();
    expect(window.seen.faults).toEqual([
      'The models of "gate" could not be read again, and the old list is kept: It is a page.',
      "The list of known prices could not be read, and the old one is kept: What is published is no list of prices that this version can read.",
    ]);
    expect(window.inForce()).toEqual([["m", [1, 4]]]);
  });
});

describe("a price that is not plausible", () => {
  it("is held back and shown, the rest of the list is used, and it counts once the person accepts it", async () => {
    const store = await withList(model("openai/x", 2.5, 10), model("openai/y", 1, 4));
    const window = await openWindow(
      store,
      { nowMs: startMs },
      {
        list: () => [model("openai/x", 25, 10), model("openai/y", 2, 4)],
      },
    );
    await window.configure(gateway("openai/x", "openai/y"));
    await window.due();
    expect(window.inForce()).toEqual([
      ["openai/x", [2.5, 10]],
      ["openai/y", [2, 4]],
    ]);
    // Should it be true, no cap breaks: money is held for it.
    expect(window.world.scene().routes.map(({ nextPrices = [] }) => nextPrices)).toEqual([[price(25, 10)], []]);
    const words = "input $2.50 → $25, cache read $1.25 → $12.50, cache write $2.50 → $25";
    expect(window.seen.faults).toEqual([
      `held back: gate/openai/x ${words}. Run "Wayfare: Refresh Prices" to see it and to take it.`,
    ]);
    const { held, rows } = await window.prices.facts();
    expect(held).toEqual([
      { source: "gate", sinceMs: startMs, why: null, lines: [`held back: openai/x ${words}`], more: 0 },
    ]);
    expect(rows.map((row) => row.heldBack)).toEqual([words, null]);

    window.seen.told.length = 0;
    expect((await window.prices.accept({ source: "gate" })).changes).toEqual([
      { providerId: "gate", modelId: "openai/x", words: `${words} per million` },
    ]);
    expect(window.inForce()[0]).toEqual(["openai/x", [25, 10]]);
    expect(window.world.scene().routes[0]?.nextPrices).toBeUndefined();
    expect(window.seen.told).toHaveLength(1);
    expect((await window.prices.facts()).held).toEqual([]);
  });

  it("of nothing but zeros leaves the old prices, and can be accepted whole", async () => {
    const window = await openWindow(
      await withList(model("m", 1, 4)),
      { nowMs: startMs },
      {
        list: () => [{ ...model("m", 0, 0), price: "free" }],
      },
    );
    await window.configure(gateway("m"));
    await window.due();
    expect(window.inForce()).toEqual([["m", [1, 4]]]);
    expect((await window.prices.facts()).held.map(({ why }) => why)).toEqual(["every price in its list is zero"]);
    await window.prices.accept({ source: "gate" });
    expect(window.inForce()).toEqual([["m", "free"]]);
  });
});

describe("the list of known prices", () => {
  const gpt4oMini = { input_mtok: 0.2, cache_read_mtok: 0.075, output_mtok: 0.6 };

  it("is read anew, used at once and at the next start, and gives way to a newer Wayfare's", async () => {
    const store = await open();
    const at = { nowMs: startMs };
    const window = await openWindow(store, at, { body: () => published("openai", "gpt-4o-mini", gpt4oMini) });
    await window.configure(direct, openAiKey);
    expect(window.inForce()).toEqual([["gpt-4o-mini", [0.15, 0.6]]]);
    await window.due();
    expect(window.inForce()).toEqual([["gpt-4o-mini", [0.2, 0.6]]]);
    expect(window.seen.told.map(({ words }) => words)).toEqual([
      "input $0.15 → $0.20, cache write $0.15 → $0.20 per million",
    ]);
    expect((await window.prices.facts()).rows).toMatchObject([
      { source: "genai-prices", asOfMs: startMs, other: null },
    ]);

    const next = await openWindow(store, at);
    await next.configure(direct, openAiKey);
    expect([next.inForce(), next.seen.downloaded]).toEqual([[["gpt-4o-mini", [0.2, 0.6]]], 0]);
    expect(store.prices.readData("1.0.1")).toBeNull();
  });

  it("keeps a price that moves ten-fold until it is accepted", async () => {
    const window = await openWindow(
      await open(),
      { nowMs: startMs },
      {
        body: () => published("openai", "gpt-4o-mini", { ...gpt4oMini, input_mtok: 3 }),
      },
    );
    await window.configure(direct, openAiKey);
    await window.now();
    expect(window.inForce()).toEqual([["gpt-4o-mini", [0.2, 0.6]]]);
    expect((await window.prices.facts()).held).toMatchObject([
      {
        source: "genai-prices",
        why: null,
        lines: ["held back: openai/gpt-4o-mini input $0.20 → $3, cache write $0.20 → $3"],
      },
    ]);
    await window.prices.accept({ source: "genai-prices" });
    expect(window.inForce()).toEqual([["gpt-4o-mini", [3, 0.6]]]);
  });

  it("is held back whole where half of it is gone", async () => {
    const window = await openWindow(await open(), { nowMs: startMs }, { body: () => asText(bundled.slice(0, 1)) });
    await window.configure(direct, openAiKey);
    expect((await window.now()).problems).toEqual([
      expect.stringMatching(
        /^The new list of known prices is held back, and the old one kept: it now lists fewer than half of its models \(\d+, it had \d+\)\.$/,
      ),
    ]);
    expect(
      await findKnownPrice({ baseUrl: "https://api.openai.com/v1", modelId: "gpt-4o", atMs: startMs }),
    ).not.toBeNull();
  });

  it("is not read for one who asks nobody but this machine", async () => {
    const window = await openWindow(await open(), { nowMs: startMs });
    await window.configure({
      providers: [{ ...gate, baseUrl: "http://127.0.0.1:9/v1" }],
      tiers: { cheap: ["gate/m"], frontier: [] },
    });
    await window.now();
    expect(window.seen.downloaded).toBe(0);
  });
});

describe("what is known of prices", () => {
  it("has the source and its day, a disagreement with the maker, and the next change by the hour", async () => {
    const night = price(1, 4);
    const hours = [
      { fromMinute: 0, tiers: night.tiers },
      { fromMinute: 16 * 60 + 30, tiers: price(0.5, 2).tiers },
    ];
    const store = await withList(
      model("openai/gpt-4o", 2.5, 12),
      model("google/gemini-2.5-pro", 1.25, 10),
      model("vendor/night", 1, 4, hours),
    );
    const window = await openWindow(store, { nowMs: startMs });
    await window.configure({
      providers: [
        {
          ...gate,
          models: [
            "openai/gpt-4o",
            "vendor/night",
            { id: "own", price: { input: 1, output: 2, request: 0.01 } },
            "unknown",
          ],
        },
      ],
      tiers: { cheap: ["gate/openai/gpt-4o", "gate/vendor/night"], frontier: ["gate/own", "gate/unknown"] },
    });
    const { rows, updates, genaiPrices } = await window.prices.facts();
    expect([updates, genaiPrices]).toEqual([true, { asOfMs: Date.UTC(2026, 8, 23), isBundled: true }]);
    expect(rows.map(({ modelId, source, asOfMs }) => [modelId, source, asOfMs])).toEqual([
      ["openai/gpt-4o", "provider", startMs - DAY_MS],
      ["vendor/night", "provider", startMs - DAY_MS],
      ["own", "override", null],
      ["unknown", null, null],
    ]);
    expect(rows[0]?.other).toMatchObject({ source: "maker", percent: -16.7, words: "output $12 → $10" });
    expect(rows[1]).toMatchObject({
      price: [{ inputUsd: 1 }],
      other: null,
      next: { atMs: Date.UTC(2026, 10, 20, 16, 30) },
    });
    expect(rows[1]?.next?.price).toMatchObject([{ inputUsd: 0.5, outputUsd: 2 }]);
    expect(rows[2]?.price).toMatchObject([{ inputUsd: 1, outputUsd: 2, requestUsd: 0.01 }]);
    expect(rows[3]?.price).toBeNull();
  });

  it("tells no change because the hour is another, nor where the person names the price", async () => {
    const hours = [
      { fromMinute: 0, tiers: price(1, 4).tiers },
      { fromMinute: 990, tiers: price(0.5, 2).tiers },
    ];
    const at = { nowMs: startMs };
    const window = await openWindow(await withList(model("m", 1, 4, hours)), at);
    await window.configure(gateway("m"));
    at.nowMs += DAY_MS / 4;
    await window.configure(gateway("m"));
    expect(window.inForce()).toEqual([["m", [0.5, 2]]]);
    const own = { ...gate, models: [{ id: "m", price: { input: 9, output: 9 } }] };
    await window.configure({ ...gateway("m"), providers: [own] });
    await window.configure(gateway("m"));
    expect(window.seen.told).toEqual([]);
  });

  it("tells a change of some hours with the hour", async () => {
    const day = (inputUsd: number) => [
      { fromMinute: 0, tiers: price(1, 4).tiers },
      { fromMinute: 990, tiers: price(inputUsd, 4).tiers },
    ];
    const window = await openWindow(
      await withList(model("m", 1, 4, day(0.5))),
      { nowMs: startMs },
      {
        list: () => [model("m", 1, 4, day(0.7))],
      },
    );
    await window.configure(gateway("m"));
    await window.due();
    expect(window.seen.told.map(({ words }) => words)).toEqual([
      "input $0.50 → $0.70, cache read $0.25 → $0.35, cache write $0.50 → $0.70 per million (from 16:30 UTC on)",
    ]);
  });
});

describe("a server on this machine, in a row written by hand", () => {
  const box = {
    providers: [{ id: "box", preset: "vllm", baseUrl: "http://127.0.0.1:8000/v1", models: ["coder"] }],
    tiers: { cheap: ["box/coder"], frontier: [] },
  };
  const list = () => [{ id: "coder", windowTokens: 32_768, maxOutputTokens: null, price: null }];

  it("is asked how large its model's window is once it is set up, and nothing else is read", async () => {
    const { configure, due, seen, world } = await openWindow(await open(), { nowMs: startMs }, { list });
    await configure(box);
    expect(world.scene().routes.map(({ windowTokens }) => windowTokens)).toEqual([null]);
    await due();
    expect(world.scene().routes.map(({ windowTokens, price: its }) => [windowTokens, its])).toEqual([[32_768, "free"]]);
    await due();
    expect([seen.asked, seen.downloaded, seen.faults]).toEqual([1, 0, []]);
  });

  it("that was not running when it was set up is asked again once it has answered", async () => {
    const at = { nowMs: startMs };
    const { configure, due, prices, seen, window, world } = await openWindow(await open(), at, {
      list: () => {
        throw new FailureError({ kind: "network", cause: "refused", host: "127.0.0.1:8000", message: "Not there." });
      },
    });
    await configure(box);
    await due();
    window.list = list;
    at.nowMs += 60_000;
    const [route] = world.scene().routes;
    if (route === undefined) throw new Error("no route");
    await prices.answered(route, new AbortController().signal);
    const [known] = world.scene().routes;
    expect(known?.windowTokens).toBe(32_768);
    // What is known is not asked for, and of others the list is read once a day alone.
    at.nowMs += 60_000;
    await prices.answered(known ?? route, new AbortController().signal);
    await prices.answered({ ...route, origin: "https://gate.example" }, new AbortController().signal);
    expect([seen.asked, seen.downloaded]).toEqual([2, 0]);
  });

  it("is asked nothing before it is set up, and nothing where lists are not to be read", async () => {
    const { configure, due, seen } = await openWindow(await open(), { nowMs: startMs }, { list });
    await configure({});
    await due();
    await configure({ ...box, prices: { update: false } });
    await due();
    expect([seen.asked, seen.downloaded]).toEqual([0, 0]);
  });
});
