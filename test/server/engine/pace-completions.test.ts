import { expect, it } from "vitest";
import { createPace } from "../../../server/engine/pace-completions.ts";

const typing = { isInvoked: false, isNewLine: false };

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
  expect(pace.delayMs({ isInvoked: true, isNewLine: false })).toBe(0);
  expect(pace.delayMs({ isInvoked: false, isNewLine: true })).toBe(25);
});

it("begins anew after ten minutes", () => {
  const pace = createPace();
  for (let times = 0; times < 50; times += 1) pace.wasted(1_000);
  pace.used(1_000 + 600_001);
  expect(pace.delayMs(typing)).toBe(60);
});
