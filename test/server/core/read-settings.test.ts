import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readSettings } from "../../../server/core/read-settings.ts";
import { presetIds } from "../../../shared/settings.ts";

const read = (configuration: Record<string, unknown>) => readSettings({ network: {}, ...configuration });
/** As the person sees it: field, colon, sentence. */
const problems = (configuration: Record<string, unknown>) =>
  read(configuration).problems.map((each) => `${each.field}: ${each.message}`);
const provider = (row: unknown) => problems({ providers: [row] });
const good = { id: "openai", preset: "openai", models: ["gpt-5.4", { id: "gpt-5.4-mini", price: "free" }] };

describe("a provider that is switched off", () => {
  const off = (disabled: unknown) => read({ providers: [{ ...good, disabled }], tiers: { cheap: ["openai/gpt-5.4"] } });

  it("keeps its row and its places in the tiers, and is none of those that are asked", () => {
    const { settings, problems: none } = off(true);
    expect(none).toEqual([]);
    expect([settings.providers, settings.switchedOff.map(({ id }) => id)]).toEqual([[], ["openai"]]);
    expect(settings.tiers.cheap).toEqual(["openai/gpt-5.4"]);
    for (const on of [false, null, undefined]) expect(off(on).settings.providers).toHaveLength(1);
  });

  it("is one whose switch cannot be read, too", () => {
    expect(off("yes").settings.providers).toEqual([]);
    expect(provider({ ...good, disabled: "yes" })).toEqual([
      'wayfare.providers[0].disabled: "yes" is neither true nor false. The provider is switched off. Write one of them.',
    ]);
  });

  it("keeps its id from being given away", () => {
    expect(problems({ providers: [{ ...good, disabled: true }, good] })).toEqual([
      'wayfare.providers[1].id: "openai" is the id of another provider above it. Give this one an id of its own.',
    ]);
  });
});

describe("what a person says of a model", () => {
  const model = (row: object) => read({ providers: [{ ...good, models: [{ id: "m", ...row }] }] });

  it("is read as it is", () => {
    const said = { windowTokens: 9, maxOutputTokens: 3, images: true, tools: false, reasoning: true, fim: "infill" };
    const { settings, problems: none } = model(said);
    expect([none, settings.providers[0]?.models]).toEqual([[], [{ id: "m", ...said }]]);
    expect(model({ fim: false }).settings.providers[0]?.models).toEqual([{ id: "m", fim: false }]);
  });

  it.each([
    [{ images: "yes" }, 'images: "yes" is neither true nor false. Write one of them, or remove it.'],
    [{ tools: 1 }, "tools: 1 is neither true nor false. Write one of them, or remove it."],
    [{ reasoning: null }, "reasoning: Nothing is neither true nor false. Write one of them, or remove it."],
    [
      { fim: true },
      'fim: true is no way to fill a hole. Write "suffix", "mistral", "template", "infill", or false for none.',
    ],
    [{ windowTokens: -1 }, "windowTokens: -1 is not a number of tokens. Write one like 128000."],
    [
      { vision: true },
      'vision: "vision" is not a field of a model. Remove it; the fields are id, windowTokens, maxOutputTokens, images, tools, reasoning, fim, price.',
    ],
  ])("is left out and named where it is %j", (row, words) => {
    const { settings, problems: told } = model(row);
    expect(told.map((each) => `${each.field}: ${each.message}`)).toEqual([`wayfare.providers[0].models[0].${words}`]);
    expect(settings.providers[0]?.models).toEqual([{ id: "m" }]);
  });
});

describe("settings", () => {
  it("that are right are read as they are, with every default", () => {
    const { settings, problems: none } = read({
      providers: [
        good,
        {
          id: "corp",
          preset: "openai-compatible",
          baseUrl: "https://llm.corp.example/v1/",
          headers: { "x-team": "a" },
        },
      ],
      tiers: { cheap: ["openai/gpt-5.4-mini", "corp/qwen/qwen3"], frontier: ["openai/gpt-5.4"] },
      mode: "openai/gpt-5.4",
      quality: 70,
      playground: true,
    });
    expect(none).toEqual([]);
    expect(settings).toMatchObject({
      providers: [
        {
          id: "openai",
          baseUrl: "https://api.openai.com/v1",
          origin: "https://api.openai.com",
          models: [{ id: "gpt-5.4" }, { id: "gpt-5.4-mini", price: "free" }],
        },
        { id: "corp", baseUrl: "https://llm.corp.example/v1", headers: { "x-team": "a" } },
      ],
      tiers: { cheap: ["openai/gpt-5.4-mini", "corp/qwen/qwen3"], frontier: ["openai/gpt-5.4"] },
      mode: "openai/gpt-5.4",
      quality: 70,
      playground: true,
      network: { proxySupport: "override", proxyStrictSsl: true },
    });
  });

  it("that are missing are the defaults, without a complaint", () => {
    const { settings, problems: none } = readSettings(undefined);
    expect(none).toEqual([]);
    expect(settings).toMatchObject({
      providers: [],
      tiers: { cheap: [], frontier: [] },
      mode: "auto",
      quality: 50,
      playground: false,
    });
  });

  it("spend nothing on a second answer where what is written is neither true nor false", () => {
    const escalates = (evidence: unknown) => read({ evidence }).settings.evidence.escalate;
    expect([undefined, {}, { escalate: true }, { escalate: null }].map(escalates)).toEqual([true, true, true, true]);
    expect([{ escalate: false }, { escalate: "no" }].map(escalates)).toEqual([false, false]);
    expect(problems({ evidence: { escalate: "no" } })).toEqual([
      'wayfare.evidence.escalate: "no" is neither true nor false. No second answer is asked for. Write one of them.',
    ]);
  });

  it("never throw, whatever is written", () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), fc.anything(), (a, b, c) => {
        for (const configuration of [
          a,
          { providers: a, tiers: b, mode: c, quality: a, playground: b, network: c },
          { providers: [a, { id: "x", preset: "openai", models: [b], headers: c }] },
        ]) {
          const { settings } = readSettings(configuration);
          expect(settings.quality).toBeGreaterThanOrEqual(0);
          expect(Array.isArray(settings.providers)).toBe(true);
        }
      }),
    );
  });
});

describe("a wrong provider", () => {
  it("does not take the others with it", () => {
    const { settings, problems: found } = read({ providers: [{ id: "bad", preset: "opnai" }, good] });
    expect(settings.providers.map((each) => each.id)).toEqual(["openai"]);
    expect(found).toHaveLength(1);
  });

  it("is named with its field and its mend", () => {
    expect(problems({ providers: { id: "openai" } })).toEqual([
      'wayfare.providers: {"id":"openai"} is not a list. Write [ { "id": "openai", "preset": "openai" } ].',
    ]);
    expect(provider("openai")).toEqual([
      'wayfare.providers[0]: "openai" is not a provider. Write { "id": "openai", "preset": "openai" }.',
    ]);
    expect(provider({ preset: "openai" })).toEqual([
      'wayfare.providers[0].id: Each provider needs an id, for example "openai".',
    ]);
    expect(provider({ id: "Open AI", preset: "openai" })).toEqual([
      'wayfare.providers[0].id: "Open AI" cannot be an id: use 1 to 40 lower-case letters, digits and dashes, for example "openrouter".',
    ]);
    expect(provider({ id: "playground", preset: "openai" })).toEqual([
      'wayfare.providers[0].id: "playground" is the playground\'s own name. Choose another id.',
    ]);
    expect(provider({ id: "x", preset: "opnai" })).toEqual([
      `wayfare.providers[0].preset: "opnai" is not a preset. Use one of: ${presetIds.join(", ")}.`,
    ]);
    expect(provider({ id: "x" })).toEqual([
      `wayfare.providers[0].preset: A preset is missing. Use one of: ${presetIds.join(", ")}.`,
    ]);
    expect(problems({ providers: [good, good] })).toEqual([
      'wayfare.providers[1].id: "openai" is the id of another provider above it. Give this one an id of its own.',
    ]);
  });

  it("has an address that cannot be used", () => {
    const address = (baseUrl: unknown) => provider({ id: "x", preset: "openai-compatible", baseUrl });
    expect(address("api.example.com/v1")).toEqual([
      'wayfare.providers[0].baseUrl: "api.example.com/v1" has no scheme. Write https://api.example.com/v1.',
    ]);
    expect(address("http://api.example.com/v1")).toEqual([
      "wayfare.providers[0].baseUrl: http://api.example.com would send your key and your code unencrypted. Write https://api.example.com; http is for this machine only.",
    ]);
    expect(address("https://ada:secret@api.example.com")).toEqual([
      "wayfare.providers[0].baseUrl: Leave the user name and password out of the base URL; give the key when asked for it.",
    ]);
    expect(address(undefined)).toEqual([
      "wayfare.providers[0].baseUrl: This provider needs a base URL, for example https://api.example.com/v1.",
    ]);
    expect(address(8080)).toEqual([
      "wayfare.providers[0].baseUrl: 8080 is not an address. Write one like https://api.example.com/v1.",
    ]);
    expect(address("http://localhost:8080/v1")).toEqual([]);
  });

  it("has a field that would send elsewhere, or a key where none belongs", () => {
    const misspelt = read({ providers: [{ id: "x", preset: "openai", baseURL: "https://eu.example.com" }] });
    expect(misspelt.settings.providers).toEqual([]);
    expect(misspelt.problems).toEqual([
      { field: "wayfare.providers[0].baseURL", message: '"baseURL" is not a field of a provider. Write "baseUrl".' },
    ]);
    const withKey = read({ providers: [{ id: "x", preset: "openai", apiKey: "sk-secret-0123456789" }] });
    expect(withKey.settings.providers).toHaveLength(1);
    expect(withKey.problems).toEqual([
      {
        field: "wayfare.providers[0].apiKey",
        message:
          'Keys are not read from settings, which files and sync carry around. Remove it and run "Wayfare: Change Key".',
      },
    ]);
    expect(JSON.stringify(withKey)).not.toContain("sk-secret");
  });

  it("has a header that cannot be sent", () => {
    const headers = {
      "x-a": "b\r\nx-c: d",
      "x b": "1",
      "x-n": 7,
      "Content-Length": "3",
      Authorization: "Bearer t",
      "X-Foo": "sk-proj-0123456789abcdefghijklmn",
      "cf-aig-authorization": "Bearer 0123456789abcdefghijklmn",
    };
    expect(provider({ id: "x", preset: "openai", headers: { ...headers, "x-ok": "1" } })).toEqual([
      "wayfare.providers[0].headers.x-a: This header holds a line break, which would begin a header of its own. Write it in one line.",
      "wayfare.providers[0].headers.x b: This is no name of a header: one is letters, digits and dashes. Correct or remove it.",
      "wayfare.providers[0].headers.x-n: This header is not a text but 7. Write its value in quotes.",
      "wayfare.providers[0].headers.Content-Length: This header is Wayfare's own to set: a wrong one breaks every request. Remove it.",
      'wayfare.providers[0].headers.Authorization: This header carries a key, and settings are synced in the clear. Remove it and give the key by "Wayfare: Change Key".',
      'wayfare.providers[0].headers.X-Foo: This header carries a key, and settings are synced in the clear. Remove it and give the key by "Wayfare: Change Key".',
    ]);
  });
});

describe("a wrong model", () => {
  const model = (row: unknown) => provider({ id: "x", preset: "openai", models: [row] });

  it("is named with its field and its mend", () => {
    expect(model(7)).toEqual([
      'wayfare.providers[0].models[0]: 7 is not a model. Write its name, or { "id": "model-name" }.',
    ]);
    expect(model({ id: "m", windowTokens: "128k" })).toEqual([
      'wayfare.providers[0].models[0].windowTokens: "128k" is not a number of tokens. Write one like 128000.',
    ]);
    expect(model({ id: "m", price: { input: -1, output: 2 } })).toEqual([
      'wayfare.providers[0].models[0].price.input: -1 is below zero. Write USD per million tokens, or "free" for the whole price.',
    ]);
    expect(model({ id: "m", price: { input: 1 } })).toEqual([
      "wayfare.providers[0].models[0].price.output: A price needs both input and output, in USD per million tokens.",
    ]);
    expect(model({ id: "m", price: "cheap" })).toEqual([
      'wayfare.providers[0].models[0].price: "cheap" is not a price. Write "free" or USD per million tokens: { "input": 0.25, "output": 2 }.',
    ]);
    expect(model({ id: "m", colour: "red" })).toEqual([
      'wayfare.providers[0].models[0].colour: "colour" is not a field of a model. Remove it; the fields are id, windowTokens, maxOutputTokens, images, tools, reasoning, fim, price.',
    ]);
  });

  it("may have every rate that a list may have", () => {
    const price = {
      input: 3,
      output: 15,
      cacheWrite: 3.75,
      cacheWrite1h: 6,
      reasoning: 12,
      request: 0.01,
      image: 0.005,
    };
    const { settings, problems } = readSettings({
      providers: [{ id: "openai", preset: "openai", models: [{ id: "m", price }] }],
    });
    expect(problems).toEqual([]);
    expect(settings.providers[0]?.models).toEqual([{ id: "m", price }]);
  });

  it("keeps its name when only its price is wrong", () => {
    const { settings } = read({
      providers: [{ id: "x", preset: "openai", models: [{ id: "m", price: { input: -1, output: 2 } }] }],
    });
    expect(settings.providers[0]?.models).toEqual([{ id: "m" }]);
  });
});

describe("wrong tiers, mode, quality", () => {
  it("are named with their field and their mend", () => {
    const tier = (name: unknown) => problems({ providers: [good], tiers: { cheap: [name] } });
    expect(tier("gpt-5.4")).toEqual([
      'wayfare.tiers.cheap[0]: "gpt-5.4" names no model. Write provider/model, for example "openai/gpt-5.4-mini".',
    ]);
    expect(tier("mistral/large")).toEqual([
      'wayfare.tiers.cheap[0]: There is no provider "mistral". Use one of: openai.',
    ]);
    expect(tier("openai/gpt-9")).toEqual([
      'wayfare.tiers.cheap[0]: The provider "openai" lists no model "gpt-9". Add it to the provider\'s models, or correct the name.',
    ]);
    expect(tier("playground/sim-small")).toEqual([
      'wayfare.tiers.cheap[0]: "playground/sim-small" belongs to the playground, which is off. Turn on wayfare.playground or remove it.',
    ]);
    expect(problems({ tiers: { middle: [] } })).toEqual([
      'wayfare.tiers.middle: There is no tier "middle". The tiers are cheap and frontier.',
    ]);
    expect(problems({ tiers: { frontier: "openai/gpt-5.4" } })).toEqual([
      'wayfare.tiers.frontier: "openai/gpt-5.4" is not a list. Write [ "provider/model" ].',
    ]);
    expect(problems({ tiers: { cheap: ["x/y"] } })).toEqual([
      'wayfare.tiers.cheap[0]: There is no provider "x". Add it to wayfare.providers first.',
    ]);
    expect(problems({ mode: "turbo" })).toEqual([
      'wayfare.mode: "turbo" is not a mode. Write auto, cheap, frontier, or provider/model.',
    ]);
    expect(problems({ quality: 150 })).toEqual([
      "wayfare.quality: 150 is not between 0 (economy) and 100 (quality). 100 is used.",
    ]);
    expect(problems({ playground: "yes" })).toEqual([
      'wayfare.playground: "yes" is neither true nor false. Write one of them.',
    ]);
    expect(problems({ network: { proxySupport: "maybe" } })[0]).toMatch(
      /^wayfare\.network\.proxySupport: This network setting cannot be used: /,
    );
  });

  it("leave the rest of a tier in place", () => {
    const { settings } = read({
      providers: [good],
      tiers: { cheap: ["nobody/x", "openai/gpt-5.4", "openai/gpt-5.4"] },
    });
    expect(settings.tiers).toEqual({ cheap: ["openai/gpt-5.4"], frontier: [] });
  });

  it("keep a model that was picked by hand, so that it is refused by name and not replaced", () => {
    const { settings, problems: found } = read({ providers: [good], mode: "openai/gpt-9" });
    expect([settings.mode, found.map((each) => each.field)]).toEqual(["openai/gpt-9", ["wayfare.mode"]]);
  });

  it("bound quality and fall back where it is no number", () => {
    expect([-5, 150, "high", Number.NaN].map((quality) => read({ quality }).settings.quality)).toEqual([
      0, 100, 50, 50,
    ]);
  });

  it("learn on this machine without a word, and nothing where the word cannot be read", () => {
    const written = [undefined, { enabled: true }, { enabled: false }, { enabled: "no" }];
    expect(written.map((learning) => read({ learning }).settings.learning.enabled)).toEqual([true, true, false, false]);
    expect(problems({ learning: { enabled: "no" } })).toEqual([
      'wayfare.learning.enabled: "no" is neither true nor false. Nothing is learned. Write one of them.',
    ]);
  });
});
