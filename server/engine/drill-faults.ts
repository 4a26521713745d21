/** What a simulated vendor can be told to do wrong, as far as the drill needs it; the playground knows these by the same names. */
export type DrillFault =
  | { kind: "status"; status: number; headers?: Readonly<Record<string, string>> }
  | { kind: "silence"; phase: "headers" | "content"; keepAlives?: true }
  | { kind: "stall" | "cut" | "in-band-error"; afterCharacters: "half" }
  | { kind: "html" | "json-error-200" | "empty" | "no-usage" | "no-end-signal" }
  | { kind: "slow"; tokensPerSecond: number }
  | { kind: "late"; firstTokenMs: number };

/** One scene of the drill. */
export interface DrillScene {
  /** What is broken, as the page says it. */
  words: string;
  /** null: nothing. `gone`: nobody listens at its address any more. */
  fault: DrillFault | "gone" | null;
  /** Who has it: the first route of the plan, or all. */
  routes: "first" | "all";
  /** It lasts as long as a timer, and runs beside the others. */
  isSlow?: true;
}

/**
 * The ways in which the simulated vendors can break, in the order of a day that goes ever worse. Times are those of real
 * life divided by `timesFaster`. Left out is the vendor that sends each byte on its own: nothing of it is seen, and it
 * takes the processor from all the others.
 */
export function drillScenes(timesFaster: number): readonly DrillScene[] {
  const first = (words: string, fault: DrillScene["fault"]): DrillScene => ({ words, fault, routes: "first" });
  const slow = (words: string, fault: DrillScene["fault"]): DrillScene => ({ ...first(words, fault), isSlow: true });
  const half = "half";
  return [
    first("Nothing", null),
    slow("Takes 3 s to its first word", { kind: "late", firstTokenMs: 3_000 / timesFaster }),
    slow("Writes 4 tokens a second", { kind: "slow", tokensPerSecond: 4 * timesFaster }),
    first("Does not count its tokens", { kind: "no-usage" }),
    first("Nobody listens at its address", "gone"),
    first("Its server fails (500)", { kind: "status", status: 500 }),
    first("Is overloaded (503)", { kind: "status", status: 503 }),
    first("Too many requests (429, again in 2 s)", { kind: "status", status: 429, headers: { "retry-after": "2" } }),
    first("Refuses the key (401)", { kind: "status", status: 401 }),
    first("Is out of credit (402)", { kind: "status", status: 402 }),
    first("Sends a login page", { kind: "html" }),
    first("Sends an error as if all were well (200)", { kind: "json-error-200" }),
    first("Sends an empty answer", { kind: "empty" }),
    slow("Takes the connection and stays silent", { kind: "silence", phase: "headers" }),
    slow("Sends signs of life and no word", { kind: "silence", phase: "content", keepAlives: true }),
    slow("Stops in the middle", { kind: "stall", afterCharacters: half }),
    first("Cuts the connection in the middle", { kind: "cut", afterCharacters: half }),
    first("Reports an error in the middle", { kind: "in-band-error", afterCharacters: half }),
    first("Ends without its end signal", { kind: "no-end-signal" }),
    { words: "Every route fails (500)", fault: { kind: "status", status: 500 }, routes: "all" },
  ];
}
