/** A file of JSON as VS Code's settings are: comments and a comma behind the last item are read over. */
export type ReadText =
  | { ok: true; value: unknown }
  /** `line` and `column` count from 1. Nothing of the text is in the message: a key may stand in it. */
  | { ok: false; line: number; column: number; message: string };

/** Strings and numbers as RFC 8259 has them. Each alternative begins with a character of its own and cannot backtrack. */
const token =
  /[ \t\r\n]+|\/\/[^\n]*|\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\/|"(?:[ !#-[\]-\u{10ffff}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\],:]/uy;

/** What may stand next; `item` and `key` may be missing before what closes. */
type Wanted = "value" | "item" | "key" | "colon" | "next";

interface Open {
  closing: "}" | "]";
  /** The names of an object so far. */
  names: Set<string>;
}

/**
 * Reads such a text. It is taken apart only to take out what JSON has not, to say where it is wrong, and to find a name
 * that stands twice in one object, of which only the last would count; the value is JSON.parse's. Never throws.
 */
export function readCommentedJson(written: string): ReadText {
  // A byte order mark, as some editors of Windows write it.
  const text = written.startsWith("\ufeff") ? ` ${written.slice(1)}` : written;
  const open: Open[] = [];
  const kept: string[] = [];
  let wanted: Wanted = "value";
  let comma: number | null = null;
  const wrong = (at: number, message: string): ReadText => ({ ok: false, ...placeOf(text, at), message });

  for (let at = 0; at < text.length; at = token.lastIndex) {
    token.lastIndex = at;
    const found = token.exec(text)?.[0];
    if (found === undefined) return wrong(at, whyNone(text.slice(at)));
    if (/^[\s/]/.test(found)) continue;
    const inside = open.at(-1);
    const isEnded = inside === undefined && wanted === "next";
    if (isEnded) return wrong(at, "Something stands behind the end. Remove it.");
    if (found === "}" || found === "]") {
      if (inside === undefined || inside.closing !== found) return wrong(at, `${names[found]} closes nothing here.`);
      if (wanted === "colon") return wrong(at, "A colon and a value are missing before it.");
      if (wanted === "value") return wrong(at, "A value is missing before it.");
      // The comma behind the last item is none of JSON's.
      if (comma !== null) kept.pop();
      open.pop();
      wanted = "next";
    } else if (found === ",") {
      if (wanted !== "next") return wrong(at, "A comma too many stands here.");
      wanted = inside?.closing === "}" ? "key" : "item";
    } else if (found === ":") {
      if (wanted !== "colon") return wrong(at, "A colon too many stands here.");
      wanted = "value";
    } else if (wanted === "key") {
      if (!found.startsWith('"')) return wrong(at, "A name in double quotes belongs here.");
      const name = String(JSON.parse(found));
      if (inside?.names.has(name))
        return wrong(at, "This name stands here for the second time. Remove one of the two.");
      inside?.names.add(name);
      wanted = "colon";
    } else if (wanted === "colon") return wrong(at, "A colon is missing before it.");
    else if (wanted === "next") return wrong(at, "A comma is missing before it.");
    else if (found === "{" || found === "[") {
      open.push({ closing: found === "{" ? "}" : "]", names: new Set() });
      wanted = found === "{" ? "key" : "item";
    } else wanted = "next";
    comma = found === "," ? at : null;
    kept.push(found);
  }
  const missing = open.at(-1);
  if (missing !== undefined) return wrong(text.length, `${names[missing.closing]} is missing at the end.`);
  if (wanted === "value") return wrong(text.length, "It is empty. Write an object in braces.");
  return { ok: true, value: JSON.parse(kept.join("")) };
}

const names = { "}": "A closing brace", "]": "A closing bracket" } as const;

/** Why no token begins here. */
function whyNone(rest: string): string {
  if (rest.startsWith("/*")) return "This comment does not end. Close it with */.";
  if (rest.startsWith('"')) {
    return "This text in quotes does not end in its line, or a backslash in it means nothing. Write \\\\ for one backslash.";
  }
  if (rest.startsWith("'")) return "Single quotes are not JSON. Use double quotes.";
  return "This is no JSON. Texts and names need double quotes.";
}

function placeOf(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at);
  return { line: before.split("\n").length, column: at - before.lastIndexOf("\n") };
}
