import type { Usage } from "../../shared/answer.ts";
import { NANO_PER_USD } from "../../shared/money.ts";

/** What a vendor remembers of an answer. */
export interface Bill {
  usage: Usage;
  costNano: number;
  isCancelled: boolean;
}

/** What answers cost, for whoever asks afterwards. */
export interface BillBook {
  write(id: string, bill: Bill): void;
  /** As gateways write it, in dollars; null for an answer that is not known, or not yet. */
  read(id: string): Record<string, unknown> | null;
}

const mostBills = 500;

/** `unknownAtFirst`: so many times a vendor is asked for a bill before it has it; its books are behind its answers. */
export function createBillBook(unknownAtFirst = 0): BillBook {
  const bills = new Map<string, Bill & { asked: number }>();
  return {
    write(id, bill) {
      bills.set(id, { ...bill, asked: 0 });
      const [oldest] = bills.keys();
      if (bills.size > mostBills && oldest !== undefined) bills.delete(oldest);
    },
    read(id) {
      const bill = bills.get(id);
      if (bill === undefined) return null;
      bill.asked += 1;
      if (bill.asked <= unknownAtFirst) return null;
      const { input, cacheRead, cacheWrite, output, reasoning } = bill.usage;
      return {
        id,
        total_cost: bill.costNano / NANO_PER_USD,
        upstream_inference_cost: null,
        is_byok: false,
        cancelled: bill.isCancelled,
        streamed: true,
        native_tokens_prompt: input + cacheRead + cacheWrite,
        native_tokens_completion: output,
        native_tokens_cached: cacheRead,
        native_tokens_reasoning: reasoning,
      };
    },
  };
}
