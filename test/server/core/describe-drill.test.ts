import { expect, it } from "vitest";
import { type DrillSeen, describeDrill } from "../../../server/core/describe-drill.ts";

const says = (seen: Partial<DrillSeen>) =>
  describeDrill({
    first: "a/one",
    answeredBy: "a/one",
    restarts: [],
    trouble: null,
    characters: 100,
    isWhole: true,
    waitedMs: 420,
    tookMs: 600,
    error: null,
    ...seen,
  });

it("says in a sentence what a person would have seen", () => {
  expect(says({})).toBe("The whole answer from a/one, after 0.4 s.");
  expect(says({ tookMs: 14_800 })).toBe("The whole answer from a/one, after 0.4 s; it was written until 15 s.");
  expect(says({ answeredBy: "b/two", trouble: "no first token in 20 s", waitedMs: 20_410 })).toBe(
    "Nothing was shown of a/one: no first token in 20 s. After 20 s the whole answer from b/two.",
  );
  const restarts = [
    { characters: 61, why: "a/one: stalled for 10 s" },
    { characters: 1, why: "b/two: cut off before its end" },
  ];
  expect(says({ answeredBy: "c/three", restarts, waitedMs: 11_200 })).toBe(
    "61 characters of an answer, then a mark: “a/one: stalled for 10 s”; 1 character of an answer, then a mark: “b/two: cut off before its end”. The text began again after 11 s, and the whole answer came from c/three.",
  );
  expect(says({ isWhole: false })).toBe("An answer that is not whole from a/one, after 0.4 s.");
  expect(says({ answeredBy: null, characters: 0, error: "It failed." })).toBe(
    "No answer, and after 0.4 s an error: “It failed.”",
  );
  expect(says({ answeredBy: null, characters: 50, error: "It broke off." })).toBe(
    "50 characters of an answer, which stay; after 0.4 s an error: “It broke off.”",
  );
});
