import type { VendorRequest } from "./vendor-model.ts";

/** What the playground's models answer. */
export function answerQuestion(request: VendorRequest): string {
  return `*Simulated answer: no model was asked.* (${request.inputTokens} tokens)`;
}
