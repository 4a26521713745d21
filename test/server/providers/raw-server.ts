import {
  createServer as createHttpServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect, createServer as createSocketServer, type Server, type Socket } from "node:net";
import { connect as connectTls, TLSSocket, type TlsOptions } from "node:tls";
import type { Certificate } from "./certificates.ts";

export interface RawServer {
  port: number;
  /** http://127.0.0.1:port (or the host it was given), or https with the port alone being right. */
  origin: string;
  /** Sockets that are open now. */
  sockets: Set<Socket>;
  requests: { method: string; url: string; headers: IncomingMessage["headers"]; body: string }[];
  /** Resolves when the number of open sockets is `count`. */
  untilSockets(count: number): Promise<void>;
  close(): Promise<void>;
}

export type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void | Promise<void>;

/** A plain server on loopback that notes what it was asked and which sockets are open. */
export async function startRawServer(
  answer: Answer,
  certificate?: Certificate & TlsOptions,
  host?: string,
): Promise<RawServer> {
  const requests: RawServer["requests"] = [];
  const listener: RequestListener = async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    requests.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers, body });
    response.on("error", () => {});
    await answer(request, response, body);
  };
  const server = certificate ? createTlsServer(certificate, listener) : createHttpServer(listener);
  return watchServer(server, requests, certificate ? "https" : "http", host);
}

/** A server whose bytes are its own affair: told of each connection, and of what came once a request's head is whole. */
export async function startByteServer(script: {
  onConnection?: (socket: Socket) => void;
  onRequest?: (socket: Socket, head: string) => void;
}): Promise<RawServer> {
  const requests: RawServer["requests"] = [];
  const server = createSocketServer((socket) => {
    script.onConnection?.(socket);
    let received = "";
    socket.on("data", (bytes: Buffer) => {
      received += bytes.toString("latin1");
      const end = received.indexOf("\r\n\r\n");
      if (end < 0) return;
      const head = received.slice(0, end);
      const [method = "", url = ""] = head.split(" ");
      // What follows in the same connection is the request's body, or the next request.
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (received.length < end + 4 + length) return;
      requests.push({ method, url, headers: {}, body: received.slice(end + 4, end + 4 + length) });
      received = received.slice(end + 4 + length);
      script.onRequest?.(socket, head);
    });
  });
  return watchServer(server, requests, "http");
}

export interface RawProxy extends RawServer {
  /** Targets of CONNECT, in order. */
  connects: { target: string; authorization: string | undefined }[];
}

/** A real CONNECT proxy. Whatever name it is asked for, it connects to `targetPort` on loopback. */
export async function startProxy(
  targetPort: number,
  options: { user?: string; password?: string; refuseWith?: number; challenge?: string; host?: string } = {},
): Promise<RawProxy> {
  const connects: RawProxy["connects"] = [];
  const expected = options.user
    ? `Basic ${Buffer.from(`${options.user}:${options.password}`).toString("base64")}`
    : undefined;
  const server = createHttpServer((_request, response) => response.writeHead(400).end());
  server.on("connect", (request, socket: Socket, head) => {
    socket.on("error", () => {});
    connects.push({ target: request.url ?? "", authorization: request.headers["proxy-authorization"] });
    if (expected && request.headers["proxy-authorization"] !== expected) {
      socket.end(
        'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="x"\r\nContent-Length: 0\r\n\r\n',
      );
      return;
    }
    if (options.refuseWith) {
      const challenge = options.challenge ? `${options.challenge}\r\n` : "";
      socket.end(`HTTP/1.1 ${options.refuseWith} No\r\n${challenge}Content-Length: 0\r\n\r\n`);
      return;
    }
    const upstream = connect(targetPort, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      upstream.write(head);
      upstream.pipe(socket);
      socket.pipe(upstream);
    });
    upstream.on("error", () => socket.destroy());
    socket.on("close", () => upstream.destroy());
  });
  return { ...(await watchServer(server, [], "http", options.host)), connects };
}

/**
 * A proxy that opens what is encrypted, as companies' do: it shows `forged` in the target's place, notes each request's
 * head, and goes on to `targetPort` over a connection of its own.
 */
export async function startInterceptor(
  targetPort: number,
  forged: Certificate,
): Promise<RawServer & { seen: string[] }> {
  const seen: string[] = [];
  const server = createHttpServer((_request, response) => response.writeHead(400).end());
  server.on("connect", (_request, socket: Socket) => {
    socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    const opened = new TLSSocket(socket, { isServer: true, ...forged });
    const upstream = connectTls({ port: targetPort, host: "127.0.0.1", rejectUnauthorized: false });
    for (const end of [opened, upstream]) end.on("error", () => socket.destroy());
    socket.on("close", () => upstream.destroy());
    opened.once("data", (bytes: Buffer) => {
      seen.push(bytes.toString("latin1").split("\r\n")[0] ?? "");
      upstream.write(bytes);
      opened.pipe(upstream);
    });
    upstream.pipe(opened);
  });
  return { ...(await watchServer(server, [], "http")), seen };
}

/** Starts it on loopback and keeps account of its sockets. */
export async function watchServer(
  server: Server,
  requests: RawServer["requests"],
  scheme: string,
  host = "127.0.0.1",
): Promise<RawServer> {
  const sockets = new Set<Socket>();
  const watchers = new Set<() => void>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => {
      sockets.delete(socket);
      for (const watcher of watchers) watcher();
    });
    for (const watcher of watchers) watcher();
  });
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    origin: `${scheme}://${host.includes(":") ? `[${host}]` : host}:${port}`,
    sockets,
    requests,
    untilSockets: (count) =>
      new Promise((resolve) => {
        const look = () => {
          if (sockets.size !== count) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
      }),
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
