import { expect, it } from "vitest";
import { createDayOf } from "../../../server/store/day-of.ts";

it.each([
  ["the last second of a day in Auckland", "Pacific/Auckland", "2026-11-20T10:59:59.999Z", "2026-11-20"],
  ["the first of the next", "Pacific/Auckland", "2026-11-20T11:00:00Z", "2026-11-21"],
  ["the same instant in Los Angeles", "America/Los_Angeles", "2026-11-20T11:00:00Z", "2026-11-20"],
  ["before midnight in Los Angeles", "America/Los_Angeles", "2026-11-20T07:59:59.999Z", "2026-11-19"],
  ["a day of 23 hours begins", "America/Los_Angeles", "2026-03-08T08:00:00Z", "2026-03-08"],
  ["and ends an hour early", "America/Los_Angeles", "2026-03-09T07:00:00Z", "2026-03-09"],
  ["a day of 25 hours begins", "America/Los_Angeles", "2026-11-01T07:00:00Z", "2026-11-01"],
  ["and has a 25th hour", "America/Los_Angeles", "2026-11-02T07:59:59.999Z", "2026-11-01"],
  ["and ends", "America/Los_Angeles", "2026-11-02T08:00:00Z", "2026-11-02"],
  ["half an hour of offset", "Asia/Kolkata", "2026-06-30T18:30:00Z", "2026-07-01"],
  ["midnight is the day it begins", "UTC", "2026-01-01T00:00:00Z", "2026-01-01"],
])("%s", (_, timeZone, at, day) => {
  expect(createDayOf(timeZone)(Date.parse(at))).toBe(day);
});

it("books to the runtime's own day when the zone is unknown", () => {
  const own = createDayOf(new Intl.DateTimeFormat().resolvedOptions().timeZone);
  const at = Date.parse("2026-11-20T11:00:00Z");
  expect(createDayOf("Middle-earth/Shire")(at)).toBe(own(at));
});
