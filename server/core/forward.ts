import type { ForwardAnswer, ForwardPiece, ForwardRequestParams } from "../../shared/forward.ts";

/** A request that the extension host sends for us. */
export interface Forwarded {
  /** Comes with the headers. */
  answer: Promise<ForwardAnswer>;
  /** The next piece of the answer; not before the one before has come. */
  read(): Promise<ForwardPiece>;
  /** Closes the connection; what is awaited fails with an AbortError at once. */
  end(): void;
}

export type Forward = (request: Omit<ForwardRequestParams, "id">) => Forwarded;
