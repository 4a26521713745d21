import { describe, expect, it } from "vitest";
import { crowded, explainLedgerFailure, isBusy } from "../../../server/store/explain-ledger-failure.ts";
import { FailureError } from "../../../shared/failure.ts";

const path = "/home/ada/wayfare/wayfare.sqlite";
const sqlite = (errcode: number) =>
  Object.assign(new Error("as SQLite says it"), { code: "ERR_SQLITE_ERROR", errcode });
const system = (code: string) => Object.assign(new Error(`${code}: as the system says it`), { code });

function explained(error: unknown, freeBytes: number | null = 1e9) {
  return explainLedgerFailure(error, { path, directory: "/home/ada/wayfare", freeBytes, nodeVersion: "20.18.1" })
    .failure;
}

const full = `The ledger ${path} cannot be written because the disk is full: free some space and ask again.`;
const readOnly = `The ledger ${path} cannot be written because it or its folder is read-only: make /home/ada/wayfare writable for your user and reload the window.`;
const damaged = `The ledger ${path} is not a database or is damaged: move the file away and reload the window; with the new file, what your caps have counted begins anew at $0.`;

const failing = `The ledger ${path} cannot be read or written because the disk reports errors: check it and ask again.`;

describe("each way the books fail has its sentence", () => {
  it.each([
    [
      "no node:sqlite",
      system("ERR_UNKNOWN_BUILTIN_MODULE"),
      `The ledger ${path} cannot be opened because this editor's runtime, Node 20.18.1, has no node:sqlite: update the editor to one that brings Node 22.20 or later.`,
    ],
    ["SQLITE_FULL", sqlite(13), full],
    ["no space for the file", system("ENOSPC"), full],
    ["over quota", system("EDQUOT"), full],
    ["no permission", system("EACCES"), readOnly],
    ["a read-only drive", system("EROFS"), readOnly],
    ["SQLITE_READONLY_DIRECTORY", sqlite(1544), readOnly],
    ["SQLITE_CANTOPEN", sqlite(14), readOnly],
    ["SQLITE_NOTADB", sqlite(26), damaged],
    ["SQLITE_CORRUPT", sqlite(11), damaged],
    [
      "a file stands where the folder should be",
      system("ENOTDIR"),
      `The ledger ${path} cannot be made because /home/ada/wayfare is not a folder and cannot become one: remove the file that stands in its way and reload the window.`,
    ],
    [
      "a folder stands where the file should be",
      system("EISDIR"),
      `The ledger ${path} cannot be opened because a folder has its name: move that folder away and reload the window.`,
    ],
    [
      "SQLITE_BUSY to the end",
      sqlite(5),
      `The ledger ${path} stayed locked by another process for 5 seconds: close other windows of this editor and ask again.`,
    ],
    [
      "anything else",
      sqlite(1),
      `The ledger ${path} cannot be used (as SQLite says it): ask again, then reload the window; if neither helps, move the file away, and what your caps have counted begins anew at $0.`,
    ],
    ["the disk, as SQLite says it", sqlite(10 | (3 << 8)), failing],
    ["the disk, as the system says it", system("EIO"), failing],
    ["a disk that is gone", system("ENXIO"), failing],
    ["a network drive that lost the file", system("ESTALE"), failing],
    ["a disk that fails, though little is free on it", system("EIO"), failing, 4_096],
  ] as [string, Error, string, number?][])("%s", (_, error, message, freeBytes = 1e9) => {
    expect(explained(error, freeBytes)).toEqual({ kind: "ledger", message });
  });

  it("reads an input-output error as a full disk only when the disk is full", () => {
    const shmSize = sqlite(4874);
    expect(explained(shmSize, 4_096).message).toBe(full);
    expect(explained(shmSize, 1e9).message).toBe(failing);
    expect(explained(shmSize, null).message).toBe(failing);
  });

  it("leaves a failure that is explained as it is", () => {
    const failure = new FailureError({ kind: "ledger", message: "Said already." });
    expect(explained(failure)).toBe(failure.failure);
  });

  it("says that the disk does not follow", () => {
    expect(crowded(path, 10_000).message).toBe(
      `The ledger ${path} cannot keep up (10000 writes wait): close other windows of this editor and ask again.`,
    );
  });
});

it("waits for a lock, by any of its codes, and for nothing else", () => {
  expect([5, 261, 517, 15].map((code) => isBusy(sqlite(code)))).toEqual([true, true, true, true]);
  expect([13, 8, 1].map((code) => isBusy(sqlite(code)))).toEqual([false, false, false]);
  expect(isBusy(system("EBUSY"))).toBe(false);
});
