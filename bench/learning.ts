import { requireNode24 } from "../scripts/root.ts";
import { meanOutcomes, type Outcome, people } from "./learning/simulate.ts";

/**
 * `node bench/learning.ts`: what learning on this machine does for a made-up person whose cheap model is bad at one
 * language, and to one whose cheap model is fine. Means over 40 seeds of 400 questions each; the same every time.
 */
requireNode24();
const SEEDS = 40;
const REQUESTS = 400;
for (const person of people) {
  console.log(`\n${person.name}`);
  console.log("language      asked   wrong: without → with   to frontier: without → with   regret: without → with");
  const [without, withIt] = [false, true].map((learning) =>
    meanOutcomes(person, { requests: REQUESTS, seeds: SEEDS, learning }),
  );
  for (const [language, before] of Object.entries(without ?? {})) {
    const after = withIt?.[language] ?? before;
    const pair = (field: keyof Outcome) => `${before[field].toFixed(1)} → ${after[field].toFixed(1)}`.padStart(16);
    console.log(
      `${language.padEnd(12)} ${before.asked.toFixed(1).padStart(6)}  ${pair("wrong")}         ${pair("frontier")}               ${pair("regret")}`,
    );
  }
}
