import * as z from "zod";
import type { DoctorRow } from "../../shared/doctor.ts";
import type { PageState } from "./messages.ts";

/** What the doctor's page and the extension host say to each other. The host parses what the page sends. */

export const fromDoctorSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("ready") }),
  /** Everything, or one row again. */
  z.strictObject({ type: z.literal("run"), only: z.string().nullable() }),
  z.strictObject({ type: z.literal("stop") }),
  /** The request that costs, of this row; the host asks once more and names the price. */
  z.strictObject({ type: z.literal("pay"), id: z.string() }),
  /** The how manyth way out of this row's trouble. */
  z.strictObject({ type: z.literal("way"), id: z.string(), at: z.number().int().nonnegative() }),
  z.strictObject({
    type: z.literal("command"),
    command: z.enum(["addProvider", "usePlayground", "restartServer", "showLog", "copyDiagnostics"]),
  }),
]);
export type FromDoctor = z.infer<typeof fromDoctorSchema>;

/** All that the page shows, sent whole. */
export type DoctorPageState = {
  setup: PageState["setup"];
  connection: PageState["connection"];
  /** Why the server could not be asked, or null. */
  problem: string | null;
  /** As they are shown; empty before the first run. */
  rows: readonly DoctorRow[];
  run: "none" | "all" | "one";
};

export type ToDoctor = { type: "state"; state: DoctorPageState } | { type: "focus" };
