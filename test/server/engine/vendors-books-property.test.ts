import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Price, Provider, Route } from "../../../server/core/provider.ts";
import { systemClock } from "../../../server/engine/clock.ts";
import { failover } from "../../../server/engine/failover.ts";
import { createHealth } from "../../../server/engine/health.ts";
import { type Playground, startPlayground, type VendorFault } from "../../../server/playground/start-playground.ts";
import { createProvider } from "../../../server/providers/create-provider.ts";
import { createHttp, type Http } from "../../../server/providers/http.ts";
import { openStore, type Store } from "../../../server/store/open-store.ts";
import { networkSettingSchema } from "../../../shared/settings.ts";

/** Three vendors over real sockets, two wires, each broken at random: what comes of it, and who has what in the books. */

const words = "The first route that answers well is the one whose words a person sees, whole and once.";
const price: Price = {
  source: "provider",
  tiers: [{ fromInputTokens: 0, inputUsd: 1, outputUsd: 4, cacheReadUsd: 0.1, cacheWriteUsd: 1.25 }],
};
const shared = { windowTokens: 100_000, maxOutputTokens: 8_192, price, answer: () => words, tier: "cheap" } as const;
/** Two at the OpenAI-compatible vendor, one at Anthropic's. */
const ids = ["one", "two", "three"] as const;
const wireOf = (id: (typeof ids)[number]) => (id === "three" ? "anthropic" : "openai-compatible");

const at = fc.oneof(fc.constant("half" as const), fc.integer({ min: 0, max: 60 }));
const fault: fc.Arbitrary<VendorFault | null> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(null) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(500, 503, 529, 429, 401, 402, 404)
      .map((status) => ({ kind: "status" as const, status })),
  },
  { weight: 1, arbitrary: at.map((afterCharacters) => ({ kind: "stall" as const, afterCharacters })) },
  { weight: 2, arbitrary: at.map((afterCharacters) => ({ kind: "cut" as const, afterCharacters })) },
  { weight: 1, arbitrary: at.map((afterCharacters) => ({ kind: "in-band-error" as const, afterCharacters })) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<VendorFault>(
      { kind: "html" },
      { kind: "json-error-200" },
      { kind: "empty" },
      { kind: "no-usage" },
      { kind: "byte-by-byte" },
      { kind: "no-end-signal" },
      { kind: "silence", phase: "headers" },
      { kind: "silence", phase: "content", keepAlives: true },
    ),
  },
);

let playground: Playground;
let http: Http;
let store: Store;
let directory: string;
const providers = new Map<string, Provider>();

beforeAll(async () => {
  playground = await startPlayground({
    apiKey: "key",
    pace: "instant",
    models: ids.map((id) => ({ id, wire: wireOf(id), ...shared })),
  });
  http = createHttp(networkSettingSchema.parse({ systemCertificates: false }));
  for (const id of ids) {
    const setting =
      wireOf(id) === "anthropic"
        ? { id, preset: "anthropic" as const, baseUrl: playground.anthropicBaseUrl }
        : { id, preset: "openai-compatible" as const, baseUrl: playground.openAiBaseUrl };
    providers.set(id, createProvider({ setting, key: "key", http }));
  }
  directory = mkdtempSync(join(tmpdir(), "wayfare-vendors-"));
  store = await openStore({ directory, now: Date.now, timeZone: "UTC", instanceId: "one", pid: process.pid });
});
afterAll(async () => {
  store.close();
  await http.close();
  await playground.close();
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
});

// Long enough for a vendor on a busy machine to take a request and write it down.
const short = { headersMs: 400, firstContentMs: 400, gapMs: 400 };
const timeouts = { usual: short, patient: short, bounds: { least: short, most: short } };
let asked = 0;

async function ask() {
  const turnId = `t${++asked}`;
  let shown = "";
  let attempts = 0;
  const routes = ids.map(
    (id): Route => ({
      providerId: id,
      modelId: id,
      tier: "cheap",
      wire: wireOf(id),
      origin: playground.origin,
      price,
      windowTokens: shared.windowTokens,
      maxOutputTokens: shared.maxOutputTokens,
      simulated: false,
    }),
  );
  const result = await failover(
    {
      sessionId: "s",
      turnId,
      kind: "chat",
      workspace: "w",
      steps: routes.map((route) => ({ route, reason: "" })),
      messages: [{ role: "user", text: `Which route? ${asked}` }],
      inputTokens: 10,
      boundTokens: 40,
      maxOutputTokens: 1_024,
      leastOutputTokens: 1_024,
      caps: [],
      ladder: [],
      timeouts,
    },
    {
      ledger: store.ledger,
      clock: systemClock,
      random: () => 0,
      createId: () => `${turnId} ${++attempts}`,
      providerOf: (route) => providers.get(route.providerId) ?? null,
      health: createHealth({ store: () => null, now: Date.now, onFault: () => undefined }),
    },
    (part) => {
      if (part.type === "text") shown += part.text;
      if (part.type === "restart") shown = "";
    },
    new AbortController().signal,
  );
  return { result, shown, rows: store.ledger.attemptsOfTurn(turnId) };
}

describe("whatever the vendors do", () => {
  it("an answer is whole or an error is clear, and the ledger holds what the vendors billed", async () => {
    await fc.assert(
      fc.asyncProperty(fc.tuple(fault, fault, fault), async (faults) => {
        for (const [index, each] of faults.entries()) playground.setFault(ids[index] ?? "", each);
        const before = playground.log().length;
        const { result, shown, rows } = await ask();
        await vi.waitFor(() => expect(playground.openRequests()).toBe(0));
        const bills = playground.log().slice(before);

        if (result.state === "done") expect(shown).toBe(words);
        else expect([result.state, result.failure?.message]).toEqual(["failed", expect.stringMatching(/\S{3}.*[."]$/)]);
        // A vendor is asked once, or once more where its table says so.
        for (const id of ids) expect(rows.filter((row) => row.modelId === id).length).toBeLessThanOrEqual(2);
        expect(rows.every((row) => row.outcome === "done" || row.outcome === "failed")).toBe(true);
        expect(rows.map((row) => row.modelId)).toEqual(bills.map((bill) => bill.model));

        for (const [index, row] of rows.entries()) {
          const bill = bills[index];
          const hasUsage = row.usage !== null && row.costSource === "computed";
          if (hasUsage) expect([row.modelId, row.costNano]).toEqual([bill?.model, bill?.costNano]);
          // What was cut, or came without a count, is metered by what was seen, and says so.
          else if (row.firstTokenMs !== null)
            expect([row.costSource, (row.costNano ?? 0) > 0]).toEqual(["estimated", true]);
          else expect(row.costNano).toBe(0);
        }
      }),
      { numRuns: 60 },
    );
    for (const id of ids) playground.setFault(id, null);
    expect(store.ledger.held()).toEqual([]);
  }, 60_000);
});
