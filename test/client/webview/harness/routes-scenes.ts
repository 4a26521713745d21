import type { RoutesState, ToRoutes } from "../../../../client/webview/routes-messages.ts";
import type { DrillResult, RouteRow } from "../../../../shared/routes.ts";

/** What the page of routes is shown, state by state, for pictures and for tests. */

const nowMs = Date.UTC(2026, 10, 18, 12);

export function row(values: Partial<RouteRow> = {}): RouteRow {
  return {
    providerId: "openai",
    modelId: "gpt-5.4-mini",
    tier: "cheap",
    host: "api.openai.com",
    simulated: false,
    state: "ready",
    why: null,
    untilMs: null,
    firstTokenP50Ms: 420,
    firstTokenP95Ms: 1_150,
    tokensPerSecond: 96.4,
    requests: 31.4,
    failures: 1.9,
    price: { inputUsd: 0.25, outputUsd: 2 },
    lastUsedMs: nowMs - 40_000,
    timeouts: { headersMs: 6_000, firstContentMs: 8_000, gapMs: 5_000, learned: true },
    ...values,
  };
}

const unlearned = { headersMs: 10_000, firstContentMs: 20_000, gapMs: 10_000, learned: false };
const unused = {
  firstTokenP50Ms: null,
  firstTokenP95Ms: null,
  tokensPerSecond: null,
  requests: 0,
  failures: 0,
  lastUsedMs: null,
  timeouts: unlearned,
};

const known: NonNullable<RouteRow["facts"]> = {
  windowTokens: 131_072,
  assumedWindowTokens: 8_000,
  maxOutputTokens: 16_384,
  takesImages: true,
  takesTools: true,
  thinks: null,
  fillsHoles: false,
  sources: { windowTokens: "genai-prices", maxOutputTokens: "provider", takesImages: "family", takesTools: "override" },
};

export const rows: RouteRow[] = [
  row(),
  row({
    providerId: "openrouter",
    modelId: "qwen/qwen3-coder",
    host: "openrouter.ai",
    state: "resting",
    why: "no first token in 8 s",
    untilMs: nowMs + 12_000,
    firstTokenP50Ms: 780,
    firstTokenP95Ms: 7_900,
    tokensPerSecond: 61,
    requests: 12,
    failures: 3.2,
    price: { inputUsd: 0.22, outputUsd: 0.95 },
    lastUsedMs: nowMs - 3_000,
  }),
  row({
    providerId: "ollama",
    modelId: "llama3.2:3b",
    host: "localhost:11434",
    price: "free",
    ...unused,
  }),
  row({
    modelId: "gpt-5.4",
    tier: "frontier",
    state: "limited",
    why: "its key has no requests left",
    untilMs: nowMs + 47_000,
    firstTokenP50Ms: 900,
    firstTokenP95Ms: 2_400,
    tokensPerSecond: 71,
    requests: 8,
    failures: 0,
    price: { inputUsd: 2.5, outputUsd: 15 },
    lastUsedMs: nowMs - 12 * 60_000,
  }),
  row({
    providerId: "anthropic",
    modelId: "claude-opus-4.6",
    host: "api.anthropic.com",
    tier: "frontier",
    state: "probing",
    why: "2 of 3 probes have answered",
    untilMs: nowMs,
    firstTokenP50Ms: 1_400,
    firstTokenP95Ms: 3_100,
    tokensPerSecond: 58,
    requests: 20,
    failures: 0.1,
    price: { inputUsd: 5, outputUsd: 25 },
    lastUsedMs: nowMs - 3 * 3_600_000,
  }),
  row({
    providerId: "gateway",
    modelId: "a-lab-with-a-long-name/a-model-with-a-name-that-is-even-longer-preview-2026-11-01",
    host: "llm-gateway.internal.example.com:8443",
    tier: "frontier",
    state: "paused",
    why: "by you",
    price: null,
    ...unused,
  }),
];

export function routesState(values: Partial<RoutesState> = {}): RoutesState {
  return {
    setup: "ready",
    connection: "running",
    atMs: nowMs,
    rows,
    problem: null,
    tests: {},
    drill: { state: "none" },
    ...values,
  };
}

const mini = "openai/gpt-5.4-mini";
const coder = "openrouter/qwen/qwen3-coder";
export const drilled: DrillResult = {
  plan: [mini, coder, "openai/gpt-5.4"],
  timesFaster: 10,
  rows: [
    {
      fault: "Nothing",
      says: `The whole answer from ${mini}, after 0.5 s.`,
      answeredBy: mini,
      restarts: 0,
      waitedMs: 520,
      isWhole: true,
      costNano: 176_000,
      attempts: [{ name: mini, words: "answered, first token in 0.5 s" }],
    },
    {
      fault: "Refuses the key (401)",
      says: `Nothing was shown of ${mini}: key refused (401). After 0.6 s the whole answer from ${coder}.`,
      answeredBy: coder,
      restarts: 0,
      waitedMs: 610,
      isWhole: true,
      costNano: 178_000,
      attempts: [
        { name: mini, words: "key refused (401)" },
        { name: coder, words: "answered, first token in 0.5 s" },
      ],
    },
    {
      fault: "Stops in the middle",
      says: `92 characters of an answer, then a mark: “${mini}: stalled for 10 s”. The text began again after 11 s, and the whole answer came from ${coder}.`,
      answeredBy: coder,
      restarts: 1,
      waitedMs: 11_220,
      isWhole: true,
      costNano: 255_000,
      attempts: [
        { name: mini, words: "stalled for 10 s" },
        { name: coder, words: "answered, first token in 0.5 s" },
      ],
    },
    {
      fault: "Every route fails (500)",
      says: "No answer, and after 2.1 s an error: “6 attempts failed. api.openai.com failed (500).”",
      answeredBy: null,
      restarts: 0,
      waitedMs: 2_100,
      isWhole: false,
      costNano: 0,
      attempts: [
        { name: mini, words: "500 from the server" },
        { name: mini, words: "500 from the server" },
        { name: coder, words: "500 from the server" },
      ],
    },
  ],
};

export interface RoutesScene {
  messages: ToRoutes[];
  clicks?: string[];
}

const shown = (values: Partial<RoutesState> = {}): RoutesScene => ({
  messages: [{ type: "state", state: routesState(values) }],
});

export const routesScenes: Record<string, RoutesScene> = {
  routes: shown(),
  "routes-tested": shown({
    tests: {
      [mini]: {
        state: "ended",
        result: { ok: true, firstTokenMs: 830, costNano: 112_000, failure: null },
      },
      [coder]: {
        state: "ended",
        result: {
          ok: false,
          firstTokenMs: null,
          costNano: 0,
          failure: {
            kind: "auth",
            status: 401,
            message:
              'openrouter.ai refused the key of "openrouter" (401). Run "Wayfare: Change Key" and enter a valid one.',
          },
        },
      },
      "openai/gpt-5.4": { state: "running" },
    },
  }),
  "routes-facts": {
    ...shown({
      rows: [
        row({ facts: known }),
        row({
          providerId: "box",
          modelId: "qwen3-coder:30b",
          host: "127.0.0.1:8080",
          price: "free",
          facts: { ...known, windowTokens: null, sources: {} },
          ...unused,
        }),
        row({
          providerId: "groq",
          modelId: "llama-4",
          state: "keyless",
          why: 'run "Wayfare: Change Key"',
          ...unused,
        }),
        row({
          providerId: "ollama",
          modelId: "llava:latest",
          host: "localhost:11434",
          price: "free",
          isReserve: true,
          ...unused,
        }),
      ],
    }),
    clicks: [".facts summary"],
  },
  "routes-sorted": { ...shown(), clicks: ["th.firstToken button", "th.firstToken button"] },
  "routes-drilling": shown({ drill: { state: "running" } }),
  "routes-drilled": { ...shown({ drill: { state: "ended", result: drilled } }), clicks: ["details summary"] },
  "routes-drill-broken": shown({
    drill: {
      state: "broken",
      message: `Nothing can be asked: ${mini}, ${coder} are all paused by you. Resume one in "Wayfare: Routes".`,
    },
  }),
  "routes-stopped": shown({ connection: "stopped" }),
  "routes-away": shown({ connection: "stopped", rows: null }),
  "routes-restarting": shown({ connection: "restarting" }),
  "routes-problem": shown({ problem: "The ledger cannot be read: the disk is full." }),
  "routes-empty": shown({ setup: "nothing", rows: null, connection: "starting" }),
  "routes-no-tier": shown({ rows: [] }),
  "routes-waiting": shown({ rows: null, connection: "starting" }),
  "routes-playground": shown({
    setup: "playground",
    rows: [
      row({ providerId: "playground", modelId: "sim-small", host: "127.0.0.1:40123", simulated: true, ...unused }),
      row({
        providerId: "playground",
        modelId: "sim-large",
        host: "127.0.0.1:40123",
        tier: "frontier",
        simulated: true,
        price: { inputUsd: 3, outputUsd: 15 },
        ...unused,
      }),
    ],
  }),
};
