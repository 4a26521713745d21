/** The place, from 0, at which `text` ceases to be JSON: its length where it only ends too early. For texts that are none. */
export function findJsonBreak(text: string): number {
  /** What is open, innermost last: "[" or "{". */
  const open: string[] = [];
  let expected: "value" | "value-or-end" | "key" | "key-or-end" | "colon" | "comma-or-end" = "value";
  let place = 0;
  const take = (form: RegExp): boolean => {
    form.lastIndex = place;
    const found = form.exec(text);
    if (found === null) return false;
    place += found[0].length;
    return true;
  };
  for (;;) {
    take(space);
    if (place >= text.length) return text.length;
    const character = text.charAt(place);
    if (expected === "comma-or-end" && open.length === 0) return place;
    const ends = character === (open.at(-1) === "[" ? "]" : "}") && open.length > 0;
    if (ends && (expected === "value-or-end" || expected === "key-or-end" || expected === "comma-or-end")) {
      open.pop();
      place += 1;
      expected = "comma-or-end";
    } else if (expected === "comma-or-end") {
      if (character !== ",") return place;
      place += 1;
      expected = open.at(-1) === "[" ? "value" : "key";
    } else if (expected === "colon") {
      if (character !== ":") return place;
      place += 1;
      expected = "value";
    } else if (expected === "key" || expected === "key-or-end") {
      if (character !== '"') return place;
      const read = readString(text, place);
      if (!read.isWhole) return read.place;
      place = read.place;
      expected = "colon";
    } else if (character === "[" || character === "{") {
      open.push(character);
      place += 1;
      expected = character === "[" ? "value-or-end" : "key-or-end";
    } else if (character === '"') {
      const read = readString(text, place);
      if (!read.isWhole) return read.place;
      place = read.place;
      expected = "comma-or-end";
    } else {
      if (!take(word)) return wordAtEnd(text, place) ? text.length : place;
      expected = "comma-or-end";
    }
  }
}

const space = /[ \t\r\n]*/y;
const word = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** The place behind the string that begins at `start`, or that of its first character that cannot be in one. */
function readString(text: string, start: number): { isWhole: boolean; place: number } {
  // Not by an expression: over an image of some megabytes it would run out of stack.
  let place = start + 1;
  while (place < text.length) {
    const code = text.charCodeAt(place);
    if (code === 0x22) return { isWhole: true, place: place + 1 };
    if (code < 0x20) return { isWhole: false, place };
    if (code === 0x5c) {
      escaped.lastIndex = place;
      const length = escaped.exec(text)?.[0].length ?? 0;
      if (length === 0)
        return { isWhole: false, place: begunEscape.test(text.slice(place, place + 7)) ? text.length : place };
      place += length;
    } else place += 1;
  }
  return { isWhole: false, place: text.length };
}

/** One that is not wrong, only not whole: it goes to the very end. */
const begunEscape = /^\\(?:u[0-9a-fA-F]{0,3})?$/;
const escaped = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** `tru` at the very end is not wrong, only not whole. */
function wordAtEnd(text: string, place: number): boolean {
  const rest = text.slice(place, place + 6);
  return place + rest.length === text.length && ["true", "false", "null"].some((whole) => whole.startsWith(rest));
}
