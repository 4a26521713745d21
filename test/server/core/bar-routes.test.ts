import { describe, expect, it } from "vitest";
import { type PlanFacts, planRoute } from "../../../server/core/plan-route.ts";
import { routeName } from "../../../server/core/provider.ts";

import { all, facts, plan, refusal, route } from "./plan-scene.ts";

describe("under a cap", () => {
  const caps = [
    { id: "global.daily", scope: "global", period: "daily", limitNano: 1e9, setting: "wayfare.budget.daily" } as const,
  ];
  const reason = 'its price is not known, and a cap is set: write its price in wayfare.providers, or "free"';

  it("a route without a known price is left out, and says how that is mended", () => {
    const { names, leftOut } = plan(facts(all, { caps }));
    expect(names).toEqual(["b/small", "a/small", "b/big", "a/big"]);
    expect(leftOut).toEqual([{ providerId: "b", modelId: "mystery", tier: "cheap", reason }]);
    expect(plan(facts(all, { caps: [] })).names).toContain("b/mystery");
  });

  it("simulated and free ones stay", () => {
    const routes = [
      route("sim/x", "cheap", null, { simulated: true }),
      route("local/y", "cheap", null, { price: "free" }),
    ];
    expect(plan(facts(routes, { caps })).leftOut).toEqual([]);
  });

  it("nothing is asked where no price is known", () => {
    expect(refusal(facts([route("b/mystery", "cheap", null)], { caps }))).toEqual({
      kind: "budget",
      message:
        'Nothing can be sent under a cap: the price of b/mystery is not known. Write it in wayfare.providers, for example { "id": "mystery", "price": { "input": 0.25, "output": 2 } } or "price": "free", or remove the cap.',
    });
    const two = [route("b/mystery", "cheap", null), route("b/riddle", "frontier", null)];
    expect(refusal(facts(two, { caps })).message).toMatch(
      /^Nothing can be sent under a cap: no model's price is known\./,
    );
    expect(refusal(facts(all, { caps, mode: "b/mystery" }))).toMatchObject({
      kind: "budget",
      message: expect.stringMatching(/^b\/mystery cannot be asked under a cap: its price is not known\./),
    });
  });
});

describe("the pool", () => {
  it("leaves out what is not in it, with that reason", () => {
    const { names, leftOut } = plan(facts(all, { pool: [["a"], ["a/small", "b/small"]] }));
    expect(names).toEqual(["a/small"]);
    expect(new Set(leftOut.map((each) => each.reason))).toEqual(new Set(["outside wayfare.pool"]));
    expect(leftOut).toHaveLength(all.length - 1);
  });

  it("says what it lets through and what is set up where the two do not meet", () => {
    expect(refusal(facts(all, { pool: [["mistral/*"]] }))).toEqual({
      kind: "setup",
      field: "wayfare.pool",
      message:
        "wayfare.pool leaves no model: it lets through mistral/*, and set up are a/big, a/small, b/small, b/mystery, b/big. Add one of them to the pool.",
    });
    expect(refusal(facts(all, { pool: [["a"], ["b"], []] })).message).toMatch(
      /it lets through a, of these only b, of these only none, and/,
    );
  });

  it("holds for a model picked by hand, which nothing replaces", () => {
    expect(refusal(facts(all, { mode: "b/big", pool: [["a"]] }))).toEqual({
      kind: "setup",
      field: "wayfare.pool",
      message: "b/big is outside wayfare.pool. Add it there, or choose a model that is in it.",
    });
  });
});

describe("what a request cannot do without", () => {
  const sees = route("v/sees", "cheap", 1, { takesImages: true, takesTools: true });
  const blind = route("v/blind", "cheap", 0.1, { takesImages: false, takesTools: false, takesPrefill: false });
  const unknown = route("v/unknown", "cheap", 2);

  it("leaves a route out that is known not to take it, and tries one of which nothing is known", () => {
    const planned = planRoute(facts([sees, blind, unknown], { needs: { images: true } }));
    expect(planned.ok && planned.plan.map((step) => routeName(step.route))).toEqual(["v/sees", "v/unknown"]);
    expect(planned.ok && planned.leftOut.map((each) => each.reason)).toEqual(["takes no images"]);
    const reasonFor = (needs: PlanFacts["needs"]) => {
      const result = planRoute(facts([sees, blind], { needs }));
      return result.ok && result.leftOut.map((each) => each.reason);
    };
    expect(reasonFor({ tools: true })).toEqual(["takes no tools"]);
    expect(reasonFor({ prefill: true })).toEqual(["does not go on with a begun answer"]);
    expect(reasonFor({ images: false })).toEqual([]);
    expect(reasonFor(undefined)).toEqual([]);
  });

  it("says so when no model takes it, or the one that was picked does not", () => {
    expect(planRoute(facts([blind], { needs: { images: true, tools: true } }))).toEqual({
      ok: false,
      failure: {
        kind: "setup",
        field: "wayfare.tiers",
        message:
          "None of the models that are set up takes images and takes tools. Add one that does, or ask without the image and ask without tools.",
      },
    });
    expect(planRoute(facts([sees, blind], { mode: "v/blind", needs: { images: true } }))).toEqual({
      ok: false,
      failure: {
        kind: "setup",
        field: "wayfare.mode",
        message: "v/blind takes no images. Choose another model, or ask without the image.",
      },
    });
  });
});

describe("an image at an address", () => {
  const sees = route("v/sees", "cheap", 1, { takesImages: true });
  const blind = route("v/blind", "cheap", 0.1, { takesImages: false });
  const local = route("v/local", "cheap", 0.1, { wire: "ollama", takesImages: true });
  const learned = route("v/learned", "cheap", 0.1, { takesAddresses: false });
  const addresses = { isPlain: false, isUntyped: false, isInResult: false };
  const needs = { images: true, addresses };

  it("is shown to nobody whose wire has no place for it, or who has said that it looks none up", () => {
    const planned = planRoute(facts([sees, blind, local, learned], { needs }));
    expect(planned.ok && planned.plan.map((step) => routeName(step.route))).toEqual(["v/sees"]);
    expect(planned.ok && planned.leftOut.map((each) => each.reason)).toEqual([
      "takes no images",
      "takes no image by its address",
      "takes no image by its address",
    ]);
  });

  it("where nobody takes it is told with what would help", () => {
    const message = (...routes: Parameters<typeof facts>[0][number][]) => refusal(facts(routes, { needs })).message;
    expect(message(local, blind)).toBe(
      "None of the models that are set up takes this image by its address. Add one that does, or send the image itself, in base64.",
    );
    expect(message(blind)).toBe(
      "None of the models that are set up takes images. Add one that does, or ask without the image.",
    );
    const picked = (mode: string) => refusal(facts([sees, blind, local], { mode, needs })).message;
    expect(picked("v/local")).toBe(
      "v/local takes no image by its address. Choose another model, or send the image itself, in base64.",
    );
    const unarmed = route("v/unarmed", "cheap", 1, { takesImages: true, takesTools: false });
    expect(refusal(facts([blind, unarmed], { needs: { ...needs, tools: true } })).message).toBe(
      "None of the models that are set up takes images and takes tools. Add one that does, or ask without the image and ask without tools.",
    );
    expect(picked("v/blind")).toBe("v/blind takes no images. Choose another model, or ask without the image.");
  });
});

describe("a document", () => {
  const reads = route("v/reads", "cheap", 1, { takesDocuments: true });
  const blind = route("v/blind", "cheap", 0.1, { takesDocuments: true, takesImages: false });
  const other = route("v/other", "cheap", 0.1, { takesImages: true });

  it("goes to vendors alone that are known to take one at the price of its tokens", () => {
    const planned = planRoute(facts([reads, blind, other], { needs: { documents: true } }));
    expect(planned.ok && planned.plan.map((step) => routeName(step.route))).toEqual(["v/reads"]);
    expect(planned.ok && planned.leftOut.map((each) => each.reason)).toEqual(Array(2).fill("takes no documents"));
    expect(refusal(facts([other], { needs: { documents: true } })).message).toBe(
      "None of the models that are set up takes documents. Add one that does, or send the document's text.",
    );
  });
});

describe("routes that the person paused", () => {
  const paused = new Set(["b/small", "a/big"]);

  it("are left out of the plan, and say who paused them", () => {
    const { names, leftOut } = plan(facts(all, { paused }));
    expect(names).not.toContain("b/small");
    expect(names).not.toContain("a/big");
    expect(leftOut.filter(({ reason }) => reason === "paused by you").map(routeName)).toEqual(["a/big", "b/small"]);
  });

  it("are no way out either: with all of them paused nothing is asked, and the page to resume them is named", () => {
    const two = all.slice(1, 3);
    expect(refusal(facts(two, { paused: new Set(two.map(routeName)) }))).toEqual({
      kind: "setup",
      field: "wayfare.tiers",
      message: 'Nothing can be asked: a/small, b/small are all paused by you. Resume one in "Wayfare: Routes".',
      mend: "showRoutes",
    });
  });

  it("are not asked when they are picked by hand", () => {
    expect(refusal(facts(all, { mode: "b/small", paused }))).toEqual({
      kind: "setup",
      field: "wayfare.mode",
      message: 'b/small is paused by you. Resume it in "Wayfare: Routes", or choose another model.',
      mend: "showRoutes",
    });
    expect(plan(facts(all, { mode: "a/small", paused })).names).toEqual(["a/small"]);
  });

  it("do not hide that the others have no price under a cap", () => {
    const caps = [{ id: "global.daily", scope: "global", period: "daily", limitNano: 1, setting: "x" } as const];
    expect(refusal(facts(all.slice(2, 4), { caps, paused })).message).toMatch(
      /^Nothing can be sent under a cap: the price of b\/mystery is not known\./,
    );
  });
});
