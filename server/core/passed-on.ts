import * as z from "zod";
import type { Wire } from "./provider.ts";
import type { PassedOn, RelayRequest } from "./relay.ts";
import { isStrictSchema } from "./strict-schema.ts";

/** Where a field goes that a client wrote and that we do not read: the one table that adapters and headers go by. */

/** Fields that more than one wire has, as values. */
export interface SharedFields {
  topP?: number;
  topK?: number;
  seed?: number;
  presencePenalty?: number;
  frequencyPenalty?: number;
  responseFormat?: ResponseFormat;
  /** At most one call in an answer. */
  oneCallOnly?: true;
}

/** JSON of this schema; `schema` null: any object. */
export interface ResponseFormat {
  schema: Readonly<Record<string, unknown>> | null;
  name?: string;
  description?: string;
  /** The schema is one of those that a vendor can hold its model to. */
  isStrict?: true;
}

/** What becomes of passed-on fields on a wire. */
export interface DividedFields {
  /** For the adapter to write in its wire's words. Empty on the OpenAI-compatible wire, where `raw` has them. */
  shared: SharedFields;
  /** Go into the body as they are, below what we write. */
  raw: Readonly<Record<string, unknown>>;
  /** Names of those that this wire has no place for. */
  unsent: readonly string[];
}

export function divideFields(passedOn: PassedOn | null | undefined, wire: Wire): DividedFields {
  const raw: Record<string, unknown> = {};
  const shared: SharedFields = {};
  const unsent: string[] = [];
  const isOwnWire = passedOn?.wire === wire;
  for (const [name, value] of fieldsFor(passedOn, isOwnWire)) {
    const read = readShared(name, value);
    if (neverPassedOn.has(name)) unsent.push(name);
    else if (isOwnWire && wire === "openai-compatible") raw[name] = value;
    else if (read?.wires.includes(wire)) {
      if (wire === "openai-compatible") Object.assign(raw, read.chat);
      else Object.assign(shared, read.fields);
    } else if (isOwnWire && !isPartOfField(name)) raw[name] = value;
    else unsent.push(name);
  }
  return { shared, raw, unsent };
}

/** Of Anthropic's `output_config` other wires have a place for a part; there each part stands for itself. */
function fieldsFor(passedOn: PassedOn | null | undefined, isOwnWire: boolean): (readonly [string, unknown])[] {
  const fields = Object.entries(passedOn?.fields ?? {});
  if (isOwnWire) return fields;
  return fields.flatMap(([name, value]) => {
    const parts = name === "output_config" ? partsSchema.safeParse(value).data : undefined;
    if (parts === undefined) return [[name, value] as const];
    return Object.entries(parts).flatMap(([part, said]) => (said === null ? [] : [[`${name}.${part}`, said] as const]));
  });
}

const partsSchema = z.record(z.string(), z.unknown());

/** Names, each once, of what a client wrote and a route of this wire is not sent. */
export function unsentFields(
  { ask, passedOn, dropped }: Pick<RelayRequest, "ask" | "passedOn" | "dropped">,
  wire: Wire,
): readonly string[] {
  const isStrict = ask.kind === "chat" && ask.tools.some((tool) => tool.isStrict === true);
  const strict = isStrict && wire !== "openai-compatible" ? ["tools[].function.strict"] : [];
  const detail = isDetailed(ask) && !withDetail.includes(wire) ? ["messages[].content[].image_url.detail"] : [];
  return [...new Set([...divideFields(passedOn, wire).unsent, ...detail, ...dropped, ...strict])];
}

function isDetailed(ask: RelayRequest["ask"]): boolean {
  if (ask.kind !== "chat") return false;
  return ask.messages.some(({ images = [] }) => images.some(({ detail }) => detail !== undefined));
}

/** What we write ourselves on some wire, and so never pass on, whoever read the body. */
const neverPassedOn: ReadonlySet<string> = new Set([
  "model",
  "messages",
  "system",
  "tools",
  "tool_choice",
  "stream",
  "stream_options",
  "max_tokens",
  "max_completion_tokens",
  "temperature",
  "stop",
  "stop_sequences",
  "cache_control",
]);

interface SharedField {
  fields: SharedFields;
  /** As chat completions have it. */
  chat: Readonly<Record<string, unknown>>;
  wires: readonly Wire[];
}

const everywhere: readonly Wire[] = [
  "openai-compatible",
  "anthropic",
  "openai-responses",
  "google",
  "bedrock",
  "ollama",
];
/** Amazon's wire has it under other names for each vendor. */
const withTopK = everywhere.filter((wire) => wire !== "openai-responses" && wire !== "bedrock");
const sampling: readonly Wire[] = ["openai-compatible", "google", "ollama"];
/** Anthropic's models know no JSON without a schema. */
const withAnyJson = everywhere.filter((wire) => wire !== "anthropic" && wire !== "bedrock");
const withDetail: readonly Wire[] = ["openai-compatible", "openai-responses"];
const withOneCall: readonly Wire[] = ["openai-compatible", "anthropic", "openai-responses"];

/** null for a field that only its own wire knows, and for a value that cannot be read. */
function readShared(name: string, value: unknown): SharedField | null {
  switch (name) {
    case "top_p":
      return numberOf(name, value, everywhere, (topP) => ({ topP }));
    case "top_k":
      return numberOf(name, value, withTopK, (topK) => ({ topK }));
    case "seed":
      return numberOf(name, value, sampling, (seed) => ({ seed }));
    case "presence_penalty":
      return numberOf(name, value, sampling, (presencePenalty) => ({ presencePenalty }));
    case "frequency_penalty":
      return numberOf(name, value, sampling, (frequencyPenalty) => ({ frequencyPenalty }));
    case "response_format":
      return readFormat(value);
    case "output_config.format":
      return readOutputFormat(value);
    // What each wire does anyhow is nothing to be sent.
    case "parallel_tool_calls":
      if (typeof value !== "boolean") return null;
      return value ? { fields: {}, chat: {}, wires: everywhere } : oneCallOnly;
    case "tool_choice.disable_parallel_tool_use":
      return value === true ? oneCallOnly : null;
    default:
      return null;
  }
}

const oneCallOnly: SharedField = {
  fields: { oneCallOnly: true },
  chat: { parallel_tool_calls: false },
  wires: withOneCall,
};

/** A name that no body has: readers pass on a part of a field that they read. */
function isPartOfField(name: string): boolean {
  return name.startsWith("tool_choice.") || name.startsWith("output_config.");
}

function numberOf(
  name: string,
  value: unknown,
  wires: readonly Wire[],
  as: (value: number) => SharedFields,
): SharedField | null {
  return typeof value === "number" ? { fields: as(value), chat: { [name]: value }, wires } : null;
}

const formatSchema = z.discriminatedUnion("type", [
  z.looseObject({ type: z.literal("text") }),
  z.looseObject({ type: z.literal("json_object") }),
  z.looseObject({
    type: z.literal("json_schema"),
    json_schema: z.looseObject({
      schema: z.record(z.string(), z.unknown()),
      name: z.string().nullish(),
      description: z.string().nullish(),
      strict: z.boolean().nullish(),
    }),
  }),
]);

function readFormat(value: unknown): SharedField | null {
  const format = formatSchema.safeParse(value).data;
  if (format === undefined) return null;
  const chat = { response_format: value };
  if (format.type === "text") return { fields: {}, chat, wires: everywhere };
  if (format.type === "json_object") return { fields: { responseFormat: { schema: null } }, chat, wires: withAnyJson };
  const { schema, name, description, strict } = format.json_schema;
  const responseFormat: ResponseFormat = {
    schema,
    ...(name == null ? {} : { name }),
    ...(description == null ? {} : { description }),
    ...(strict === true ? { isStrict: true } : {}),
  };
  return { fields: { responseFormat }, chat, wires: everywhere };
}

const outputFormatSchema = z.looseObject({ type: z.literal("json_schema"), schema: partsSchema });

/** Anthropic always holds its models to a schema; OpenAI where it is told to, and the schema is one of those that it can. */
function readOutputFormat(value: unknown): SharedField | null {
  const schema = outputFormatSchema.safeParse(value).data?.schema;
  if (schema === undefined) return null;
  const isStrict = isStrictSchema(schema);
  const json_schema = { name: "response", schema, ...(isStrict ? { strict: true } : {}) };
  return {
    fields: { responseFormat: { schema, ...(isStrict ? { isStrict } : {}) } },
    chat: { response_format: { type: "json_schema", json_schema } },
    wires: everywhere,
  };
}
