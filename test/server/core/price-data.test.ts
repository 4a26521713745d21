import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { REMOTE_DATA_JSON_URL } from "@pydantic/genai-prices";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { findKnownPrice, findVendorPrice } from "../../../server/core/known-prices.ts";
import {
  bundledPricesAsOfMs,
  presentPriceData,
  readPriceData,
  rowsOfPriceData,
  usePriceData,
} from "../../../server/core/price-data.ts";
import { priceDataUrl } from "../../../server/providers/price-data.ts";

const vendor = (models: unknown) =>
  JSON.stringify([{ id: "v", name: "V", api_pattern: "https://api\\.v\\.example", models }]);
const model = (prices: unknown, match: unknown = { equals: "m" }) => [{ id: "m", match, prices }];

describe("the list that comes with Wayfare", () => {
  it("is of the day its package was published: whoever brings a newer one states its day, too", () => {
    const path = createRequire(import.meta.url)
      .resolve("@pydantic/genai-prices")
      .replace(/dist.*$/, "package.json");
    const { version } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(path, "utf8")));
    expect([version, new Date(bundledPricesAsOfMs).toISOString().slice(0, 10)]).toEqual(["0.1.8", "2026-09-23"]);
  });
});

describe("the published list of known prices", () => {
  it("is read whole where the package says that it is", async () => {
    expect(priceDataUrl).toBe(REMOTE_DATA_JSON_URL);
    const bundled = await presentPriceData();
    const read = readPriceData(JSON.stringify(bundled)) ?? [];
    expect(rowsOfPriceData(read, Date.now())).toEqual(rowsOfPriceData(bundled, Date.now()));
    expect(read.length).toBeGreaterThan(30);
  });

  it("is no list where one row of it is none: half a list would make prices unknown", () => {
    for (const text of [
      "",
      "<!doctype html><html>404</html>",
      "[]",
      "{}",
      vendor(model({ input_mtok: -1 })),
      vendor(model({ input_mtok: "1" })),
      vendor(model({ input_mtok: 1 }, { regex: "(" })),
      vendor(model({ input_mtok: 1 }, { sounds_like: "m" })),
      vendor(model([{ constraint: { moon: "full" }, prices: { input_mtok: 1 } }])),
      vendor("none"),
    ]) {
      expect([text, readPriceData(text)]).toEqual([text, null]);
    }
    expect(readPriceData(vendor(model({ input_mtok: 1, output_mtok: 2 })))).not.toBeNull();
  });

  it("is what prices are found in from then on, hours and start dates included", async () => {
    const prices = [
      { prices: { input_mtok: 1, output_mtok: 2 } },
      { constraint: { start_date: "2026-06-01" }, prices: { input_mtok: 3, output_mtok: 4 } },
      { constraint: { start_time: "01:00:00Z", end_time: "04:00:00Z" }, prices: { input_mtok: 9, output_mtok: 9 } },
    ];
    await usePriceData(readPriceData(vendor(model(prices))) ?? []);
    const at = (atMs: number) => findKnownPrice({ baseUrl: "https://api.v.example/v1", modelId: "m", atMs });
    expect((await at(Date.UTC(2026, 4, 1, 12)))?.price.tiers[0].inputUsd).toBe(1);
    expect((await at(Date.UTC(2026, 6, 1, 12)))?.price.tiers[0].inputUsd).toBe(3);
    expect((await at(Date.UTC(2026, 6, 1, 2)))?.price.tiers[0].inputUsd).toBe(9);
    expect((await findVendorPrice({ modelId: "v/m", atMs: Date.UTC(2026, 6, 1, 12) }))?.price.tiers[0].inputUsd).toBe(
      3,
    );
    expect(await findVendorPrice({ modelId: "w/m", atMs: 0 })).toBeNull();
  });
});
