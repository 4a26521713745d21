import * as z from "zod";
import type { PriceFacts } from "../../shared/prices.ts";
import {
  explainParamsSchema,
  type Report,
  type ReportParams,
  type RequestRecord,
  reportParamsSchema,
} from "../../shared/report.ts";
import type { PageState } from "./messages.ts";

/** What the page of costs and the extension host say to each other. The host parses what the page sends. */

export const fromCostsSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("ready") }),
  /** What is to be shown from now on. */
  z.strictObject({ type: z.literal("params"), params: reportParamsSchema }),
  explainParamsSchema.extend({ type: z.literal("explain") }),
  /** Writes what is shown to a file; the host asks for its place. */
  z.strictObject({ type: z.literal("export"), format: z.enum(["csv", "json"]) }),
  /** Deletes the days that are shown; the host asks once more. */
  z.strictObject({ type: z.literal("delete") }),
  z.strictObject({
    type: z.literal("command"),
    command: z.enum(["addProvider", "usePlayground", "restartServer", "showLog", "focusChat", "refreshPrices"]),
  }),
  /** Opens the settings at this one, which is one of Wayfare's own. */
  z.strictObject({ type: z.literal("openSetting"), setting: z.string().regex(/^wayfare(?:\.[A-Za-z]+)+$/) }),
]);
export type FromCosts = z.infer<typeof fromCostsSchema>;

/** What is known of a request that a person wanted explained. */
export type Explained =
  | { state: "asking" }
  | { state: "known"; record: RequestRecord }
  | { state: "gone" }
  | { state: "broken"; message: string };

/** All that the page shows. It is sent whole, and the page changes only what is new. */
export type CostsState = {
  setup: PageState["setup"];
  connection: PageState["connection"];
  /** What is asked for; `report` may still be that of what was asked before. */
  params: ReportParams;
  /** null: not known yet. */
  report: Report | null;
  /** What routes cost now; null or absent: not known yet. */
  prices?: PriceFacts | null;
  /** A report is on its way. */
  isAsking: boolean;
  /** Why the last question to the server was not answered, or null. */
  problem: string | null;
  /** By request id. */
  explained: Record<string, Explained>;
};

export type ToCosts = { type: "state"; state: CostsState } | { type: "focus" };
