/** A file of the sample project as it is in a fresh copy: what the simulated models complete towards. */
export interface SampleText {
  path: string;
  text: string;
}

const duration = `const PART = /(\\d+(?:\\.\\d+)?)\\s*(ms|s|m|h|d)\\s*/g;

const UNIT_MS: Record<string, number> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

export function parse(text: string): number {
  let total = 0;
  let end = 0;
  let match: RegExpExecArray | null;
  while ((match = PART.exec(text)) !== null) {
    if (match.index !== end) {
      throw new RangeError(\`Not a duration: "\${text}"\`);
    }
    total += Number(match[1]) * UNIT_MS[match[2]];
    end = PART.lastIndex;
  }
  if (end === 0 || end !== text.length) {
    throw new RangeError(\`Not a duration: "\${text}"\`);
  }
  return total;
}

export function format(ms: number): string {
  if (ms < UNIT_MS.s) return \`\${ms}ms\`;
  const parts: string[] = [];
  let rest = Math.round(ms / UNIT_MS.s) * UNIT_MS.s;
  for (const unit of ["d", "h", "m", "s"]) {
    const count = Math.floor(rest / UNIT_MS[unit]);
    rest -= count * UNIT_MS[unit];
    if (count > 0) parts.push(\`\${count}\${unit}\`);
  }
  return parts.join("");
}
`;

const pool = `import { format, parse } from "./duration.ts";

export interface Job<T> {
  name: string;
  /** Such as "30s" or "1m30s". */
  timeout?: string;
  run(signal: AbortSignal): Promise<T>;
}

export type Outcome<T> = { name: string; tookMs: number } & ({ ok: true; value: T } | { ok: false; error: unknown });

const DEFAULT_MS = 30_000;

export async function runAll<T>(jobs: readonly Job<T>[], limit: number): Promise<Outcome<T>[]> {
  const outcomes: Outcome<T>[] = [];
  let next = 0;
  async function worker(): Promise<void> {
    while (next < jobs.length) {
      const index = next++;
      outcomes[index] = await runOne(jobs[index]);
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, jobs.length) }, worker));
  return outcomes;
}

async function runOne<T>(job: Job<T>): Promise<Outcome<T>> {
  const started = Date.now();
  const signal = AbortSignal.timeout(timeoutOf(job));
  try {
    const value = await job.run(signal);
    return { name: job.name, tookMs: Date.now() - started, ok: true, value };
  } catch (error) {
    return { name: job.name, tookMs: Date.now() - started, ok: false, error };
  }
}

function timeoutOf(job: Job<unknown>): number {
  try {
    return parse(job.timeout ?? format(DEFAULT_MS));
  } catch {
    return DEFAULT_MS;
  }
}
`;

const report = `"""Summarise job times: one "name<TAB>milliseconds" per line in, one table out."""

import sys
from collections import defaultdict
from collections.abc import Iterable


def read(lines: Iterable[str]) -> dict[str, list[float]]:
    times: dict[str, list[float]] = defaultdict(list)
    for line in lines:
        name, _, took = line.rstrip("\\n").partition("\\t")
        if took:
            times[name].append(float(took))
    return dict(times)


def pct(values: list[float], share: float) -> float:
    ordered = sorted(values)
    rank = share / 100 * (len(ordered) - 1)
    low = int(rank)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (rank - low)


def table(times: dict[str, list[float]]) -> str:
    rows = [f"{'job':<20}{'runs':>6}{'median':>10}{'p95':>10}"]
    for name, values in sorted(times.items()):
        rows.append(f"{name:<20}{len(values):>6}{pct(values, 50):>10.1f}{pct(values, 95):>10.1f}")
    return "\\n".join(rows)


if __name__ == "__main__":
    print(table(read(sys.stdin)))
`;

const retry = `// Command retry runs a command until it succeeds: retry -n 5 -wait 1s -- make test
package main

import (\n\t"flag"
	"fmt"
	"os"
	"os/exec"
	"time"
)

func backoff(attempt int, base, limit time.Duration) time.Duration {
	wait := base << attempt
	if wait > limit {
		return limit
	}
	return wait
}

func run(args []string) error {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	return cmd.Run()
}

func main() {
	tries := flag.Int("n", 5, "how often to try")
	base := flag.Duration("wait", time.Second, "wait after the first failure; doubles each time")
	limit := flag.Duration("max", time.Minute, "longest wait")
	flag.Parse()
	if flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "usage: retry [-n tries] [-wait 1s] [-max 1m] -- command [args]")
		os.Exit(2)
	}
	for attempt := 0; attempt < *tries; attempt++ {
		err := run(flag.Args())
		if err == nil {
			return
		}
		fmt.Fprintf(os.Stderr, "retry: attempt %d of %d: %v\\n", attempt+1, *tries, err)
		if attempt+1 < *tries {
			time.Sleep(backoff(attempt, *base, *limit))
		}
	}
	os.Exit(1)
}
`;

/** The four files of `media/sample/`, byte for byte; a test holds the two together. */
export const sampleTexts: readonly SampleText[] = [
  { path: "src/duration.ts", text: duration },
  { path: "src/pool.ts", text: pool },
  { path: "tools/report.py", text: report },
  { path: "cmd/retry/main.go", text: retry },
];
