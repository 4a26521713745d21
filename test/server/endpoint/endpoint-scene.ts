import { once } from "node:events";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { connect, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import type { EndpointSpend } from "../../../server/core/endpoint-spend.ts";
import type { EndpointBounds } from "../../../server/endpoint/bounds.ts";
import { createEndpoint, type Endpoint, type EndpointDeps } from "../../../server/endpoint/serve.ts";
import type { Failure } from "../../../shared/failure.ts";
import type { FakeRelay } from "./fake-relay.ts";

/** An endpoint at a free port, and clients of it that see bytes. */

export const token = "t0ken-".repeat(8);
const startMs = 1_800_000_000_000;
export const clock = { nowMs: startMs };

const nothing = { spentUsd: 0, requests: 0, ofUnknownCost: 0 };
export const spend: EndpointSpend = {
  day: "2027-01-15",
  month: "2027-01",
  today: nothing,
  thisMonth: { ...nothing, spentUsd: 0.00000126, requests: 1 },
  caps: [],
  books: [],
  booksLeftOut: 0,
};

export interface Scene {
  endpoint: Endpoint;
  port: number;
  urls: string[];
  faults: Failure[];
}

export async function start(
  relay: FakeRelay,
  bounds: Partial<EndpointBounds> = {},
  more: Partial<EndpointDeps> = {},
): Promise<Scene> {
  const faults: Failure[] = [];
  let ids = 0;
  onTestFinished(() => {
    clock.nowMs = startMs;
  });
  const endpoint = createEndpoint({
    relay,
    spend: () => spend,
    token,
    now: () => clock.nowMs,
    createId: () => {
      ids += 1;
      return `id${ids}`;
    },
    version: "1.2.3",
    onFault: (failure) => faults.push(failure),
    bounds,
    ...more,
  });
  onTestFinished(() => endpoint.close());
  const { urls } = await endpoint.listen(0);
  return { endpoint, port: Number(new URL(urls[0] ?? "").port), urls, faults };
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  trailers: Record<string, string | undefined>;
  text: string;
  json: unknown;
}

export const hello = { model: "auto", messages: [{ role: "user", content: "Hello" }] };

export async function ask(
  port: number,
  options: {
    method?: string;
    path?: string;
    headers?: Record<string, string | undefined>;
    body?: unknown;
    host?: string;
  } = {},
): Promise<Answer> {
  const { method = "POST", path = "/v1/chat/completions", body = method === "POST" ? hello : undefined } = options;
  const headers: Record<string, string> = {};
  const usual = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  for (const [name, value] of Object.entries({ ...usual, ...options.headers })) {
    if (value !== undefined) headers[name] = value;
  }
  const request = httpRequest({ host: options.host ?? "127.0.0.1", port, method, path, headers, agent: false });
  const answered = once(request, "response");
  request.end(body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body));
  const [response] = await answered;
  let text = "";
  response.setEncoding("utf8");
  for await (const piece of response) text += piece;
  const { statusCode, headers: heard, trailers } = response;
  const json = String(heard["content-type"]).startsWith("application/json") ? JSON.parse(text) : undefined;
  return { status: statusCode, headers: heard, trailers, text, json };
}

/** A bare connection. `heard` is what came so far. */
export async function dial(port: number): Promise<{ socket: Socket; heard(): string; ended: Promise<unknown> }> {
  const socket = connect(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  let text = "";
  socket.on("data", (piece) => {
    text += piece.toString("latin1");
  });
  socket.on("error", () => undefined);
  const ended = once(socket, "close").catch(() => undefined);
  await once(socket, "connect");
  return { socket, heard: () => text, ended };
}

/** A whole request in bytes. */
export function bytesOf(port: number, body: string, headers: readonly string[] = []): string {
  return [
    "POST /v1/chat/completions HTTP/1.1",
    `Host: 127.0.0.1:${port}`,
    `Authorization: Bearer ${token}`,
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...headers,
    "",
    body,
  ].join("\r\n");
}

/** Waits for something that is bound to come; the test's own time limit is the bound. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}
