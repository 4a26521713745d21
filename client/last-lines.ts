/** Of what a process prints so many lines are kept, the last ones: enough for a summary and the failure above it. */
const MAX_LINES = 200;
/** A line is cut behind so many characters: what prints a whole file as one line says nothing at its end. */
const MAX_CHARACTERS = 2_000;

/**
 * The last lines of a process that prints on several streams, each line whole and free of colours. A stream is a name;
 * pieces of it come in order, cut anywhere. The bounds hold for whatever is printed, without a line end too.
 */
export function lastLines(): { feed(stream: string, piece: string): void; lines(): string[] } {
  const lines: string[] = [];
  /** What has come of each stream's last line. */
  const begun = new Map<string, string>();
  return {
    feed(stream, piece) {
      const parts = piece.split("\n");
      const rest = parts.pop() ?? "";
      let start = begun.get(stream) ?? "";
      for (const part of parts) {
        lines.push(readable(start + part.slice(0, MAX_CHARACTERS)));
        start = "";
      }
      begun.set(stream, (start + rest).slice(0, MAX_CHARACTERS));
      lines.splice(0, lines.length - MAX_LINES);
    },
    lines() {
      const unended = [...begun.values()].filter((line) => line !== "").map(readable);
      return [...lines, ...unended].slice(-MAX_LINES);
    },
  };
}

/** The last line with words in it, cut behind `maxCharacters`; "" when there is none. */
export function lastWords(lines: readonly string[], maxCharacters: number): string {
  const line = lines.findLast((each) => each.trim() !== "")?.trim() ?? "";
  return line.length <= maxCharacters ? line : `${line.slice(0, maxCharacters - 1)}…`;
}

const ESCAPE = String.fromCharCode(27);
/** Colours and movements of the cursor (CSI), titles and links (OSC), as terminals read them. */
const sequences = new RegExp(
  `${ESCAPE}(?:\\[[0-?]*[ -/]*[@-~]|\\][^${ESCAPE}\\u0007]*(?:\\u0007|${ESCAPE}\\\\)|[@-_])`,
  "g",
);
const controls = /[\p{Cc}]/gu;

/** As a terminal shows it in the end: a carriage return goes over the line again. */
function readable(line: string): string {
  const shown = line.replace(sequences, "").replace(/\r+$/, "").split("\r").at(-1) ?? "";
  return shown.replaceAll("\t", "  ").replace(controls, "").slice(0, MAX_CHARACTERS);
}
