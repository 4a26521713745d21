import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository, absolute. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** What is downloaded or made once and kept: the editor, the second Node, the sample project. Git ignores it. */
export const cache = join(root, ".cache");

/** What a run leaves to look at: screenshots, logs. Git ignores it. */
export const artifacts = join(root, "artifacts");

/** A path below the repository. */
export const inRoot = (...parts: string[]): string => join(root, ...parts);

/**
 * Ends the program with a sentence that says what to do when it runs on another Node than the one npm installs here: the
 * scripts are TypeScript and the editor's server needs Node 24.
 */
export function requireNode24(): void {
  if (process.versions.node.startsWith("24.")) return;
  console.error(
    `This needs Node 24 and runs on ${process.version}. Use the npm script (npm start, npm test): it brings its own Node 24.`,
  );
  process.exit(1);
}
