import { expect, it } from "vitest";
import type { Settlement } from "../../../server/store/ledger.ts";
import { open, raw, reservation, settlement, wednesday } from "./books.ts";

type Fields = Parameters<typeof reservation>[0];

async function books() {
  const store = await open({ now: () => wednesday });
  let ids = 0;
  const attempt = async (
    counted: { input: number; output: number } | null,
    estimated: Settlement["estimated"] | null,
    extra: Fields & { costSource?: Settlement["costSource"] } = {},
  ): Promise<void> => {
    const { costSource = "computed", ...fields } = extra;
    ids += 1;
    await store.ledger.reserve(reservation({ attemptId: `a${ids}`, startedAtMs: wednesday + ids, ...fields }));
    const usage = counted === null ? null : { ...counted, cacheRead: 0, cacheWrite: 0, reasoning: 0 };
    await store.ledger.settle(
      `a${ids}`,
      settlement({ costSource, usage, ...(estimated === null ? {} : { estimated }) }),
    );
    await store.ledger.post();
  };
  return { ...store, attempt };
}

it("measures estimates against what vendors counted, model by model", async () => {
  const { attempt, estimateErrors } = await books();
  const summit = { providerId: "alps", modelId: "summit" };
  await attempt({ input: 1_000, output: 100 }, { inputTokens: 970, outputTokens: 110 }, summit);
  await attempt({ input: 1_000, output: 100 }, { inputTokens: 900, outputTokens: 120 }, summit);
  await attempt(
    { input: 200, output: 0 },
    { inputTokens: 210, outputTokens: 0 },
    { ...summit, costSource: "reported" },
  );
  await attempt(
    { input: 10, output: 10 },
    { inputTokens: 20, outputTokens: 5 },
    { providerId: "sea", modelId: "tide" },
  );
  // What was estimated itself, what nobody estimated, what never left, and simulated money tell nothing.
  await attempt(
    { input: 5_000, output: 1 },
    { inputTokens: 1, outputTokens: 1 },
    { ...summit, costSource: "estimated" },
  );
  await attempt({ input: 5_000, output: 1 }, null, summit);
  await attempt(null, { inputTokens: 1, outputTokens: 1 }, summit);
  await attempt({ input: 5_000, output: 1 }, { inputTokens: 1, outputTokens: 1 }, { ...summit, book: "simulated" });
  expect(estimateErrors(wednesday, wednesday + 100)).toEqual([
    {
      providerId: "alps",
      modelId: "summit",
      requests: 3,
      medianInputPercent: -3,
      p90InputPercent: 10,
      medianOutputPercent: 15,
      p90OutputPercent: 20,
    },
    {
      providerId: "sea",
      modelId: "tide",
      requests: 1,
      medianInputPercent: 100,
      p90InputPercent: 100,
      medianOutputPercent: -50,
      p90OutputPercent: 50,
    },
  ]);
});

it("takes the time that is asked for, its end not in it", async () => {
  const { attempt, estimateErrors } = await books();
  await attempt({ input: 100, output: 1 }, { inputTokens: 110, outputTokens: 1 });
  await attempt({ input: 100, output: 1 }, { inputTokens: 150, outputTokens: 1 });
  expect(estimateErrors(wednesday, wednesday + 2)).toMatchObject([{ requests: 1, medianInputPercent: 10 }]);
  expect(estimateErrors(wednesday + 2, wednesday + 3)).toMatchObject([{ requests: 1, medianInputPercent: 50 }]);
  expect(estimateErrors(wednesday + 3, wednesday + 9)).toEqual([]);
});

it("a bill that came late measures the estimate it replaced", async () => {
  const { attempt, estimateErrors, ledger } = await books();
  await attempt({ input: 150, output: 1 }, { inputTokens: 150, outputTokens: 1 }, { costSource: "estimated" });
  expect(estimateErrors(wednesday, wednesday + 9)).toEqual([]);
  const usage = { input: 100, cacheRead: 0, cacheWrite: 0, output: 2, reasoning: 0 };
  await ledger.reconcile("a1", { usage, costNano: 5 });
  expect(estimateErrors(wednesday, wednesday + 9)).toMatchObject([
    { requests: 1, medianInputPercent: 50, medianOutputPercent: -50 },
  ]);
});

it("reads the newest of a model from an index, and passes over what cannot be read", async () => {
  const { attempt, estimateErrors, path } = await books();
  await attempt({ input: 100, output: 1 }, { inputTokens: 110, outputTokens: 1 });
  await attempt({ input: 100, output: 1 }, { inputTokens: 150, outputTokens: 1 });
  const beside = raw(path);
  beside.exec("UPDATE attempts SET usage = 'torn' WHERE attempt_id = 'a2'");
  expect(estimateErrors(wednesday, wednesday + 9)).toMatchObject([{ requests: 1, medianInputPercent: 10 }]);
  const plan = beside
    .prepare(
      `EXPLAIN QUERY PLAN SELECT usage FROM attempts WHERE provider_id = 'p' AND model_id = 'm' AND started_at_ms >= 1
         AND started_at_ms < 9 AND estimated_input IS NOT NULL AND book = 'real'
         AND cost_source IN ('reported', 'computed') ORDER BY started_at_ms DESC LIMIT 300`,
    )
    .all();
  expect(plan.map(({ detail }) => detail)).toEqual([
    "SEARCH attempts USING INDEX attempts_estimated (provider_id=? AND model_id=? AND started_at_ms>? AND started_at_ms<?)",
  ]);
});
