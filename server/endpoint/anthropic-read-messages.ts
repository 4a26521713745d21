import type { IncomingHttpHeaders } from "node:http";
import * as z from "zod";
import type { PassedOn } from "../core/relay.ts";
import { noThreads } from "./anthropic-errors.ts";
import { chatFields, readChat } from "./anthropic-read-chat.ts";
import { messagesWriter } from "./anthropic-write-messages.ts";
import { droppedOfMessages } from "./dropped-fields.ts";
import { numberFromTo, readShape, tokenBound } from "./read-shape.ts";
import { badRequest, type WireCall } from "./wire.ts";

/** Reads the body of POST /v1/messages. Throws a WireError that names what is wrong. */
export function readMessages(body: Record<string, unknown>, headers: IncomingHttpHeaders = {}): WireCall {
  const asked = readShape(bodySchema, body, "");
  const { model, ask, oneCallOnly } = readChat(body);
  const maxOutputTokens = readShape(tokenBound, body.max_tokens ?? undefined, "max_tokens");
  refuseWhatIsPaidOtherwise(body);
  const thinking = asked.thinking ?? null;
  if (thinking?.type === "enabled" && (thinking.budget_tokens ?? 0) >= maxOutputTokens) {
    throw badRequest(
      "thinking.budget_tokens",
      "max_tokens must be greater than thinking.budget_tokens: raise max_tokens, or lower the budget.",
    );
  }
  const stop = asked.stop_sequences ?? [];
  return {
    request: {
      model,
      ask,
      maxOutputTokens,
      ...(typeof asked.temperature === "number" ? { temperature: asked.temperature } : {}),
      ...(stop.length === 0 ? {} : { stop }),
      passedOn: passedOnOf(body, oneCallOnly),
      dropped: droppedOfMessages(body, headers),
      isStreamed: asked.stream === true,
    },
    // On this wire thinking is told to those who ask for it: others take the first block for the answer.
    answer: ({ id }) =>
      messagesWriter({ id, thinking: thinking === null || thinking.type === "disabled" ? "hidden" : "shown" }),
  };
}

const bodySchema = z.looseObject({
  stream: z.boolean().nullish(),
  temperature: numberFromTo(0, 1).nullish(),
  stop_sequences: z.array(z.string()).nullish(),
  thinking: z.looseObject({ type: z.string(), budget_tokens: z.int().nullish() }).nullish(),
  context_management: z.looseObject({ edits: z.array(z.looseObject({ type: z.string() })).nullish() }).nullish(),
});

/** What we read, or write ourselves (`cache_control`), and a speed that is anyhow so; all else goes along. */
const ownFields: ReadonlySet<string> = new Set([
  ...chatFields,
  "max_tokens",
  "stream",
  "temperature",
  "stop_sequences",
  "cache_control",
  "speed",
]);

function passedOnOf(body: Record<string, unknown>, oneCallOnly: boolean): PassedOn | null {
  const others = Object.entries(body).filter(
    ([name, value]) =>
      !ownFields.has(name) && value !== null && (paidOtherwise.get(name)?.harmless.includes(value) ?? true),
  );
  // A part of a field that is read; `core/passed-on.ts` knows it by this name.
  const choice = oneCallOnly ? [["tool_choice.disable_parallel_tool_use", true] as const] : [];
  const fields = withOutputFormat(Object.fromEntries([...others, ...choice]));
  return Object.keys(fields).length === 0 ? null : { wire: "anthropic", fields };
}

/**
 * Before there was `output_config.format` it was `output_format`, which needs a word in a header that is not handed on. It
 * means the same. https://platform.claude.com/docs/en/build-with-claude/structured-outputs
 */
function withOutputFormat({ output_format, ...fields }: Record<string, unknown>): Record<string, unknown> {
  const config = configSchema.safeParse(fields.output_config ?? {}).data;
  if (output_format === undefined) return fields;
  if (config === undefined || config.format != null) return { ...fields, output_format };
  return { ...fields, output_config: { ...config, format: output_format } };
}

const configSchema = z.looseObject({ format: z.unknown().optional() });

const otherPrice = "the price would be another than the one that is held";
const notCounted = "what it costs is not known before";
const otherAddress = "others would be asked than the routes say";

/** Fields that change what is paid or who is asked → values that do not, and why no other is taken. */
const paidOtherwise: ReadonlyMap<string, PaidOtherwise> = new Map<string, PaidOtherwise>([
  ["service_tier", { harmless: ["auto", "standard_only"], because: otherPrice }],
  ["speed", { harmless: ["standard"], because: otherPrice }],
  ["inference_geo", { harmless: ["global"], because: otherPrice }],
  ["mcp_servers", { harmless: [], because: otherAddress }],
  ["fallbacks", { harmless: [], because: otherAddress }],
  ["container", { harmless: [], because: notCounted }],
  ["thread", { harmless: [], because: "no conversation is held here", code: noThreads }],
  ["compaction", { harmless: [], because: notCounted }],
]);

interface PaidOtherwise {
  harmless: readonly unknown[];
  because: string;
  /** For programs that know what to do instead. */
  code?: string;
}

function refuseWhatIsPaidOtherwise(body: z.infer<typeof bodySchema>): void {
  for (const [name, { harmless, because, code }] of paidOtherwise) {
    const value = body[name];
    const isEmpty = value === undefined || value === null || (Array.isArray(value) && value.length === 0);
    if (isEmpty || harmless.includes(value)) continue;
    const mend = harmless.length === 0 ? "Leave it out" : `Leave it out, or write ${harmless.join(" or ")}`;
    throw badRequest(name, `${name} is not taken here, for ${because}. ${mend}.`, code);
  }
  const edits = body.context_management?.edits ?? [];
  for (const [index, { type }] of edits.entries()) {
    if (!type.startsWith("compact")) continue;
    const field = `context_management.edits[${index}].type`;
    throw badRequest(field, `${field} is a summary that the vendor writes and bills, and ${notCounted}. Leave it out.`);
  }
}
