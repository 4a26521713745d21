import { expect, it } from "vitest";
import { isStrictSchema } from "../../../server/core/strict-schema.ts";

const closed = (properties: Record<string, unknown>, more = {}) => ({
  type: "object",
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
  ...more,
});

it.each([
  closed({}),
  { type: "object", additionalProperties: false },
  closed({ a: { type: "string" } }, { $schema: "https://json-schema.org/draft/2020-12/schema", title: "A" }),
  closed({ a: { type: ["string", "null"], format: "date-time", description: "When." }, b: { enum: [1, 2] } }),
  closed({ a: { type: "array", items: closed({ b: { type: "number", minimum: 0 } }), maxItems: 3 } }),
  closed({ a: { anyOf: [closed({ b: { const: 1 } }), { type: "null" }] } }),
  closed({ next: { $ref: "#/$defs/node" } }, { $defs: { node: closed({ next: { $ref: "#/$defs/node" } }) } }),
  // A property may be called as a keyword is.
  closed({ default: { type: "string" }, oneOf: { type: "string" } }),
])("%j is one that OpenAI can hold its models to", (schema) => {
  expect(isStrictSchema(schema)).toBe(true);
});

it.each([
  {},
  { type: "array", items: { type: "string" } },
  { type: "object", properties: {} },
  closed({ a: { type: "string" } }, { additionalProperties: true }),
  closed({ a: { type: "string" }, b: { type: "string" } }, { required: ["a"] }),
  closed({ a: { type: "string" } }, { required: undefined }),
  closed({ a: { type: "string", default: "x" } }),
  closed({ a: { type: "string", format: "uri" } }),
  closed({ a: { type: "string", minLength: 1 } }),
  closed({ a: { oneOf: [{ type: "string" }] } }),
  closed({ a: { type: "object", properties: { b: { type: "string" } } } }),
  closed({ a: { type: ["object", "null"] } }),
  closed({ a: true }),
  closed({ a: { anyOf: "x" } }),
  closed({}, { anyOf: [closed({})] }),
  closed({}, { $defs: { a: { type: "object" } } }),
])("%j is none", (schema) => {
  expect(isStrictSchema(schema)).toBe(false);
});

it("one that is too deep is none, and is not walked to its end", () => {
  let deep: Record<string, unknown> = { type: "string" };
  for (let level = 0; level < 100_000; level++) deep = { type: "array", items: deep };
  expect(isStrictSchema(closed({ deep }))).toBe(false);
});
