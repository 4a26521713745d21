import ignore, { type Ignore } from "ignore";

/**
 * Whether a .gitignore or a .wayfareignore keeps a file out of every prompt. Nested files count, the deeper ones last, as
 * git has it; the two kinds are asked apart, so that neither can bring back what the other keeps out.
 */
export interface IgnoreRules {
  /**
   * `folder` is where the search for ignore files begins, `path` what lies below it, with forward slashes and no leading
   * one; one at its end says that it is a folder. Never rejects: an ignore file that cannot be read has no rules.
   */
  ignores(folder: string, path: string): Promise<boolean>;
  /** An ignore file was written: what is remembered of all of them is dropped. */
  forget(): void;
}

export const ignoreFileNames = [".gitignore", ".wayfareignore"] as const;

/** Folders whose rules are remembered; beyond that the memory starts anew, which costs a few reads. */
const MAX_REMEMBERED = 500;

/** `readFile` gives the text of a file below `folder`, or null when there is none. */
export function createIgnoreRules(readFile: (folder: string, path: string) => Promise<string | null>): IgnoreRules {
  let remembered = new Map<string, Promise<Ignore | null>>();

  const rulesOf = (folder: string, path: string): Promise<Ignore | null> => {
    const name = `${folder}\n${path}`;
    const known = remembered.get(name);
    if (known !== undefined) return known;
    if (remembered.size >= MAX_REMEMBERED) remembered = new Map();
    const rules = readFile(folder, path).then(
      (text) => (text === null ? null : ignore().add(text)),
      () => null,
    );
    remembered.set(name, rules);
    return rules;
  };

  const ignoredBy = async (fileName: string, folder: string, path: string): Promise<boolean> => {
    const segments = segmentsOf(path);
    const levels = await Promise.all(
      segments.map((_, depth) => rulesOf(folder, [...segments.slice(0, depth), fileName].join("/"))),
    );
    // Each folder on the way first: git never looks into one that is ignored.
    for (let end = 1; end <= segments.length; end += 1) {
      let ignored = false;
      for (let depth = 0; depth < end; depth += 1) {
        const below = segments.slice(depth, end).join("/");
        const verdict = levels[depth]?.test(end < segments.length || path.endsWith("/") ? `${below}/` : below);
        if (verdict?.ignored) ignored = true;
        else if (verdict?.unignored) ignored = false;
      }
      if (ignored) return true;
    }
    return false;
  };

  return {
    async ignores(folder, path) {
      const segments = segmentsOf(path);
      if (segments.length === 0 || segments.includes("..")) return false;
      const verdicts = await Promise.all(ignoreFileNames.map((fileName) => ignoredBy(fileName, folder, path)));
      return verdicts.includes(true);
    },
    forget() {
      remembered = new Map();
    },
  };
}

function segmentsOf(path: string): string[] {
  return path.split("/").filter((segment) => segment !== "" && segment !== ".");
}
