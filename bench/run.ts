import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { packageExtension, vsix } from "../scripts/editor.ts";
import { requireNode24 } from "../scripts/root.ts";

/**
 * `npm run bench [-- name…]`: packages the extension and prints every figure of the README's table, each beside its bar.
 * Figures are medians of one run on one machine: compare them within a run.
 */
requireNode24();
await packageExtension();
console.log(`VSIX: ${(statSync(vsix).size / 1e6).toFixed(2)} MB  (bar 2 now, 5 with everything)`);
const files = {
  server: "bench/server-start.ts",
  "first-byte": "bench/first-byte.ts",
  rendering: "test/client/webview/harness/measure-rendering.ts",
  activation: "bench/activation.ts",
  spend: "bench/spend.ts",
  report: "bench/report.ts",
  "reserve-settle": "bench/reserve-settle.ts",
  keystroke: "bench/keystroke.ts",
  "ghost-text": "bench/ghost-text.ts",
  "socket-close": "bench/socket-close.ts",
  connections: "bench/connections.ts",
  verify: "bench/verify.ts",
  router: "bench/router.ts",
  price: "bench/price.ts",
  classify: "bench/classify.ts",
};
const wanted = process.argv.slice(2);
for (const [name, file] of Object.entries(files)) {
  if (wanted.length === 0 || wanted.includes(name)) execFileSync(process.execPath, [file], { stdio: "inherit" });
}
