// @vitest-environment jsdom
import { expect, it } from "vitest";
import { find, openByHand } from "./harness/open-by-hand.ts";
import { attempt, frontierDecision, turn, withTurns } from "./harness/samples.ts";

it("the panel says of an attempt what a person should look at in its bill", () => {
  const usage = { input: 900, cacheRead: 0, cacheWrite: 0, output: 4_310, reasoning: 0 };
  const billed = attempt({
    outcome: "done",
    usage,
    costNano: 4_200_000,
    costSource: "reported",
    computedNano: 3_500_000,
    askedOutputTokens: 4_096,
  });
  const decision = { ...frontierDecision, attempts: [billed] };
  openByHand().show(withTurns([turn({ decision })]));
  find(".decision-line")?.click();
  expect([...document.querySelectorAll(".attempt-bill")].map((each) => each.textContent?.trim())).toEqual([
    "the provider says $0.0042, its counts × price give $0.0035 (17 % less)",
    "billed 4,310 tokens of 4,096 asked",
  ]);
});
