import type { SampleFile } from "./sample-file.ts";

const caseRow = (name: string) => `func Test${name.charAt(0).toUpperCase()}${name.slice(1)}(t *testing.T) {
	cases := []struct {
		attempt           int
		base, limit, want time.Duration
	}{`;
const caseLoop = (name: string) => `	}
	for _, c := range cases {
		if got := ${name}(c.attempt, c.base, c.limit); got != c.want {
			t.Errorf("${name}(%d, %v, %v) = %v, want %v", c.attempt, c.base, c.limit, got, c.want)
		}
	}
}`;

/** What the simulated models know of `cmd/retry/main.go`. */
export const sampleRetry: SampleFile = {
  path: "cmd/retry/main.go",
  language: "go",
  fence: "go",
  marks: [
    /base << attempt/,
    /base, limit time\.Duration\) time\.Duration/,
    /retry: attempt %d of %d/,
    /exec\.Command\(args\[0\]/,
  ],
  symbols: [
    {
      usual: "backoff",
      declared: /^func (\w+)\(attempt int, base, limit time\.Duration\)/,
      suggested: "waitAfter",
      explain: {
        cheap: (n) =>
          `\`${n("backoff")}\` says how long to wait after a failed attempt: \`base\`, then twice that, four times, and so on, but never more than \`limit\`.`,
        frontier: (n) =>
          `\`${n("backoff")}\` is exponential back-off: \`base << attempt\` is \`base\` times 2 to the power of \`attempt\`, so 1s, 2s, 4s, 8s …, capped at \`limit\`.

The shift is only safe for small numbers. A \`time.Duration\` is a signed 64-bit count of nanoseconds: with \`base\` at one second the shift overflows from attempt 34 on. What is left is sometimes negative, and 0 from attempt 55 on; that is not above \`limit\`, so it is returned, and \`time.Sleep\` does not wait at all. With \`-n 5\` nobody sees it; with \`-n 100\` the command is hammered.`,
      },
      doc: {
        cheap: (n) => [
          `${n("backoff")} returns the wait after a failed attempt, counted from 0: base, doubled each time, at most limit.`,
        ],
        frontier: (n) => [
          `${n("backoff")} returns how long to wait after a failed attempt, counted from 0: base after the`,
          "first, twice as long after each further one, and never longer than limit.",
        ],
      },
      tests: {
        cheap: (n) => `${caseRow(n("backoff"))}
		{0, time.Second, time.Minute, time.Second},
		{1, time.Second, time.Minute, 2 * time.Second},
		{3, time.Second, time.Minute, 8 * time.Second},
		{10, time.Second, time.Minute, time.Minute},
${caseLoop(n("backoff"))}`,
        frontier: (n) => `${caseRow(n("backoff"))}
		{0, time.Second, time.Minute, time.Second},
		{1, time.Second, time.Minute, 2 * time.Second},
		{3, time.Second, time.Minute, 8 * time.Second},
		{10, time.Second, time.Minute, time.Minute},
		{0, time.Hour, time.Minute, time.Minute}, // the limit holds for the first wait too
		{5, 0, time.Minute, 0},
		{34, time.Second, time.Minute, time.Minute}, // 2^34 seconds do not fit
		{100, time.Second, time.Minute, time.Minute},
${caseLoop(n("backoff"))}`,
      },
    },
    {
      usual: "run",
      declared: /^func (\w+)\(args \[\]string\) error/,
      suggested: "runCommand",
      explain: {
        cheap: (n) =>
          `\`${n("run")}\` runs the command with the same standard input, output and error as this program, and returns an error when it cannot be started or ends with a code other than 0.`,
        frontier: (n) =>
          `\`${n("run")}\` runs the command with this program's own standard streams and waits for it. The error is an \`*exec.ExitError\` when the command ran and failed, and another one when it could not be started; the caller treats both alike, so a command that does not exist is also tried \`n\` times. Standard input is shared: what the first attempt has read is gone for the second.`,
      },
      doc: {
        cheap: (n) => [`${n("run")} runs the command with our own input and output.`],
        frontier: (n) => [
          `${n("run")} runs the command with our own standard streams and waits for it. It returns an error when the`,
          "command cannot be started or ends with a code other than 0.",
        ],
      },
      tests: {
        cheap: (n) => `func Test${capital(n("run"))}ReportsAMissingCommand(t *testing.T) {
	if err := ${n("run")}([]string{"no-such-command-anywhere"}); err == nil {
		t.Error("want an error")
	}
}`,
        frontier: (n) => `func Test${capital(n("run"))}ReportsAMissingCommand(t *testing.T) {
	if err := ${n("run")}([]string{"no-such-command-anywhere"}); err == nil {
		t.Error("want an error")
	}
}`,
      },
    },
    {
      usual: "main",
      declared: /^func (main)\(\)/,
      suggested: "main",
      explain: {
        cheap: () =>
          "`main` reads the flags, then runs the command up to `-n` times, waiting longer after each failure. It ends with 0 as soon as the command succeeds, and with 1 when all attempts failed.",
        frontier: () =>
          "`main` reads the flags, then runs the command up to `-n` times. It ends with 0 as soon as the command succeeds. After each failure it says so on standard error and waits, except after the last, where waiting would help nobody.\n\nTwo things a caller may trip over: the exit code is always 1, not the command's own, and with `-n 0` the command never runs and nothing says so.",
      },
      doc: {
        cheap: () => ["main runs the command until it succeeds, at most -n times."],
        frontier: () => [
          "main runs the command until it succeeds, at most -n times, and exits with 1 when it never does.",
        ],
      },
    },
  ],
  overview: {
    cheap: (n) =>
      `This program runs a command until it succeeds: \`retry -n 5 -wait 1s -- make test\`. After each failure it waits, twice as long each time (\`${n("backoff")}\`), at most \`-max\`. It exits with 1 when all attempts failed.`,
    frontier: (n) => `This program runs a command until it succeeds: \`retry -n 5 -wait 1s -max 1m -- make test\`.

- **\`main\`** reads the flags and holds the loop. It does not wait after the last failure.
- **\`${n("run")}\`** starts the command with the program's own standard streams, just like a command of your own.
- **\`${n("backoff")}\`** doubles the wait each time, up to \`-max\`.

Worth knowing: the exit code is 1 whatever the command's was, and \`${n("backoff")}\` overflows when there are more than 34 attempts, and in the end does not wait at all. Ask me to fix that.`,
  },
  fix: {
    cheap: {
      edit: {
        replace: [[/if flag\.NArg\(\) == 0 \{/, "if flag.NArg() == 0 || *tries < 1 {"]],
        shows: ["main"],
      },
      before: () =>
        "With `-n 0` the command never runs and the program exits with 1 without a word. The usage line is the better answer:",
      after: () => "For ordinary numbers of attempts I see nothing else.",
      done: "I see no fault in this code on a first reading.",
    },
    frontier: {
      edit: {
        replace: [
          [
            /^\twait := base << attempt(\r?\n)\tif wait > limit \{\r?\n\t\treturn limit\r?\n\t\}/m,
            "\twait := min(base, limit)$1\tfor range attempt {$1\t\tif wait > limit/2 {$1\t\t\treturn limit$1\t\t}$1\t\twait *= 2$1\t}",
          ],
        ],
        shows: ["backoff"],
      },
      before: (
        n,
      ) => `**\`${n("backoff")}\` overflows.** A \`time.Duration\` is a signed 64-bit count of nanoseconds, and one second shifted by 34 no longer fits. What is left is sometimes negative, and 0 from attempt 55 on. Neither is above \`limit\`, so it is returned unchanged, and \`time.Sleep\` does not wait. With \`-n 5\` nobody sees it; with \`-n 100\` the last 44 attempts come without a pause.

Doubling step by step, and stopping before the step that would go over the limit, cannot overflow:`,
      after: () =>
        "`min` and `range` over a number need Go 1.22, which `go.mod` asks for.\n\nTwo choices to look at in `main`: it exits with 1 whatever the command's own code was, and `-n 0` runs nothing without saying so.",
      done: "The overflow in the wait is gone here. Two choices to look at in `main`: it exits with 1 whatever the command's own code was, and `-n 0` runs nothing without saying so.",
    },
  },
  testFile({ code, usual }) {
    const packages = usual.includes("backoff") ? ["testing", "time"] : ["testing"];
    return `package main\n\nimport (\n${packages.map((name) => `\t"${name}"\n`).join("")})\n\n${code}`;
  },
  testPath: (path) => path.replace(/\.go$/, "_test.go"),
  testCommand: (path) => `cd ${path.slice(0, Math.max(0, path.lastIndexOf("/"))) || "."} && go test`,
  testFinds: (n) =>
    `The rows from attempt 34 on fail with the file as it is: \`${n("backoff")}\` overflows there and the program no longer waits. Ask me to fix it.`,
};

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
