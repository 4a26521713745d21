import { fork } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { playgroundConfiguration, quantile, startServer } from "./server-client.ts";

/**
 * Server: from spawn to initialized with the ledger open, and its memory then and after the first chat, beside a bare
 * Node process on the same machine in the same run.
 */
const runs = 15;
const initialized: number[] = [];
const idle: number[] = [];
const afterChat: number[] = [];
const bare: number[] = [];

for (let run = 0; run < runs; run += 1) {
  bare.push(await bareNodeMs());
  const server = await startServer();
  initialized.push(server.initializedMs);
  idle.push(server.rssBytes() / 2 ** 20);
  if (run < 5) {
    await server.configure(playgroundConfiguration);
    await server.ask("What does this do?", "cheap");
    await server.ask("What does this do?", "frontier");
    afterChat.push(server.rssBytes() / 2 ** 20);
  }
  server.stop();
}

console.log(
  `server: spawn to initialized, ledger open   p50 ${quantile(initialized, 0.5).toFixed(0)} ms  (bare Node over IPC ${quantile(bare, 0.5).toFixed(0)} ms; bar 150)`,
);
console.log(`server: memory when initialized             p50 ${quantile(idle, 0.5).toFixed(0)} MB  (bar 90)`);
console.log(`server: memory after a chat on each wire    p50 ${quantile(afterChat, 0.5).toFixed(0)} MB  (bar 110)`);

async function bareNodeMs(): Promise<number> {
  const file = join(mkdtempSync(join(tmpdir(), "wayfare-bare-")), "bare.mjs");
  writeFileSync(file, "process.send('ready')");
  const startedAt = performance.now();
  const child = fork(file, { env: { PATH: process.env.PATH } });
  await new Promise((resolve) => child.once("message", resolve));
  child.kill("SIGKILL");
  return performance.now() - startedAt;
}
