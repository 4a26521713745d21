import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { acceptHeldBack, judgePrices } from "../../../server/core/judge-prices.ts";
import type { ListedModel } from "../../../server/core/provider.ts";

/** "a 1/4 b free c ?": each model with its input and output price. */
const pairs = (text: string): ListedModel[] =>
  (text.match(/\S+ \S+/g) ?? []).map((pair) => {
    const [id = "", price = "?"] = pair.split(" ");
    const [inputUsd = 0, outputUsd = 0] = price.split("/").map(Number);
    const tier = { fromInputTokens: 0, inputUsd, outputUsd, cacheReadUsd: inputUsd / 10, cacheWriteUsd: inputUsd };
    const known = { source: "provider" as const, tiers: [tier] as const };
    const stated = price === "free" ? price : price === "?" ? null : known;
    return { id, windowTokens: null, maxOutputTokens: null, price: stated };
  });
const shown = (rows: readonly ListedModel[]) =>
  rows
    .map(({ id, price }) => {
      if (price === null || price === "free") return `${id} ${price ?? "?"}`;
      return `${id} ${price.tiers[0].inputUsd}/${price.tiers[0].outputUsd}`;
    })
    .join(" ");
const judge = (old: string | null, fresh: string) => {
  const { rows, heldBack } = judgePrices(old === null ? null : pairs(old), pairs(fresh));
  return {
    used: shown(rows),
    why: heldBack?.why ?? null,
    held: heldBack?.changes.map(({ id, words }) => `${id}: ${words}`),
  };
};
describe("a new list of prices", () => {
  it("is used where it is plausible: moves below ten-fold, new models, unknown ones", () => {
    expect(judge("a 1/4 b 2/8 c ?", "a 9/4 b 0.3/8 c 5/5 d 100/200")).toEqual({
      used: "a 9/4 b 0.3/8 c 5/5 d 100/200",
      why: null,
      held: undefined,
    });
    expect(judge(null, "a 1/4 b free c ?")).toEqual({ used: "a 1/4 b free c ?", why: null, held: undefined });
  });

  it("keeps the old price where one moves ten-fold, either way or to zero, and uses the rest", () => {
    expect(judge("x 2.5/10 y 1/4 z 3/15 free free", "x 25/10 y 1.1/4 z 0/0 free 1/2")).toEqual({
      used: "x 2.5/10 y 1.1/4 z 3/15 free 1/2",
      why: null,
      held: [
        "x: input $2.50 → $25, cache read $0.25 → $2.50, cache write $2.50 → $25",
        "z: input $3 → $0, output $15 → $0, cache read $0.30 → $0, cache write $3 → $0",
      ],
    });
    expect(judge("x 3/15 y 1/1", "x 3/1.5 y 1/1").held).toEqual(["x: output $15 → $1.50"]);
  });

  it("is held back whole where half of its models are gone", () => {
    expect(judge("a 1/4 b 1/4 c 1/4 d 1/4 e 1/4", "a 1/4 b 2/4")).toEqual({
      used: "a 1/4 b 1/4 c 1/4 d 1/4 e 1/4",
      why: "it now lists fewer than half of its models (2, it had 5)",
      held: [],
    });
    expect(judge("a 1/4 b 1/4 c 1/4 d 1/4", "a 1/4 b 2/4").why).toBeNull();
  });

  it("keeps the old prices where the new list lacks most of them", () => {
    expect(judge("a 1/4 b 1/4 c 1/4", "a ? b ? c 2/4 d 7/7")).toEqual({
      used: "a 1/4 b 1/4 c 1/4 d ?",
      why: "its list has a price for fewer than half of the models that had one (1, it had 3)",
      held: [],
    });
  });

  it("of nothing but zeros makes no model free, not the first time either", () => {
    expect(judge(null, "a free b 0/0")).toEqual({ used: "a ? b ?", why: "every price in its list is zero", held: [] });
    expect(judge("a 1/4 b 2/8", "a free b free c free")).toMatchObject({ used: "a 1/4 b 2/8 c ?" });
    // What says that it is given away, and what was believed before, is.
    expect(judge(null, "a:free free b:free free").used).toBe("a:free free b:free free");
    expect(judge("a free b free", "a free b free c free").used).toBe("a free b free c free");
    expect(judge(null, "a ? b ?").why).toBeNull();
  });

  it("becomes the person's when they accept what was held back", () => {
    const old = pairs("x 2.5/10 y 1/4");
    const { rows, heldBack } = judgePrices(old, pairs("x 25/100 y 1.1/4"));
    expect(shown(acceptHeldBack(rows, heldBack ?? { rows: [], isWhole: false }))).toBe("x 25/100 y 1.1/4");
    const shrunk = judgePrices(pairs("a 1/1 b 1/1 c 1/1"), pairs("a 2/2"));
    expect(shown(acceptHeldBack(shrunk.rows, shrunk.heldBack ?? { rows: [], isWhole: false }))).toBe("a 2/2");
  });

  it("never lets a price move ten-fold unseen, and judges its own result plausible", () => {
    const row = fc.tuple(
      fc.constantFrom("a", "b", "c", "d", "e"),
      fc.constantFrom("?", "free", "1/4", "3/15", "30/150", "0.1/0.4"),
    );
    const lists = fc
      .uniqueArray(row, { selector: ([id]) => id, maxLength: 5 })
      .map((rows) => pairs(rows.flat().join(" ")));
    fc.assert(
      fc.property(fc.option(lists), lists, (old, fresh) => {
        const { rows } = judgePrices(old, fresh);
        for (const { id, price } of rows) {
          const was = old?.find((each) => each.id === id)?.price;
          if (!was || was === "free" || price === null) continue;
          const usd = price === "free" ? 0 : price.tiers[0].inputUsd;
          expect(usd).toBeGreaterThan(was.tiers[0].inputUsd / 10);
          expect(usd).toBeLessThan(was.tiers[0].inputUsd * 10);
        }
        expect(judgePrices(rows, rows).heldBack).toBeNull();
      }),
    );
  });
});
