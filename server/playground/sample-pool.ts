import { nodeTestFile } from "./node-test-file.ts";
import type { SampleFile } from "./sample-file.ts";

/** What the simulated models know of `src/pool.ts`. */
export const samplePool: SampleFile = {
  path: "src/pool.ts",
  language: "typescript",
  fence: "ts",
  marks: [/readonly Job<T>\[\]/, /interface Job<T>/, /Promise<Outcome<T>>/, /AbortSignal\.timeout\(\w+\(job\)\)/],
  symbols: [
    {
      usual: "runAll",
      declared: /^[ \t]*(?:export )?async function (\w+)<T>\(jobs: /,
      suggested: "runJobs",
      explain: {
        cheap: (n) =>
          `\`${n("runAll")}\` runs all jobs, at most \`limit\` at a time, and gives one outcome a job in the order of the jobs. A job that fails does not stop the others.`,
        frontier: (n) =>
          `\`${n("runAll")}\` runs all jobs, at most \`limit\` at a time. It starts \`limit\` workers that share the counter \`next\`: each takes the next index, runs that job, and writes the outcome to that place, so the order of the outcomes is the order of the jobs whatever finishes first.

Taking an index (\`next++\`) cannot race: there is no \`await\` between the check and the step, and JavaScript runs one piece of code at a time. A failing job never rejects, because \`${n("runOne")}\` turns errors into outcomes.`,
      },
      doc: {
        cheap: () => ["Runs all jobs, at most `limit` at a time; one outcome a job, in the order of the jobs."],
        frontier: (n) => [
          "Runs all jobs, at most `limit` at a time. A job that fails or runs out of time does not stop the others.",
          "",
          "@param limit How many run at once; below 1 nothing runs.",
          `@returns One outcome a job, in the order of the jobs. Never rejects because of a job.`,
          "@example",
          `const outcomes = await ${n("runAll")}([{ name: "ping", timeout: "5s", run: (signal) => ping(host, signal) }], 4);`,
        ],
      },
      tests: {
        cheap: (n) => `test("gives one outcome a job, in the order of the jobs", async () => {
  const outcomes = await ${n("runAll")}<number>(
    [
      { name: "one", run: async () => 1 },
      { name: "two", run: () => Promise.reject(new Error("no")) },
      { name: "three", run: async () => 3 },
    ],
    2,
  );
  assert.deepEqual(
    outcomes.map((outcome) => [outcome.name, outcome.ok]),
    [
      ["one", true],
      ["two", false],
      ["three", true],
    ],
  );
});`,
        frontier: (n) => `test("gives one outcome a job, in the order of the jobs", async () => {
  const outcomes = await ${n("runAll")}<number>(
    [
      { name: "one", run: async () => 1 },
      { name: "two", run: () => Promise.reject(new Error("no")) },
      { name: "three", run: async () => 3 },
    ],
    2,
  );
  assert.deepEqual(
    outcomes.map((outcome) => [outcome.name, outcome.ok]),
    [
      ["one", true],
      ["two", false],
      ["three", true],
    ],
  );
});

test("runs no more than the limit at a time", async () => {
  let running = 0;
  let most = 0;
  const run = async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setImmediate(resolve));
    running--;
  };
  await ${n("runAll")}(
    Array.from({ length: 10 }, (_, index) => ({ name: String(index), run })),
    3,
  );
  assert.equal(most, 3);
});

test("tells a job that its time is over", async () => {
  const run = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  const alive = setTimeout(() => {}, 10_000); // the timer behind a signal does not keep Node running
  const [outcome] = await ${n("runAll")}([{ name: "slow", timeout: "5ms", run }], 1);
  clearTimeout(alive);
  assert.equal(outcome.ok, false);
});

test("a bad timeout does not change the next job's", async (t) => {
  const timeout = t.mock.method(AbortSignal, "timeout");
  const run = async () => {};
  await ${n("runAll")}(
    [
      { name: "bad", timeout: "1h oops 30m", run },
      { name: "good", timeout: "2m", run },
    ],
    1,
  );
  assert.equal(timeout.mock.calls.at(-1)?.arguments[0], 120_000);
});`,
      },
    },
    {
      usual: "runOne",
      declared: /^[ \t]*(?:export )?async function (\w+)<T>\(job: /,
      suggested: "runJob",
      explain: {
        cheap: (n) =>
          `\`${n("runOne")}\` runs one job with a signal that aborts when its time is over, and turns the result or the error into an outcome with the time it took.`,
        frontier: (n) =>
          `\`${n("runOne")}\` runs one job and never rejects: a value or an error becomes an outcome, with the time it took.

The timeout is a *request*. \`AbortSignal.timeout\` aborts the signal, but a job that does not listen to its signal runs on, and holds its worker until it is done. If a pool seems to hang, look there first.`,
      },
      doc: {
        cheap: () => ["Runs one job within its timeout; an error becomes an outcome."],
        frontier: () => [
          "Runs one job and never rejects: an error becomes an outcome.",
          "The timeout aborts the job's signal; a job that ignores its signal runs on.",
        ],
      },
    },
    {
      usual: "timeoutOf",
      declared: /^[ \t]*(?:export )?function (\w+)\(job: Job/,
      suggested: "timeoutMsOf",
      explain: {
        cheap: (n) =>
          `\`${n("timeoutOf")}\` gives the job's timeout in milliseconds, and 30 seconds when it has none or one that cannot be read.`,
        frontier: (n) =>
          `\`${n("timeoutOf")}\` gives the job's timeout in milliseconds. It falls back to \`${n("DEFAULT_MS")}\` in two cases that deserve different treatment: when there is no timeout, which is fine, and when the text cannot be read, which is a mistake of the caller that nobody will hear of.`,
      },
      doc: {
        cheap: () => ["The job's timeout in milliseconds; 30 s when it has none that can be read."],
        frontier: () => [
          "The job's timeout in milliseconds. Falls back to the default when there is none,",
          "and silently also when it cannot be read.",
        ],
      },
    },
    {
      usual: "DEFAULT_MS",
      declared: /^[ \t]*(?:export )?const (\w+) = 30_000/,
      suggested: "DEFAULT_TIMEOUT_MS",
      explain: {
        cheap: (n) => `\`${n("DEFAULT_MS")}\` is the timeout of a job that names none: 30 seconds.`,
        frontier: (n) => `\`${n("DEFAULT_MS")}\` is the timeout of a job that names none: 30 seconds, in milliseconds.`,
      },
      doc: {
        cheap: () => ["Timeout of a job that names none."],
        frontier: () => ["Timeout of a job that names none, in milliseconds."],
      },
    },
    {
      usual: "Job",
      declared: /^[ \t]*(?:export )?interface (\w+)<T>/,
      suggested: "Task",
      explain: {
        cheap: (n) =>
          `A \`${n("Job")}\` has a name, a timeout such as \`30s\` if it wants one, and the function to run.`,
        frontier: (n) =>
          `A \`${n("Job")}\` has a name, a timeout such as \`30s\` if it wants one, and the function to run. That function gets a signal and should stop when it aborts.`,
      },
      doc: {
        cheap: () => ["Something to run, with a name and a timeout."],
        frontier: () => ["Something to run. `run` should stop when its signal aborts: nothing else ends it."],
      },
    },
  ],
  overview: {
    cheap: (n) =>
      `This file runs jobs a few at a time. \`${n("runAll")}\` starts \`limit\` workers that take one job after another; each job gets a signal that aborts when its timeout is over, and ends as an outcome with its value or its error.`,
    frontier: (n) => `This file is a small worker pool.

- **\`${n("runAll")}\`** starts \`limit\` workers that share one counter. Outcomes keep the order of the jobs.
- **\`${n("runOne")}\`** runs a job with a signal that aborts at its timeout, and turns errors into outcomes, so one failing job stops nothing.
- **\`${n("timeoutOf")}\`** reads the timeout (\`30s\`, \`1m30s\`) and falls back to 30 seconds, also when the text is wrong. That hides mistakes.

The timeout only asks: a job that ignores its signal keeps its worker busy.`,
  },
  fix: {
    cheap: {
      edit: {
        replace: [[/length: Math\.min\(limit, jobs\.length\)/, "length: Math.min(Math.max(1, limit), jobs.length)"]],
        shows: ["runAll"],
      },
      before: (n) =>
        `With a \`limit\` below 1, \`${n("runAll")}\` starts no worker and returns an empty list as if it had run everything. At least one worker should start:`,
      after: () =>
        "If jobs seem to hang: one that ignores its signal keeps its worker until it is done, whatever its timeout says.",
      done: "I see no fault in this code on a first reading. If jobs seem to hang: one that ignores its signal keeps its worker until it is done.",
    },
    frontier: {
      edit: {
        replace: [
          [
            /^([ \t]*)const signal = AbortSignal\.timeout\((\w+)\(job\)\);(\r?\n)\1try \{\r?\n/m,
            "$1try {$3$1  const signal = AbortSignal.timeout($2(job));$3",
          ],
          [
            /^([ \t]*)try \{(\r?\n)[ \t]*return (\w+)\(job\.timeout \?\? \w+\((\w+)\)\);\r?\n\1\} catch \{\r?\n[^\n]*\r?\n\1\}/m,
            "$1return job.timeout === undefined ? $4 : $3(job.timeout);",
          ],
        ],
        shows: ["runOne", "timeoutOf"],
      },
      before: (n, others) =>
        `**\`${n("timeoutOf")}\` hides errors.** A timeout that cannot be read becomes 30 seconds without a word. That is bad in itself, and it covers up a second fault: ${
          others.has("src/duration.ts")
            ? "the expression in `src/duration.ts` is shared and has the `g` flag, so a call that throws leaves its `lastIndex` in the middle"
            : "the function in `src/duration.ts` that reads the text keeps state between calls when it throws (attach that file and I will show you)"
        }, and the *next* job's timeout, though valid, is refused too and becomes 30 seconds.

With the change below a job with a bad timeout fails, under its own name, with the error that says why:`,
      after: (n) =>
        `The signal is now made inside the \`try\`, so that the error becomes that job's outcome and \`${n("runAll")}\` still never rejects.

Two more things to decide: a \`limit\` below 1 runs nothing and returns an empty list, and a job that ignores its signal holds its worker beyond its timeout. The function that was called for the default is no longer needed in the import.`,
      done: "The silent fallback that used to hide bad timeouts is gone here. Two things remain to decide: a `limit` below 1 runs nothing and returns an empty list, and a job that ignores its signal holds its worker beyond its timeout.",
    },
  },
  testFile: nodeTestFile,
  testPath: (path) => path.replace(/\.ts$/, ".test.ts"),
  testCommand: (path) => `node --test ${path.replace(/\.ts$/, ".test.ts")}`,
  testFinds: () =>
    "The last test fails as long as `src/duration.ts` keeps a position between calls: a timeout that is refused spoils the one after it. Ask me to fix that file.",
};
