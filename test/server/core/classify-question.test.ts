import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { classifyQuestion, describeWhy, leastGain } from "../../../server/core/classify.ts";
import type { Question } from "../../../server/core/provider.ts";
import { shippedWeights } from "./shipped-weights.ts";

const weights = shippedWeights();
const ask = (text: string): Question => ({ text, context: [], history: [] });
const contest = `You are given a tree of $n$ vertices ($1 \\leq n \\leq 2 \\cdot 10^5$). Count the paths whose xor is prime, modulo 998244353.

Input
The first line contains n.

Output
Print one number.`;
const lookup = "Which port does HTTPS use by default?\nA. 21\nB. 80\nC. 443\nD. 25\nAnswer:";

describe("a question that is weighed", () => {
  it("is weighed by the expert for its form, and says which form that is", () => {
    const hard = classifyQuestion(ask(contest), { quality: 50, weights });
    expect(hard.form).toBe("contest");
    expect(hard.tier).toBe("frontier");
    expect(describeWhy(hard)).toMatch(/^a programming contest's problem/);
    const easy = classifyQuestion(ask(lookup), { quality: 50, weights });
    expect(easy.form).toBe("choices");
    expect(easy.tier).toBe("cheap");
  });

  it("goes to cheap where the frontier costs more than the right answers it adds are worth", () => {
    const of = (extraNano: number | null, quality = 50) =>
      classifyQuestion(ask(contest), { quality, weights, extraNano }).tier;
    expect(of(0)).toBe("frontier");
    expect(of(0.01e9)).toBe("frontier");
    expect(of(2e9)).toBe("cheap");
    expect(of(null)).toBe("frontier");
    expect(of(0.03e9, 0)).toBe("cheap");
    expect(of(0.03e9, 100)).toBe("frontier");
  });

  it("needs no frontier where the cheap model is as strong, and needs it the more the weaker it is", () => {
    const of = (cheap: number, frontier: number) =>
      classifyQuestion(ask(contest), { quality: 50, weights, strengths: { cheap, frontier } });
    expect(of(1.6, 1.6).tier).toBe("cheap");
    const gain = (cheap: number) => of(cheap, 1.7).frontierRight - of(cheap, 1.7).cheapRight;
    expect(gain(-0.5)).toBeGreaterThan(gain(0.5));
    expect(gain(0.5)).toBeGreaterThan(gain(1.5));
    const plain = (cheap: number) =>
      classifyQuestion(ask("why does this deadlock?"), { quality: 50, weights, strengths: { cheap } }).cheapRight;
    expect(plain(-1)).toBeLessThan(plain(1));
  });

  it("is marked as doubtful between what is surely cheap and what goes to the frontier", () => {
    const sure = classifyQuestion(ask("rename total to sum"), { quality: 50, weights });
    expect([sure.tier, sure.doubt]).toEqual(["cheap", undefined]);
    const gain = sure.frontierRight - sure.cheapRight;
    const extraNano = gain * 2 * 0.1e9;
    if (gain * 2 >= 0.005) {
      expect(classifyQuestion(ask("rename total to sum"), { quality: 50, weights, extraNano }).doubt).toBe(true);
    }
    const hard = classifyQuestion(ask("prove that this lock-free queue is linearizable"), { quality: 50, weights });
    expect([hard.tier, hard.doubt]).toEqual(["frontier", undefined]);
  });

  it("has chances, a confidence and a tier for every text, with and without trained weights", () => {
    const odd = [
      "",
      "\u0000\u0001\u0002",
      "a ".repeat(50_000),
      "\r\n\r\r\n\n",
      "変換して".repeat(500),
      "🙂".repeat(3_000),
      contest.repeat(400),
    ];
    const check = (text: string) => {
      for (const options of [{ quality: 50, weights }, { quality: 50 }]) {
        const { cheapRight, frontierRight, confidence, tier, reasons } = classifyQuestion(ask(text), options);
        for (const chance of [cheapRight, frontierRight, confidence]) {
          expect(chance).toBeGreaterThanOrEqual(0);
          expect(chance).toBeLessThanOrEqual(1);
        }
        expect(frontierRight).toBeGreaterThanOrEqual(cheapRight);
        expect(["cheap", "frontier"]).toContain(tier);
        expect(reasons.every(({ words }) => words !== "")).toBe(true);
      }
    };
    odd.forEach(check);
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 3_000 }), check), { numRuns: 50 });
  });
});

describe("the gain that is worth the frontier's cost", () => {
  it("is the extra cost over what a right answer is worth at the person's setting", () => {
    expect(leastGain({ quality: 50, extraNano: 0.01e9 })).toBeCloseTo(0.1, 10);
    expect(leastGain({ quality: 0, extraNano: 0.01e9 })).toBeCloseTo(0.4, 10);
    expect(leastGain({ quality: 100, extraNano: 0.01e9 })).toBeCloseTo(0.025, 10);
    expect(leastGain({ quality: 50, extraNano: null })).toBeCloseTo(0.1, 10);
    expect(leastGain({ quality: 50, extraNano: 0 })).toBe(0.005);
  });
});
