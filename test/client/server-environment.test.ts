import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { forkServer } from "../../client/fork-server.ts";
import { serverEnvironment } from "../../client/server-environment.ts";

const secret = randomUUID();
const hostEnvironment = {
  ...process.env,
  OPENAI_API_KEY: secret,
  ANTHROPIC_API_KEY: secret,
  ANTHROPIC_BASE_URL: `https://${secret}.example`,
  OPENAI_BASE_URL: `https://${secret}.example`,
  HTTPS_PROXY: `http://user:${secret}@proxy.example:3128`,
  https_proxy: `http://user:${secret}@proxy.example:3128`,
  NODE_OPTIONS: `--title=${secret}`,
  GITHUB_TOKEN: secret,
  AWS_SECRET_ACCESS_KEY: secret,
  A_NAME_NOBODY_KNOWS: secret,
  LANG: "de_AT.UTF-8",
};

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "wayfare-fork-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Forks a script for real and gives what it says of itself. */
async function seenByFork(): Promise<{
  environment: Record<string, string>;
  argv: string[];
  execArgv: string[];
  lines: string[];
}> {
  const script = join(folder, "report.cjs");
  writeFileSync(
    script,
    `console.log("printed"); console.error("to\\nstderr");
     process.send({ environment: process.env, argv: process.argv.slice(2), execArgv: process.execArgv }, () => process.disconnect());`,
  );
  const lines: string[] = [];
  const child = forkServer({
    modulePath: script,
    environment: hostEnvironment,
    onLine: (line) => lines.push(line),
  });
  const message = new Promise<object>((resolve) => child.once("message", (value) => resolve(value as object)));
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const said = await message;
  await closed;
  return { ...(said as { environment: Record<string, string>; argv: string[]; execArgv: string[] }), lines };
}

describe("the server's environment", () => {
  it("holds nothing of the host's but the names on the list, in a process that was really forked", async () => {
    const seen = await seenByFork();
    expect(JSON.stringify(seen)).not.toContain(secret);
    expect(seen.environment.PATH).toBe(process.env.PATH);
    expect(seen.environment.LANG).toBe("de_AT.UTF-8");
    expect(seen.environment.ELECTRON_RUN_AS_NODE).toBe("1");
    // The fork itself adds the number of its channel; Node takes it out again before the script runs.
    const allowed = Object.keys(serverEnvironment(hostEnvironment));
    expect(
      Object.keys(seen.environment).filter((name) => !allowed.includes(name) && !name.startsWith("NODE_CHANNEL")),
    ).toEqual([]);
  });

  it("speaks IPC, names its parent, takes over no debugger flags, and hands on what it prints line by line", async () => {
    const seen = await seenByFork();
    expect(seen.argv).toEqual(["--node-ipc", `--clientProcessId=${process.pid}`]);
    expect(seen.execArgv).toEqual([]);
    expect([...seen.lines].sort()).toEqual(["printed", "stderr", "to"]);
  });

  it("knows Windows' names under any letter case", () => {
    expect(
      serverEnvironment({ Path: "C:\\bin", SystemRoot: "C:\\Windows", ProgramData: "x", OpenAI_Api_Key: "k" }),
    ).toEqual({
      Path: "C:\\bin",
      SystemRoot: "C:\\Windows",
      ProgramData: "x",
      ELECTRON_RUN_AS_NODE: "1",
      ELECTRON_NO_ASAR: "1",
    });
  });
});
