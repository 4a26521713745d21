/**
 * A stream whose `return` cancels upstream at once. An async generator alone cannot: its `return` waits in line behind a
 * `next` that is pending, and a silent vendor would keep its socket. `make` gets a signal that aborts with `signal`, and
 * also when the consumer leaves early or the stream fails.
 */
export function cancelOnReturn<Part>(
  signal: AbortSignal,
  make: (signal: AbortSignal) => AsyncGenerator<Part, void, undefined>,
): AsyncIterable<Part> {
  return {
    [Symbol.asyncIterator]() {
      const own = new AbortController();
      const follow = () => own.abort(signal.reason);
      if (signal.aborted) follow();
      else signal.addEventListener("abort", follow, { once: true });
      const generator = make(own.signal);
      // Taken off as soon as the stream is over: one signal may outlive many streams.
      const forget = () => signal.removeEventListener("abort", follow);
      return {
        async next() {
          try {
            const step = await generator.next();
            if (step.done) forget();
            return step;
          } catch (error) {
            forget();
            // What failed is not read on: a library may still hold the answer's socket.
            own.abort();
            throw error;
          }
        },
        async return() {
          forget();
          own.abort();
          await generator.return();
          return { done: true, value: undefined };
        },
      };
    },
  };
}
