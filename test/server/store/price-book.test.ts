import { describe, expect, it } from "vitest";
import type { HeldBack } from "../../../server/core/judge-prices.ts";
import { open, raw } from "./books.ts";

const heldBack: HeldBack = {
  why: null,
  changes: [{ id: "x", words: "input $2.50 → $25" }],
  rows: [{ id: "x", windowTokens: null, maxOutputTokens: null, price: "free" }],
  isWhole: false,
};

describe("prices that are held back", () => {
  it("are kept with the day they were first seen, until they are believed or gone", async () => {
    const { prices } = await open();
    await prices.setHeld("gate", "https://one.example", heldBack, 1_000);
    await prices.setHeld("gate", "https://one.example", heldBack, 2_000);
    await prices.setHeld(
      "other",
      "https://one.example",
      { ...heldBack, why: "every price in its list is zero" },
      3_000,
    );
    expect(prices.held()).toEqual([
      { source: "gate", origin: "https://one.example", sinceMs: 1_000, heldBack },
      {
        source: "other",
        origin: "https://one.example",
        sinceMs: 3_000,
        heldBack: { ...heldBack, why: "every price in its list is zero" },
      },
    ]);
    await prices.setHeld("gate", "https://one.example", null, 4_000);
    expect(prices.held().map(({ source }) => source)).toEqual(["other"]);
  });

  it("that cannot be read are none", async () => {
    const { prices, path } = await open();
    await prices.setHeld("gate", "https://one.example", heldBack, 1_000);
    raw(path).exec("UPDATE held_prices SET body = '{}'");
    expect(prices.held()).toEqual([]);
  });
});

describe("the list that comes with Wayfare, read anew", () => {
  it("is kept for the version that read it: a later one brings a later list", async () => {
    const { prices } = await open();
    expect(prices.readData("1.0.0")).toBeNull();
    await prices.saveData({ body: "[1]", asOfMs: 1_000, version: "1.0.0" });
    await prices.saveData({ body: "[2]", asOfMs: 2_000, version: "1.0.0" });
    expect(prices.readData("1.0.0")).toEqual({ body: "[2]", asOfMs: 2_000 });
    expect(prices.readData("1.1.0")).toBeNull();
  });
});

describe("what routes cost", () => {
  it("is told as changed once, by whichever window notes it first", async () => {
    const first = await open();
    const second = await open({ directory: first.path.replace(/\/[^/]*$/, "") });
    const cheap = [{ name: "openai/m", price: "1" }];
    const dear = [{ name: "openai/m", price: "2" }];
    expect(await first.prices.note(cheap, 1)).toEqual([]);
    expect(await second.prices.note(cheap, 2)).toEqual([]);
    const told = [...(await first.prices.note(dear, 3)), ...(await second.prices.note(dear, 3))];
    expect(told).toEqual([{ name: "openai/m", before: "1" }]);
  });

  it("is forgotten where the person names the price: taking that back is no news", async () => {
    const { prices } = await open();
    await prices.note([{ name: "m", price: "1" }], 1);
    await prices.note([{ name: "m", price: null }], 2);
    expect(await prices.note([{ name: "m", price: "2" }], 3)).toEqual([]);
  });
});
