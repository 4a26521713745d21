import type { Question } from "../../../server/core/provider.ts";
import type { ContextItem, Tier } from "../../../shared/answer.ts";

/** What people ask an editor, with the tier a careful colleague would send it to. */

export interface EditorRequest {
  tier: Tier;
  text: string;
  context?: readonly ContextItem[];
  history?: Question["history"];
}

export function file(path: string, lines: number, text = "const value = 1;\n"): ContextItem {
  return {
    kind: "file",
    path,
    languageId: path.endsWith(".py") ? "python" : path.endsWith(".go") ? "go" : "typescript",
    text: text.repeat(Math.max(1, Math.floor(lines / Math.max(1, text.split("\n").length - 1)))),
    firstLine: 1,
    lastLine: lines,
    diagnostics: [],
  };
}

export function selection(lines: number, text = "const value = 1;\n"): ContextItem {
  return { ...file("src/cart.ts", lines, text), kind: "selection", firstLine: 10, lastLine: 9 + lines };
}

export function problem(item: ContextItem, ...messages: string[]): ContextItem {
  return {
    ...item,
    diagnostics: messages.map((message, index) => ({
      severity: "error" as const,
      line: item.firstLine + index,
      message,
    })),
  };
}

const small = selection(4);

export const cheapRequests: readonly EditorRequest[] = [
  { tier: "cheap", text: "Explain this line", context: [selection(1)] },
  { tier: "cheap", text: "Explain this function", context: [file("src/cart.ts", 300)] },
  { tier: "cheap", text: "What does this function do?", context: [file("src/cart.ts", 800)] },
  { tier: "cheap", text: "Rename total to grandTotal", context: [small] },
  { tier: "cheap", text: "rename the DeadlockDetector class to LockMonitor", context: [selection(40)] },
  { tier: "cheap", text: "Add a docstring to this function", context: [small] },
  {
    tier: "cheap",
    text: "Add JSDoc comments for all the exported functions in this file",
    context: [file("src/cart.ts", 250)],
  },
  {
    tier: "cheap",
    text: "write a docstring for the scheduler's deadlock avoidance function",
    context: [selection(30)],
  },
  { tier: "cheap", text: "Write a regex that matches an ISO 8601 date" },
  { tier: "cheap", text: "regex to match email addresses" },
  { tier: "cheap", text: "Write a unit test for this function", context: [selection(12)] },
  { tier: "cheap", text: "add a pytest test for parse_date with an empty string", context: [selection(9)] },
  { tier: "cheap", text: "Write a commit message for these changes", context: [file("src/cart.ts", 40)] },
  { tier: "cheap", text: "Suggest a better name for this variable", context: [selection(1)] },
  { tier: "cheap", text: "fix the typo in this comment", context: [selection(1)] },
  { tier: "cheap", text: "Fix this", context: [problem(selection(3), "';' expected.")] },
  {
    tier: "cheap",
    text: "fix the error: Cannot find name 'useState'",
    context: [problem(selection(6), "Cannot find name 'useState'.")],
  },
  { tier: "cheap", text: "Convert this to an arrow function", context: [small] },
  { tier: "cheap", text: "turn this callback into async await", context: [selection(10)] },
  { tier: "cheap", text: "How do I center a div?" },
  { tier: "cheap", text: "how to undo the last git commit but keep the changes" },
  { tier: "cheap", text: "What's the difference between == and === in JavaScript?" },
  { tier: "cheap", text: "what is a race condition?" },
  { tier: "cheap", text: "What does idempotent mean?" },
  { tier: "cheap", text: "Explain what a mutex is in one sentence" },
  { tier: "cheap", text: "Write a function that reverses a string in Python" },
  { tier: "cheap", text: "write a small helper that debounces a function" },
  { tier: "cheap", text: "Add a console.log before the return", context: [small] },
  { tier: "cheap", text: "Sort the imports", context: [file("src/cart.ts", 60)] },
  { tier: "cheap", text: "remove the unused imports", context: [file("src/cart.ts", 60)] },
  { tier: "cheap", text: "Add type annotations to this function", context: [selection(8)] },
  { tier: "cheap", text: "Generate a TypeScript interface from this JSON", context: [selection(20)] },
  { tier: "cheap", text: "Create a Dockerfile for a Node 20 app" },
  { tier: "cheap", text: "write a .gitignore for Python" },
  { tier: "cheap", text: "Add a getter for name", context: [selection(12)] },
  { tier: "cheap", text: "make this variable const", context: [selection(1)] },
  { tier: "cheap", text: "Translate the comments in this file to English", context: [file("src/cart.ts", 180)] },
  { tier: "cheap", text: "Summarize this file", context: [file("src/cart.ts", 1200)] },
  { tier: "cheap", text: "Write a SQL query to count users per country" },
  { tier: "cheap", text: "add a null check here", context: [selection(3)] },
  { tier: "cheap", text: "extract this into a constant", context: [selection(1)] },
  { tier: "cheap", text: "thanks!" },
  { tier: "cheap", text: "hello" },
  { tier: "cheap", text: "Generate 10 rows of dummy data for the users table" },
  { tier: "cheap", text: "show me the syntax for a switch statement in Go" },
  { tier: "cheap", text: "Write a bash one-liner that counts lines in all .ts files" },
  { tier: "cheap", text: "add a --verbose flag to the argument parser", context: [file("cli.py", 80)] },
  { tier: "cheap", text: "Add error handling to this fetch call", context: [selection(8)] },
  { tier: "cheap", text: "why do we need the 'key' prop in React lists?" },
  { tier: "cheap", text: "Explain this regex: ^\\d{3}-\\d{4}$" },
  { tier: "cheap", text: "What's the time complexity of this loop?", context: [selection(6)] },
  { tier: "cheap", text: "implement toString for this class", context: [selection(20)] },
  { tier: "cheap", text: "Simplify this if statement", context: [selection(7)] },
  { tier: "cheap", text: "Erkläre diese Zeile", context: [selection(1)] },
  { tier: "cheap", text: "解释这个函数", context: [selection(20)] },
  { tier: "cheap", text: "Escribe una prueba unitaria para esta función", context: [selection(10)] },
];

export const frontierRequests: readonly EditorRequest[] = [
  { tier: "frontier", text: "Why does this hang under load?", context: [file("src/pool.ts", 200)] },
  { tier: "frontier", text: "Prove this lock-free queue is linearizable", context: [selection(40)] },
  { tier: "frontier", text: "Find the race condition in this worker pool", context: [file("src/pool.go", 180)] },
  {
    tier: "frontier",
    text: "There is a deadlock between the two transactions, sometimes, in production. Find the cause.",
    context: [file("src/db.ts", 150)],
  },
  { tier: "frontier", text: "Design the architecture of a multi-tenant billing service with usage metering" },
  { tier: "frontier", text: "Should we use event sourcing or CRUD for the order service? Weigh the trade-offs." },
  {
    tier: "frontier",
    text: "Refactor the authentication across all services to use the new token service",
    context: [file("src/a.ts", 90), file("src/b.ts", 120), file("src/c.ts", 60)],
  },
  {
    tier: "frontier",
    text: "Split this module into separate packages without breaking the public API, and update all callers",
    context: [file("src/core.ts", 600)],
  },
  { tier: "frontier", text: "Review this code for security vulnerabilities", context: [file("src/login.ts", 120)] },
  { tier: "frontier", text: "Is this JWT verification vulnerable to a timing attack?", context: [selection(20)] },
  { tier: "frontier", text: "Prove that this algorithm runs in O(n log n)", context: [selection(25)] },
  {
    tier: "frontier",
    text: "Memory grows over time and the process is OOM killed after several hours. Find the leak.",
    context: [file("src/server.ts", 220)],
  },
  {
    tier: "frontier",
    text: "Type instantiation is excessively deep and possibly infinite: fix these conditional types",
    context: [problem(file("src/types.ts", 90), "Type instantiation is excessively deep and possibly infinite.")],
  },
  {
    tier: "frontier",
    text: "the generics don't infer the right type when I compose these three builders; fix the type errors",
    context: [
      problem(file("src/a.ts", 90), "Type 'A' is not assignable to type 'B'."),
      problem(file("src/b.ts", 60), "Argument of type 'X' is not assignable"),
    ],
  },
  { tier: "frontier", text: "Implement a red-black tree with deletion in Rust" },
  { tier: "frontier", text: "Implement the Raft consensus algorithm's log replication" },
  { tier: "frontier", text: "implement a CRDT for collaborative text editing" },
  { tier: "frontier", text: "Write a lock-free ring buffer for multiple producers in C++" },
  {
    tier: "frontier",
    text: "Optimize this query planner so that p99 latency stays under 10 ms at 50k requests per second",
    context: [file("src/planner.ts", 300)],
  },
  {
    tier: "frontier",
    text: "This test is flaky: it fails about once in 200 runs on CI but never locally. Why?",
    context: [file("src/queue.test.ts", 90), file("src/queue.ts", 140)],
  },
  {
    tier: "frontier",
    text: "Migrate this Express codebase from callbacks to async/await across all modules while preserving error semantics",
    context: [file("src/a.ts", 300), file("src/b.ts", 280), file("src/c.ts", 190)],
  },
  {
    tier: "frontier",
    text: "Port this C++ allocator to Rust without unsafe where possible",
    context: [file("src/alloc.cpp", 260)],
  },
  {
    tier: "frontier",
    text: "Explain why this double-checked locking is broken on ARM under the C++ memory model",
    context: [selection(14)],
  },
  { tier: "frontier", text: "design a rate limiter that works across regions with at most 1% overshoot" },
  {
    tier: "frontier",
    text: "We need zero downtime migration of the users table with 500 million rows. Propose a plan.",
  },
  {
    tier: "frontier",
    text: "Why do orders sometimes get charged twice when the webhook is retried?",
    context: [file("src/webhook.ts", 120)],
  },
  {
    tier: "frontier",
    text: "Given an array of n integers, 1 <= n <= 10^5, find the number of subarrays whose xor is at least k. Time limit 2 seconds.\n\nInput\nThe first line contains n and k.\n\nOutput\nPrint the number.",
  },
  {
    tier: "frontier",
    text: "segfault in release builds only, valgrind shows nothing. what could it be?",
    context: [file("src/parse.cpp", 180)],
  },
  {
    tier: "frontier",
    text: "Is there any interleaving in which two goroutines both believe they hold the lease?",
    context: [file("lease.go", 110)],
  },
  { tier: "frontier", text: "write a type checker for a small lambda calculus with let polymorphism" },
  { tier: "frontier", text: "Audit our session handling for privilege escalation" },
  {
    tier: "frontier",
    text: "the cache returns stale values after failover, only in the multi-region setup. figure out why",
    context: [file("cache.go", 200)],
  },
  { tier: "frontier", text: "Redesign the plugin system so that plugins can be loaded lazily and sandboxed" },
  { tier: "frontier", text: "How would you architect offline sync with conflict resolution for this app?" },
  {
    tier: "frontier",
    text: "the borrow checker rejects this because of the lifetime of the iterator; restructure the trait bounds so it compiles",
    context: [problem(selection(30), "cannot borrow `*self` as mutable more than once at a time")],
  },
  {
    tier: "frontier",
    text: "Derive the worst case for this hash table under adversarial keys and show that the amortized bound still holds",
    context: [selection(40)],
  },
  {
    tier: "frontier",
    text: "Warum hängt der Server unter Last? Manchmal, nicht immer.",
    context: [file("src/pool.ts", 200)],
  },
  { tier: "frontier", text: "为什么高并发下会死锁？", context: [file("src/pool.ts", 200)] },
  {
    tier: "frontier",
    text: "Rewrite our synchronous ORM layer to be async across the whole codebase; keep backwards compatibility",
    context: [file("a.py", 400), file("b.py", 300)],
  },
  {
    tier: "frontier",
    text: "Implement an incremental parser with error recovery for this grammar",
    context: [file("grammar.ts", 120)],
  },
];

const turn = (question: string, tier: Tier, failed = false) => ({ question, answer: "…", failed, tier, askedWith: [] });

/** The same words mean different things after what came before. */
export const conversationRequests: readonly EditorRequest[] = [
  {
    tier: "frontier",
    text: "still the same error",
    history: [turn("fix this type error", "cheap")],
    context: [problem(selection(10), "x")],
  },
  {
    tier: "frontier",
    text: "That didn't work, it still fails with the same exception",
    history: [turn("fix it", "cheap"), turn("and now?", "cheap")],
  },
  { tier: "frontier", text: "try again", history: [turn("fix it", "cheap", true), turn("fix it", "cheap", true)] },
  { tier: "frontier", text: "go on", history: [turn("Design the sharding scheme", "frontier")] },
  { tier: "cheap", text: "go on", history: [turn("Write a list of HTTP codes", "cheap")] },
  { tier: "cheap", text: "thanks, that works", history: [turn("Design the sharding scheme", "frontier")] },
  { tier: "cheap", text: "now rename it to Shard", history: [turn("Design the sharding scheme", "frontier")] },
  { tier: "frontier", text: "think harder about the edge cases", history: [turn("write the parser", "cheap")] },
];
