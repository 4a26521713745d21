import { once } from "node:events";
import { createServer } from "node:http";
import type { Socket } from "node:net";
import type { BreakRouteParams, VendorLogRow } from "../../shared/protocol.ts";
import { createBillBook } from "./bill-book.ts";
import { faultFor, nameOfFault } from "./break-route.ts";
import { createPromptCache } from "./prompt-cache.ts";
import { type Desk, type ServedModel, serveRequest, shops } from "./serve-request.ts";
import {
  type PlaygroundModel,
  playgroundModels,
  type VendorFault,
  type VendorFillRequest,
  type VendorModel,
} from "./vendor-model.ts";

export { faultFor, type PlaygroundModel, playgroundModels, type VendorFault, type VendorFillRequest, type VendorModel };

export interface PlaygroundOptions {
  /** The one key that both vendors accept. */
  apiKey: string;
  /** realistic: as fast as such models are; instant: as fast as it goes, for tests. */
  pace: "realistic" | "instant";
  /** 0 or absent: any free port. */
  port?: number;
  now?: () => number;
  random?: () => number;
  /** Served besides the playground's own models; one of the same id takes its place. */
  models?: readonly VendorModel[];
  /** How often the OpenAI-compatible vendor does not know yet what an answer cost; 0 when absent. */
  billsUnknownAtFirst?: number;
}

export interface Playground {
  /** http://127.0.0.1:port */
  origin: string;
  openAiBaseUrl: string;
  anthropicBaseUrl: string;
  /** The models of the OpenAI-compatible vendor once more, at an address that wants no key. */
  ollamaBaseUrl: string;
  /** A llama.cpp server, with /v1: the models whose wire is "llamacpp". */
  llamaCppBaseUrl: string;
  /** What the vendors wrote down, oldest first: the last 500 requests that have ended. */
  log(): VendorLogRow[];
  /** Makes a model fail from its next request on; null mends it. Throws for a model that is not served. */
  setFault(modelId: string, fault: VendorFault | null): void;
  /** Every model and what is wrong with it, as a person would call it. */
  faults(): BrokenRoute[];
  /** Breaks a model in one of the ways that a person can choose, or mends it. Throws for a model that is not served. */
  breakRoute(params: BreakRouteParams): BrokenRoute[];
  /** Sockets that callers hold open, idle ones included. */
  openConnections(): number;
  /** Questions that are being answered, or left hanging. */
  openRequests(): number;
  /** Ends every request and connection, and frees the port. */
  close(): Promise<void>;
}

export interface BrokenRoute {
  modelId: string;
  fault: BreakRouteParams["fault"];
}

const maxLogRows = 500;

/**
 * Starts simulated vendors on loopback: one that speaks the OpenAI-compatible wire and one that speaks Anthropic's, over
 * real HTTP, with their own count of tokens, their own bills and, when asked for, their own faults. Rejects when the port
 * is taken.
 */
export async function startPlayground(options: PlaygroundOptions): Promise<Playground> {
  const now = options.now ?? Date.now;
  const random = options.random ?? Math.random;
  const models = new Map<string, ServedModel>();
  for (const model of [...playgroundModels, ...(options.models ?? [])]) {
    models.set(model.id, { model, cache: createPromptCache(), fault: null });
  }
  const rows: VendorLogRow[] = [];
  const sockets = new Set<Socket>();
  const running = new Set<Promise<void>>();

  const write = (row: VendorLogRow) => {
    rows.push(row);
    if (rows.length > maxLogRows) rows.shift();
  };
  const bills = createBillBook(options.billsUnknownAtFirst);
  const desk: Desk = { apiKey: options.apiKey, pace: options.pace, models, now, random, write, bills };
  const server = createServer((request, response) => {
    // Errors of a socket that the caller tore down are no news: the row in the log says that it left.
    response.on("error", () => undefined);
    const work = serveRequest(desk, request, response);
    running.add(work);
    void work.finally(() => running.delete(work));
  });
  server.on("connection", (socket) => {
    socket.setNoDelay(true);
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const origin = `http://127.0.0.1:${port}`;

  const faults = () =>
    [...models].map(([modelId, { fault }]) => ({ modelId, fault: nameOfFault(fault?.fault ?? null) }));
  const setFault = (modelId: string, fault: VendorFault | null) => {
    const served = models.get(modelId);
    if (served === undefined) throw new Error(`The playground serves no model "${modelId}".`);
    served.fault = fault === null ? null : { fault, left: fault.times ?? Number.POSITIVE_INFINITY };
  };

  return {
    origin,
    openAiBaseUrl: `${origin}${shops.openai.prefix}`,
    anthropicBaseUrl: `${origin}${shops.anthropic.prefix}`,
    ollamaBaseUrl: `${origin}${shops.ollama.prefix}`,
    llamaCppBaseUrl: `${origin}${shops.llamacpp.prefix}/v1`,
    log: () => [...rows],
    setFault,
    faults,
    breakRoute({ modelId, fault, times }) {
      setFault(modelId, faultFor(fault, times));
      return faults();
    },
    openConnections: () => sockets.size,
    openRequests: () => running.size,
    async close() {
      const closed = server.listening ? once(server, "close") : null;
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
      await Promise.all(running);
    },
  };
}
