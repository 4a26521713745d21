import type { Row } from "./rows.ts";

/** What is graded: the questions of one source, with the pairs of models that a router chooses between. */
export interface RoutingSet {
  name: string;
  holds(row: Row): boolean;
  pairs: readonly (readonly [weak: string, strong: string])[];
}

const from = (source: string) => (row: Row) => row.source === source;

export const routingSets: readonly RoutingSet[] = [
  {
    name: "LiveCodeBench",
    holds: from("livecodebench"),
    pairs: [
      ["GPT-4O-mini-2024-07-18", "O4-Mini (High)"],
      ["Claude-3-Haiku", "Claude-3.5-Sonnet-20240620"],
      ["GPT-4O-mini-2024-07-18", "Claude-3.7-Sonnet (Thinking)"],
      ["DeepSeek-V3", "Gemini-2.5-Pro"],
    ],
  },
  {
    name: "SWE-bench Pro",
    holds: from("swebench_pro"),
    pairs: [["GPT OSS - paper", "Claude 4.5 Sonnet - 10132025"]],
  },
  { name: "MMLU", holds: from("mmlu"), pairs: [["mixtral-8x7b", "gpt-4-1106-preview"]] },
  { name: "GSM8K", holds: from("gsm8k"), pairs: [["mixtral-8x7b", "gpt-4-1106-preview"]] },
  {
    name: "RouterArena",
    holds: from("routerarena"),
    pairs: [["claude-3-haiku-20240307", "gemini-2.0-flash-001"]],
  },
];
