import type { IncomingMessage } from "node:http";
import { sizeWords } from "./bounds.ts";
import { refusal } from "./check-request.ts";
import type { WireFault } from "./wire.ts";

/** The memory that bodies may take together. What one request holds of it is given back when its answer has ended. */
export interface BodyRoom {
  hold(): BodyHold;
}

export interface BodyHold {
  /** False where there is not so much left; nothing is held then. */
  add(bytes: number): boolean;
  release(): void;
}

export function createBodyRoom(maxBytes: number): BodyRoom {
  let heldBytes = 0;
  return {
    hold() {
      let ownBytes = 0;
      return {
        add(bytes) {
          if (heldBytes + bytes > maxBytes) return false;
          heldBytes += bytes;
          ownBytes += bytes;
          return true;
        },
        release() {
          heldBytes -= ownBytes;
          ownBytes = 0;
        },
      };
    },
  };
}

export type BodyReading =
  | { state: "read"; bytes: Uint8Array }
  | { state: "refused"; fault: WireFault }
  | { state: "gone" };

/**
 * Reads a body into memory, as far as there is room for it: what is beyond is neither read nor dropped, so that the client
 * stops sending. `gone`: the client went, or `signal` aborted, before it was whole.
 */
export function readBody(
  request: IncomingMessage,
  options: { maxBytes: number; hold: BodyHold; signal: AbortSignal },
): Promise<BodyReading> {
  const { maxBytes, hold, signal } = options;
  const tooLarge: BodyReading = {
    state: "refused",
    fault: refusal(413, "too-large", `The body is larger than ${sizeWords(maxBytes)}; send less of it.`),
  };
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) return Promise.resolve(tooLarge);
  return new Promise((resolve) => {
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    const settle = (reading: BodyReading) => {
      request.off("data", hear).off("end", end).off("error", leave).off("close", leave);
      signal.removeEventListener("abort", leave);
      request.pause();
      // An error of a request that nobody reads any more would end the process.
      request.on("error", () => undefined);
      resolve(reading);
    };
    const hear = (piece: Uint8Array) => {
      bytes += piece.length;
      if (bytes > maxBytes) settle(tooLarge);
      else if (hold.add(piece.length)) pieces.push(piece);
      else
        settle({
          state: "refused",
          fault: { ...busyFault, message: "Too many large requests are under way; try again." },
        });
    };
    const end = () =>
      settle({ state: "read", bytes: pieces.length === 1 ? (pieces[0] ?? empty) : Buffer.concat(pieces) });
    const leave = () => settle({ state: "gone" });
    if (signal.aborted) {
      leave();
      return;
    }
    signal.addEventListener("abort", leave);
    request.on("data", hear).on("end", end).on("error", leave).on("close", leave);
  });
}

const empty = new Uint8Array(0);

/** There is no room for one more at this moment. */
export const busyFault: WireFault = {
  ...refusal(503, "overloaded", "Too many requests are under way; try again."),
  code: "too_many_requests",
  retryAfterMs: 1_000,
};
