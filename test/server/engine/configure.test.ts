import { describe, expect, it } from "vitest";
import type { Failure } from "../../../shared/failure.ts";
import { shippedWeights } from "../core/shipped-weights.ts";
import { listed, openai, openaiKey, price, settings, world } from "./world-scene.ts";

describe("the world", () => {
  it("is silent with nothing set up, and says how to begin", async () => {
    const { world: empty, seen } = world();
    expect(empty.silent()).toBeNull();
    expect(await empty.apply(settings({}))).toMatchObject({
      problems: [],
      models: [],
      completions: { on: false, why: null, model: null },
    });
    expect(empty.silent()).toEqual({
      kind: "setup",
      field: "wayfare.providers",
      message:
        'No model is set up yet. Run "Wayfare: Add Provider", or turn on wayfare.playground to try Wayfare without a key.',
    });
    expect(seen.playgrounds).toBe(0);
    expect(seen.looked).toEqual([]);
  });

  it("says what of the package it does without, beside the settings, and nothing where all of it is there", async () => {
    const { world: worse } = world({ trained: { problem: "it is no JSON" } });
    expect(await worse.apply(settings({}))).toMatchObject({
      problems: [],
      notices: [
        "Wayfare's routing weights cannot be read (it is no JSON): questions are weighed by simpler ones. Install the extension anew.",
      ],
    });
    expect(worse.scene().weights).toBeNull();
    const weights = shippedWeights();
    const { world: whole } = world({ trained: { weights } });
    expect(await whole.apply(settings({}))).toMatchObject({ notices: [] });
    expect(whole.scene().weights).toBe(weights);
  });

  it("makes routes of the tiers, in the person's order, with the best facts there are", async () => {
    const { world: set, made } = world({
      lists: {
        openai: [listed("mini", { windowTokens: 400_000 }), listed("big", { price: price(2, 8) }), listed("other")],
      },
      known: { mini: { price: price(0.25, 2, "genai-prices"), windowTokens: 999 } },
    });
    const result = await set.apply(
      settings({ providers: [openai], tiers: { cheap: ["openai/mini"], frontier: ["openai/big"] } }, [openaiKey]),
    );
    expect(result.problems).toEqual([]);
    expect(made[0]?.key).toBe("sk-1");
    const scene = set.scene();
    expect(scene.routes).toMatchObject([
      {
        providerId: "openai",
        modelId: "mini",
        tier: "cheap",
        windowTokens: 400_000,
        price: { source: "genai-prices" },
      },
      { providerId: "openai", modelId: "big", tier: "frontier", price: { source: "provider" } },
    ]);
    expect(scene.providerOf(scene.routes[0] as never)).not.toBeNull();
    expect(result.models).toMatchObject([
      { modelId: "mini", tier: "cheap", inputPerMillionUsd: 0.25, outputPerMillionUsd: 2, priceSource: "genai-prices" },
      { modelId: "big", tier: "frontier", priceSource: "provider" },
      { modelId: "other", tier: null, inputPerMillionUsd: null, priceSource: null },
    ]);
    expect(set.silent()).toBeNull();
  });

  it("lets a person's own price beat every other, and takes local models for free", async () => {
    const { world: set, seen } = world({
      lists: { openai: [listed("a", { price: price(9, 9) })], ollama: [listed("q")] },
    });
    const models = [
      { id: "a", price: { input: 1, output: 2 } },
      { id: "b", price: "free" },
    ];
    await set.apply(
      settings(
        {
          providers: [
            { ...openai, models },
            { id: "ollama", preset: "ollama" },
          ],
          tiers: { cheap: ["openai/a", "openai/b", "ollama/q"] },
        },
        [openaiKey],
      ),
    );
    expect(set.scene().routes).toMatchObject([
      { modelId: "a", price: { source: "override", tiers: [{ inputUsd: 1, outputUsd: 2, cacheReadUsd: 1 }] } },
      { modelId: "b", price: { source: "override", tiers: [{ inputUsd: 0, outputUsd: 0 }] } },
      { modelId: "q", price: "free" },
    ]);
    expect(set.scene().models).toMatchObject([
      { modelId: "a", priceSource: "override" },
      { modelId: "b", priceSource: "free", inputPerMillionUsd: 0 },
      { modelId: "q", priceSource: "free" },
    ]);
    expect(seen.looked).not.toContain("q");
  });

  it("takes a local server's preset for free on this machine alone", async () => {
    const { world: set } = world({ known: { b: { price: price(1, 2, "genai-prices"), windowTokens: 8_192 } } });
    const rented = { id: "rented", baseUrl: "https://gpu.example.com/v1" };
    for (const preset of ["ollama", "lmstudio", "llamacpp"]) {
      await set.apply(
        settings({
          providers: [
            { ...rented, preset },
            { id: "here", preset, baseUrl: "http://localhost:9999/v1" },
          ],
          tiers: { cheap: ["rented/a", "rented/b", "here/a"] },
        }),
      );
      expect(set.scene().routes.map((route) => route.price)).toEqual([null, price(1, 2, "genai-prices"), "free"]);
    }
  });

  it("takes a quarter more than the input for writing Anthropic's cache, where a person's price does not say", async () => {
    const { world: set } = world();
    const own = { input: 4, output: 20 };
    const models = [
      { id: "anthropic/claude", price: own },
      { id: "gpt", price: own },
      { id: "anthropic/told", price: { ...own, cacheWrite: 1 } },
    ];
    const gateway = { id: "g", preset: "openai-compatible", baseUrl: "https://g.test/v1", models };
    const direct = { id: "direct", preset: "anthropic", models: [{ id: "claude", price: own }] };
    await set.apply(
      settings(
        {
          providers: [gateway, direct],
          tiers: { cheap: ["g/anthropic/claude", "g/gpt", "g/anthropic/told", "direct/claude"] },
        },
        [["direct", "https://api.anthropic.com", "k"]],
      ),
    );
    expect(
      set
        .scene()
        .routes.map(({ price }) => (price === null || price === "free" ? price : price.tiers[0].cacheWriteUsd)),
    ).toEqual([5, 4, 1, 5]);
  });

  it("names a provider without a key, by its row, and goes on with the others", async () => {
    const { world: set } = world({ lists: { ollama: [listed("q")] } });
    const { problems, models } = await set.apply(
      settings({
        providers: [openai, { id: "ollama", preset: "ollama" }],
        tiers: { cheap: ["openai/mini", "ollama/q"] },
      }),
    );
    expect(problems).toEqual([
      {
        field: "wayfare.providers[0]",
        message: '"openai" has no key. Run "Wayfare: Change Key" and enter the key for https://api.openai.com.',
        mend: "changeKey",
      },
    ]);
    expect(models.map((model) => model.modelId)).toEqual(["q"]);
    expect(set.silent()).toBeNull();
  });

  it("never sends a key to another address than it was entered for", async () => {
    const { world: set, made } = world();
    const { problems } = await set.apply(
      settings(
        { providers: [{ ...openai, baseUrl: "https://proxy.example.com/v1" }], tiers: { cheap: ["openai/m"] } },
        [openaiKey],
      ),
    );
    expect(made).toEqual([]);
    expect(problems[0]?.message).toBe(
      'The key of "openai" was entered for https://api.openai.com and is not sent to https://proxy.example.com. Run "Wayfare: Change Key" and enter the key for the new address.',
    );
    expect(set.silent()).toMatchObject({ kind: "setup", field: "wayfare.providers[0]", mend: "changeKey" });
  });

  it("says that no model is chosen when providers are there and tiers are not", async () => {
    const { world: set } = world({ lists: { openai: [listed("mini")] } });
    await set.apply(settings({ providers: [openai] }, [openaiKey]));
    expect(set.silent()).toEqual({
      kind: "setup",
      field: "wayfare.tiers",
      message:
        'No model is chosen yet. Run "Wayfare: Add Provider" to have them proposed, or write wayfare.tiers, for example { "cheap": ["openai/mini"] }.',
    });
    expect(set.silent("openai/mini")).toBeNull();
    await set.apply(settings({ providers: [openai], mode: "openai/mini" }, [openaiKey]));
    expect(set.silent()).toBeNull();
  });

  it("tells of a model that the provider does not list, and still lets it be asked", async () => {
    const { world: set } = world({ lists: { openai: [listed("mini")] } });
    const { problems } = await set.apply(
      settings({ providers: [openai], tiers: { frontier: ["openai/minni"] } }, [openaiKey]),
    );
    expect(problems).toEqual([
      {
        field: "wayfare.tiers.frontier",
        message:
          '"minni" is not in the list of models that "openai" gave. Correct the name, or run "Wayfare: Change Key" to read the list again.',
      },
    ]);
    expect(set.scene().routes).toHaveLength(1);
  });

  it("gives a model picked by hand a route of its own, with the tier its price speaks for", async () => {
    const { world: set } = world({
      lists: {
        openai: [
          listed("mini", { price: price(1, 2) }),
          listed("nano", { price: price(0.1, 0.2) }),
          listed("huge", { price: price(50, 90) }),
        ],
      },
    });
    await set.apply(settings({ providers: [openai], tiers: { cheap: ["openai/mini"] } }, [openaiKey]));
    const scene = set.scene();
    expect(scene.routesFor("auto")).toEqual(scene.routes);
    expect(scene.routesFor("openai/nano").at(-1)).toMatchObject({ modelId: "nano", tier: "cheap" });
    expect(scene.routesFor("openai/huge").at(-1)).toMatchObject({ modelId: "huge", tier: "frontier" });
    expect(scene.routes).toHaveLength(1);
  });

  it("starts the playground once when it is on, on both wires, and closes it when it is off", async () => {
    const { world: set, made, seen } = world();
    const { models } = await set.apply(settings({ playground: true }));
    expect(models).toMatchObject([
      { providerId: "playground", modelId: "sim-small", tier: "cheap", simulated: true },
      { providerId: "playground", modelId: "sim-large", tier: "frontier", simulated: true },
    ]);
    expect(made.map(({ setting, key }) => [setting.preset, setting.baseUrl, key])).toEqual([
      ["openai-compatible", "http://127.0.0.1:4000/openai/v1", "playground-key"],
      ["anthropic", "http://127.0.0.1:4000/anthropic/v1", "playground-key"],
    ]);
    const wires = set.scene().routes.map((route) => set.scene().providerOf(route)?.wire);
    expect(wires).toEqual(["openai-compatible", "anthropic"]);
    expect(set.silent()).toBeNull();
    await set.apply(settings({ playground: true, quality: 80 }));
    expect(seen).toMatchObject({ playgrounds: 1, playgroundsClosed: 0 });
    await set.apply(settings({}));
    expect(seen.playgroundsClosed).toBe(1);
  });

  it("never mixes simulated models into a person's own tiers", async () => {
    const { world: set } = world();
    await set.apply(
      settings({ providers: [openai], tiers: { cheap: ["openai/mini"] }, playground: true }, [openaiKey]),
    );
    expect(set.scene().routes.map((route) => route.simulated)).toEqual([false]);
    expect(set.scene().models).toHaveLength(3);
    await set.apply(settings({ playground: true, tiers: { cheap: ["playground/sim-large"] } }));
    expect(set.scene().routes).toMatchObject([{ modelId: "sim-large", tier: "cheap", simulated: true }]);
  });

  it("knows of each model how it fills holes", async () => {
    const { world: set } = world();
    const providers = [
      openai,
      { id: "ollama", preset: "ollama" },
      { id: "llama", preset: "llamacpp" },
      { id: "own", preset: "openai-compatible", baseUrl: "http://127.0.0.1:8000/v1" },
    ];
    const cheap = ["openai/gpt-5.4-mini", "ollama/qwen2.5-coder:7b", "llama/any.gguf", "own/Qwen/Qwen2.5-Coder-7B"];
    await set.apply(settings({ providers, tiers: { cheap } }, [openaiKey]));
    expect(set.scene().routes.map(({ fim }) => fim)).toEqual([null, "suffix", "infill", "template"]);
  });

  it("knows how the simulated models fill holes, and breaks one where there is one", async () => {
    const { world: set } = world();
    const silence = { modelId: "sim-large", fault: "silence" } as const;
    expect(() => set.breakRoute(silence)).toThrow(
      "There is no route to break: only the playground's can be. Turn wayfare.playground on.",
    );
    await set.apply(settings({ playground: true }));
    expect(set.scene().routes.map(({ modelId, fim }) => [modelId, fim])).toEqual([
      ["sim-small", "suffix"],
      ["sim-large", null],
    ]);
    expect(set.breakRoute(silence)).toEqual([silence]);
    expect(() => set.breakRoute({ modelId: "gpt-9", fault: "500" })).toThrow('The playground serves no model "gpt-9".');
  });

  it("says why the playground could not be started", async () => {
    const { world: set } = world({ playgroundFails: true });
    const { problems } = await set.apply(settings({ playground: true }));
    expect(problems).toEqual([
      {
        field: "wayfare.playground",
        message: "The playground could not be started: No port is free. Turn wayfare.playground off and on again.",
      },
    ]);
    expect(set.silent()).toMatchObject({ kind: "setup", field: "wayfare.playground" });
  });

  it("says that the books cannot be kept before anything else", async () => {
    const ledger: Failure = { kind: "ledger", message: "The disk is full." };
    const { world: set } = world({ ledger });
    await set.apply(settings({}));
    expect(set.silent()).toEqual(ledger);
  });

  it("keeps the old world alive for what runs in it, and then closes it", async () => {
    const { world: set, seen } = world();
    await set.apply(settings({ playground: true, providers: [openai], tiers: { cheap: ["openai/a"] } }, [openaiKey]));
    let end = (): void => undefined;
    const running = set.during(async (scene) => {
      await new Promise<void>((resolve) => {
        end = resolve;
      });
      return scene.routes.map((route) => route.modelId);
    });
    await set.apply(
      settings({ providers: [openai], tiers: { cheap: ["openai/b"] }, network: { proxySupport: "off" } }, [openaiKey]),
    );
    expect(set.scene().routes.map((route) => route.modelId)).toEqual(["b"]);
    expect(seen).toMatchObject({ playgroundsClosed: 0, https: 2, httpsClosed: 0 });
    end();
    expect(await running).toEqual(["a"]);
    expect(seen).toMatchObject({ playgroundsClosed: 1, httpsClosed: 1 });
    await set.close();
    expect(seen.httpsClosed).toBe(2);
  });

  it("takes settings in the order they came, and keeps one way out while the network is the same", async () => {
    const { world: set, seen } = world();
    const all = [20, 40, 60].map((quality) => set.apply(settings({ quality })));
    await set.settled();
    await Promise.all(all);
    expect(set.scene().settings.quality).toBe(60);
    expect(seen.https).toBe(1);
  });

  it("turns completions on by itself in the playground alone, and not in a workspace that is not trusted", async () => {
    const { world: set } = world();
    const on = await set.apply(settings({ playground: true }));
    expect(on.completions).toMatchObject({ on: true, why: null, model: "playground/sim-small" });
    expect(set.scene().completions).toEqual(on.completions);
    const untrusted = await set.apply(settings({ playground: true }, [], false));
    expect(untrusted.completions).toMatchObject({ on: false, why: "this workspace is not trusted", model: null });
    const real = { playground: true, providers: [openai], tiers: { cheap: ["openai/a"] } };
    expect((await set.apply(settings(real, [openaiKey]))).completions).toMatchObject({ on: false, why: null });
  });

  it("knows a model that only the completions name", async () => {
    const { world: set } = world({ lists: { openai: [listed("a")] } });
    const { completions, models, problems } = await set.apply(
      settings(
        {
          providers: [{ ...openai, models: [{ id: "a" }] }],
          tiers: { cheap: ["openai/a"] },
          completions: { enabled: true, model: "openai/a" },
        },
        [openaiKey],
      ),
    );
    expect(completions).toMatchObject({ on: true, model: "openai/a" });
    expect([models.length, problems]).toEqual([1, []]);

    const unlisted = await set.apply(
      settings({ providers: [openai], completions: { enabled: true, model: "openai/b" } }, [openaiKey]),
    );
    expect(unlisted.completions).toMatchObject({ on: true, model: "openai/b" });
    expect(unlisted.problems.map((problem) => problem.field)).toEqual(["wayfare.completions.model"]);
  });

  it("has what is free on this machine and in no tier at hand, but not what does not chat", async () => {
    const { world: set } = world({ lists: { ollama: [listed("q"), listed("nomic-embed-text"), listed("in-tier")] } });
    await set.apply(
      settings({ providers: [{ id: "ollama", preset: "ollama" }], tiers: { cheap: ["ollama/in-tier"] } }),
    );
    expect(set.scene().localRoutes.map((route) => [route.modelId, route.tier, route.price])).toEqual([
      ["q", "cheap", "free"],
    ]);
  });

  it("is silent where the pool leaves nothing, also for a model picked by hand", async () => {
    const { world: set } = world({ lists: { openai: [listed("a"), listed("b")] } });
    await set.apply(
      settings({ providers: [openai], tiers: { cheap: ["openai/a"] }, pool: [["openai/b"]] }, [openaiKey]),
    );
    expect(set.silent()).toEqual({
      kind: "setup",
      field: "wayfare.pool",
      message:
        "wayfare.pool leaves no model: it lets through openai/b, and set up are openai/a. Add one of them to the pool.",
    });
    expect(set.silent("openai/a")?.kind).toBe("setup");
    expect(set.silent("openai/b")).toBeNull();
  });
});
