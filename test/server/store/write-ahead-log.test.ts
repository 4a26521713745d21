import { closeSync, fstatSync, openSync, statSync } from "node:fs";
import { setTimeout as pause, setImmediate as turn } from "node:timers/promises";
import { expect, it, vi } from "vitest";
import { openDatabase } from "../../../server/store/database.ts";
import { openWriteAheadLog } from "../../../server/store/write-ahead-log.ts";
import { raw, tempDirectory } from "./books.ts";

const MB = 2 ** 20;

async function openAndFill() {
  const database = await openDatabase({ directory: tempDirectory(), random: () => 0 });
  await database.write("normal", () => database.prepare("CREATE TABLE filler (bytes BLOB)").run());
  const insert = database.prepare(
    `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
     INSERT INTO filler SELECT randomblob(1048576) FROM n`,
  );
  const fill = (megabytes: number) => database.write("full", () => insert.run(megabytes));
  return { database, fill, logBytes: () => statSync(`${database.path}-wal`).size };
}

async function eventually(isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !isSo(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(isSo()).toBe(true);
}

it("is carried over into the file once it is long, and then written from its beginning", async () => {
  const { database, fill, logBytes } = await openAndFill();
  const fileBytes = () => statSync(database.path).size;
  await fill(7);
  const shortFile = fileBytes();
  await fill(2);
  expect(logBytes()).toBeGreaterThan(9 * MB);
  await eventually(() => fileBytes() >= 9 * MB);
  expect(shortFile).toBeLessThan(MB);

  const longest = logBytes();
  // The thread begins the log anew; what is written then lies where the old pages were.
  await eventually(() => beginsAnew(database.path));
  await fill(5);
  expect(logBytes()).toBe(longest);
  expect(database.read(() => database.prepare("SELECT COUNT(*) AS rows FROM filler").get())).toEqual({ rows: 14 });
  database.close();
});

/** True when the log holds next to nothing, by SQLite's own count. */
function beginsAnew(path: string): boolean {
  const { busy, log } = raw(path).prepare("PRAGMA wal_checkpoint(PASSIVE)").get() as { busy: number; log: number };
  return busy === 0 && log < 10;
}

it("makes durable what was committed before it is closed, and tells whoever waits", async () => {
  const { database, fill } = await openAndFill();
  const writes = [fill(1), fill(1), fill(1)];
  await writes[0];
  const later = fill(1);
  database.close();
  await Promise.all([...writes, later]);
  expect(raw(database.path).prepare("SELECT COUNT(*) AS rows FROM filler").get()).toEqual({ rows: 4 });
});

it("refuses to wait for the disk once it is closed, and closes nothing that is not its own", async () => {
  const { database } = await openAndFill();
  const log = openWriteAheadLog({ database: database.path, random: () => 0, carryOver: () => undefined });
  log.close();
  // A file that is opened now gets the number that the log has given back.
  const other = openSync(database.path, "r");
  await expect(log.sync()).rejects.toThrow("The books are closed.");
  expect(() => log.syncNow()).toThrow("The books are closed.");
  await pause(50);
  expect(fstatSync(other).size).toBeGreaterThan(0);
  closeSync(other);
  database.close();
});

it("keeps nobody from writing while a reader stays, and is carried over no further than that reader", async () => {
  const { database, fill } = await openAndFill();
  const reader = raw(database.path);
  reader.exec("BEGIN");
  reader.prepare("SELECT COUNT(*) AS rows FROM filler").get();
  await fill(9);
  const writer = raw(database.path);
  let refused = 0;
  for (let i = 0; i < 80; i++) {
    await pause(10);
    try {
      writer.exec("BEGIN IMMEDIATE; ROLLBACK");
    } catch {
      refused += 1;
    }
  }
  expect(refused).toBeLessThan(10);
  database.close();
});

it("is left alone for half a minute at least after it could not be carried over", async () => {
  const { database, fill } = await openAndFill();
  raw(database.path).exec("PRAGMA wal_autocheckpoint = 0; BEGIN; SELECT * FROM filler");
  await fill(9);
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  try {
    const ends = ["blocked", "fails", "done", "done"];
    const runs: number[] = [];
    let nowMs = 0;
    let fallbacks = 0;
    const log = openWriteAheadLog({
      database: database.path,
      random: () => 0.5,
      carryOver: () => {
        fallbacks += 1;
      },
      carryOverInThread: async () => {
        const end = ends[runs.length];
        runs.push(nowMs);
        if (end === "fails") throw new Error("No thread can be had.");
        return end === "done";
      },
    });
    for (; runs.length < 4 && nowMs < 200_000; nowMs += 500) {
      log.checkLength();
      await vi.advanceTimersByTimeAsync(500);
      await turn();
    }
    const gaps = runs.slice(1).map((atMs, i) => Math.round((atMs - (runs[i] ?? 0)) / 1_000));
    expect(gaps).toEqual([46, 46, 1]);
    expect(fallbacks).toBe(1);
    log.close();
  } finally {
    vi.useRealTimers();
    database.close();
  }
});

it("is made longer at once where many writes are to come, so that the disk need not be told its length each time", async () => {
  const { database, logBytes } = await openAndFill();
  const insert = database.prepare("INSERT INTO filler VALUES (randomblob(100))");
  for (let i = 0; i < 19; i++) await database.write("full", () => insert.run());
  expect(logBytes()).toBeLessThan(MB);
  await database.write("full", () => insert.run());
  await eventually(() => logBytes() >= 2_000 * 4_120);
  for (let i = 0; i < 20; i++) await database.write("full", () => insert.run());
  expect(logBytes()).toBe(2_000 * 4_120);
  // Others read it as they would have read the shorter one, also after a crash has left it so.
  const other = raw(database.path);
  expect(other.prepare("SELECT COUNT(*) AS rows FROM filler").get()).toEqual({ rows: 40 });
  expect(other.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
  database.close();
});
