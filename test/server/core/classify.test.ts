import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { classify, describeWhy, gainWorthPaying } from "../../../server/core/classify.ts";
import { type FeatureName, featureTable } from "../../../server/core/feature-table.ts";
import { extractFeatures } from "../../../server/core/features.ts";
import {
  cheapRequests,
  conversationRequests,
  type EditorRequest,
  file,
  frontierRequests,
  problem,
  selection,
} from "./editor-requests.ts";
import { moreCheapRequests } from "./more-cheap-requests.ts";
import { moreFrontierRequests } from "./more-frontier-requests.ts";
import { hardRequests } from "./plain-hard-requests.ts";
import { heldBack, open } from "./plain-requests.ts";
import { simpleRequests } from "./plain-simple-requests.ts";
import { shippedWeights } from "./shipped-weights.ts";

const moreRequests = [...moreCheapRequests, ...moreFrontierRequests];

const weights = shippedWeights();
const decide = ({ text, context = [], history = [] }: Omit<EditorRequest, "tier">, quality = 50) =>
  classify(extractFeatures({ text, context, history }), { quality, weights });
const why = (text: string, ...context: EditorRequest["context"] & object) => describeWhy(decide({ text, context }));

describe("tier", () => {
  it.each(cheapRequests.map((each) => [each.text, each] as const))("cheap: %s", (_, request) => {
    expect(decide(request).tier).toBe("cheap");
  });

  it.each(frontierRequests.map((each) => [each.text, each] as const))("frontier: %s", (_, request) => {
    expect(decide(request).tier).toBe("frontier");
  });

  it.each(conversationRequests.map((each) => [`${each.tier}: ${each.text}`, each] as const))(
    "in a conversation, %s",
    (_, request) => {
      expect(decide(request).tier).toBe(request.tier);
    },
  );

  it("is right for at least 95 of 100 other requests of either kind", () => {
    for (const tier of ["cheap", "frontier"] as const) {
      const requests = moreRequests.filter((each) => each.tier === tier);
      const wrong = requests.filter((each) => decide(each).tier !== tier).map((each) => each.text);
      expect([tier, wrong.length / requests.length <= 0.05 || wrong]).toEqual([tier, true]);
    }
  });

  it("holds for people who do not speak its language, and for most requests it was not fitted to", () => {
    const share = (requests: readonly EditorRequest[]) =>
      requests.filter((each) => decide(each).tier === each.tier).length / requests.length;
    expect(share(open(simpleRequests))).toBeGreaterThanOrEqual(0.95);
    expect(share(open(hardRequests))).toBeGreaterThanOrEqual(0.95);
    expect(share(heldBack(simpleRequests))).toBeGreaterThanOrEqual(0.88);
    expect(share(heldBack(hardRequests))).toBeGreaterThanOrEqual(0.7);
  });

  it("takes trouble for what it is beside code, and for an everyday word beside a layout or a command", () => {
    const css = { ...file("page.css", 40, ".a {}\n"), languageId: "css" };
    const text = "the list gets stuck and then it disappears when I scroll";
    expect(decide({ text, context: [css] }).tier).toBe("cheap");
    expect(decide({ text, context: [file("src/list.ts", 160)] }).tier).toBe("frontier");
    expect(decide({ text: "shell command that removes all files older than a week" }).tier).toBe("cheap");
  });

  it("is not decided by one plain word of difficulty, but by several together", () => {
    expect(decide({ text: "is this fast?", context: [selection(6)] }).tier).toBe("cheap");
    const text = "Explain why this is fast in the morning and takes 20 seconds in the evening";
    const report = file("src/report.ts", 160);
    expect(decide({ text, context: [report] }).tier).toBe("frontier");
    expect(why(text, report)).toContain("several signs of difficulty together");
  });

  it("is not decided by length: a long file does not make a question hard, a short question is not simple", () => {
    expect(decide({ text: "Explain this function", context: [file("src/a.ts", 4_000)] }).tier).toBe("cheap");
    expect(decide({ text: "Is this queue linearizable?", context: [selection(5)] }).tier).toBe("frontier");
  });

  it("takes a thing that is hard to build for hard only where it is to be built", () => {
    const context = [file("src/a.ts", 30)];
    for (const text of [
      "print the protocol version",
      "the encryption page needs a Back button",
      "add a spreadsheet icon to the menu",
      "show the file system path in the status bar",
      "show that button only on mobile",
    ]) {
      expect([text, decide({ text, context }).tier]).toEqual([text, "cheap"]);
    }
    for (const text of ["implement an encryption layer for the backup files", "build a spreadsheet with formulas"]) {
      expect([text, decide({ text, context }).tier]).toEqual([text, "frontier"]);
    }
  });

  it("does not take a message about trouble for trouble", () => {
    const text = "write a commit message: the pool no longer loses a connection in a race under load";
    expect(decide({ text, context: [file("src/a.ts", 30)] }).tier).toBe("cheap");
  });

  it("takes what is said over and over for said once", () => {
    for (const text of ["x", "foo ", "why? "]) {
      const once = decide({ text: text.trim() });
      const { cheapRight, tier } = decide({ text: text.repeat(5_000) });
      expect([text, tier]).toEqual([text, once.tier]);
      expect(cheapRight).toBeCloseTo(once.cheapRight, 10);
    }
    const hard = `${"x ".repeat(3_000)}\nProve that no order of calls can deadlock, and derive the bound.`;
    expect(decide({ text: hard }).tier).toBe("frontier");
  });

  it("takes an injection for an attack only where one is meant", () => {
    const security = (text: string) => extractFeatures({ text, context: [], history: [] }).security;
    expect(security("refactor the module to use dependency injection across all callers")).toBe(0);
    expect(security("is there an injection here? could this query be a case of SQL injection?")).toBeGreaterThan(0);
  });

  it("does not take names in code for words", () => {
    expect(decide({ text: "rename `deadlockDetector` to `lockMonitor`" }).tier).toBe("cheap");
    expect(decide({ text: "what does race_condition_guard() return?" }).tier).toBe("cheap");
    const code =
      "```ts\n// race condition: prove the deadlock freedom of this lock-free architecture\nmutex.lock();\n```";
    expect(decide({ text: `Add a semicolon here:\n${code}` }).tier).toBe("cheap");
  });

  it("moves to the frontier as quality rises, never back", () => {
    for (const { text, context } of [...cheapRequests, ...frontierRequests, ...moreRequests]) {
      const tiers = [0, 25, 50, 75, 100].map((quality) => decide({ text, ...(context && { context }) }, quality).tier);
      expect(tiers).toEqual([...tiers].sort());
    }
  });

  it("sends fewer to the frontier at full economy and more at full quality, and neither everything nor nothing", () => {
    const share = (quality: number) =>
      moreRequests.filter((each) => decide(each, quality).tier === "frontier").length / moreRequests.length;
    expect(share(0)).toBeGreaterThan(0.03);
    expect(share(0)).toBeLessThan(share(50));
    expect(share(100)).toBeGreaterThan(share(50));
    expect(share(100)).toBeLessThan(0.95);
    expect([0, 50, 100].map(gainWorthPaying)).toEqual([0.4, 0.1, 0.025]);
  });
});

describe("reasons", () => {
  it("say in words what weighed most", () => {
    expect(why("rename total to grandTotal", selection(3))).toBe("a rename");
    expect(why("why does this deadlock under load?", file("src/pool.ts", 80))).toBe(
      "concurrency, it happens only sometimes or under load",
    );
    expect(why("fix this", problem(selection(20), "a", "b"))).toBe("little code to look through");
    const fix = decide({ text: "fix this", context: [problem(selection(20), "a", "b")] });
    expect(fix.reasons.map((each) => each.words)).toContain("2 problems attached");
    expect(why("thanks!")).toBe("a greeting or thanks");
  });

  it("come with the weight's direction, the most important first", () => {
    const { reasons } = decide({ text: "Prove that the scheduler is free of deadlocks across all modules" });
    const weights = reasons.map((each) => Math.abs(each.weight));
    expect(weights).toEqual([...weights].sort((a, b) => b - a));
    expect(reasons[0]?.weight).toBeGreaterThan(0);
  });

  it("have something to say when nothing stood out", () => {
    expect(why("blue")).toBe("no sign of difficulty; in doubt");
    expect(why("reverse a string", file("src/a.ts", 30))).toBe("no sign of difficulty; in doubt");
    expect(describeWhy(decide({ text: "reverse a string" }, 100))).toBe("worth its price at your quality setting");
  });

  it("do not call simple what looks hard and is not worth the frontier to the person", () => {
    const asked = decide(
      { text: "is this constant-time? we compare HMACs with it", context: [file("src/a.ts", 40)] },
      0,
    );
    expect(asked.tier).toBe("cheap");
    expect(describeWhy(asked)).toBe("security, yet too little for the frontier's price; in doubt");
  });
});

describe("features", () => {
  const names = Object.keys(featureTable);

  it("stay in their range for any question", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: "binary", maxLength: 6_000 }), fc.lorem({ maxCount: 300 })),
        fc.array(
          fc.record({
            question: fc.string(),
            answer: fc.string(),
            failed: fc.boolean(),
            tier: fc.constantFrom("cheap" as const, "frontier" as const, null),
            askedWith: fc.array(fc.string(), { maxLength: 3 }),
          }),
          { maxLength: 6 },
        ),
        fc.integer({ min: 0, max: 100 }),
        (text, history, quality) => {
          const features = extractFeatures({ text, context: [selection(8)], history });
          expect(Object.keys(features).sort()).toEqual([...names].sort());
          for (const name of names) {
            const value = features[name as FeatureName];
            expect([name, value >= 0 && value <= 1]).toEqual([name, true]);
          }
          const { cheapRight, frontierRight, confidence } = classify(features, { quality });
          expect(cheapRight).toBeGreaterThan(0);
          expect(frontierRight).toBeGreaterThanOrEqual(cheapRight);
          expect(frontierRight).toBeLessThan(1);
          expect(confidence).toBeGreaterThanOrEqual(0);
          expect(confidence).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it("read the head and the tail of a long question and nothing between", () => {
    const middle = "filler text that says little. ".repeat(50_000);
    expect(decide({ text: `${middle}\nProve that this is linearizable and free of deadlocks.` }).tier).toBe("frontier");
    expect(extractFeatures({ text: `${middle} deadlock ${middle}`, context: [], history: [] }).concurrency).toBe(0);
  });

  it("count problems, files and turns as the editor knows them", () => {
    const features = extractFeatures({
      text: "fix it",
      context: [problem(file("a.ts", 10), "x", "y"), problem(file("b.py", 10), "z")],
      history: [{ question: "q", answer: "", failed: true, tier: "cheap", askedWith: [] }],
    });
    expect(features).toMatchObject({ problemFiles: 0.5, languages: 1, failedTurns: 0.5, turn: 0.125 });
    expect(features.problems).toBeCloseTo(0.07 + 3 * 0.233);
  });

  it("see the same error again when it is pasted twice", () => {
    const error = "TypeError: Cannot read properties of undefined (reading 'id')";
    const history = [{ question: `I get ${error}`, answer: "…", failed: false, tier: "cheap" as const, askedWith: [] }];
    expect(extractFeatures({ text: `I get ${error}`, context: [], history }).sameAgain).toBe(1);
    expect(extractFeatures({ text: "I get SyntaxError: Unexpected end", context: [], history }).sameAgain).toBe(0);
  });
});
