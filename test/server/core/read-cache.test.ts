import { describe, expect, it } from "vitest";
import { readSettings } from "../../../server/core/read-settings.ts";

const read = (cache: unknown) => readSettings({ network: {}, cache });
/** As the person sees it: field, colon, sentence. */
const problems = (cache: unknown) => read(cache).problems.map((each) => `${each.field}: ${each.message}`);

describe("wayfare.cache", () => {
  it("that is missing keeps answers for a day, in 50 MB", () => {
    for (const written of [undefined, null, {}, { enabled: null, maxAgeHours: null, maxMegabytes: undefined }]) {
      expect(problems(written)).toEqual([]);
      expect(read(written).settings.cache).toEqual({ enabled: true, maxAgeMs: 86_400_000, maxBytes: 50_000_000 });
    }
  });

  it("is read as it is written", () => {
    const { settings, problems: none } = read({ enabled: false, maxAgeHours: 0.5, maxMegabytes: 2_000 });
    expect(none).toEqual([]);
    expect(settings.cache).toEqual({ enabled: false, maxAgeMs: 1_800_000, maxBytes: 2_000_000_000 });
    expect(problems({ maxAgeHours: 8_760, maxMegabytes: 1 })).toEqual([]);
  });

  it("that is wrong names the field, what is used, and the mend", () => {
    expect(problems({ enabled: "yes", maxAgeHours: 0, maxMegabytes: "50" })).toEqual([
      'wayfare.cache.enabled: "yes" is neither true nor false. No answer is kept. Write one of them.',
      "wayfare.cache.maxAgeHours: 0 is not a number of hours above 0 and up to 8,760, which is a year. 24 is used. To keep no answers, set wayfare.cache.enabled to false.",
      'wayfare.cache.maxMegabytes: "50" is not a number of megabytes from 1 to 2,000. 50 is used. To keep no answers, set wayfare.cache.enabled to false.',
    ]);
    expect(problems({ maxAgeHours: 9_000, maxMegabytes: 2_001 })).toEqual([
      "wayfare.cache.maxAgeHours: 9000 is not a number of hours above 0 and up to 8,760, which is a year. 8,760 is used. To keep no answers, set wayfare.cache.enabled to false.",
      "wayfare.cache.maxMegabytes: 2001 is not a number of megabytes from 1 to 2,000. 2,000 is used. To keep no answers, set wayfare.cache.enabled to false.",
    ]);
    const { settings } = read({ enabled: 1, maxAgeHours: -3, maxMegabytes: 0 });
    expect(settings.cache).toEqual({ enabled: false, maxAgeMs: 86_400_000, maxBytes: 1_000_000 });
    expect(read({ maxAgeHours: Number.NaN, maxMegabytes: Number.NaN }).settings.cache).toEqual({
      enabled: true,
      maxAgeMs: 86_400_000,
      maxBytes: 50_000_000,
    });
    expect(read("all of it").settings.cache.enabled).toBe(true);
  });
});
