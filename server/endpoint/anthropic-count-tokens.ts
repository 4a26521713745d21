import { type ChatAsk, readChat } from "./anthropic-read-chat.ts";

/** The body of POST /v1/messages/count_tokens: that of a message without bounds. Throws WireErrors. */
export function readCountTokens(body: Record<string, unknown>): { model: string; ask: ChatAsk } {
  const { model, ask } = readChat(body);
  return { model, ask };
}

/** The answer to it. */
export function writeTokenCount({ inputTokens }: { inputTokens: number }): Record<string, unknown> {
  return { input_tokens: inputTokens };
}
