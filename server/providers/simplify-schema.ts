import type { Tool } from "../core/provider.ts";

/**
 * Keywords that say more about a tool's arguments than every vendor reads. Without them a model may write arguments that
 * are a little freer; the tool checks them anyway.
 */
const dispensable: ReadonlySet<string> = new Set([
  "$schema",
  "$id",
  "$comment",
  "additionalProperties",
  "unevaluatedProperties",
  "propertyNames",
  "patternProperties",
  "minProperties",
  "maxProperties",
  "uniqueItems",
  "title",
  "default",
  "examples",
  "deprecated",
  "readOnly",
  "writeOnly",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
  "pattern",
  "strict",
]);

/** Keywords whose value maps names to schemas: those names are the person's own and stay, whatever they are. */
const namesToSchemas: ReadonlySet<string> = new Set(["properties", "$defs", "definitions"]);

/**
 * The same tool with a schema of the keywords that every vendor reads; `const` becomes an `enum` of one. Nobody is held to
 * such a schema: it has to be closed for that.
 */
export function simplifyTool({ name, description, parameters }: Tool): Tool {
  return { name, description, parameters: simplifyObject(parameters) };
}

/** True when a simplified tool is not the same. */
export function isSimplifiable(tools: readonly Tool[]): boolean {
  return tools.some((tool) => JSON.stringify(simplifyTool(tool)) !== JSON.stringify(tool));
}

function simplify(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(simplify);
  return isObject(value) ? simplifyObject(value) : value;
}

function simplifyObject(schema: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const kept = Object.entries(schema).filter(([keyword]) => !dispensable.has(keyword));
  return Object.fromEntries(
    kept.map(([keyword, value]): [string, unknown] => {
      if (keyword === "const") return ["enum", [value]];
      // Values, not schemas.
      if (keyword === "enum" || keyword === "required") return [keyword, value];
      if (!namesToSchemas.has(keyword) || !isObject(value)) return [keyword, simplify(value)];
      return [keyword, Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, simplify(inner)]))];
    }),
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
