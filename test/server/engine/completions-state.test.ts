import { describe, expect, it } from "vitest";
import type { Route } from "../../../server/core/provider.ts";
import { readSettings } from "../../../server/core/read-settings.ts";
import { completionsState } from "../../../server/engine/completions-state.ts";
import { routeOf } from "./scripted-provider.ts";

const real = routeOf("openai", { modelId: "small" });
const filling = routeOf("mistral", { modelId: "codestral", fim: "mistral" });
const frontier = routeOf("openai", { modelId: "big", tier: "frontier" });
const simulated = routeOf("playground", { simulated: true });

const state = (
  completions: Record<string, unknown>,
  routes: readonly Route[],
  { trusted = true, ...settings }: { trusted?: boolean; pool?: unknown[]; budget?: unknown } = {},
) => {
  const found = completionsState({
    settings: readSettings({ network: {}, completions, ...settings }).settings,
    routes,
    trusted,
  });
  return [found.on, found.why, found.model];
};

describe("completions", () => {
  it("are off until the person turns them on, or the playground is all there is", () => {
    expect(state({}, [real])).toEqual([false, null, null]);
    expect(state({ enabled: true }, [real])).toEqual([true, null, "openai/small"]);
    expect(state({}, [simulated])).toEqual([true, null, "playground/m"]);
    expect(state({}, [simulated, real])).toEqual([false, null, null]);
    expect(state({ enabled: false }, [simulated])).toEqual([false, null, null]);
    expect(state({}, [])).toEqual([false, null, null]);
  });

  it("ask first whoever fills holes in code", () => {
    expect(state({ enabled: true }, [real, filling])).toEqual([true, null, "mistral/codestral"]);
  });

  it("ask the model that the person named, whatever its tier", () => {
    expect(state({ enabled: true, model: "openai/big" }, [real, frontier])).toEqual([true, null, "openai/big"]);
  });

  it.each([
    ["this workspace is not trusted", {}, [real], { trusted: false }],
    ["no model is set up", {}, [], {}],
    ["no cheap model is set up", {}, [frontier], {}],
    ["its model is not set up", { model: "openai/none" }, [real], {}],
    ["wayfare.pool leaves no model", {}, [real], { pool: [["mistral"]] }],
    ["price not known", {}, [routeOf("openai", { price: null })], { budget: { daily: 1 } }],
  ] as const)("say why they are off although they are wanted: %s", (why, completions, routes, more) => {
    expect(state({ enabled: true, ...completions }, routes, more as never)).toEqual([false, why, null]);
  });
});
