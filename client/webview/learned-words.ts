import { languageName } from "../../shared/language-name.ts";
import type { LearnedRow, LearnKind, LearnSignal } from "../../shared/learned.ts";

/** What the page of what was learned says, in words. */

export const kindWords: Readonly<Record<LearnKind, string>> = {
  chat: "Questions",
  edit: "Edits",
  fix: "Fixes",
  test: "Tests",
  commit: "Messages and names",
  completion: "Ghost text",
};

export function languageWords(languageId: string): string {
  return languageId === "" ? "no code attached" : languageName(languageId);
}

/** "5": code that was inserted, copied or taken as ghost text and not undone. What it was is in `keptDetail`. */
export function keptTimes({ seen }: Pick<LearnedRow, "seen">): number {
  const taken = keptSignals.reduce((sum, signal) => sum + (seen[signal] ?? 0), 0);
  return Math.max(0, taken - (seen.undone ?? 0));
}

/** "3 inserted, 2 copied", or "" where nothing was taken over. */
export function keptDetail({ seen }: Pick<LearnedRow, "seen">): string {
  return keptSignals
    .filter((signal) => (seen[signal] ?? 0) > 0)
    .map((signal) => `${seen[signal]} ${signalWords[signal]}`)
    .join(", ");
}

/** How often another answer was wanted, on the same tier or a better one. */
export function retriedTimes({ seen }: Pick<LearnedRow, "seen">): number {
  return (seen.regenerated ?? 0) + (seen.sentUp ?? 0);
}

/** "2 on the same tier, 1 on the frontier tier", or "". */
export function retriedDetail({ seen }: Pick<LearnedRow, "seen">): string {
  const parts = [
    [seen.regenerated ?? 0, "on the same tier"],
    [seen.sentUp ?? 0, "on the frontier tier"],
  ] as const;
  return parts
    .filter(([times]) => times > 0)
    .map(([times, where]) => `${times} ${where}`)
    .join(", ");
}

/**
 * What the learning does to a chance of one half: "+9 points: better than thought", "hardly at all". Rows of one model lend
 * to each other; where that is why a row moves, not its own counts, it says so.
 */
export function movedWords({ movedPoints, ownPoints }: Pick<LearnedRow, "movedPoints" | "ownPoints">): string {
  const moved = wholePoints(movedPoints);
  if (moved === 0) return pointsWords(moved);
  if (Math.sign(wholePoints(ownPoints)) !== Math.sign(moved))
    return `${pointsWords(moved)}: from the model's other rows`;
  return `${pointsWords(moved)}: ${moved > 0 ? "better" : "worse"} than thought`;
}

/** "its own counts: +2 points" where these do not point the way that the row moves, else "". */
export function movedDetail({ movedPoints, ownPoints }: Pick<LearnedRow, "movedPoints" | "ownPoints">): string {
  const moved = wholePoints(movedPoints);
  const own = wholePoints(ownPoints);
  if (Math.sign(own) === Math.sign(moved)) return "";
  return `its own counts: ${pointsWords(own)}${moved === 0 ? ", made up for by the model's other rows" : ""}`;
}

/** "+1 point", "−3 points", "hardly at all". */
function pointsWords(whole: number): string {
  if (whole === 0) return "hardly at all";
  return `${whole > 0 ? "+" : "−"}${Math.abs(whole)} ${Math.abs(whole) === 1 ? "point" : "points"}`;
}

/** The same for gains and losses; never −0. */
function wholePoints(points: number): number {
  return Math.sign(points) * Math.round(Math.abs(points)) || 0;
}

const signalWords: Readonly<Record<(typeof keptSignals)[number], string>> = {
  inserted: "inserted",
  copied: "copied",
  completed: "taken as ghost text",
  partlyCompleted: "taken in part",
  sentDown: "asked for in place of a frontier answer",
};
const keptSignals = ["inserted", "copied", "completed", "partlyCompleted", "sentDown"] as const satisfies LearnSignal[];
