import { type AnswerLengths, createAnswerLengths } from "./answer-lengths.ts";
import { type Calibrations, createCalibrations } from "./calibrations.ts";
import { openDatabase } from "./database.ts";
import { createEstimateErrors, type EstimateErrors } from "./estimate-errors.ts";
import { createBooksExamination } from "./examine-books.ts";
import { createExport } from "./export-costs.ts";
import { createHealthStore, type HealthStore } from "./health-store.ts";
import { BEAT_EVERY_MS, createInstances } from "./instances.ts";
import { createLedger, type Ledger } from "./ledger.ts";
import { createModelLists, type ModelLists } from "./model-lists.ts";
import { createObservations, type Observations } from "./observations.ts";
import { createPausedRoutes, type PausedRoutes } from "./paused-routes.ts";
import { createPriceBook, type PriceBook } from "./price-book.ts";
import { createReportBook, type ReportBook } from "./report-book.ts";
import { createRequestBook, type RequestBook } from "./request-book.ts";
import { createResponseCache, type ResponseCache } from "./response-cache.ts";
import { createSessionStore, type SessionStore } from "./session-store.ts";

/** Everything Wayfare keeps on disk, in one SQLite file shared by all windows of a host. */
export interface Store {
  ledger: Ledger;
  sessions: SessionStore;
  modelLists: ModelLists;
  health: HealthStore;
  responses: ResponseCache;
  pausedRoutes: PausedRoutes;
  requests: RequestBook;
  report: ReportBook;
  /** Writes a range of the books to a file. */
  exportCosts: ReturnType<typeof createExport>;
  calibrations: Calibrations;
  estimateErrors: EstimateErrors;
  prices: PriceBook;
  answerLengths: AnswerLengths;
  observations: Observations;
  /** Looks the books over, for a person who wants to know how they are. */
  examine: ReturnType<typeof createBooksExamination>;
  /** The file, for messages and diagnostics. */
  path: string;
  /** The kind of network drive it lies on ("NFS"), or null. */
  drive: string | null;
  sqliteVersion: string;
  /** True when it has to be closed and opened anew: the file was found damaged, or another window has set it aside. */
  isReplaced(): boolean;
  /** Writes what is still queued and closes the file. A second call does nothing. */
  close(): void;
}

export interface StoreOptions {
  /** The extension's global storage; made when it is missing. */
  directory: string;
  /** Milliseconds since 1970. */
  now: () => number;
  /** IANA name of the person's time zone: a day of spending begins at its midnight. */
  timeZone: string;
  /** Unique for this run of the server. */
  instanceId: string;
  pid: number;
  /** "WSL: Ubuntu", for messages where a person must know whose ledger is meant; empty on their own machine. */
  hostLabel?: string;
  /** The kind of network drive that a folder lies on, or null; asked of the system without it. */
  driveOf?(directory: string): string | null;
  /** After attempts of a dead process were settled: the money of today has changed. */
  onSettledDead?(): void;
  /** After what was settled was added to the sums: requests are counted later than their money. */
  onPosted?(): void;
}

const SETTLE_DEAD_EVERY_MS = 30_000;

/**
 * Opens the books, makes them when there are none, and settles what dead processes left held. Throws a FailureError of
 * kind "ledger" whose sentence names the file and the mend; nothing that costs may be sent then.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { directory, now, timeZone, instanceId, pid, hostLabel } = options;
  const database = await openDatabase({ directory, hostLabel, now, driveOf: options.driveOf });
  try {
    const instances = createInstances(database, { instanceId, pid });
    const requests = createRequestBook(database);
    const ledger = createLedger({ database, instances, now, timeZone, hostLabel, onPosted: options.onPosted });
    await database.write("normal", () => instances.beat(now()));
    await ledger.settleDead();

    // A tick that fails is made up for by the next one; a disk that stays full is told by the next reservation.
    const beating = setInterval(() => {
      database.checkPlace();
      database.write("normal", () => instances.beat(now())).catch(() => undefined);
    }, BEAT_EVERY_MS);
    const settling = setInterval(() => {
      ledger
        .settleDead()
        .then((settled) => settled > 0 && options.onSettledDead?.())
        .catch(() => undefined);
    }, SETTLE_DEAD_EVERY_MS);
    beating.unref();
    settling.unref();

    return {
      ledger,
      sessions: createSessionStore(database, instances),
      modelLists: createModelLists(database),
      health: createHealthStore(database),
      responses: createResponseCache(database),
      pausedRoutes: createPausedRoutes(database),
      requests,
      exportCosts: createExport(database, requests),
      report: createReportBook(database),
      calibrations: createCalibrations(database),
      estimateErrors: createEstimateErrors(database),
      prices: createPriceBook(database),
      answerLengths: createAnswerLengths(database),
      observations: createObservations(database),
      examine: createBooksExamination(database, ledger),
      path: database.path,
      drive: database.drive,
      sqliteVersion: database.sqliteVersion,
      isReplaced: database.isReplaced,
      close() {
        clearInterval(beating);
        clearInterval(settling);
        ledger.close();
        // Its own row goes last: from then on another process ends what this one left.
        database.write("normal", () => instances.forget(instanceId)).catch(() => undefined);
        database.close();
      },
    };
  } catch (error) {
    database.close();
    throw error;
  }
}
