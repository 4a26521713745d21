import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { artifacts, inRoot } from "./root.ts";

/** The end of `npm run screenshot`: takes the editor suite's picture over into the README's place. */

copyFileSync(join(artifacts, "screenshots", "readme.png"), inRoot("media", "screenshot.png"));
console.log("media/screenshot.png is new; look at it before it is committed.");
