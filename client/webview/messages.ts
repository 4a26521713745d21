import * as z from "zod";
import type { ContextChip, ModelSummary, Session, Turn } from "../../shared/answer.ts";
import type { EstimateResult } from "../../shared/estimate.ts";
import type { AskPart, ServerState, SessionHead, Spend } from "../../shared/protocol.ts";
import type { PresetsByProvider } from "../../shared/vendor-pages.ts";

/** What the chat page and the extension host say to each other. The host parses what the page sends. */

/** The commands that need nothing said with them: ways in while nothing is configured, and ways out of a failure. */
const plainCommandSchema = z.enum([
  "addProvider",
  "changeKey",
  "enterPassphrase",
  "usePlayground",
  "openSettings",
  "showLog",
  "restartServer",
  "showRoutes",
  "editProvider",
  "showCosts",
  "doctor",
]);
export type PlainCommand = z.infer<typeof plainCommandSchema>;

/** Code of an answer that a person takes over: which turn's, the how manyth block of it, its language as it was named. */
const takenCodeSchema = z.strictObject({
  turnId: z.string().min(1),
  block: z.number().int().nonnegative(),
  language: z.string().max(100),
});
export type TakenCode = z.infer<typeof takenCodeSchema>;

export const fromPageSchema = z.discriminatedUnion("type", [
  /**
   * The page is loaded and wants its state; `sessionId` is what it showed before a reload, if anything. `timeZone` is the
   * IANA name of the zone the person sits in, which a host far away does not know; "" where the page does not either.
   */
  z.strictObject({ type: z.literal("ready"), sessionId: z.string().nullable(), timeZone: z.string().max(100) }),
  z.strictObject({
    type: z.literal("ask"),
    turnId: z.string().min(1),
    question: z.string().min(1),
    mode: z.string(),
    chips: z.array(z.string()),
  }),
  z.strictObject({ type: z.literal("stop"), turnId: z.string() }),
  z.strictObject({ type: z.literal("retry"), turnId: z.string(), mode: z.string() }),
  /** Asks for the rest of an answer that ended for want of room, with the context its own question had. */
  z.strictObject({ type: z.literal("continue"), turnId: z.string(), mode: z.string() }),
  /** What is in the box; `revision` counts its changes, so that what is said about it can be told from what is older. */
  z.strictObject({ type: z.literal("draft"), question: z.string(), revision: z.number().int().nonnegative() }),
  /** Who answers in the conversation on the page. */
  z.strictObject({ type: z.literal("mode"), mode: z.string().min(1) }),
  /** Who answers every new question in this workspace; null takes it back. */
  z.strictObject({ type: z.literal("always"), mode: z.string().min(1).nullable() }),
  z.strictObject({ type: z.literal("removeChip"), chipId: z.string() }),
  z.strictObject({ type: z.literal("restoreChips") }),
  z.strictObject({ type: z.literal("newSession") }),
  z.strictObject({ type: z.literal("openSession"), sessionId: z.string() }),
  z.strictObject({ type: z.literal("listSessions") }),
  z.strictObject({ type: z.literal("deleteSession"), sessionId: z.string() }),
  /** `code` where it is one block of an answer, and not the whole of it. */
  z.strictObject({ type: z.literal("copy"), text: z.string(), code: takenCodeSchema.optional() }),
  z.strictObject({ type: z.literal("insert"), text: z.string(), code: takenCodeSchema.optional() }),
  /** The person's own tests over the code of this turn that was inserted last. */
  z.strictObject({ type: z.literal("tests"), turnId: z.string().min(1), act: z.enum(["run", "stop", "output"]) }),
  z.strictObject({ type: z.literal("openLink"), url: z.string() }),
  z.strictObject({
    type: z.literal("openChip"),
    path: z.string(),
    outside: z.string().optional(),
    line: z.number().int().positive(),
  }),
  z.discriminatedUnion("command", [
    z.strictObject({ type: z.literal("command"), command: plainCommandSchema }),
    /** Raises this cap until the day ends; the host asks by how much. */
    z.strictObject({
      type: z.literal("command"),
      command: z.literal("raiseCap"),
      capId: z.string().regex(/^[a-z]+\.[a-z]+$/),
      /** What the question lacked that was refused. */
      lackingNano: z.number().int().positive().optional(),
      /** That question, to be asked again once the cap is raised. */
      again: z.strictObject({ turnId: z.string(), mode: z.string() }).optional(),
    }),
    /** Opens the settings at this one, which is one of Wayfare's own. */
    z.strictObject({
      type: z.literal("command"),
      command: z.literal("openSetting"),
      setting: z.string().regex(/^wayfare(?:\.[A-Za-z]+)+$/),
    }),
  ]),
]);
export type FromPage = z.infer<typeof fromPageSchema>;

/** What was seen after code of an answer was inserted; of the last insertion alone. */
export type InsertEvidence = {
  turnId: string;
  /** Errors that it added to the file; null: none, or nobody checked. */
  errors: { count: number; file: string } | null;
  /** null: no test command is set, or none may be run. */
  tests: TestEvidence | null;
};
/** The person's own tests after an insertion. */
export type TestEvidence =
  | { state: "ready" | "running" | "passed" | "stopped" | "never" }
  /** `how` it ended ("exit 1"), and the last line it printed, "" for none. */
  | { state: "failed"; how: string; lastLine: string }
  /** They did not run, which says nothing of the code. */
  | { state: "unrun"; why: string }
  | { state: "timedOut"; seconds: number };

/** A chip of the composer: what would be sent with the next question. */
export type ComposerChip = {
  id: string;
  chip: ContextChip /** why it will not be sent, or null */;
  refused: string | null;
};

export type PageState = {
  session: Session | null;
  /** Who answers the next question: picked for this conversation, else `always`, else `usual`. */
  mode: string;
  /** What the person keeps for every new question in this workspace, or null. */
  always: string | null;
  /** What the settings say. */
  usual: string;
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
  evidence: InsertEvidence | null;
  /** Which vendor each provider is; absent: none that is known. */
  vendors?: PresetsByProvider;
};

export type ToPage =
  | { type: "state"; state: PageState }
  | { type: "patch"; state: Partial<PageState> }
  /** a turn was accepted; its answer begins */
  | { type: "turnStarted"; turn: Turn }
  | { type: "parts"; turnId: string; parts: AskPart[] }
  | { type: "turnEnded"; turn: Turn }
  /** what the draft of this revision would cost; null: there is nothing to tell */
  | { type: "estimate"; estimate: EstimateResult | null; revision: number }
  | { type: "sessions"; sessions: SessionHead[] }
  | { type: "focus" }
  /** read out by screen readers, not shown */
  | { type: "announce"; text: string };
