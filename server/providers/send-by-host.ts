import type { ForwardFault } from "../../shared/forward.ts";
import type { Forward } from "../core/forward.ts";
import type { HttpRequest, HttpResponse } from "./http.ts";
import { ForwardError } from "./transport-faults.ts";

/**
 * One request through VS Code's own network, as `Http.request` sends it. Before the headers it throws what went wrong
 * as it is; `toError` turns what goes wrong later into what is thrown. `underWay` holds how to end it for as long as it lasts.
 */
export async function sendByHost(
  forward: Forward,
  url: URL,
  init: HttpRequest,
  rest: { toError(error: unknown): unknown; underWay: Set<() => void> },
): Promise<HttpResponse> {
  const { method, headers, body, signal } = init;
  const sent = forward({ url: url.href, method, headers, ...(body === undefined ? {} : { body }) });
  const end = (): void => {
    done();
    sent.end();
  };
  const done = (): void => {
    signal.removeEventListener("abort", end);
    rest.underWay.delete(end);
  };
  signal.addEventListener("abort", end, { once: true });
  rest.underWay.add(end);

  const orThrow = async <Result extends object>(step: Promise<Result | ForwardFault>): Promise<Result> => {
    try {
      const result = await step;
      if (!("fault" in result)) return result;
      throw new ForwardError(result.fault);
    } catch (error) {
      done();
      throw error;
    }
  };
  const answer = await orThrow(sent.answer);
  let isOver = false;
  return {
    ...answer,
    body: {
      [Symbol.asyncIterator]: () => ({
        async next() {
          if (isOver) return { done: true, value: undefined };
          const piece = await orThrow(sent.read()).catch((error: unknown) => {
            throw rest.toError(error);
          });
          if (piece.bytes !== null) return { done: false, value: Buffer.from(piece.bytes, "base64") };
          isOver = true;
          done();
          return { done: true, value: undefined };
        },
        async return() {
          if (!isOver) end();
          isOver = true;
          return { done: true, value: undefined };
        },
      }),
    },
  };
}
