import * as z from "zod";
import { forgetLearnedParamsSchema, type LearnedTable } from "../../shared/learned.ts";
import type { PageState } from "./messages.ts";

/** What the page of what was learned and the extension host say to each other. The host parses what the page sends. */

export const fromLearnedSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("ready") }),
  /** null: everything; the host asks first. */
  forgetLearnedParamsSchema.extend({ type: z.literal("forget") }),
  z.strictObject({
    type: z.literal("command"),
    command: z.enum(["addProvider", "usePlayground", "restartServer", "showLog", "openSetting"]),
  }),
]);
export type FromLearned = z.infer<typeof fromLearnedSchema>;

/** All that the page shows, sent whole. */
export type LearnedState = {
  setup: PageState["setup"];
  connection: PageState["connection"];
  /** Milliseconds since 1970, of the host's clock: how long ago something was. */
  atMs: number;
  /** null: not known yet. */
  table: LearnedTable | null;
  /** Why the last question to the server was not answered, or null. */
  problem: string | null;
};

export type ToLearned = { type: "state"; state: LearnedState } | { type: "focus" };
