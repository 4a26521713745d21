import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { requireNode24 } from "../scripts/root.ts";

/**
 * `npm run bench:money [-- name…]`: every figure of the ledger beside its bar, and what a hundred kills leave behind. Ends
 * with an error where something acknowledged was lost, a hold was left, or a cap was overrun.
 */
requireNode24();
const parts = ["reserve-settle", "spend", "price", "kills"];
const wanted = process.argv.slice(2);
for (const part of parts) {
  const file = join(import.meta.dirname, `${part}.ts`);
  if ((wanted.length > 0 && !wanted.includes(part)) || !existsSync(file)) continue;
  const { status } = spawnSync(process.execPath, [file], { stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
}
