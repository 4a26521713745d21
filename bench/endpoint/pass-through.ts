import { createServer, type IncomingHttpHeaders } from "node:http";
import { Pool } from "undici";
import { listen } from "./listen.ts";

/**
 * The least that can stand between a client and a vendor in Node, in a process of its own: an undici pool's bare
 * dispatcher, whose answers run into node:http's unread. Its one argument is the vendor's origin; to its parent it says where it listens.
 */
const [vendor = ""] = process.argv.slice(2);
const pool = new Pool(vendor);
/** Of one hop, not of the message. */
const ofOneHop = new Set(["connection", "keep-alive", "transfer-encoding", "host", "expect"]);
const further = (headers: IncomingHttpHeaders): IncomingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !ofOneHop.has(name)));

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on("data", (part) => parts.push(part));
  request.once("end", () => {
    pool.dispatch(
      {
        method: "POST",
        path: request.url ?? "/",
        headers: further(request.headers),
        body: Buffer.concat(parts),
      },
      {
        // Asked for by undici.
        onRequestStart() {},
        onResponseStart(_controller, statusCode, headers) {
          response.writeHead(statusCode, further(headers));
        },
        onResponseData(controller, chunk) {
          if (response.write(chunk)) return;
          controller.pause();
          response.once("drain", () => controller.resume());
        },
        onResponseEnd() {
          response.end();
        },
        onResponseError() {
          response.destroy();
        },
      },
    );
  });
});

process.once("disconnect", () => process.exit(0));
process.send?.(await listen(server));
