import * as z from "zod";
import type { ContextChip, ModelSummary, Session, Turn } from "../../shared/answer.ts";
import type { AskPart, EstimateResult, ServerState, SessionHead, Spend } from "../../shared/protocol.ts";

/** What the chat page and the extension host say to each other. The host parses what the page sends. */

export const fromPageSchema = z.discriminatedUnion("type", [
  /** The page is loaded and wants its state; `sessionId` is what it showed before a reload, if anything. */
  z.strictObject({ type: z.literal("ready"), sessionId: z.string().nullable() }),
  z.strictObject({
    type: z.literal("ask"),
    turnId: z.string().min(1),
    question: z.string().min(1),
    mode: z.string(),
    chips: z.array(z.string()),
  }),
  z.strictObject({ type: z.literal("stop"), turnId: z.string() }),
  z.strictObject({ type: z.literal("retry"), turnId: z.string(), mode: z.string() }),
  z.strictObject({ type: z.literal("draft"), question: z.string() }),
  z.strictObject({ type: z.literal("mode"), mode: z.string() }),
  z.strictObject({ type: z.literal("removeChip"), chipId: z.string() }),
  z.strictObject({ type: z.literal("restoreChips") }),
  z.strictObject({ type: z.literal("newSession") }),
  z.strictObject({ type: z.literal("openSession"), sessionId: z.string() }),
  z.strictObject({ type: z.literal("listSessions") }),
  z.strictObject({ type: z.literal("deleteSession"), sessionId: z.string() }),
  z.strictObject({ type: z.literal("copy"), text: z.string() }),
  z.strictObject({ type: z.literal("insert"), text: z.string() }),
  z.strictObject({ type: z.literal("openLink"), url: z.string() }),
  z.strictObject({
    type: z.literal("openChip"),
    path: z.string(),
    outside: z.string().optional(),
    line: z.number().int().positive(),
  }),
  /** The two ways in while nothing is configured, and the ways out of a failure. */
  z.strictObject({
    type: z.literal("command"),
    command: z.enum(["addProvider", "changeKey", "usePlayground", "openSettings", "showLog", "restartServer"]),
  }),
]);
export type FromPage = z.infer<typeof fromPageSchema>;

/** A chip of the composer: what would be sent with the next question. */
export type ComposerChip = {
  id: string;
  chip: ContextChip /** why it will not be sent, or null */;
  refused: string | null;
};

export type PageState = {
  session: Session | null;
  mode: string;
  models: ModelSummary[];
  chips: ComposerChip[];
  /** Some automatic chips were removed by hand and can be brought back. */
  chipsRemoved: boolean;
  server: ServerState;
  spend: Spend;
  /** nothing: no provider and no playground; the page then shows the two ways in. */
  setup: "nothing" | "playground" | "ready";
  /** The server died and is being started again, or gave up. */
  connection: "starting" | "running" | "restarting" | "stopped";
  draft: string;
};

export type ToPage =
  | { type: "state"; state: PageState }
  | { type: "patch"; state: Partial<PageState> }
  /** a turn was accepted; its answer begins */
  | { type: "turnStarted"; turn: Turn }
  | { type: "parts"; turnId: string; parts: AskPart[] }
  | { type: "turnEnded"; turn: Turn }
  | { type: "estimate"; estimate: EstimateResult | null }
  | { type: "sessions"; sessions: SessionHead[] }
  | { type: "focus" }
  /** read out by screen readers, not shown */
  | { type: "announce"; text: string };
