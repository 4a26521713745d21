import { findProvider } from "@pydantic/genai-prices";
import { describe, expect, it } from "vitest";
import { whyBarred, whyTooLong } from "../../../server/core/bar-routes.ts";
import { bySource, type FactOrigins, modelFacts } from "../../../server/core/model-facts.ts";
import { familyOf } from "../../../server/core/model-families.ts";
import { routeOf } from "../engine/scripted-provider.ts";
import { listed } from "../engine/world-scene.ts";

const nobody: FactOrigins = { own: null, listed: null, known: null, family: null, fim: null };

describe("what is known of a model", () => {
  it("is what the person says, before its provider's list, the price list and the table of families", () => {
    const family = {
      name: "F",
      windowTokens: 4,
      maxOutputTokens: 40,
      takesImages: false,
      takesTools: true,
      thinks: true,
    };
    const all: FactOrigins = {
      own: { id: "m", windowTokens: 1, images: true },
      listed: listed("m", { windowTokens: 2, maxOutputTokens: 20, takesImages: false }),
      known: { windowTokens: 3 },
      family,
      fim: "suffix",
    };
    expect(modelFacts(all)).toEqual({
      windowTokens: 1,
      maxOutputTokens: 20,
      takesImages: true,
      takesTools: true,
      thinks: true,
      fim: "suffix",
      factSources: {
        windowTokens: "override",
        maxOutputTokens: "provider",
        takesImages: "override",
        takesTools: "family",
        thinks: "family",
        fim: "family",
      },
    });
    const window = (origins: Partial<FactOrigins>) => {
      const { windowTokens, factSources } = modelFacts({ ...all, ...origins });
      return [windowTokens, factSources.windowTokens];
    };
    expect(window({ own: null })).toEqual([2, "provider"]);
    expect(window({ own: null, listed: listed("m") })).toEqual([3, "genai-prices"]);
    expect(window({ own: null, listed: null, known: { windowTokens: null } })).toEqual([4, "family"]);
  });

  it("is unknown where nobody says it", () => {
    expect(modelFacts(nobody)).toEqual({
      windowTokens: null,
      maxOutputTokens: null,
      takesImages: null,
      takesTools: null,
      thinks: null,
      fim: null,
      factSources: {},
    });
  });

  it("is a 'no' as well as a 'yes': a list or a person can say that a model fills no holes", () => {
    const says = (origins: Partial<FactOrigins>) => modelFacts({ ...nobody, fim: "suffix", ...origins });
    expect(says({ listed: listed("m", { fillsHoles: false }) })).toMatchObject({
      fim: null,
      factSources: { fim: "provider" },
    });
    expect(says({ own: { id: "m", fim: false } })).toMatchObject({ fim: null, factSources: { fim: "override" } });
    expect(says({ own: { id: "m", fim: "infill" }, listed: listed("m", { fillsHoles: false }) }).fim).toBe("infill");
  });
});

describe("a route that was left out", () => {
  const facts = { routes: [], mode: "auto", inputTokens: 10_000, maxOutputTokens: 1_000, needs: { images: true } };
  const route = (source: "family" | "override" | "provider" | "genai-prices") =>
    routeOf("a", {
      windowTokens: 8_000,
      takesImages: false,
      factSources: { windowTokens: source, takesImages: source },
    });

  it("says by whom it is known that it cannot take the question", () => {
    expect(whyTooLong(route("family"), facts)).toBe("needs 11k tokens, window is 8k (by its family)");
    expect(whyTooLong(route("genai-prices"), facts)).toBe("needs 11k tokens, window is 8k (by the price list)");
    expect(whyBarred(route("override"), facts)).toBe("takes no images (by your settings)");
    expect(whyBarred(route("provider"), facts)).toBe("takes no images (by its provider's list)");
    expect(bySource({}, "windowTokens")).toBe("");
  });
});

describe("the table of families", () => {
  it.each([
    ["gpt-4o-mini", "GPT-4o"],
    ["openai/gpt-4.1-nano", "GPT-4.1"],
    ["gpt-5-chat-latest", "GPT-5 chat"],
    ["gpt-5.4-mini", "GPT-5"],
    ["openai/gpt-oss-120b", "gpt-oss"],
    ["o3-mini", "o-series"],
    ["claude-3-haiku-20240307", "Claude 3"],
    ["anthropic/claude-3.5-sonnet", "Claude 3.5"],
    ["claude-sonnet-4-5-20250929", "Claude"],
    ["anthropic/claude-opus-4.6", "Claude"],
    ["models/gemini-2.5-pro", "Gemini"],
    ["deepseek-chat", "DeepSeek"],
    ["deepseek-ai/DeepSeek-R1", "DeepSeek R1"],
    ["Qwen/Qwen2.5-Coder-32B-Instruct", "Qwen2.5-Coder"],
    ["codestral-latest", "Codestral"],
    ["accounts/fireworks/models/kimi-k2-instruct", "Kimi K2"],
    ["z-ai/glm-4.6", "GLM-4.5 and 4.6"],
  ])("knows %s as %s", (modelId, name) => {
    expect(familyOf(modelId)?.name).toBe(name);
  });

  it("takes no window for larger than the price list has it at any of its vendors", () => {
    const vendors = ["anthropic", "cerebras", "deepseek", "google", "groq", "mistral", "moonshotai", "openai"]
      .concat(["openrouter", "together", "x-ai", "zai"])
      .map((providerId) => findProvider({ providerId }));
    const compared = vendors.flatMap((vendor) =>
      (vendor?.models ?? []).flatMap(({ id, context_window: listed }) => {
        const taken = familyOf(id)?.windowTokens;
        return taken === undefined || listed === undefined ? [] : [{ id: `${vendor?.id}/${id}`, taken, listed }];
      }),
    );
    expect(compared.length).toBeGreaterThan(100);
    expect(compared.filter(({ taken, listed }) => taken > listed)).toEqual([]);
  });

  it.each([
    "gpt-4o-realtime-preview",
    "gpt-4o-transcribe",
    "codestral-embed",
    "gemini-2.5-flash-image",
    "kimi-k2.5",
    "glm-4.5v",
    "deepseek-r1-distill-llama-70b",
    "my-gpt-5",
    "our-own-model",
    "",
  ])("does not know %s", (modelId) => {
    expect(familyOf(modelId)).toBeNull();
  });
});
