import { describe, expect, it } from "vitest";
import {
  describeAccepted,
  describeChecked,
  describeRefused,
  describeRunning,
  describeStopping,
  portProblem,
  warning,
} from "../../../server/core/endpoint-banner.ts";
import { readEndpointConfig } from "../../../server/core/endpoint-config.ts";
import {
  type EndpointFiles,
  type EndpointStart,
  furtherWarnings,
  prepareStart,
} from "../../../server/core/endpoint-start.ts";
import { configureParamsSchema } from "../../../shared/protocol.ts";

const token = `wf-${"t".repeat(43)}`;
const files: EndpointFiles = {
  ledgerDirectory: "/srv/books",
  token: { path: "/srv/token", value: token, was: "there" },
  keys: [],
  extraCaPem: null,
  clientCertificates: [],
  problems: [],
};

function start(settings: Record<string, unknown>, more: Partial<EndpointFiles> = {}, environment = {}): EndpointStart {
  const config = readEndpointConfig(
    { ledger: "books", tokenFile: "token", keys: { openai: { env: "KEY" } }, settings },
    { environment: { KEY: "key-of-openai", ...environment }, port: null, timeZone: "Europe/Paris" },
  );
  const keys = config.keys.flatMap((source) => ("key" in source ? [source] : []));
  return prepareStart(config, { ...files, keys, ...more });
}

function ready(...input: Parameters<typeof start>): Extract<EndpointStart, { ok: true }> {
  const made = start(...input);
  if (!made.ok) throw new Error(describeRefused(made));
  return made;
}

const openai = { id: "openai", preset: "openai" };
const usual = {
  "wayfare.providers": [openai, { id: "ollama", preset: "ollama" }],
  "wayfare.tiers": { cheap: ["ollama/qwen", "openai/gpt-5.4-mini"], frontier: ["openai/gpt-5.4"] },
  "wayfare.budget.daily": 5,
  "wayfare.budget.workspace.monthly": 0.5,
};

describe("a start", () => {
  it("has what the server's parts are made of", () => {
    const proxies = { HTTPS_PROXY: "http://me:hunter2@proxy:1" };
    const made = ready(usual, { extraCaPem: "PEM" }, proxies);
    expect(made).toMatchObject({
      params: {
        configuration: { network: { environment: { httpsProxy: "http://me:hunter2@proxy:1" }, extraCaPem: "PEM" } },
        keys: [{ providerId: "openai", origin: "https://api.openai.com", key: "key-of-openai" }],
        trusted: false,
        timeZone: "Europe/Paris",
      },
      port: 8377,
      ledgerDirectory: "/srv/books",
      workspace: "endpoint",
      timeZone: "Europe/Paris",
      warnings: [],
    });
    expect(configureParamsSchema.safeParse(made.params).error).toBeUndefined();
    expect(made.secrets).toEqual(["hunter2", "me:hunter2", "key-of-openai", token]);
  });

  it("lives with a provider that is mistaken or has no key, as long as another can be asked", () => {
    const made = ready({
      ...usual,
      "wayfare.providers": [openai, { id: "other", preset: "nobody" }, { id: "groq", preset: "groq" }],
      "wayfare.tiers": { cheap: ["groq/a", "openai/b"] },
    });
    expect(made.warnings.map(({ field }) => field)).toEqual(["wayfare.providers[1].preset", "keys.groq"]);
    expect(made.models).toMatchObject({ cheap: ["openai/b"], frontier: [], providers: ["openai"] });
  });

  it.each([
    [
      {},
      [
        'keys.openai: There is no provider "openai". Add it to wayfare.providers, or remove it.',
        'wayfare.providers: No provider is set up, so nothing could be asked. Write [ { "id": "openai", "preset": "openai" } ], and where its key lies under "keys".',
      ],
    ],
    [
      { "wayfare.providers": [{ id: "groq", preset: "groq" }], "wayfare.tiers": { cheap: ["groq/a"] } },
      [
        'keys.openai: There is no provider "openai". Use one of: groq, or remove it.',
        'keys.groq: The provider "groq" has no key and is not asked. Write { "env": "GROQ_API_KEY" } or { "file": "/path/of/the/key" }.',
        "wayfare.providers: No provider is left that could be asked: each is mistaken, switched off, or without its key. Mend one of them.",
      ],
    ],
    [
      { "wayfare.providers": [{ ...openai, disabled: true }] },
      [
        "wayfare.providers: No provider is left that could be asked: each is mistaken, switched off, or without its key. Mend one of them.",
      ],
    ],
    [
      { ...usual, "wayfare.pool": "openai" },
      ['wayfare.pool: "openai" is not a list, so no model is used. Write [ "provider/model" ], or [] for every model.'],
    ],
    [
      { ...usual, "wayfare.budget.daily": "5", "wayfare.quality": -1 },
      [
        'wayfare.budget.daily: "5" is not an amount in USD. Nothing that costs is sent until it is mended: write a number such as 2.5, or null for no cap.',
      ],
    ],
  ])("is none where nothing could be asked, or money is not clear: %j", (settings, problems) => {
    const made = start(settings);
    expect(made.ok ? [] : made.problems.map(({ field, message }) => `${field}: ${message}`)).toEqual(problems);
  });

  describe("with a tier that nobody would answer", () => {
    const cheapNone =
      'wayfare.tiers.cheap: None of its models can be asked, so "cheap" would fail and "auto" would ask the frontier alone.';
    const mend = "Name a model that can be asked, or write [] for no such tier.";
    const groq = { id: "groq", preset: "groq" };
    it.each([
      [
        "a misspelt preset",
        { "wayfare.providers": [openai, { id: "other", preset: "grok" }], "wayfare.tiers": { cheap: ["other/a"] } },
        [
          /^wayfare\.providers\[1\]\.preset: "grok" is not a preset\. Use one of: openai, /,
          'wayfare.tiers.cheap[0]: There is no provider "other". Use one of: openai.',
        ],
      ],
      [
        "a misspelt provider",
        { "wayfare.tiers": { cheap: ["opnai/gpt-5.4-mini"] } },
        ['wayfare.tiers.cheap[0]: There is no provider "opnai". Use one of: openai.'],
      ],
      [
        "a misspelt model",
        {
          "wayfare.providers": [{ ...openai, models: [{ id: "small" }, { id: "large" }] }],
          "wayfare.tiers": { cheap: ["openai/smal"], frontier: ["openai/large"] },
        },
        [
          'wayfare.tiers.cheap[0]: The provider "openai" lists no model "smal". Add it to the provider\'s models, or correct the name.',
        ],
      ],
      [
        "no key",
        { "wayfare.providers": [openai, groq], "wayfare.tiers": { cheap: ["groq/a"] } },
        [
          'keys.groq: The provider "groq" has no key and is not asked. Write { "env": "GROQ_API_KEY" } or { "file": "/path/of/the/key" }.',
        ],
      ],
      [
        "no list",
        { "wayfare.tiers": { cheap: "openai/small" } },
        ['wayfare.tiers.cheap: "openai/small" is not a list. Write [ "provider/model" ].'],
      ],
    ])("is none: %s", (_what, settings, expected) => {
      const wanted = { frontier: ["openai/gpt-5.4"], ...settings["wayfare.tiers"] };
      const made = start({ "wayfare.providers": [openai], ...settings, "wayfare.tiers": wanted });
      const told = made.ok ? [] : made.problems.map(({ field, message }) => `${field}: ${message}`);
      expect(told.slice(0, -1)).toEqual(
        expected.map((each) => (typeof each === "string" ? each : expect.stringMatching(each))),
      );
      expect(told.at(-1)).toBe(`${cheapNone} ${mend}`);
      expect(made.warnings).toEqual([]);
    });

    it("is none where its provider is switched off, or the pool keeps its models out", () => {
      const off = start({
        "wayfare.providers": [openai, { ...groq, disabled: true }],
        "wayfare.tiers": { cheap: ["openai/gpt-5.4-mini"], frontier: ["groq/a", "groq/b"] },
      });
      const frontier =
        'wayfare.tiers.frontier: None of its models can be asked, so "frontier" would fail and "auto" would ask the cheap tier alone.';
      expect(off).toMatchObject({
        ok: false,
        problems: [
          { message: expect.stringContaining('The provider "groq" is switched off: take "disabled" from it. Or name') },
        ],
      });
      expect(off.ok ? "" : describeRefused(off)).toContain(`\n  ${frontier} `);
      const pool = start({ ...usual, "wayfare.pool": ["openai/gpt-5.4"] });
      expect(pool.ok ? "" : describeRefused(pool)).toBe(
        `Wayfare endpoint: not started. One problem:\n  ${cheapNone} wayfare.pool keeps out ollama/qwen, openai/gpt-5.4-mini. ${mend}\n`,
      );
    });

    it("is none where a tier's own name is misspelt, and the other has no model", () => {
      const made = start({ ...usual, "wayfare.tiers": { cheep: ["ollama/qwen"], frontier: ["openai/gpt-5.4"] } });
      expect(made).toMatchObject({
        ok: false,
        problems: [
          { field: "wayfare.tiers.cheep", message: 'There is no tier "cheep". The tiers are cheap and frontier.' },
        ],
      });
      const both = ready({ ...usual, "wayfare.tiers": { ...usual["wayfare.tiers"], medium: ["ollama/qwen"] } });
      expect(both.warnings.map(({ field }) => field)).toEqual(["wayfare.tiers.medium"]);
    });

    it("says of both that none can be asked", () => {
      const made = start({ ...usual, "wayfare.tiers": { cheap: ["a/b"], frontier: ["c/d"] } });
      expect(made.ok ? [] : made.problems.map(({ field }) => field)).toEqual([
        "wayfare.tiers.cheap[0]",
        "wayfare.tiers.frontier[0]",
        "wayfare.tiers.cheap",
        "wayfare.tiers.frontier",
      ]);
      expect(made.ok ? "" : made.problems.at(-1)?.message).toBe(
        `None of its models can be asked, so "frontier" and "auto" would fail. ${mend}`,
      );
      const neither = start({ ...usual, "wayfare.tiers": "openai/gpt-5.4" });
      expect(neither.ok ? [] : neither.problems.map(({ field }) => field)).toEqual(["wayfare.tiers"]);
    });

    it("is one all the same where the tier still has a model, or nobody asked for the tier", () => {
      const some = ready({ ...usual, "wayfare.tiers": { cheap: ["opnai/a", "ollama/qwen"], frontier: [] } });
      expect(some.warnings.map(({ field }) => field)).toEqual(["wayfare.tiers.cheap[0]"]);
      expect(ready({ ...usual, "wayfare.tiers": { frontier: ["openai/gpt-5.4"] } }).warnings).toEqual([]);
    });
  });

  it("is none without books or a token, and names neither key nor token", () => {
    const message = `The file /keys/key-of-openai and ${token} are wrong.`;
    const made = start(usual, { ledgerDirectory: null, problems: [{ field: "ledger", message, stops: true }] });
    expect(made).toMatchObject({
      ok: false,
      problems: [{ field: "ledger", message: "The file /keys/[redacted] and [redacted] are wrong." }],
    });
  });

  it("serves the playground alone, with the models that it has", () => {
    const made = ready({ "wayfare.playground": true });
    expect(made.models).toEqual({ cheap: [], frontier: [], providers: ["playground"], isPlaygroundAlone: true });
  });

  it("offers nothing that the pool keeps out", () => {
    expect(ready({ ...usual, "wayfare.pool": ["ollama/*", "openai/gpt-5.4"] }).models).toMatchObject({
      cheap: ["ollama/qwen"],
      frontier: ["openai/gpt-5.4"],
    });
  });
});

describe("what came up when the settings were applied", () => {
  it("is told once, and of keys in the words of the config alone", () => {
    const told = [{ field: "wayfare.quality", message: "A." }];
    const applied = [
      { field: "wayfare.quality", message: "A." },
      { field: "wayfare.quality", message: "B." },
      { field: "wayfare.providers[0]", message: 'Run "Wayfare: Change Key".', mend: "changeKey" as const },
    ];
    expect(furtherWarnings(applied, told)).toEqual([{ field: "wayfare.quality", message: "B." }]);
  });
});

describe("what is printed", () => {
  it("at the start says where, who is asked, the caps, the books and the token's file, never the token", () => {
    const made = ready({ ...usual, "wayfare.quality": 101 });
    const text = describeRunning(["http://127.0.0.1:8377", "http://[::1]:8377"], made);
    expect(text).toBe(`Wayfare endpoint: http://127.0.0.1:8377 and http://[::1]:8377
  auto      ollama/qwen, openai/gpt-5.4-mini, openai/gpt-5.4
  cheap     ollama/qwen, openai/gpt-5.4-mini
  frontier  openai/gpt-5.4
  by name   openai/…, ollama/…
  caps      $5.00 a day, $0.50 a month in each book
  books     /srv/books, in the book "endpoint"; days of Europe/Paris
  token     in /srv/token
warning: wayfare.quality: 101 is not between 0 (economy) and 100 (quality). 100 is used.
`);
    expect(text).not.toContain(token);
  });

  it("by --check says what would be", () => {
    const made = ready({ "wayfare.playground": true }, { token: { path: "/srv/token", value: "", was: "missing" } });
    expect(describeChecked(made)).toBe(`Wayfare endpoint: could start, at http://127.0.0.1:8377
  auto      the playground's simulated models
  cheap     the playground's simulated models
  frontier  the playground's simulated models
  by name   playground/…
  caps      none; wayfare.budget.daily sets one
  books     /srv/books, in the book "endpoint"; days of Europe/Paris
  token     in /srv/token, to be made at the start
warning: wayfare.playground: The playground is on: its models are simulated, and what they answer costs nothing.
warning: keys.openai: There is no provider "openai". Add it to wayfare.providers, or remove it.
`);
  });

  it("names caps of single books, too", () => {
    const of = (settings: Record<string, unknown>) =>
      describeChecked(ready({ ...usual, ...settings }))
        .split("\n")
        .find((line) => line.startsWith("  caps "));
    const workspaces = { nightly: { daily: 0.25, monthly: 9 }, "by hand": { total: 3 }, free: {} };
    expect(of({ "wayfare.endpoint.workspaces": workspaces })).toBe(
      '  caps      $5.00 a day, $0.50 a month in each book, $0.25 a day in "nightly", $3.00 in total in "by hand"',
    );
    expect(of({ "wayfare.endpoint.workspaces": { nightly: {}, "*": { daily: 0.25 } } })).toBe(
      "  caps      $5.00 a day, $0.50 a month in each book, $0.25 a day in each other book that a request names",
    );
    const alone = { "wayfare.budget.daily": null, "wayfare.budget.workspace.monthly": null };
    expect(of({ ...alone, "wayfare.endpoint.workspaces": { nightly: { daily: 0.25 } } })).toBe(
      '  caps      $0.25 a day in "nightly"',
    );
  });

  it("tells a token that was made, and tiers without a model", () => {
    const made = ready(
      { "wayfare.providers": [openai], "wayfare.tiers": { cheap: ["openai/a"] } },
      { token: { path: "/srv/token", value: token, was: "made" } },
    );
    const lines = describeRunning(["http://127.0.0.1:8377"], made).split("\n");
    expect(lines).toContain("  frontier  no model");
    expect(lines).toContain("  token     in /srv/token, made just now");
  });

  it("where it cannot start says every problem, and what else is odd", () => {
    const made = start({ "wayfare.providers": [openai], "wayfare.budget.daily": -1, "wayfare.budget.total": true });
    expect(made.ok ? "" : describeRefused(made)).toBe(`Wayfare endpoint: not started. 2 problems:
  wayfare.budget.daily: -1 is below zero. Nothing that costs is sent until it is mended: write a number such as 2.5, or null for no cap.
  wayfare.budget.total: true is not an amount in USD. Nothing that costs is sent until it is mended: write a number such as 2.5, or null for no cap.
warning: wayfare.tiers: No model is in a tier, so "auto", "cheap" and "frontier" are not answered: only models asked for by their own names are. Write { "cheap": [ "provider/model" ], "frontier": [ "provider/model" ] }.
`);
    const one = start({ ...usual, "wayfare.pool": 7 });
    expect(one.ok ? "" : describeRefused(one)).toMatch(
      /^Wayfare endpoint: not started\. One problem:\n {2}wayfare\.pool: /,
    );
  });

  it.each([
    ["EADDRINUSE", false, "Another program uses port 8377. End it, or choose another port by --port."],
    [
      "EADDRINUSE",
      true,
      "Another Wayfare answers at port 8377: an editor's, or another start of this. Ask that one, or choose another port by --port.",
    ],
    [
      "EACCES",
      false,
      "This machine lets nobody but its administrator use port 8377. Choose one from 1024 on by --port.",
    ],
    ["ENOBUFS", false, "Port 8377 is not to be had (ENOBUFS). Choose another port by --port."],
  ])("of a port says who has it: %s, %s", (code, isWayfares, message) => {
    expect(portProblem(8377, { code, isWayfares })).toEqual({ field: "port", message });
  });

  it("at a signal says what is waited for", () => {
    expect([0, 1, 2].map(describeStopping)).toEqual([
      "Stopping: no answer is under way.\n",
      "Stopping: 1 answer under way may end, ten seconds at most; a second signal ends it at once.\n",
      "Stopping: 2 answers under way may end, ten seconds at most; a second signal ends them at once.\n",
    ]);
  });

  it("of losses says which were accepted", () => {
    expect([describeAccepted([]), describeAccepted(["a.sqlite", "b.sqlite"])]).toEqual([
      "warning: --accept-losses: No count is lost in these books. Leave it away.\n",
      "Accepted: caps count from what could be read of a.sqlite and b.sqlite. Leave --accept-losses away from now on.\n",
    ]);
  });

  it("has one line for each, whatever a name holds", () => {
    expect(warning({ field: "wayfare.a\n\u001b[31m", message: "No." })).toBe("warning: wayfare.a [31m: No.");
  });
});
