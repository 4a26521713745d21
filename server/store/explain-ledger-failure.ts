import { FailureError } from "../../shared/failure.ts";

/** What is known when the books fail, beside the error itself. */
export interface LedgerFacts {
  path: string;
  directory: string;
  /** Free space where the ledger lies, or null when it could not be read. */
  freeBytes: number | null;
  /** Version of the runtime, for the message about a missing module. */
  nodeVersion: string;
}

// SQLite's primary result codes, from its own documentation; the low byte of an extended code.
const BUSY = 5;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const PROTOCOL = 15;
const NOTADB = 26;

/** The device, or the drive of another machine, does not answer as it should; the file may be whole. */
const DISK_ERRORS = ["EIO", "ENXIO", "ENODEV", "ESTALE", "EREMOTEIO"];
/** Under this much free space an input-output error is read as a full disk: SQLite cannot grow its files by a page. */
const NO_SPACE_BYTES = 64 * 1024;

/** True when another process has the books locked at this moment, so that the same call will do a little later. */
export function isBusy(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === BUSY || code === PROTOCOL;
}

/** True when the file itself is not what it should be, so that trying again does not help. */
export function isDamage(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === CORRUPT || code === NOTADB;
}

/** The one sentence for a person: which file, what is wrong with it, and the mend. A FailureError passes unchanged. */
export function explainLedgerFailure(error: unknown, facts: LedgerFacts): FailureError {
  if (error instanceof FailureError) return error;
  return new FailureError({ kind: "ledger", message: sentence(error, facts) }, { cause: error });
}

/** The file is there and sound, but a later version has changed its shape. */
export function newerSchema(path: string, found: number, known: number): FailureError {
  return new FailureError({
    kind: "ledger",
    message: `The ledger ${path} was written by a newer Wayfare (schema ${found}, this version knows ${known}): update Wayfare and reload the window.`,
  });
}

/** The file under the open connection is no longer the one other windows would open. */
export function movedFile(path: string): FailureError {
  return new FailureError({
    kind: "ledger",
    message: `The ledger ${path} was moved or deleted while it was open: reload the window to begin a new one, or put the file back first.`,
  });
}

/** Damage was found while the books were open, here or in another window. */
export function damagedBooks(path: string): FailureError {
  return new FailureError({
    kind: "ledger",
    message: `The ledger ${path} is damaged, so nothing more is written to it: ask again, and it is set aside and a new one begun with what can be read of it.`,
  });
}

/** Asked after the store was closed. */
export function closedStore(path: string): FailureError {
  return new FailureError({
    kind: "ledger",
    message: `The ledger ${path} is closed: reload the window to open it again.`,
  });
}

/** More writes wait than a healthy disk ever leaves waiting. */
export function crowded(path: string, waiting: number): FailureError {
  return new FailureError({
    kind: "ledger",
    message: `The ledger ${path} cannot keep up (${waiting} writes wait): close other windows of this editor and ask again.`,
  });
}

function sentence(error: unknown, { path, directory, freeBytes, nodeVersion }: LedgerFacts): string {
  const system = systemCode(error);
  const code = sqliteCode(error);
  const isFull =
    code === FULL ||
    system === "ENOSPC" ||
    system === "EDQUOT" ||
    ((code === IOERR || code === CANTOPEN) && freeBytes !== null && freeBytes < NO_SPACE_BYTES);

  if (system === "ERR_UNKNOWN_BUILTIN_MODULE") {
    return `The ledger ${path} cannot be opened because this editor's runtime, Node ${nodeVersion}, has no node:sqlite: update the editor to one that brings Node 22.20 or later.`;
  }
  if (isFull) return `The ledger ${path} cannot be written because the disk is full: free some space and ask again.`;
  if (code === IOERR || (system !== null && DISK_ERRORS.includes(system))) {
    return `The ledger ${path} cannot be read or written because the disk reports errors: check it and ask again.`;
  }
  if (system === "EACCES" || system === "EPERM" || system === "EROFS" || code === READONLY || code === CANTOPEN) {
    return `The ledger ${path} cannot be written because it or its folder is read-only: make ${directory} writable for your user and reload the window.`;
  }
  if (system === "ENOENT") {
    return `The ledger ${path} cannot be made because no folder can be made at ${directory}: put an ordinary folder there and reload the window.`;
  }
  if (system === "ENOTDIR" || system === "EEXIST") {
    return `The ledger ${path} cannot be made because ${directory} is not a folder and cannot become one: remove the file that stands in its way and reload the window.`;
  }
  if (system === "EISDIR") {
    return `The ledger ${path} cannot be opened because a folder has its name: move that folder away and reload the window.`;
  }
  if (code === NOTADB || code === CORRUPT) {
    return `The ledger ${path} is not a database or is damaged: move the file away and reload the window; with the new file, what your caps have counted begins anew at $0.`;
  }
  if (isBusy(error)) {
    return `The ledger ${path} stayed locked by another process for 5 seconds: close other windows of this editor and ask again.`;
  }
  const detail = error instanceof Error ? error.message : String(error);
  return `The ledger ${path} cannot be used (${detail}): ask again, then reload the window; if neither helps, move the file away, and what your caps have counted begins anew at $0.`;
}

function sqliteCode(error: unknown): number | null {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return null;
  return error.errcode & 0xff;
}

function systemCode(error: unknown): string | null {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
}
