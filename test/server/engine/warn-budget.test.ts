import { describe, expect, it } from "vitest";
import type { Budget, Cap } from "../../../server/core/budget.ts";
import { createBudgetWarner } from "../../../server/engine/warn-budget.ts";
import { type Failure, FailureError } from "../../../shared/failure.ts";
import type { BudgetWarning } from "../../../shared/protocol.ts";
import { fakeLedger } from "./fake-ledger.ts";

const cap = (id: string, limitNano: number, extra: Partial<Cap> = {}): Cap => ({
  id,
  scope: "global",
  period: "daily",
  limitNano,
  setting: `wayfare.budget.${id}`,
  ...extra,
});
const budget = (extra: Partial<Budget> = {}): Budget => ({
  caps: [cap("global.daily", 1_000)],
  completionCaps: [],
  warnAt: [50, 80, 100],
  ladder: [],
  calendar: { timeZone: null, dayStartsAtMinutes: 0 },
  ...extra,
});

function warner(holds = budget()) {
  const ledger = fakeLedger();
  const told: BudgetWarning[] = [];
  const faults: Failure[] = [];
  const warn = createBudgetWarner({
    ledger: () => ledger,
    budget: () => holds,
    workspace: "w",
    onWarning: (warning) => told.push(warning),
    onFault: (failure) => faults.push(failure),
  });
  let ids = 0;
  const spend = async (nano: number) => {
    const id = `a${++ids}`;
    ledger.takeUp(id, nano);
    await ledger.settle(id, { outcome: "done", costNano: nano, costSource: "computed", usage: null, reason: "" });
    warn.settled();
    await warn.idle();
  };
  return { ledger, told, faults, warn, spend };
}

describe("warnings", () => {
  it("come when a mark is reached, and once", async () => {
    const { told, spend } = warner();
    await spend(499);
    expect(told).toEqual([]);
    await spend(1);
    await spend(1);
    expect(told.map((warning) => [warning.cap.id, warning.percent, warning.cap.spentNano])).toEqual([
      ["global.daily", 50, 500],
    ]);
    await spend(600);
    expect(told.map((warning) => warning.percent)).toEqual([50, 100]);
  });

  it("come for completions' caps too, and not for one that nobody can read", async () => {
    const holds = budget({
      caps: [cap("global.daily", 0, { isUnreadable: true })],
      completionCaps: [cap("completions.daily", 10)],
    });
    const { told, ledger, warn } = warner(holds);
    ledger.takeUp("a", 10);
    await ledger.settle("a", { outcome: "done", costNano: 10, costSource: "computed", usage: null, reason: "" });
    warn.settled();
    await warn.idle();
    expect(told.map((warning) => warning.cap.id)).toEqual(["completions.daily"]);
  });

  it("are looked for once more when something was settled meanwhile, however much", async () => {
    const { ledger, warn } = warner();
    let looks = 0;
    let letGo = (): void => undefined;
    ledger.takeWarnings = async () => {
      looks += 1;
      if (looks === 1) {
        await new Promise<void>((resolve) => {
          letGo = resolve;
        });
      }
      return [];
    };
    for (let settled = 0; settled < 50; settled++) warn.settled();
    letGo();
    await warn.idle();
    expect(looks).toBe(2);
  });

  it("that cannot be read are told of once, and not asked for without a cap", async () => {
    const { ledger, faults, warn } = warner();
    const broken: Failure = { kind: "ledger", message: "The ledger cannot be read." };
    ledger.takeWarnings = async () => {
      throw new FailureError(broken);
    };
    for (let each = 0; each < 3; each++) {
      warn.settled();
      await warn.idle();
    }
    expect(faults).toEqual([broken]);

    const none = warner(budget({ caps: [] }));
    none.ledger.takeWarnings = async () => {
      throw new Error("asked");
    };
    none.warn.settled();
    await none.warn.idle();
    expect(none.faults).toEqual([]);
  });
});
