import { readFileSync } from "node:fs";
import { classifyQuestion } from "../server/core/classify.ts";
import type { Question } from "../server/core/provider.ts";
import { parseRoutingWeights } from "../server/core/routing-weights.ts";
import { plainSet } from "./routing/plain-set.ts";

/** How long a question of 4,000 characters is weighed: prose with code beside it, and a text for each trained expert. */
const ROUNDS = 3_000;
const CHARACTERS = 4_000;

const read = parseRoutingWeights(readFileSync(new URL("../data/routing-weights.json", import.meta.url), "utf8"));
if ("problem" in read) throw new Error(read.problem);
const options = { quality: 50, weights: read.weights };

const prose = plainSet()
  .map(({ question }) => question.text)
  .join("\n");
const file = readFileSync(new URL("../server/engine/failover.ts", import.meta.url), "utf8").slice(0, CHARACTERS);
const context: Question["context"] = [
  { kind: "file", path: "a.ts", languageId: "typescript", text: file, firstLine: 1, lastLine: 100, diagnostics: [] },
];
const cut = (text: string, at: number) => text.slice(at, at + CHARACTERS);
const kinds: Record<string, (at: number) => Question> = {
  "from the editor": (at) => ({ text: cut(prose, at), context, history: [] }),
  contest: (at) => ({ text: `\nInput\n${cut(prose, at)}`.slice(0, CHARACTERS), context: [], history: [] }),
  choices: (at) => ({ text: `${cut(prose, at).slice(0, 3_980)}\nA. one\nB. two`, context: [], history: [] }),
};
for (const [name, make] of Object.entries(kinds)) {
  const times: number[] = [];
  for (let round = 0; round < 2 * ROUNDS; round += 1) {
    const question = make((round * 37) % Math.max(1, prose.length - CHARACTERS));
    const before = performance.now();
    classifyQuestion(question, options);
    if (round >= ROUNDS) times.push(performance.now() - before);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => (times[Math.floor(share * (times.length - 1))] ?? 0).toFixed(3);
  console.log(`classify 4,000 characters, ${name}: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms  (bar 0.1, 0.3)`);
}
