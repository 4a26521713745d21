import fc from "fast-check";
import { expect, it } from "vitest";
import { periodOf } from "../../../server/store/period-of.ts";

it.each([
  ["a Monday begins its week", "2026-11-16", "week 2026-11-16"],
  ["a Sunday ends it", "2026-11-22", "week 2026-11-16"],
  ["the next Monday begins another", "2026-11-23", "week 2026-11-23"],
  ["a week goes across the years", "2027-01-01", "week 2026-12-28"],
  ["and across the end of February in a leap year", "2028-03-01", "week 2028-02-28"],
])("%s", (_, day, week) => {
  expect(periodOf("weekly", day)).toBe(week);
});

it("keeps the periods of one day apart by their keys", () => {
  fc.assert(
    fc.property(fc.date({ min: new Date("1990-01-01"), max: new Date("2199-12-31"), noInvalidDate: true }), (at) => {
      const day = at.toISOString().slice(0, 10);
      const keys = (["daily", "weekly", "monthly", "total"] as const).map((period) => periodOf(period, day));
      expect(new Set(keys).size).toBe(4);
      expect(keys.slice(0, 1).concat(keys.slice(2))).toEqual([day, day.slice(0, 7), "total"]);
    }),
  );
});
