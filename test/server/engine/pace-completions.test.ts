import { expect, it } from "vitest";
import { createPace } from "../../../server/engine/pace-completions.ts";

const typing = { isInvoked: false, isNewLine: false, isBrowsing: false };

it("waits longer after requests that came to nothing, and less after those that were used", () => {
  const pace = createPace();
  expect(pace.delayMs(typing)).toBe(75);
  for (let times = 0; times < 3; times += 1) pace.wasted(1_000);
  expect(pace.delayMs(typing)).toBe(130);
  pace.used(1_000);
  expect(pace.delayMs(typing)).toBe(104);
});

it("waits neither for long nor not at all, whatever it learned", () => {
  const pace = createPace();
  for (let times = 0; times < 50; times += 1) pace.wasted(1_000);
  expect(pace.delayMs(typing)).toBe(250);
  for (let times = 0; times < 50; times += 1) pace.used(1_000);
  expect(pace.delayMs(typing)).toBe(40);
});

it("does not wait when asked by hand, and waits a third on a new line", () => {
  const pace = createPace();
  expect(pace.delayMs({ ...typing, isInvoked: true })).toBe(0);
  expect(pace.delayMs({ ...typing, isNewLine: true })).toBe(25);
});

it("waits longer while the items of a list are gone through", () => {
  expect(createPace().delayMs({ isInvoked: false, isNewLine: true, isBrowsing: true })).toBe(400);
  expect(createPace().delayMs({ isInvoked: true, isNewLine: true, isBrowsing: true })).toBe(0);
});

it("begins anew after ten minutes", () => {
  const pace = createPace();
  for (let times = 0; times < 50; times += 1) pace.wasted(1_000);
  pace.used(1_000 + 600_001);
  expect(pace.delayMs(typing)).toBe(60);
});
