import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { z } from "zod";
import type { Closer } from "../../engine/relay-scene.ts";

/** A vendor that takes anything, and says what a test has it say. */
export async function rawVendor(
  closers: Closer[],
  answer: (response: ServerResponse, body: Body, nth: number) => void,
): Promise<{ url: string; bodies: Body[] }> {
  const bodies: Body[] = [];
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const piece of request) text += piece;
    if (request.method !== "POST") {
      response.writeHead(404).end();
      return;
    }
    const body = bodySchema.parse(JSON.parse(text));
    bodies.push(body);
    answer(response, body, bodies.length);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/v1`, bodies };
}

export type Body = z.infer<typeof bodySchema>;

const bodySchema = z.looseObject({ messages: z.array(z.unknown()) });

type NamedEvent = { type: string } & Record<string, unknown>;

/** Events of Anthropic's wire. */
export function writeNamedEvents(response: ServerResponse, events: readonly NamedEvent[]): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.end(events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(""));
}

/** A message of Anthropic's wire: its blocks, each with what is told of it. */
export function messageEvents(
  stopReason: string,
  blocks: readonly { start: Record<string, unknown>; deltas: readonly Record<string, unknown>[] }[],
  stopSequence: string | null = null,
): NamedEvent[] {
  const message = { id: "msg_1", type: "message", role: "assistant", model: "large", content: [], stop_reason: null };
  return [
    {
      type: "message_start",
      message: { ...message, stop_sequence: null, usage: { input_tokens: 40, output_tokens: 1 } },
    },
    ...blocks.flatMap(({ start, deltas }, index) => [
      { type: "content_block_start", index, content_block: start },
      ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
      { type: "content_block_stop", index },
    ]),
    {
      type: "message_delta",
      delta: { stop_reason: stopReason, stop_sequence: stopSequence },
      usage: { output_tokens: 30 },
    },
    { type: "message_stop" },
  ];
}
