import { copyFileSync, mkdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { artifacts, inRoot } from "./root.ts";

/** The end of `npm run screenshot`: takes the editor suite's pictures over into the README's places. */

const pictures = [
  { from: "readme.png", to: "media/screenshot.png" },
  { from: "readme-ghost-text.png", to: "media/screenshots/ghost-text.png" },
] as const;

for (const { from, to } of pictures) {
  mkdirSync(dirname(inRoot(to)), { recursive: true });
  copyFileSync(join(artifacts, "screenshots", from), inRoot(to));
  console.log(`${to} is new (${Math.round(statSync(inRoot(to)).size / 1000)} kB).`);
}
console.log("Look at them before they are committed.");
