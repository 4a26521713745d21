import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { isBusy } from "./explain-ledger-failure.ts";
import { migrate } from "./migrate.ts";
import { salvage } from "./salvage.ts";

/**
 * Books that are damaged are set aside under a name with a date, and new ones begun with what can be read of them. A small
 * file beside them says that they are suspect: whoever finds it writes nothing more, and the next who opens the books looks
 * into it.
 */

/** Longer than another window takes to salvage the same file. */
const PATIENCE_MS = 30_000;
/** A transaction of the books takes well under that: afterwards nobody writes who has not seen the mark. */
const LAST_WRITES_MS = 100;
/** More than any ledger: a header that says more is damaged itself. */
const MOST_BYTES = 64 * 2 ** 30;
/** A file without a byte is being made just now, by this process or another; an older one was emptied. */
const BEING_MADE_MS = 60_000;

/** Marks the books as suspect. Does nothing where that cannot be written: then they are looked into no sooner than they can be. */
export function markSuspect(path: string): void {
  try {
    writeFileSync(markOf(path), "", { mode: 0o600 });
  } catch {
    // A folder that cannot be written: nothing can be set aside in it either.
  }
}

/** True when the books are to be looked into before anything is written. Costs a look at the disk's cache. */
export function isSuspect(path: string): boolean {
  return existsSync(markOf(path));
}

/** True when there was something in the file that now holds nothing. */
export function wasEmptied(path: string): boolean {
  try {
    const { size, mtimeMs } = statSync(path);
    if (size > 0) return false;
    const log = statSync(`${path}-wal`, { throwIfNoEntry: false });
    return (log?.size ?? 0) > 0 || Date.now() - mtimeMs > BEING_MADE_MS;
  } catch {
    return false; // There is no file: these are the first books here.
  }
}

/**
 * Looks into books that are suspect, and where they are damaged sets them aside and begins new ones. Of several windows one
 * does it, and the others find it done. Throws what the file system and SQLite throw, and leaves the old file in its place.
 */
export async function mendBooks(options: {
  sqlite: typeof import("node:sqlite");
  directory: string;
  path: string;
  now: () => number;
}): Promise<void> {
  const { sqlite, directory, path, now } = options;
  markSuspect(path);
  // Held by the system for as long as this process lives, however it ends.
  const lock = new sqlite.DatabaseSync(`${path}-mending`, { timeout: 0 });
  try {
    await untilLocked(lock);
    if (isSuspect(path) && !isSound(sqlite, path)) {
      await afterMs(LAST_WRITES_MS);
      replace({ sqlite, directory, path, nowMs: now() });
    }
    rmSync(markOf(path), { force: true });
  } finally {
    lock.close();
  }
}

function replace(options: {
  sqlite: typeof import("node:sqlite");
  directory: string;
  path: string;
  nowMs: number;
}): void {
  const { sqlite, directory, path, nowMs } = options;
  const aside = join(directory, freeName(directory, new Date(nowMs)));
  const made = `${path}-new`;
  for (const end of ["", "-journal", "-wal", "-shm"]) rmSync(`${made}${end}`, { force: true });
  closeSync(openSync(made, "w", 0o600));
  // Without a log of its own: only one file takes the place of the old one.
  const target = new sqlite.DatabaseSync(made, { enableForeignKeyConstraints: false });
  try {
    target.exec("PRAGMA synchronous = OFF");
    migrate(target, made);
    const found = readDamaged(sqlite, path, target, nowMs);
    target
      .prepare("INSERT INTO losses (set_aside, found_at_ms, attempts, counts_known) VALUES (?, ?, ?, ?)")
      .run(basename(aside), nowMs, found.attempts, found.countsKnown ? 1 : 0);
  } finally {
    target.close();
  }
  const descriptor = openSync(made, "r+");
  fsyncSync(descriptor);
  closeSync(descriptor);
  const hasTwoNames = links(path, aside);
  for (const end of ["-wal", "-shm"]) if (existsSync(`${path}${end}`)) renameSync(`${path}${end}`, `${aside}${end}`);
  if (!hasTwoNames) renameSync(path, aside);
  // Where the old file has two names by now, there is no moment without a file of that name.
  renameSync(made, path);
}

function readDamaged(sqlite: typeof import("node:sqlite"), path: string, target: DatabaseSync, nowMs: number) {
  const nothing = { attempts: 0, countsKnown: false };
  const fileBytes = statSync(path).size;
  // To open a file without a byte would delete its log.
  if (fileBytes === 0) return nothing;
  const whole = wholeLength(path, fileBytes);
  const source = openOrNull(sqlite, whole);
  if (source === null) return nothing;
  try {
    // Else SQLite takes nothing of a file with one bad entry in its list of tables.
    source.exec("PRAGMA writable_schema = ON");
    return salvage(source, target, { nowMs, fileBytes });
  } catch {
    if (target.isTransaction) target.exec("ROLLBACK");
    return nothing;
  } finally {
    source.close();
    if (whole !== path) for (const end of ["", "-wal", "-shm"]) rmSync(`${whole}${end}`, { force: true });
  }
}

/**
 * Of a file whose end was cut off SQLite reads no page at all: then a copy of it with its full length, in zeros, is what is
 * read. The number of pages is in the header, at 28.
 */
function wholeLength(path: string, fileBytes: number): string {
  const header = Buffer.alloc(32);
  const descriptor = openSync(path, "r");
  readSync(descriptor, header, 0, 32, 0);
  closeSync(descriptor);
  // 1 stands for the size that does not fit into two bytes.
  const pageBytes = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
  const bytes = pageBytes * header.readUInt32BE(28);
  if (bytes <= fileBytes || bytes > MOST_BYTES) return path;
  const copy = `${path}-whole`;
  copyFileSync(path, copy, constants.COPYFILE_FICLONE);
  truncateSync(copy, bytes);
  const log = `${path}-wal`;
  if (existsSync(log)) copyFileSync(log, `${copy}-wal`, constants.COPYFILE_FICLONE);
  return copy;
}

function openOrNull(sqlite: typeof import("node:sqlite"), path: string): DatabaseSync | null {
  // Newer runtimes keep SQLite from reading a list of tables that is not sound, unless they are told so.
  const options = { readOnly: true, timeout: 1_000, defensive: false };
  try {
    return new sqlite.DatabaseSync(path, options);
  } catch {
    return null;
  }
}

/** Whether SQLite finds nothing wrong in it. One that is only busy is sound. */
function isSound(sqlite: typeof import("node:sqlite"), path: string): boolean {
  if (wasEmptied(path)) return false;
  const database = openOrNull(sqlite, path);
  if (database === null) return false;
  try {
    return database.prepare("PRAGMA integrity_check(1)").get()?.integrity_check === "ok";
  } catch (error) {
    return isBusy(error);
  } finally {
    database.close();
  }
}

async function untilLocked(lock: DatabaseSync): Promise<void> {
  for (const endsAtMs = performance.now() + PATIENCE_MS; ; await afterMs(20)) {
    try {
      lock.exec("BEGIN EXCLUSIVE");
      return;
    } catch (error) {
      if (!isBusy(error) || performance.now() > endsAtMs) throw error;
    }
  }
}

function afterMs(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}

/** False where the file system knows no second name for a file. */
function links(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch {
    if (existsSync(to)) unlinkSync(to);
    return false;
  }
}

/** `wayfare-damaged-2026-11-28-2305.sqlite`, and with a number where that is taken. */
function freeName(directory: string, at: Date): string {
  const name = `wayfare-damaged-${at.toISOString().slice(0, 16).replace("T", "-").replace(":", "")}`;
  for (let number = 1; ; number++) {
    const full = `${name}${number === 1 ? "" : `-${number}`}.sqlite`;
    if (!existsSync(join(directory, full))) return full;
  }
}

function markOf(path: string): string {
  return `${path}-suspect`;
}
