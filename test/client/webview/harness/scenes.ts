import type { ComposerChip, PageState, ToPage } from "../../../../client/webview/messages.ts";
import type { Attempt, ContextChip, Decision, ModelSummary, Turn } from "../../../../shared/answer.ts";

/** What the page is shown, state by state: the messages a host would send, for pictures and for tests. */

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

const renamed = `Renamed, with a doc comment that states the unit:

\`\`\`ts src/duration.ts
/** Milliseconds for text like "1h30m". */
export function parseDuration(text: string): number {
  const parts = [...text.matchAll(/(\\d+)([hms])/g)];
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * millisecondsOf[unit], 0);
}
\`\`\`
`;

const race = `Two callers share one \`RegExp\` with the \`g\` flag. Its \`lastIndex\` survives the \`await\` in \`pool.ts:44\`, so the second caller starts **in the middle** of its text.

1. Make the expression local to the call, or use \`matchAll\`, which copies it.
2. The other two callers need no change. See [the reference](https://developer.mozilla.org/lastIndex).
`;

const longCode = `Here is the whole file:

\`\`\`python services/reports/aggregate_everything_with_a_long_name.py
from dataclasses import dataclass, field


@dataclass
class Window:
    """A sliding window over the last \`limit\` values, with a running total kept beside it for speed."""

    limit: int
    values: list[float] = field(default_factory=list)

    def push(self, value: float) -> None:
        self.values.append(value)  # the newest is always last, and the oldest is dropped when the window is full
        if len(self.values) > self.limit:
            self.values.pop(0)

    def mean(self) -> float:
        return sum(self.values) / len(self.values) if self.values else 0.0
${Array.from({ length: 24 }, (_, at) => `\n    def quantile_${at}(self) -> float:\n        return sorted(self.values)[int(len(self.values) * ${at / 24})]`).join("\n")}
\`\`\`

| case | before | after |
|:--|--:|--:|
| empty window | error | 0.0 |
| one value | 1.5 µs | 0.3 µs |

> The list is popped from its front; a \`deque\` would be better for more than a few hundred values.
`;

export const base: PageState = {
  session: null,
  mode: "auto",
  models,
  chips: composerChips.slice(0, 2),
  chipsRemoved: false,
  server: { working: 0, silent: null },
  spend: { real: { ...emptyBook, spentNano: 42_100_000 }, simulated: emptyBook },
  setup: "ready",
  connection: "running",
  draft: "",
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

const done = turn({ answer: renamed });
const frontier = turn({
  id: "turn-2",
  question: 'Why does `parseDuration("1e3s")` hang under load? Find the race and fix it across the three callers.',
  context: [chip("src/duration.ts"), chip("src/pool.ts", null, 2)],
  answer: race,
  decision: frontierDecision,
});
const simulated: Decision = {
  ...cheapDecision,
  simulated: true,
  answeredBy: { providerId: "playground", modelId: "sim-small", tier: "cheap" },
};

const estimate: ToPage = {
  type: "estimate",
  estimate: { inputTokens: 9_412, cheapNano: 1_120_000, frontierNano: 18_300_000, tier: "cheap" },
};

export interface Scene {
  messages: ToPage[];
  /** Clicked in order once everything is shown. */
  clicks?: string[];
  typed?: string;
}

const state = (page: PageState): ToPage => ({ type: "state", state: page });

export const scenes: Record<string, Scene> = {
  empty: { messages: [state({ ...base, setup: "nothing", models: [], chips: [] })] },
  playground: {
    messages: [state({ ...base, setup: "playground", models: simulatedModels, chips: composerChips.slice(0, 1) })],
  },
  ready: { messages: [state({ ...base, chips: composerChips, chipsRemoved: true }), estimate], typed: "Find the race" },
  waiting: {
    messages: [
      state(withTurns([done])),
      { type: "turnStarted", turn: turn({ id: "t", state: "answering", decision: null, question: "And in Go?" }) },
      {
        type: "parts",
        turnId: "t",
        parts: [
          { type: "attempt", providerId: "openai", modelId: "gpt-5.4", tier: "frontier", failedBefore: 0 },
          { type: "attempt", providerId: "anthropic", modelId: "claude-opus-4.6", tier: "frontier", failedBefore: 1 },
        ],
      },
    ],
  },
  streaming: {
    messages: [
      state(withTurns([done])),
      {
        type: "turnStarted",
        turn: turn({ id: "t", state: "answering", decision: null, question: "Show the whole file" }),
      },
      { type: "parts", turnId: "t", parts: [{ type: "text", text: longCode.slice(0, 700) }] },
    ],
  },
  done: { messages: [state(withTurns([done, frontier])), estimate], clicks: [".turn:last-child .decision-line"] },
  details: {
    messages: [state(withTurns([frontier]))],
    clicks: [
      ".turn:last-child .decision-line",
      ".decision-panel details:nth-of-type(1) summary",
      ".decision-panel details:nth-of-type(2) summary",
      ".decision-panel details:nth-of-type(3) summary",
    ],
  },
  simulated: {
    messages: [
      state(
        withTurns([turn({ answer: renamed, decision: simulated })], { setup: "playground", models: simulatedModels }),
      ),
    ],
    clicks: [".decision-line"],
  },
  failure: {
    messages: [
      state(
        withTurns([
          turn({
            state: "failed",
            decision: {
              ...frontierDecision,
              answeredBy: null,
              attempts: frontierDecision.attempts.slice(0, 1),
              costNano: 0,
              costSource: "free",
            },
            failure: {
              kind: "auth",
              status: 401,
              message:
                "openai refused the key (401). Enter a new one with “Wayfare: Add provider”, or check that the key belongs to this account.",
            },
          }),
        ]),
      ),
    ],
  },
  cancelled: {
    messages: [
      state(
        withTurns([
          turn({
            answer: "Two callers share one `RegExp` with the",
            state: "cancelled",
            decision: { ...cheapDecision, costSource: "estimated" },
          }),
          turn({ id: "turn-2", answer: "", state: "interrupted", decision: null }),
          turn({ id: "turn-3", answer: renamed, decision: { ...cheapDecision, finishReason: "length" } }),
        ]),
      ),
    ],
  },
  long: { messages: [state(withTurns([turn({ question: "Show the whole file", answer: longCode })]))] },
  picker: { messages: [state(withTurns([done])), estimate], clicks: [".picker-button"] },
  sessions: {
    messages: [
      state(withTurns([done])),
      {
        type: "sessions",
        sessions: [
          {
            id: "session-1",
            title: "Parse durations",
            updatedAtMs: Date.now(),
            costNano: 12_769_840,
            simulated: false,
          },
          {
            id: "session-2",
            title: "Why does the pool leak a connection when the caller is cancelled half way",
            updatedAtMs: Date.now() - 3 * 3_600_000,
            costNano: 269_840,
            simulated: false,
          },
          {
            id: "session-3",
            title: "Explain this function",
            updatedAtMs: Date.now() - 50 * 3_600_000,
            costNano: 0,
            simulated: true,
          },
        ],
      },
    ],
    clicks: [".session-menu .icon-button"],
  },
  restarting: { messages: [state(withTurns([done], { connection: "restarting" }))] },
  stopped: { messages: [state(withTurns([done], { connection: "stopped" }))] },
  silent: {
    messages: [
      state(
        withTurns([done], {
          server: {
            working: 0,
            silent: {
              kind: "ledger",
              message:
                "The ledger cannot be written: the disk is full. Nothing that costs is sent until there is room.",
            },
          },
        }),
      ),
    ],
  },
};
