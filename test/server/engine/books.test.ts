import { describe, expect, it } from "vitest";
import { openBooks } from "../../../server/engine/books.ts";
import type { Store } from "../../../server/store/open-store.ts";
import { type Failure, FailureError } from "../../../shared/failure.ts";

const full: Failure = { kind: "ledger", message: "The disk is full: free some space and ask again." };

function disk() {
  const seen = { opens: 0, closes: 0, isFull: true, isReplaced: false, nowMs: 1_000_000 };
  const store = { close: () => void seen.closes++, isReplaced: () => seen.isReplaced } as unknown as Store;
  const open = async () => {
    seen.opens += 1;
    if (seen.isFull) throw new FailureError(full);
    return store;
  };
  return { seen, store, books: openBooks(open, () => seen.nowMs) };
}

describe("books that could not be opened", () => {
  it("say why, and are opened when they are asked for after the disk was freed", async () => {
    const { seen, store, books: opening } = disk();
    const books = await opening;
    expect([books.store(), books.failure()]).toEqual([null, full]);
    seen.nowMs += 5_000;
    expect(await books.retry()).toBe(false);
    expect(books.failure()).toEqual(full);
    seen.isFull = false;
    seen.nowMs += 5_000;
    expect(await books.retry()).toBe(true);
    expect([books.store(), books.failure()]).toEqual([store, null]);
    expect([await books.retry(), seen.opens]).toEqual([false, 3]);
  });

  it("are tried at most once in five seconds, and once for questions asked together", async () => {
    const { seen, books: opening } = disk();
    const books = await opening;
    seen.nowMs += 4_999;
    await books.retry();
    expect(seen.opens).toBe(1);
    seen.nowMs += 1;
    await Promise.all([books.retry(), books.retry()]);
    expect(seen.opens).toBe(2);
  });

  it("are not left open when they are opened after the end", async () => {
    const { seen, books: opening } = disk();
    const books = await opening;
    seen.isFull = false;
    seen.nowMs += 5_000;
    const retried = books.retry();
    books.close();
    expect([await retried, seen.closes]).toEqual([false, 1]);
    expect(await books.retry()).toBe(false);
  });
});
