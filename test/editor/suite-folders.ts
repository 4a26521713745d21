import { join } from "node:path";
import { cache } from "../../scripts/root.ts";

/** Where the suite keeps what all its files use; made anew at each run. */
export const suiteFolder = join(cache, "suite");

/** The few of the editor's own extensions that tests run with. */
export const builtins = join(suiteFolder, "builtins");

/** The extensions folder into which the package was installed; each editor under test gets a copy. */
export const installed = join(suiteFolder, "extensions");
