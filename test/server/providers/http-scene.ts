import { type AddressInfo, createServer, type LookupFunction, type Socket } from "node:net";
import { expect } from "vitest";
import { createHttp, type Http, type HttpOptions } from "../../../server/providers/http.ts";
import { readBody } from "../../../server/providers/read-body.ts";
import { type Failure, failureOf } from "../../../shared/failure.ts";
import { networkSettingSchema } from "../../../shared/settings.ts";
import type { Answer } from "./raw-server.ts";

/** What tests of the way out share: parts that end with the test, a request, and a failure as a value. */

const ending: (() => Promise<void>)[] = [];

/** To be given to `afterEach`. */
export async function endAll(): Promise<void> {
  for (const end of ending.splice(0).reverse()) await end();
}

export function ends<Part extends { close(): Promise<void> }>(part: Part): Part {
  ending.push(() => part.close());
  return part;
}

export function openHttp(network: object = {}, options: HttpOptions = {}): Http {
  return ends(createHttp(networkSettingSchema.parse({ systemCertificates: false, ...network }), options));
}

export async function get(way: Http, url: string): Promise<{ status: number; body: string }> {
  const response = await way.request(url, { method: "GET", headers: {}, signal: new AbortController().signal });
  const body = await readBody(response.body);
  // A socket is free for the next request one turn of the event loop after its last byte.
  await new Promise((resolve) => setImmediate(resolve));
  return { status: response.status, body };
}

export async function failing(promise: Promise<unknown>): Promise<Failure> {
  return promise.then(
    () => expect.unreachable("it should have failed"),
    (error: unknown) => failureOf(error),
  );
}

export const hello: Answer = (_request, response) => void response.end("hello");

/** api.example.test is this machine; every other name is unknown. */
export const lookup: LookupFunction = (host, options, callback) => {
  if (host === "api.example.test" && options.all) callback(null, [{ address: "127.0.0.1", family: 4 }]);
  else callback(Object.assign(new Error("no such host"), { code: "ENOTFOUND" }), "", 4);
};

/** A listener that does with its sockets what it is told, and speaks nothing by itself. */
export async function listen(onSocket: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const listener = createServer((socket) => {
    sockets.add(socket);
    onSocket(socket.on("error", () => {}));
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  ends({
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => listener.close(() => resolve()));
    },
  });
  return (listener.address() as AddressInfo).port;
}

export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
