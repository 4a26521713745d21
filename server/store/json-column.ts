import * as z from "zod";

/** A text column that holds JSON of the given shape. Text that is no JSON fails the parse; it does not throw out of it. */
export function jsonColumn<Schema extends z.ZodType>(schema: Schema) {
  return z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch (error) {
        context.addIssue(error instanceof Error ? error.message : "not JSON");
        return z.NEVER;
      }
    })
    .pipe(schema);
}
