import { fork } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BenchServer, configurationFor, playgroundConfiguration, quantile, startServer } from "./server-client.ts";

/**
 * Server: from spawn to initialized with the ledger open, and its memory then and after the first chat, beside a bare
 * Node process on the same machine in the same run.
 */
const runs = 15;
const initialized: number[] = [];
const idle: number[] = [];
const afterChat: number[] = [];
const afterPlayground: number[] = [];
const bare: number[] = [];
const vendor = fork("bench/vendor.ts");
const baseUrl = await new Promise<string>((resolve) => vendor.once("message", (url) => resolve(String(url))));

for (let run = 0; run < runs; run += 1) {
  bare.push(await bareNodeMs());
  const server = await startServer();
  initialized.push(server.initializedMs);
  idle.push(server.rssBytes() / 2 ** 20);
  if (run < 5) {
    await server.configure(configurationFor(baseUrl));
    await answered(server, "bench/bench");
    afterChat.push(server.rssBytes() / 2 ** 20);
  } else if (run < 10) {
    await server.configure(playgroundConfiguration);
    await answered(server, "cheap");
    await answered(server, "frontier");
    afterPlayground.push(server.rssBytes() / 2 ** 20);
  }
  server.stop();
}

console.log(
  `server: spawn to initialized, ledger open   p50 ${quantile(initialized, 0.5).toFixed(0)} ms  (bare Node over IPC ${quantile(bare, 0.5).toFixed(0)} ms; bar 150)`,
);
console.log(`server: memory when initialized             p50 ${quantile(idle, 0.5).toFixed(0)} MB  (bar 90)`);
console.log(
  `server: memory after the first chat              p50 ${quantile(afterChat, 0.5).toFixed(0)} MB  (bar 110)`,
);
console.log(
  `server: memory with the playground's vendors in it, a chat on both wires  p50 ${quantile(afterPlayground, 0.5).toFixed(0)} MB`,
);
vendor.kill();

async function answered(server: BenchServer, mode: string): Promise<void> {
  const { turn } = await server.ask("What does this do?", mode);
  if (turn.state !== "done") throw new Error(turn.failure?.message ?? turn.state);
}

async function bareNodeMs(): Promise<number> {
  const file = join(mkdtempSync(join(tmpdir(), "wayfare-bare-")), "bare.mjs");
  writeFileSync(file, "process.send('ready')");
  const startedAt = performance.now();
  const child = fork(file, { env: { PATH: process.env.PATH } });
  await new Promise((resolve) => child.once("message", resolve));
  child.kill("SIGKILL");
  return performance.now() - startedAt;
}
