import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LearnKey } from "../../../server/core/learn-key.ts";
import {
  HALF_LIFE_DAYS,
  learnDay,
  learnedShift,
  MOST_SHIFT,
  type Observed,
  OLDEST_DAYS,
  ownShiftOf,
  shifted,
  signalWeights,
  tally,
} from "../../../server/core/learn-tier.ts";
import { learnKindSchema, learnSignalSchema } from "../../../shared/learned.ts";

const DAY_MS = 86_400_000;
const nowMs = 20_000 * DAY_MS + 1_000;
const today = learnDay(nowMs);
const model = { providerId: "openai", modelId: "gpt-5-mini", simulated: false };
const key: LearnKey = { kind: "fix", languageId: "rust", model };
const seen = (signal: Observed["signal"], times: number, over: Partial<Observed> = {}): Observed => ({
  ...key,
  signal,
  times,
  day: today,
  ...over,
});

const observation: fc.Arbitrary<Observed> = fc.record({
  kind: fc.constantFrom(...learnKindSchema.options),
  languageId: fc.constantFrom("rust", "python", ""),
  model: fc.constantFrom(model, { ...model, modelId: "gpt-5" }, { ...model, simulated: true }),
  signal: fc.constantFrom(...learnSignalSchema.options),
  day: fc.integer({ min: today - 2 * OLDEST_DAYS, max: today + 400 }),
  times: fc.integer({ min: 0, max: 10_000 }),
});
const observations = fc.array(observation, { maxLength: 40 });
const keys: fc.Arbitrary<LearnKey> = fc.record({
  kind: fc.constantFrom(...learnKindSchema.options),
  languageId: fc.constantFrom("rust", "python", "go", ""),
  model: fc.constant(model),
});

describe("what is learned of a model", () => {
  it("never moves a chance further than its bound, whatever was seen", () => {
    fc.assert(
      fc.property(observations, keys, (observed, of) => {
        const shift = learnedShift(observed, of, nowMs);
        expect(Math.abs(shift)).toBeLessThanOrEqual(MOST_SHIFT);
      }),
    );
  });

  it("is nothing where nothing was seen, and after all was forgotten", () => {
    expect(learnedShift([], key, nowMs)).toBe(0);
    expect(learnedShift([seen("sentUp", 50, { model: { ...model, modelId: "gpt-5" } })], key, nowMs)).toBe(0);
  });

  it("rises with each good sign and falls with each bad one", () => {
    fc.assert(
      fc.property(observations, keys, observation, (observed, of, one) => {
        const before = learnedShift(observed, of, nowMs);
        const after = learnedShift([...observed, { ...one, model }], of, nowMs);
        const { wrong } = signalWeights[one.signal];
        if (wrong === 0) expect(after).toBeGreaterThanOrEqual(before - 1e-9);
        else expect(after).toBeLessThanOrEqual(before + 1e-9);
      }),
    );
  });

  it("does not depend on the order in which things happened to be written down", () => {
    fc.assert(
      fc.property(
        observations.chain((all) =>
          fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length })),
        ),
        keys,
        ([all, shuffled], of) => {
          expect(learnedShift(shuffled, of, nowMs)).toBeCloseTo(learnedShift(all, of, nowMs), 9);
        },
      ),
    );
  });

  it("fades: less with each half-life, and nothing is left after eight", () => {
    const at = (days: number) => learnedShift([seen("sentUp", 6)], key, nowMs + days * DAY_MS);
    expect(at(0)).toBeLessThan(-0.25);
    const faded = [0, 1, 2, 4, 7].map((halves) => at(halves * HALF_LIFE_DAYS));
    expect(faded).toEqual([...faded].sort((a, b) => a - b));
    expect(faded.at(-1)).toBeGreaterThan(-0.05);
    expect(at(OLDEST_DAYS + 2)).toBe(0);
    fc.assert(
      fc.property(observations, keys, (observed, of) => {
        expect(learnedShift(observed, of, nowMs + 3 * 365 * 86_400_000 + OLDEST_DAYS * DAY_MS)).toBe(0);
      }),
    );
  });

  it("takes back an insertion that was undone, and counts it against the answer", () => {
    const kept = learnedShift([seen("inserted", 3)], key, nowMs);
    const undone = learnedShift([seen("inserted", 3), seen("undone", 3)], key, nowMs);
    expect(kept).toBeGreaterThan(0);
    expect(undone).toBeLessThan(0);
    expect(undone).toBeCloseTo(learnedShift([seen("sentUp", 3)], key, nowMs), 9);
  });

  it("says more of the same language than of another, and one bad language leaves little doubt on the rest", () => {
    const bad = [seen("sentUp", 30)];
    const of = (kind: LearnKey["kind"], languageId: string) => learnedShift(bad, { ...key, kind, languageId }, nowMs);
    expect(of("fix", "rust")).toBeLessThan(-0.9);
    expect(of("test", "rust")).toBeLessThan(of("fix", "python"));
    expect(of("fix", "python")).toBeGreaterThan(-0.45);
    expect(of("chat", "python")).toBeGreaterThan(-0.45);
    const withOwn = [...bad, seen("inserted", 9, { languageId: "python" })];
    expect(learnedShift(withOwn, { ...key, languageId: "python" }, nowMs)).toBeGreaterThan(0);
  });

  it("throws little doubt on the rest for one bad answer: it cannot turn unrelated questions by itself", () => {
    const edit = { kind: "edit", languageId: "typescript" } as const;
    const pointsOf = (signal: Observed["signal"], of: Partial<LearnKey>) =>
      (shifted(0.5, learnedShift([seen(signal, 1, edit)], { ...key, ...of }, nowMs)) - 0.5) * 100;
    for (const signal of ["escalated", "sentUp", "undone"] as const) {
      expect(pointsOf(signal, edit)).toBeGreaterThan(-5);
      expect(pointsOf(signal, edit)).toBeLessThan(-3);
      // Another kind and another language; then the same kind in another language.
      for (const kind of ["fix", "edit"] as const) {
        expect(pointsOf(signal, { kind, languageId: "rust" })).toBeGreaterThan(-2);
        expect(pointsOf(signal, { kind, languageId: "rust" })).toBeLessThan(0);
      }
    }
  });

  it("tells what a key's own counts do from what the model's other ones lend it", () => {
    const bad = [seen("escalated", 3)];
    const own = [seen("inserted", 1, { kind: "edit" })];
    const edit: LearnKey = { ...key, kind: "edit" };
    const all = tally([...bad, ...own], nowMs);
    expect(learnedShift([...bad, ...own], edit, nowMs)).toBeLessThan(0);
    expect(ownShiftOf(all, edit)).toBeGreaterThan(0);
    expect(ownShiftOf(all, edit)).toBe(learnedShift(own, edit, nowMs));
    expect(ownShiftOf(all, key)).toBe(learnedShift(bad, key, nowMs));
    expect(ownShiftOf(all, { ...key, languageId: "go" })).toBe(0);
    fc.assert(
      fc.property(observations, keys, (observed, of) => {
        const exact = observed.filter(
          (each) => each.kind === of.kind && each.languageId === of.languageId && each.model === model,
        );
        expect(ownShiftOf(tally(observed, nowMs), of)).toBeCloseTo(learnedShift(exact, of, nowMs), 12);
      }),
    );
  });

  it("learns nothing of answers from ghost text, nor of paid models from simulated ones", () => {
    expect(learnedShift([seen("completed", 500, { kind: "completion" })], key, nowMs)).toBe(0);
    expect(learnedShift([seen("sentUp", 500)], { ...key, kind: "completion" }, nowMs)).toBe(0);
    expect(learnedShift([seen("sentUp", 500, { model: { ...model, simulated: true } })], key, nowMs)).toBe(0);
  });

  it("moves chances and leaves certainties alone", () => {
    expect(shifted(0.85, -MOST_SHIFT)).toBeCloseTo(0.631, 3);
    expect(shifted(0.6, MOST_SHIFT)).toBeCloseTo(0.833, 3);
    expect([shifted(0, 1), shifted(1, -1)]).toEqual([0, 1]);
  });
});
