/** What a router is to beat: the length of the prompt, and a scorer by keywords as proxies ship one. */

/** Longer prompts first. */
export function byLength(prompt: string): number {
  return prompt.length;
}

interface Dimension {
  words: readonly string[];
  /** From so many hits on it is full. */
  full: number;
  weight: number;
}

/** Seven dimensions with fixed weights, the way a proxy's complexity router scores a prompt; the word lists are our own. */
const dimensions: readonly Dimension[] = [
  {
    words: "code function class import def return api bug error debug algorithm script compile syntax".split(" "),
    full: 4,
    weight: 0.25,
  },
  {
    words: ["step by step", "think", "reason", "prove", "explain why", "analyze", "derive", "justify"],
    full: 2,
    weight: 0.25,
  },
  {
    words:
      "architecture distributed kubernetes database concurrency encryption protocol latency optimize scalable".split(
        " ",
      ),
    full: 3,
    weight: 0.2,
  },
  { words: ["first", "then", "next", "finally", "after that", "1.", "2."], full: 3, weight: 0.1 },
  { words: ["what is", "define", "hello", "who is", "when did", "capital of", "translate"], full: 1, weight: -0.15 },
];
const LONG_TOKENS = 800;

/** 0 to about 1: how complex the words make a prompt look. */
export function byKeywords(prompt: string): number {
  const text = prompt.toLowerCase();
  let score = 0.15 * Math.min(1, prompt.length / 4 / LONG_TOKENS);
  score += 0.05 * Math.min(1, (text.split("?").length - 1) / 3);
  for (const { words, full, weight } of dimensions) {
    const hits = words.filter((word) => text.includes(word)).length;
    score += weight * Math.min(1, hits / full);
  }
  return score;
}
