/** An event of ours: `on` adds a listener and gives what removes it; `fire` calls all, in the order they came. */
export interface Signal<T> {
  on(listener: (value: T) => void): { dispose(): void };
  fire(value: T): void;
}

/** Listeners are as many as there are features that listen, and each removes itself. */
export function createSignal<T>(): Signal<T> {
  const listeners = new Set<(value: T) => void>();
  return {
    on(listener) {
      listeners.add(listener);
      return { dispose: () => void listeners.delete(listener) };
    },
    fire(value) {
      for (const listener of [...listeners]) listener(value);
    },
  };
}
