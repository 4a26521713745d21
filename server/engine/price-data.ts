import { FailureError, failureOf, isAbort } from "../../shared/failure.ts";
import { judgePrices } from "../core/judge-prices.ts";
import {
  bundledPricesAsOfMs,
  presentPriceData,
  readPriceData,
  rowsOfPriceData,
  usePriceData,
  withOlderPrices,
} from "../core/price-data.ts";
import type { Http } from "../providers/http.ts";
import type { PriceBook } from "../store/price-book.ts";
import type { World } from "./configure.ts";
import { AGAIN_AFTER_MS, FRESH_MS, PATIENCE_MS } from "./refresh-lists.ts";

/** What is held back of the list of known prices is kept under this name. */
export const priceDataSource = "genai-prices";

export interface PriceDataKeeper {
  /** Resolves when prices are found in the newest list that is kept. Never rejects. */
  ready(): Promise<void>;
  /** The day of the list in use, and whether it is the one that came with Wayfare. */
  snapshot(): { asOfMs: number; isBundled: boolean };
  /** Reads the published list when the kept one is a day old, or `when` it is asked for. Gives whether another is in use. */
  refresh(when: "due" | "now", signal: AbortSignal): Promise<{ isNew: boolean; problem: string | null }>;
  /** Uses the list that was held back, whole. Rejects with a ledger failure. */
  accept(raw: string): Promise<void>;
}

/**
 * Keeps the list of known prices up to date: what is published is read through our own way out, checked, kept in the
 * store for all windows, and handed to the package that finds prices in it. What came with Wayfare is used until then.
 */
export function createPriceData(deps: {
  world: Pick<World, "withHttp">;
  /** null when the store is not open: then nothing is read. */
  readonly prices: PriceBook | null;
  download(http: Http, signal: AbortSignal): Promise<string>;
  /** Of Wayfare: another version brings another list. */
  version: string;
  now(): number;
}): PriceDataKeeper {
  let usedMs: number | null = null;
  let loading: Promise<void> | null = null;
  let triedAtMs = Number.NEGATIVE_INFINITY;

  /** Takes what is kept where it is newer than what is in use. */
  const takeKept = async (): Promise<boolean> => {
    try {
      const kept = deps.prices?.readData(deps.version) ?? null;
      if (kept === null || (usedMs !== null && kept.asOfMs <= usedMs)) return false;
      const data = readPriceData(kept.body);
      if (data === null) return false;
      await usePriceData(data);
      usedMs = kept.asOfMs;
      return true;
    } catch {
      // The list that came with Wayfare is a good one, too; the next reading replaces what cannot be used.
      return false;
    }
  };
  const ready = async (): Promise<void> => {
    // Without books there is nothing to take yet, and there may be later.
    if (deps.prices !== null) loading ??= takeKept().then(() => undefined);
    await loading;
  };
  const use = async (body: string, asOfMs: number): Promise<void> => {
    const data = readPriceData(body);
    if (data === null) throw noList();
    await usePriceData(data);
    usedMs = asOfMs;
    await deps.prices?.saveData({ body, asOfMs, version: deps.version });
  };

  return {
    ready,
    snapshot: () => ({ asOfMs: usedMs ?? bundledPricesAsOfMs, isBundled: usedMs === null }),
    async refresh(when, signal) {
      const { prices } = deps;
      if (prices === null) return { isNew: false, problem: null };
      await ready();
      const isTaken = await takeKept();
      const nowMs = deps.now();
      const isDue = nowMs - (usedMs ?? Number.NEGATIVE_INFINITY) >= FRESH_MS && nowMs - triedAtMs >= AGAIN_AFTER_MS;
      if (when === "due" && !isDue) return { isNew: isTaken, problem: null };
      triedAtMs = nowMs;
      try {
        const patient = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
        const body = await deps.world.withHttp((http) => deps.download(http, patient));
        const fresh = readPriceData(body);
        if (fresh === null) throw noList();
        const old = await presentPriceData();
        const { heldBack } = judgePrices(rowsOfPriceData(old, nowMs), rowsOfPriceData(fresh, nowMs));
        // The rows are in the list itself, which is kept as it came.
        const held = heldBack === null ? null : { ...heldBack, rows: [], isWhole: true, raw: body };
        await prices.setHeld(priceDataSource, "", held, nowMs);
        if (heldBack?.isWhole === true) return { isNew: isTaken, problem: notBelieved(heldBack.why ?? "") };
        const names = new Set(heldBack?.changes.map(({ id }) => id));
        await use(JSON.stringify(withOlderPrices(fresh, old, names)), nowMs);
        return { isNew: true, problem: null };
      } catch (error) {
        if (signal.aborted) return { isNew: isTaken, problem: null };
        const why = isAbort(error) ? `no answer in ${PATIENCE_MS / 1_000} s` : failureOf(error).message;
        return {
          isNew: isTaken,
          problem: `The list of known prices could not be read, and the old one is kept: ${why}`,
        };
      }
    },
    async accept(raw) {
      await use(raw, deps.now());
      await deps.prices?.setHeld(priceDataSource, "", null, deps.now());
    },
  };
}

function notBelieved(why: string): string {
  return `The new list of known prices is held back, and the old one kept: ${why}.`;
}

function noList(): FailureError {
  const message = "What is published is no list of prices that this version can read.";
  return new FailureError({ kind: "malformed", message });
}
