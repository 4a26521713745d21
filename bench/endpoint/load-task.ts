import * as z from "zod";

/** What the load generator is asked, and what it answers: one message each. */
export const targetSchema = z.object({
  name: z.string(),
  origin: z.string(),
  path: z.string(),
  headers: z.record(z.string(), z.string()),
  /** As the body names it. */
  model: z.string(),
});
export type Target = z.infer<typeof targetSchema>;

export const taskSchema = z.discriminatedUnion("kind", [
  /** One request at a time, each target once a round in random order; `warmUp` rounds before are not counted. */
  z.object({ kind: z.literal("first-byte"), targets: z.array(targetSchema), warmUp: z.int(), rounds: z.int() }),
  /** So many at once until one of the bounds is reached; `warmUp` requests before are not counted. */
  z.object({
    kind: z.literal("load"),
    target: targetSchema,
    atOnce: z.int(),
    warmUp: z.int(),
    mostRequests: z.int(),
    mostMs: z.number(),
  }),
]);
export type Task = z.infer<typeof taskSchema>;

const wrongSchema = z.object({ count: z.int(), first: z.string().nullable() });
export const firstByteSchema = z.array(
  z.object({
    name: z.string(),
    /** Until the first byte of a body, and until the first with text of the vendor's, in milliseconds. */
    byteMs: z.array(z.number()),
    textMs: z.array(z.number()),
    /** Warm-up included. */
    asked: z.int(),
    wrong: wrongSchema,
  }),
);
export const loadSchema = z.object({
  /** Right answers; with the wrong ones and the warm-up, `asked`. */
  right: z.int(),
  asked: z.int(),
  wrong: wrongSchema,
  elapsedMs: z.number(),
  /** Of whole answers. */
  p99Ms: z.number(),
  /** What the load generator itself used of one core, 0 to 1. */
  ownShare: z.number(),
});
export type FirstByte = z.infer<typeof firstByteSchema>[number];
export type Load = z.infer<typeof loadSchema>;
