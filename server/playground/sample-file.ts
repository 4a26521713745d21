import type { Tier } from "../../shared/answer.ts";
import type { Language } from "./rename-identifier.ts";

/** The names that the things in a file have now, by the names they have in a fresh copy. */
export type Names = (usual: string) => string;

/** One function, type or constant of a sample file, and what the simulated models can say of it. */
export interface SampleSymbol {
  /** Its name in a fresh copy. */
  usual: string;
  /** Matches the line that declares it, whatever its name is; captures the name. */
  declared: RegExp;
  explain: Record<Tier, (names: Names) => string>;
  /** The lines of its doc comment, without marks. */
  doc: Record<Tier, (names: Names) => readonly string[]>;
  /** A better name, for a person who asks for one. */
  suggested: string;
  /** Test code for it; the frontier's includes the cheap one's cases. Absent: tested through the others. */
  tests?: Record<Tier, (names: Names) => string>;
}

/** A change to a file, found by patterns because the person may have edited the rest. */
export interface SampleEdit {
  replace: readonly (readonly [RegExp, string])[];
  /** The declarations to show afterwards, by usual name. */
  shows: readonly string[];
}

/** What a tier says to "fix this". */
export interface SampleFix {
  /** null: words are all this tier has. */
  edit: SampleEdit | null;
  /** Above the code. `others`: the other sample files that came with the question, by usual path. */
  before(names: Names, others: ReadonlySet<string>): string;
  /** Below the code. */
  after(names: Names): string;
  /** Instead of both, when the file no longer has what the edit looks for. */
  done: string;
}

export interface SampleFile {
  /** Where it lies in a fresh copy. */
  path: string;
  language: Language;
  /** The word behind a fence. */
  fence: string;
  /** Fragments that tell the file, or a piece of it, from any other. */
  marks: readonly RegExp[];
  /** The most important first. */
  symbols: readonly SampleSymbol[];
  overview: Record<Tier, (names: Names) => string>;
  fix: Record<Tier, SampleFix>;
  /** Wraps test code into a file of its own; `usual` are the symbols it tests. */
  testFile(options: { code: string; usual: readonly string[]; names: Names; path: string }): string;
  testPath(path: string): string;
  /** How to run the tests. */
  testCommand(path: string): string;
  /** What the frontier's tests find as long as the file is not fixed, or null. */
  testFinds: ((names: Names) => string) | null;
}
