import { closeSync, fdatasync, fdatasyncSync, fstatSync, openSync, readSync, writeSync } from "node:fs";
import { Worker } from "node:worker_threads";

/**
 * SQLite's write-ahead log beside the books, kept without holding up the thread that streams. A commit only appends to
 * it; making it safe from a loss of power, and carrying it over into the file, wait for the disk, so both happen on other
 * threads.
 */
export interface WriteAheadLog {
  /**
   * Resolves when every commit made until now is safe from a loss of power. Rejects when the disk refuses, and ever after:
   * systems forget what they could not write once they have told of it, so the next wait would succeed without it.
   */
  sync(): Promise<void>;
  /** The same, at once; for the end. Throws when the disk refuses or has refused. */
  syncNow(): void;
  /**
   * To be called with the writers' lock in hand, so that nobody else appends: makes the file longer by a piece, up to
   * where it is carried over. True while there is more to do. Throws what the file system throws.
   */
  lengthen(): boolean;
  /** To be called after commits: has the log carried over once it is long. */
  checkLength(): void;
  /**
   * What is being made safe is still made safe, and whoever waits for it hears of it. Whoever comes later is refused: the
   * file's number may be another file's by then.
   */
  close(): void;
}

/**
 * Pages of 4 kB in a log that is carried over: 8 MB. To read them after a crash takes some milliseconds of a start, and a
 * day's work seldom fills them.
 */
const LONG_FRAMES = 2_000;
/** What SQLite's pages take in the log: a frame's head and the page itself. */
const FRAME_BYTES = 24 + 4_096;
/** Written in a part of a millisecond, so that no other window waits. */
const PIECE_BYTES = 512 * 1_024;
/** Of several processes that see a long log, the first to wake carries it over, and the others find it short. */
const SPREAD_MS = 1_000;
/**
 * How long a log that could not be carried over is left alone, and up to twice that: whoever reads so long, a backup or a
 * stopped process, seldom ends sooner.
 */
const LEFT_ALONE_MS = 30_000;
/** To start a thread takes longer than to carry a log over: while logs grow long one after the other it is kept. */
const KEPT_MS = 10_000;

/**
 * Opens the log of the file `database`, which exists while the books are open. `carryOver` says how a long one is carried over when no
 * thread can be had for it; `carryOverInThread` resolves with whether the log begins anew. Throws what the file system throws.
 */
export function openWriteAheadLog(options: {
  database: string;
  random: () => number;
  carryOver: () => void;
  carryOverInThread?: (database: string) => Promise<boolean>;
}): WriteAheadLog {
  const { database, random, carryOver } = options;
  const thread = createThread();
  const { carryOverInThread = thread.carryOver } = options;
  // With the right to write: Windows flushes no other kind.
  const descriptor = openSync(`${database}-wal`, "r+");
  /** Those who wait for the disk to take what they committed: as many as there are settlements under way. */
  const waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  let isSyncing = false;
  let refusal: Error | null = null;
  let isCarrying = false;
  let isClosed = false;

  const syncWaiting = (): void => {
    // All that came while the disk was busy share one call.
    const served = waiting.splice(0);
    isSyncing = true;
    fdatasync(descriptor, (error) => {
      refusal ??= error;
      isSyncing = false;
      if (refusal !== null) for (const each of [...served, ...waiting.splice(0)]) each.reject(refusal);
      else for (const each of served) each.resolve();
      if (waiting.length > 0) syncWaiting();
      else if (isClosed) closeSync(descriptor);
    });
  };

  const carryOverIfLong = async (): Promise<void> => {
    let isDone = true;
    try {
      if (!isClosed && isLong(descriptor)) isDone = await carryOverInThread(database);
    } catch {
      isDone = false;
      if (!isClosed) carryOver();
    }
    const look = () => {
      isCarrying = false;
    };
    if (isDone) look();
    else setTimeout(look, LEFT_ALONE_MS * (1 + random())).unref();
  };

  return {
    sync: () =>
      new Promise((resolve, reject) => {
        if (refusal !== null || isClosed) return reject(refusal ?? closed());
        waiting.push({ resolve, reject });
        if (!isSyncing) syncWaiting();
      }),

    syncNow() {
      if (refusal !== null || isClosed) throw refusal ?? closed();
      fdatasyncSync(descriptor);
    },

    lengthen() {
      // A file that grows has its length made safe with every wait for the disk; over what is there it is half as long.
      // What is not a frame of this log ends the reading of it, and zeros are none.
      const { size } = fstatSync(descriptor);
      const missing = LONG_FRAMES * FRAME_BYTES - size;
      if (missing <= 0) return false;
      writeSync(descriptor, Buffer.alloc(Math.min(PIECE_BYTES, missing)), 0, undefined, size);
      return missing > PIECE_BYTES;
    },

    checkLength() {
      if (isClosed || isCarrying || !isLong(descriptor)) return;
      isCarrying = true;
      setTimeout(() => void carryOverIfLong(), random() * SPREAD_MS).unref();
    },

    close() {
      if (isClosed) return;
      isClosed = true;
      thread.close();
      if (!isSyncing) closeSync(descriptor);
    },
  };
}

function closed(): Error {
  return new Error("The books are closed.");
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
    if (pageBytes === 0) return false;
    const isThere = readSync(descriptor, frame, 0, 24, 32 + LONG_FRAMES * (24 + pageBytes)) === 24;
    return isThere && frame.compare(header, 16, 24, 8, 16) === 0;
  } catch {
    return false;
  }
}

/**
 * Most of the log is carried over beside the writers; they are kept away only from the last of it, and then begin it anew.
 * That is asked for only when no reader is in the way, and never waited for: SQLite would wait with the writers' lock in
 * its hands. A reader or writer of a moment is gone at the next try. The first write after that waits for the disk, so it
 * is one of the thread's own, which changes nothing.
 */
const script = `
  const { parentPort } = require("node:worker_threads");
  process.emitWarning = () => undefined;
  const { DatabaseSync } = require("node:sqlite");
  parentPort.on("message", (path) => {
    const database = new DatabaseSync(path, { timeout: 2000 });
    database.exec("PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0; PRAGMA busy_timeout = 0");
    const carryOver = (how) => database.prepare("PRAGMA wal_checkpoint(" + how + ")").get();
    const tryToBeginAnew = () => {
      const { busy, log, checkpointed } = carryOver("PASSIVE");
      return busy === 0 && log === checkpointed && carryOver("RESTART").busy === 0;
    };
    let isAnew = tryToBeginAnew();
    for (let tries = 1; !isAnew && tries < 5; tries++) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
      isAnew = tryToBeginAnew();
    }
    if (isAnew) {
      try {
        database.exec("PRAGMA busy_timeout = 2000; BEGIN IMMEDIATE");
        const { user_version } = database.prepare("PRAGMA user_version").get();
        database.exec("PRAGMA user_version = " + user_version + "; COMMIT");
      } catch {
        // Others write without a pause: then one of them makes the first write.
      }
    }
    database.close();
    parentPort.postMessage(isAnew);
  });
`;

/** The thread that carries logs over, one at a time; it ends when it had nothing to do for a while. */
function createThread(): { carryOver(database: string): Promise<boolean>; close(): void } {
  let thread: Worker | null = null;
  let isAtWork = false;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  const begin = (): Worker => {
    const begun = new Worker(script, { eval: true, env: {} });
    begun.unref();
    // Whoever waits for it hears of what breaks; while nobody does, it is only gone.
    begun.on("error", () => undefined);
    begun.once("exit", () => {
      if (thread === begun) thread = null;
    });
    return begun;
  };
  const end = (): void => {
    clearTimeout(timer);
    void thread?.terminate();
    thread = null;
  };
  return {
    async carryOver(database) {
      clearTimeout(timer);
      thread ??= begin();
      isAtWork = true;
      try {
        return await answerOf(thread, database);
      } catch (error) {
        end();
        throw error;
      } finally {
        isAtWork = false;
        if (isClosed) end();
        else timer = setTimeout(end, KEPT_MS).unref();
      }
    },
    close() {
      isClosed = true;
      if (!isAtWork) end();
    },
  };
}

/** Rejects where the thread breaks; false where it ends without a word. */
function answerOf(thread: Worker, database: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void): void => {
      thread.off("message", answered).off("error", broke).off("exit", ended);
      finish();
    };
    const answered = (message: unknown): void => settle(() => resolve(message === true));
    const broke = (error: unknown): void => settle(() => reject(error));
    const ended = (): void => settle(() => resolve(false));
    thread.on("message", answered).on("error", broke).on("exit", ended);
    thread.postMessage(database);
  });
}
