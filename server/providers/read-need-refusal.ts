import type { Failure } from "../../shared/failure.ts";
import type { Need } from "../core/provider.ts";
import { type ErrorAnswer, wordsOf } from "./read-error.ts";

/**
 * The refusal of something the request cannot do without, or null when the answer means another thing. Vendors say it in
 * words alone, with 400, 404 (OpenRouter: no endpoint that takes it), 415, 422, 500 (llama.cpp) or 501; only what the
 * request has is looked for.
 */
export function readNeedRefusal(
  answer: ErrorAnswer,
  failure: Failure,
  needs: readonly Need[],
): { need: Need; failure: Failure } | null {
  if (![400, 404, 415, 422, 500, 501].includes(answer.status)) return null;
  // These have a meaning of their own, whatever else they name.
  if (
    ["rate-limit", "quota", "auth", "no-access", "region", "overloaded", "content-filter", "context-length"].includes(
      failure.kind,
    )
  )
    return null;
  const words = wordsOf(answer);
  // Many a model has "vision" in its name.
  const plain = answer.modelId === null ? words : withoutName(words, answer.modelId);
  const parameter = failure.kind === "bad-request" ? (failure.parameter ?? "") : "";
  const need = needs.find((each) => refusals[each](plain, parameter));
  if (need === undefined) return null;
  const model = answer.modelId === null ? "the model" : `"${answer.modelId}"`;
  const message = `${answer.host} says that ${model} ${whatIsNotTaken[need]} (${answer.status}).${words} ${mendOf[need]}`;
  return { need, failure: { kind: "bad-request", status: answer.status, parameter: need, message } };
}

function withoutName(words: string, modelId: string): string {
  const escaped = modelId.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
  return words.replace(new RegExp(`(?<![\\w-])${escaped}(?![\\w-])`, "g"), "it");
}

const whatIsNotTaken: Readonly<Record<Need, string>> = {
  images: "takes no images",
  addresses: "takes no image by its address",
  documents: "takes no documents",
  tools: "takes no tools",
  prefill: "does not go on with a begun answer",
};

const another = "Choose another model for it.";
const mendOf: Readonly<Record<Need, string>> = {
  images: another,
  addresses: "Send the image itself, in base64, or choose another model for it.",
  documents: another,
  tools: another,
  prefill: another,
};

const no =
  /(not|n't) (currently )?(support|allow|accept|enabled|available|permitted)|unsupported|only supported (by|with|for)|no endpoints found|unknown variant|is not a multimodal|missing data required|must be a string|requires? (the )?--/i;

const refusals: Readonly<Record<Need, (words: string, parameter: string) => boolean>> = {
  // Ollama, LM Studio and Moonshot in turn, and what others say of the same. That one address cannot be reached, or what is
  // there cannot be read, is about it alone.
  addresses: (words) =>
    (/invalid image input|must be a base64|unsupported image url/i.test(words) ||
      (/\b(image|url|uri)s?\b|image_url/i.test(words) &&
        /\b(only|must be|expected?)\b.*(base64|\bdata:)/i.test(words)) ||
      (/\b(remote|external|https?) (image )?ur[li]s?\b/i.test(words) && no.test(words))) &&
    !/download|fetch|retriev|reach|resolve|timed? ?out|forbidden|too (large|big)/i.test(words),
  images: (words) =>
    /\bimages?\b|image_url|\bvision\b|multi-?modal|content must be a string/i.test(words) &&
    no.test(words) &&
    // The model may take images, and not this one.
    !/format|media.?type|mime|too (large|big|many|small)|exceed|size|dimension|pixel|corrupt|decod|download|fetch|base64|detail/i.test(
      words,
    ),
  documents: (words) =>
    /\b(files?|documents?|pdfs?)\b/i.test(words) &&
    no.test(words) &&
    // It may take documents, and not this one.
    !/too (large|big|many|long)|exceed|size|pages?\b|corrupt|decod|encrypt|password|invalid (pdf|file)|base64|media.?type|mime/i.test(
      words,
    ),
  tools: (words, parameter) =>
    (parameter === "tools" || /\btools?\b|function.?call/i.test(words)) &&
    no.test(words) &&
    // Only a part of what a tool can be.
    (!/schema|additionalProperties|strict|parallel|\$ref|parameters|tools?[.[]\d|streaming/i.test(words) ||
      /requires? (the )?--/i.test(words)) &&
    (!/tool_choice/i.test(words) || /requires? (the )?--/i.test(words)),
  prefill: (words) =>
    /prefill|must end with a user|expected last role|last message (is|must|should|has)|add_generation_prompt/i.test(
      words,
    ),
};
