import type { Connection } from "vscode-languageserver";
import { forwardAnswerSchema, forwardPieceSchema } from "../shared/forward.ts";
import { ForwardEndNotification, ForwardReadRequest, ForwardRequest } from "../shared/protocol.ts";
import type { Forward } from "./core/forward.ts";

/** LSP wire ↔ requests that the extension host sends for us. */
export function createForward(connection: Pick<Connection, "sendRequest" | "sendNotification">): Forward {
  let ids = 0;
  return (request) => {
    ids += 1;
    const id = String(ids);
    const ending = new AbortController();
    const ended = new Promise<never>((_resolve, reject) => {
      ending.signal.addEventListener("abort", () => reject(ending.signal.reason), { once: true });
    });
    // It may end while nothing is awaited.
    ended.catch(() => undefined);
    const answer = connection.sendRequest(ForwardRequest.method, { id, ...request });
    return {
      answer: Promise.race([ended, answer.then((result) => forwardAnswerSchema.parse(result))]),
      read() {
        const piece = connection.sendRequest(ForwardReadRequest.method, { id });
        return Promise.race([ended, piece.then((result) => forwardPieceSchema.parse(result))]);
      },
      end() {
        ending.abort();
        void connection.sendNotification(ForwardEndNotification.method, { id });
      },
    };
  };
}
