import type { Session, Turn } from "../../shared/answer.ts";
import type {
  AskParams,
  AskPart,
  ConfigureParams,
  ConfigureResult,
  EstimateParams,
  EstimateResult,
  LocalServer,
  ServerFacts,
  SessionHead,
  Spend,
  TestConnectionParams,
  TestConnectionResult,
  VendorLogRow,
} from "../../shared/protocol.ts";

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
  spend(): Spend;
  testConnection(params: TestConnectionParams, signal: AbortSignal): Promise<TestConnectionResult>;
  findLocalServers(signal: AbortSignal): Promise<LocalServer[]>;
  facts(): ServerFacts;
  playgroundLog(): VendorLogRow[];
}
