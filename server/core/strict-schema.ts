/** Keywords of a schema that OpenAI can hold its models to, and how deep a schema is looked at. */

/** Of https://platform.openai.com/docs/guides/structured-outputs, "Supported schemas". `$schema` is what its own SDK writes. */
const plainKeywords: ReadonlySet<string> = new Set([
  "$schema",
  "$ref",
  "type",
  "title",
  "description",
  "enum",
  "const",
  "required",
  "additionalProperties",
  "pattern",
  "multipleOf",
  "maximum",
  "exclusiveMaximum",
  "minimum",
  "exclusiveMinimum",
  "minItems",
  "maxItems",
]);
const formats: ReadonlySet<unknown> = new Set([
  "date-time",
  "time",
  "date",
  "duration",
  "email",
  "hostname",
  "ipv4",
  "ipv6",
  "uuid",
]);
/** OpenAI takes ten levels of objects; each has a few of ours. Deeper ones are not strict, and end the walk. */
const mostLevels = 40;

/**
 * Whether a schema of an answer is one that OpenAI takes as `strict`: an object whose every object closes itself and
 * requires all that it has, in the keywords that are known there. One that is not is refused as strict, and followed as
 * well as the model can where nothing is said.
 */
export function isStrictSchema(schema: Readonly<Record<string, unknown>>): boolean {
  return schema.type === "object" && schema.anyOf === undefined && fits(schema, mostLevels);
}

function fits(value: unknown, levels: number): boolean {
  if (levels === 0 || !isRecord(value)) return false;
  const fitAll = (all: readonly unknown[]) => all.every((each) => fits(each, levels - 1));
  for (const [keyword, said] of Object.entries(value)) {
    if (plainKeywords.has(keyword)) continue;
    const isFit =
      keyword === "format"
        ? formats.has(said)
        : keyword === "items"
          ? fits(said, levels - 1)
          : keyword === "anyOf"
            ? Array.isArray(said) && fitAll(said)
            : /^(properties|\$defs|definitions)$/.test(keyword) && isRecord(said) && fitAll(Object.values(said));
    if (!isFit) return false;
  }
  return closesItself(value);
}

function closesItself({
  type,
  properties,
  required,
  additionalProperties,
}: Readonly<Record<string, unknown>>): boolean {
  const isObject = type === "object" || (Array.isArray(type) && type.includes("object")) || properties !== undefined;
  if (!isObject) return true;
  const names = isRecord(properties) ? Object.keys(properties) : [];
  const isWhole = names.length === 0 || (Array.isArray(required) && names.every((name) => required.includes(name)));
  return additionalProperties === false && isWhole;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
