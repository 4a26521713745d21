import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { readSettings } from "../../../server/core/read-settings.ts";

const read = (workspaces: unknown, budget: unknown = undefined) => {
  const { settings, problems } = readSettings({ network: {}, budget, endpoint: { workspaces } });
  return {
    caps: (name: string | null, own: string | null = null) =>
      settings.endpoint
        .capsOf(name, own)
        .map(({ id, limitNano, setting, isUnreadable }) =>
          [id, limitNano / 1e9, setting, ...(isUnreadable === true ? ["unreadable"] : [])].join(" "),
        ),
    /** What requests are told under those that cannot be read. */
    refusals: (name: string) => settings.endpoint.capsOf(name).flatMap(({ refusal }) => refusal ?? []),
    problems: problems.map(({ field, message }) => `${field}: ${message}`),
  };
};
const budget = { daily: 5, workspace: { daily: [1], total: [30] } };
const general = [
  "global.daily 5 wayfare.budget.daily",
  "workspace.daily 1 wayfare.budget.workspace.daily",
  "workspace.total 30 wayfare.budget.workspace.total",
];

describe("caps of the books that other tools name", () => {
  it("are the general ones where nothing else is said", () => {
    for (const written of [undefined, null, {}, { other: { daily: 0.1 } }]) {
      const { caps, problems } = read(written, budget);
      expect([caps(null), caps("ci"), problems]).toEqual([general, general, []]);
    }
    expect(read({ ci: {} }).caps("ci")).toEqual([]);
  });

  it("are the least of a name's own and the general ones, period by period", () => {
    const { caps, problems } = read({ ci: { daily: 0.25, weekly: 2, monthly: null, total: 50 } }, budget);
    expect(caps("ci")).toEqual([
      "global.daily 5 wayfare.budget.daily",
      "workspace.daily 0.25 wayfare.endpoint.workspaces.ci.daily",
      "workspace.weekly 2 wayfare.endpoint.workspaces.ci.weekly",
      "workspace.total 30 wayfare.budget.workspace.total",
    ]);
    expect([caps("other"), caps(null), problems]).toEqual([general, general, []]);
  });

  it("that cannot be read stop what costs in that book alone, and say so with the field", () => {
    const { caps, refusals, problems } = read({ ci: { daily: "1", weekly: 2 }, well: { daily: 3 } });
    expect(refusals("ci")).toEqual([
      'wayfare.endpoint.workspaces.ci.daily is no amount, so nothing that costs is sent from the book "ci" until it is mended. Write a number such as 2.5, or null for no cap.',
    ]);
    expect(refusals("well")).toEqual([]);
    expect(caps("ci")).toEqual([
      "workspace.daily 0 wayfare.endpoint.workspaces.ci.daily unreadable",
      "workspace.weekly 2 wayfare.endpoint.workspaces.ci.weekly",
    ]);
    expect(caps("well")).toEqual(["workspace.daily 3 wayfare.endpoint.workspaces.well.daily"]);
    expect(problems).toEqual([
      'wayfare.endpoint.workspaces.ci.daily: "1" is not an amount in USD. Nothing that costs is sent from the book "ci" until it is mended: write a number such as 2.5, or null for no cap.',
    ]);
  });

  it("stay unreadable under a general cap of $0", () => {
    const { caps } = read({ ci: { daily: -1 } }, { workspace: { daily: [0] } });
    expect(caps("ci")).toEqual(["workspace.daily 0 wayfare.endpoint.workspaces.ci.daily unreadable"]);
    const other = read({ ci: { daily: 0 } }, { workspace: { daily: ["none"] } });
    expect(other.caps("ci")).toEqual(["workspace.daily 0 wayfare.budget.workspace.daily unreadable"]);
  });

  it.each([
    [
      { ci: 5 },
      'wayfare.endpoint.workspaces.ci: 5 is not a set of caps. Nothing that costs is sent from the book "ci" until it is mended: write { "daily": 2.5 }.',
      "wayfare.endpoint.workspaces.ci",
      'wayfare.endpoint.workspaces.ci is no set of caps, so nothing that costs is sent from the book "ci" until it is mended. Write { "daily": 2.5 }.',
    ],
    [
      { ci: { dayly: 5 } },
      'wayfare.endpoint.workspaces.ci.dayly: There is no cap "dayly". Nothing that costs is sent from the book "ci" until it is mended: write daily, weekly, monthly or total.',
      "wayfare.endpoint.workspaces.ci.dayly",
      'wayfare.endpoint.workspaces.ci.dayly: there is no cap "dayly", so nothing that costs is sent from the book "ci" until it is mended. Write daily, weekly, monthly or total.',
    ],
  ])("hold at $0 where the whole of one name cannot be read: %j", (written, problem, setting, refusal) => {
    const { caps, refusals, problems } = read(written, { workspace: { weekly: [1] } });
    expect(caps("ci")).toEqual([
      "workspace.weekly 1 wayfare.budget.workspace.weekly",
      `workspace.total 0 ${setting} unreadable`,
    ]);
    expect(refusals("ci")).toEqual([refusal]);
    expect([caps("other"), problems]).toEqual([["workspace.weekly 1 wayfare.budget.workspace.weekly"], [problem]]);
  });

  it("hold at $0 for every named book where none of it can be read, and not for the endpoint's own", () => {
    for (const written of [[], "ci", 5]) {
      const { caps, refusals, problems } = read(written, budget);
      expect(refusals("anything")).toEqual([
        'wayfare.endpoint.workspaces is no set of names with their caps, so nothing that costs is sent from a book that a request names until it is mended. Write { "nightly": { "daily": 2.5 } }.',
      ]);
      expect(caps("anything").at(-1)).toBe("workspace.total 0 wayfare.endpoint.workspaces unreadable");
      expect([caps(null), problems.length]).toEqual([general, 1]);
      expect(problems[0]).toMatch(
        /^wayfare\.endpoint\.workspaces: .* is not a set of names with their caps\. .* write /,
      );
    }
  });

  it("named * are those of each book that a request names and nobody listed, and not of the endpoint's own", () => {
    const { caps, problems } = read({ "*": { daily: 0.5, total: 50 }, nightly: {}, ci: { weekly: 2 } }, budget);
    const ofOthers = [
      "global.daily 5 wayfare.budget.daily",
      "workspace.daily 0.5 wayfare.endpoint.workspaces.*.daily",
      "workspace.total 30 wayfare.budget.workspace.total",
    ];
    for (const name of ["Nightly", "another", "*", "__proto__"]) expect(caps(name)).toEqual(ofOthers);
    expect(caps("nightly")).toEqual(general);
    expect(caps("ci")).toEqual([
      ...general.slice(0, 2),
      "workspace.weekly 2 wayfare.endpoint.workspaces.ci.weekly",
      ...general.slice(2),
    ]);
    expect([caps(null), problems]).toEqual([general, []]);
    // The endpoint's own book may have a name, too, and clients may say it.
    expect([caps("own", "own"), caps("another", "own")]).toEqual([general, ofOthers]);
    expect(caps("ci", "ci")).toEqual(caps("ci"));
    expect(read([], budget).caps("own", "own").at(-1)).toContain("unreadable");
  });

  it("named * that cannot be read stop what costs in each book that is not listed", () => {
    const amount = read({ "*": { daily: "1" }, ci: { daily: 3 } });
    const nothing = "othing that costs is sent from a book that is not listed there until it is mended";
    expect(amount.caps("any")).toEqual(["workspace.daily 0 wayfare.endpoint.workspaces.*.daily unreadable"]);
    expect(amount.refusals("any")).toEqual([
      `wayfare.endpoint.workspaces.*.daily is no amount, so n${nothing}. Write a number such as 2.5, or null for no cap.`,
    ]);
    expect(amount.caps("ci")).toEqual(["workspace.daily 3 wayfare.endpoint.workspaces.ci.daily"]);
    expect(amount.problems).toEqual([
      `wayfare.endpoint.workspaces.*.daily: "1" is not an amount in USD. N${nothing}: write a number such as 2.5, or null for no cap.`,
    ]);
    const whole = read({ "*": 5 });
    expect(whole.caps("any")).toEqual(["workspace.total 0 wayfare.endpoint.workspaces.* unreadable"]);
    expect(whole.problems).toEqual([
      `wayfare.endpoint.workspaces.*: 5 is not a set of caps. N${nothing}: write { "daily": 2.5 }.`,
    ]);
  });

  it.each(["", "a/b", "**", "ä", " ci", "ci ", "a:b", "x".repeat(65), "a\nb"])(
    "are of no name that cannot be one: %j",
    (name) => {
      const { problems } = read({ [name]: { daily: 1 } });
      expect(problems).toEqual([expect.stringContaining("cannot name a workspace")]);
      expect(problems[0]).toMatch(/^wayfare\.endpoint\.workspaces: /);
    },
  );

  it("have the names that the editor's settings page takes", () => {
    const setting = z.object({ propertyNames: z.object({ pattern: z.string() }) });
    const properties = z.object({ "wayfare.endpoint.workspaces": setting });
    const manifest = z
      .object({ contributes: z.object({ configuration: z.object({ properties }) }) })
      .parse(JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")));
    const written = manifest.contributes.configuration.properties["wayfare.endpoint.workspaces"];
    const { pattern } = written.propertyNames;
    for (const name of ["*", "**", "ci", "a b", " a", "a ", "a/b", "", "x".repeat(64), "x".repeat(65)]) {
      expect([name, new RegExp(pattern).test(name)]).toEqual([
        name,
        read({ [name]: { daily: 1 } }).problems.length === 0,
      ]);
    }
  });

  it.each(["ci", "Nightly review", "a.b_c-1", "x".repeat(64), "__proto__", "constructor"])(
    "are of names such as %j",
    (name) => {
      const { caps, problems } = read(JSON.parse(`{ ${JSON.stringify(name)}: { "daily": 1 } }`));
      expect([caps(name).length, problems]).toEqual([1, []]);
      expect(caps("toString")).toEqual([]);
    },
  );
});

describe("other tools' own names for models", () => {
  const namesIn = (models: unknown) => {
    const { settings, problems } = readSettings({ network: {}, endpoint: { models } });
    return { ...settings.endpoint.names, problems: problems.map(({ field, message }) => `${field}: ${message}`) };
  };

  it("stand for what is written, a pattern that says more before one that says less", () => {
    const { exact, byPattern, problems } = namesIn({
      "claude-*": "auto",
      "claude-*-haiku-*": "cheap",
      "gpt-5": "acme/large",
      "*-mini": "cheap",
    });
    expect([...exact]).toEqual([["gpt-5", "acme/large"]]);
    for (const [name, target] of [
      ["claude-3-5-haiku-20241022", "cheap"],
      ["claude-sonnet-4-5", "auto"],
      ["claude-", "auto"],
      ["gpt-5-mini", "cheap"],
      ["-mini", "cheap"],
      ["my-claude-1", null],
      ["gpt-5", null],
      ["mini", null],
    ] as const) {
      expect([name, byPattern(name)]).toEqual([name, target]);
    }
    expect(problems).toEqual([]);
  });

  it("do not fit where a name is too short for both ends of its pattern", () => {
    const { byPattern } = namesIn({ "aba*aba": "cheap", "x*y*y": "auto" });
    expect(["aba", "ababa", "abaaba", "xy", "xyy", "xyzy"].map(byPattern)).toEqual([
      null,
      null,
      "cheap",
      null,
      "auto",
      "auto",
    ]);
  });

  it.each([
    [
      5,
      'wayfare.endpoint.models: 5 is not a set of names with what they stand for. Write { "claude-haiku-*": "cheap", "claude-*": "auto" }.',
    ],
    [
      { "claude-*": "best" },
      'wayfare.endpoint.models.claude-*: "best" is neither auto, cheap or frontier nor a model. Write one of them, or provider/model.',
    ],
    [
      { "claude-*": 1 },
      "wayfare.endpoint.models.claude-*: 1 is neither auto, cheap or frontier nor a model. Write one of them, or provider/model.",
    ],
  ])("that cannot be read are named: %j", (written, problem) => {
    const { exact, byPattern, problems } = namesIn(written);
    expect([exact.size, byPattern("claude-1"), problems]).toEqual([0, null, [problem]]);
  });
});
