/** Something that several hold and that closes itself when the last lets go. */
export interface Shared<T> {
  readonly value: T;
  take(): void;
  drop(): void;
}

/** The caller is its first holder. */
export function share<T extends { close(): Promise<void> }>(value: T): Shared<T> {
  let holders = 1;
  return {
    value,
    take() {
      holders += 1;
    },
    drop() {
      holders -= 1;
      // What fails to close is closed by the end of the process; nobody waits for it.
      if (holders === 0) value.close().catch(() => undefined);
    },
  };
}
