import {
  type CancellationToken,
  type Connection,
  ErrorCodes,
  LSPErrorCodes,
  type ProtocolRequestType,
  ResponseError,
} from "vscode-languageserver/node";
import * as z from "zod";
import { isAbort } from "../shared/failure.ts";
import {
  type AskParams,
  type AskPart,
  AskRequest,
  askParamsSchema,
  ConfigureRequest,
  configureParamsSchema,
  DeleteSessionRequest,
  EstimateRequest,
  estimateParamsSchema,
  FactsRequest,
  FindLocalServersRequest,
  ListSessionsRequest,
  PlaygroundLogRequest,
  ReadSessionRequest,
  SpendRequest,
  sessionParamsSchema,
  TestConnectionRequest,
  testConnectionParamsSchema,
} from "../shared/protocol.ts";
import type { UseCases } from "./engine/use-cases.ts";

/** Parts of a stream are sent at most this often: one frame of a 60 Hz screen. */
const FRAME_MS = 16;

/**
 * LSP wire ↔ use cases. Parses what comes in, turns a cancellation token into an AbortSignal, and batches a stream's
 * parts to a frame. Knows no decision.
 */
export function registerHandlers(connection: Connection, useCases: UseCases): void {
  const handle = <Params, Parsed, Result, Part>(
    type: ProtocolRequestType<Params, Result, Part, void, void>,
    schema: z.ZodType<Parsed>,
    run: (params: Parsed, signal: AbortSignal) => Promise<Result> | Result,
  ): void => {
    connection.onRequest(type.method, async (params: unknown, token: CancellationToken): Promise<unknown> => {
      const parsed = schema.safeParse(params);
      if (!parsed.success) {
        return new ResponseError(ErrorCodes.InvalidParams, `${type.method}: ${z.prettifyError(parsed.error)}`);
      }
      const signal = signalOf(token);
      try {
        return await run(parsed.data, signal);
      } catch (error) {
        if (isAbort(error)) return new ResponseError(LSPErrorCodes.RequestCancelled, "cancelled");
        throw error;
      }
    });
  };

  const nothing = z.object({});
  handle(ConfigureRequest, configureParamsSchema, (params) => useCases.configure(params));
  handle(AskRequest, askParamsSchema, (params, signal) => ask(connection, useCases, params, signal));
  handle(EstimateRequest, estimateParamsSchema, (params) => useCases.estimate(params));
  handle(ListSessionsRequest, nothing, () => useCases.listSessions());
  handle(ReadSessionRequest, sessionParamsSchema, (params) => useCases.readSession(params.sessionId));
  handle(DeleteSessionRequest, sessionParamsSchema, async (params) => {
    await useCases.deleteSession(params.sessionId);
    return null;
  });
  handle(SpendRequest, nothing, () => useCases.spend());
  handle(TestConnectionRequest, testConnectionParamsSchema, (params, signal) =>
    useCases.testConnection(params, signal),
  );
  handle(FindLocalServersRequest, nothing, (_params, signal) => useCases.findLocalServers(signal));
  handle(FactsRequest, nothing, () => useCases.facts());
  handle(PlaygroundLogRequest, nothing, () => useCases.playgroundLog());
}

async function ask(connection: Connection, useCases: UseCases, params: AskParams, signal: AbortSignal) {
  const batch = createPartBatch((parts) => {
    void connection.sendProgress(AskRequest, params.partialResultToken, parts);
  });
  try {
    return await useCases.ask(params, batch.add, signal);
  } finally {
    batch.flush();
  }
}

/**
 * Collects the parts of one stream and hands them on at most once a frame; the first leaves at once, so that batching
 * adds nothing to the time to first token. Neighbouring pieces of text become one. Holds at most one frame's parts.
 */
export function createPartBatch(send: (parts: AskPart[]) => void): { add(part: AskPart): void; flush(): void } {
  let waiting: AskPart[] = [];
  let timer: NodeJS.Timeout | null = null;

  const flush = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (waiting.length === 0) return;
    const parts = waiting;
    waiting = [];
    send(parts);
  };
  const frame = (): void => {
    timer = null;
    if (waiting.length === 0) return;
    flush();
    timer = setTimeout(frame, FRAME_MS);
  };

  return {
    flush,
    add(part) {
      const last = waiting.at(-1);
      if (part.type === "text" && last?.type === "text")
        waiting[waiting.length - 1] = { type: "text", text: last.text + part.text };
      else if (part.type === "reasoning" && last?.type === "reasoning") {
        waiting[waiting.length - 1] = { type: "reasoning", text: last.text + part.text };
      } else waiting.push(part);
      if (timer === null) {
        flush();
        timer = setTimeout(frame, FRAME_MS);
      }
    },
  };
}

function signalOf(token: CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  else token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}
