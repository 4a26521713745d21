import type { Decision } from "../../../../shared/answer.ts";
import type { Failure } from "../../../../shared/failure.ts";
import { evidenceScenes, type Scene, state } from "./evidence-scenes.ts";
import { broken, longCode, race, renamed, unparsed } from "./sample-answers.ts";
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
  hundredsOfModels,
  models,
  overBudget,
  overCapEstimate,
  quiet,
  simulatedModels,
  turn,
  withCaps,
  withTurns,
} from "./samples.ts";

/** What the page is shown, state by state: the messages a host would send, for pictures and for tests. */

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

const stalled = attempt({
  id: "attempt-1",
  providerId: "openai",
  modelId: "gpt-5.4",
  outcome: "failed",
  failure: { kind: "stall", waitedMs: 8_000, message: "openai sent nothing for 8 s in the middle of its answer." },
  costNano: 3_100_000,
  costSource: "estimated",
});

const severalFailed = [
  {
    kind: "rate-limit",
    retryAfterMs: 40_000,
    message:
      'api.groq.com limits the rate of requests (429). "Rate limit reached for model `openai/gpt-oss-120b` in organization `org_1` on tokens per minute (TPM): Limit 8000, Used 7900, Requested 1000." Again in 40 s, or choose another model.',
  },
  {
    kind: "auth",
    status: 401,
    upstream: { name: "OpenAI", account: "kept" },
    message:
      'OpenAI behind api.portkey.ai refused the key (401). "openai error: Incorrect API key provided: sk-[redacted]." Mend the key of OpenAI that is kept at api.portkey.ai; your key for api.portkey.ai was accepted.',
  },
  {
    kind: "no-access",
    status: 404,
    model: "qwen/qwen3-coder",
    message:
      'openrouter.ai does not let this account use "qwen/qwen3-coder" (404). "No endpoints found matching your data policy (Paid model training). Configure: https://openrouter.ai/settings/privacy" Ask for access there, or choose another model in wayfare.tiers.',
  },
] as const satisfies Failure[];

function expectNoHole(): never {
  throw new Error("the sample has none");
}

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
  failures: {
    messages: [
      state(
        withTurns(
          [
            turn({
              state: "failed",
              decision: {
                ...frontierDecision,
                answeredBy: null,
                attempts: severalFailed.map((failure, at) => ({
                  ...(frontierDecision.attempts[0] ?? expectNoHole()),
                  id: `failed-${at}`,
                  providerId: ["groq", "portkey", "openrouter"][at] ?? "",
                  modelId: ["openai/gpt-oss-120b", "@openai-prod/gpt-5.4", "qwen/qwen3-coder"][at] ?? "",
                  outcome: "failed" as const,
                  failure,
                  costNano: 0,
                })),
                costNano: 0,
                costSource: "free",
              },
              failure: { ...severalFailed[1], message: `3 attempts failed. ${severalFailed[1].message}` },
            }),
          ],
          { vendors: { groq: "groq", portkey: "portkey", openrouter: "openrouter" } },
        ),
      ),
    ],
  },
  "no-other-tier": {
    messages: [
      state(
        withTurns([
          turn({
            answer: "Use a `Map`.",
            decision: {
              ...frontierDecision,
              why: "no cheap model is set up",
              classification: {
                ...(frontierDecision.classification ?? expectNoHole()),
                tier: "cheap",
                cheapRight: 0.93,
                reasons: [
                  { feature: "floor", words: "no cheap model is set up", weight: 0 },
                  { feature: "x", words: "a rename", weight: -1 },
                ],
              },
              attempts: frontierDecision.attempts.slice(-1),
            },
          }),
        ]),
      ),
    ],
    clicks: [".decision-line"],
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
  pickerOfMany: {
    messages: [state(withTurns([done], { models: [...models, ...hundredsOfModels] })), priced],
    clicks: [".picker-button"],
  },
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
  ...evidenceScenes,
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
