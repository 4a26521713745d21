import { type Failure, failureOf } from "../../shared/failure.ts";
import type { Store } from "../store/open-store.ts";

/** The store as far as it could be opened. */
export interface Books {
  /** null while it is not open; `failure` says why. */
  store(): Store | null;
  failure(): Failure | null;
  /**
   * Tries once more to open what could not be opened, so that freeing the disk or unlocking the file is enough; at most
   * once in 5 s. An open store is left alone, unless its file was found damaged or set aside: then what has taken its place
   * is opened. Gives true when this opened it. Never rejects.
   */
  retry(): Promise<boolean>;
  close(): void;
}

/** A disk that is full stays full for longer; asking more often than this only delays the answer that says so. */
const RETRY_EVERY_MS = 5_000;

/** Opens the store; when that fails the books are there all the same, closed. `ticks` as of the clock. Never rejects. */
export async function openBooks(open: () => Promise<Store>, ticks: () => number): Promise<Books> {
  let store: Store | null = null;
  let failure: Failure | null = null;
  let triedAtMs = 0;
  let isClosed = false;
  /** Questions that are asked together wait for one try. */
  let trying: Promise<boolean> | null = null;

  const tryOnce = async (): Promise<boolean> => {
    try {
      const opened = await open();
      if (isClosed) {
        opened.close();
        return false;
      }
      store = opened;
      failure = null;
    } catch (error) {
      failure = failureOf(error);
    }
    triedAtMs = ticks();
    return store !== null;
  };
  await tryOnce();

  return {
    store: () => store,
    failure: () => failure,
    async retry() {
      if (isClosed) return false;
      if (store?.isReplaced() === true) {
        store.close();
        store = null;
        trying ??= tryOnce().finally(() => {
          trying = null;
        });
      }
      if (store !== null) return false;
      if (trying === null && ticks() - triedAtMs < RETRY_EVERY_MS) return false;
      trying ??= tryOnce().finally(() => {
        trying = null;
      });
      return trying;
    },
    close() {
      isClosed = true;
      store?.close();
    },
  };
}
