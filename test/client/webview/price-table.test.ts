// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import { priceTable } from "../../../client/webview/price-table.ts";
import type { PriceFacts, PriceRow } from "../../../shared/prices.ts";

const november = Date.UTC(2026, 10, 20, 12);
const row = (fields: Partial<PriceRow>): PriceRow => ({
  providerId: "openrouter",
  modelId: "vendor/small",
  tier: "cheap",
  simulated: false,
  price: [{ fromInputTokens: 0, inputUsd: 0.25, outputUsd: 2, cacheReadUsd: 0.03, cacheWriteUsd: 0.25 }],
  source: "provider",
  asOfMs: november,
  other: null,
  heldBack: null,
  next: null,
  note: null,
  ...fields,
});
const facts = (rows: PriceRow[], fields: Partial<PriceFacts> = {}): PriceFacts => ({
  atMs: november,
  updates: true,
  genaiPrices: { asOfMs: november, isBundled: false },
  rows,
  held: [],
  ...fields,
});

function shown(given: PriceFacts) {
  let refreshed = 0;
  const table = priceTable({ refresh: () => refreshed++ });
  table.show(given);
  const heads = [...table.element.querySelectorAll("thead th")].map((each) => each.textContent);
  const cells = [...table.element.querySelectorAll("tbody tr")].map((tr) =>
    [...tr.children].map(
      (cell) => [...cell.querySelectorAll("div")].map((line) => line.textContent).join(" / ") || cell.textContent,
    ),
  );
  return { table, heads, cells, refreshed: () => refreshed };
}

describe("the table of prices", () => {
  it("has every rate that counts, whose list it is, and of which day", () => {
    const { heads, cells } = shown(
      facts([
        row({}),
        row({
          modelId: "vendor/large",
          source: "genai-prices",
          price: [
            {
              fromInputTokens: 0,
              inputUsd: 3,
              outputUsd: 15,
              cacheReadUsd: 0.3,
              cacheWriteUsd: 3.75,
              cacheWrite1hUsd: 6,
            },
            {
              fromInputTokens: 200_001,
              inputUsd: 6,
              outputUsd: 22.5,
              cacheReadUsd: 0.6,
              cacheWriteUsd: 7.5,
              requestUsd: 0.005,
            },
          ],
        }),
        row({ modelId: "own", source: "override", asOfMs: null, price: "free" }),
        row({ modelId: "new", source: null, asOfMs: null, price: null, note: "TokenMix does not say in which unit." }),
      ]),
    );
    expect(heads).toEqual([
      "Model",
      "Prompt tokens",
      "Input",
      "Output",
      "Cache read",
      "Cache write",
      "Besides",
      "Source",
      "To know",
    ]);
    const list = "the provider's list, Nov 20, 2026";
    expect(cells).toEqual([
      ["openrouter/vendor/small", "–", "$0.25", "$2", "$0.03", "–", "–", list, "–"],
      [
        "openrouter/vendor/large",
        "up to 200,000 / from 200,001",
        "$3 / $6",
        "$15 / $22.50",
        "$0.30 / $0.60",
        "$3.75 / $7.50",
        "cache for an hour $6 / $0.005 a request",
        "the list of known prices, Nov 20, 2026",
        "–",
      ],
      ["openrouter/own", "–", "free", "–", "–", "–", "–", "your own price", "–"],
      [
        "openrouter/new",
        "–",
        "not known",
        "–",
        "–",
        "–",
        "–",
        "no list has it",
        "TokenMix does not say in which unit.",
      ],
    ]);
  });

  it("has no column in which nothing stands, and looks like the other tables", () => {
    const { table, heads, cells } = shown(facts([row({})]));
    expect(heads).toEqual(["Model", "Input", "Output", "Cache read", "Source"]);
    expect(cells[0]).toHaveLength(5);
    expect(table.element.querySelector(".table-frame > .figures-table")?.querySelectorAll("td.number")).toHaveLength(3);
  });

  it("says that a simulated price is set by the playground, and offers no list to read", () => {
    const simulated = row({
      providerId: "playground",
      modelId: "pebble-1",
      simulated: true,
      source: null,
      asOfMs: null,
    });
    const { table, cells } = shown(facts([simulated]));
    expect(cells[0]?.at(-1)).toBe("set by the playground");
    expect(table.element.querySelector("p")?.textContent).toBe(
      "These prices come with the playground. No provider takes them, and no list has them.",
    );
    expect(table.element.querySelector("button")?.hidden).toBe(true);
    table.show(facts([simulated, row({})]));
    expect(table.element.querySelector("button")?.hidden).toBe(false);
  });

  it("says what is not believed, and who says otherwise", () => {
    const other = { source: "maker", price: row({}).price, percent: -12.4, words: "output $2 → $1.75" } as const;
    const { table, cells, refreshed } = shown(
      facts([row({ heldBack: "input $0.25 → $25", other: other as PriceRow["other"] })], {
        updates: false,
        held: [
          {
            source: "openrouter",
            sinceMs: november,
            why: null,
            lines: ["held back: vendor/small input $0.25 → $25"],
            more: 2,
          },
          { source: "vercel", sinceMs: november, why: "it lists half as many models", lines: [], more: 0 },
        ],
      }),
    );
    expect(cells[0]?.at(-1)).toBe(
      "Not believed: input $0.25 → $25. / The model's maker says 12 % less: output $2 → $1.75.",
    );
    expect([...table.element.querySelectorAll("li")].map((item) => item.textContent)).toEqual([
      'openrouter, since Nov 20, 2026: held back: vendor/small input $0.25 → $25; and 2 more. "Refresh prices" asks whether to use them.',
      'vercel, since Nov 20, 2026: its new prices are held back, for it lists half as many models. "Refresh prices" asks whether to use them.',
    ]);
    expect(table.element.querySelector("p")?.textContent).toBe(
      "The list of known prices is of Nov 20, 2026. Lists are read only when you refresh them (wayfare.prices.update is off).",
    );
    table.element.querySelector("button")?.click();
    expect(refreshed()).toBe(1);
    table.show(facts([row({})], { genaiPrices: { asOfMs: november, isBundled: true } }));
    expect(table.element.querySelector("p")?.textContent).toBe(
      "The list of known prices is of Nov 20, 2026, as it came with this version of Wayfare. Lists are read again once a day.",
    );
  });
});
