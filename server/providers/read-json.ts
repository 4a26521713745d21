import type { z } from "zod";

/** Foreign text as the schema's type, or undefined when it is not JSON or not of that shape. Never throws. */
export function readJson<Schema extends z.ZodType>(text: string, schema: Schema): z.infer<Schema> | undefined {
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
