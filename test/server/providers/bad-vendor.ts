import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { expect, onTestFinished } from "vitest";
import type { Provider } from "../../../server/core/provider.ts";
import { createProvider } from "../../../server/providers/create-provider.ts";
import { createHttp } from "../../../server/providers/http.ts";
import { FailureError, type FailureKind } from "../../../shared/failure.ts";
import { networkSettingSchema } from "../../../shared/settings.ts";
import { type RawServer, startByteServer, startRawServer } from "./raw-server.ts";
import type { VendorStream } from "./vendor-streams.ts";

/** A server that does one thing wrong, and a provider that asks it. */

export const key = "test-key-123";
export const words = "Hello 世界 🎉";

/** The answer, or a failure, whose message is written with VENDOR for the host. */
export type Told = string | { kind: FailureKind; message: string };

export type Serve = ((response: ServerResponse) => unknown) | { bytes: (socket: Socket) => unknown };
/** What is done, how, and what comes of it. Three dots stand for an answer that never ends: only closing the socket does. */
export type Scene = readonly [what: string, serve: Serve, told: Told];

export const eventStream = { "content-type": "text/event-stream" };
export const json = { "content-type": "application/json" };
export const html = { "content-type": "text/html; charset=utf-8" };
export const send =
  (status: number, headers: Record<string, string>, body: string | Uint8Array) => (response: ServerResponse) =>
    response.writeHead(status, headers).end(body);
export const page = (title: string) =>
  `<!doctype html><html><head><title>${title}</title></head><body>Hi</body></html>`;
export const bytes = (head: string, body: string | Uint8Array = "", end: "end" | "stay" = "end"): Serve => ({
  bytes(socket) {
    socket.write(`${head}\r\n\r\n`);
    socket.write(body);
    if (end === "end") socket.end();
  },
});

/** Writes the piece `times` times, or until the socket is gone, no faster than it is read. */
export async function writeOn(
  target: ServerResponse | Socket,
  piece: string | Uint8Array,
  times = Number.POSITIVE_INFINITY,
) {
  for (let count = 0; count < times && !target.destroyed; count += 1) {
    if (target.write(piece)) await new Promise((resolve) => setImmediate(resolve));
    else await Promise.race([once(target, "drain"), once(target, "close")]);
  }
}

/** One server that serves the scene, and from the second request on what works. */
export async function start(
  serve: Serve,
  works: (response: ServerResponse) => unknown,
  preset: VendorStream["preset"],
) {
  let served = 0;
  const good = await startRawServer((_request, response) => void works(response));
  const bad: RawServer =
    typeof serve === "function"
      ? await startRawServer((_request, response) => void (served++ === 0 ? serve : works)(response))
      : await startByteServer({
          onRequest(socket) {
            if (served++ === 0) serve.bytes(socket);
          },
        });
  const http = createHttp(networkSettingSchema.parse({ systemCertificates: false }));
  onTestFinished(() => good.close());
  onTestFinished(() => bad.close());
  onTestFinished(() => http.close());
  const providerOf = (server: RawServer): Provider =>
    createProvider({ setting: { id: "vendor", preset, baseUrl: `${server.origin}/v1` }, key, http });
  return {
    bad,
    http,
    provider: providerOf(bad),
    again: typeof serve === "function" ? providerOf(bad) : providerOf(good),
  };
}

export async function hear(provider: Provider, host: string): Promise<Told> {
  const request = { modelId: "m", messages: [{ role: "user" as const, text: "Why?" }], maxOutputTokens: 100 };
  let answer = "";
  return told(host, async () => {
    for await (const part of provider.stream(request, { signal: new AbortController().signal })) {
      if (part.type === "text-delta") answer += part.text;
    }
    return answer;
  });
}

export async function told(host: string, run: () => Promise<string>): Promise<Told> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof FailureError)) throw error;
    const { kind, message } = error.failure;
    expect(message).not.toContain(key);
    return { kind, message: message.replaceAll(host, "VENDOR") };
  }
}

export const whole = (wire: VendorStream) => wire.start + wire.text(words) + wire.end("stop", { input: 10, output: 5 });

export const aPage = (status: number, title: string): Told => ({
  kind: "not-an-api",
  message: `VENDOR answered with a web page, not with an API (${status}). "${title}" Check the base URL; a login page of your network can also answer in its place.`,
});
export const closed: Told = {
  kind: "network",
  message:
    "The connection to VENDOR was closed before an answer came. If it happens again, look for a firewall or proxy in between.",
};
