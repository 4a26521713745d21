import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inRoot } from "../../scripts/root.ts";
import { mustRun, startGroup } from "../../scripts/run-command.ts";
import { endWithRun } from "./children.ts";
import { freePort } from "./listen.ts";

export interface RunningOurs {
  pid: number;
  /** http://127.0.0.1:port, without /v1. */
  origin: string;
  token: string;
  /** `provider/model`, for the body. */
  model: string;
}

const program = inRoot("dist", "server", "main.js");
const startTimeoutMs = 20_000;
const KEY_VARIABLE = "WAYFARE_BENCH_KEY";

/** What would stand in a person's `wayfare.json`: one provider, a price, both tiers, a cap that is looked at and never reached. */
const configFor = (vendorBaseUrl: string, port: number) => ({
  port,
  tokenFile: "./token",
  ledger: "./ledger",
  timeZone: "UTC",
  keys: { bench: { env: KEY_VARIABLE } },
  settings: {
    "wayfare.providers": [
      {
        id: "bench",
        preset: "openai-compatible",
        baseUrl: vendorBaseUrl,
        models: [{ id: "bench", windowTokens: 128_000, price: { input: 0.15, output: 0.6 } }],
      },
    ],
    "wayfare.tiers": { cheap: ["bench/bench"], frontier: ["bench/bench"] },
    "wayfare.budget.daily": 1_000,
  },
});

/**
 * Builds the server and starts the endpoint as anybody would, without an editor, its ledger in `folder`. Resolves when it
 * listens; it ends with the run. Rejects with its last words.
 */
export async function startOurs(vendorBaseUrl: string, folder: string): Promise<RunningOurs> {
  await mustRun("Building", process.execPath, ["esbuild.mjs"], { cwd: inRoot(), output: "keep" });
  mkdirSync(folder, { recursive: true });
  const configPath = join(folder, "wayfare.json");
  writeFileSync(configPath, JSON.stringify(configFor(vendorBaseUrl, await freePort())));
  let output = "";
  let announce = (_origin: string): void => {};
  const listening = new Promise<string>((resolve) => {
    announce = resolve;
  });
  const group = startGroup(process.execPath, [program, "--endpoint", "--config", configPath], {
    cwd: folder,
    env: { PATH: process.env.PATH, [KEY_VARIABLE]: "bench" },
    onOutput(text) {
      output = (output + text).slice(-20_000);
      const origin = /Wayfare endpoint: (http:\/\/127\.0\.0\.1:\d+)/.exec(output)?.[1];
      if (origin !== undefined) announce(origin);
    },
  });
  endWithRun(group.stop);
  const timeout = new Promise<null>((resolve) => {
    setTimeout(() => resolve(null), startTimeoutMs).unref();
  });
  const origin = await Promise.race([listening, group.exited.then(() => null), timeout]);
  if (origin === null) {
    throw new Error(`The endpoint did not start.\n${output.trim().slice(-4000)}`);
  }
  const token = readFileSync(join(folder, "token"), "utf8").trim();
  return { pid: group.pid, origin, token, model: "bench/bench" };
}
