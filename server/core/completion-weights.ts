import type { CompletionWeights } from "./completion-complexity.ts";

/**
 * Trained on 2026-11-29 by `bench/routing/train-completions.ts` on the 67 completions of `data/editor-requests/train.jsonl`
 * (48 cheap, 19 frontier, none disputed; 56 families). `test/bench/train-completions.test.ts` trains them again and asks
 * for the same. No label says that a frontier model is wrong, so its head is one number.
 */
export const completionWeights: CompletionWeights = {
  baseline: { cheap: 1.6367, frontier: 4.2195 },
  cheap: {
    piece: 3.7817,
    doc: -7.9838,
    outerDoc: -9.361,
    tests: -4.2336,
    parameters: -0.5871,
    depth: 1.5215,
    sameHeads: 2.9212,
    sameLines: 1.3775,
  },
};
