import { statSync } from "node:fs";
import { packageExtension, vsix } from "./editor.ts";
import { requireNode24 } from "./root.ts";

/** `npm run package`: builds the bundles and writes wayfare.vsix. */

requireNode24();
await packageExtension();
console.log(`${vsix} (${(statSync(vsix).size / 2 ** 20).toFixed(2)} MB)`);
