import type { IncomingHttpHeaders } from "node:http";
import type { EndpointSpend } from "../core/endpoint-spend.ts";
import type { Relay } from "../core/relay.ts";
import { anthropicErrors, anthropicPaths, isAnthropic } from "./anthropic-paths.ts";
import { readCompletion } from "./openai-completions.ts";
import { openAiErrorBody } from "./openai-errors.ts";
import { findModel, listModels } from "./openai-models.ts";
import { readChat } from "./openai-read-chat.ts";
import type { WireCall, WireFault } from "./wire.ts";

/** Where each wire is found. Of the rows for a path the first that fits is asked; another wire is some more of them. */
export interface WirePath {
  method: "GET" | "POST";
  /** Below `/v1`, which may be left out. One that ends with `/*` takes any rest, slashes included. */
  path: string;
  /** Only for requests with such headers, where two wires share a path; absent: for all. */
  when?(headers: IncomingHttpHeaders): boolean;
  errors: ErrorForm;
  /** Throws a WireError. */
  read(asked: Asked): WireCall | Immediate;
}

/** How a wire writes a fault. */
export interface ErrorForm {
  /** A JSON value. */
  body(fault: WireFault, requestId: string): unknown;
  /** Where the wire has a status of its own for it; absent: the fault's. */
  status?(fault: WireFault): number;
}

export interface Asked {
  /** {} where there is none. */
  body: Readonly<Record<string, unknown>>;
  headers: IncomingHttpHeaders;
  /** What the `*` of the path stands for, decoded; "" without one. */
  rest: string;
  relay: Pick<Relay, "models" | "countTokens">;
  /** Throws a WireError where the books cannot be read. */
  spend(): EndpointSpend;
}

/** An answer that needs no model: the body of a 200. */
export interface Immediate {
  json: unknown;
}

const openAiErrors: ErrorForm = { body: openAiErrorBody };

export const wirePaths: readonly WirePath[] = [
  ...anthropicPaths,
  { method: "POST", path: "/chat/completions", errors: openAiErrors, read: ({ body }) => readChat(body) },
  { method: "POST", path: "/completions", errors: openAiErrors, read: ({ body }) => readCompletion(body) },
  { method: "GET", path: "/models", errors: openAiErrors, read: ({ relay }) => listModels(relay) },
  { method: "GET", path: "/models/*", errors: openAiErrors, read: ({ relay, rest }) => findModel(relay, rest) },
  { method: "GET", path: "/wayfare/spend", errors: openAiErrors, read: ({ spend }) => ({ json: spend() }) },
];

export interface FoundPath {
  /** Empty: there is nothing here. */
  rows: readonly { row: WirePath; rest: string }[];
  /** Also where nothing is found. */
  errors: ErrorForm;
}

/** The rows at a request's target, whatever their methods. */
export function findPath(paths: readonly WirePath[], target: string, headers: IncomingHttpHeaders): FoundPath {
  const path = pathOf(target);
  const rows = paths.flatMap((row) => {
    const rest = restOf(row.path, path);
    return rest === null || row.when?.(headers) === false ? [] : [{ row, rest }];
  });
  return { rows, errors: rows[0]?.row.errors ?? (isAnthropic(headers) ? anthropicErrors : openAiErrors) };
}

/** What stands in a request's target, below `/v1`, with neither a query nor a slash at its end. */
export function pathOf(target: string): string {
  const whole = target.split("?", 1)[0] ?? "";
  const path = whole.startsWith("/v1/") ? whole.slice("/v1".length) : whole;
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}

function restOf(pattern: string, path: string): string | null {
  if (!pattern.endsWith("/*")) return path === pattern ? "" : null;
  const start = pattern.slice(0, -1);
  if (!path.startsWith(start) || path.length === start.length) return null;
  try {
    return decodeURIComponent(path.slice(start.length));
  } catch {
    // A percent sign that encodes nothing: no name has one.
    return null;
  }
}
