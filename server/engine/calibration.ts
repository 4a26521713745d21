import {
  type CountedTokens,
  factorOf,
  learnRatio,
  type Ratios,
  type TokenFactors,
  typicalFactor,
} from "../core/calibrate.ts";
import { type Route, routeName } from "../core/provider.ts";

/** How each model's vendor counts tokens beside our estimate, as this process has seen it. */
export interface Calibration {
  /** Takes what an attempt's own count was, and our estimate of the same prompt and answer. */
  learn(route: Named, counted: { input: CountedTokens; output: CountedTokens }): void;
  /** What to multiply an estimate with where no count came. */
  factorsFor(route: Named, caps: { isCapped: boolean }): TokenFactors;
  /** What a prompt's estimate is usually multiplied with, for prices shown ahead; null: no count of this model is known. */
  typicalInputFactor(route: Named): number | null;
}

type Named = Pick<Route, "providerId" | "modelId" | "origin">;

/** Far more models than a person uses; beyond it the one that was learned of the longest ago is forgotten. */
const MOST_MODELS = 200;

export function createCalibration(): Calibration {
  const models = new Map<string, { input: Ratios; output: Ratios }>();
  return {
    learn(route, { input, output }) {
      const key = keyOf(route);
      const known = models.get(key) ?? nothing;
      models.delete(key);
      models.set(key, { input: learnRatio(known.input, input), output: learnRatio(known.output, output) });
      const oldest = models.keys().next();
      if (models.size > MOST_MODELS && oldest.done !== true) models.delete(oldest.value);
    },
    factorsFor(route, caps) {
      const { input, output } = models.get(keyOf(route)) ?? nothing;
      return { input: factorOf(input, caps), output: factorOf(output, caps) };
    },
    typicalInputFactor: (route) => typicalFactor((models.get(keyOf(route)) ?? nothing).input),
  };
}

const nothing: { input: Ratios; output: Ratios } = { input: [], output: [] };

/** The same names may stand for another vendor once the address has changed. */
function keyOf(route: Named): string {
  return `${route.origin} ${routeName(route)}`;
}
