import ignore, { type Ignore } from "ignore";
import type { Ignored } from "../shared/may-send.ts";

/**
 * Whether a .gitignore or a .wayfareignore keeps a file out of every prompt. Nested files count, the deeper ones last, as
 * git has it; the two kinds are asked apart, so that neither can bring back what the other keeps out.
 */
export interface IgnoreRules {
  /**
   * `folder` is where the search for ignore files begins, `path` what lies below it, with forward slashes and no leading
   * one; one at its end says that it is a folder. Never rejects: what an ignore file that cannot be read would say is
   "unknown", unless another one names the path.
   */
  ignores(folder: string, path: string): Promise<Ignored>;
  /** An ignore file was written: what is remembered of all of them is dropped. */
  forget(): void;
}

export const ignoreFileNames = [".gitignore", ".wayfareignore"] as const;

/** Folders whose rules are remembered; beyond that the memory starts anew, which costs a few reads. */
const MAX_REMEMBERED = 500;

/** `readFile` gives the text of a file below `folder`, or null when there is none; it rejects when it cannot tell. */
export function createIgnoreRules(readFile: (folder: string, path: string) => Promise<string | null>): IgnoreRules {
  let remembered = new Map<string, Promise<Rules>>();

  const rulesOf = (folder: string, path: string): Promise<Rules> => {
    const name = `${folder}\n${path}`;
    const known = remembered.get(name);
    if (known !== undefined) return known;
    if (remembered.size >= MAX_REMEMBERED) remembered = new Map();
    const rules = readFile(folder, path).then(
      (text) => (text === null ? null : ignore().add(text)),
      (): Rules => {
        // Asked again the next time; whatever kept it from being read may pass.
        if (remembered.get(name) === rules) remembered.delete(name);
        return "unreadable";
      },
    );
    remembered.set(name, rules);
    return rules;
  };

  const ignoredBy = async (fileName: string, folder: string, path: string): Promise<Ignored> => {
    const segments = segmentsOf(path);
    const levels = await Promise.all(
      segments.map((_, depth) => rulesOf(folder, [...segments.slice(0, depth), fileName].join("/"))),
    );
    // Each folder on the way first: git never looks into one that is ignored.
    for (let end = 1; end <= segments.length; end += 1) {
      let ignored = false;
      for (let depth = 0; depth < end; depth += 1) {
        const below = segments.slice(depth, end).join("/");
        const rules = levels[depth];
        if (rules === undefined || rules === null || rules === "unreadable") continue;
        const verdict = rules.test(end < segments.length || path.endsWith("/") ? `${below}/` : below);
        if (verdict.ignored) ignored = true;
        else if (verdict.unignored) ignored = false;
      }
      if (ignored) return true;
    }
    return levels.includes("unreadable") ? "unknown" : false;
  };

  return {
    async ignores(folder, path) {
      const segments = segmentsOf(path);
      if (segments.length === 0 || segments.includes("..")) return false;
      const verdicts = await Promise.all(ignoreFileNames.map((fileName) => ignoredBy(fileName, folder, path)));
      return worst(verdicts);
    },
    forget() {
      remembered = new Map();
    },
  };
}

/** One verdict of many: what any of them keeps out is kept out, and what any of them does not know is not known. */
export function worst(verdicts: readonly Ignored[]): Ignored {
  if (verdicts.includes(true)) return true;
  return verdicts.includes("unknown") ? "unknown" : false;
}

/** null: there is no such file. */
type Rules = Ignore | "unreadable" | null;

function segmentsOf(path: string): string[] {
  return path.split("/").filter((segment) => segment !== "" && segment !== ".");
}
