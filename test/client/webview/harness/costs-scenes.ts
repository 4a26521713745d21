import type { CostsState, ToCosts } from "../../../../client/webview/costs-messages.ts";
import type {
  DearRequest,
  Report,
  ReportGroup,
  ReportSums,
  RequestRecord,
  Savings,
} from "../../../../shared/report.ts";
import { manyPrices, playgroundPrices, priceRow, prices } from "./price-samples.ts";

/** What the page of costs is shown, state by state, for pictures and for tests. */

const nowMs = Date.UTC(2026, 10, 18, 12);
const usd = (amount: number) => Math.round(amount * 1e9);

export function sums(values: Partial<ReportSums> = {}): ReportSums {
  return {
    spentNano: usd(1.2),
    unknown: 0,
    requests: 34,
    answers: 21,
    attempts: 39,
    failedAttempts: 4,
    failedNano: usd(0.03),
    stoppedAttempts: 2,
    stoppedNano: usd(0.01),
    inputTokens: 410_000,
    cacheReadTokens: 1_250_000,
    cacheWriteTokens: 64_000,
    outputTokens: 58_400,
    acceptedLines: 240,
    acceptedCompletions: 61,
    ...values,
  };
}

export function group(key: string, spent: number, values: Partial<ReportGroup> = {}): ReportGroup {
  const share = spent / 1.2;
  const part = (count: number) => Math.round(count * share);
  const whole = sums();
  return {
    ...whole,
    key,
    label: "",
    spentNano: usd(spent),
    requests: part(whole.requests),
    answers: part(whole.answers),
    attempts: part(whole.attempts),
    failedAttempts: part(whole.failedAttempts),
    failedNano: part(whole.failedNano),
    stoppedAttempts: part(whole.stoppedAttempts),
    stoppedNano: part(whole.stoppedNano),
    inputTokens: part(whole.inputTokens),
    cacheReadTokens: part(whole.cacheReadTokens),
    cacheWriteTokens: part(whole.cacheWriteTokens),
    outputTokens: part(whole.outputTokens),
    acceptedLines: part(whole.acceptedLines),
    ...values,
  };
}

export const savings: Savings = {
  answers: 18,
  leftOut: 3,
  routed: { costNano: usd(0.9), expectedRight: 15.6 },
  frontier: { costNano: usd(1.65), expectedRight: 16.2 },
  cheap: { costNano: usd(0.22), expectedRight: 12.1 },
  wrongAnswerNano: usd(0.2),
  bestSingle: "cheap",
};

export function dear(at: number, values: Partial<DearRequest> = {}): DearRequest {
  return {
    requestId: `turn-${at}`,
    atMs: nowMs - at * 3_600_000,
    kind: "chat",
    workspace: "file:///home/ada/shop",
    sessionId: "s1",
    sessionTitle: "Move the cart to the new store",
    questionHead: "Which tests break when the cart moves?",
    language: "typescript",
    providerId: "anthropic",
    modelId: "claude-sonnet-5",
    tier: "frontier",
    attempts: 1,
    costNano: usd(0.31),
    why: "long change over four files",
    ...values,
  };
}

const days = ["2026-11-12", "2026-11-13", "2026-11-14", "2026-11-15", "2026-11-16", "2026-11-17", "2026-11-18"];
const frontierSpent = [0.12, 0.2, 0, 0.04, 0.21, 0.3, 0.05].map(usd);
const cheapSpent = [0.03, 0.02, 0, 0.01, 0.09, 0.08, 0.05].map(usd);

export function report(values: Partial<Report> = {}): Report {
  return {
    params: { range: { kind: "days", days: 7 }, book: "real", workspace: null, splitBy: "tier" },
    fromDay: "2026-11-12",
    toDay: "2026-11-18",
    today: "2026-11-18",
    hostLabel: "",
    total: sums(),
    workspaces: ["file:///home/ada/shop", "file:///home/ada/blog", "no workspace"],
    timeline: {
      unit: "day",
      buckets: days,
      series: [
        { key: "frontier", label: "", spentNano: frontierSpent },
        { key: "cheap", label: "", spentNano: cheapSpent },
      ],
    },
    groups: {
      tier: [group("frontier", 0.92), group("cheap", 0.28)],
      model: [
        group("anthropic/claude-sonnet-5", 0.71),
        group("openai/gpt-5.4-mini", 0.28, { unknown: 2 }),
        group("openai/gpt-5.4", 0.21),
        group("ollama/llama3.2:3b", 0, { spentNano: 0, acceptedLines: 12 }),
      ],
      workspace: [group("file:///home/ada/shop", 1.02), group("no workspace", 0.18)],
      language: [group("typescript", 0.8), group("python", 0.3), group("", 0.1)],
      kind: [group("chat", 1.02), group("completion", 0.16, { answers: 0 }), group("helper", 0.02, { answers: 0 })],
      session: [
        group("s1", 0.7, { label: "Move the cart to the new store" }),
        group("s2", 0.5, { label: "Why is it slow" }),
      ],
    },
    savings,
    cache: { promptSavedNano: usd(0.34), keptAnswers: 3, keptSavedNano: usd(0.05) },
    dearest: [
      dear(2),
      dear(20, {
        attempts: 3,
        costNano: usd(0.2),
        providerId: "openai",
        modelId: "gpt-5.4",
        why: "you chose frontier",
      }),
      dear(40, {
        kind: "completion",
        sessionTitle: "",
        questionHead: "",
        sessionId: "",
        tier: "cheap",
        costNano: usd(0.01),
        why: "fills holes",
      }),
    ],
    estimateErrors: [
      {
        providerId: "openai",
        modelId: "gpt-5.4-mini",
        requests: 120,
        medianInputPercent: 1.2,
        p90InputPercent: 6,
        medianOutputPercent: -12,
        p90OutputPercent: null,
      },
    ],
    raises: [
      {
        atMs: nowMs - 86_400_000,
        capId: "workspace.daily",
        workspace: "file:///home/ada/shop",
        addedNano: usd(1),
        limitBeforeNano: usd(2),
        limitAfterNano: usd(3),
      },
    ],
    ...values,
  };
}

export const record: RequestRecord = {
  ...dear(2),
  book: "real",
  state: "done",
  mode: "auto",
  classification: {
    tier: "frontier",
    cheapRight: 0.41,
    frontierRight: 0.88,
    confidence: 0.7,
    reasons: [
      { feature: "changeFiles", words: "four files to change", weight: 1.2 },
      { feature: "short", words: "a short question", weight: -0.2 },
    ],
    features: { changeFiles: 4, short: 1, codeLines: 0 },
  },
  plan: [
    {
      providerId: "anthropic",
      modelId: "claude-sonnet-5",
      tier: "frontier",
      reason: "about $0.30",
      expectedCostNano: usd(0.3),
    },
    { providerId: "openai", modelId: "gpt-5.4", tier: "frontier", reason: "next in its tier", expectedCostNano: null },
  ],
  leftOut: [{ providerId: "ollama", modelId: "llama3.2:3b", tier: "cheap", reason: "its window holds 8k tokens" }],
  attempts: 2,
  attemptRows: [
    {
      id: "a1",
      providerId: "anthropic",
      modelId: "claude-sonnet-5",
      tier: "frontier",
      outcome: "failed",
      failure: { kind: "stall", waitedMs: 10_000, message: "anthropic/claude-sonnet-5 stalled for 10 s." },
      startedAtMs: nowMs,
      firstTokenMs: 900,
      durationMs: 14_000,
      usage: null,
      heldNano: usd(0.4),
      costNano: usd(0.05),
      costSource: "estimated",
    },
    {
      id: "a2",
      providerId: "anthropic",
      modelId: "claude-sonnet-5",
      tier: "frontier",
      outcome: "done",
      failure: null,
      startedAtMs: nowMs,
      firstTokenMs: 1_200,
      durationMs: 31_000,
      usage: { input: 41_000, cacheRead: 20_000, cacheWrite: 0, output: 4_100, reasoning: 900 },
      heldNano: usd(0.4),
      costNano: usd(0.26),
      costSource: "computed",
    },
  ],
  savedNano: null,
  question: null,
};

export function costsState(values: Partial<CostsState> = {}): CostsState {
  const shown = values.report === undefined ? report() : values.report;
  return {
    setup: "ready",
    connection: "running",
    params: shown?.params ?? report().params,
    report: shown,
    isAsking: false,
    problem: null,
    explained: {},
    ...values,
  };
}

export interface CostsScene {
  messages: ToCosts[];
  clicks?: string[];
}

const shown = (values: Partial<CostsState> = {}): CostsScene => ({
  messages: [{ type: "state", state: costsState(values) }],
});

const longName = (at: number) =>
  `some-provider-${at}/organisation-with-a-long-name/a-model-whose-name-goes-on-and-on-instruct-${at}-2026-11-01`;
const models = Array.from({ length: 50 }, (_, at) => group(at === 49 ? "other" : longName(at), 90_000 / (at + 1)));
const months = Array.from(
  { length: 26 },
  (_, at) => `${2024 + Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, "0")}-01`,
);

export const huge: Report = report({
  params: { range: { kind: "all" }, book: "real", workspace: null, splitBy: "model" },
  fromDay: "2024-01-01",
  toDay: "2026-02-18",
  today: "2026-02-18",
  hostLabel: "WSL: Ubuntu",
  total: sums({
    spentNano: usd(404_914.2),
    unknown: 1_204,
    requests: 1_204_551,
    attempts: 1_300_000,
    failedAttempts: 61_201,
    failedNano: usd(8_812),
    stoppedAttempts: 12_000,
    stoppedNano: usd(811),
  }),
  groups: { ...report().groups, model: models },
  timeline: {
    unit: "month",
    buckets: months,
    series: [...models.slice(0, 7), group("other", 1)].map(({ key }, at) => ({
      key,
      label: "",
      spentNano: months.map((_, month) => usd((((month * 37 + at * 11) % 17) * 300) / (at + 1))),
    })),
  },
});

const nothing = report({
  total: sums({
    spentNano: 0,
    requests: 0,
    answers: 0,
    attempts: 0,
    failedAttempts: 0,
    failedNano: 0,
    stoppedAttempts: 0,
    stoppedNano: 0,
    acceptedLines: 0,
  }),
  groups: { tier: [], model: [], workspace: [], language: [], kind: [], session: [] },
  timeline: { unit: "day", buckets: days, series: [] },
  savings: null,
  cache: { promptSavedNano: 0, keptAnswers: 0, keptSavedNano: 0 },
  dearest: [],
  estimateErrors: [],
  raises: [],
});

export { nothing as nothingSpent };

export const costsScenes: Record<string, CostsScene> = {
  costs: shown({ prices: manyPrices }),
  "costs-how": { ...shown(), clicks: ["[data-figure=single] summary"] },
  "costs-explained": {
    ...shown({ explained: { "turn-2": { state: "known", record } } }),
    clicks: ["tr .acts button"],
  },
  "costs-dearer": shown({
    report: report({
      total: sums({ unknown: 3, acceptedLines: 0 }),
      savings: { ...savings, frontier: { costNano: usd(0.78), expectedRight: 15 }, bestSingle: "frontier" },
      cache: { promptSavedNano: usd(-0.02), keptAnswers: 1, keptSavedNano: 0 },
    }),
  }),
  "costs-huge": shown({
    report: huge,
    prices: prices([priceRow({ modelId: longName(1), heldBack: "input $0.25 → $25" }), priceRow({ price: null })]),
  }),
  "costs-between": shown({
    prices: playgroundPrices,
    report: report({
      params: {
        range: { kind: "between", fromDay: "2026-11-12", toDay: "2026-11-18" },
        book: "simulated",
        workspace: "no workspace",
        splitBy: "tier",
      },
    }),
  }),
  "costs-nothing": shown({ report: nothing }),
  "costs-problem": shown({ problem: "The ledger cannot be read: the disk is full." }),
  "costs-away": shown({ connection: "stopped", report: null }),
  "costs-waiting": shown({ connection: "starting", report: null, isAsking: true }),
  "costs-empty": shown({ setup: "nothing", connection: "starting", report: null }),
};
