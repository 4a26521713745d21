import { afterAll, expect, it } from "vitest";
import { createHttp } from "../../../server/providers/http.ts";
import { networkSettingSchema } from "../../../shared/settings.ts";
import { type Answer, startRawServer } from "./raw-server.ts";

const ending: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const end of ending.reverse()) await end();
});
async function server(answer: Answer) {
  const started = await startRawServer(answer);
  ending.push(() => started.close());
  return started;
}
const way = createHttp(networkSettingSchema.parse({ systemCertificates: false }));
ending.push(() => way.close());
const get = { method: "GET", headers: {} } as const;
const never = () => new AbortController().signal;

it("gives the many chunks of one packet in one piece", async () => {
  // Written in one turn of the event loop: Node puts them into one packet.
  const there = await server((_request, response) => {
    for (let count = 0; count < 50; count += 1) response.write("chunk ");
    response.end();
  });
  const { body } = await way.request(there.origin, { ...get, signal: never() });
  const pieces: string[] = [];
  for await (const piece of body) pieces.push(Buffer.from(piece).toString());
  expect(pieces.join("")).toBe("chunk ".repeat(50));
  expect(pieces.length).toBeLessThan(5);
});

it("holds up whoever sends more than is read, and loses nothing of it", async () => {
  const piece = Buffer.alloc(64 * 1_024, "x");
  const MOST_PIECES = 1_000;
  let sent = 0;
  const there = await server(async (_request, response) => {
    for (; sent < MOST_PIECES; sent += 1) {
      if (!response.write(piece)) await new Promise((resolve) => response.once("drain", resolve));
    }
    response.end();
  });
  const { body } = await way.request(there.origin, { ...get, signal: never() });
  // However much the system's own buffers take: when it stands still, it is held up.
  for (let before = -1; sent !== before; await new Promise((resolve) => setTimeout(resolve, 100))) before = sent;
  expect(sent).toBeLessThan(MOST_PIECES);
  let bytes = 0;
  for await (const { length } of body) bytes += length;
  expect(bytes).toBe(MOST_PIECES * piece.length);
});

it("gives up before it has a socket as soon as it is called off, and asks nobody", async () => {
  const there = await server((_request, response) => void response.end("hello"));
  const calledOff = new AbortController();
  const asked = way.request(there.origin, { ...get, signal: calledOff.signal });
  calledOff.abort();
  await expect(asked).rejects.toMatchObject({ name: "AbortError" });
  const { body } = await way.request(there.origin, { ...get, signal: never() });
  for await (const piece of body) expect(Buffer.from(piece).toString()).toBe("hello");
  expect(there.requests).toHaveLength(1);
});
