import { closeSync, openSync, statSync, writeSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { booksFinding } from "../../../server/core/describe-machine.ts";
import { migrations } from "../../../server/store/migrate.ts";
import { isAbort } from "../../../shared/failure.ts";
import { open, raw, reservation } from "./books.ts";

const never = () => new AbortController().signal;

describe("the books, looked over", () => {
  it("are sound and can be written, with their size and schema", async () => {
    const store = await open();
    const seen = await store.examine(never());
    expect(seen).toEqual({
      path: store.path,
      bytes: expect.any(Number),
      schema: migrations.length,
      newestSchema: migrations.length,
      unwritable: null,
      damage: { kind: "none" },
      setAside: [],
      drive: null,
    });
    expect(seen.bytes).toBeGreaterThan(4_096);
    expect(booksFinding({ ...seen, path: "/b.sqlite", bytes: 2_400_000, schema: 3, newestSchema: 3 })).toEqual({
      state: "ok",
      seen: "/b.sqlite: 2.4 MB, schema 3 of 3; it can be written, and every page was read and is sound.",
      advice: null,
      ways: [],
    });
  });

  it("with a damaged page are found out, written no more, and set aside when they are opened next", async () => {
    const store = await open();
    for (let at = 0; at < 200; at++) {
      await store.ledger.reserve(reservation({ attemptId: `a${at}`, turnId: `${at}`.repeat(40) }));
    }
    raw(store.path).exec("PRAGMA wal_checkpoint(TRUNCATE)");
    const descriptor = openSync(store.path, "r+");
    writeSync(descriptor, Buffer.alloc(4_096, 0xa5), 0, 4_096, statSync(store.path).size - 4_096);
    closeSync(descriptor);
    const { damage } = await store.examine(never());
    expect(damage.kind).toBe("found");
    expect(store.isReplaced()).toBe(true);
  });

  it("are left when that is called off", async () => {
    const store = await open();
    const stop = new AbortController();
    const asked = store.examine(stop.signal);
    stop.abort();
    expect(await asked.catch(isAbort)).toBe(true);
  });
});
