/** Answers that pages are shown with. */

export const renamed = `Renamed, with a doc comment that states the unit:

\`\`\`ts src/duration.ts
/** Milliseconds for text like "1h30m". */
export function parseDuration(text: string): number {
  const parts = [...text.matchAll(/(\\d+)([hms])/g)];
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * millisecondsOf[unit], 0);
}
\`\`\`
`;

export const race = `Two callers share one \`RegExp\` with the \`g\` flag. Its \`lastIndex\` survives the \`await\` in \`pool.ts:44\`, so the second caller starts **in the middle** of its text.

1. Make the expression local to the call, or use \`matchAll\`, which copies it.
2. The other two callers need no change. See [the reference](https://developer.mozilla.org/lastIndex).
`;

export const longCode = `Here is the whole file:

\`\`\`python services/reports/aggregate_everything_with_a_long_name.py
from dataclasses import dataclass, field


@dataclass
class Window:
    """A sliding window over the last \`limit\` values, with a running total kept beside it for speed."""

    limit: int
    values: list[float] = field(default_factory=list)

    def push(self, value: float) -> None:
        self.values.append(value)  # the newest is always last, and the oldest is dropped when the window is full
        if len(self.values) > self.limit:
            self.values.pop(0)

    def mean(self) -> float:
        return sum(self.values) / len(self.values) if self.values else 0.0
${Array.from({ length: 24 }, (_, at) => `\n    def quantile_${at}(self) -> float:\n        return sorted(self.values)[int(len(self.values) * ${at / 24})]`).join("\n")}
\`\`\`

| case | before | after |
|:--|--:|--:|
| empty window | error | 0.0 |
| one value | 1.5 µs | 0.3 µs |

> The list is popped from its front; a \`deque\` would be better for more than a few hundred values.
`;

export const broken = `The second block is cut in the middle:

\`\`\`ts src/duration.ts
export const second = 1_000;
\`\`\`

\`\`\`ts src/a/very/deep/folder/of/this/workspace/duration-parser.ts
export function parseDuration(text: string): number {
  const parts = [...text.matchAll(/(\\d+)([hms])/g)];
  return parts.reduce((sum, [, count, unit]) =>
\`\`\`
`;
export const unparsed = [{ block: 1, languageId: "typescript", line: 3 }];
