import { afterAll, beforeAll, expect, vi } from "vitest";
import { presentPriceData } from "../server/core/price-data.ts";

/**
 * For the files that take turns in one process: each leaves the process as it found it, and fails itself where it does not,
 * rather than one that comes later. A file that cannot belongs into `changesTheProcess` of vitest.config.ts.
 */

let before: Awaited<ReturnType<typeof processState>>;

beforeAll(async () => {
  before = await processState();
});

afterAll(async () => {
  const after = await processState();
  expect({ ...after, priceList: after.priceList === before.priceList }).toEqual({ ...before, priceList: true });
});

async function processState() {
  return {
    environment: { ...process.env },
    folder: process.cwd(),
    hasFakeTimers: vi.isFakeTimers(),
    fetch: globalThis.fetch,
    now: Date.now,
    priceList: await presentPriceData(),
    warningListeners: process.listenerCount("warning"),
  };
}
