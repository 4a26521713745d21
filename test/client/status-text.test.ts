import { describe, expect, it } from "vitest";
import { describeStatus, type StatusFacts } from "../../client/status-text.ts";
import type { Failure } from "../../shared/failure.ts";
import type { Book, CapState, Spend } from "../../shared/protocol.ts";
import { tight } from "./webview/harness/endpoint-scenes.ts";

const nothing: Book = { spentNano: 0, heldNano: 0, unknown: 0, rows: [] };
const spent: Book = {
  spentNano: 12_800_000,
  heldNano: 2_000_000,
  unknown: 0,
  rows: [
    { tier: "frontier", providerId: "anthropic", modelId: "claude-opus-4.6", costNano: 12_500_000, answers: 1 },
    { tier: "cheap", providerId: "openrouter", modelId: "qwen/qwen3-coder", costNano: 300_000, answers: 1 },
  ],
};
const spendOf = (real: Book, simulated: Book = nothing, caps: CapState[] = []): Spend => ({ real, simulated, caps });
const idle = { working: 0, silent: null, uri: null };
const dollar: CapState = {
  id: "workspace.daily",
  scope: "workspace",
  period: "daily",
  limitNano: 1_000_000_000,
  raisedNano: 0,
  spentNano: 4_200_000,
  heldNano: 10_000_000,
  setting: "wayfare.budget.workspace.daily",
};
const facts = (over: Partial<StatusFacts> = {}): StatusFacts => ({
  setup: "ready",
  process: "running",
  stoppedBecause: null,
  server: { working: 0, silent: null, completions: idle },
  spend: spendOf(nothing),
  completions: { state: "on", reason: null },
  trusted: true,
  hostLabel: "",
  nowMs: Date.parse("2026-11-18T12:00:00Z"),
  timeZone: "UTC",
  ...over,
});

describe("the status bar", () => {
  it.each<[string, Partial<StatusFacts>, string, string]>([
    ["nothing spent yet", {}, "$(compass) $0", "wayfare.focusChat"],
    ["money", { spend: spendOf(spent) }, "$(compass) $0.0128", "wayfare.focusChat"],
    [
      "an answer on its way",
      { server: { working: 1, silent: null, completions: idle }, spend: spendOf(spent) },
      "$(loading~spin) $0.0128",
      "wayfare.focusChat",
    ],
    [
      "the playground, apart from money",
      { setup: "playground", spend: spendOf(nothing, { ...spent, spentNano: 4_200_000 }) },
      "$(compass) $0.0042 simulated",
      "wayfare.focusChat",
    ],
    [
      "the playground after real money was spent",
      { setup: "playground", spend: spendOf(spent, { ...spent, spentNano: 4_200_000 }) },
      "$(compass) $0.0128 · $0.0042 simulated",
      "wayfare.focusChat",
    ],
    [
      "no simulated money once a provider is there",
      { spend: spendOf(spent, { ...spent, spentNano: 4_200_000 }) },
      "$(compass) $0.0128",
      "wayfare.focusChat",
    ],
    ["a cost nobody knows", { spend: spendOf({ ...nothing, unknown: 2 }) }, "$(compass) $?", "wayfare.focusChat"],
    [
      "a sum with an unknown cost in it",
      { spend: spendOf({ ...spent, unknown: 1 }) },
      "$(compass) $0.0128 + ?",
      "wayfare.focusChat",
    ],
    [
      "before the server said anything",
      { process: "idle", server: null, spend: null },
      "$(compass) Wayfare",
      "wayfare.focusChat",
    ],
    ["nothing set up", { setup: "nothing", process: "idle" }, "$(compass) Wayfare: set up", "wayfare.focusChat"],
    [
      "the nearest cap beside what was spent under it",
      { spend: spendOf(spent, nothing, [dollar, { ...dollar, period: "monthly", limitNano: 30_000_000_000 }]) },
      "$(compass) $0.0042 · $1.00",
      "wayfare.focusChat",
    ],
    [
      "the period of a cap that is not a day's",
      { spend: spendOf(spent, nothing, [{ ...dollar, period: "monthly", limitNano: 30_000_000_000 }]) },
      "$(compass) $0.0042 · $30.00/month",
      "wayfare.focusChat",
    ],
    [
      "no cap of completions while they are off",
      {
        spend: spendOf(spent, nothing, [{ ...dollar, scope: "completions", limitNano: 500_000_000 }, dollar]),
        completions: { state: "off", reason: null },
      },
      "$(compass) $0.0042 · $1.00",
      "wayfare.focusChat",
    ],
    [
      "a cap that cannot be read in place of the sum",
      { spend: spendOf(spent, nothing, [dollar, { ...dollar, limitNano: 0, isUnreadable: true }]) },
      "$(compass) cap unreadable",
      "wayfare.focusChat",
    ],
    [
      "no cap for simulated money",
      { setup: "playground", spend: spendOf(nothing, { ...spent, spentNano: 4_200_000 }, [dollar]) },
      "$(compass) $0.0042 simulated",
      "wayfare.focusChat",
    ],
    [
      "a completion on its way",
      { completions: { state: "working", reason: null } },
      "$(loading~spin) $0",
      "wayfare.focusChat",
    ],
    [
      "why no completion comes",
      { completions: { state: "on", reason: "markdown off" } },
      "$(compass) $0 $(circle-slash) markdown off",
      "wayfare.focusChat",
    ],
    [
      "why completions that were turned on are off all the same",
      { completions: { state: "off", reason: "no cheap model is set up" } },
      "$(compass) $0 $(circle-slash) no cheap model is set up",
      "wayfare.focusChat",
    ],
    [
      "nothing of completions that nobody turned on",
      { completions: { state: "off", reason: null } },
      "$(compass) $0",
      "wayfare.focusChat",
    ],
    ["Restricted Mode", { trusted: false }, "$(shield) $0", "wayfare.focusChat"],
    ["a restart", { process: "restarting" }, "$(sync~spin) Wayfare: restarting", "wayfare.focusChat"],
    [
      "a server that stays away",
      { process: "stopped", stoppedBecause: "The server ended 6 times in 3 minutes and is not started again." },
      "$(error) Wayfare: stopped",
      "wayfare.restartServer",
    ],
    [
      "books that cannot be kept",
      { server: { working: 0, silent: { kind: "ledger", message: "The disk is full." }, completions: idle } },
      "$(warning) Wayfare: ledger problem",
      "wayfare.focusChat",
    ],
    [
      "a setup that is not complete",
      {
        server: {
          working: 0,
          silent: { kind: "setup", field: "wayfare.providers", message: "openai has no key." },
          completions: idle,
        },
      },
      "$(warning) Wayfare: needs setup",
      "wayfare.focusChat",
    ],
  ])("shows %s", (_name, over, text, command) => {
    const status = describeStatus(facts(over));
    expect([status.text, status.command]).toEqual([text, command]);
  });

  it("has the money by tier and model in its tooltip, spent and held, and the ways to log and settings", () => {
    expect(describeStatus(facts({ spend: spendOf(spent), hostLabel: "WSL: Ubuntu" })).tooltip).toBe(
      [
        "**Today on WSL: Ubuntu: $0.0128**, $0.0020 held",
        "",
        "| tier | model | answers | cost |",
        "|:--|:--|--:|--:|",
        "| cheap | openrouter/qwen/qwen3-coder | 1 | $0.0003 |",
        "| frontier | anthropic/claude-opus-4.6 | 1 | $0.0125 |",
        "",
        "Completions are on. [Snooze](command:wayfare.snoozeCompletions) · [Turn off](command:wayfare.turnOffCompletions)",
        "",
        "[Costs](command:wayfare.showCosts) · [Settings](command:wayfare.openSettings) · [Log](command:wayfare.showLog)",
      ].join("\n"),
    );
  });

  it("says what of the day's money this workspace spent, where others did, too", () => {
    const { tooltip } = describeStatus(facts({ spend: spendOf({ ...spent, hereNano: 4_000_000 }) }));
    expect(tooltip.split("\n")[0]).toBe("**Today: $0.0128**, $0.0040 of it in this workspace, $0.0020 held");
  });

  it("lists every cap with what is spent, held and left, and warns once the first is reached", () => {
    const raised = { ...dollar, limitNano: 1_500_000_000, raisedNano: 500_000_000 };
    const global: CapState = { ...dollar, id: "global.monthly", scope: "global", period: "monthly" };
    const open = describeStatus(facts({ spend: spendOf(spent, nothing, [raised, global]), hostLabel: "WSL: Ubuntu" }));
    expect(open.warning).toBe(false);
    expect(open.tooltip).toContain(
      [
        "**Caps on WSL: Ubuntu**",
        "",
        "| | cap | spent | held | left |",
        "|:--|--:|--:|--:|--:|",
        "| This workspace, a day ($0.50 more for today) | $1.50 | $0.0042 | $0.0100 | $1.49 |",
        "| All workspaces, a month | $1.00 | $0.0042 | $0.0100 | $0.9858 |",
        "",
        "[Raise for today](command:wayfare.raiseCap)",
      ].join("\n"),
    );
    const reached = { ...dollar, spentNano: 1_000_000_000 };
    expect(describeStatus(facts({ spend: spendOf(spent, nothing, [reached]) })).warning).toBe(true);
  });

  it("tells when a cap is reached if it goes on like this, in the person's local time", () => {
    const at = (text: string) => Date.parse(text);
    const caps: CapState[] = [
      { ...dollar, reachedAtMs: at("2026-11-18T15:20:00Z") },
      { ...dollar, id: "global.weekly", scope: "global", period: "weekly", reachedAtMs: at("2026-11-19T15:20:00Z") },
      { ...dollar, id: "global.monthly", scope: "global", period: "monthly", reachedAtMs: at("2026-11-28T15:20:00Z") },
    ];
    const { tooltip } = describeStatus(facts({ spend: spendOf(spent, nothing, caps), timeZone: "Europe/Berlin" }));
    expect(tooltip).toContain(
      [
        "| This workspace, a day | $1.00 | $0.0042 | $0.0100 | $0.9858, at this rate reached at 16:20 |",
        "| All workspaces, a week | $1.00 | $0.0042 | $0.0100 | $0.9858, at this rate reached on Thursday 16:20 |",
        "| All workspaces, a month | $1.00 | $0.0042 | $0.0100 | $0.9858, at this rate reached on 28 November |",
      ].join("\n"),
    );
  });

  it("says of a cap that cannot be read which setting to correct, and offers no raise for it", () => {
    const unreadable: CapState = { ...dollar, limitNano: 0, spentNano: 0, isUnreadable: true };
    const alone = describeStatus(facts({ spend: spendOf(spent, nothing, [unreadable]) }));
    expect(alone.warning).toBe(true);
    expect(alone.tooltip).toContain(
      "| This workspace, a day | unreadable: correct wayfare.budget.workspace.daily | | | |",
    );
    expect(alone.tooltip).not.toContain("Raise for today");
    const other: CapState = { ...dollar, id: "global.daily", scope: "global" };
    expect(describeStatus(facts({ spend: spendOf(spent, nothing, [unreadable, other]) })).tooltip).toContain(
      "Raise for today",
    );
  });

  it("counts no answers of a model that only completed", () => {
    const rows = spent.rows.slice(1).map((row) => ({ ...row, answers: 0 }));
    expect(describeStatus(facts({ spend: spendOf({ ...spent, rows }) })).tooltip).toContain(
      "| cheap | openrouter/qwen/qwen3-coder | – | $0.0003 |",
    );
  });

  it("says why it is silent, and what can be done", () => {
    const stopped = describeStatus(facts({ process: "stopped", stoppedBecause: "It ended too often." })).tooltip;
    expect(stopped).toContain("It ended too often.\n\n");
    expect(stopped).toContain("[Restart the server](command:wayfare.restartServer)");
    expect(describeStatus(facts({ trusted: false })).tooltip).toContain(
      "Restricted Mode: Wayfare answers what you type and sends no file.",
    );
    expect(describeStatus(facts({ setup: "nothing" })).tooltip).toBe(
      "Nothing is set up yet. Add a provider, or try the playground: simulated and free.\n\n[Add a provider](command:wayfare.addProvider) · [Use the playground](command:wayfare.usePlayground) · [Log](command:wayfare.showLog)",
    );
  });

  it("makes no link of a foreign text", () => {
    const silent = { kind: "internal" as const, message: "[click](command:workbench.action.quit)" };
    expect(describeStatus(facts({ server: { working: 0, silent, completions: idle } })).tooltip).not.toContain(
      "](command:workbench",
    );
  });
});

describe("a completion that failed", () => {
  const tooltip = (failure: Failure, vendors: StatusFacts["vendors"]) =>
    describeStatus(
      facts({
        completions: { state: "on", reason: "key refused", trouble: { failure, providerId: "mine" } },
        ...(vendors === undefined ? {} : { vendors }),
      }),
    ).tooltip;

  it("is told in full: the vendor's words, the mend, and the vendor's own page", () => {
    const message = 'api.openai.com refused the key (401). "Incorrect API key." Run "Wayfare: Change Key".';
    expect(tooltip({ kind: "auth", status: 401, message }, { mine: "openai" })).toContain(
      '\n\napi.openai.com refused the key \\(401\\). "Incorrect API key." Run "Wayfare: Change Key". [Change the key](command:wayfare.changeKey) · [OpenAI: keys](https://platform.openai.com/api-keys)\n\n',
    );
  });

  it("makes no link of the vendor's words, and none where there is no page", () => {
    const message = 'host limits the rate (429). "See https://evil.example and www.evil.example" Again in 40 s.';
    const shown = tooltip({ kind: "rate-limit", retryAfterMs: 40_000, message }, { mine: "vllm" });
    expect(shown).toContain(
      '\n\nhost limits the rate \\(429\\). "See https\\://evil.example and www\\.evil.example" Again in 40 s.\n\n',
    );
  });
});

describe("what a screen reader says of the status bar", () => {
  const running = { state: "running" as const, urls: ["http://127.0.0.1:8377"], spentNano: 0, requests: 0 };
  it.each<[string, Partial<StatusFacts>, string]>([
    ["money", { spend: spendOf(spent) }, "Wayfare: $0.0128 spent today"],
    ["the nearest cap", { spend: spendOf(spent, nothing, [dollar]) }, "Wayfare: $0.0042 spent of $1.00 a day"],
    [
      "an endpoint that runs",
      { spend: spendOf(spent), endpoint: running },
      "Wayfare: $0.0128 spent today, the local endpoint runs",
    ],
    [
      "one in another window",
      { endpoint: { ...running, state: "elsewhere" } },
      "Wayfare: $0 spent today, the local endpoint runs in another window",
    ],
    [
      "one that does not answer, and why no completion comes",
      { endpoint: { state: "foreign", port: 8_377 }, completions: { state: "on", reason: "no model" } },
      "Wayfare: $0 spent today, the local endpoint does not answer, no completions: no model",
    ],
    [
      "one that another window did not switch off",
      { endpoint: { state: "unheard" } },
      "Wayfare: $0 spent today, another window still answers other tools",
    ],
    ["nothing set up", { setup: "nothing" }, "Wayfare: set up"],
    ["a stopped server", { process: "stopped" }, "Wayfare: stopped"],
    ["nothing known", { process: "idle", spend: null }, "Wayfare"],
  ])("%s", (_name, over, label) => {
    expect(describeStatus(facts(over)).label).toBe(label);
  });
});

describe("the local endpoint", () => {
  const urls = ["http://127.0.0.1:8377", "http://[::1]:8377"];
  const shown = (endpoint: NonNullable<StatusFacts["endpoint"]>, over: Partial<StatusFacts> = {}) =>
    describeStatus(facts({ endpoint, spend: spendOf(spent), ...over }));
  const link = "[Local endpoint](command:wayfare.showEndpoint)";

  it("is marked where this window answers, with what it spent and the way to its page", () => {
    const { text, tooltip } = shown({ state: "running", urls, spentNano: 12_300_000, requests: 14 });
    expect(text).toBe("$(compass) $0.0128 $(plug)");
    expect(tooltip).toContain(`\n\n${link}: 127.0.0.1:8377, $0.0123 today in 14 requests\n\n`);
  });

  it("tells of the caps of its own books that are near or reached; the others stand with all caps", () => {
    const { tooltip } = shown(tight);
    expect(tooltip).toContain(
      [
        "214 requests",
        '85 % of the \\$0.20 a day of the book "ci" is spent or held: a request that may cost more than the \\$0.0300 left is refused.',
        'wayfare.endpoint.workspaces.night.daily cannot be read: nothing that costs is sent from the book "night" until it is corrected.',
      ].join("  \n"),
    );
    expect(tooltip).not.toContain("All of your");
  });

  it("says when another window answers, without the mark", () => {
    const { text, tooltip } = shown({ state: "elsewhere", urls, spentNano: 0, requests: 0 });
    expect(text).toBe("$(compass) $0.0128");
    expect(tooltip).toContain(
      `${link}: 127.0.0.1:8377, answered by another window, nothing that costs was asked today\n\n`,
    );
  });

  it("is marked where another Wayfare has the port and lets in nobody who shows this token", () => {
    const { text, tooltip } = shown({ state: "foreign", port: 8_377 });
    expect(text).toBe("$(compass) $0.0128 $(plug)$(warning)");
    expect(tooltip).toContain(
      `${link}: Another Wayfare answers at port 8377, with a token of its own: one that was started without an editor, or a window that has not heard of a new token yet \\(reload it\\).`,
    );
  });

  it("is marked where it is switched off and another window still answers", () => {
    const { text, tooltip } = shown({ state: "unheard" });
    expect(text).toBe("$(compass) $0.0128 $(plug)$(warning)");
    expect(tooltip).toContain(
      `${link}: Switched off; another window has not heard of it yet and still answers. Reload that window.`,
    );
  });

  it("is marked where it does not answer, and says why, and makes no link of that", () => {
    const { text, tooltip } = shown({ state: "failed", message: "Port 8377 is in use by [x](command:y)." });
    expect(text).toBe("$(compass) $0.0128 $(plug)$(warning)");
    expect(tooltip).toContain(`${link}: Port 8377 is in use by \\[x\\]\\(command:y\\).`);
  });

  it("says which of its settings cannot be used", () => {
    const { tooltip } = shown(
      { state: "running", urls, spentNano: 0, requests: 1 },
      { endpointProblems: [{ field: "wayfare.endpoint.port", message: "99 is no port. 8377 is used." }] },
    );
    expect(tooltip).toContain("1 request  \nwayfare.endpoint.port: 99 is no port. 8377 is used.");
  });

  it("is not spoken of while it is off", () => {
    for (const endpoint of [{ state: "off" } as const, null]) {
      expect(describeStatus(facts({ endpoint })).tooltip).not.toContain("endpoint");
    }
  });
});
