import type { PageState, ToPage } from "../../../../client/webview/messages.ts";
import type { Decision } from "../../../../shared/answer.ts";
import {
  attempt,
  base,
  cachedDecision,
  capState,
  cheapDecision,
  chip,
  composerChips,
  estimate,
  frontierDecision,
  overCapEstimate,
  quiet,
  simulatedModels,
  turn,
  withCaps,
  withTurns,
} from "./samples.ts";

/** What the page is shown, state by state: the messages a host would send, for pictures and for tests. */

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

const priced = { type: "estimate", estimate, revision: 0 } as const;

const overBudget = turn({
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

const broken = `The second block is cut in the middle:

\`\`\`ts src/duration.ts
export const second = 1_000;
\`\`\`

\`\`\`ts src/a/very/deep/folder/of/this/workspace/duration-parser.ts
export function parseDuration(text: string): number {
  const parts = [...text.matchAll(/(\\d+)([hms])/g)];
  return parts.reduce((sum, [, count, unit]) =>
\`\`\`
`;
const unparsed = [{ block: 1, languageId: "typescript", line: 3 }];

const stalled = attempt({
  id: "attempt-1",
  providerId: "openai",
  modelId: "gpt-5.4",
  outcome: "failed",
  failure: { kind: "stall", waitedMs: 8_000, message: "openai sent nothing for 8 s in the middle of its answer." },
  costNano: 3_100_000,
  costSource: "estimated",
});

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
  /** The words under the box, and what they assume; before any scene that types, for that makes another draft. */
  priced: { messages: [state({ ...base, chips: composerChips }), priced], clicks: [".estimate"] },
  overCap: { messages: [state({ ...base, chips: composerChips }), { ...priced, estimate: overCapEstimate }] },
  ready: { messages: [state({ ...base, chips: composerChips, chipsRemoved: true }), priced], typed: "Find the race" },
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
  done: { messages: [state(withTurns([done, frontier])), priced], clicks: [".turn:last-child .decision-line"] },
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
  picker: { messages: [state(withTurns([done])), priced], clicks: [".picker-button"] },
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
            ...quiet,
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
  budget: { messages: [state(withTurns([done, overBudget], withCaps([capState({ spentNano: 991_200_000 })])))] },
  capReached: {
    messages: [
      state(withTurns([done], withCaps([capState({ spentNano: 1_003_000_000, scope: "global", period: "monthly" })]))),
      priced,
    ],
    typed: "Find the race",
  },
  restarted: {
    messages: [
      state(withTurns([done])),
      { type: "turnStarted", turn: turn({ id: "t", state: "answering", decision: null, question: "And in Go?" }) },
      {
        type: "parts",
        turnId: "t",
        parts: [
          { type: "attempt", providerId: "openai", modelId: "gpt-5.4", tier: "frontier", failedBefore: 0 },
          { type: "text", text: "Half of an answer that is void" },
          { type: "attempt", providerId: "anthropic", modelId: "claude-opus-4.6", tier: "frontier", failedBefore: 1 },
          { type: "restart", why: "openai/gpt-5.4: stalled for 8 s" },
          { type: "text", text: "In Go a `regexp.Regexp` keeps no position, so it can be shared." },
        ],
      },
    ],
  },
  rescued: {
    messages: [
      state(
        withTurns([
          turn({
            answer: race,
            decision: { ...frontierDecision, attempts: [stalled, attempt({ id: "attempt-2" })], costNano: 15_600_000 },
          }),
        ]),
      ),
    ],
    clicks: [".decision-line"],
  },
  unparsed: {
    messages: [
      state(
        withTurns([
          turn({ answer: broken, decision: { ...cheapDecision, unparsed } }),
          turn({
            id: "turn-2",
            answer: broken,
            decision: { ...frontierDecision, unparsed: [{ block: 0, languageId: "typescript", line: 1 }] },
          }),
        ]),
      ),
    ],
  },
  cut: {
    messages: [
      state(
        withTurns([
          turn({
            answer: race,
            decision: { ...frontierDecision, finishReason: "length", cutByCap: "this workspace's $1.00 a day" },
          }),
        ]),
      ),
    ],
    clicks: [".decision-line"],
  },
  cached: {
    messages: [state(withTurns([turn({ answer: renamed, decision: cachedDecision })]))],
    clicks: [".decision-line"],
  },
  always: {
    messages: [state(withTurns([frontier], { mode: "frontier", always: "frontier" })), priced],
    typed: "Find the race",
    clicks: [".decision-line", ".picker-button"],
  },
  alwaysPanel: {
    messages: [state(withTurns([frontier], { mode: "frontier", always: "frontier" }))],
    clicks: [".decision-line"],
  },
  leftOut: {
    messages: [
      state(
        withTurns([
          turn({
            answer: race,
            decision: {
              ...cheapDecision,
              why: "frontier does not fit under this workspace's $1.00 a day",
              leftOut: [
                {
                  providerId: "anthropic",
                  modelId: "claude-opus-4.6",
                  tier: "frontier",
                  reason:
                    "needs at least $0.0124, which does not fit under this workspace's $1.00 a day (wayfare.budget.workspace.daily): $0.9912 is spent and $0.0020 held",
                },
                {
                  providerId: "gateway",
                  modelId: "some-vendor/some-model-without-a-price-and-with-a-long-name",
                  tier: "cheap",
                  reason: "its price is not known, and under a cap nothing is sent to a model that could cost anything",
                },
              ],
            },
          }),
        ]),
      ),
    ],
    clicks: [".decision-line", ".decision-panel details:nth-of-type(2) summary"],
  },
};
