import { sampleTexts } from "./sample-text.ts";
import type { Hole } from "./vendor-wire.ts";

/**
 * The true continuation in a file of the sample project, up to where the text after the hole goes on; null when the hole
 * is in no such file, or nothing is missing there. Lines the person has changed elsewhere do not matter: the place is
 * found by the lines above the cursor. Takes text with "\n" line ends.
 */
export function fillSample({ prefix, suffix }: Hole): string | null {
  const above = prefix.slice(-mostCharacters).split("\n");
  const current = above.pop() ?? "";
  const below = suffix.slice(0, mostCharacters).split("\n");
  const rest = below.shift() ?? "";
  let best: { lines: readonly string[]; at: number; score: number } | null = null;
  for (const { text } of sampleTexts) {
    const lines = text.split("\n");
    for (let at = 0; at < lines.length; at += 1) {
      const score = scoreOf(lines, at, above, current);
      if (score > (best?.score ?? 0)) best = { lines, at, score };
    }
  }
  return best === null ? null : between(best.lines, best.at, current, rest, below);
}

/** Enough of a file to know the place by. */
const mostCharacters = 4_000;
const mostScore = 8;
const mostLines = 40;

/** How sure it is that `current` is the beginning of line `at`: 0 for not at all. */
function scoreOf(lines: readonly string[], at: number, above: readonly string[], current: string): number {
  const line = lines[at] ?? "";
  const typed = current.trim();
  if (!line.trimStart().startsWith(current.trimStart())) return 0;
  let same = 0;
  let here = above.length - 1;
  let there = at - 1;
  while (same < mostScore) {
    while (here >= 0 && above[here]?.trim() === "") here -= 1;
    while (there >= 0 && lines[there]?.trim() === "") there -= 1;
    if (here < 0 || there < 0) {
      // Both begin here: as good as a line more.
      if (here < 0 && there < 0) same += 1;
      break;
    }
    if (above[here]?.trim() !== lines[there]?.trim()) break;
    // A lone bracket stands in every file.
    same += /\w/.test(lines[there] ?? "") ? 1 : 0.25;
    here -= 1;
    there -= 1;
  }
  const isSure = same >= 2 || (same >= 1 && typed.length >= 3) || typed.length >= 16;
  return isSure ? same + Math.min(typed.length, 40) / 100 : 0;
}

/** What stands from the cursor on to where the text after it is found again. */
function between(
  lines: readonly string[],
  at: number,
  current: string,
  rest: string,
  below: readonly string[],
): string | null {
  const line = lines[at] ?? "";
  const remainder = line.startsWith(current)
    ? line.slice(current.length)
    : line.trimStart().slice(current.trimStart().length);
  if (rest.trim() !== "") {
    const end = remainder.lastIndexOf(rest.trim());
    return end > 0 ? remainder.slice(0, end) : null;
  }
  const resumes = placeOf(lines, at, below);
  // The line is there already, below the cursor.
  if (resumes === at) return null;
  const end = resumes ?? blockEnd(lines, at);
  const text = [remainder, ...lines.slice(at + 1, end)].join("\n").replace(/\s+$/, "");
  return text === "" ? null : text;
}

/** The line, at `from` or behind it, with which the text after the hole begins; null when it is not found. */
function placeOf(lines: readonly string[], from: number, below: readonly string[]): number | null {
  const [first, second] = below.filter((line) => line.trim() !== "");
  if (first === undefined) return null;
  for (let at = from; at < Math.min(lines.length, from + mostLines); at += 1) {
    if (lines[at]?.trimEnd() !== first.trimEnd()) continue;
    const next = lines.slice(at + 1).find((line) => line.trim() !== "");
    // A bracket alone says little: what stands behind it has to agree, unless nothing stands there.
    if (/\w/.test(first) || second === undefined || next?.trimEnd() === second.trimEnd()) return at;
  }
  return null;
}

/** The first line that does not belong to the same declaration. */
function blockEnd(lines: readonly string[], from: number): number {
  for (let at = from + 1; at < lines.length; at += 1) {
    if (at - from >= mostLines) return at;
    const next = lines.slice(at).find((line) => line.trim() !== "");
    if (lines[at]?.trim() === "" && (next === undefined || /^\S/.test(next))) return at;
  }
  return lines.length;
}
