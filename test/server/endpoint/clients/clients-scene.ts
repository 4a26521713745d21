import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import type { EndpointBounds } from "../../../../server/endpoint/bounds.ts";
import { createEndpoint } from "../../../../server/endpoint/serve.ts";
import type { Attempt } from "../../../../shared/answer.ts";
import type { Failure } from "../../../../shared/failure.ts";
import { type Closer, relayScene } from "../../engine/relay-scene.ts";
import { spend, token, until } from "../endpoint-scene.ts";

export { token };

/** The endpoint as other tools meet it: real sockets before a real engine, and simulated vendors behind it. */
export async function clientsScene(
  closers: Closer[],
  { bounds = {}, ...options }: Parameters<typeof relayScene>[1] & { bounds?: Partial<EndpointBounds> } = {},
) {
  const scene = await relayScene(closers, options);
  const broken: Failure[] = [];
  const ids: string[] = [];
  const endpoint = createEndpoint({
    relay: scene.relay,
    spend: () => spend,
    token,
    now: Date.now,
    createId() {
      const id = randomUUID();
      ids.push(id);
      return id;
    },
    version: "1.2.3",
    onFault: (failure) => broken.push(failure),
    bounds,
  });
  const { urls } = await endpoint.listen(0);
  closers.push(() => endpoint.close());
  const origin = urls[0] ?? "";
  const idOf = (headers: Told["headers"]) => headers["x-wayfare-request-id"] ?? "";
  return {
    ...scene,
    endpoint,
    origin,
    /** What broke in the endpoint. */
    broken,
    /** What the books say of all requests, in their order. */
    allAttempts: (): Attempt[] => ids.flatMap((id) => scene.store.ledger.attemptsOfTurn(id)),
    /** The same of the request that came last. */
    lastAttempts: (): Attempt[] => scene.store.ledger.attemptsOfTurn(ids.at(-1) ?? ""),
    /** Resolves when the books of all that was asked are kept: an answer ends a little before. */
    settled: () => until(() => endpoint.requests() === 0),
    /** What the books say of an answer, found by the id in its headers. */
    attemptsOf: (headers: Told["headers"]): Attempt[] => scene.store.ledger.attemptsOfTurn(idOf(headers)),
    /** Money that is held for answers under way. */
    heldNano: (): number => scene.store.ledger.spend().real.heldNano,
    spentNano: (): number => scene.store.ledger.spend().real.spentNano,
    vendorRows: () => scene.vendors.log().filter(({ status }) => status === 200),
  };
}

export type ClientsScene = Awaited<ReturnType<typeof clientsScene>>;

/** What any client was told. */
export interface Told {
  text: string;
  /** Tokens of the whole prompt, and of the answer. */
  usage: { input: number; output: number };
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  /** The field of the body; undefined where the client does not show it. */
  wayfare: unknown;
}

/** A POST without any SDK; the answer has begun, and nothing of it is read yet. */
export async function post(origin: string, path: string, body: unknown, headers = {}): Promise<IncomingMessage> {
  const request = httpRequest(`${origin}${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers },
    agent: false,
  });
  request.end(typeof body === "string" ? body : JSON.stringify(body));
  const [response] = await once(request, "response");
  // A test that leaves in the middle tears the socket down.
  response.on("error", () => undefined);
  return response;
}

export async function textOfResponse(response: IncomingMessage): Promise<string> {
  response.setEncoding("utf8");
  let text = "";
  for await (const piece of response) text += piece;
  return text;
}

/** Dollars of a header as nano-dollars. */
export function nanoOf(usd: unknown): number {
  return Math.round(Number(usd) * 1e9);
}
