import { expect, it } from "vitest";
import type { ListedModel } from "../../../server/core/provider.ts";
import { open, raw } from "./books.ts";

const tier = { fromInputTokens: 0, inputUsd: 0.25, outputUsd: 2, cacheReadUsd: 0.025, cacheWriteUsd: 0.25 };
const models: ListedModel[] = [
  {
    id: "qwen/qwen3-coder",
    windowTokens: 262_144,
    maxOutputTokens: null,
    price: { source: "provider", tiers: [tier, { ...tier, fromInputTokens: 128_000, inputUsd: 0.5 }] },
  },
  {
    id: "deepseek/chat",
    windowTokens: null,
    maxOutputTokens: null,
    price: {
      source: "provider",
      tiers: [{ ...tier, cacheWrite1hUsd: 0.5, reasoningUsd: 3, imageUsd: 0.01, requestUsd: 0.02 }],
    },
    hours: [
      { fromMinute: 0, tiers: [tier] },
      { fromMinute: 990, tiers: [{ ...tier, inputUsd: 0.1 }] },
    ],
  },
  { id: "llama", windowTokens: null, maxOutputTokens: 4_096, price: "free", takesImages: true, takesTools: false },
  { id: "mystery", windowTokens: null, maxOutputTokens: null, price: null },
];

it("gives back the latest list of a provider, as it was", async () => {
  const { modelLists } = await open();
  await modelLists.save("gateway", "https://one.example", models.slice(0, 1), 1_000);
  await modelLists.save("gateway", "https://one.example", models, 2_000);
  expect(modelLists.read("gateway", "https://one.example")).toEqual({ models, asOfMs: 2_000 });
});

it("does not take one origin's list for another's", async () => {
  const { modelLists } = await open();
  await modelLists.save("gateway", "https://one.example", models, 1_000);
  expect(modelLists.read("gateway", "https://two.example")).toBeNull();
  expect(modelLists.read("other", "https://one.example")).toBeNull();
});

it("takes a list it cannot read for none", async () => {
  const { modelLists, path } = await open();
  await modelLists.save("gateway", "https://one.example", models, 1_000);
  raw(path).exec(`UPDATE model_lists SET models = '[{"id": "half a mod'`);
  expect(modelLists.read("gateway", "https://one.example")).toBeNull();
});

it("keeps a hundred lists, the latest", async () => {
  const { modelLists } = await open();
  for (let i = 0; i <= 100; i++) await modelLists.save(`p${i}`, "https://one.example", [], i);
  expect(modelLists.read("p0", "https://one.example")).toBeNull();
  expect(modelLists.read("p1", "https://one.example")).toEqual({ models: [], asOfMs: 1 });
});
