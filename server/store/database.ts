import { closeSync, existsSync, openSync, statfsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import {
  closedStore,
  crowded,
  damagedBooks,
  explainLedgerFailure,
  isBusy,
  isDamage,
  movedFile,
} from "./explain-ledger-failure.ts";
import { loadSqlite } from "./load-sqlite.ts";
import { makeFolder } from "./make-folder.ts";
import { migrate } from "./migrate.ts";
import { networkDriveOf } from "./network-drive.ts";
import { isSuspect, markSuspect, mendBooks, wasEmptied } from "./set-aside.ts";
import { atOnce, untilFree } from "./wait-for-lock.ts";
import { openWriteAheadLog, type WriteAheadLog } from "./write-ahead-log.ts";

/** normal: a write survives the death of the process. full: it survives the loss of power too, and waits for the disk. */
export type Durability = "normal" | "full";

/**
 * The one open file of the books. SQLite is told never to wait for a lock, because it would sleep the thread that
 * streams: writes queue here and are tried again a little later, and those that wait together share a transaction.
 */
export interface Database {
  readonly path: string;
  /** The kind of network drive it lies on, or null. */
  readonly drive: string | null;
  readonly sqliteVersion: string;
  prepare(sql: string): StatementSync;
  /**
   * Runs `run` inside a write transaction and resolves with what it gave once that is as durable as asked. `run` may run
   * more than once, each time on a clean transaction. Rejects with a ledger failure: disk full, locked for 5 seconds, and
   * so on; a full write that the disk would not confirm may be seen all the same.
   */
  write<Value>(durability: Durability, run: () => Value): Promise<Value>;
  /** Runs `run` now, on what is committed. Throws a ledger failure. */
  read<Value>(run: () => Value): Value;
  /** Looks whether the path still names the open file; when it does not, every later write fails and says so. Each write looks, too. */
  checkPlace(): void;
  /** True when what the path names has to be opened anew: this file was found damaged, or another has taken its place. */
  isReplaced(): boolean;
  /** Tries once more what is still queued, then closes; what is being made durable still resolves. A second call does nothing. */
  close(): void;
}

export interface DatabaseOptions {
  /** Made when it is missing, for this user only: conversations hold code. */
  directory: string;
  /** Named in messages when it is not empty. */
  hostLabel?: string | undefined;
  /** 0 to 1, spreads the tries of several windows. */
  random?: () => number;
  /** Milliseconds since 1970, for the name of a file that is set aside. */
  now?: () => number;
  /** The kind of network drive that the folder lies on, or null. */
  driveOf?: ((directory: string) => string | null) | undefined;
}

const FILE_NAME = "wayfare.sqlite";

/** Keeps one transaction of grouped writes under about 5 ms. */
const MOST_WRITES_IN_A_TRANSACTION = 100;
/** Ten times what a transaction takes: writes that come closer together than that are worth sharing one. */
const PAUSE_MS = 2;
/** Far above what any number of streams leaves waiting; a queue that long means the disk has stopped. */
const MOST_WAITING = 10_000;
/** After how many pages SQLite carries its log over by itself, on the thread that writes, unless it is told otherwise. */
const SQLITES_OWN_PAGES = 1_000;
/** Whoever writes so often writes more; below it, to lengthen the log takes the disk longer than it saves. */
const WRITES_BEFORE_LENGTHENING = 20;
/** Many times what the log and the next answers take. */
const AMPLE_BYTES = 256 * 1_024 * 1_024;
/** A read is refused only while another process repairs the log after a crash, for about a millisecond. */
const READ_TRIES = 4;
/** Without a log a read is refused for as long as a write waits for the disk. */
const READ_TRIES_WITHOUT_LOG = 100;
/** At the end there is no later: the thread may sleep a moment for the last writes. */
const CLOSE_TRIES = 50;

interface Job {
  durability: Durability;
  run: () => void;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/**
 * Opens the file, or makes it; several processes may do so at once. A damaged one is set aside, and a new one made with
 * what can be read of it. Throws a ledger failure that names the path.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { directory, hostLabel = "", random = Math.random, now: clock = Date.now, driveOf = networkDriveOf } = options;
  const path = join(directory, FILE_NAME);
  /** The file as a message names it: each host has a ledger of its own. */
  const named = hostLabel === "" ? path : `${path} on ${hostLabel}`;
  const explain = (error: unknown) =>
    explainLedgerFailure(error, {
      path: named,
      directory,
      freeBytes: freeBytesOf(directory),
      nodeVersion: process.versions.node,
    });
  try {
    const sqlite = await loadSqlite();
    makeFolder(directory, 0o700);
    const mend = () => mendBooks({ sqlite, directory, path, now: clock });
    if (isSuspect(path) || wasEmptied(path)) await mend();
    closeSync(openSync(path, "a", 0o600));
    const drive = driveOf(directory);
    const connect = () => openConnection(new sqlite.DatabaseSync(path, { timeout: 0 }), named, drive);
    const connection = await untilFree(connect, random).catch(async (error) => {
      if (!isDamage(error)) throw error;
      await mend().catch(() => Promise.reject(error));
      return untilFree(connect, random);
    });
    return createDatabase(connection, { path, named, drive, random, explain });
  } catch (error) {
    throw explain(error);
  }
}

function openConnection(connection: DatabaseSync, path: string, drive: string | null): DatabaseSync {
  try {
    // Where shared memory is impossible SQLite stays with its older journal, which is sound too. On a network drive it may
    // seem possible, and is not shared with another machine.
    if (drive === null) connection.exec("PRAGMA journal_mode = WAL");
    else leaveLog(connection);
    // A deleted conversation is overwritten, not only forgotten.
    connection.exec("PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON");
    migrate(connection, path);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Goes back to the older journal; not while other windows have the log open, which they do on this same machine. */
function leaveLog(connection: DatabaseSync): void {
  try {
    connection.exec("PRAGMA journal_mode = DELETE");
  } catch (error) {
    if (!isBusy(error)) throw error;
  }
}

function createDatabase(
  connection: DatabaseSync,
  facts: {
    path: string;
    named: string;
    drive: string | null;
    random: () => number;
    explain: (error: unknown) => Error;
  },
): Database {
  const { path, named, drive, random, explain } = facts;
  /** After so many more durable writes the log is made longer than it is yet. */
  let writesToLengthening = WRITES_BEFORE_LENGTHENING;
  const log = logOf(connection, path, random);
  const waiting: Job[] = [];
  const place = placeOf(path);
  let state: "open" | "moved" | "damaged" | "closed" = "open";
  let isFlushing = false;
  let flushedAtMs = Number.NEGATIVE_INFINITY;
  let synchronous: Durability = "normal";
  /** What the disk is trusted with after it refused to confirm a commit: nothing until the log has begun anew. */
  let trust: "whole" | "lost" | "regained" = "whole";

  const commit = (jobs: readonly Job[]): void => {
    // With a log of our own the disk is waited for after the commit, when no lock is held, and not on this thread; but a
    // disk that has refused once is waited for by SQLite itself.
    const isFull = jobs.some((job) => job.durability === "full");
    const durability = trust !== "whole" || (log === null && isFull) ? "full" : "normal";
    if (durability !== synchronous) connection.exec(`PRAGMA synchronous = ${durability}`);
    synchronous = durability;
    // Pages that the disk refused are in the file and in a new log only when they are written again.
    if (trust === "lost" && isFull && carriesOver(connection)) trust = "regained";
    connection.exec("BEGIN IMMEDIATE");
    try {
      // With the lock in hand: whoever sets the file aside reads it only after whoever has not seen the mark.
      checkPlace();
      if (state === "open" && isSuspect(path)) state = "damaged";
      if (state !== "open") throw refusal();
      for (const job of jobs) job.run();
      // What is tried again may be there already, and SQLite waits for the disk only when something has changed.
      if (trust !== "whole" && isFull) touch(connection);
      connection.exec("COMMIT");
    } catch (error) {
      if (connection.isTransaction) connection.exec("ROLLBACK");
      throw error;
    }
  };

  /** `jobs` are the first of the queue. They leave it at the very moment they are settled: what `close` finds is undone. */
  const settleJobs = async (jobs: readonly Job[]): Promise<void> => {
    try {
      await untilFree(() => {
        if (state !== "open") throw refusal();
        commit(jobs);
      }, random);
      waiting.splice(0, jobs.length);
      finish(jobs);
    } catch (error) {
      lookAtDamage(error);
      if (jobs.length > 1 && state === "open" && !isBusy(error)) {
        // One of them cannot be written; alone, the others can.
        for (const job of jobs) await settleJobs([job]);
        return;
      }
      waiting.splice(0, jobs.length);
      for (const job of jobs) job.reject(isDamage(error) ? damagedBooks(named) : explain(error));
    }
  };

  /** Of committed jobs: those that have to outlast a loss of power wait for the disk, and nobody waits for them. */
  const finish = (jobs: readonly Job[]): void => {
    const slow = synchronous === "full" ? [] : jobs.filter((job) => job.durability === "full");
    for (const job of jobs) if (!slow.includes(job)) job.resolve();
    // Whoever may send now does so first.
    if (log !== null) setImmediate(log.checkLength);
    if (slow.length === 0) return;
    writesToLengthening -= 1;
    if (writesToLengthening === 0) void lengthen();
    log?.sync().then(
      () => {
        for (const job of slow) job.resolve();
      },
      (error) => {
        if (trust === "whole") trust = "lost";
        for (const job of slow) job.reject(explain(error));
      },
    );
  };

  const lengthen = async (): Promise<void> => {
    if ((freeBytesOf(dirname(path)) ?? 0) < AMPLE_BYTES) return;
    try {
      while (await write("normal", () => log?.lengthen())) await log?.sync();
    } catch {
      // Only speed is lost: the log grows with what is written, as it does anyway.
    }
  };

  const flush = async (): Promise<void> => {
    while (waiting.length > 0) await settleJobs(waiting.slice(0, MOST_WRITES_IN_A_TRANSACTION));
    isFlushing = false;
    flushedAtMs = performance.now();
  };

  const write = <Value>(durability: Durability, run: () => Value): Promise<Value> => {
    return new Promise((resolve, reject) => {
      if (state !== "open") return reject(refusal());
      if (waiting.length >= MOST_WAITING) return reject(crowded(named, waiting.length));
      let value: { of: Value } | null = null;
      waiting.push({
        durability,
        run: () => {
          value = { of: run() };
        },
        resolve: () => (value === null ? reject(closedStore(named)) : resolve(value.of)),
        reject,
      });
      if (isFlushing) return;
      isFlushing = true;
      // After a pause nothing is waited for but what this same step brings. When writes come thick, all that this turn
      // of the event loop brings shares the transaction.
      if (performance.now() - flushedAtMs >= PAUSE_MS) queueMicrotask(() => void flush());
      else setImmediate(() => void flush());
    });
  };

  const refusal = () =>
    state === "moved" ? movedFile(named) : state === "damaged" ? damagedBooks(named) : closedStore(named);

  const checkPlace = (): void => {
    if (state === "open" && place !== null && placeOf(path) !== place) state = "moved";
  };

  /** A file with a page that cannot be read is written no more, by nobody. */
  const lookAtDamage = (error: unknown): void => {
    if (state !== "open" || !isDamage(error)) return;
    state = "damaged";
    markSuspect(path);
  };

  return {
    path,
    drive,
    sqliteVersion: String(connection.prepare("SELECT sqlite_version() AS version").get()?.version),
    prepare: (sql) => connection.prepare(sql),

    write,

    read(run) {
      if (state === "closed") throw closedStore(named);
      try {
        return atOnce(run, log === null ? READ_TRIES_WITHOUT_LOG : READ_TRIES);
      } catch (error) {
        lookAtDamage(error);
        throw isDamage(error) ? damagedBooks(named) : explain(error);
      }
    },

    checkPlace,

    isReplaced() {
      if (state === "open" && isSuspect(path)) state = "damaged";
      return state === "damaged" || (state === "moved" && existsSync(path));
    },

    close() {
      if (state === "closed") return;
      const last = waiting.splice(0);
      const attempt = (jobs: readonly Job[]): void => {
        try {
          atOnce(() => commit(jobs), CLOSE_TRIES);
          if (synchronous !== "full" && jobs.some((job) => job.durability === "full")) log?.syncNow();
          for (const job of jobs) job.resolve();
        } catch (error) {
          if (jobs.length > 1 && !isBusy(error)) for (const job of jobs) attempt([job]);
          else for (const job of jobs) job.reject(explain(error));
        }
      };
      if (state === "open" && last.length > 0) attempt(last);
      state = "closed";
      for (const job of last) job.reject(closedStore(named));
      log?.close();
      connection.close();
    },
  };
}

/**
 * The log, kept by us from then on; null where SQLite has none (some network drives) or will not share it: then it waits
 * for the disk itself.
 */
function logOf(connection: DatabaseSync, path: string, random: () => number): WriteAheadLog | null {
  if (connection.prepare("PRAGMA journal_mode").get()?.journal_mode !== "wal") return null;
  const carryOver = () => connection.exec(`PRAGMA wal_autocheckpoint = ${SQLITES_OWN_PAGES}`);
  try {
    const log = openWriteAheadLog({ database: path, random, carryOver });
    connection.exec("PRAGMA wal_autocheckpoint = 0");
    return log;
  } catch {
    return null;
  }
}

/** Carries the log over into the file and has it begin anew; false when somebody else is in the way just now. */
function carriesOver(connection: DatabaseSync): boolean {
  return connection.prepare("PRAGMA wal_checkpoint(RESTART)").get()?.busy === 0;
}

/** Writes a page of the file as it is, inside a transaction. */
function touch(connection: DatabaseSync): void {
  connection.exec(`PRAGMA user_version = ${Number(connection.prepare("PRAGMA user_version").get()?.user_version)}`);
}

/** Which file a path names just now, or null when that cannot be known. */
function placeOf(path: string): string | null {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return ino === 0n ? null : `${dev}:${ino}`;
  } catch (error) {
    return error instanceof Error ? error.message : null;
  }
}

function freeBytesOf(directory: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(directory);
    return bavail * bsize;
  } catch {
    return null; // The folder is not there; then it is not full either.
  }
}
