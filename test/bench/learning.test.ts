import { describe, expect, it } from "vitest";
import { meanOutcomes, people } from "../../bench/learning/simulate.ts";

const over = { seeds: 12, requests: 400 };
const without = [0, 1].map((person) => outcomes(person, false));
const withIt = [0, 1].map((person) => outcomes(person, true));
function outcomes(index: number, learning: boolean) {
  const person = people[index];
  return person === undefined ? {} : meanOutcomes(person, { ...over, learning });
}

describe("learning on this machine, for made-up people", () => {
  it("saves one whose cheap model is bad at Rust most of the wrong answers there", () => {
    const [plain, learned] = [without[0] ?? {}, withIt[0] ?? {}];
    // Over 40 seeds: 72 wrong of 120 without, 20 with; the regret falls from 54 to 11.
    expect(learned.rust?.wrong).toBeLessThan((plain.rust?.wrong ?? 0) * 0.5);
    expect(learned.rust?.regret).toBeLessThan((plain.rust?.regret ?? 0) * 0.4);
  });

  it("does not hurt their other languages: no more wrong answers, and few needless ones of the frontier", () => {
    const [plain, learned] = [without[0] ?? {}, withIt[0] ?? {}];
    for (const language of ["typescript", "python"]) {
      expect(learned[language]?.wrong).toBeLessThanOrEqual((plain[language]?.wrong ?? 0) + 0.5);
      // Over 40 seeds: 20 of 159 and 12 of 121, which costs as much as 1.0 and 0.6 right answers are worth.
      expect(learned[language]?.frontier).toBeLessThan((learned[language]?.asked ?? 0) * 0.25);
      expect(learned[language]?.regret).toBeLessThan(2);
    }
  });

  it("leaves one whose cheap model is fine where they were", () => {
    const [plain, learned] = [without[1] ?? {}, withIt[1] ?? {}];
    for (const [language, { asked, wrong, frontier, regret }] of Object.entries(learned)) {
      expect(wrong).toBeLessThanOrEqual((plain[language]?.wrong ?? 0) + 0.5);
      // Over 40 seeds: 5 to 9 of 120 to 160.
      expect(frontier).toBeLessThan(asked * 0.18);
      expect(regret).toBeLessThan(1);
    }
  });

  it("is the same every time", () => {
    expect(outcomes(0, true)).toEqual(withIt[0]);
  });
});
