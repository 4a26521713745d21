import type { Needs } from "./bar-routes.ts";
import { countImages, estimateParts } from "./count-parts.ts";
import { boundTokens, estimateTokens } from "./estimate-tokens.ts";
import { addressesIn } from "./image-addresses.ts";
import type { Message, Question, Tool } from "./provider.ts";
import type { PassedOn } from "./relay.ts";

/** What a chat format adds around each message, usually and at worst. */
const MESSAGE_TOKENS = { estimate: 4, bound: 12 };

/** A conversation that another tool sends, as the classifier reads one. */
export interface RelayQuestion {
  question: Question;
  /** What tells this conversation from others: how it begins. It grows with each request, and its beginning stays. */
  beginning: string;
  /** Something was answered in it before. */
  isUnderWay: boolean;
}

/**
 * The last words of the person are the question; what tools gave back since then is the model's own work on it. Of what
 * came before each question is kept with what was answered.
 */
export function questionOf(messages: readonly Message[]): RelayQuestion {
  const history: { question: string; answer: string }[] = [];
  let system = "";
  let text: string | null = null;
  let first: string | null = null;
  let answer = "";
  for (const message of messages) {
    if (message.role === "system") system += message.text;
    if (message.role === "assistant") answer += message.text;
    if (message.role !== "user") continue;
    first ??= message.text;
    if (text !== null) history.push({ question: text, answer });
    text = message.text;
    answer = "";
  }
  const past = history.map((turn) => ({ ...turn, failed: false, tier: null, askedWith: [] }));
  return {
    question: { text: text ?? "", context: [], history: past },
    beginning: `${system}\n${first ?? ""}`,
    isUnderWay: messages.some(({ role }) => role === "assistant"),
  };
}

/** What of a request not every model takes. */
export function needsOf(messages: readonly Message[], tools: readonly Tool[]): Needs {
  const addresses = addressesIn(messages);
  const last = messages.at(-1);
  const isBegun = last?.role === "assistant" && (last.toolCalls?.length ?? 0) === 0;
  return {
    ...(countImages(messages) > 0 ? { images: true } : {}),
    ...(addresses === null ? {} : { addresses }),
    ...(messages.some(({ documents = [] }) => documents.length > 0) ? { documents: true } : {}),
    ...(tools.length > 0 || messages.some(({ toolCalls = [] }) => toolCalls.length > 0) ? { tools: true } : {}),
    ...(isBegun ? { prefill: true } : {}),
  };
}

/**
 * Tokens of the messages' texts and of what is passed on (a schema of the answer is read like any text): our estimate, and
 * a number that they do not exceed. Images, tools and calls are counted by `estimateParts` and `boundParts`.
 */
export function textTokens(
  messages: readonly Message[],
  passedOn: PassedOn | null,
): { inputTokens: number; boundTokens: number } {
  const fields = passedOn === null ? "" : JSON.stringify(passedOn.fields);
  let inputTokens = fields.length > 2 ? estimateTokens(fields) : 0;
  let bound = fields.length > 2 ? boundTokens(fields) : 0;
  for (const { text } of messages) {
    inputTokens += estimateTokens(text) + MESSAGE_TOKENS.estimate;
    bound += boundTokens(text) + MESSAGE_TOKENS.bound;
  }
  return { inputTokens, boundTokens: bound };
}

/** Our estimate of a whole prompt. */
export function promptTokens(messages: readonly Message[], tools: readonly Tool[], passedOn: PassedOn | null): number {
  return textTokens(messages, passedOn).inputTokens + estimateParts({ messages, tools });
}
