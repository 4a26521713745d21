import { ProtocolNotificationType, ProtocolRequestType } from "vscode-languageserver-protocol";
import * as z from "zod";
import { contextItemSchema, modelSummarySchema, sessionSchema, tierSchema, type turnSchema } from "./answer.ts";
import type { DoctorRow } from "./doctor.ts";
import type { EstimateParams, EstimateResult } from "./estimate.ts";
import { failureSchema } from "./failure.ts";
import type { ForwardAnswer, ForwardIdParams, ForwardPiece, ForwardRequestParams } from "./forward.ts";
import type { ForgetLearnedParams, LearnedTable, UndoneCodeParams } from "./learned.ts";
import type { AcceptPricesParams, PriceFacts, PricesChanged, RefreshedPrices } from "./prices.ts";
import type {
  AcceptedCodeParams,
  AppliedCodeParams,
  DeleteCostsParams,
  DeleteCostsResult,
  ExplainParams,
  ExportParams,
  ExportResult,
  Report,
  ReportParams,
  RequestRecord,
} from "./report.ts";
import type { DrillResult, PauseRouteParams, RouteParams, RouteTable, RouteTestResult } from "./routes.ts";
import { configurationSchema, presetIdSchema, settingProblemSchema } from "./settings.ts";

/**
 * Every message between the client and the server, one typed constant each. The server parses what it receives with the
 * schema beside the constant; types are inferred from it. Each method is described in ARCHITECTURE.md.
 */

/** `initializationOptions`. The client makes `storagePath` and owns nothing in it; only the server opens files there. */
export const initializationSchema = z.strictObject({
  storagePath: z.string().min(1),
  /** IANA name of the person's time zone: a day of spending begins at its midnight. */
  timeZone: z.string().min(1),
  /** Names this window's workspace in the books: workspace file, else folder, else "no workspace". */
  workspace: z.string().min(1),
  /** Where the host is, for messages: "", or "WSL: Ubuntu" and the like. */
  hostLabel: z.string(),
  clientVersion: z.string(),
});
export type Initialization = z.infer<typeof initializationSchema>;

// configure ------------------------------------------------------------------------------------------------------------
/** What became of the settings about completions. */
export const completionsStateSchema = z.object({
  on: z.boolean(),
  /** Why they are off although the person turned them on, in a few words ("no model is set up"), or null. */
  why: z.string().nullable(),
  /** Language id to on or off; `*` stands for all others. */
  languages: z.record(z.string(), z.boolean()),
  /** `provider/model` that is asked first, or null. */
  model: z.string().nullable(),
});
export type CompletionsState = z.infer<typeof completionsStateSchema>;
export const configureResultSchema = z.object({
  problems: z.array(settingProblemSchema),
  models: z.array(modelSummarySchema),
  completions: completionsStateSchema,
  /** What of the package the server does without, a few sentences each, to be shown to the person. */
  notices: z.array(z.string()),
});
export type ConfigureResult = z.infer<typeof configureResultSchema>;
export const configureParamsSchema = z.strictObject({
  configuration: configurationSchema,
  /** The key of each provider, bound to the origin (scheme://host:port) it was entered for. Never logged. */
  keys: z.array(z.strictObject({ providerId: z.string(), origin: z.string(), key: z.string().min(1) })),
  /** False in Restricted Mode: then no context is accepted with a question. */
  trusted: z.boolean(),
  /** IANA name of the person's time zone as the window knows it by now, when that is better than at the start. */
  timeZone: z.string().min(1).optional(),
  /** What the extension found wrong while it read files that settings name, for the doctor. */
  problems: z.array(settingProblemSchema).optional(),
});
export type ConfigureParams = z.input<typeof configureParamsSchema>;
/** client → server, at start and on every change: the whole configuration, and the keys. */
export const ConfigureRequest = new ProtocolRequestType<ConfigureParams, ConfigureResult, never, void, void>(
  "wayfare/configure",
);

// the network of the extension host ------------------------------------------------------------------------------------
/** server → client: send this through VS Code's own network. Answered when the headers have come. */
export const ForwardRequest = new ProtocolRequestType<ForwardRequestParams, ForwardAnswer, never, void, void>(
  "wayfare/forward",
);
/** server → client: the next piece of the answer. */
export const ForwardReadRequest = new ProtocolRequestType<ForwardIdParams, ForwardPiece, never, void, void>(
  "wayfare/forwardRead",
);
/** server → client: the answer is not wanted any more. */
export const ForwardEndNotification = new ProtocolNotificationType<ForwardIdParams, void>("wayfare/forwardEnd");

// ask ------------------------------------------------------------------------------------------------------------------
export const askParamsSchema = z.strictObject({
  sessionId: z.string().min(1),
  turnId: z.string().min(1),
  question: z.string().min(1),
  context: z.array(contextItemSchema),
  /** `auto`, `cheap`, `frontier`, or `provider/model`. */
  mode: z.string().min(1),
  /** The answered turn whose question this is, asked once more: its answer is not told to who answers anew. */
  retryOf: z.string().min(1).optional(),
  /** Names the progress notifications of this request. */
  partialResultToken: z.union([z.string(), z.number()]),
});
export type AskParams = z.input<typeof askParamsSchema>;
export type AskPart =
  /** the attempt that is now under way; the page shows it while waiting */
  | {
      type: "attempt";
      providerId: string;
      modelId: string;
      tier: z.infer<typeof tierSchema>;
      failedBefore: number;
      /** A whole answer is on the page already: what is wrong with it, so that another model is asked. */
      because?: string;
    }
  | { type: "text"; text: string }
  | { type: "reasoning"; text: string }
  /** what was shown of this answer is void; text starts again from nothing */
  | { type: "restart"; why: string };
/** Everything is in the turn: answer, decision, failure. A cancelled turn is answered too, with what had come. */
export type AskResult = z.infer<typeof turnSchema>;
/** client → server: one turn. Streams arrays of parts through its own progress token, a frame's worth at a time. */
export const AskRequest = new ProtocolRequestType<AskParams, AskResult, AskPart[], void, void>("wayfare/ask");

export type TurnAmended = { sessionId: string; turn: z.infer<typeof turnSchema> };
/** server → client: an ended turn as it stands now; its code was looked at, or tried, only after it had been answered. */
export const TurnAmendedNotification = new ProtocolNotificationType<TurnAmended, void>("wayfare/turnAmended");

// estimate -------------------------------------------------------------------------------------------------------------
/** client → server: what this question would cost on each tier. Sends nothing anywhere. */
export const EstimateRequest = new ProtocolRequestType<EstimateParams, EstimateResult, never, void, void>(
  "wayfare/estimate",
);

// sessions -------------------------------------------------------------------------------------------------------------
export const sessionHeadSchema = sessionSchema.omit({ turns: true });
export type SessionHead = z.infer<typeof sessionHeadSchema>;
/** client → server: conversations of this workspace, the latest first, at most 200. */
export const ListSessionsRequest = new ProtocolRequestType<Record<string, never>, SessionHead[], never, void, void>(
  "wayfare/listSessions",
);
export const sessionParamsSchema = z.strictObject({ sessionId: z.string().min(1) });
export type SessionParams = z.infer<typeof sessionParamsSchema>;
/** client → server: one conversation, or null. */
export const ReadSessionRequest = new ProtocolRequestType<
  SessionParams,
  z.infer<typeof sessionSchema> | null,
  never,
  void,
  void
>("wayfare/readSession");
/** client → server: deletes a conversation; its rows in the ledger stay. */
export const DeleteSessionRequest = new ProtocolRequestType<SessionParams, null, never, void, void>(
  "wayfare/deleteSession",
);

/** What clearing the kept answers freed. */
export const clearedAnswersSchema = z.object({ answers: z.number(), bytes: z.number() });
export type ClearedAnswers = z.infer<typeof clearedAnswersSchema>;
/** client → server: deletes every kept answer of this host; conversations stay. */
export const ClearAnswersRequest = new ProtocolRequestType<Record<string, never>, ClearedAnswers, never, void, void>(
  "wayfare/clearAnswers",
);

// spend ----------------------------------------------------------------------------------------------------------------
export const spendRowSchema = z.object({
  tier: tierSchema,
  providerId: z.string(),
  modelId: z.string(),
  costNano: z.number().nullable(),
  answers: z.number(),
});
export const bookSchema = z.object({
  /** Spent today (the person's day). Attempts with an unknown cost are not in the sum; `unknown` counts them. */
  spentNano: z.number(),
  heldNano: z.number(),
  unknown: z.number(),
  /** What of it was spent in this workspace; absent where that is all of it. */
  hereNano: z.number().optional(),
  rows: z.array(spendRowSchema),
});
export type Book = z.infer<typeof bookSchema>;
export const periodSchema = z.enum(["daily", "weekly", "monthly", "total"]);
export type Period = z.infer<typeof periodSchema>;
/** A cap and what is under it now. Only real money counts. */
export const capStateSchema = z.object({
  /** `scope.period`: `global.daily`, `workspace.monthly`, `completions.daily`. */
  id: z.string(),
  scope: z.enum(["global", "workspace", "completions"]),
  period: periodSchema,
  /** With what was raised for today. */
  limitNano: z.number(),
  raisedNano: z.number(),
  spentNano: z.number(),
  heldNano: z.number(),
  /** The setting that holds it, for example `wayfare.budget.workspace.daily`. */
  setting: z.string(),
  /** What the setting holds is no amount: nothing that costs is sent, and more money does not mend it. */
  isUnreadable: z.literal(true).optional(),
  /** Of a book that another tool pays from, not of a workspace of the editor. */
  isOfBook: z.literal(true).optional(),
  /** When it is reached if it goes on as it has gone lately; absent where that is not in its period, or cannot be told. */
  reachedAtMs: z.number().optional(),
});
export type CapState = z.infer<typeof capStateSchema>;
export const spendSchema = z.object({
  real: bookSchema,
  simulated: bookSchema,
  /** The caps that hold here, the nearest to its limit first; empty without any. */
  caps: z.array(capStateSchema),
});
export type Spend = z.infer<typeof spendSchema>;
/** client → server: today's money, in both books. */
export const SpendRequest = new ProtocolRequestType<Record<string, never>, Spend, never, void, void>("wayfare/spend");
/** server → client: the same, after each settlement. */
export const SpendNotification = new ProtocolNotificationType<Spend, void>("wayfare/spendChanged");

// budgets --------------------------------------------------------------------------------------------------------------
export const budgetWarningSchema = z.object({ cap: capStateSchema, percent: z.number() });
export type BudgetWarning = z.infer<typeof budgetWarningSchema>;
/** server → client: a cap has reached a mark of `wayfare.budget.warnAt`; once for each mark and period on this host. */
export const BudgetWarningNotification = new ProtocolNotificationType<BudgetWarning, void>("wayfare/budgetWarning");
/** Said of money, not of a cap: a clock set back, a bill beyond what was held, books that were damaged. */
export const moneyNoticeSchema = z.object({
  message: z.string(),
  /** What the person can do about it. startAnew: accept that what a damaged file had counted is not known. */
  action: z.literal("startAnew").optional(),
});
export type MoneyNotice = z.infer<typeof moneyNoticeSchema>;
/** server → client: to be shown to the person; each is sent once on this host. */
export const MoneyNoticeNotification = new ProtocolNotificationType<MoneyNotice, void>("wayfare/moneyNotice");
export const raiseCapParamsSchema = z.strictObject({ capId: z.string().min(1), addNano: z.number().int().positive() });
export type RaiseCapParams = z.infer<typeof raiseCapParamsSchema>;
/** client → server, only by a person's click: raises a cap until the day ends. Answers with the money as it then is. */
export const RaiseCapRequest = new ProtocolRequestType<RaiseCapParams, Spend, never, void, void>("wayfare/raiseCap");
/** client → server, only by a person's click: caps count from what could be read of books that were damaged. */
export const StartAnewRequest = new ProtocolRequestType<Record<string, never>, Spend, never, void, void>(
  "wayfare/startAnew",
);

/** Money that is held and not yet settled. */
export const heldSchema = z.object({
  attemptId: z.string(),
  providerId: z.string(),
  modelId: z.string(),
  kind: z.enum(["chat", "completion", "helper", "endpoint"]),
  workspace: z.string(),
  simulated: z.boolean(),
  startedAtMs: z.number(),
  heldNano: z.number(),
  /** Who holds it: this window, another that lives, or one that is gone or not seen for a while. */
  holder: z.enum(["this", "other", "gone"]),
  /** What it is settled at when it is released: its own notes, or all that was held. null: the price is not known. */
  settlesAtNano: z.number().nullable(),
});
export type Held = z.infer<typeof heldSchema>;
/** client → server: what is held now, the oldest first. */
export const HeldMoneyRequest = new ProtocolRequestType<Record<string, never>, Held[], never, void, void>(
  "wayfare/heldMoney",
);
export const releaseHeldParamsSchema = z.strictObject({ attemptIds: z.array(z.string()).max(1_000) });
export type ReleaseHeldParams = z.infer<typeof releaseHeldParamsSchema>;
/** client → server: settles what others hold, as after a crash; what this window holds stays. Answers with what it settled. */
export const ReleaseHeldRequest = new ProtocolRequestType<ReleaseHeldParams, Held[], never, void, void>(
  "wayfare/releaseHeld",
);

// costs ----------------------------------------------------------------------------------------------------------------
/** client → server: everything that "Wayfare: Costs" shows of a range. */
export const ReportRequest = new ProtocolRequestType<ReportParams, Report, never, void, void>("wayfare/report");
/** client → server: all that the books know of one request; null: nothing. */
export const ExplainRequest = new ProtocolRequestType<ExplainParams, RequestRecord | null, never, void, void>(
  "wayfare/explainRequest",
);
/** client → server: writes the books of a range to a file that the person chose. */
export const ExportCostsRequest = new ProtocolRequestType<ExportParams, ExportResult, never, void, void>(
  "wayfare/exportCosts",
);
/** client → server: deletes the books of whole days, both books; what caps have counted stays. */
export const DeleteCostsRequest = new ProtocolRequestType<DeleteCostsParams, DeleteCostsResult, never, void, void>(
  "wayfare/deleteCosts",
);
/** client → server: code of an answer was inserted or copied. */
export const AcceptedCodeNotification = new ProtocolNotificationType<AcceptedCodeParams, void>("wayfare/codeAccepted");
/** client → server: what became of a file after code of an answer was inserted into it. The turn is amended by it. */
export const AppliedCodeNotification = new ProtocolNotificationType<AppliedCodeParams, void>("wayfare/codeApplied");

// learning -------------------------------------------------------------------------------------------------------------
/** client → server: everything that was learned on this machine. */
export const LearnedRequest = new ProtocolRequestType<Record<string, never>, LearnedTable, never, void, void>(
  "wayfare/learned",
);
/** client → server: forgets one row, or everything. */
export const ForgetLearnedRequest = new ProtocolRequestType<ForgetLearnedParams, LearnedTable, never, void, void>(
  "wayfare/forgetLearned",
);
/** client → server: an insertion of an answer's code was undone soon after. */
export const UndoneCodeNotification = new ProtocolNotificationType<UndoneCodeParams, void>("wayfare/codeUndone");

// ghost text -----------------------------------------------------------------------------------------------------------
// Asked for with LSP's own textDocument/inlineCompletion; positions are LSP's, from 0, in UTF-16.
const positionSchema = z.strictObject({
  line: z.number().int().nonnegative(),
  character: z.number().int().nonnegative(),
});
export const cursorParamsSchema = z.strictObject({
  uri: z.string(),
  version: z.number().int(),
  /** null: the document has not the focus any more. */
  position: positionSchema.nullable(),
});
export type CursorParams = z.infer<typeof cursorParamsSchema>;
/** client → server, while a completion is under way: where the cursor is now. What does not fit there any more is cut. */
export const CursorNotification = new ProtocolNotificationType<CursorParams, void>("wayfare/cursor");
export const dismissParamsSchema = z.strictObject({ uri: z.string() });
export type DismissParams = z.infer<typeof dismissParamsSchema>;
/** client → server: Escape. Whatever is under way for the document is cut at once. */
export const DismissNotification = new ProtocolNotificationType<DismissParams, void>("wayfare/dismissCompletion");
export const acceptedParamsSchema = z.strictObject({ completionId: z.string().min(1) });
export type AcceptedParams = z.infer<typeof acceptedParamsSchema>;
/** client → server: a whole completion was taken over; its item's command says so. */
export const AcceptedNotification = new ProtocolNotificationType<AcceptedParams, void>("wayfare/completionAccepted");
/** client → server: a word or a line of a completion was taken over. */
export const PartlyAcceptedNotification = new ProtocolNotificationType<AcceptedParams, void>(
  "wayfare/completionPartlyAccepted",
);
export type CompletionReady = { uri: string; version: number; line: number; character: number };
/** server → client: a completion came after VS Code had stopped waiting for it; asked again there, it is shown at once. */
export const CompletionReadyNotification = new ProtocolNotificationType<CompletionReady, void>(
  "wayfare/completionReady",
);

// state ----------------------------------------------------------------------------------------------------------------
export const serverStateSchema = z.object({
  /** Requests under way. */
  working: z.number(),
  /** Why nothing can be asked now, or null: shown in the status bar and the chat. */
  silent: failureSchema.nullable(),
  completions: z.object({
    /** Completions for which a request is under way. */
    working: z.number(),
    /** Why the last one that was wanted did not come, in a few words ("budget reached", "key refused"); null when it did. */
    silent: z.string().nullable(),
    /** The document that `silent` is said of: it is no news in another one. null without `silent`. */
    uri: z.string().nullable(),
    /** What went wrong in full, and whose model it was ("" nobody's); absent where nothing did. */
    trouble: z.object({ failure: failureSchema, providerId: z.string() }).optional(),
  }),
});
export type ServerState = z.infer<typeof serverStateSchema>;
/** server → client: on every change. */
export const StateNotification = new ProtocolNotificationType<ServerState, void>("wayfare/stateChanged");

// setting up -----------------------------------------------------------------------------------------------------------
export const testConnectionParamsSchema = z.strictObject({
  preset: presetIdSchema,
  baseUrl: z.string().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  key: z.string().nullable(),
  /** Saved as the provider's list of models when the test passes. */
  providerId: z.string(),
});
export type TestConnectionParams = z.input<typeof testConnectionParamsSchema>;
export type TestConnectionResult =
  | {
      ok: true;
      /** as used, normalised: no trailing slash */
      baseUrl: string;
      /** What answers there, where it is known and was entered as any address. */
      preset?: z.infer<typeof presetIdSchema>;
      models: z.infer<typeof modelSummarySchema>[];
      /** proposed by price and known strength, `provider/model`, best first */
      tiers: { cheap: string[]; frontier: string[] };
      elapsedMs: number;
    }
  | { ok: false; failure: z.infer<typeof failureSchema> };
/** client → server: lists the provider's models with this key; tells apart every way that can fail. */
export const TestConnectionRequest = new ProtocolRequestType<
  TestConnectionParams,
  TestConnectionResult,
  never,
  void,
  void
>("wayfare/testConnection");

export const startLoginParamsSchema = z.strictObject({ preset: presetIdSchema, baseUrl: z.string().optional() });
export type StartLoginParams = z.input<typeof startLoginParamsSchema>;
export type StartLoginResult =
  | {
      ok: true;
      loginId: string;
      /** What the person compares on the page. */
      userCode: string;
      page: string;
    }
  | { ok: false; failure: z.infer<typeof failureSchema> };
/** client → server: asks a vendor for a code to log in with, in the browser. */
export const StartLoginRequest = new ProtocolRequestType<StartLoginParams, StartLoginResult, never, void, void>(
  "wayfare/startLogin",
);
export const finishLoginParamsSchema = z.strictObject({ loginId: z.string().min(1) });
export type FinishLoginParams = z.input<typeof finishLoginParamsSchema>;
/** The key is kept by the client; it is nowhere else. */
export type FinishLoginResult = { ok: true; key: string } | { ok: false; failure: z.infer<typeof failureSchema> };
/** client → server: waits until the code is confirmed; cancelled, it is given up. */
export const FinishLoginRequest = new ProtocolRequestType<FinishLoginParams, FinishLoginResult, never, void, void>(
  "wayfare/finishLogin",
);

export type LocalServer = { preset: "ollama" | "lmstudio" | "llamacpp"; baseUrl: string; models: string[] };
/** client → server, only when the person opened setup: which local servers answer on their usual ports. */
export const FindLocalServersRequest = new ProtocolRequestType<Record<string, never>, LocalServer[], never, void, void>(
  "wayfare/findLocalServers",
);

// routes ---------------------------------------------------------------------------------------------------------------
/** client → server: every route that is set up, tier by tier in the order of the plan. */
export const RoutesRequest = new ProtocolRequestType<Record<string, never>, RouteTable, never, void, void>(
  "wayfare/routes",
);
/** client → server: leaves a route out of every plan, or takes it in again, in all windows of the host. */
export const PauseRouteRequest = new ProtocolRequestType<PauseRouteParams, RouteTable, never, void, void>(
  "wayfare/pauseRoute",
);
/** client → server: one tiny question to a route, through the ordinary books and caps. */
export const TestRouteRequest = new ProtocolRequestType<RouteParams, RouteTestResult, never, void, void>(
  "wayfare/testRoute",
);
/** client → server: every fault against a copy of the plan with simulated vendors. Nothing leaves the machine. */
export const DrillRequest = new ProtocolRequestType<Record<string, never>, DrillResult, never, void, void>(
  "wayfare/drill",
);

// doctor ---------------------------------------------------------------------------------------------------------------
export const doctorParamsSchema = z.strictObject({
  /** The id of the one row to check again; null: all of them. */
  only: z.string().nullable(),
  /** The person has allowed one request of at most so many nano-dollars; absent: nothing that costs is sent. */
  allowNano: z.number().int().nonnegative().optional(),
  /** Names the progress notifications of this request. */
  partialResultToken: z.union([z.string(), z.number()]),
});
export type DoctorParams = z.infer<typeof doctorParamsSchema>;
/** client → server: checks the providers and the server's surroundings. Streams rows as they begin and end. */
export const DoctorRequest = new ProtocolRequestType<DoctorParams, DoctorRow[], DoctorRow[], void, void>(
  "wayfare/doctor",
);

// prices ---------------------------------------------------------------------------------------------------------------
/** client → server: what each route costs now, by whose list, and what of the newest lists is not believed. */
export const PricesRequest = new ProtocolRequestType<Record<string, never>, PriceFacts, never, void, void>(
  "wayfare/prices",
);
/** client → server: reads every price list now, and answers with what changed. */
export const RefreshPricesRequest = new ProtocolRequestType<Record<string, never>, RefreshedPrices, never, void, void>(
  "wayfare/refreshPrices",
);
/** client → server: the person believes what was held back of a list. Answers with what changed by it. */
export const AcceptPricesRequest = new ProtocolRequestType<AcceptPricesParams, RefreshedPrices, never, void, void>(
  "wayfare/acceptPrices",
);
/** server → client: routes of the tiers, or the completions' model, cost something else now. Once for all windows of a host. */
export const PricesChangedNotification = new ProtocolNotificationType<PricesChanged, void>("wayfare/pricesChanged");

// looking inside -------------------------------------------------------------------------------------------------------
export type ServerFacts = {
  pid: number;
  node: string;
  sqlite: string | null;
  ledgerPath: string | null;
  /** Why the ledger is not open, or null. */
  ledgerProblem: string | null;
  rssBytes: number;
  startupMs: number;
  requests: number;
  recentFailures: { atMs: number; route: string; kind: string; message: string }[];
};
/** client → server: facts for "Copy diagnostics". No key, prompt or answer is among them. */
export const FactsRequest = new ProtocolRequestType<Record<string, never>, ServerFacts, never, void, void>(
  "wayfare/facts",
);

export type VendorLogRow = {
  atMs: number;
  wire: "openai-compatible" | "anthropic" | "llamacpp";
  /** Path behind the vendor's own address: `/chat/completions`, `/completions`, `/infill` … */
  path: string;
  model: string;
  status: number;
  /** Of the whole prompt, what the cache read or wrote included. */
  inputTokens: number;
  outputTokens: number;
  costNano: number;
  /** The text that was written to the socket. */
  text: string;
  /** finished: the end signal was written; closed: the caller left first; broken: the vendor broke off itself. */
  end: "finished" | "closed" | "broken";
};
/** client → server: what the playground's simulated vendors wrote down themselves. */
export const PlaygroundLogRequest = new ProtocolRequestType<Record<string, never>, VendorLogRow[], never, void, void>(
  "wayfare/playgroundLog",
);

export const faultKinds = ["none", "500", "429", "silence", "stall", "cut", "slow", "refused-key"] as const;
export const breakRouteParamsSchema = z.strictObject({
  modelId: z.string().min(1),
  fault: z.enum(faultKinds),
  /** For so many requests; absent: until it is mended. */
  times: z.number().int().positive().optional(),
});
export type BreakRouteParams = z.infer<typeof breakRouteParamsSchema>;
/** client → server: makes one of the playground's models fail, or mends it. Answers with every model and its fault. */
export const BreakRouteRequest = new ProtocolRequestType<
  BreakRouteParams,
  { modelId: string; fault: (typeof faultKinds)[number] }[],
  never,
  void,
  void
>("wayfare/breakRoute");

export const logSchema = z.object({ level: z.enum(["debug", "info", "warn", "error"]), message: z.string() });
export type LogLine = z.infer<typeof logSchema>;
/** server → client: one line for the log channel, already redacted. */
export const LogNotification = new ProtocolNotificationType<LogLine, void>("wayfare/log");
