import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { inRoot } from "../../scripts/root.ts";
import { readStartArguments } from "../../scripts/start-arguments.ts";

const run = (script: string, ...argv: string[]) =>
  spawnSync(process.execPath, [inRoot("scripts", script), ...argv], { encoding: "utf8" });

describe("the arguments of npm start", () => {
  it("are filled in where nothing is said", () => {
    expect(readStartArguments([])).toEqual({ kind: "start", port: 8370, playground: true, data: null });
    expect(readStartArguments(["--port", "9000", "--no-playground", "--data", "x"])).toEqual({
      kind: "start",
      port: 9000,
      playground: false,
      data: "x",
    });
  });

  it.each([["--help"], ["-h"], ["--help", "--prot", "1"]])("ask for help: %s %s", (...argv) => {
    expect(readStartArguments(argv)).toEqual({ kind: "help" });
  });

  it.each([
    [["--prot", "9000"], "--prot"],
    [["--port"], "--port"],
    [["--port", "0"], '--port takes a number from 1 to 65535, not "0"'],
    [["--port=9e9"], '--port takes a number from 1 to 65535, not "9e9"'],
    [["--playground=yes"], "--playground"],
    [["here"], "here"],
  ])("are told of where they are wrong: %j", (argv, words) => {
    const read = readStartArguments(argv);
    expect(read).toEqual({ kind: "wrong", message: expect.stringContaining(words) });
    expect(JSON.stringify(read)).not.toContain("\\n");
  });

  it.each(["start.ts", "start-desktop.ts"])("%s prints how it is used, and no stack", (script) => {
    const helped = run(script, "--help");
    expect([helped.status, helped.stderr]).toEqual([0, ""]);
    expect(helped.stdout).toMatch(/^npm (start|run start:desktop)/);
    const wrong = run(script, "--prot", "9000");
    expect([wrong.status, wrong.stdout]).toEqual([1, ""]);
    expect(wrong.stderr).toContain("--prot");
    expect(wrong.stderr).toContain("--help");
    expect(wrong.stderr).not.toMatch(/\n\s+at /);
  });
});
