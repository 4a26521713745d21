import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runTests } from "../../client/run-tests.ts";
import { testEnvironment } from "../../client/test-environment.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "wayfare-tests-")));
afterAll(() => rmSync(folder, { recursive: true }));

const node = JSON.stringify(process.execPath);
const script = (text: string) => `${node} -e '${text}'`;
const run = (command: string, limitMs = 20_000) =>
  runTests({ command, folder, environment: testEnvironment(process.env), limitMs });

/** Whether a process is there; one that has ended and is not collected yet may be for a moment. */
const lives = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe.skipIf(process.platform === "win32")("a test command", () => {
  it("passes with exit 0, and fails with any other or a signal", async () => {
    const ends = await Promise.all(
      ["exit 0", "exit 1", "kill -ABRT $$", "exit 3"].map(async (command) => (await run(command).ended).end),
    );
    expect(ends).toEqual([
      { kind: "passed" },
      { kind: "failed", how: "exit 1" },
      { kind: "failed", how: "SIGABRT" },
      { kind: "failed", how: "exit 3" },
    ]);
  });

  it("says nothing of the code when it is not there, or its folder is not", async () => {
    const { end, lines } = await run("wayfare-no-such-command").ended;
    expect(end).toEqual({ kind: "unrun", why: "exit 127" });
    expect(lines.join()).toContain("not found");
    const nowhere = runTests({ command: "exit 0", folder: join(folder, "gone"), environment: {}, limitMs: 20_000 });
    expect((await nowhere.ended).end.kind).toBe("unrun");
  });

  it("runs in its folder, without input and without keys, and both its streams are read", async () => {
    const environment = testEnvironment({
      ...process.env,
      OPENAI_API_KEY: "sk-secret",
      HTTPS_PROXY: "http://me:secret@proxy",
      npm_config__authToken: "secret",
      WAYFARE_KEY: "secret",
      ELECTRON_RUN_AS_NODE: "1",
      GOPATH: "/go",
    });
    const command = `pwd; cat; env; echo oh >&2`;
    const { end, lines } = await runTests({ command, folder, environment, limitMs: 20_000 }).ended;
    expect(end).toEqual({ kind: "passed" });
    expect(lines[0]).toBe(folder);
    expect(lines).toContain("oh");
    expect(lines).toContain("GOPATH=/go");
    expect(lines.join("\n")).not.toMatch(/secret|ELECTRON/);
  });

  it("is ended with its children after its time, also those that do not want to", async () => {
    const stubborn = script('process.on("SIGTERM", () => {}); console.log(process.pid); setInterval(() => {}, 9999)');
    const { end, lines } = await run(`${stubborn} & ${stubborn} & wait`, 700).ended;
    expect(end).toEqual({ kind: "timedOut" });
    expect(lines).toHaveLength(2);
    await expect.poll(() => lines.map(Number).filter(lives), { timeout: 5_000 }).toEqual([]);
  });

  it("is stopped by hand, and killed at once when the editor ends", async () => {
    for (const how of ["stop", "kill"] as const) {
      const begun = run("sleep 60");
      begun[how]();
      expect((await begun.ended).end).toEqual({ kind: "stopped" });
    }
  });

  it("is over when it has ended, although what it left running holds its output open", async () => {
    const { end, lines } = await run("sleep 4 & echo done; exit 1").ended;
    expect(end).toEqual({ kind: "failed", how: "exit 1" });
    expect(lines).toEqual(["done"]);
  });
});
