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

it.each([
  ["a minute before the day begins", "Europe/Berlin", 4 * 60, "2026-06-10T01:59:59Z", "2026-06-09"],
  ["when it begins", "Europe/Berlin", 4 * 60, "2026-06-10T02:00:00Z", "2026-06-10"],
  ["the first of a month, before it begins", "UTC", 90, "2026-03-01T01:29:00Z", "2026-02-28"],
  ["the first of a year, before it begins", "UTC", 1_439, "2026-01-01T23:58:59Z", "2025-12-31"],
  ["at the last minute", "UTC", 1_439, "2026-01-01T23:59:00Z", "2026-01-01"],
  ["the hour that the clocks leave out begins it", "America/Los_Angeles", 150, "2026-03-08T10:00:00Z", "2026-03-08"],
  ["the minute before that hour", "America/Los_Angeles", 150, "2026-03-08T09:59:00Z", "2026-03-07"],
])("with a day that does not begin at midnight: %s", (_, timeZone, startsAtMinutes, at, day) => {
  expect(createDayOf(timeZone, startsAtMinutes)(Date.parse(at))).toBe(day);
});

it.each([
  ["Europe/Berlin", 150, "2026-10-25T00:30:00Z"],
  ["Europe/Berlin", 120, "2026-10-25T00:00:00Z"],
  ["Europe/Berlin", 179, "2026-10-25T00:59:00Z"],
  ["Europe/Berlin", 180, "2026-10-25T02:00:00Z"],
  ["Australia/Lord_Howe", 105, "2026-04-04T14:45:00Z"],
  ["America/Santiago", 1_410, "2026-04-05T02:30:00Z"],
  ["Antarctica/Troll", 90, "2026-10-24T23:30:00Z"],
  ["America/Havana", 0, "2026-11-01T04:00:00Z"],
])("in an hour that comes twice the day begins once, the first time: %s at minute %i", (timeZone, startsAt, begins) => {
  const dayOf = createDayOf(timeZone, startsAt);
  const beginsMs = Date.parse(begins);
  const [before, after] = [dayOf(beginsMs - 1), dayOf(beginsMs)];
  expect(before < after).toBe(true);
  const minutes = Array.from({ length: 360 }, (_, i) => i);
  expect(new Set(minutes.map((minute) => dayOf(beginsMs + minute * 60_000)))).toEqual(new Set([after]));
  expect(new Set(minutes.map((minute) => dayOf(beginsMs - 1 - minute * 60_000)))).toEqual(new Set([before]));
});

it("tells the day also when the clock goes back and forth within a minute of midnight", () => {
  const dayOf = createDayOf("UTC");
  const midnight = Date.parse("2026-11-20T00:00:00Z");
  expect([0, -1, 0, -3_600_000, 59_999].map((ms) => dayOf(midnight + ms))).toEqual([
    "2026-11-20",
    "2026-11-19",
    "2026-11-20",
    "2026-11-19",
    "2026-11-20",
  ]);
});
