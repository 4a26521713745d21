import { expect } from "vitest";
import { type CompletionPlace, placeOf } from "../../../server/core/completion-place.ts";
import { type Polished, type PolishFacts, polish } from "../../../server/core/polish-completion.ts";
import { holeOf } from "../../../server/core/surroundings.ts";

/** A file with ‸ where the cursor is; the place is what the file's own shape says. */
export interface Case extends Partial<Omit<PolishFacts, "hole">> {
  file: string;
  languageId?: string;
  place?: CompletionPlace;
}

export function polished({ file, languageId = "typescript", ...more }: Case, raw: string): Polished {
  const [prefix = "", suffix = ""] = file.split("‸");
  const place =
    more.place ?? placeOf({ text: prefix + suffix, offset: prefix.length, languageId, syntax: null, isInvoked: true });
  const hole = holeOf({ prefix, suffix, languageId, place });
  return polish(raw, { eol: "\n", fromChat: false, finished: "stop", ...more, hole });
}

/** Expects the file as it is when the completion is taken over; ‸ is where the cursor then stands. Or `nothing: why`. */
export function check(given: Case, raw: string, expected: string): void {
  const result = polished(given, raw);
  expect(result.text === null ? `nothing: ${result.why}` : given.file.replace("‸", () => `${result.text}‸`)).toBe(
    expected,
  );
}

export const many: CompletionPlace = {
  kind: "body",
  lines: "many",
  maxLines: 16,
  maxOutputTokens: 256,
  why: "",
  until: "scope",
};
export const body = "function area(width: number, height: number) {\n  ‸\n}\n";
export const bodyFilled = "function area(width: number, height: number) {\n  return width * height;‸\n}\n";
