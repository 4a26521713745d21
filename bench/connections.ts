import { Agent, request } from "node:https";
import type { LookupFunction } from "node:net";
import { PassThrough } from "node:stream";
import { createConnection } from "vscode-languageserver/node";
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from "vscode-languageserver-protocol/node";
import { createForwarder } from "../client/forward-requests.ts";
import { sendByHttps } from "../client/host-network.ts";
import { createForward } from "../server/forward-requests.ts";
import { createHttp, type Http, type HttpOptions } from "../server/providers/http.ts";
import { readBody } from "../server/providers/read-body.ts";
import { ForwardEndNotification, ForwardReadRequest, ForwardRequest } from "../shared/protocol.ts";
import { networkSettingSchema } from "../shared/settings.ts";
import { makeCertificates } from "../test/server/providers/certificates.ts";
import { startProxy, startRawServer } from "../test/server/providers/raw-server.ts";
import { startSocksServer } from "../test/server/providers/socks-proxy.ts";
import { quantile } from "./server-client.ts";

/**
 * What keeping a connection saves, over real sockets and TLS on loopback: the same small question asked again and again,
 * over a connection that is kept and over a fresh one each time. The sockets are those the vendor saw. A real
 * network adds two round trips or more to each fresh one, and none to a kept one. The other comparison is what it costs to
 * let the extension host ask.
 */
const rounds = 100;
const warmUp = 10;

const made = makeCertificates();
let sockets = 0;
const seen = new WeakSet<object>();
const vendor = await startRawServer((request, response) => {
  if (!seen.has(request.socket)) sockets += 1;
  seen.add(request.socket);
  response.end('{"data":[]}');
}, made.good);
const proxy = await startProxy(vendor.port, { user: "ann", password: "secret" });
const socks = await startSocksServer(vendor.port);
const lookup: LookupFunction = (_host, _options, callback) => callback(null, [{ address: "127.0.0.1", family: 4 }]);

const [up, down] = [new PassThrough(), new PassThrough()];
const server = createConnection(new StreamMessageReader(up), new StreamMessageWriter(down));
server.listen();
const client = createMessageConnection(new StreamMessageReader(down), new StreamMessageWriter(up));
const agent = new Agent({ keepAlive: true });
const forwarder = createForwarder(
  sendByHttps((url, options) => request(url, { ...options, agent, ca: made.ca, lookup })),
);
client.onRequest(ForwardRequest, forwarder.open);
client.onRequest(ForwardReadRequest, forwarder.read);
client.onNotification(ForwardEndNotification, forwarder.end);
client.listen();

const open = (network: object, options: HttpOptions = {}): Http =>
  createHttp(networkSettingSchema.parse({ extraCaPem: made.ca, systemCertificates: false, ...network }), {
    lookup,
    ...options,
  });
async function ask(http: Http, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  const startedAt = performance.now();
  const url = `https://api.example.test:${vendor.port}/v1/models`;
  const response = await http.request(url, { method: "GET", headers, signal: new AbortController().signal });
  await readBody(response.body);
  const ms = performance.now() - startedAt;
  // A socket is free for the next request one turn of the event loop after its last byte.
  await new Promise((resolve) => setImmediate(resolve));
  return ms;
}

async function measure(name: string, asking: () => Promise<number>, bar: string): Promise<void> {
  const samples: number[] = [];
  for (let round = 0; round < rounds + warmUp; round += 1) {
    if (round === warmUp) sockets = 0;
    const ms = await asking();
    if (round >= warmUp) samples.push(ms);
  }
  const [middle, most] = [quantile(samples, 0.5), quantile(samples, 0.95)];
  console.log(
    `${rounds} requests ${name}: ${sockets} new sockets, p50 ${middle.toFixed(2)} ms, p95 ${most.toFixed(2)} ms${bar}`,
  );
}

const ways = {
  directly: {},
  "through an HTTP proxy": { proxy: `http://ann:secret@127.0.0.1:${proxy.port}` },
  "through a SOCKS proxy": { proxy: `socks5h://127.0.0.1:${socks.port}` },
};
for (const [name, network] of Object.entries(ways)) {
  const http = open(network);
  await measure(`${name}, connections kept`, () => ask(http), "  (bar: 0 new sockets)");
  await measure(`${name}, each on a fresh one`, () => ask(http, { connection: "close" }), "");
  await http.close();
}
const forwarded = open({ via: "extensionHost" }, { forward: createForward(server) });
await measure("by the extension host, connections kept", () => ask(forwarded), "  (bar: 0 new sockets)");

await forwarded.close();
agent.destroy();
for (const end of [proxy, socks, vendor]) await end.close();
client.dispose();
server.dispose();
