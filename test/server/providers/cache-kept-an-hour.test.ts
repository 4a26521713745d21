import { expect, it } from "vitest";
import { connectTo, hearRequest, openStream } from "./hear-provider.ts";
import { toolRequest } from "./part-wires.ts";
import { anthropicStream, typed } from "./vendor-streams.ts";

const cached = {
  input_tokens: 50,
  cache_read_input_tokens: 1_000,
  cache_creation_input_tokens: 900,
  cache_creation: { ephemeral_5m_input_tokens: 200, ephemeral_1h_input_tokens: 700 },
  output_tokens: 1,
};
const begin = typed({
  type: "message_start",
  message: {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "m",
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: cached,
  },
});
const block = typed({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } });
const end =
  typed({ type: "content_block_stop", index: 0 }) +
  typed({
    type: "message_delta",
    delta: { stop_reason: "end_turn", stop_sequence: null },
    usage: { output_tokens: 9 },
  }) +
  typed({ type: "message_stop" });

it("Anthropic tells how much of what was written to the cache is kept for an hour", async () => {
  const [provider] = await connectTo("anthropic", (_request, response) => {
    openStream(response).end(begin + block + anthropicStream.text("Hello") + end);
  });
  const { parts } = await hearRequest(provider, toolRequest);
  expect(parts.find((part) => part.type === "usage")).toEqual({
    type: "usage",
    usage: { input: 50, cacheRead: 1_000, cacheWrite: 900, cacheWrite1h: 700, output: 9, reasoning: 0 },
    reportedCostUsd: null,
  });
});
