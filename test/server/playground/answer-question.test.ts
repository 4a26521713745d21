import { describe, expect, it } from "vitest";
import { answerQuestion } from "../../../server/playground/answer-question.ts";
import {
  ask,
  blockFor,
  blocksIn,
  duration,
  fileItem,
  pool,
  report,
  retry,
  sampleText,
  selection,
} from "./ask-sample.ts";

const files = [duration, pool, report, retry];
const tiers = ["cheap", "frontier"] as const;

describe("explaining", () => {
  it.each(files)("says what %s does, the frontier tier in more depth", (path) => {
    const [cheap, frontier] = tiers.map((tier) =>
      ask({ question: "What does this do?", context: [fileItem(path)], tier }),
    );
    expect(cheap?.length).toBeGreaterThan(100);
    expect(frontier?.length).toBeGreaterThan((cheap?.length ?? 0) * 1.4);
  });

  it("speaks of the function that is asked about", () => {
    expect(ask({ question: "explain pct", context: [fileItem(report)] })).toBe(
      "`pct` gives a percentile: the value below which `share` percent of the values lie. `pct(values, 50)` is the median. Between two values it goes in a straight line.",
    );
    expect(ask({ question: "What does `format` do?" })).toMatch(/^`format` is the way back: milliseconds to text/);
    expect(ask({ question: "how does backoff() work", context: [fileItem(retry)] })).toMatch(
      /^`backoff` says how long/,
    );
  });

  it("speaks of the function that is selected, or that the selection lies in", () => {
    const line = (path: string, words: string) =>
      sampleText(path)
        .split("\n")
        .findIndex((each) => each.includes(words)) + 1;
    const at = line(duration, "export function format");
    const whole = [fileItem(duration), selection(duration, at, at + 11)];
    expect(ask({ question: "explain this", context: whole })).toMatch(/^`format` is the way back/);
    const inside = line(duration, "Math.floor");
    expect(
      ask({ question: "explain this", context: [fileItem(duration), selection(duration, inside, inside)] }),
    ).toMatch(/^`format` is the way back/);
    expect(ask({ question: "explain this", context: [selection(duration, at, at + 11)] })).toMatch(/durations/);
  });

  it("knows the names that the file has now", () => {
    const edited = sampleText(duration).replaceAll("parse", "toMilliseconds");
    const answer = ask({ question: "what is this?", context: [fileItem(duration, edited)] });
    expect(answer).toContain('`toMilliseconds("1h30m")`');
    expect(answer).not.toContain("`parse");
  });

  it("explains every file when several came and none is singled out", () => {
    const answer = ask({ question: "give me an overview", context: files.map((path) => fileItem(path)) });
    for (const path of files) expect(answer).toContain(`**${path}**`);
    const one = ask({ question: "what does pool.ts do?", context: files.map((path) => fileItem(path)) });
    expect(one.indexOf(`**${pool}**`)).toBe(0);
  });

  it("reads a prompt that another client put together", () => {
    const text = `Here is \`lib/time.ts\`:\n\n~~~typescript\n${sampleText(duration)}~~~\n\nCan you walk me through it?`;
    const answer = answerQuestion({
      modelId: "m",
      tier: "cheap",
      messages: [{ role: "user", text }],
      inputTokens: 9,
      maxOutputTokens: 9,
    });
    expect(answer).toMatch(/^This file reads and writes durations\./);
  });
});

describe("renaming", () => {
  it.each([
    [duration, "parse", "parseDuration"],
    [duration, "total", "sum"],
    [duration, "UNIT_MS", "MS_PER_UNIT"],
    [pool, "timeoutOf", "timeoutMsOf"],
    [pool, "timeout", "timeLimit"],
    [report, "pct", "percentile"],
    [report, "times", "samples"],
    [retry, "backoff", "waitAfter"],
    [retry, "limit", "upperBound"],
  ])("in %s renames %s and keeps every other byte", (path, from, to) => {
    const before = sampleText(path);
    const after = blockFor(ask({ question: `Rename ${from} to ${to}`, context: [fileItem(path)] }), path);
    expect(after).not.toBe(before);
    expect(after).not.toMatch(new RegExp(`(?<![\\w.])${from}\\(`));
    expect(after.replaceAll(to, from)).toBe(before);
  });

  it("follows into the files that import the name", () => {
    const answer = ask({ question: "rename parse to parseDuration", context: [fileItem(duration), fileItem(pool)] });
    expect(blocksIn(answer).map((block) => block.path)).toEqual([duration, pool]);
    expect(blockFor(answer, pool).replaceAll("parseDuration", "parse")).toBe(sampleText(pool));
    expect(blockFor(answer, pool)).toContain('import { format, parseDuration } from "./duration.ts";');
  });

  it("adds the doc comment that was asked for with it", () => {
    const answer = ask({ question: "Rename parse to parseDuration and add a doc comment." });
    expect(answer).toMatch(/^Renamed `parse` to `parseDuration` in one place, with a doc comment:/);
    const comment = "/** Milliseconds for a duration such as `1h30m`. Throws a RangeError for any other text. */\n";
    const code = blockFor(answer, duration);
    expect(code).toContain(`${comment}export function parseDuration(`);
    expect(code.replace(comment, "").replaceAll("parseDuration", "parse")).toBe(sampleText(duration));
  });

  it("proposes a name when the person leaves it open", () => {
    expect(ask({ question: "find a better name for pct", context: [fileItem(report)] })).toMatch(
      /^Renamed `pct` to `percentile` in 3 places:/,
    );
    expect(ask({ question: "rename this to toMs" })).toMatch(/^Renamed `parse` to `toMs`/);
  });

  it("says what stands in the way", () => {
    expect(ask({ question: "rename foo to bar" })).toBe(
      "There is no `foo` in `src/duration.ts`. What it declares: `parse`, `format`, `PART`, `UNIT_MS`.",
    );
    expect(ask({ question: "rename parse to format" })).toBe(
      "`format` is taken in `src/duration.ts`; renaming `parse` to it would join the two. Choose another name.",
    );
    expect(ask({ question: "rename parse to parse" })).toBe("It is called `parse` already.");
    expect(ask({ question: "rename parse to readTime", context: [fileItem(pool)] })).toMatch(
      /It is declared in `\.\/duration\.ts`; rename it there as well\.$/,
    );
  });
});

describe("documenting", () => {
  it.each(files)("in %s adds comments and changes nothing else", (path) => {
    const code = blockFor(ask({ question: "document this file", context: [fileItem(path)], tier: "frontier" }), path);
    const kept = code.split("\n");
    for (const line of sampleText(path).split("\n")) {
      expect(kept).toContain(line);
      kept.splice(kept.indexOf(line), 1);
    }
    expect(kept.length).toBeGreaterThan(3);
    expect(kept.every((line) => /^\s*(\/\*\*| \*|\/\/|"""|$|[A-Z`a-z][^{};]*$|and |time |end)/.test(line))).toBe(true);
  });

  it("documents what was asked for, and no more", () => {
    const code = blockFor(ask({ question: "add a doc comment to format" }), duration);
    expect(code).toMatch(/^\/\*\* Milliseconds as text .*\*\/\nexport function format\(ms: number\): string \{\n/);
    expect(code).not.toContain("parse(");
    const python = blockFor(ask({ question: "write a docstring for pct", context: [fileItem(report)] }), report);
    expect(python).toMatch(/^def pct\(.*:\n {4}"""Return the percentile/);
    const go = blockFor(ask({ question: "godoc for backoff please", context: [fileItem(retry)] }), retry);
    expect(go).toMatch(/^\/\/ backoff returns the wait .*\nfunc backoff\(/);
  });

  it("leaves alone what is documented", () => {
    const first = blockFor(ask({ question: "document this", tier: "frontier" }), duration);
    expect(ask({ question: "document this", context: [fileItem(duration, first)], tier: "frontier" })).toBe(
      "What `src/duration.ts` declares is documented already. I would add nothing: a comment that repeats the code only ages.",
    );
  });

  it("keeps the line ends of the file", () => {
    const windows = sampleText(duration).replaceAll("\n", "\r\n");
    const code = blockFor(
      ask({ question: "document this", context: [fileItem(duration, windows)], tier: "frontier" }),
      duration,
    );
    expect(code.replaceAll("\r\n", "").includes("\n")).toBe(false);
  });
});

describe("fixing", () => {
  it("finds the planted bug on the frontier tier only", () => {
    const question = "A valid duration is sometimes rejected. Why? Fix the bug.";
    const frontier = ask({ question, tier: "frontier" });
    expect(frontier).toContain("`lastIndex`");
    expect(blockFor(frontier, duration)).toContain("for (const match of text.matchAll(PART)) {");
    const cheap = ask({ question });
    expect(cheap).not.toContain("lastIndex");
    expect(cheap).toContain("Retry on the frontier tier for that one.");
  });

  it("sees across files when both came along", () => {
    const question = "why does the second job get the wrong timeout?";
    const alone = ask({ question: `fix: ${question}`, context: [fileItem(pool)], tier: "frontier" });
    const both = ask({ question: `fix: ${question}`, context: [fileItem(pool), fileItem(duration)], tier: "frontier" });
    expect(alone).toContain("attach that file and I will show you");
    expect(both).toContain("`src/duration.ts` is shared and has the `g` flag");
    expect(
      ask({ question: "fix the bug in duration.ts", context: [fileItem(pool), fileItem(duration)], tier: "frontier" }),
    ).toContain("`src/pool.ts` hides it");
  });

  it("says so when the bug is gone", () => {
    const text = sampleText(duration)
      .replace(/ {2}let match: RegExpExecArray \| null;\n/, "")
      .replace("while ((match = PART.exec(text)) !== null) {", "for (const match of text.matchAll(PART)) {")
      .replace("end = PART.lastIndex;", "end = match.index + match[0].length;");
    const answer = ask({ question: "fix the bug", context: [fileItem(duration, text)], tier: "frontier" });
    expect(answer).toMatch(/^The shared position that used to break the call after a refused text is gone here/);
    expect(blocksIn(answer)).toEqual([]);
  });

  it.each([
    [pool, "Math.max(1, limit)", "`timeoutOf` hides errors"],
    [report, "a percentile needs at least one value", "line {number}: {took!r} is not a number"],
    [retry, "*tries < 1", "`backoff` overflows"],
  ])("in %s the cheap tier finds the easy fault and the frontier the deep one", (path, easy, deep) => {
    const [cheap, frontier] = tiers.map((tier) => ask({ question: "fix this", context: [fileItem(path)], tier }));
    expect(cheap).toContain(easy);
    expect(cheap).not.toContain(deep);
    expect(frontier).toContain(deep);
  });
});

describe("everything else", () => {
  const add =
    "To ask a real model, run **Wayfare: Add Provider** from the Command Palette. It takes a key of OpenAI, Anthropic, OpenRouter or another provider, or a server on this machine (Ollama, LM Studio, llama.cpp).";

  it("is answered honestly, with what a real model would have been sent", () => {
    const context = [fileItem("src/server.ts", "export const port = 8080;\n"), fileItem("README.md", "# Hello\n")];
    const request = { modelId: "sim-small", tier: "cheap", inputTokens: 12_345, maxOutputTokens: 9 } as const;
    const text = `File src/server.ts, lines 1 to 2:\n\`\`\`typescript\n${context[0]?.text}\`\`\`\n\nFile README.md, line 1:\n\`\`\`markdown\n# Hello\n\`\`\`\n\nExplain the port`;
    expect(answerQuestion({ ...request, messages: [{ role: "user", text }] })).toBe(
      `I am a simulation and cannot answer this. I know only the four files of the sample project: open one and ask me to explain, fix, test, rename or document it.

A real model would have been sent **12,345 tokens**: your question, \`src/server.ts\` and \`README.md\`. It would have been chosen, carried and billed just as \`sim-small\` was; the line below this answer shows how.

${add}

*Simulated answer: no model was asked.*
`,
    );
  });

  it("says so when no file came along", () => {
    expect(ask({ question: "what does parse do?", context: [] })).toMatch(
      /A real model would have been sent \*\*[\d,]+ tokens\*\*: your question and no file\./,
    );
  });

  it("names the pasted code and the turns before", () => {
    const history = [{ question: "hi", answer: "hello", failed: false, tier: "cheap" as const, askedWith: [] }];
    expect(ask({ question: "Port this to Rust:\n```js\nfoo()\n```", context: [], history })).toContain(
      ": your question, the turn before and the code you pasted.",
    );
  });

  it("admits what it cannot do with a file it knows", () => {
    expect(ask({ question: "translate this to Rust" })).toMatch(
      /^I am a simulation and cannot answer this\. I know this sample file, but only to explain, fix, test, rename and document what is in it\./,
    );
  });

  it.each([
    "what is the capital of France?",
    "explain quantum computing",
    "fix my marriage",
    "How do I write a test for a React component?",
    "who are you?",
    "what time is it?",
    "What is a test?",
    "explain async/await",
    "How do I parse JSON?",
    "explain server.ts",
    "Explain this in French",
    "What is wrong with my car?",
    "describe the weather here",
    "why is the sky blue?",
    "add type hints",
  ])("is not answered with words about the open file: %s", (question) => {
    for (const path of files) {
      expect(ask({ question, context: [fileItem(path)] })).toMatch(/^I am a simulation and cannot answer this\./);
    }
  });

  it.each([
    "Explain this function",
    "Write a unit test for this function",
    "Find the bug in this function",
    "What does this do?",
    "what does it do",
    "Rename it to somethingElse and add a doc comment",
    "Write unit tests",
    "please write some tests, with edge cases",
    "fix",
    "fix the bug",
    "is there a bug here?",
    "review this code",
    "add doc comments",
    "how does this file work?",
    "Explain this at length",
    "explain the code in more detail",
    "What's wrong with this code?",
    "explain it step by step, please",
    "can you explain what this function returns?",
    "explain the async function here",
  ])("is not what is asked of the open file: %s", (question) => {
    for (const path of files) {
      expect(ask({ question, context: [fileItem(path)] })).not.toContain("I am a simulation");
    }
  });

  it("is not what is asked in the sample's own README", () => {
    const readme = sampleText("README.md");
    const prompts = [...readme.matchAll(/^- \*(.+?)\*/gm)].map((match) => match[1] ?? "");
    expect(prompts).toHaveLength(4);
    for (const question of prompts) expect(ask({ question })).not.toContain("I am a simulation");
    for (const question of ["explain parse", "how does the format function work?", "what is UNIT_MS for?"]) {
      expect(ask({ question })).not.toContain("I am a simulation");
    }
    expect(ask({ question: "How does the pool work?", context: [fileItem(pool)] })).not.toContain("I am a simulation");
  });

  it("remembers the file of an earlier turn", () => {
    const asked = { question: "explain this", answer: "…", failed: false, tier: "cheap" as const };
    const history = [{ ...asked, askedWith: [duration] }];
    expect(ask({ question: "now write a unit test", history })).toMatch(/^Tests for `parse`/);
  });

  it("speaks of the file that is new to the conversation", () => {
    const asked = { question: "explain this", answer: "…", failed: false, tier: "cheap" as const };
    const history = [{ ...asked, askedWith: [duration] }];
    const answer = ask({ question: "write tests", context: [fileItem(duration), fileItem(pool)], history });
    expect(answer).toMatch(/^Tests for `runAll`/);
  });

  it("is the same for the same request", () => {
    const asked = { question: "write tests", tier: "frontier" } as const;
    expect(ask(asked)).toBe(ask(asked));
  });
});
