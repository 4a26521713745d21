import { afterEach, expect, it, vi } from "vitest";
import { openDatabase } from "../../../server/store/database.ts";
import { createInstances } from "../../../server/store/instances.ts";
import { createLedger } from "../../../server/store/ledger.ts";
import { failureOf } from "../../../shared/failure.ts";
import { later, raw, reservation, settlement, tempDirectory, until } from "./books.ts";

/** A disk that refuses so many times to say that it has taken what was written. */
const disk = vi.hoisted(() => ({ refusals: 0, syncs: 0, isAnswering: Promise.resolve() }));

vi.mock("node:fs", async (original) => {
  const fs = await original<typeof import("node:fs")>();
  const fdatasync: (descriptor: number, done: (error: Error | null) => void) => void = (descriptor, done) => {
    disk.syncs += 1;
    if (disk.refusals === 0) return fs.fdatasync(descriptor, done);
    disk.refusals -= 1;
    const error = Object.assign(new Error("EIO: i/o error, fdatasync"), { code: "EIO" });
    void disk.isAnswering.then(() => setImmediate(() => done(error)));
  };
  return { ...fs, fdatasync };
});

afterEach(() => {
  vi.useRealTimers();
  disk.refusals = 0;
});

const failing = (path: string) => ({
  kind: "ledger",
  message: `The ledger ${path} cannot be read or written because the disk reports errors: check it and ask again.`,
});

it("a settlement that the disk did not confirm is written once more, and SQLite itself waits for the disk from then on", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const database = await openDatabase({ directory: tempDirectory() });
  const instances = createInstances(database, { instanceId: "this one", pid: process.pid });
  const ledger = createLedger({ database, instances, now: () => Date.now(), timeZone: "UTC" });
  await ledger.reserve(reservation());
  disk.refusals = 1;
  const refusal = await ledger.settle("attempt", settlement()).then(() => null, failureOf);
  expect(refusal).toEqual(failing(database.path));
  expect(ledger.unsettled()).toBe(1);

  const beside = raw(database.path);
  const version = () => beside.prepare("PRAGMA data_version").get()?.data_version;
  const before = version();
  const syncsBefore = disk.syncs;
  await later(2_000);
  await until(() => ledger.unsettled() === 0);
  expect(ledger.unsettled()).toBe(0);
  // The row bears its settlement already: without a change SQLite would write nothing, and wait for nothing.
  expect(version()).not.toBe(before);
  expect(database.prepare("PRAGMA synchronous").get()).toEqual({ synchronous: 2 });
  // Another wait of our own would succeed without the pages that were refused.
  expect(disk.syncs).toBe(syncsBefore);
  expect(ledger.spend().real).toMatchObject({ spentNano: 112_000, heldNano: 0 });
  database.close();
});

it("what came while the disk refused is not called durable by the next wait either", async () => {
  const database = await openDatabase({ directory: tempDirectory() });
  await database.write("normal", () => database.prepare("CREATE TABLE filler (id INTEGER)").run());
  const insert = () => database.write("full", () => database.prepare("INSERT INTO filler VALUES (1)").run());
  const rows = raw(database.path).prepare("SELECT COUNT(*) AS rows FROM filler");
  let answer = () => {};
  disk.isAnswering = new Promise((resolve) => {
    answer = resolve;
  });
  disk.refusals = 1;
  const first = insert().then(() => null, failureOf);
  await until(() => rows.get()?.rows === 1);
  const second = insert().then(() => null, failureOf);
  await until(() => rows.get()?.rows === 2);
  answer();
  expect([await first, await second]).toEqual([failing(database.path), failing(database.path)]);
  await insert();
  database.close();
});

it("begins its log anew before it trusts the disk again", async () => {
  const database = await openDatabase({ directory: tempDirectory() });
  const write = (durability: "full" | "normal") =>
    database.write(durability, () => database.prepare("CREATE TABLE IF NOT EXISTS filler (bytes BLOB)").run());
  await write("normal");
  await database.write("normal", () => database.prepare("INSERT INTO filler VALUES (randomblob(1000000))").run());
  disk.refusals = 1;
  await expect(write("full")).rejects.toThrow("the disk reports errors");
  await write("full");
  const { log } = raw(database.path).prepare("PRAGMA wal_checkpoint(PASSIVE)").get() as { log: number };
  expect(log).toBeLessThan(5);
  database.close();
});
