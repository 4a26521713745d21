import * as z from "zod";
import { badRequest } from "./wire.ts";

/**
 * A piece of a body as the schema's type. `place` is where it stands, such as `messages[2]`; "" is the body. Throws a
 * WireError that names the field that is missing or wrong, and says what it has to be. What it was is not repeated: it
 * may be long, or secret. A schema's own words go on from the field's name: "has to be …", "is …".
 */
export function readShape<Schema extends z.ZodType>(schema: Schema, value: unknown, place = ""): z.output<Schema> {
  const read = schema.safeParse(value, { error: wordsOf });
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const field = placeOf(place, issue?.path ?? []);
  const named = field === "" ? "The body" : field;
  throw badRequest(field === "" ? null : field, `${named} ${issue?.message ?? unreadable}.`);
}

/** Where a schema says nothing of its own. */
function wordsOf(issue: z.core.$ZodRawIssue): string {
  if (issue.input === undefined) return "is required";
  switch (issue.code) {
    case "invalid_type":
      return kinds.get(issue.expected) ?? unreadable;
    case "invalid_value":
      return `has to be ${listOf(issue.values.map((value) => JSON.stringify(value)))}`;
    case "too_small":
      return issue.minimum === 1 && issue.origin === "string" ? "is empty" : unreadable;
    default:
      return unreadable;
  }
}

const unreadable = "cannot be read";

const kinds: ReadonlyMap<string, string> = new Map([
  ["string", "has to be a text"],
  ["number", "has to be a number"],
  ["int", "has to be a whole number"],
  ["boolean", "has to be true or false"],
  ["array", "has to be a list"],
  ["object", "has to be an object"],
  ["record", "has to be an object"],
]);

function listOf(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

function placeOf(place: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>((before, step) => {
    if (typeof step === "number") return `${before}[${step}]`;
    return before === "" ? String(step) : `${before}.${String(step)}`;
  }, place);
}

const wholeFromOne = wrong("has to be a whole number from 1 on");
/** A bound of an answer, in tokens. */
export const tokenBound = z.int(wholeFromOne).min(1, wholeFromOne);

/** Data in base64, without an address before it. One look for what does not belong: a pattern of the whole would outgrow the stack at some megabytes. */
export const base64Schema = z
  .string()
  .min(1, "is empty")
  .refine((data) => !/[^A-Za-z0-9+/=]/.test(data), "is not base64; it stands without a data: address before it");

export function numberFromTo(least: number, most: number): z.ZodNumber {
  const words = wrong(`has to be a number from ${least} to ${most}`);
  return z.number(words).min(least, words).max(most, words);
}

/** `words` for what is there; what is missing is required. */
function wrong(words: string) {
  return { error: ({ input }: { input?: unknown }) => (input === undefined ? undefined : words) };
}
