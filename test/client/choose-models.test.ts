import { describe, expect, it } from "vitest";
import { chooseModels } from "../../client/choose-models.ts";
import type { Dialog, Row } from "../../client/dialog.ts";
import type { ModelSummary } from "../../shared/answer.ts";
import { scriptedDialog } from "./scripted-dialog.ts";

const model = (modelId: string, more: Partial<ModelSummary> = {}): ModelSummary => ({
  providerId: "gate",
  modelId,
  tier: null,
  windowTokens: 128_000,
  maxOutputTokens: null,
  inputPerMillionUsd: 1,
  outputPerMillionUsd: 2,
  priceSource: "provider",
  simulated: false,
  ...more,
});

/** What the first of the two steps shows; every step is answered with Enter. */
async function shown(models: readonly ModelSummary[], proposed = { cheap: ["gate/a/one"], frontier: ["gate/b/two"] }) {
  const { dialog, seen } = scriptedDialog(["enter", "enter"]);
  const steps: Row<unknown>[][] = [];
  const watched: Dialog = {
    ...dialog,
    pickMany(step) {
      steps.push(step.rows);
      return dialog.pickMany(step);
    },
  };
  const answer = await chooseModels(watched, {
    title: "Add Gate",
    providerId: "gate",
    stepsBefore: 2,
    models,
    proposed,
  });
  return { answer, seen, rows: steps[0] ?? [] };
}

describe("the models of a provider", () => {
  it("are shown with price, window and what they take, so that they are found by any of it", async () => {
    const { rows } = await shown([
      model("a/one", { takesImages: true, takesTools: true, thinks: true, fillsHoles: true }),
      model("b/two", { windowTokens: null, takesImages: false }),
      // Rounded down, as on the page of routes: a window is never taken for larger than it is.
      model("c/three", { windowTokens: 32_768 }),
    ]);
    expect(rows.map(({ description }) => description)).toEqual([
      "$1 in · $2 out per 1M tokens · 128k window · images · tools · thinks · fills holes",
      "$1 in · $2 out per 1M tokens",
      "$1 in · $2 out per 1M tokens · 32k window",
    ]);
  });

  it("are called what they are called, even where that would be a picture", async () => {
    const { rows, answer } = await shown([model("a/$(alert)")], { cheap: ["gate/a/$(alert)"], frontier: [] });
    expect(rows.map(({ label }) => label)).toEqual(["a/\\$(alert)"]);
    expect(answer).toMatchObject({ value: { cheap: ["gate/a/$(alert)"] } });
  });

  it("stand under their makers' names where a gateway has many, and what is proposed stands on top", async () => {
    const { rows } = await shown(["b/two", "a/one", "b/three", "plain", "a/four"].map((id) => model(id)));
    expect(rows.map(({ label, group }) => [group, label])).toEqual([
      ["Proposed", "a/one"],
      ["b", "b/two"],
      [undefined, "b/three"],
      ["Others", "plain"],
      ["a", "a/four"],
    ]);
  });

  it("may be five thousand: each is there once, and the choice is what was ticked", async () => {
    const many = Array.from({ length: 5_000 }, (_, at) => model(`maker-${at % 50}/model-${at}`));
    const proposed = { cheap: ["gate/maker-7/model-7"], frontier: ["gate/maker-9/model-9"] };
    const { rows, answer } = await shown(many, proposed);
    expect(new Set(rows.map(({ value }) => value)).size).toBe(5_000);
    expect(rows.filter(({ group }) => group !== undefined)).toHaveLength(51);
    expect(answer).toEqual({ kind: "value", value: { models: [], ...proposed } });
  });
});
