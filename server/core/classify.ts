import type { Classification } from "../../shared/answer.ts";
import type { Features } from "./features.ts";

export function classify(features: Features, options: { quality: number }): Classification {
  return {
    tier: options.quality > 80 ? "frontier" : "cheap",
    cheapRight: 0.8,
    frontierRight: 0.9,
    confidence: 0.5,
    reasons: [],
    features: { ...features },
  };
}

/** One clause for the line under an answer. */
export function describeWhy(classification: Classification): string {
  return classification.reasons[0]?.words ?? "ordinary question";
}
