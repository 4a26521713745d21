import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Provider } from "../server/core/provider.ts";
import { type Clock, systemClock } from "../server/engine/clock.ts";
import { createComplete } from "../server/engine/complete.ts";
import { createWorld } from "../server/engine/configure.ts";
import { createHealth } from "../server/engine/health.ts";
import { createHttp } from "../server/providers/http.ts";
import { openStore } from "../server/store/open-store.ts";
import { createSyntax } from "../server/syntax/create-syntax.ts";
import { quantile } from "./server-client.ts";

/**
 * Server time of ghost text in a file of 10,000 lines: with a model in this process that answers at once (place in the
 * syntax, plan, prompt, money held in a real ledger, stream, polish, verify), from what was offered before, and while it
 * is typed along. The pause for the next letter is not in it, for each request is made as if by hand.
 */
const rounds = 500;
const warmUp = 100;
const answer = "values.reduce((sum, value) => sum + value, 0);";

const provider: Provider = {
  id: "bench",
  wire: "openai-compatible",
  origin: "http://127.0.0.1:1",
  async *fill() {
    yield { type: "text-delta", text: answer };
    yield {
      type: "usage",
      usage: { input: 2_000, cacheRead: 0, cacheWrite: 0, output: 12, reasoning: 0 },
      reportedCostUsd: null,
    };
    yield { type: "finish", reason: "stop" };
  },
  async *stream() {
    yield { type: "finish", reason: "stop" };
  },
  listModels: async () => [],
};

const directory = mkdtempSync(join(tmpdir(), "wayfare-bench-"));
const now = Date.now;
const store = await openStore({ directory, now, timeZone: "UTC", instanceId: "bench", pid: process.pid });
const world = createWorld({
  now,
  createHttp,
  createProvider: () => provider,
  findKnownPrice: async () => null,
  modelLists: store.modelLists,
  ledgerFailure: () => null,
  startPlayground: () => Promise.reject(new Error("not used")),
});
await world.apply({
  configuration: {
    providers: [
      {
        id: "bench",
        preset: "ollama",
        models: [{ id: "starcoder2:3b", windowTokens: 16_000, price: { input: 0.1, output: 0.2 } }],
      },
    ],
    tiers: { cheap: ["bench/starcoder2:3b"], frontier: [] },
    mode: "auto",
    quality: 50,
    playground: false,
    network: {},
    budget: { daily: 1_000 },
    completions: { enabled: true },
  },
  keys: [],
  trusted: true,
});
const syntax = createSyntax({
  directory: pathToFileURL("node_modules/@vscode/tree-sitter-wasm/wasm/"),
  engine: pathToFileURL("node_modules/web-tree-sitter/web-tree-sitter.wasm"),
});
if ((await syntax.load("typescript")) === null) throw new Error("the grammar of TypeScript could not be loaded");

let pauseOverAt = Number.NaN;
/** A pause is shorter than every other thing that is waited for. */
const MOST_PAUSE_MS = 250;
const clock: Clock = {
  ...systemClock,
  after: (delayMs, run) =>
    systemClock.after(delayMs, () => {
      if (delayMs <= MOST_PAUSE_MS) pauseOverAt = performance.now();
      run();
    }),
};
let heldMs = 0;
const { ledger } = store;
const measured: typeof store = {
  ...store,
  ledger: {
    ...ledger,
    async reserve(reservation) {
      const startedAt = performance.now();
      const held = await ledger.reserve(reservation);
      heldMs = performance.now() - startedAt;
      return held;
    },
  },
};
let ids = 0;
const ghost = createComplete({
  world,
  store: measured,
  clock,
  health: createHealth({ store: () => null, now: Date.now, onFault: () => undefined }),
  random: Math.random,
  createId: () => `id-${ids++}`,
  workspace: "bench",
  syntax,
  onReady: () => undefined,
  onState: () => undefined,
  onFault: (failure) => console.error(failure.message),
});

const line = (index: number) => [
  `export function total${index}(values: readonly number[]): number {`,
  `  const checked = values.filter((value) => value > ${index});`,
  "  return checked.length;",
  "}",
];
const lines = Array.from({ length: 2_500 }, (_, index) => line(index)).flat();
const file = lines.join("\n");
const middle = lines.slice(0, 4_802).join("\n");
const behind = file.slice(middle.length);
/** The document with a line begun in a function in its middle, below those that were completed before. */
function begun(round: number): { text: string; offset: number } {
  const done = Array.from({ length: round % 20 }, (_, index) => `\n  const sum${index} = ${answer}`).join("");
  const before = `${middle}${done}\n  const sum${round} = `;
  return { text: before + behind, offset: before.length };
}

let version = 0;
interface Answered {
  text: string | null;
  letterMs: number;
  /** After the pause, and of it until the money was held. */
  restMs: number;
  heldMs: number;
}

async function ask(text: string, offset: number): Promise<Answered> {
  version += 1;
  const document = { uri: "file:///bench/totals.ts", path: "/bench/totals.ts", languageId: "typescript" };
  const startedAt = performance.now();
  const answering = ghost.complete(
    { ...document, version, text, offset, isInvoked: false, selected: null },
    new AbortController().signal,
  );
  const letterMs = performance.now() - startedAt;
  const item = await answering;
  return { text: item?.text ?? null, letterMs, restMs: performance.now() - Math.max(pauseOverAt, startedAt), heldMs };
}

/** As between two letters: what is left of the request before, its settlement for one, is over. */
const rest = () => new Promise((resolve) => setTimeout(resolve, 20));
const letter: number[] = [];
const fresh: number[] = [];
const unheld: number[] = [];
const cached: number[] = [];
const typing: number[] = [];
for (let round = 0; round < rounds; round += 1) {
  const { text, offset } = begun(round);
  const first = await ask(text, offset);
  await rest();
  const again = await ask(text, offset);
  const typed = `${text.slice(0, offset)}values.r${text.slice(offset)}`;
  const along = await ask(typed, offset + 8);
  await rest();
  if (first.text !== answer || again.text !== answer || along.text !== answer.slice(8)) {
    throw new Error(`wrong ghost text: ${JSON.stringify([first.text, again.text, along.text])}`);
  }
  if (round < warmUp) continue;
  letter.push(first.letterMs);
  fresh.push(first.restMs);
  unheld.push(first.restMs - first.heldMs);
  cached.push(again.restMs);
  typing.push(along.restMs);
}
const figure = (samples: number[]) =>
  `p50 ${quantile(samples, 0.5).toFixed(2)} ms, p99 ${quantile(samples, 0.99).toFixed(2)} ms`;
console.log(`ghost text in 10,000 lines, after the pause, without the model: ${figure(fresh)}  (bar p99 2)`);
console.log(`ghost text in 10,000 lines, the same but for the ledger's write: ${figure(unheld)}`);
console.log(`ghost text in 10,000 lines, with the letter, within the pause: ${figure(letter)}`);
console.log(`ghost text from cache: ${figure(cached)}  (bar 1)`);
console.log(`ghost text while it is typed along: ${figure(typing)}  (bar 1)`);

await ghost.close();
await world.close();
store.close();
rmSync(directory, { recursive: true, force: true });
