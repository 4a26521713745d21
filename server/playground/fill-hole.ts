import { fillSample } from "./fill-sample.ts";
import { guessFill } from "./guess-fill.ts";
import type { Hole } from "./vendor-wire.ts";

/**
 * What the simulated models write into a hole: in a file of the sample project, its true continuation; in any other text,
 * what the text itself suggests. Empty when nothing is. The same hole is always filled alike.
 */
export function fillHole({ prefix, suffix }: Hole): string {
  const isCrlf = /\r\n/.test(prefix) || /\r\n/.test(suffix);
  // The work below sees one kind of line end, and the answer has the file's own.
  const hole = isCrlf
    ? { prefix: prefix.replaceAll("\r\n", "\n"), suffix: suffix.replaceAll("\r\n", "\n") }
    : { prefix, suffix };
  const fill = fillSample(hole) ?? guessFill(hole);
  return isCrlf ? fill.replaceAll("\n", "\r\n") : fill;
}
