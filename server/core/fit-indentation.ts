import { endsWithOpener, indentOf, indentWidth, isBlank, startsWithCloser } from "./code-shape.ts";
import type { Surroundings } from "./surroundings.ts";

/** The text indented as the file is: its tabs or spaces, its first line from the cursor on, the others below it. */
export function fitIndentation(text: string, around: Surroundings): string {
  if (around.languageId === "markdown" || around.languageId === "plaintext") return text;
  const own = withFileIndent(text, around);
  return withBlock(withFirstLine(belowOpener(own, around) ?? own, around), around);
}

/** Tabs in a file of tabs, spaces in a file of spaces; as it is where the file does not say. */
function withFileIndent(text: string, around: Surroundings): string {
  const unit = indentUnitOf(around);
  if (unit === null || !/(?:^|\n)[ \t]/.test(text)) return text;
  const lines = text.split("\n");
  if (unit !== "\t")
    return lines.map((line) => line.replace(/^[ \t]*\t[ \t]*/, (lead) => lead.replaceAll("\t", unit))).join("\n");
  const leads = lines
    .map((line) => (isBlank(line) ? 0 : (/^ */.exec(line)?.[0].length ?? 0)))
    .filter((width) => width > 1);
  if (leads.length === 0) return text;
  const step = leads.some((width) => width % 4 !== 0) ? 2 : 4;
  return lines
    .map((line, index) => {
      // The first line's blanks behind code are no indentation.
      if (index === 0 && !isBlank(around.before)) return line;
      return line.replace(
        /^ +/,
        (lead) => "\t".repeat(Math.floor(lead.length / step)) + " ".repeat(lead.length % step),
      );
    })
    .join("\n");
}

/** One step of the file's indentation, null when no line of it is indented. */
export function indentUnitOf(around: { prefix: string; suffix: string }): string | null {
  let tabs = 0;
  let spaces = 0;
  let least = 8;
  for (const line of [...around.prefix.split("\n"), ...around.suffix.split("\n")]) {
    if (line.startsWith("\t")) tabs++;
    else if (line.startsWith("  ")) {
      const width = indentWidth(line);
      // Continued comments stand one space further in.
      if (width === line.length || line[width] === "*") continue;
      spaces++;
      least = Math.min(least, width);
    }
  }
  if (tabs === 0 && spaces === 0) return null;
  return tabs >= spaces ? "\t" : " ".repeat(least);
}

/** Behind an opener a chat model begins with the body and forgets to end the line; null when it has not. */
function belowOpener(text: string, around: Surroundings): string | null {
  const { before } = around;
  if (!around.fromChat || around.place.lines !== "many" || isBlank(before) || !isBlank(around.after)) return null;
  if (!endsWithOpener(before, around.languageId) || /\s$/.test(before) || /^[ \t]*\n/.test(text)) return null;
  const unit = indentUnitOf(around) ?? "    ";
  const lead = indentOf(before) + unit;
  const told = indentWidth(text);
  const more = told >= indentWidth(lead) ? "" : told === 0 ? lead : unit;
  return `\n${text
    .split("\n")
    .map((line) => (isBlank(line) ? line : more + line))
    .join("\n")}`;
}

/** On a line that is blank so far the model may have written its indentation once more. */
function withFirstLine(text: string, around: Surroundings): string {
  const { before } = around;
  if (!isBlank(before)) return text;
  const leading = /^(?:[ \t]*\n)+/.exec(text)?.[0] ?? "";
  if (leading !== "") {
    // The cursor stands on an empty line already; another empty one above the code says nothing.
    const rest = text.slice(leading.length);
    return isBlank(rest) ? text : withFirstLine(rest, around);
  }
  const lead = indentOf(text);
  if (lead === "") return text;
  const here = indentWidth(before);
  const own = indentWidth(lead);
  const wanted = wantedWidth(around);
  if (here >= wanted) return text.slice(lead.length);
  if (here + own === wanted) return text;
  if (own >= here && lead.startsWith(before)) return text.slice(before.length);
  return text;
}

/** Where a line below the one above the cursor usually begins. */
function wantedWidth(around: Surroundings): number {
  if (around.above === null) return 0;
  const width = indentWidth(around.above);
  if (!endsWithOpener(around.above, around.languageId)) {
    // The line above may go on from one further up; the line below then tells better.
    return around.below === null
      ? width
      : Math.min(width, Math.max(indentWidth(around.below), indentWidth(around.before)));
  }
  // Where the editor has moved the cursor in, that is the file's own step.
  const here = indentWidth(around.before);
  if (here > width) return here;
  // The opener's line may itself go on from one that stands further out.
  if (here > 0 && here < width) return here;
  const unit = indentUnitOf(around) ?? "    ";
  return width + indentWidth(unit);
}

/** Lines told as if the cursor stood in the first column are moved to where it stands. The first two lines decide. */
function withBlock(text: string, around: Surroundings): string {
  const lead = indentOf(around.before);
  const width = indentWidth(lead);
  if (width === 0 || !text.includes("\n")) return text;
  const [first = "", ...others] = text.split("\n");
  const second = others.find((line) => !isBlank(line));
  if (second === undefined) return text;
  const told = toldWidth(around.before + first, second, around);
  if (told === null || told >= width) return text;
  const more = lead.includes("\t") ? "\t".repeat(Math.round((width - told) / 4)) : " ".repeat(width - told);
  return [first, ...others.map((line) => (isBlank(line) ? line : more + line))].join("\n");
}

/** The column the model took the first line to stand in, null when nothing says that it is not the right one. */
function toldWidth(first: string, second: string, around: Surroundings): number | null {
  const own = indentWidth(second);
  const isCloser = startsWithCloser(second);
  if (endsWithOpener(first, around.languageId)) {
    return isCloser ? own : Math.max(0, own - indentWidth(indentUnitOf(around) ?? "  "));
  }
  // Only a chat model loses sight of where the cursor stands; any other has left the scope.
  if (
    !around.fromChat ||
    !isBlank(around.before) ||
    isCloser ||
    startsAnew(second) ||
    own >= indentWidth(around.before)
  )
    return null;
  return goesOn(first, second) ? Math.max(0, own - indentWidth(indentUnitOf(around) ?? "  ")) : own;
}

/** Whether a line begins what seldom stands within a function. */
function startsAnew(line: string): boolean {
  return /^\s*(?:def|class|@|function|export|import|from|public|private|protected|static|fn|func|impl|struct)\b|^\s*@/.test(
    line,
  );
}

/** Whether the second line goes on with the first line's expression, and so stands deeper. */
function goesOn(first: string, second: string): boolean {
  return /[=+\-*/%&|?\\]\s*$/.test(first) || /^\s*(?:[.?:+|]|&&|\|\|)/.test(second);
}
