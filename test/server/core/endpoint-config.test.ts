import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type EndpointSurroundings, readEndpointConfig } from "../../../server/core/endpoint-config.ts";
import { readEndpointSettings } from "../../../server/core/endpoint-settings.ts";
import { configurationSchema, settingSchemas } from "../../../shared/settings.ts";

const surroundings: EndpointSurroundings = {
  environment: { OPENAI_API_KEY: " key-of-openai\n", EMPTY: " ", LINES: "a\nb" },
  port: null,
  timeZone: "Europe/Paris",
};
const settings = {
  "wayfare.providers": [{ id: "openai", preset: "openai" }],
  "wayfare.tiers": { cheap: ["openai/gpt-5.4-mini"], frontier: ["openai/gpt-5.4"] },
};
const whole = {
  ledger: "./books",
  tokenFile: "./token",
  keys: { openai: { env: "OPENAI_API_KEY" } },
  settings,
};
const read = (json: unknown, more: Partial<EndpointSurroundings> = {}) =>
  readEndpointConfig(json, { ...surroundings, ...more });
/** "stops" or "warns", field and message of each problem. */
const told = (json: unknown, more: Partial<EndpointSurroundings> = {}) =>
  read(json, more).problems.map(({ stops, field, message }) => `${stops ? "stops" : "warns"} ${field}: ${message}`);
const withSettings = (more: Record<string, unknown>) => told({ ...whole, settings: { ...settings, ...more } });

describe("a config file", () => {
  it("is read with what is not said filled in", () => {
    expect(read(whole)).toMatchObject({
      port: 8377,
      ledger: "./books",
      tokenFile: "./token",
      workspace: "endpoint",
      timeZone: "Europe/Paris",
      keys: [{ providerId: "openai", origin: "https://api.openai.com", key: "key-of-openai" }],
      proxies: {},
      problems: [],
    });
    expect(read({ ...whole, $schema: "x", port: 9000, workspace: " ci ", timeZone: "UTC" })).toMatchObject({
      port: 9000,
      workspace: "ci",
      timeZone: "UTC",
      problems: [],
    });
  });

  it("of any other form is told of, and nothing is thrown", () => {
    const names = fc.constantFrom("port", "ledger", "tokenFile", "workspace", "timeZone", "keys", "settings", "other");
    fc.assert(
      fc.property(fc.dictionary(names, fc.jsonValue()), (json) => {
        expect(read(json).problems.some(({ stops }) => stops)).toBe(true);
      }),
    );
    const settingNames = fc.constantFrom(...Object.keys(settingSchemas).map((key) => `wayfare.${key}`));
    fc.assert(
      fc.property(fc.dictionary(settingNames, fc.jsonValue()), (some) => {
        const { problems } = read({ ...whole, keys: {}, settings: some });
        // A cap that cannot be read; and what is called "key", which a text made at random may be.
        const isMeant = (field: string) => /^wayfare\.(budget\.|endpoint\.workspaces)|\.key$/.test(field);
        expect(problems.filter(({ field, stops }) => stops && !isMeant(field))).toEqual([]);
      }),
    );
  });

  it("has caps of the books that clients name, and stops where one of them cannot be read", () => {
    const named = { "wayfare.budget.daily": 5, "wayfare.endpoint.workspaces": { nightly: { daily: 0.5 } } };
    const config = read({ ...whole, settings: { ...settings, ...named } });
    expect(config.problems).toEqual([]);
    expect(config.configuration.endpoint).toEqual({ workspaces: { nightly: { daily: 0.5 } } });
    const limits = (name: string | null) =>
      config.settings.endpoint.capsOf(name).map(({ id, limitNano }) => [id, limitNano / 1e9]);
    expect([limits("nightly"), limits(null)]).toEqual([
      [
        ["global.daily", 5],
        ["workspace.daily", 0.5],
      ],
      [["global.daily", 5]],
    ]);
    expect(withSettings({ "wayfare.endpoint.workspaces": { bad: { dayly: 1 } } })).toEqual([
      'stops wayfare.endpoint.workspaces.bad.dayly: There is no cap "dayly". Nothing that costs is sent from the book "bad" until it is mended: write daily, weekly, monthly or total.',
    ]);
    const ofNoName = { "wayfare.endpoint.workspaces": { endpoint: { daily: 1 } } };
    expect(withSettings(ofNoName)).toEqual([
      'warns wayfare.endpoint.workspaces.endpoint: Only requests that say "x-wayfare-workspace: endpoint" are under it, and those that name no book are not. Name their book in "workspace", beside "settings", and cap it by that name.',
    ]);
    expect(told({ ...whole, workspace: "ci", settings: { ...settings, ...ofNoName } })).toEqual([]);
    for (const wrong of [7, [], { bad: 5 }, { bad: { daily: "1" } }, { "a/b": { daily: 1 } }]) {
      expect(withSettings({ "wayfare.endpoint.workspaces": wrong })).toEqual([
        expect.stringMatching(/^stops wayfare\.endpoint\.workspaces/),
      ]);
    }
  });

  it("gives way to the port of the arguments, and is told of its own all the same", () => {
    expect(read({ ...whole, port: 9000 }, { port: 9001 }).port).toBe(9001);
    expect(told({ ...whole, port: "x" }, { port: 9001 })).toHaveLength(1);
  });

  it.each([
    [[], ['stops the file: It holds no object. Write one in braces; "--help" shows a whole one.']],
    [
      {},
      [
        'stops settings: Write an object with the settings that stand in settings.json, for example { "wayfare.providers": [ … ] }.',
        'stops ledger: Name the folder in which the books are kept, for example "./wayfare-books". It is made when it is missing.',
        'stops tokenFile: Name the file of the token that clients show, for example "./wayfare-token". It is made when it is missing.',
      ],
    ],
    [{ ...whole, port: 0 }, ["stops port: 0 is no port. Write a whole number from 1 to 65535, for example 8377."]],
    [
      { ...whole, port: "80" },
      ['stops port: "80" is no port. Write a whole number from 1 to 65535, for example 8377.'],
    ],
    [
      { ...whole, workspace: " " },
      ['stops workspace: " " is no name of a book. Write one of 1 to 200 characters, for example "ci".'],
    ],
    [
      { ...whole, timeZone: "Paris" },
      ['stops timeZone: "Paris" is no time zone. Write one such as "UTC" or "Europe/Paris".'],
    ],
    [{ ...whole, timezone: "UTC" }, ['stops timezone: There is no field of this name. Write "timeZone".']],
    [
      { ...whole, verbose: true },
      [
        "stops verbose: There is no field of this name. Remove it; the fields are port, ledger, tokenFile, workspace, timeZone, keys, settings.",
      ],
    ],
    [
      { ...whole, "wayfare.budget.daily": 5 },
      ['stops wayfare.budget.daily: Settings stand in "settings". Move it there.'],
    ],
  ])("is told of each field that is wrong: %j", (json, problems) => {
    expect(told(json)).toEqual(problems);
  });

  it("is told of tiers without a model, where there is someone to be asked", () => {
    expect(withSettings({ "wayfare.tiers": {} })).toEqual([
      'warns wayfare.tiers: No model is in a tier, so "auto", "cheap" and "frontier" are not answered: only models asked for by their own names are. Write { "cheap": [ "provider/model" ], "frontier": [ "provider/model" ] }.',
    ]);
  });
});

describe("keys", () => {
  const withKey = (source: unknown, environment: EndpointSurroundings["environment"] = surroundings.environment) =>
    told({ ...whole, keys: { openai: source } }, { environment });

  it("are bound to where their provider is asked", () => {
    const config = read({
      ...whole,
      keys: { mine: { file: "key" }, cloud: { credentials: "profile:ci" } },
      settings: {
        "wayfare.providers": [
          { id: "mine", preset: "openai-compatible", baseUrl: "https://models.example:8443/v1" },
          { id: "cloud", preset: "bedrock", baseUrl: "https://bedrock-runtime.us-east-1.amazonaws.com" },
          { id: "local", preset: "ollama" },
          { id: "off", preset: "openai", disabled: true },
        ],
        "wayfare.tiers": { cheap: ["local/qwen"] },
      },
    });
    expect(config.keys).toEqual([
      { providerId: "mine", origin: "https://models.example:8443", file: "key" },
      { providerId: "cloud", origin: "https://bedrock-runtime.us-east-1.amazonaws.com", key: "profile:ci" },
    ]);
    expect(config.problems).toEqual([]);
  });

  it.each([
    [
      { env: "OTHER" },
      "warns keys.openai: The environment variable OTHER is not set. Set it where the endpoint is started.",
    ],
    [{ env: "EMPTY" }, "warns keys.openai: The environment variable EMPTY is empty. Put the key there."],
    [
      { env: "LINES" },
      "warns keys.openai: The environment variable LINES holds more than a key: a key has no spaces, line breaks or accents. Put the key alone there.",
    ],
    [
      { variable: 7 },
      'stops keys.openai: It does not say where the key lies. Write { "env": "OPENAI_API_KEY" } or { "file": "/path/of/the/key" }.',
    ],
    [
      { env: "two words" },
      'stops keys.openai: It does not say where the key lies. Write { "env": "OPENAI_API_KEY" } or { "file": "/path/of/the/key" }.',
    ],
    [
      { credentials: "default" },
      'warns keys.openai: This provider cannot ask with these credentials. Only Amazon Bedrock and Google Vertex AI have such. Write "env" or "file".',
    ],
  ])("are told of where they cannot be had: %j", (source, problem) => {
    expect(withKey(source)).toEqual([problem]);
  });

  it("are missed, and those of nobody told", () => {
    expect(told({ ...whole, keys: { opnai: { env: "OPENAI_API_KEY" } } })).toEqual([
      'warns keys.opnai: There is no provider "opnai". Use one of: openai, or remove it.',
      'warns keys.openai: The provider "openai" has no key and is not asked. Write { "env": "OPENAI_API_KEY" } or { "file": "/path/of/the/key" }.',
    ]);
    expect(told({ ...whole, keys: ["a"] })).toEqual([
      'stops keys: Write { "openai": { "env": "OPENAI_API_KEY" } }: the provider\'s id, and where its key lies.',
      'warns keys.openai: The provider "openai" has no key and is not asked. Write { "env": "OPENAI_API_KEY" } or { "file": "/path/of/the/key" }.',
    ]);
  });

  it.each([
    ["keys.openai", { ...whole, keys: { openai: "hunter2-hunter2" } }],
    ["keys.openai.file", { ...whole, keys: { openai: { file: "sk-hunter2-hunter2-hunter2" } } }],
    ["token", { ...whole, token: "hunter2-hunter2" }],
    [
      "wayfare.providers[0].apiKey",
      {
        ...whole,
        settings: {
          ...settings,
          "wayfare.providers": [{ ...settings["wayfare.providers"][0], apiKey: "hunter2-hunter2" }],
        },
      },
    ],
    [
      "wayfare.providers[0].headers.authorization",
      {
        ...whole,
        settings: {
          ...settings,
          "wayfare.providers": [
            { ...settings["wayfare.providers"][0], headers: { authorization: "Bearer hunter2-hunter2" } },
          ],
        },
      },
    ],
  ])("that stand in the file are refused once, and never repeated: %s", (field, json) => {
    expect(told(json)).toEqual([
      `stops ${field}: Keys stand in environment variables or files, never here. Remove it, and say under "keys" where it lies.`,
    ]);
    expect(JSON.stringify(read(json).problems)).not.toContain("hunter2");
    expect(read(json).secrets.join()).toContain("hunter2");
  });

  it("are told their place where a provider's row says where they lie", () => {
    const row = { id: "openai", preset: "openai", apiKey: { env: "OPENAI_API_KEY" } };
    expect(withSettings({ "wayfare.providers": [row] })).toEqual([
      'stops wayfare.providers[0].apiKey: Keys stand in environment variables or files, never here. Remove it, and say under "keys" where it lies.',
    ]);
  });

  it("are not repeated by a reader that quotes what it cannot read", () => {
    const problems = withSettings({
      "wayfare.tiers": { password: "hunter2-hunter2" },
      "wayfare.pool": "hunter2-hunter2",
    });
    expect(problems.join("\n")).toContain('wayfare.pool: "[redacted]" is not a list');
    expect(problems.join("\n")).not.toContain("hunter2");
  });
});

describe("settings", () => {
  it("are all taken, or told that they do nothing here", () => {
    for (const key of Object.keys(settingSchemas)) {
      const mark = `mark of ${key}`;
      const { configuration, extraCaFile, clientCertificates, problems } = readEndpointSettings({
        [`wayfare.${key}`]: mark,
      });
      const isTaken = JSON.stringify([configuration, extraCaFile, clientCertificates]).includes(mark);
      expect([key, isTaken, problems.length]).toEqual([key, isTaken, isTaken ? 0 : 1]);
      expect(configurationSchema.safeParse({ ...configuration, network: {} }).error).toBeUndefined();
    }
  });

  it("come to what they come to in the editor", () => {
    const config = read({
      ...whole,
      settings: {
        ...settings,
        "wayfare.pool": ["openai"],
        "wayfare.budget.daily": 5,
        "wayfare.budget.workspace.monthly": 2,
        "wayfare.budget.total": null,
        "wayfare.cache.enabled": false,
        "wayfare.network.via": "server",
      },
    });
    expect(config.problems).toEqual([]);
    expect(config.settings).toMatchObject({
      pool: [["openai"]],
      budget: {
        caps: [
          { id: "global.daily", limitNano: 5e9 },
          { id: "workspace.monthly", limitNano: 2e9 },
        ],
      },
      cache: { enabled: false },
      completions: { enabled: false },
    });
  });

  it("are told in the words of the editor's reader, and stop where a cap cannot be read", () => {
    expect(withSettings({ "wayfare.budget.daily": "5", "wayfare.budget.warnAt": 7, "wayfare.quality": 101 })).toEqual([
      "warns wayfare.quality: 101 is not between 0 (economy) and 100 (quality). 100 is used.",
      'stops wayfare.budget.daily: "5" is not an amount in USD. Nothing that costs is sent until it is mended: write a number such as 2.5, or null for no cap.',
      "warns wayfare.budget.warnAt: 7 is not a list. 50, 80 and 100 per cent are used. Write [ 50, 80, 100 ].",
    ]);
    expect(withSettings({ "wayfare.budget.workspace.total": -1 })[0]).toMatch(
      /^stops wayfare\.budget\.workspace\.total: -1 is below zero/,
    );
  });

  it.each([
    ["wayfare.budget.dayly", 'stops {}: There is no setting of this name. Write "wayfare.budget.daily", or remove it.'],
    ["budget.daily", 'stops {}: There is no setting of this name. Write "wayfare.budget.daily", or remove it.'],
    [
      "wayfare.bugdet.monthly",
      'stops {}: There is no setting of this name. Write "wayfare.budget.monthly", or remove it.',
    ],
    ["wayfare.maximumSpend", "stops {}: There is no setting of this name. Remove it."],
    ["wayfare.budget", 'stops {}: Write each setting by its whole name, for example "wayfare.budget.daily".'],
    ["wayfare", 'stops {}: Write each setting by its whole name, for example "wayfare.providers".'],
    ["wayfare.cache", 'warns {}: Write each setting by its whole name, for example "wayfare.cache.enabled".'],
    ["wayfare.qualty", 'warns {}: There is no setting of this name. Write "wayfare.quality", or remove it.'],
    ["quality", 'warns {}: There is no setting of this name. Write "wayfare.quality", or remove it.'],
    ["wayfare.somethingElse", "warns {}: There is no setting of this name. Remove it."],
    ["editor.fontSize", "warns {}: This is no setting of Wayfare. Remove it."],
    ["constructor", "warns {}: This is no setting of Wayfare. Remove it."],
    ["wayfare.toString", "warns {}: There is no setting of this name. Remove it."],
    [
      "wayfare.completions.enabled",
      "warns {}: Ghost text is the editor's alone, so this does nothing here. Remove it.",
    ],
    [
      "wayfare.completions.maxPerDayUsd",
      "warns {}: Ghost text is the editor's alone, so this does nothing here. Remove it.",
    ],
    [
      "wayfare.endpoint.enabled",
      "warns {}: This is the endpoint of the editor; the one here runs because it was started. Remove it.",
    ],
    [
      "wayfare.endpoint.port",
      'warns {}: This is the port of the editor\'s endpoint; that of this one stands in "port", beside "settings". Remove it.',
    ],
    [
      "wayfare.endpoint.workspace",
      'stops {}: There is no setting of this name. Write "wayfare.endpoint.workspaces", or remove it.',
    ],
    [
      "wayfare.endpoint.workspaces.nightly",
      'stops {}: Caps of books stand together: write "wayfare.endpoint.workspaces": { "nightly": { "daily": 2.5 } }, and remove it.',
    ],
    ["wayfare.endpoint", 'stops {}: Write each setting by its whole name, for example "wayfare.endpoint.enabled".'],
    [
      "wayfare.network.via",
      "warns {}: There is no editor here whose network could be used. The endpoint opens its own connections. Remove it.",
    ],
    [
      "http.proxy",
      "warns {}: This is a setting of VS Code, which is not here. Name a proxy in HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY. Then remove it.",
    ],
    [
      "http.noProxy",
      "warns {}: This is a setting of VS Code, which is not here. Name what needs no proxy in NO_PROXY. Then remove it.",
    ],
    [
      "http.proxyStrictSSL",
      "warns {}: This is a setting of VS Code, which is not here. Certificates are always checked: name your network's own in wayfare.network.extraCaFile. Then remove it.",
    ],
    [
      "http.systemCertificates",
      "warns {}: This is a setting of VS Code, which is not here. The system's certificates are trusted anyway. Then remove it.",
    ],
  ])("are told of a name that means nothing here: %s", (name, problem) => {
    expect(withSettings({ [name]: 7 })).toEqual([problem.replace("{}", name)]);
  });

  it("of the playground may be on, and it is said", () => {
    expect(told({ ...whole, keys: {}, settings: { "wayfare.playground": true } })).toEqual([
      "warns wayfare.playground: The playground is on: its models are simulated, and what they answer costs nothing.",
    ]);
  });

  it("take the environment's proxies, and keep their passwords", () => {
    const environment = {
      OPENAI_API_KEY: "k",
      HTTPS_PROXY: "http://me:hunter2@proxy:1",
      no_proxy: "a,b",
      ALL_PROXY: "socks5h://all:1",
    };
    const { proxies, secrets } = read(whole, { environment });
    expect(proxies).toEqual({ httpsProxy: "http://me:hunter2@proxy:1", allProxy: "socks5h://all:1", noProxy: "a,b" });
    expect(secrets).toEqual(["hunter2", "me:hunter2"]);
  });
});
