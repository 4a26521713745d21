import { describe, expect, it } from "vitest";
import { createKeys } from "../../client/keys.ts";
import { type Inspect, type Inspected, isSetUp, readSettings } from "../../client/read-settings.ts";

const mine = [{ id: "openai", preset: "openai" }];
const theirs = [{ id: "openai", preset: "openai", baseUrl: "https://thief.example/v1" }];
const tiers = { cheap: ["openai/small"], frontier: ["openai/large"] };

function inspecting(values: Record<string, Inspected>): Inspect {
  const defaults: Record<string, unknown> = { providers: [], tiers: {}, mode: "auto", quality: 50, playground: false };
  return (key) => ({ defaultValue: defaults[key], ...values[key] });
}

describe("settings", () => {
  it("come from the person alone where they decide where bytes and keys go", () => {
    const vetted = readSettings([
      inspecting({
        providers: { globalValue: mine, workspaceValue: theirs },
        tiers: { globalValue: tiers, workspaceFolderValue: { cheap: ["thief/model"] } },
        playground: { workspaceValue: true },
        "network.extraCaFile": { workspaceValue: "/repo/evil.pem" },
        "network.via": { workspaceValue: "extensionHost" },
        "network.clientCertificates": { workspaceValue: [{ host: "thief.example", pfxFile: "~/me.pfx" }] },
      }),
    ]);
    expect(vetted.settings).toMatchObject({ providers: mine, tiers, mode: "auto", quality: 50, playground: false });
    expect(vetted.extraCaFile).toBeUndefined();
    expect(vetted.clientCertificates).toBeUndefined();
    expect(vetted.problems.map((problem) => problem.field)).toEqual([
      "wayfare.tiers",
      "wayfare.providers",
      "wayfare.playground",
      "wayfare.network.extraCaFile",
      "wayfare.network.clientCertificates",
      "wayfare.network.via",
    ]);
    expect(vetted.problems[0]?.message).toBe(
      "This workspace sets it, which is ignored: only your own user settings decide where keys and code go.",
    );
  });

  it("take a workspace's own caps from every level, for the server to find the least", () => {
    const { settings, problems } = readSettings([
      inspecting({
        "budget.daily": { globalValue: 5, workspaceValue: 500 },
        "budget.workspace.daily": { globalValue: 2, workspaceValue: 0.01 },
        "budget.ladder": { defaultValue: ["cheap", "local"], workspaceValue: [] },
      }),
      inspecting({ "budget.workspace.daily": { globalValue: 2, workspaceValue: 0.01, workspaceFolderValue: 40 } }),
    ]);
    expect(settings.budget).toMatchObject({
      daily: 5,
      workspace: { daily: [2, 0.01, 40], weekly: [] },
      ladder: ["cheap", "local"],
    });
    expect(problems).toEqual([
      {
        field: "wayfare.budget.daily",
        message:
          "This workspace sets it, which is ignored: only your own user settings say what may be spent in all. A workspace's own caps are wayfare.budget.workspace.*.",
      },
      {
        field: "wayfare.budget.workspace.daily",
        message: "This workspace sets 40, which is more than your own 2, so it is ignored.",
      },
      {
        field: "wayfare.budget.ladder",
        message:
          "This workspace sets it, which is ignored: only your own user settings say what may be spent in all. A workspace's own caps are wayfare.budget.workspace.*.",
      },
    ]);
  });

  it("say nothing of kept answers where a workspace would, and are passed on as written", () => {
    const { settings, problems } = readSettings([
      inspecting({
        "cache.enabled": { defaultValue: true, globalValue: "no" },
        "cache.maxAgeHours": { defaultValue: 24, workspaceValue: 8_760 },
        "cache.maxMegabytes": { defaultValue: 50 },
      }),
    ]);
    expect(settings.cache).toEqual({ enabled: "no", maxAgeHours: 24, maxMegabytes: 50 });
    expect(problems).toEqual([
      {
        field: "wayfare.cache.maxAgeHours",
        message:
          "This workspace sets it, which is ignored: only your own user settings say which answers are kept on this host.",
      },
    ]);
  });

  it.each<[string, Inspected, unknown, string[]]>([
    ["stays as it is", { defaultValue: true }, true, []],
    ["is off where the person says so", { defaultValue: true, globalValue: false }, false, []],
    ["is off where a workspace says so", { defaultValue: true, workspaceFolderValue: false }, false, []],
    [
      "is not on again where a workspace says so",
      { defaultValue: true, globalValue: false, workspaceValue: true },
      false,
      [
        "This workspace sets true, which could cost more than your own false, so it is ignored. To have it, set it in your user settings.",
      ],
    ],
  ])("let a workspace only switch off what may be spent on a second answer: it %s", (_how, inspected, value, said) => {
    const { settings, problems } = readSettings([inspecting({ "evidence.escalate": inspected })]);
    expect(settings.evidence).toEqual({ escalate: value });
    expect(problems.map(({ message }) => message)).toEqual(said);
  });

  it("let a workspace narrow the pool, and nothing else", () => {
    const { settings } = readSettings([
      inspecting({ pool: { defaultValue: [], globalValue: ["openai/small"], workspaceValue: ["thief/model"] } }),
    ]);
    expect(settings.pool).toEqual([["openai/small"], ["thief/model"]]);
  });

  it("say which entries of a workspace's pool the person's own leaves out", () => {
    const entries = ["openai/*", "thief/model", "thief", "*/small"];
    const pools = { pool: { globalValue: ["openai/small"], workspaceValue: entries } };
    const ignored = (entry: string) => ({
      field: "wayfare.pool",
      message: `This workspace lists "${entry}", which is ignored: your own pool lets none of that provider's models through.`,
    });
    expect(readSettings([inspecting(pools)]).problems).toEqual([ignored("thief/model"), ignored("thief")]);
    const again = { pool: { globalValue: ["openai/small"], workspaceValue: [...entries] } };
    expect(readSettings([inspecting(pools), inspecting(again)]).problems).toHaveLength(2);
    expect(readSettings([inspecting({ pool: { workspaceValue: entries } })]).problems).toEqual([]);
  });

  it("say that a workspace's higher cap is ignored, and nothing of a lower one", () => {
    const { problems } = readSettings([
      inspecting({
        "budget.workspace.daily": { globalValue: 1, workspaceValue: 1_000 },
        "budget.workspace.total": { globalValue: 10, workspaceValue: 5 },
        "budget.workspace.weekly": { workspaceValue: 5 },
      }),
    ]);
    expect(problems).toEqual([
      {
        field: "wayfare.budget.workspace.daily",
        message: "This workspace sets 1000, which is more than your own 1, so it is ignored.",
      },
    ]);
  });

  it("say of what VS Code hides in a workspace's file that it is ignored, of each once", () => {
    const hidden = new Set(["providers", "budget.daily", "mode", "unknown"]);
    const { problems } = readSettings([inspecting({ providers: { workspaceValue: [] } })], hidden);
    expect(problems.map(({ field }) => field)).toEqual(["wayfare.providers", "wayfare.budget.daily"]);
  });

  it.each([
    // [the person's, the workspace's, what holds, problems]
    [undefined, undefined, null, 0],
    [undefined, true, null, 1],
    [false, true, false, 1],
    [true, false, false, 0],
    [true, true, true, 0],
    [undefined, false, false, 0],
  ])("completions %s of the person and %s of the workspace give %s", (own, workspace, holds, count) => {
    const values = { "completions.enabled": { defaultValue: false, globalValue: own, workspaceValue: workspace } };
    const { settings, problems } = readSettings([inspecting(values)]);
    expect(settings.completions?.enabled).toBe(holds);
    expect(problems).toHaveLength(count);
  });

  it("keep the default languages of completions beside the person's own, and a model of the workspace out", () => {
    const { settings } = readSettings([
      inspecting({
        "completions.languages": {
          defaultValue: { "*": true, markdown: false },
          globalValue: { markdown: true, sql: false },
          workspaceValue: { python: false },
        },
        "completions.model": { workspaceValue: "thief/model" },
        "completions.maxPerDayUsd": { globalValue: 1, workspaceValue: 0.2 },
      }),
    ]);
    expect(settings.completions).toEqual({
      enabled: null,
      languages: [{ "*": true, markdown: true, sql: false }, { python: false }],
      model: undefined,
      maxPerDayUsd: [1, 0.2],
    });
  });

  it.each([
    // [the person's, the workspace's, what holds]
    ["auto", "cheap", "cheap"],
    ["auto", "openai/small", "auto"],
    ["frontier", "openai/small", "frontier"],
    ["openai/large", "openai/small", "openai/large"],
    ["frontier", "auto", "auto"],
    ["cheap", "frontier", "cheap"],
    ["openai/large", "cheap", "cheap"],
    ["auto", "frontier", "auto"],
    ["auto", "openai/large", "auto"],
    ["cheap", "auto", "cheap"],
    ["auto", "thief/model", "auto"],
    ["openai/small", "cheap", "openai/small"],
    ["other/model", "cheap", "other/model"],
    ["auto", 7, "auto"],
  ])("mode %s of the person and %s of the workspace give %s", (own, workspace, holds) => {
    const values = {
      tiers: { globalValue: tiers },
      mode: { globalValue: own, workspaceValue: workspace },
    };
    const { settings, problems } = readSettings([inspecting(values)]);
    expect(settings.mode).toBe(holds);
    expect(problems.length).toBe(holds === workspace ? 0 : 1);
  });

  it("say why a dearer value of the workspace is ignored, and where it can be had", () => {
    const { settings, problems } = readSettings([
      inspecting({ quality: { globalValue: 30, workspaceValue: 90 }, mode: { workspaceValue: "frontier" } }),
    ]);
    expect([settings.quality, settings.mode]).toEqual([30, "auto"]);
    expect(problems).toEqual([
      {
        field: "wayfare.mode",
        message:
          'This workspace sets "frontier", which could cost more than your own "auto", so it is ignored. To have it, set it in your user settings.',
      },
      {
        field: "wayfare.quality",
        message:
          "This workspace sets 90, which could cost more than your own 30, so it is ignored. To have it, set it in your user settings.",
      },
    ]);
  });

  it("say that a model is the person's to pick, even one of their own cheap tier", () => {
    const { settings, problems } = readSettings([
      inspecting({ tiers: { globalValue: tiers }, mode: { workspaceValue: "openai/small" } }),
    ]);
    expect(settings.mode).toBe("auto");
    expect(problems).toEqual([
      {
        field: "wayfare.mode",
        message:
          'This workspace sets "openai/small", which is ignored: it may say "cheap" or "auto", but which model gets your code and money is yours to pick. To have it, set it in your user settings.',
      },
    ]);
  });

  it("take the least quality that any folder asks for", () => {
    const window = inspecting({ quality: { globalValue: 60 } });
    const one = inspecting({ quality: { globalValue: 60, workspaceFolderValue: 20 } });
    const other = inspecting({ quality: { globalValue: 60, workspaceFolderValue: 40 } });
    expect(readSettings([window, one, other]).settings.quality).toBe(20);
  });

  it("count as a setup with a provider, even a mistaken one, or the playground; an empty list does not", () => {
    expect(isSetUp({ providers: [], playground: false })).toBe(false);
    expect(isSetUp({ providers: undefined, playground: undefined })).toBe(false);
    expect(isSetUp({ providers: [{}], playground: false })).toBe(true);
    expect(isSetUp({ providers: "openai", playground: false })).toBe(true);
    expect(isSetUp({ providers: [], playground: true })).toBe(true);
  });
});

describe("keys", () => {
  function storage() {
    const entries = new Map<string, string>();
    return {
      entries,
      get: async (name: string) => entries.get(name),
      store: async (name: string, value: string) => void entries.set(name, value),
      delete: async (name: string) => void entries.delete(name),
      keys: async () => [...entries.keys()],
    };
  }

  it("belong to a provider and an origin: at another address there is none", async () => {
    const secrets = storage();
    const keys = createKeys(secrets);
    await keys.store("gate", "https://api.example.com", "sk-1");
    expect([...secrets.entries.keys()]).toEqual(["wayfare.key:gate:https://api.example.com"]);
    const at = (baseUrl: string) => keys.read([{ id: "gate", preset: "openai-compatible", baseUrl }]);
    expect(await at("https://api.example.com/v1")).toEqual([
      { providerId: "gate", origin: "https://api.example.com", key: "sk-1" },
    ]);
    expect(await at("https://api.example.com:8443/v1")).toEqual([]);
    expect(await at("https://thief.example/v1")).toEqual([]);
  });

  it("are read for rows that are otherwise mistaken, and not for rows without id or address", async () => {
    const secrets = storage();
    const keys = createKeys(secrets);
    await keys.store("openai", "https://api.openai.com", "sk-2");
    expect(await keys.read([{ id: "openai", preset: "openai", models: 7, extra: 1 }])).toHaveLength(1);
    expect(await keys.read([{ id: "gate", preset: "openai-compatible" }, 7, null])).toEqual([]);
    expect(await keys.read("nonsense")).toEqual([]);
  });

  it("are not read for a provider that is switched off: they go nowhere then, and stay where they are", async () => {
    const secrets = storage();
    const keys = createKeys(secrets);
    await keys.store("openai", "https://api.openai.com", "sk-2");
    for (const disabled of [true, "yes", 1]) {
      expect(await keys.read([{ id: "openai", preset: "openai", disabled }])).toEqual([]);
    }
    expect(await keys.read([{ id: "openai", preset: "openai", disabled: false }])).toHaveLength(1);
    expect([...secrets.entries.values()]).toEqual(["sk-2"]);
  });

  it("are forgotten at every address a provider ever had, and no other provider's with them", async () => {
    const secrets = storage();
    const keys = createKeys(secrets);
    await keys.store("gate", "https://one.example", "a");
    await keys.store("gate", "https://two.example", "b");
    await keys.store("gate-2", "https://one.example", "c");
    await keys.forget("gate");
    expect([...secrets.entries.values()]).toEqual(["c"]);
  });

  it("stay known to the redactor after they were replaced", async () => {
    const keys = createKeys(storage());
    await keys.store("openai", "https://api.openai.com", "sk-old");
    await keys.store("openai", "https://api.openai.com", "sk-new");
    expect([...keys.known()]).toEqual(["sk-old", "sk-new"]);
  });
});
