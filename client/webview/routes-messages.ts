import * as z from "zod";
import type { DrillResult, RouteRow, RouteTest } from "../../shared/routes.ts";
import { pauseRouteParamsSchema, routeParamsSchema } from "../../shared/routes.ts";
import type { PageState } from "./messages.ts";

/** What the page of routes and the extension host say to each other. The host parses what the page sends. */

export const fromRoutesSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("ready") }),
  routeParamsSchema.extend({ type: z.literal("test") }),
  pauseRouteParamsSchema.extend({ type: z.literal("pause") }),
  /** Opens what can be changed of the provider: it is switched on there. */
  z.strictObject({ type: z.literal("editProvider"), providerId: z.string().min(1) }),
  z.strictObject({ type: z.literal("changeKey"), providerId: z.string().min(1) }),
  z.strictObject({ type: z.literal("drill") }),
  z.strictObject({ type: z.literal("stopDrill") }),
  /** Puts the drill's result away. */
  z.strictObject({ type: z.literal("closeDrill") }),
  z.strictObject({
    type: z.literal("command"),
    command: z.enum(["addProvider", "usePlayground", "restartServer", "showLog"]),
  }),
]);
export type FromRoutes = z.infer<typeof fromRoutesSchema>;

export type RouteTestState =
  | { state: "running" }
  | { state: "ended"; result: RouteTest }
  | { state: "broken"; message: string };

export type DrillState =
  | { state: "none" }
  | { state: "running" }
  | { state: "ended"; result: DrillResult }
  | { state: "broken"; message: string };

/** All that the page shows. It is sent whole: it is small, and the page changes only what is new. */
export type RoutesState = {
  setup: PageState["setup"];
  connection: PageState["connection"];
  /** Of the server's clock, when the rows were made. */
  atMs: number;
  /** null: not known yet. */
  rows: RouteRow[] | null;
  /** Why the last question to the server was not answered, or null. */
  problem: string | null;
  /** By `provider/model`. */
  tests: Record<string, RouteTestState>;
  drill: DrillState;
};

export type ToRoutes = { type: "state"; state: RoutesState } | { type: "focus" };
