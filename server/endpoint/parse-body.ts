import * as z from "zod";
import { findJsonBreak } from "./find-json-break.ts";
import { badRequest } from "./wire.ts";

/** No schema of a tool is nested so deep; what is would overflow the stack of whoever writes it out again. */
const maxDepth = 200;

/** The object that a body is. Throws a WireError that says where it ceases to be JSON. */
export function parseBody(bytes: Uint8Array): Record<string, unknown> {
  if (depthOf(bytes) > maxDepth) {
    throw badRequest(null, `The body is nested more than ${maxDepth} deep.`);
  }
  const object = objectSchema.safeParse(parseJson(decode(bytes)));
  if (object.success) return object.data;
  throw badRequest(null, 'The body has to be a JSON object: {"model": "auto", …}.');
}

const objectSchema = z.record(z.string(), z.unknown());

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    // Which byte it was cannot be learned from the decoder.
    throw badRequest(null, "The body is not UTF-8.");
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // V8 names the place in some of its messages only.
    throw badRequest(null, `The body is not JSON: ${breakOf(text)}.`);
  }
}

function breakOf(text: string): string {
  if (text.trim() === "") return "it is empty";
  const place = findJsonBreak(text);
  const before = text.slice(0, place);
  const line = before.split("\n").length;
  const column = place - before.lastIndexOf("\n");
  const where = `line ${line}, column ${column}`;
  return place >= text.length ? `it ends too early, at ${where}` : `it breaks off at ${where}`;
}

/** How deep objects and lists are nested. Over bytes: no byte of a longer UTF-8 character is one of these. */
function depthOf(bytes: Uint8Array): number {
  let depth = 0;
  let deepest = 0;
  for (let place = 0; place < bytes.length; place += 1) {
    const byte = bytes[place];
    if (byte === 0x22) {
      place += 1;
      while (place < bytes.length && bytes[place] !== 0x22) place += bytes[place] === 0x5c ? 2 : 1;
    } else if (byte === 0x5b || byte === 0x7b) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (byte === 0x5d || byte === 0x7d) depth -= 1;
  }
  return deepest;
}
