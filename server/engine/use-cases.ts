import type { Session, Turn } from "../../shared/answer.ts";
import type { DoctorRow } from "../../shared/doctor.ts";
import type { EndpointParams, EndpointState } from "../../shared/endpoint.ts";
import type { EstimateParams, EstimateResult } from "../../shared/estimate.ts";
import type { ForgetLearnedParams, LearnedTable, UndoneCodeParams } from "../../shared/learned.ts";
import type { AcceptPricesParams, PriceFacts, RefreshedPrices } from "../../shared/prices.ts";
import type {
  AskParams,
  AskPart,
  BreakRouteParams,
  ClearedAnswers,
  ConfigureParams,
  ConfigureResult,
  CursorParams,
  DoctorParams,
  FinishLoginResult,
  Held,
  LocalServer,
  RaiseCapParams,
  ServerFacts,
  SessionHead,
  Spend,
  StartLoginParams,
  StartLoginResult,
  TestConnectionParams,
  TestConnectionResult,
  VendorLogRow,
} from "../../shared/protocol.ts";

import type {
  AcceptedCodeParams,
  AppliedCodeParams,
  DeleteCostsParams,
  DeleteCostsResult,
  ExportParams,
  ExportResult,
  Report,
  ReportParams,
  RequestRecord,
} from "../../shared/report.ts";
import type { DrillResult, PauseRouteParams, RouteParams, RouteTable, RouteTestResult } from "../../shared/routes.ts";

/**
 * What the server can do, without a word about how it is asked: `handlers.ts` puts it behind LSP, the endpoint will put
 * part of it behind HTTP, `main.ts` builds it.
 */
export interface UseCases {
  configure(params: ConfigureParams): Promise<ConfigureResult>;
  /** Never rejects for a failure: the turn carries it. Emits parts while the answer comes. */
  ask(params: Omit<AskParams, "partialResultToken">, emit: (part: AskPart) => void, signal: AbortSignal): Promise<Turn>;
  estimate(params: EstimateParams): EstimateResult;
  listSessions(): SessionHead[];
  readSession(sessionId: string): Session | null;
  deleteSession(sessionId: string): Promise<void>;
  /** Rejects with a ledger failure where the books are not open. */
  clearAnswers(): Promise<ClearedAnswers>;
  spend(): Spend;
  testConnection(params: TestConnectionParams, signal: AbortSignal): Promise<TestConnectionResult>;
  startLogin(params: StartLoginParams, signal: AbortSignal): Promise<StartLoginResult>;
  finishLogin(loginId: string, signal: AbortSignal): Promise<FinishLoginResult>;
  findLocalServers(signal: AbortSignal): Promise<LocalServer[]>;
  /** Raises a cap until the day ends; rejects with a failure for a cap that there is not. */
  raiseCap(params: RaiseCapParams): Promise<Spend>;
  /** Caps count from what could be read of damaged books. Rejects with a ledger failure. */
  startAnew(): Promise<Spend>;
  heldMoney(): Held[];
  releaseHeld(attemptIds: readonly string[]): Promise<Held[]>;
  /** Never rejects for a failure: then there is no completion, and the state says why. */
  complete(params: CompleteParams, signal: AbortSignal): Promise<CompletionItem | null>;
  /** Where the cursor is now; `offset` is null when the document has not the focus any more. */
  cursor(params: Pick<CursorParams, "uri" | "version"> & { text: string; offset: number | null }): void;
  dismissCompletion(uri: string): void;
  acceptedCompletion(completionId: string): void;
  partlyAcceptedCompletion(completionId: string): void;
  documentChanged(document: { uri: string; version: number; text: string }): void;
  documentClosed(uri: string): void;
  /** Makes a simulated model fail, or mends it; rejects with a failure where there is no such model. */
  breakRoute(params: BreakRouteParams): Promise<{ modelId: string; fault: BreakRouteParams["fault"] }[]>;
  routes(): RouteTable;
  /** Rejects with a ledger failure. */
  pauseRoute(params: PauseRouteParams): Promise<RouteTable>;
  /** Rejects with a failure where there is no such route; what the route itself does wrong is in the result. */
  testRoute(params: RouteParams, signal: AbortSignal): Promise<RouteTestResult>;
  /** Rejects with the plan's failure when nothing can be asked. */
  drill(signal: AbortSignal): Promise<DrillResult>;
  /** Emits rows as they begin and end; what is wrong is in them. Rejects with an AbortError. */
  doctor(
    params: Omit<DoctorParams, "partialResultToken">,
    emit: (row: DoctorRow) => void,
    signal: AbortSignal,
  ): Promise<DoctorRow[]>;
  /** Rejects with a ledger failure, as do the next three. */
  report(params: ReportParams): Promise<Report>;
  explainRequest(requestId: string): Promise<RequestRecord | null>;
  exportCosts(params: ExportParams): Promise<ExportResult>;
  deleteCosts(params: DeleteCostsParams): Promise<DeleteCostsResult>;
  acceptedCode(params: AcceptedCodeParams): void;
  undoneCode(params: UndoneCodeParams): void;
  /** Throws a ledger failure. */
  learned(): LearnedTable;
  /** Rejects with a ledger failure. */
  forgetLearned(params: ForgetLearnedParams): Promise<LearnedTable>;
  appliedCode(params: AppliedCodeParams): void;
  prices(): Promise<PriceFacts>;
  refreshPrices(signal: AbortSignal): Promise<RefreshedPrices>;
  /** Rejects with a ledger failure. */
  acceptPrices(params: AcceptPricesParams): Promise<RefreshedPrices>;
  /** Starts, moves or stops the local endpoint; never rejects for a port that is not to be had. */
  endpoint(params: EndpointParams): Promise<EndpointState>;
  facts(): ServerFacts;
  playgroundLog(): VendorLogRow[];
}

/** One wish for ghost text. Offsets are in UTF-16 units of `text`. */
export interface CompleteParams {
  uri: string;
  /** For the rules about what may be sent, and for the prompt. */
  path: string;
  languageId: string;
  version: number;
  text: string;
  offset: number;
  /** The person asked for it by hand. */
  isInvoked: boolean;
  /** The item that is selected in the suggest widget, and what it would replace. */
  selected: { text: string; startOffset: number; endOffset: number } | null;
}

/** What is shown: `text` in place of what stands from `startOffset` to `endOffset`. */
export interface CompletionItem {
  id: string;
  text: string;
  startOffset: number;
  endOffset: number;
}
