import { expect, it } from "vitest";
import { openDatabase } from "../../../server/store/database.ts";
import { failureOf } from "../../../shared/failure.ts";
import { raw, tempDirectory } from "./books.ts";

it("runs a write once, even when the file is closed the moment it is done", async () => {
  const database = await openDatabase({ directory: tempDirectory() });
  let runs = 0;
  await database.write("normal", () => {
    runs += 1;
  });
  database.close();
  expect(runs).toBe(1);
});

it("gives what each write gave, and the fault of the one that failed to that one alone", async () => {
  const database = await openDatabase({ directory: tempDirectory() });
  const ends = await Promise.allSettled([
    database.write("normal", () => "first"),
    database.write("full", () => database.prepare("INSERT INTO instances (pid) VALUES (1)").run()),
    database.write("full", () => "third"),
  ]);
  expect(ends).toMatchObject([
    { status: "fulfilled", value: "first" },
    { status: "rejected", reason: { failure: { kind: "ledger" } } },
    { status: "fulfilled", value: "third" },
  ]);
  database.close();
});

it("does not stay for every queued write when it closes under another's lock", async () => {
  const database = await openDatabase({ directory: tempDirectory() });
  raw(database.path).exec("BEGIN IMMEDIATE");
  const writes = Array.from({ length: 1_000 }, () =>
    database.write("normal", () => undefined).then(() => null, failureOf),
  );
  database.close();
  const messages = new Set((await Promise.all(writes)).map((failure) => failure?.message));
  expect([...messages]).toEqual([
    `The ledger ${database.path} stayed locked by another process for 5 seconds: close other windows of this editor and ask again.`,
  ]);
});

it("refuses the write that would make the queue longer than its bound", async () => {
  const database = await openDatabase({ directory: tempDirectory() });
  const writes = Array.from({ length: 10_001 }, () => database.write("normal", () => 1).then(() => null, failureOf));
  const refused = (await Promise.all(writes)).filter((failure) => failure !== null);
  expect(refused).toEqual([
    {
      kind: "ledger",
      message: `The ledger ${database.path} cannot keep up (10000 writes wait): close other windows of this editor and ask again.`,
    },
  ]);
  database.close();
});
