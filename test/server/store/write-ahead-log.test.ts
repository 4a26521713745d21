import { statSync } from "node:fs";
import { expect, it } from "vitest";
import { openDatabase } from "../../../server/store/database.ts";
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
