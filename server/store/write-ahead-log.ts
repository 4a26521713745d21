import { closeSync, fdatasync, fdatasyncSync, openSync, readSync } from "node:fs";
import { Worker } from "node:worker_threads";

/**
 * SQLite's write-ahead log beside the books, kept without holding up the thread that streams. A commit only appends to
 * it; making it safe from a loss of power, and carrying it over into the file, wait for the disk, so both happen on other
 * threads.
 */
export interface WriteAheadLog {
  /** Resolves when every commit made until now is safe from a loss of power. Rejects when the disk refuses. */
  sync(): Promise<void>;
  /** The same, at once; for the end. Throws when the disk refuses. */
  syncNow(): void;
  /** To be called after commits: has the log carried over once it is long. */
  checkLength(): void;
  /** What is being made safe is still made safe, and whoever waits for it hears of it. */
  close(): void;
}

/**
 * Pages of 4 kB in a log that is carried over: 8 MB. To read them after a crash takes some milliseconds of a start, and a
 * day's work seldom fills them.
 */
const LONG_FRAMES = 2_000;
/** Of several processes that see a long log, the first to wake carries it over, and the others find it short. */
const SPREAD_MS = 1_000;

/**
 * Opens the log of the file `database`, which exists while the books are open. `carryOver` says how a long one is carried over when no
 * thread can be had for it. Throws what the file system throws.
 */
export function openWriteAheadLog(options: {
  database: string;
  random: () => number;
  carryOver: () => void;
}): WriteAheadLog {
  const { database, random, carryOver } = options;
  // With the right to write: Windows flushes no other kind.
  const descriptor = openSync(`${database}-wal`, "r+");
  /** Those who wait for the disk to take what they committed: as many as there are settlements under way. */
  const waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  let isSyncing = false;
  let isCarrying = false;
  let isClosed = false;

  const syncWaiting = (): void => {
    // All that came while the disk was busy share one call.
    const served = waiting.splice(0);
    isSyncing = true;
    fdatasync(descriptor, (error) => {
      for (const each of served) error === null ? each.resolve() : each.reject(error);
      isSyncing = false;
      if (waiting.length > 0) syncWaiting();
      else if (isClosed) closeSync(descriptor);
    });
  };

  const carryOverIfLong = async (): Promise<void> => {
    try {
      if (!isClosed && isLong(descriptor)) await carryOverInThread(database);
    } catch {
      if (!isClosed) carryOver();
    }
    isCarrying = false;
  };

  return {
    sync: () =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        if (!isSyncing) syncWaiting();
      }),

    syncNow: () => fdatasyncSync(descriptor),

    checkLength() {
      if (isCarrying || !isLong(descriptor)) return;
      isCarrying = true;
      setTimeout(() => void carryOverIfLong(), random() * SPREAD_MS).unref();
    },

    close() {
      if (isClosed) return;
      isClosed = true;
      if (!isSyncing) closeSync(descriptor);
    },
  };
}

/**
 * True when the log has come to its frame LONG_FRAMES. The file keeps its length, because to write over what is there is
 * twice as fast as to make it longer; so the frame counts when it bears the salts that the log's header has now. The
 * places are those of SQLite's file format: a header of 32 bytes, then frames of 24 bytes and a page. A log that cannot be
 * read is not long: the next commit will tell what is wrong.
 */
function isLong(descriptor: number): boolean {
  const header = Buffer.alloc(32);
  const frame = Buffer.alloc(24);
  try {
    if (readSync(descriptor, header, 0, 32, 0) < 32) return false;
    const pageBytes = header.readUInt32BE(8);
    const isThere = readSync(descriptor, frame, 0, 24, 32 + LONG_FRAMES * (24 + pageBytes)) === 24;
    return isThere && frame.compare(header, 16, 24, 8, 16) === 0;
  } catch {
    return false;
  }
}

/**
 * Most of the log is carried over beside the writers; they are kept away only from the last of it, and then begin it anew.
 * The first write after that waits for the disk, so it is one of the thread's own, which changes nothing.
 */
const script = `
  const { workerData } = require("node:worker_threads");
  process.emitWarning = () => undefined;
  const { DatabaseSync } = require("node:sqlite");
  const database = new DatabaseSync(workerData, { timeout: 2000 });
  database.exec("PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0");
  database.prepare("PRAGMA wal_checkpoint(PASSIVE)").get();
  database.prepare("PRAGMA wal_checkpoint(RESTART)").get();
  try {
    database.exec("BEGIN IMMEDIATE");
    const { user_version } = database.prepare("PRAGMA user_version").get();
    database.exec("PRAGMA user_version = " + user_version + "; COMMIT");
  } catch {
    // Others write without a pause: then one of them makes the first write.
  }
  database.close();
`;

function carryOverInThread(database: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(script, { eval: true, workerData: database, env: {} });
    thread.unref();
    thread.once("error", reject);
    thread.once("exit", () => resolve());
  });
}
