import { type Failure, failureOf } from "../../shared/failure.ts";
import { factorOf, learnRatio, type TokenFactors, typicalFactor } from "../core/calibrate.ts";
import { type Route, routeName } from "../core/provider.ts";
import type { Calibrations, CountedAttempt, ModelRatios } from "../store/calibrations.ts";

/** How each model's vendor counts tokens beside our estimate. */
export interface Calibration {
  /** Takes what an attempt's own count was, and our estimate of the same prompt and answer. Never throws. */
  learn(route: Named, counted: CountedAttempt): void;
  /** What to multiply an estimate with where no count came. Never throws. */
  factorsFor(route: Named, caps: { isCapped: boolean }): TokenFactors;
  /** What a prompt's estimate is usually multiplied with, for prices shown ahead; null: no count of this model is known. */
  typicalInputFactor(route: Named): number | null;
}

type Named = Pick<Route, "providerId" | "modelId" | "origin"> & Partial<Pick<Route, "simulated">>;

export interface CalibrationDeps {
  /** What earlier starts and other windows have learned; null while the books are not open. */
  store(): Calibrations | null;
  now(): number;
  onFault?(failure: Failure): void;
  /** Runs something soon: attempts until then are written down together. Absent: each is by itself. */
  soon?(run: () => void): void;
}

/** Far more models than a person uses; beyond it the one that was learned of the longest ago is forgotten. */
const MOST_MODELS = 200;

/** Without `deps` what is learned ends with the process. What a simulated vendor counts is never kept. */
export function createCalibration(deps?: CalibrationDeps): Calibration {
  const models = new Map<string, ModelRatios>();
  /** Of models that were written just now: what came since, in order. As many as are answered in that time. */
  const unwritten = new Map<string, CountedAttempt[]>();

  const remember = (key: string, ratios: ModelRatios): ModelRatios => {
    models.delete(key);
    models.set(key, ratios);
    const oldest = models.keys().next();
    if (models.size > MOST_MODELS && oldest.done !== true) models.delete(oldest.value);
    return ratios;
  };
  const keptOf = (route: Named): Calibrations | null => (route.simulated === true ? null : (deps?.store() ?? null));

  const known = (route: Named): ModelRatios => {
    const key = keyOf(route);
    const remembered = models.get(key);
    if (remembered !== undefined) return remembered;
    try {
      const kept = keptOf(route)?.read(route) ?? null;
      return kept === null ? nothing : remember(key, kept);
    } catch (error) {
      deps?.onFault?.(failureOf(error));
      return nothing;
    }
  };

  const write = (route: Named, attempts: readonly CountedAttempt[]): void => {
    keptOf(route)
      ?.learn(route, attempts, deps?.now() ?? 0)
      .catch((error: unknown) => deps?.onFault?.(failureOf(error)));
  };
  /** The first at once, for it may be the last of this process; those that come thick after it together. */
  const keep = (route: Named, counted: CountedAttempt): void => {
    const key = keyOf(route);
    const waiting = unwritten.get(key);
    if (waiting !== undefined) {
      waiting.push(counted);
      return;
    }
    write(route, [counted]);
    if (deps?.soon === undefined) return;
    unwritten.set(key, []);
    deps.soon(() => {
      const since = unwritten.get(key) ?? [];
      unwritten.delete(key);
      if (since.length > 0) write(route, since);
    });
  };

  return {
    learn(route, counted) {
      const { input, output } = known(route);
      remember(keyOf(route), { input: learnRatio(input, counted.input), output: learnRatio(output, counted.output) });
      keep(route, counted);
    },
    factorsFor(route, caps) {
      const { input, output } = known(route);
      return { input: factorOf(input, caps), output: factorOf(output, caps) };
    },
    typicalInputFactor: (route) => typicalFactor((models.get(keyOf(route)) ?? nothing).input),
  };
}

const nothing: ModelRatios = { input: [], output: [] };

/** The same names may stand for another vendor once the address has changed. */
function keyOf(route: Named): string {
  return `${route.origin} ${routeName(route)}`;
}
