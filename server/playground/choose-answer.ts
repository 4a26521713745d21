import { answerQuestion } from "./answer-question.ts";
import { fillHole } from "./fill-hole.ts";
import { readHolePrompt } from "./read-hole-prompt.ts";
import type { Hole, VendorCall } from "./vendor-wire.ts";

/** What the model of a call says to it: a piece of code for a hole, however it was asked for, else an answer. */
export function chooseAnswer(call: VendorCall, inputTokens: number): string {
  const { model, messages, maxOutputTokens } = call;
  const { id: modelId, tier } = model;
  if (call.hole !== null) {
    return model.fill ? model.fill({ modelId, tier, ...call.hole, via: "fill" }) : fillHole(call.hole);
  }
  const hole = readHolePrompt(messages);
  if (hole !== null && model.fill) return model.fill({ modelId, tier, ...hole, via: "chat" });
  if (hole !== null && !model.answer) return dressed(hole, fillHole(hole));
  return (model.answer ?? answerQuestion)({ modelId, tier, messages, inputTokens, maxOutputTokens });
}

/**
 * Code as a chat model hands it over: mostly as it was told to, one time in three in a fence all the same. Which it is
 * depends on the text alone, so that the same hole is always answered alike.
 */
function dressed(hole: Hole, code: string): string {
  if (code === "" || (hole.prefix.length + hole.suffix.length) % 3 !== 0) return code;
  return `\`\`\`\n${code}\n\`\`\``;
}
