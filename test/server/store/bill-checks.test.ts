import { expect, it } from "vitest";
import { costMismatch } from "../../../shared/check-cost.ts";
import { open, raw, reservation, settlement } from "./books.ts";

it("keeps our figure and the room that was asked for beside what the provider billed", async () => {
  const { ledger, path } = await open();
  await ledger.reserve(reservation({ attemptId: "billed" }));
  await ledger.settle(
    "billed",
    settlement({ costNano: 4_200_000, costSource: "reported", computedNano: 3_500_000, askedOutputTokens: 4_096 }),
  );
  const [attempt] = ledger.attemptsOfTurn(reservation({}).turnId);
  expect(attempt).toMatchObject({ costNano: 4_200_000, computedNano: 3_500_000, askedOutputTokens: 4_096 });
  expect(attempt && costMismatch(attempt)).toBeCloseTo(-16.67, 2);
  expect(raw(path).prepare("SELECT cost_nano, computed_nano, asked_output_tokens FROM attempts").get()).toEqual({
    cost_nano: 4_200_000,
    computed_nano: 3_500_000,
    asked_output_tokens: 4_096,
  });
});

it("a figure of ours that no number holds exactly is none, and takes no bill with it", async () => {
  const { ledger } = await open();
  await ledger.reserve(reservation({ attemptId: "billed" }));
  await ledger.settle("billed", settlement({ costNano: 1, costSource: "reported", computedNano: 2 ** 60 }));
  const [attempt] = ledger.attemptsOfTurn(reservation({}).turnId);
  expect(attempt?.costNano).toBe(1);
  expect(attempt?.computedNano).toBeUndefined();
});
