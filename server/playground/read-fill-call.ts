import * as z from "zod";
import { refusalOf, refusedParameter } from "./read-openai-call.ts";
import type { VendorModel } from "./vendor-model.ts";
import type { Hole, ReadCall, Refusal, VendorCall } from "./vendor-wire.ts";

/** How requests to fill a hole are read at the paths that take them. Each refuses what the real vendor refuses. */

type Find = (modelId: string) => VendorModel | undefined;

/** `/completions`: `prompt` and `suffix`, or a prompt that holds the model's own marks. */
export function readCompletionCall(body: unknown, find: Find): ReadCall {
  const parsed = completionSchema.safeParse(body);
  if (!parsed.success) return no(refusalOf(parsed.error));
  const asked = parsed.data;
  const model = find(asked.model);
  if (model === undefined) return no({ status: 404, message: `There is no model '${asked.model}', or not for you.` });
  const refused = refusedParameter(asked, model);
  if (refused !== null) return no(refused);
  if (asked.stream_options !== undefined && asked.stream !== true) {
    return no({
      status: 400,
      parameter: "stream_options",
      message: "'stream_options' goes only with 'stream': true.",
    });
  }
  const marked = asked.suffix == null ? holeInMarks(asked.prompt) : null;
  if (model.cannotFill && (asked.suffix != null || marked !== null)) {
    return no({ status: 400, message: `${model.id} does not support insert` });
  }
  return accept(model, {
    hole: marked ?? { prefix: asked.prompt, suffix: asked.suffix ?? "" },
    maxOutputTokens: asked.max_tokens ?? 16,
    stop: stopsOf(asked.stop),
    stream: asked.stream ?? false,
    includeUsage: asked.stream === true ? (asked.stream_options?.include_usage ?? false) : true,
  });
}

/** `/fim/completions`: the same, strictly, and usage without being asked. */
export function readMistralCall(body: unknown, find: Find): ReadCall {
  const parsed = mistralSchema.safeParse(body);
  if (!parsed.success) return no({ ...refusalOf(parsed.error), status: 422 });
  const asked = parsed.data;
  const model = find(asked.model);
  if (model === undefined) return no({ status: 400, code: "invalid_model", message: `Invalid model: ${asked.model}` });
  if (model.cannotFill) return no({ status: 400, message: `FIM is not supported for ${model.id}` });
  return accept(model, {
    hole: { prefix: asked.prompt, suffix: asked.suffix ?? "" },
    maxOutputTokens: asked.max_tokens ?? model.maxOutputTokens,
    stop: stopsOf(asked.stop),
    stream: asked.stream ?? false,
    includeUsage: true,
  });
}

/** llama.cpp's `/infill`, which takes any parameter, knows some, and always counts. */
export function readInfillCall(body: unknown, find: Find): ReadCall {
  const parsed = infillSchema.safeParse(body);
  if (!parsed.success) return no(refusalOf(parsed.error));
  const asked = parsed.data;
  const model = find(asked.model ?? "");
  if (model === undefined) return no({ status: 503, code: "unavailable_error", message: "Loading model" });
  if (model.cannotFill) {
    const message = "Infill is not supported by this model: prefix token is missing. suffix token is missing. ";
    return no({ status: 501, code: "not_supported_error", message });
  }
  const wanted = asked.n_predict ?? -1;
  return accept(model, {
    hole: { prefix: asked.input_prefix, suffix: asked.input_suffix },
    maxOutputTokens: wanted < 0 ? model.maxOutputTokens : wanted,
    stop: asked.stop ?? [],
    stream: asked.stream ?? false,
    includeUsage: true,
  });
}

const stopSchema = z.union([z.string(), z.array(z.string()).min(1).max(4)]).nullish();
const common = {
  model: z.string().min(1),
  prompt: z.string(),
  suffix: z.string().nullish(),
  stream: z.boolean().nullish(),
  max_tokens: z.int().min(1).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  stop: stopSchema,
};
const completionSchema = z.strictObject({
  ...common,
  stream_options: z.strictObject({ include_usage: z.boolean().optional() }).optional(),
  n: z.literal(1).nullish(),
  echo: z.literal(false).nullish(),
  seed: z.int().nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  user: z.string().optional(),
});
const mistralSchema = z.strictObject({
  ...common,
  min_tokens: z.int().min(0).nullish(),
  random_seed: z.int().nullish(),
});
const infillSchema = z.looseObject({
  model: z.string().nullish(),
  input_prefix: z.string(),
  input_suffix: z.string(),
  prompt: z.string().nullish(),
  input_extra: z.array(z.looseObject({ filename: z.string().optional(), text: z.string() })).nullish(),
  n_predict: z.int().min(-1).nullish(),
  stream: z.boolean().nullish(),
  stop: z.array(z.string()).nullish(),
});

/** Marks of the families that are asked in this way: before the text, before what follows the hole, at the hole. */
const marks: readonly (readonly [string, string, string])[] = [
  ["<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"],
  ["<fim_prefix>", "<fim_suffix>", "<fim_middle>"],
  ["<fim-prefix>", "<fim-suffix>", "<fim-middle>"],
  ["<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>"],
];

function holeInMarks(prompt: string): Hole | null {
  for (const [before, after, end] of marks) {
    const start = prompt.indexOf(before);
    const middle = prompt.indexOf(after, start + before.length);
    if (start < 0 || middle < 0 || !prompt.endsWith(end)) continue;
    return {
      prefix: prompt.slice(start + before.length, middle),
      suffix: prompt.slice(middle + after.length, prompt.length - end.length),
    };
  }
  return null;
}

function stopsOf(stop: z.infer<typeof stopSchema>): readonly string[] {
  return typeof stop === "string" ? [stop] : (stop ?? []);
}

type Rest = Pick<VendorCall, "maxOutputTokens" | "stop" | "stream" | "includeUsage"> & { hole: Hole };

function accept(model: VendorModel, rest: Rest): ReadCall {
  const { prefix, suffix } = rest.hole;
  const segments = [prefix, suffix].map((text) => ({ role: "user", text, marked: false }) as const);
  return { ok: true, call: { model, messages: [], segments, ...rest } };
}

function no(refusal: Refusal): ReadCall {
  return { ok: false, refusal };
}
