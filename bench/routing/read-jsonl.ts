import { readFileSync } from "node:fs";
import type * as z from "zod";

/** A mistake of whoever started the script; its message is one sentence or a few that name it and the mend. */
export class BadInput extends Error {}

/** What `read` gives. For a mistake of the person it says which on stderr and ends the process with exit code 1. */
export function orSay<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}

/** The text of a file; null where it is not there. Throws BadInput where it cannot be read. */
export function textOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    throw new BadInput(`${path} cannot be read: ${code === "EISDIR" ? "it is a folder" : String(code ?? error)}.`);
  }
}

/** One JSON object a line; throws BadInput that names the file, the line and the field where a line is no `what`. */
export function parseJsonl<Row>(
  text: string,
  row: z.ZodType<Row>,
  { path, what }: { path: string; what: string },
): Row[] {
  const rows: Row[] = [];
  for (const [at, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const read = row.safeParse(parse(line, `${path}, line ${at + 1}, is no ${what}`));
    if (read.success) rows.push(read.data);
    else
      throw new BadInput(`${path}, line ${at + 1}, is no ${what}: ${problemOf(read.error)}. Mend or remove that line.`);
  }
  return rows;
}

function parse(line: string, words: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new BadInput(`${words}: it is no JSON. The file needs one JSON object a line.`);
  }
}

/** The first thing that is wrong, with the field it is wrong in. */
function problemOf({ issues: [first] }: z.ZodError): string {
  if (first === undefined) return "it has another form";
  return first.path.length === 0 ? first.message : `field "${first.path.join(".")}": ${first.message}`;
}
