import {
  BulkRegistration,
  type BulkUnregistration,
  type CancellationToken,
  type Connection,
  DidChangeTextDocumentNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  ErrorCodes,
  type InlineCompletionItem,
  type InlineCompletionParams,
  InlineCompletionRequest,
  InlineCompletionTriggerKind,
  LSPErrorCodes,
  type ProtocolNotificationType,
  type ProtocolRequestType,
  ResponseError,
  TextDocumentSyncKind,
  TextDocuments,
} from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import * as z from "zod";
import { EndpointRequest, endpointParamsSchema } from "../shared/endpoint.ts";
import { estimateParamsSchema } from "../shared/estimate.ts";
import { FailureError, isAbort } from "../shared/failure.ts";
import { forgetLearnedParamsSchema, undoneCodeParamsSchema } from "../shared/learned.ts";
import { acceptPricesParamsSchema } from "../shared/prices.ts";
import {
  AcceptedCodeNotification,
  AcceptedNotification,
  AcceptPricesRequest,
  AppliedCodeNotification,
  type AskParams,
  type AskPart,
  AskRequest,
  acceptedParamsSchema,
  askParamsSchema,
  BreakRouteRequest,
  breakRouteParamsSchema,
  ClearAnswersRequest,
  ConfigureRequest,
  CursorNotification,
  configureParamsSchema,
  cursorParamsSchema,
  DeleteCostsRequest,
  DeleteSessionRequest,
  DismissNotification,
  DoctorRequest,
  DrillRequest,
  dismissParamsSchema,
  doctorParamsSchema,
  EstimateRequest,
  ExplainRequest,
  ExportCostsRequest,
  FactsRequest,
  FindLocalServersRequest,
  FinishLoginRequest,
  ForgetLearnedRequest,
  finishLoginParamsSchema,
  HeldMoneyRequest,
  LearnedRequest,
  ListSessionsRequest,
  PartlyAcceptedNotification,
  PauseRouteRequest,
  PlaygroundLogRequest,
  PricesRequest,
  RaiseCapRequest,
  ReadSessionRequest,
  RefreshPricesRequest,
  ReleaseHeldRequest,
  ReportRequest,
  RoutesRequest,
  raiseCapParamsSchema,
  releaseHeldParamsSchema,
  SpendRequest,
  StartAnewRequest,
  StartLoginRequest,
  sessionParamsSchema,
  startLoginParamsSchema,
  TestConnectionRequest,
  TestRouteRequest,
  testConnectionParamsSchema,
  UndoneCodeNotification,
} from "../shared/protocol.ts";
import {
  acceptedCodeParamsSchema,
  appliedCodeParamsSchema,
  deleteCostsParamsSchema,
  explainParamsSchema,
  exportParamsSchema,
  reportParamsSchema,
} from "../shared/report.ts";
import { pauseRouteParamsSchema, routeParamsSchema } from "../shared/routes.ts";
import type { UseCases } from "./engine/use-cases.ts";

/** Parts of a stream are sent at most this often: one frame of a 60 Hz screen. */
const FRAME_MS = 16;

export interface Handlers {
  /**
   * Documents are synchronised and inline completions served only while they are on: the client sends no text of a
   * document before. To be called after the client has said `initialized`.
   */
  setCompletions(on: boolean): void;
}

/**
 * LSP wire ↔ use cases. Parses what comes in, turns a cancellation token into an AbortSignal, and batches a stream's
 * parts to a frame. Knows no decision. `onFault` hears what went wrong beside all requests.
 */
export function registerHandlers(
  connection: Connection,
  useCases: UseCases,
  onFault: (error: unknown) => void = () => {},
): Handlers {
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
        if (error instanceof FailureError) return new ResponseError(LSPErrorCodes.RequestFailed, error.message);
        throw error;
      }
    });
  };
  const listen = <Params, Parsed>(
    type: ProtocolNotificationType<Params, void>,
    schema: z.ZodType<Parsed>,
    run: (params: Parsed) => void,
  ): void => {
    connection.onNotification(type.method, (params: unknown) => {
      // Nobody waits for an answer to a notification, so what cannot be read is left unread.
      const parsed = schema.safeParse(params);
      if (parsed.success) run(parsed.data);
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
  handle(ClearAnswersRequest, nothing, () => useCases.clearAnswers());
  handle(SpendRequest, nothing, () => useCases.spend());
  handle(TestConnectionRequest, testConnectionParamsSchema, (params, signal) =>
    useCases.testConnection(params, signal),
  );
  handle(StartLoginRequest, startLoginParamsSchema, (params, signal) => useCases.startLogin(params, signal));
  handle(FinishLoginRequest, finishLoginParamsSchema, ({ loginId }, signal) => useCases.finishLogin(loginId, signal));
  handle(FindLocalServersRequest, nothing, (_params, signal) => useCases.findLocalServers(signal));
  handle(FactsRequest, nothing, () => useCases.facts());
  handle(PlaygroundLogRequest, nothing, () => useCases.playgroundLog());
  handle(StartAnewRequest, nothing, () => useCases.startAnew());
  handle(RaiseCapRequest, raiseCapParamsSchema, (params) => useCases.raiseCap(params));
  handle(HeldMoneyRequest, nothing, () => useCases.heldMoney());
  handle(ReleaseHeldRequest, releaseHeldParamsSchema, (params) => useCases.releaseHeld(params.attemptIds));
  handle(BreakRouteRequest, breakRouteParamsSchema, (params) => useCases.breakRoute(params));
  handle(RoutesRequest, nothing, () => useCases.routes());
  handle(LearnedRequest, nothing, () => useCases.learned());
  handle(ForgetLearnedRequest, forgetLearnedParamsSchema, (params) => useCases.forgetLearned(params));
  handle(PauseRouteRequest, pauseRouteParamsSchema, (params) => useCases.pauseRoute(params));
  handle(TestRouteRequest, routeParamsSchema, (params, signal) => useCases.testRoute(params, signal));
  handle(ReportRequest, reportParamsSchema, (params) => useCases.report(params));
  handle(ExplainRequest, explainParamsSchema, ({ requestId }) => useCases.explainRequest(requestId));
  handle(ExportCostsRequest, exportParamsSchema, (params) => useCases.exportCosts(params));
  handle(DeleteCostsRequest, deleteCostsParamsSchema, (params) => useCases.deleteCosts(params));
  handle(DrillRequest, nothing, (_params, signal) => useCases.drill(signal));
  handle(DoctorRequest, doctorParamsSchema, ({ partialResultToken, ...params }, signal) =>
    useCases.doctor(params, (row) => void connection.sendProgress(DoctorRequest, partialResultToken, [row]), signal),
  );
  handle(EndpointRequest, endpointParamsSchema, (params) => useCases.endpoint(params));
  handle(PricesRequest, nothing, () => useCases.prices());
  handle(RefreshPricesRequest, nothing, (_params, signal) => useCases.refreshPrices(signal));
  handle(AcceptPricesRequest, acceptPricesParamsSchema, (params) => useCases.acceptPrices(params));

  const documents = new TextDocuments(TextDocument);
  documents.listen(connection);
  documents.onDidChangeContent(({ document }) => {
    useCases.documentChanged({ uri: document.uri, version: document.version, text: document.getText() });
  });
  documents.onDidClose(({ document }) => useCases.documentClosed(document.uri));
  connection.languages.inlineCompletion.on((params, token) =>
    completeInline(params, documents.get(params.textDocument.uri), useCases, signalOf(token)),
  );
  listen(CursorNotification, cursorParamsSchema, ({ uri, version, position }) => {
    const document = documents.get(uri);
    // A place in a text that this is not says nothing; its own change comes, or came, with a place of its own.
    if (document === undefined || document.version !== version) return;
    const offset = position === null ? null : document.offsetAt(position);
    useCases.cursor({ uri, version, text: document.getText(), offset });
  });
  listen(DismissNotification, dismissParamsSchema, ({ uri }) => useCases.dismissCompletion(uri));
  listen(AcceptedNotification, acceptedParamsSchema, ({ completionId }) => useCases.acceptedCompletion(completionId));

  listen(UndoneCodeNotification, undoneCodeParamsSchema, (params) => useCases.undoneCode(params));
  listen(PartlyAcceptedNotification, acceptedParamsSchema, ({ completionId }) =>
    useCases.partlyAcceptedCompletion(completionId),
  );
  listen(AcceptedCodeNotification, acceptedCodeParamsSchema, (params) => useCases.acceptedCode(params));
  listen(AppliedCodeNotification, appliedCodeParamsSchema, (params) => useCases.appliedCode(params));

  return createRegistration(connection, onFault, () => {
    for (const uri of documents.keys()) useCases.documentClosed(uri);
  });
}

/**
 * Where ghost text is offered: documents a person writes in. Output channels, the diff view's old sides, debug consoles
 * and comment boxes have schemes of their own and are left out.
 */
const documentSelector = [
  "file",
  "untitled",
  "vscode-notebook-cell",
  "vscode-remote",
  "vscode-vfs",
  "vscode-test-web",
  "memfs",
].map((scheme) => ({ scheme }));

/** Registers and unregisters with the client, one after the other: what was wished last holds. */
function createRegistration(connection: Connection, onFault: (error: unknown) => void, onOff: () => void): Handlers {
  let wanted = false;
  let registered: BulkUnregistration | null = null;
  let turning: Promise<void> = Promise.resolve();

  const turn = async (): Promise<void> => {
    if (wanted === (registered !== null)) return;
    if (registered !== null) {
      const former = registered;
      registered = null;
      former.dispose();
      onOff();
      return;
    }
    const bulk = BulkRegistration.create();
    bulk.add(DidOpenTextDocumentNotification.type, { documentSelector });
    bulk.add(DidChangeTextDocumentNotification.type, { documentSelector, syncKind: TextDocumentSyncKind.Incremental });
    bulk.add(DidCloseTextDocumentNotification.type, { documentSelector });
    bulk.add(InlineCompletionRequest.type, { documentSelector });
    registered = await connection.client.register(bulk);
  };
  return {
    setCompletions(on) {
      wanted = on;
      turning = turning.then(turn).catch(onFault);
    },
  };
}

/** Run in the client by an item that was taken over; it sends the id back. */
const ACCEPTED_COMMAND = "wayfare.completionAccepted";

async function completeInline(
  { position, context }: InlineCompletionParams,
  document: TextDocument | undefined,
  useCases: UseCases,
  signal: AbortSignal,
): Promise<InlineCompletionItem[] | null> {
  if (document === undefined) return null;
  const { uri, version, languageId } = document;
  const selected = context.selectedCompletionInfo;
  const item = await useCases.complete(
    {
      uri,
      path: pathOf(uri),
      languageId,
      version,
      text: document.getText(),
      offset: document.offsetAt(position),
      isInvoked: context.triggerKind === InlineCompletionTriggerKind.Invoked,
      selected:
        selected === undefined
          ? null
          : {
              text: selected.text,
              startOffset: document.offsetAt(selected.range.start),
              endOffset: document.offsetAt(selected.range.end),
            },
    },
    signal,
  );
  // The document is one and the same object in all its versions.
  if (item === null || document.version !== version) return null;
  return [
    {
      insertText: item.text,
      // Without a range VS Code shows nothing in the middle of a word.
      range: { start: document.positionAt(item.startOffset), end: document.positionAt(item.endOffset) },
      command: { title: "", command: ACCEPTED_COMMAND, arguments: [item.id] },
    },
  ];
}

/** The path within a URI, for the rules about what may be sent; the whole of it when it is no URI. */
function pathOf(uri: string): string {
  try {
    return decodeURIComponent(new URL(uri).pathname);
  } catch {
    // A name that cannot be read as a URI is judged as it stands.
    return uri;
  }
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
