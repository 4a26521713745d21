import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { request } from "undici";
import { runCommand, startGroup } from "../../scripts/run-command.ts";
import { endWithRun } from "./children.ts";
import { freePort } from "./listen.ts";

/** LiteLLM's proxy as it is started by hand, without a database: it keeps no books then. */
export interface RunningLiteLlm {
  pid: number;
  origin: string;
  /** What clients show. */
  token: string;
}

/** Python reads a great deal before it listens. */
const startTimeoutMs = 90_000;
/** A path of the program, where it is not on PATH. */
const program = process.env.LITELLM ?? "litellm";

/** The list of prices comes with the package; without this it is fetched from the network at each start. */
const environment = { PATH: process.env.PATH, HOME: process.env.HOME, LITELLM_LOCAL_MODEL_COST_MAP: "True" };

/** The version that can be started, or null. */
export async function findLiteLlm(): Promise<string | null> {
  const { code, output } = await runCommand(program, ["--version"], { output: "keep", env: environment });
  if (code !== 0) return null;
  return /(\d+\.\d+\.\d+\S*)/.exec(output)?.[1] ?? "unknown";
}

/** Resolves when it answers; it ends with the run. Rejects with its last words. */
export async function startLiteLlm(vendorBaseUrl: string, folder: string): Promise<RunningLiteLlm> {
  mkdirSync(folder, { recursive: true });
  const configPath = join(folder, "litellm.yaml");
  const parameters = { model: "openai/bench", api_base: vendorBaseUrl, api_key: "bench" };
  // JSON is YAML.
  writeFileSync(configPath, JSON.stringify({ model_list: [{ model_name: "bench", litellm_params: parameters }] }));
  const port = await freePort();
  // It starts with none that is easily guessed.
  const token = `sk-${randomBytes(32).toString("hex")}`;
  let output = "";
  const args = ["--config", configPath, "--host", "127.0.0.1", "--port", String(port), "--telemetry", "False"];
  const group = startGroup(program, args, {
    cwd: folder,
    env: { ...environment, LITELLM_MASTER_KEY: token },
    onOutput(text) {
      output = (output + text).slice(-20_000);
    },
  });
  endWithRun(group.stop);
  const origin = `http://127.0.0.1:${port}`;
  const untilMs = performance.now() + startTimeoutMs;
  let hasEnded = false;
  void group.exited.then(() => {
    hasEnded = true;
  });
  while (!hasEnded && performance.now() < untilMs) {
    if (await answers(`${origin}/health/liveliness`)) return { pid: group.pid, origin, token };
    await pause(200);
  }
  await group.stop();
  throw new Error(`LiteLLM did not start.\n${output.trim().slice(-4000)}`);
}

async function answers(url: string): Promise<boolean> {
  try {
    const { statusCode, body } = await request(url);
    await body.dump();
    return statusCode === 200;
  } catch {
    return false;
  }
}
