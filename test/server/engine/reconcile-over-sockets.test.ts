import { afterEach, describe, expect, it } from "vitest";
import { createAsk } from "../../../server/engine/ask.ts";
import { createWorld } from "../../../server/engine/configure.ts";
import { createHealth } from "../../../server/engine/health.ts";
import {
  ASK_AFTER_MS,
  ASK_TIMEOUT_MS,
  createReconciler,
  type ReconcileDeps,
} from "../../../server/engine/reconcile.ts";
import type { Playground } from "../../../server/playground/start-playground.ts";
import { createProvider } from "../../../server/providers/create-provider.ts";
import { createHttp } from "../../../server/providers/http.ts";
import type { Store } from "../../../server/store/open-store.ts";
import type { Turn } from "../../../shared/answer.ts";
import type { ProviderSetting } from "../../../shared/settings.ts";
import { apiKey, scripted, start as startVendor } from "../playground/vendor-client.ts";
import { startRawServer } from "../providers/raw-server.ts";
import { open, tempDirectory, until, written } from "../store/books.ts";
import { createFakeClock } from "./fake-clock.ts";

/** Cut answers and their bills over real sockets, with real books; only the pauses between two questions are jumped over. */

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const words = "The retry waits twice as long each time and then gives up. ".repeat(20);
const listed = {
  id: "talker",
  windowTokens: 10_000,
  maxOutputTokens: 4_000,
  price: scripted("talker", "").price,
};

interface Stage {
  baseUrl: string;
  key?: string;
  directory?: string;
  instanceId?: string;
  preset?: ProviderSetting["preset"];
  prices?: ProviderSetting["models"];
  models?: readonly string[];
}

/** One run of the server: its books, its settings, its questions and its reconciler. */
async function run({
  baseUrl,
  key = apiKey,
  directory,
  instanceId = "one",
  preset = "openrouter",
  prices,
  models = ["talker"],
}: Stage) {
  const store = await open({ instanceId, ...(directory === undefined ? {} : { directory }) });
  await store.modelLists.save(
    "gateway",
    new URL(baseUrl).origin,
    models.map((id) => ({ ...listed, id })),
    Date.now(),
  );
  const fake = createFakeClock(Date.now());
  let asking = 0;
  /** Tells a question that is under way, whose time runs out, from the pauses between two. */
  const clock = {
    ...fake,
    after(delayMs: number, again: () => void) {
      const callOff = fake.after(delayMs, again);
      if (delayMs !== ASK_TIMEOUT_MS) return callOff;
      asking += 1;
      return () => {
        asking -= 1;
        callOff();
      };
    },
  };
  const world = createWorld({
    now: Date.now,
    createHttp,
    createProvider,
    findKnownPrice: async () => null,
    modelLists: store.modelLists,
    ledgerFailure: () => null,
    startPlayground: () => Promise.reject(new Error("not here")),
  });
  closers.push(() => world.close());
  const { problems } = await world.apply({
    configuration: {
      providers: [{ id: "gateway", preset, baseUrl, ...(prices === undefined ? {} : { models: prices }) }],
      tiers: { cheap: models.map((id) => `gateway/${id}`) },
      mode: undefined,
      quality: undefined,
      playground: undefined,
      network: { proxySupport: "off" },
    },
    keys: [{ providerId: "gateway", origin: new URL(baseUrl).origin, key }],
    trusted: true,
  });
  expect(problems).toEqual([]);
  const amended: Turn[] = [];
  const reconciled: string[] = [];
  const deps: ReconcileDeps = {
    world,
    store: () => store,
    clock,
    onReconciled: ({ attemptId }) => reconciled.push(attemptId),
    onAmended: (_sessionId, turn) => amended.push(turn),
  };
  const reconciler = createReconciler(deps);
  closers.push(() => reconciler.close());
  let ids = 0;
  const ask = createAsk({
    world,
    store,
    clock: { ...clock, after: (delayMs, again) => realTimer(delayMs, again) },
    health: createHealth({ store: () => null, now: Date.now, onFault: () => undefined }),
    random: () => 0,
    createId: () => `${instanceId} ${++ids}`,
    workspace: "here",
    onAttempt: () => reconciler.look(),
  });
  const put = (turnId: string, onPart?: () => void, signal = new AbortController().signal): Promise<Turn> =>
    ask(
      { sessionId: "s", turnId, question: "how does it retry?", context: [], mode: "cheap" },
      (part) => part.type === "text" && onPart?.(),
      signal,
    );
  /** Lets so many of the pauses pass that a bill is waited for, each followed by as much real time as the vendor needs. */
  const waitFor = async (pauses: number, isSo: () => boolean = () => true): Promise<void> => {
    for (const pauseMs of ASK_AFTER_MS.slice(0, pauses)) {
      await clock.advance(pauseMs);
      await until(() => asking === 0);
      await written();
    }
    await until(isSo);
  };
  return { store, put, amended, reconciled, reconciler, waitFor, clock };
}

function realTimer(delayMs: number, again: () => void): () => void {
  const timer = setTimeout(again, delayMs);
  return () => clearTimeout(timer);
}

const cutting = async (options: Parameters<typeof startVendor>[0] = {}): Promise<Playground> => {
  const vendor = await startVendor({ models: [scripted("talker", words)], ...options });
  vendor.setFault("talker", { kind: "cut", afterCharacters: 400 });
  return vendor;
};
const spentNano = (store: Store) => store.ledger.spend().real.spentNano;
const billed = (vendor: Playground) => vendor.log().reduce((sum, { costNano }) => sum + costNano, 0);
const inputTokens = (usage: Turn["decision"]) => {
  const counted = usage?.attempts[0]?.usage;
  return counted == null ? null : counted.input + counted.cacheRead + counted.cacheWrite;
};

describe("an answer that was cut", () => {
  it("costs what the gateway's own books say, once it is asked", async () => {
    const vendor = await cutting();
    const { store, put, amended, reconciled, waitFor } = await run({ baseUrl: vendor.openAiBaseUrl });
    const turn = await put("t1");
    expect(turn).toMatchObject({ state: "failed", decision: { costSource: "estimated" } });
    await until(() => vendor.log().length > 0);
    expect(spentNano(store)).not.toBe(billed(vendor));
    await waitFor(1, () => amended.length === 1);

    const [row] = vendor.log();
    expect(spentNano(store)).toBe(row?.costNano);
    const [attempt] = store.ledger.attemptsOfTurn("t1");
    expect(attempt).toMatchObject({ outcome: "failed", costSource: "reported", usage: { output: row?.outputTokens } });
    expect(reconciled).toEqual([attempt?.id]);
    expect(amended).toMatchObject([
      { id: "t1", state: "failed", answer: turn.answer, decision: { costSource: "reported", costNano: row?.costNano } },
    ]);
    expect(inputTokens(amended[0]?.decision ?? null)).toBe(row?.inputTokens);
    expect(store.sessions.read("s")?.turns).toEqual(amended);
  });

  it("is asked for again while the gateway does not know it, and once is enough", async () => {
    const vendor = await cutting({ billsUnknownAtFirst: 3 });
    const { store, put, amended, reconciler, waitFor, clock } = await run({ baseUrl: vendor.openAiBaseUrl });
    await put("t1");
    await until(() => vendor.log().length > 0);
    await waitFor(3);
    expect(amended).toEqual([]);
    expect(store.ledger.attemptsOfTurn("t1")[0]?.costSource).toBe("estimated");
    await clock.advance(ASK_AFTER_MS[3] ?? 0);
    await until(() => amended.length === 1);
    expect(spentNano(store)).toBe(billed(vendor));
    expect(store.ledger.toReconcile(0)).toEqual([]);
    reconciler.look();
    expect(clock.waiting()).toBe(0);
  });

  it("stays estimated where the gateway never knows it, and nobody asks for ever", async () => {
    const vendor = await cutting({ billsUnknownAtFirst: 1_000 });
    const { store, put, amended, reconciler, waitFor, clock } = await run({ baseUrl: vendor.openAiBaseUrl });
    const turn = await put("t1");
    await waitFor(4);
    reconciler.look();
    expect(clock.waiting()).toBe(0);
    expect(amended).toEqual([]);
    expect(store.ledger.attemptsOfTurn("t1")).toEqual(turn.decision?.attempts);
  });

  it("is asked for after a restart, too", async () => {
    const vendor = await cutting();
    const directory = tempDirectory();
    const before = await run({ baseUrl: vendor.openAiBaseUrl, directory });
    await before.put("t1");
    await until(() => vendor.log().length > 0);
    await before.reconciler.close();
    before.store.close();

    const after = await run({ baseUrl: vendor.openAiBaseUrl, directory, instanceId: "two" });
    after.reconciler.look();
    await after.waitFor(1, () => after.amended.length === 1);
    expect(spentNano(after.store)).toBe(billed(vendor));
    expect(after.amended).toMatchObject([{ id: "t1", decision: { costSource: "reported" } }]);
  });

  it("is not asked for where the provider stands at another address now", async () => {
    const [vendor, elsewhere] = [await cutting(), await cutting()];
    const directory = tempDirectory();
    const before = await run({ baseUrl: vendor.openAiBaseUrl, directory });
    await before.put("t1");
    await before.reconciler.close();
    before.store.close();
    const after = await run({ baseUrl: elsewhere.openAiBaseUrl, directory, instanceId: "two" });
    after.reconciler.look();
    await after.waitFor(4);
    expect(after.store.ledger.attemptsOfTurn("t1")[0]?.costSource).toBe("estimated");
    expect(after.store.ledger.toReconcile(0)).toHaveLength(1);
  });

  it("costs what the person's own price makes of it, and nobody is asked", async () => {
    const vendor = await cutting();
    const prices = [{ id: "talker", price: { input: 1, output: 2 } }];
    const { store, put, clock } = await run({ baseUrl: vendor.openAiBaseUrl, prices });
    await put("t1");
    expect(store.ledger.toReconcile(0)).toEqual([]);
    expect(clock.waiting()).toBe(0);
  });
});

it("a turn that is still being answered is amended once it has ended", async () => {
  let goOn = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const event = (data: object) => `data: ${JSON.stringify(data)}\n\n`;
  const said = (content: string, finish_reason: string | null) => [{ index: 0, delta: { content }, finish_reason }];
  let asked = 0;
  const server = await startRawServer(async (request, response) => {
    if (request.method === "GET") {
      response.end(JSON.stringify({ data: { id: "gen-1", total_cost: 0.02, native_tokens_prompt: 9 } }));
      return;
    }
    asked += 1;
    response.writeHead(200, { "content-type": "text/event-stream" });
    if (asked === 1) {
      response.end(event({ id: "gen-1", choices: said("Half an answer, and then the line is gone", null) }));
      return;
    }
    response.write(event({ id: "gen-2", choices: said("Whole.", null) }));
    await released;
    const usage = { prompt_tokens: 10, completion_tokens: 2, cost: 0.001 };
    response.end(`${event({ id: "gen-2", choices: said("", "stop"), usage })}data: [DONE]\n\n`);
  });
  closers.push(() => server.close());
  const { store, put, amended, reconciled, waitFor, clock } = await run({
    baseUrl: `${server.origin}/v1`,
    models: ["talker", "second"],
  });
  const coming = put("t1");
  await until(() => asked === 2);
  await waitFor(1, () => reconciled.length === 1);
  expect(amended).toEqual([]);
  goOn();
  const turn = await coming;
  expect(turn).toMatchObject({ state: "done", decision: { costSource: "estimated" } });
  await clock.advance(10_000);
  await until(() => amended.length === 1);
  expect(amended).toMatchObject([
    { id: "t1", state: "done", answer: "Whole.", decision: { costNano: 21_000_000, costSource: "reported" } },
  ]);
  expect(spentNano(store)).toBe(21_000_000);
  expect(store.sessions.read("s")?.turns).toEqual(amended);
});

it("an answer that the person stopped costs what had been written, by the gateway's own books", async () => {
  const vendor = await startVendor({ models: [scripted("talker", words)] });
  vendor.setFault("talker", { kind: "stall", afterCharacters: 400 });
  const { store, put, amended, waitFor } = await run({ baseUrl: vendor.openAiBaseUrl });
  const stopping = new AbortController();
  const turn = await put("t1", () => stopping.abort(), stopping.signal);
  expect(turn).toMatchObject({ state: "cancelled", decision: { costSource: "estimated" } });
  await until(() => vendor.log().length > 0);
  await waitFor(2, () => amended.length === 1);
  expect(spentNano(store)).toBe(billed(vendor));
});

describe("a gateway whose bill is none", () => {
  const nonsense: readonly [name: string, status: number, body: string][] = [
    ["a page", 200, "<html>Sign in</html>"],
    ["no sum", 200, '{"data":{"id":"gen-1","total_cost":null,"native_tokens_prompt":5}}'],
    ["less than nothing", 200, '{"data":{"id":"gen-1","total_cost":-4}}'],
    ["words", 200, '{"data":{"id":"gen-1","total_cost":"a lot"}}'],
    ["the bill of another answer", 200, '{"data":{"id":"gen-2","total_cost":4}}'],
    ["own key upstream without its price", 200, '{"data":{"id":"gen-1","total_cost":0.1,"is_byok":true}}'],
    ["nothing", 200, ""],
    ["an error", 500, '{"data":{"id":"gen-1","total_cost":4}}'],
    ["a refusal", 401, "{}"],
  ];
  const cutAnswer = `data: ${JSON.stringify({ id: "gen-1", choices: [{ index: 0, delta: { content: "Half an" } }] })}\n\n`;

  async function vendorThatSays(status: number, body: string) {
    const server = await startRawServer((request, response) => {
      if (request.method === "GET") response.writeHead(status, { "content-type": "application/json" }).end(body);
      else {
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.end(cutAnswer);
      }
    });
    closers.push(() => server.close());
    return server;
  }

  it.each(nonsense)("leaves the books as they were: %s", async (_name, status, body) => {
    const server = await vendorThatSays(status, body);
    const { store, put, amended, waitFor } = await run({ baseUrl: `${server.origin}/v1`, key: "sk-or-v1-key" });
    const turn = await put("t1");
    await waitFor(4);
    const asked = server.requests.filter(({ method }) => method === "GET");
    expect(asked.map(({ url }) => url)).toEqual(Array(4).fill("/v1/generation?id=gen-1"));
    expect(asked.every(({ headers }) => headers.authorization === "Bearer sk-or-v1-key")).toBe(true);
    expect(amended).toEqual([]);
    expect(store.ledger.attemptsOfTurn("t1")).toEqual(turn.decision?.attempts);
  });

  it("with the person's own key upstream both sums are one", async () => {
    const data = {
      id: "gen-1",
      total_cost: 0.001,
      is_byok: true,
      upstream_inference_cost: 0.02,
      native_tokens_prompt: 9,
    };
    const server = await vendorThatSays(200, JSON.stringify({ data }));
    const { store, put, amended, waitFor } = await run({ baseUrl: `${server.origin}/v1` });
    await put("t1");
    await waitFor(1, () => amended.length === 1);
    expect(spentNano(store)).toBe(21_000_000);
  });
});
