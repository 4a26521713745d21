import { describe, expect, it } from "vitest";
import { createCalibration } from "../../../server/engine/calibration.ts";
import { FailureError } from "../../../shared/failure.ts";
import { completionStage } from "./completion-stage.ts";
import { activity, finish, routeOf, type Step, text } from "./scripted-provider.ts";

const uncounted: Step[] = [activity, text("sum(values);"), finish];
const failed: Step[] = [{ type: "fail", failure: { kind: "server-error", status: 500, message: "500" } }];
const place = "const mean = █\n";
/** $1 a million: what a prompt of so many tokens costs. */
const inputOf = (settled: { usage: unknown }[]) => settled.map((row) => (row.usage as { input: number } | null)?.input);

describe("a completion that nobody counted", () => {
  it("is metered with the question, where a later route is asked in chat", async () => {
    const first = completionStage({ a: [uncounted] });
    first.open(place).ask({ isInvoked: true });
    await first.clock.advance(300);
    const later = completionStage(
      { a: [failed], b: [uncounted] },
      { routes: [routeOf("a", { fim: "suffix" }), routeOf("b")] },
    );
    later.open(place).ask({ isInvoked: true });
    await later.clock.advance(2_000);
    const [hole = 0] = inputOf(first.ledger.settled);
    expect(hole).toBeGreaterThan(0);
    expect(later.ledger.settled.at(-1)).toMatchObject({ outcome: "done", costSource: "estimated" });
    expect(inputOf(later.ledger.settled).at(-1)).toBe(hole + 160);
  });

  it("is metered with the question, where the server says only then that it cannot fill holes", async () => {
    const { open, clock, vendor, ledger } = completionStage({ a: [uncounted] });
    const a = vendor();
    let refusals = 0;
    a.canFill = () => refusals === 0;
    // biome-ignore lint/correctness/useYield: a refusal comes before any part
    a.fill = async function* () {
      refusals += 1;
      throw new FailureError({ kind: "bad-request", status: 400, parameter: null, message: "cannot fill" });
    };
    open(place).ask({ isInvoked: true });
    await clock.advance(300);
    expect(refusals).toBe(1);
    expect(inputOf(ledger.settled)[0]).toBeGreaterThan(160);
  });

  it("has held money for the question in chat, though it was asked to fill a hole", async () => {
    const { open, clock, ledger } = completionStage({ a: [uncounted] });
    const lines = `${"a;b;".repeat(12)}\n`.repeat(40);
    open(`${lines}${place}`).ask({ isInvoked: true });
    await clock.advance(300);
    const [hole = 0] = inputOf(ledger.settled);
    expect((ledger.reserved[0] as unknown as { inputNano: number }).inputNano).toBeGreaterThanOrEqual(
      2 * (hole + 160) * 1_000,
    );
  });

  it("costs what earlier counts of the same model were to our estimates", async () => {
    const calibration = createCalibration();
    const counted = { reported: 200, estimated: 100 };
    calibration.learn(routeOf("a"), { input: counted, output: counted });
    const plain = completionStage({ a: [uncounted] });
    const learned = completionStage({ a: [uncounted] }, { calibration });
    for (const { open, clock } of [plain, learned]) {
      open(place).ask({ isInvoked: true });
      await clock.advance(300);
    }
    expect(learned.ledger.settled[0]?.costNano).toBe((plain.ledger.settled[0]?.costNano ?? 0) * 2);
  });
});

it("a model that writes on beyond its bound is cut, and what fits of its text is shown", async () => {
  const lines = Array.from({ length: 4_000 }, (_, at) => text(`  value${at}(first${at}, second${at * 7})\n`));
  const { open, clock, ledger, vendor } = completionStage({ a: [[activity, ...lines, finish]] });
  const asked = open("function main() {\n  █\n}\n").ask({ isInvoked: true });
  await clock.advance(300);
  expect(asked.picture()).toContain("value0(first0, second0)");
  expect(ledger.settled).toMatchObject([{ outcome: "done" }]);
  expect(vendor().closed()).toBe(1);
});
