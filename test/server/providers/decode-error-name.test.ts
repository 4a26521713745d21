import { expect, it } from "vitest";
import { createChatDecoder } from "../../../server/providers/decode-chat.ts";

const event = (delta: object, finish_reason: string | null = null) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason }] })}\n\n`;

/** Portkey's own gateway does so with an error in Anthropic's stream. */
it.each([
  ["overloaded_error", "overloaded"],
  ["rate_limit_error", "rate-limit"],
  ["api_error", "server-error"],
])("an error that a gateway writes as the finish reason, %s, makes half an answer no whole one", (reason, kind) => {
  const decoder = createChatDecoder({
    host: "api.example.com",
    modelId: "some-model",
    headers: {},
    secrets: [],
    zeroCost: "unknown",
    nowMs: 0,
  });
  const stream = `${event({ content: "Half an answer" })}${event({ content: "" }, reason)}data: [DONE]\n\n`;
  expect(decoder.feed(new TextEncoder().encode(stream))).toEqual({
    parts: [{ type: "text-delta", text: "Half an answer" }],
    failure: expect.objectContaining({ kind, message: expect.stringContaining(`"${reason}"`) }),
    state: "open",
  });
});
