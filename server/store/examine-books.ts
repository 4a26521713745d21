import { statSync } from "node:fs";
import { basename } from "node:path";
import { Worker } from "node:worker_threads";
import { FailureError } from "../../shared/failure.ts";
import type { BooksSeen } from "../core/describe-machine.ts";
import type { Database } from "./database.ts";
import type { Ledger } from "./ledger.ts";
import { migrations } from "./migrate.ts";
import { markSuspect } from "./set-aside.ts";

/** A file of a year's heavy use is read in a few seconds; what takes longer is left. */
const PATIENCE_MS = 20_000;

/**
 * Looks the books over: their size and schema, whether something can be written, and whether every page is sound. The
 * pages are read by a thread of its own, so that nothing that streams waits. A damaged file is marked, as wherever damage is
 * met: it is written no more, and set aside when the books are next opened. Rejects with an AbortError.
 */
export function createBooksExamination(
  database: Database,
  ledger: Pick<Ledger, "losses">,
): (signal: AbortSignal) => Promise<BooksSeen> {
  return async (signal) => {
    const unwritable = await failureOfWrite(database);
    return {
      path: database.path,
      bytes: bytesOf(database.path) + bytesOf(`${database.path}-wal`),
      schema: database.read(() => Number(database.prepare("PRAGMA user_version").get()?.user_version)),
      newestSchema: migrations.length,
      unwritable,
      // A reader keeps writers away where there is no log, as on a network drive.
      damage:
        database.drive === null
          ? await readEveryPage(database.path, signal)
          : { kind: "unread", why: "because they lie on a network drive" },
      setAside: ledger.losses().map(({ setAside, isSettled }) => ({ name: basename(setAside), isSettled })),
      drive: database.drive,
    };
  };
}

/** Writes nothing, in a transaction as every other. */
async function failureOfWrite(database: Database): Promise<BooksSeen["unwritable"]> {
  try {
    const version = Number(database.prepare("PRAGMA user_version").get()?.user_version);
    await database.write("full", () => database.prepare(`PRAGMA user_version = ${version}`).run());
    return null;
  } catch (error) {
    if (error instanceof FailureError) return error.failure;
    throw error;
  }
}

function readEveryPage(path: string, signal: AbortSignal): Promise<BooksSeen["damage"]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(script, { eval: true, workerData: path });
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      void worker.terminate();
    };
    const end = (damage: BooksSeen["damage"]): void => {
      finish();
      resolve(damage);
    };
    const abort = (): void => {
      finish();
      reject(new DOMException("The check was cancelled.", "AbortError"));
    };
    const timer = setTimeout(
      () => end({ kind: "unread", why: `for it took longer than ${PATIENCE_MS / 1_000} s` }),
      PATIENCE_MS,
    );
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) abort();
    worker.once("message", (words: unknown) => {
      if (words === "ok") return end({ kind: "none" });
      markSuspect(path);
      end({ kind: "found", words: String(words) });
    });
    worker.once("error", (error) => end({ kind: "unread", why: `for it could not be read: ${error.message}` }));
  });
}

/** Gives "ok", or what is wrong with at most three pages. */
const script = `
  const { parentPort, workerData } = require("node:worker_threads");
  process.emitWarning = () => undefined;
  const { DatabaseSync } = require("node:sqlite");
  const database = new DatabaseSync(workerData, { readOnly: true, timeout: 2000 });
  try {
    const rows = database.prepare("PRAGMA quick_check(3)").all();
    parentPort.postMessage(rows.map((row) => row.quick_check).join("; "));
  } catch (error) {
    if (error.errcode !== 11 && error.errcode !== 26) throw error;
    parentPort.postMessage(error.message);
  } finally {
    database.close();
  }
`;

function bytesOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
