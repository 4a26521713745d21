import { describe, expect, it } from "vitest";
import { figuresOf } from "../../../client/webview/cost-figures.ts";
import {
  amountWords,
  bucketTitle,
  daysWords,
  groupName,
  groupsGist,
  perUnitWords,
  savedAmount,
  savingAgainst,
  savingSentence,
  shareWords,
  timelineGist,
  workspaceName,
} from "../../../client/webview/cost-words.ts";
import { workspaceChoice } from "../../../client/webview/costs-filters.ts";
import { titleOf } from "../../../client/webview/dear-requests.ts";
import { errorWords } from "../../../client/webview/number-checks.ts";
import { headWords } from "../../../client/webview/request-record.ts";
import { huge, nothingSpent, report, savings, sums } from "./harness/costs-scenes.ts";

const figure = (key: string, values: Parameters<typeof report>[0] = {}) => {
  const found = figuresOf(report(values)).find((each) => each.key === key);
  return [found?.name, found?.amount, found?.words, found?.how.join(" ")];
};

describe("amounts", () => {
  it("make no zero of what is not known", () => {
    expect(amountWords({ spentNano: 1_200_000_000, unknown: 0 })).toBe("$1.20");
    expect(amountWords({ spentNano: 1_200_000_000, unknown: 3 })).toBe("$1.20 + 3 of unknown price");
    expect(amountWords({ spentNano: 0, unknown: 3 })).toBe("3 of unknown price");
    expect(amountWords({ spentNano: 0, unknown: 0 })).toBe("$0");
    expect(perUnitWords({ spentNano: 0, unknown: 3 }, 5)).toBe("–");
    expect(perUnitWords({ spentNano: 10, unknown: 0 }, 0)).toBe("–");
    expect(perUnitWords({ spentNano: 1_000_000_000, unknown: 0 }, 4)).toBe("$0.2500");
  });

  it("say a loss as a loss", () => {
    expect([savedAmount(1_000_000_000), savedAmount(-120_000_000), savedAmount(0)]).toEqual([
      "$1.00 saved",
      "$0.1200 more spent",
      "no difference",
    ]);
    expect(savingSentence(-120_000_000, "always frontier")).toBe(
      "Routing cost $0.1200 more than always frontier would have.",
    );
    expect(savingSentence(0, "always cheap")).toBe("Routing cost as much as always cheap would have.");
  });

  it("round no share up to all and none down to nothing", () => {
    expect([
      shareWords(1, 1_000),
      shareWords(999, 1_000),
      shareWords(1, 1),
      shareWords(0, 5),
      shareWords(0, 0),
    ]).toEqual(["<1 %", ">99 %", "100 %", "0 %", "–"]);
    expect([1.4, -12.6, 0.2, null].map(errorWords)).toEqual(["+1 %", "−13 %", "0 %", "–"]);
  });
});

describe("the figures of the first row", () => {
  it("are what was spent, what a unit of it costs, and what was saved, in this order", () => {
    expect(figuresOf(report()).map(({ name, amount, words }) => [name, amount, words])).toEqual([
      ["Spent", "$1.20", "34 requests, Nov 12 to Nov 18"],
      ["Per answer", "$0.0567", "18 chat answers"],
      ["Per accepted line", "$0.0050", "240 accepted lines"],
      ["Against always frontier", "$0.7500 saved", "expected right: 15.6 of 18, always frontier 16.2"],
      [
        "Against the best single model",
        "$0.6800 more spent",
        "always cheap; with wrong answers counted, routing is better by $0.0200",
      ],
      ["Saved by caches", "$0.3900", "vendors' prompt caches: $0.3400 saved; 3 kept answers: $0.0500 saved"],
      ["Failed attempts", "4", "of 39 attempts; they cost $0.0300; 2 stopped for $0.0100"],
    ]);
  });

  it("say whose money it is, and how much of it nobody knows", () => {
    const [, amount, words, how] = figure("spent", { total: sums({ unknown: 3 }), hostLabel: "WSL: Ubuntu" });
    expect([amount, words]).toEqual(["$1.20 + 3 of unknown price", "34 requests, Nov 12 to Nov 18 on WSL: Ubuntu"]);
    expect(how).toContain("3 attempts have no known price. They are in no sum on this page");
    expect(figure("spent", { total: sums({ unknown: 1 }) })[3]).toContain("1 attempt has no known price.");
  });

  it("divide by nothing where there is nothing, and say what would be counted", () => {
    expect(figure("line", { total: sums({ acceptedLines: 0 }) }).slice(1, 3)).toEqual([
      "–",
      "no line was accepted in these days",
    ]);
    expect(figure("line", { total: sums({ acceptedLines: 0 }) })[3]).toContain("press Insert or Copy");
    expect(figure("answer", { groups: nothingSpent.groups }).slice(1, 3)).toEqual([
      "–",
      "no chat answer in these days",
    ]);
    expect(figure("frontier", { savings: null }).slice(1, 3)).toEqual(["–", "no answer was routed in Auto mode"]);
  });

  it("write out what is left out, whose prices they are, and that right answers are predicted", () => {
    const how = figure("single")[3];
    expect(how).toContain("Routing cost $0.6800 more than always cheap would have.");
    expect(how).toContain("A wrong answer counts as $0.2000, which is what wayfare.quality says now.");
    expect(how).toContain("against always cheap: routing is better by $0.0200");
    expect(how).toContain("It was not measured.");
    expect(how).toContain("3 answers are left out");
    expect(figure("frontier")[3]).toContain("for the same tokens at the prices of that time");
    expect(savingAgainst(savings, "cheap")).toEqual({ paidNano: -680_000_000, weighedNano: 20_000_000 });
  });

  it("name what caches cost more than they saved a loss, and each part by itself", () => {
    const words = (promptSavedNano: number, keptAnswers: number, keptSavedNano: number) =>
      figure("cache", { cache: { promptSavedNano, keptAnswers, keptSavedNano } }).slice(0, 3);
    expect(words(-20_000_000, 1, 0)).toEqual([
      "Lost by caches",
      "$0.0200",
      "vendors' prompt caches: $0.0200 lost; 1 kept answer: $0",
    ]);
    expect(words(-20_000_000, 2, 30_000_000)).toEqual([
      "Saved by caches",
      "$0.0100",
      "vendors' prompt caches: $0.0200 lost; 2 kept answers: $0.0300 saved",
    ]);
    expect(words(0, 0, 0)).toEqual(["Saved by caches", "$0", "vendors' prompt caches: $0; kept answers: none"]);
  });

  it("say once what routing came to where always frontier is the best single model", () => {
    const best = { savings: { ...savings, bestSingle: "frontier" } } as const;
    const keys = (values: Parameters<typeof report>[0]) => figuresOf(report(values)).map(({ key }) => key);
    expect(keys(best)).toEqual(["spent", "answer", "line", "frontier", "cache", "failed"]);
    const [name, amount, words, how] = figure("frontier", best);
    expect([name, amount, words]).toEqual([
      "Against always frontier",
      "$0.7500 saved",
      "also the best single model here; expected right: 15.6 of 18, always frontier 16.2",
    ]);
    expect(how).toContain("Here that is always frontier. A wrong answer counts as $0.2000");
    expect(how).toContain("against always frontier: routing is better by $0.6300");
    expect(keys({ savings: null })).toEqual(["spent", "answer", "line", "frontier", "cache", "failed"]);
    expect(figure("frontier", { savings: null }).slice(0, 3)).toEqual([
      "Against one model for all",
      "–",
      "no answer was routed in Auto mode",
    ]);
  });
});

describe("a request of another tool", () => {
  const dear = { questionHead: "", sessionTitle: "", kind: "endpoint", language: "", modelId: "vendor/small" } as const;

  it("is told apart by its model and its book", () => {
    expect(titleOf({ ...dear, workspace: "endpoint" })).toBe("A request of another tool, to small");
    expect(titleOf({ ...dear, workspace: "endpoint:ci" })).toBe(
      "A request of another tool, to small, from the book ci",
    );
  });
});

describe("names and days", () => {
  it("are a person's, also where the books have none", () => {
    expect(groupName("tier", { key: "cheap", label: "" })).toBe("Cheap");
    expect(groupName("model", { key: "other", label: "" })).toBe("All others");
    expect(groupName("language", { key: "", label: "" })).toBe("No language");
    expect(groupName("kind", { key: "completion", label: "" })).toBe("Completions");
    expect(groupName("kind", { key: "endpoint", label: "" })).toBe("Local endpoint");
    expect(groupName("session", { key: "s1", label: "Why is it slow" })).toBe("Why is it slow");
    expect(groupName("workspace", { key: "file:///home/ada/my%20shop/", label: "" })).toBe("my shop");
    expect([workspaceName("no workspace"), workspaceName("file:///50%"), workspaceName("/")]).toEqual([
      "No workspace",
      "50%",
      "/",
    ]);
    expect(groupName("workspace", { key: "endpoint", label: "endpoint" })).toBe("Local endpoint");
    const ofTool = { key: "endpoint-a055ee3885f22169", label: "" };
    expect(groupName("session", { ...ofTool, label: "sess-A" })).toBe("sess-A");
    expect(groupName("session", ofTool)).toBe("A conversation of another tool");
    const begunAtMs = new Date(2026, 10, 18, 20, 14).getTime();
    expect(groupName("session", { ...ofTool, begunAtMs })).toMatch(
      /^A conversation of another tool, begun Nov 18, 2026, 8:14\sPM$/,
    );
    expect(["endpoint:nightly review", "file:///home/ada/endpoint"].map(workspaceName)).toEqual([
      "Local endpoint: nightly review",
      "endpoint",
    ]);
    const twins = ["file:///a/shop", "file:///b/shop", "file:///blog"];
    expect(twins.map((name) => workspaceChoice(name, twins))).toEqual(["file:///a/shop", "file:///b/shop", "blog"]);
  });

  it("name the year only where it is another one", () => {
    const today = "2026-11-18";
    expect(daysWords({ fromDay: today, toDay: today, today })).toBe("today");
    expect(daysWords({ fromDay: "2025-12-31", toDay: today, today })).toBe("Dec 31, 2025 to Nov 18");
    expect(bucketTitle("2026-11-16", "week", today)).toBe("Week of Nov 16");
    expect(bucketTitle("2026-11-01", "month", today)).toBe("Nov 2026");
  });
});

describe("what the pictures say in words", () => {
  it("is the sum, and where the most of it is", () => {
    expect(timelineGist(report())).toBe("Spending by day, split by tier: $1.20 in all; the most on Nov 17, $0.3800.");
    expect(timelineGist(huge)).toMatch(
      /^Spending by month, split by model: \$404,914\.20 \+ 1,204 of unknown price in all; the most in \w{3} 20\d\d, \$/,
    );
    expect(timelineGist(nothingSpent)).toBe("Spending by day, split by tier: $0 in all.");
    expect(groupsGist(report(), "kind")).toBe(
      "Spending by kind, the dearest first: Chat 85 %, Completions 13 %, Helper calls 2 %.",
    );
    expect(groupsGist(nothingSpent, "model")).toBe("Spending by model: nothing.");
  });

  it("says of a request why it went where it did, and what it came to", () => {
    expect(headWords({ why: "short edit, one file", state: "done", costNano: 4_200_000 })).toBe(
      "Short edit, one file; answered for $0.0042",
    );
    expect(headWords({ why: "", state: "failed", costNano: null })).toBe(
      "Failed: no model answered; not all of what it cost is known",
    );
    expect(headWords({ why: "", state: "cached", costNano: 0 })).toBe("Answered from this host's cache");
  });
});
