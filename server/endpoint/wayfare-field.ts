import { usdFromNano } from "../../shared/money.ts";
import { routeName } from "../core/provider.ts";
import type { RelayEnd } from "../core/relay.ts";

/** Where an answer came from and what it cost, for those who do not see headers. `cost_usd` is null where a price is unknown. */
export function wayfareOf({ beginning, bill }: Extract<RelayEnd, { state: "done" }>): Record<string, unknown> {
  return {
    model: routeName(beginning.route),
    tier: beginning.route.tier,
    reason: beginning.reason,
    attempts: bill.attempts.length,
    cost_usd: bill.costNano === null ? null : usdFromNano(bill.costNano),
    cost_source: bill.costSource,
  };
}
