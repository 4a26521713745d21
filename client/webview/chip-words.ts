import type { ContextChip } from "../../shared/answer.ts";

export function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** `duration.ts` for a whole file, `duration.ts:12–31` for a part of it. */
export function chipWords(chip: ContextChip): string {
  if (chip.kind === "file") return fileName(chip.path);
  const lines = chip.firstLine === chip.lastLine ? `${chip.firstLine}` : `${chip.firstLine}–${chip.lastLine}`;
  return `${fileName(chip.path)}:${lines}`;
}

/** `2 problems`, or null when the editor shows none there. */
export function problemWords(chip: ContextChip): string | null {
  const count = chip.diagnostics.length;
  if (count === 0) return null;
  return count === 1 ? "1 problem" : `${count} problems`;
}
