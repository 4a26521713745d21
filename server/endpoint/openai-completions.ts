import * as z from "zod";
import { routeName } from "../core/provider.ts";
import type { RelayBeginning } from "../core/relay.ts";
import { openAiErrorBody } from "./openai-errors.ts";
import { passedOnOf, refuseFields, saidFields, sharedFields } from "./openai-fields.ts";
import { usageOf } from "./openai-usage.ts";
import { event, finishReasons } from "./openai-write-chat.ts";
import { readShape } from "./read-shape.ts";
import { wayfareOf } from "./wayfare-field.ts";
import { type AnswerWriter, badRequest, type WireCall } from "./wire.ts";

/** What OpenAI documents for a body that does not say it. */
const usualMaxTokens = 16;

/** The body of `POST /v1/completions`: a text to go on with, or a hole to fill. Throws a WireError. */
export function readCompletion(body: Readonly<Record<string, unknown>>): WireCall {
  const said = saidFields(body);
  refuseFields(said);
  const asked = readShape(bodySchema, said);
  if (asked.echo === true) throw badRequest("echo", "echo can only be false: the prompt is not written once more.");
  if (said.logprobs !== undefined && said.logprobs !== false) {
    throw badRequest("logprobs", "logprobs cannot be had here: not every model tells them. Leave it out.");
  }
  const isStreamed = asked.stream ?? false;
  const includeUsage = isStreamed && asked.stream_options?.include_usage === true;
  return {
    request: {
      model: asked.model,
      ask: { kind: "fill", prefix: readPrompt(said.prompt), suffix: asked.suffix ?? "" },
      maxOutputTokens: asked.max_tokens ?? usualMaxTokens,
      ...(asked.temperature === undefined ? {} : { temperature: asked.temperature }),
      ...(asked.stop === undefined || asked.stop.length === 0 ? {} : { stop: asked.stop }),
      passedOn: passedOnOf(said, readHere),
      dropped: [],
      isStreamed,
    },
    answer: ({ id, nowMs }) => createCompletionWriter({ id, nowMs, includeUsage }),
  };
}

const bodySchema = z.looseObject({
  ...sharedFields,
  suffix: z.string("has to be a text").optional(),
  echo: z.boolean("has to be true or false").optional(),
});

const readHere: ReadonlySet<string> = new Set([...Object.keys(bodySchema.shape), "prompt", "logprobs"]);

function readPrompt(value: unknown): string {
  const texts = z.union([z.string(), z.array(z.string()).length(1)]).safeParse(value);
  if (texts.success) return typeof texts.data === "string" ? texts.data : (texts.data[0] ?? "");
  throw badRequest("prompt", "prompt has to be one text: lists of tokens and several prompts are not read here.");
}

function createCompletionWriter(options: { id: string; nowMs: number; includeUsage: boolean }): AnswerWriter {
  const id = `cmpl-${options.id}`;
  const created = Math.floor(options.nowMs / 1_000);
  const noUsage = options.includeUsage ? { usage: null } : {};
  let before = "";
  const behind = `,"index":0,"logprobs":null,"finish_reason":null}]${options.includeUsage ? ',"usage":null' : ""}}\n\n`;
  const head = ({ route }: RelayBeginning) => ({ id, object: "text_completion", created, model: routeName(route) });
  return {
    begin(beginning) {
      before = `data: ${JSON.stringify(head(beginning)).slice(0, -1)},"choices":[{"text":`;
      return "";
    },
    // Thinking and calls have no place on this wire.
    part: (part) => (part.type === "text-delta" ? before + JSON.stringify(part.text) + behind : ""),
    end(end) {
      const choices = [{ text: "", index: 0, logprobs: null, finish_reason: finishReason(end.finishReason) }];
      const shared = head(end.beginning);
      const wayfare = wayfareOf(end);
      const last = options.includeUsage
        ? event({ ...shared, choices, ...noUsage }) +
          event({ ...shared, choices: [], usage: usageOf(end.usage), wayfare })
        : event({ ...shared, choices, wayfare });
      return `${last}data: [DONE]\n\n`;
    },
    fail: (fault) => event(openAiErrorBody(fault)),
    whole(end) {
      const choices = [{ text: end.text, index: 0, logprobs: null, finish_reason: finishReason(end.finishReason) }];
      return { ...head(end.beginning), choices, usage: usageOf(end.usage), wayfare: wayfareOf(end) };
    },
  };
}

function finishReason(reason: keyof typeof finishReasons): string {
  return reason === "tool-calls" ? "stop" : finishReasons[reason];
}
