import { createServer, type ServerResponse } from "node:http";
import * as z from "zod";
import { events } from "./answer.ts";
import { listen } from "./listen.ts";

/**
 * The vendor, in a process of its own: OpenAI's chat completions as server-sent events. It counts what each contestant
 * asks, by the first part of the path, so that nobody wins by not asking. To its parent it says where it listens; a
 * message with a pace is answered with the counts.
 *
 * - `burst`: every chunk is written for itself, one after the other; Node puts the writes of one turn into one packet.
 * - `turns`: each chunk is written in a turn of the event loop, and a packet, of its own.
 * - `first-alone`: the first one at once, the others a little later. Otherwise the first byte of one who reads a whole
 *   packet before he writes would be timed together with all of the answer, which no real model gives at once.
 */
export const paceSchema = z.enum(["burst", "turns", "first-alone"]);
export type Pace = z.infer<typeof paceSchema>;
const REST_AFTER_MS = 3;

let pace: Pace = "burst";
const counts = new Map<string, number>();

const server = createServer((request, response) => {
  const path = request.url ?? "";
  request.resume();
  request.once("end", () => {
    if (path.endsWith("/models"))
      return void response.end('{"object":"list","data":[{"id":"bench","object":"model"}]}');
    if (!path.endsWith("/chat/completions")) return void response.writeHead(404).end("{}");
    const name = path.split("/", 2)[1] ?? "";
    counts.set(name, (counts.get(name) ?? 0) + 1);
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
    answer(response);
  });
});

function answer(response: ServerResponse): void {
  if (pace === "burst") {
    writeFrom(response, 0);
    return;
  }
  response.write(events[0]);
  if (pace === "turns") setImmediate(writeInTurns, response, 1);
  else setTimeout(writeFrom, REST_AFTER_MS, response, 1);
}

/** As fast as the socket takes them. Where the reader goes away, `drain` never comes and nothing more is written. */
function writeFrom(response: ServerResponse, first: number): void {
  for (let at = first; at < events.length; at += 1) {
    if (response.write(events[at])) continue;
    response.once("drain", () => writeFrom(response, at + 1));
    return;
  }
  response.end();
}

function writeInTurns(response: ServerResponse, at: number): void {
  if (at === events.length) return void response.end();
  if (response.write(events[at])) setImmediate(writeInTurns, response, at + 1);
  else response.once("drain", () => writeInTurns(response, at + 1));
}

process.on("message", (message) => {
  pace = paceSchema.parse(message);
  process.send?.(Object.fromEntries(counts));
});
process.once("disconnect", () => process.exit(0));
process.send?.(await listen(server));
