import type { z } from "zod";

/** Foreign text as the schema's type, or undefined when it is not JSON or not of that shape. Never throws. */
export function readJson<Schema extends z.ZodType>(text: string, schema: Schema): z.infer<Schema> | undefined {
  return schema.safeParse(parseJson(text)).data;
}

/** The value, or undefined, which no JSON is, when it is not JSON. Never throws. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
