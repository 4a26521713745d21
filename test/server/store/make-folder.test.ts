import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, it, onTestFinished } from "vitest";
import { makeFolder } from "../../../server/store/make-folder.ts";
import { openStore } from "../../../server/store/open-store.ts";

function place(): string {
  const made = mkdtempSync(join(tmpdir(), "wayfare-folder-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

describe("a folder that is made", () => {
  it("comes with those above it, each with the mode that was asked for", () => {
    const top = place();
    makeFolder(join(top, "a/b/c"), 0o700);
    makeFolder(join(top, "a/b/c"), 0o755);
    expect(["a", "a/b", "a/b/c"].map((name) => statSync(join(top, name)).isDirectory())).toEqual([true, true, true]);
    if (process.platform === "win32") return;
    expect(["a", "a/b", "a/b/c"].map((name) => statSync(join(top, name)).mode & 0o777)).toEqual([0o700, 0o700, 0o700]);
  });

  it("is refused where a file stands in its way", () => {
    const top = place();
    writeFileSync(join(top, "file"), "");
    expect(() => makeFolder(join(top, "file"), 0o700)).toThrow("EEXIST");
    expect(() => makeFolder(join(top, "file/below"), 0o700)).toThrow("ENOTDIR");
  });

  it.runIf(process.platform === "linux")("is refused at once where no folder can be made", async () => {
    expect(() => makeFolder("/proc/wayfare", 0o700)).toThrow("ENOENT");
    expect(() => makeFolder("/proc/wayfare/books", 0o700)).toThrow("ENOENT");
    const facts = { now: Date.now, timeZone: "UTC", instanceId: "one", pid: process.pid };
    await expect(openStore({ directory: "/proc/wayfare", ...facts })).rejects.toThrow(
      "The ledger /proc/wayfare/wayfare.sqlite cannot be made because no folder can be made at /proc/wayfare: put an ordinary folder there and reload the window.",
    );
  });
});
