import type { ComposerChip, PageState } from "../../../../client/webview/messages.ts";
import type { Attempt, ContextChip, Decision, ModelSummary, Turn } from "../../../../shared/answer.ts";
import type { EstimateResult, RouteEstimate, Shortage } from "../../../../shared/estimate.ts";
import type { CapState } from "../../../../shared/protocol.ts";

/** Values of every kind the page shows, for tests and pictures. */

export const quiet = { working: 0, silent: null, completions: { working: 0, silent: null, uri: null } };
const emptyBook = { spentNano: 0, heldNano: 0, unknown: 0, rows: [] };

export const models: ModelSummary[] = [
  model("openai", "gpt-5.4-mini", "cheap", 0.25, 2),
  model("openrouter", "qwen/qwen3-coder", "cheap", 0.22, 0.95),
  model("openai", "gpt-5.4", "frontier", 2.5, 15),
  model("anthropic", "claude-opus-4.6", "frontier", 5, 25),
  { ...model("ollama", "llama3.2:3b", null, 0, 0), priceSource: "free" },
  {
    ...model("gateway", "some-model-without-a-price", null, 0, 0),
    inputPerMillionUsd: null,
    outputPerMillionUsd: null,
    priceSource: null,
  },
];

/** What a gateway lists beside the models in tiers. */
export const hundredsOfModels: ModelSummary[] = Array.from({ length: 400 }, (_, at) => ({
  ...model("gateway", `maker-${at < 300 ? 2 : 3}/model-${at}`, null, 0, 0),
  inputPerMillionUsd: null,
  outputPerMillionUsd: null,
  priceSource: null,
}));

function model(
  providerId: string,
  modelId: string,
  tier: "cheap" | "frontier" | null,
  input: number,
  output: number,
): ModelSummary {
  return {
    providerId,
    modelId,
    tier,
    windowTokens: 200_000,
    maxOutputTokens: 8_192,
    inputPerMillionUsd: input,
    outputPerMillionUsd: output,
    priceSource: "genai-prices",
    simulated: false,
  };
}

export const simulatedModels: ModelSummary[] = [
  { ...model("playground", "sim-small", "cheap", 0.1, 0.4), simulated: true },
  { ...model("playground", "sim-large", "frontier", 3, 15), simulated: true },
];

export function chip(path: string, lines: [number, number] | null = null, problems = 0): ContextChip {
  return {
    kind: lines === null ? "file" : "selection",
    path,
    languageId: "typescript",
    firstLine: lines?.[0] ?? 1,
    lastLine: lines?.[1] ?? 120,
    diagnostics: Array.from({ length: problems }, (_, at) => ({
      severity: "error" as const,
      line: at + 1,
      message: "is not assignable",
    })),
  };
}

export const composerChips: ComposerChip[] = [
  { id: "file", chip: chip("src/pool.ts"), refused: null },
  { id: "selection", chip: chip("src/pool.ts", [40, 52]), refused: null },
  { id: "secret", chip: chip(".env.local"), refused: "files that hold secrets are never sent" },
];

export function attempt(values: Partial<Attempt>): Attempt {
  return {
    id: "attempt-1",
    providerId: "anthropic",
    modelId: "claude-opus-4.6",
    tier: "frontier",
    outcome: "done",
    failure: null,
    startedAtMs: 1_000,
    firstTokenMs: 910,
    durationMs: 6_300,
    usage: { input: 2_900, cacheRead: 6_200, cacheWrite: 0, output: 840, reasoning: 0 },
    heldNano: 90_000_000,
    costNano: 12_500_000,
    costSource: "reported",
    ...values,
  };
}

export const frontierDecision: Decision = {
  mode: "auto",
  why: "several files",
  classification: {
    tier: "frontier",
    cheapRight: 0.41,
    frontierRight: 0.78,
    confidence: 0.52,
    reasons: [
      { feature: "files", words: "three files", weight: 0.92 },
      { feature: "problems", words: "two problems attached", weight: 0.61 },
      { feature: "vocabulary", words: "“race”", weight: 0.44 },
      { feature: "turn", words: "second turn", weight: -0.12 },
    ],
    features: { files: 3, problems: 2, questionCharacters: 104, selectionLines: 0, turn: 2, vocabularyHard: 0.413 },
  },
  plan: [
    {
      providerId: "openai",
      modelId: "gpt-5.4",
      tier: "frontier",
      reason: "frontier, healthy, lowest expected cost",
      expectedCostNano: 19_000_000,
    },
    {
      providerId: "anthropic",
      modelId: "claude-opus-4.6",
      tier: "frontier",
      reason: "frontier, next by cost",
      expectedCostNano: 31_000_000,
    },
    {
      providerId: "openrouter",
      modelId: "qwen/qwen3-coder",
      tier: "cheap",
      reason: "if no frontier model answers",
      expectedCostNano: 1_100_000,
    },
  ],
  leftOut: [
    {
      providerId: "ollama",
      modelId: "llama3.2:3b",
      tier: "cheap",
      reason: "its context window of 8,192 tokens is too small",
    },
  ],
  attempts: [
    attempt({
      id: "attempt-1",
      providerId: "openai",
      modelId: "gpt-5.4",
      outcome: "failed",
      failure: { kind: "silence", phase: "first-content", waitedMs: 4_100, message: "no first token in 4.1 s" },
      firstTokenMs: null,
      durationMs: 4_100,
      usage: null,
      costNano: 0,
      costSource: "free",
    }),
    attempt({ id: "attempt-2" }),
  ],
  answeredBy: { providerId: "anthropic", modelId: "claude-opus-4.6", tier: "frontier" },
  finishReason: "stop",
  costNano: 12_500_000,
  costSource: "reported",
  otherTier: { tier: "cheap", modelId: "qwen/qwen3-coder", costNano: 1_100_000 },
  simulated: false,
};

export const cheapDecision: Decision = {
  ...frontierDecision,
  why: "short edit, one file",
  classification: {
    tier: "cheap",
    cheapRight: 0.93,
    frontierRight: 0.97,
    confidence: 0.81,
    reasons: [
      { feature: "kind", words: "a rename", weight: -1.1 },
      { feature: "files", words: "one file", weight: -0.6 },
    ],
    features: { files: 1, questionCharacters: 62, turn: 1 },
  },
  attempts: [
    attempt({
      providerId: "openrouter",
      modelId: "qwen/qwen3-coder",
      tier: "cheap",
      firstTokenMs: 420,
      durationMs: 1_900,
      usage: { input: 812, cacheRead: 0, cacheWrite: 0, output: 96, reasoning: 0 },
      costNano: 269_840,
      costSource: "computed",
    }),
  ],
  answeredBy: { providerId: "openrouter", modelId: "qwen/qwen3-coder", tier: "cheap" },
  costNano: 269_840,
  costSource: "computed",
  otherTier: { tier: "frontier", modelId: "gpt-5.4", costNano: 3_500_000 },
};

/** The same answer, kept from when it was asked for. */
export const cachedDecision: Decision = {
  ...cheapDecision,
  attempts: [],
  costNano: 0,
  costSource: "free",
  otherTier: null,
  fromCache: { askedAtMs: Date.UTC(2026, 10, 18, 12), savedNano: 4_200_000 },
};

export function turn(values: Partial<Turn>): Turn {
  return {
    id: "turn-1",
    askedAtMs: 1_000,
    question: "Rename `parse` to `parseDuration` and add a doc comment.",
    context: [chip("src/duration.ts", [12, 31])],
    answer: "",
    state: "done",
    failure: null,
    decision: cheapDecision,
    ...values,
  };
}

export function capState(values: Partial<CapState>): CapState {
  return {
    id: "workspace.daily",
    scope: "workspace",
    period: "daily",
    limitNano: 1_000_000_000,
    raisedNano: 0,
    spentNano: 820_000_000,
    heldNano: 0,
    setting: "wayfare.budget.workspace.daily",
    ...values,
  };
}

export function withCaps(caps: CapState[]): Pick<PageState, "spend"> {
  return { spend: { ...base.spend, caps } };
}

export const base: PageState = {
  session: null,
  mode: "auto",
  always: null,
  usual: "auto",
  models,
  chips: composerChips.slice(0, 2),
  chipsRemoved: false,
  server: quiet,
  spend: { real: { ...emptyBook, spentNano: 42_100_000 }, simulated: emptyBook, caps: [] },
  setup: "ready",
  connection: "running",
  draft: "",
  evidence: null,
};

export function withTurns(turns: Turn[], values: Partial<PageState> = {}): PageState {
  return {
    ...base,
    session: {
      id: "session-1",
      title: "Parse durations",
      updatedAtMs: 1_000,
      costNano: 12_769_840,
      simulated: false,
      turns,
    },
    ...values,
  };
}

export function routeEstimate(values: Partial<RouteEstimate> = {}): RouteEstimate {
  return {
    providerId: "openai",
    modelId: "gpt-5.4-mini",
    tier: "cheap",
    simulated: false,
    inputTokens: 9_412,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    isCalibrated: true,
    answerTokens: 600,
    answerFrom: "usual",
    costNano: 1_120_000,
    heldNano: 12_000_000,
    lowered: null,
    shortage: null,
    ...values,
  };
}

export const estimate: EstimateResult = {
  cheap: routeEstimate(),
  frontier: routeEstimate({
    providerId: "anthropic",
    modelId: "claude-opus-4.6",
    tier: "frontier",
    inputTokens: 10_003,
    cacheReadTokens: 6_200,
    cacheWriteTokens: 900,
    answerTokens: 840,
    answerFrom: "conversation",
    costNano: 18_300_000,
    heldNano: 90_000_000,
  }),
  picked: null,
  local: null,
  tier: "cheap",
  isRefused: false,
  inTheWay: null,
  fromCache: false,
};

const shortOfFrontier: Shortage = {
  kind: "too-little",
  cap: "this workspace's $1.00 a day",
  neededNano: 21_030_000,
  leftNano: 10_080_000,
};

/** Frontier is chosen, and the cap leaves too little for it: cheap is asked. */
export const overCapEstimate: EstimateResult = {
  ...estimate,
  frontier: routeEstimate({ tier: "frontier", costNano: 18_300_000, shortage: shortOfFrontier }),
  tier: "cheap",
  inTheWay: { tier: "frontier", shortage: shortOfFrontier },
};

const broke = "the cheap answer's code did not parse (line 3)";
const cheapAttempt = attempt({ providerId: "openai", modelId: "gpt-5.4-mini", tier: "cheap", costNano: 900_000 });
const cheapRoute = { providerId: "openai", modelId: "gpt-5.4-mini", tier: "cheap" } as const;
/** A cheap answer with something visibly wrong, and the frontier's in its place. */
export const escalatedDecision: Decision = {
  ...frontierDecision,
  why: `escalated: ${broke}, $0.0123 more`,
  attempts: [cheapAttempt, attempt({ id: "attempt-2", costNano: 12_300_000 })],
  costNano: 13_200_000,
  escalated: { because: "unparsed", words: broke, from: cheapRoute, extraNano: 12_300_000 },
};
const capInWay = "anthropic/claude-opus does not fit under this workspace's $1.00 a day";
/** The same where money kept the frontier from being asked. */
export const unescalatedDecision: Decision = {
  ...cheapDecision,
  why: `${broke}; ${capInWay}`,
  escalated: { because: "unparsed", words: broke, from: cheapRoute, extraNano: 0, kept: capInWay },
};

/** A question that no cap has room for. */
export const overBudget = turn({
  id: "turn-2",
  answer: "",
  state: "failed",
  decision: {
    ...frontierDecision,
    answeredBy: null,
    attempts: [],
    costNano: 0,
    costSource: "free",
    finishReason: null,
  },
  failure: {
    kind: "budget",
    message:
      "This needs at least $0.0124, which does not fit under this workspace's $1.00 a day: $0.9912 is spent and $0.0020 held for other requests. Raise it for today, change wayfare.budget.workspace.daily, or use a model on this machine.",
    cap: {
      id: "workspace.daily",
      setting: "wayfare.budget.workspace.daily",
      limitNano: 1_000_000_000,
      spentNano: 991_200_000,
      heldNano: 2_000_000,
      neededNano: 12_400_000,
    },
  },
});
