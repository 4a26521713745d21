import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { migrations } from "../../../server/store/migrate.ts";
import { openStore } from "../../../server/store/open-store.ts";
import { failureOf } from "../../../shared/failure.ts";
import { head, later, letGo, open, raw, reservation, settlement, start, tempDirectory, turn, until } from "./books.ts";

async function failureFrom(opening: Promise<unknown>) {
  return opening.then(() => null, failureOf);
}

describe("opening", () => {
  it("makes the folder and a file that only this user reads, and remembers across a close", async () => {
    const directory = join(tempDirectory(), "deep", "globalStorage");
    const first = await open({ directory });
    expect(first.path).toBe(join(directory, "wayfare.sqlite"));
    expect(first.sqliteVersion).toMatch(/^3\.\d+\.\d+$/);
    if (process.platform !== "win32") {
      for (const end of ["", "-wal", "-shm"]) expect(statSync(`${first.path}${end}`).mode & 0o777).toBe(0o600);
      expect(statSync(directory).mode & 0o777).toBe(0o700);
    }
    await first.ledger.reserve(reservation());
    await first.ledger.settle("attempt", settlement());
    await first.sessions.saveTurn(head(), turn());
    first.close();

    const second = await open({ directory });
    expect(second.ledger.attemptsOfTurn("turn")).toHaveLength(1);
    expect(second.sessions.read("session")?.turns).toEqual([turn()]);
  });

  it("writes what is still queued when it closes, and says so to whoever asks afterwards", async () => {
    const directory = tempDirectory();
    const store = await open({ directory });
    const reserved = store.ledger.reserve(reservation());
    const settled = store.ledger.settle("attempt", settlement());
    store.close();
    store.close();
    await Promise.all([reserved, settled]);

    expect(await failureFrom(store.ledger.reserve(reservation({ attemptId: "late" })))).toEqual({
      kind: "ledger",
      message: `The ledger ${store.path} is closed: reload the window to open it again.`,
    });
    expect((await open({ directory })).ledger.attemptsOfTurn("turn")).toHaveLength(1);
  });

  it("lets four processes race to make it", async () => {
    const directory = tempDirectory();
    const racers = await Promise.all(["a", "b", "c", "d"].map((name) => start(["race", directory, name])));
    const path = join(directory, "wayfare.sqlite");
    expect(existsSync(path)).toBe(false);
    const answers = await letGo(racers.map((racer) => racer.child));
    expect(answers).toEqual(Array(4).fill({ opened: path }));
    const store = await open({ directory });
    expect(raw(store.path).prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
  });

  it("keeps quiet about SQLite being new, and about nothing else", async () => {
    const { message, stderr } = await start(["open", tempDirectory()]);
    expect(message).toMatchObject({ opened: expect.any(String) });
    const text = await stderr();
    expect(text).not.toContain("SQLite");
    expect(text).toContain("ExperimentalWarning: Something else is an experimental feature");
  });
});

describe("what stands in the way", () => {
  it("is a runtime without node:sqlite", async () => {
    const directory = tempDirectory();
    const { message } = await start(["open", directory], { execArgv: ["--no-experimental-sqlite"] });
    expect(message).toEqual({
      kind: "ledger",
      message: `The ledger ${join(directory, "wayfare.sqlite")} cannot be opened because this editor's runtime, Node ${process.versions.node}, has no node:sqlite: update the editor to one that brings Node 22.20 or later.`,
    });
  });

  it.skipIf(process.platform === "win32")(
    "is a read-only folder, for a new file and for one that was there",
    async () => {
      const directory = tempDirectory();
      const path = join(directory, "wayfare.sqlite");
      const refusal = {
        kind: "ledger",
        message: `The ledger ${path} cannot be written because it or its folder is read-only: make ${directory} writable for your user and reload the window.`,
      };
      chmodSync(directory, 0o555);
      expect((await start(["open-as-nobody", directory])).message).toEqual(refusal);

      chmodSync(directory, 0o755);
      (await open({ directory })).close();
      // The file may be written, but nothing may be laid beside it.
      chmodSync(path, 0o666);
      chmodSync(directory, 0o555);
      expect((await start(["open-as-nobody", directory])).message).toEqual(refusal);
      chmodSync(directory, 0o755);
    },
  );

  it("is a file where the folder should be", async () => {
    const file = join(tempDirectory(), "file");
    writeFileSync(file, "");
    const directory = join(file, "globalStorage");
    expect(await failureFrom(open({ directory }))).toEqual({
      kind: "ledger",
      message: `The ledger ${join(directory, "wayfare.sqlite")} cannot be made because ${directory} is not a folder and cannot become one: remove the file that stands in its way and reload the window.`,
    });
  });

  it("is a folder where the file should be", async () => {
    const directory = tempDirectory();
    mkdirSync(join(directory, "wayfare.sqlite"));
    expect((await failureFrom(open({ directory })))?.message).toBe(
      `The ledger ${join(directory, "wayfare.sqlite")} cannot be opened because a folder has its name: move that folder away and reload the window.`,
    );
  });

  it.skipIf(process.platform === "win32")(
    "is a file that is not a database, where it cannot be set aside",
    async () => {
      const directory = tempDirectory();
      const path = join(directory, "wayfare.sqlite");
      writeFileSync(path, "Dear diary, ".repeat(200));
      chmodSync(path, 0o666);
      chmodSync(directory, 0o555);
      expect((await start(["open-as-nobody", directory])).message).toEqual({
        kind: "ledger",
        message: `The ledger ${path} is not a database or is damaged: move the file away and reload the window; with the new file, what your caps have counted begins anew at $0.`,
      });
      chmodSync(directory, 0o755);
      expect(readFileSync(path, "utf8")).toBe("Dear diary, ".repeat(200));
    },
  );

  it("is a database from the future, which stays as it is", async () => {
    const directory = tempDirectory();
    const store = await open({ directory });
    await store.ledger.reserve(reservation());
    store.close();
    raw(store.path).exec(`PRAGMA user_version = ${migrations.length + 1}`);
    expect(await failureFrom(open({ directory }))).toEqual({
      kind: "ledger",
      message: `The ledger ${store.path} was written by a newer Wayfare (schema ${migrations.length + 1}, this version knows ${migrations.length}): update Wayfare and reload the window.`,
    });
    expect(raw(store.path).prepare("SELECT attempt_id FROM attempts").all()).toEqual([{ attempt_id: "attempt" }]);
  });

  it("is named with its host, where that is not the person's own machine", async () => {
    const directory = tempDirectory();
    const store = await open({ directory, hostLabel: "WSL: Ubuntu" });
    store.close();
    expect(await failureFrom(store.ledger.reserve(reservation()))).toMatchObject({
      message: `The ledger ${store.path} on WSL: Ubuntu is closed: reload the window to open it again.`,
    });
  });

  it("is a lock that another process keeps", async () => {
    const directory = tempDirectory();
    const store = await open({ directory });
    const other = raw(store.path);
    other.exec("BEGIN IMMEDIATE");
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const refused = failureFrom(openStore({ directory, now: () => 0, timeZone: "UTC", instanceId: "b", pid: 1 }));
      for (let i = 0; i < 60; i++) await later(100);
      expect(await refused).toEqual({
        kind: "ledger",
        message: `The ledger ${store.path} stayed locked by another process for 5 seconds: close other windows of this editor and ask again.`,
      });
    } finally {
      vi.useRealTimers();
    }
  });

  it.skipIf(process.platform === "win32")("is a file that was moved away under it", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    try {
      const store = await open();
      renameSync(store.path, `${store.path}.old`);
      await vi.advanceTimersByTimeAsync(10_000);
      expect(await failureFrom(store.ledger.reserve(reservation()))).toEqual({
        kind: "ledger",
        message: `The ledger ${store.path} was moved or deleted while it was open: reload the window to begin a new one, or put the file back first.`,
      });
    } finally {
      vi.useRealTimers();
    }
  });
});

/** A drive of 256 kB, where this machine allows one to be made; null elsewhere. */
function tinyDrive(): { directory: string; unmount: () => void } | null {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return null;
  const directory = tempDirectory();
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=512k", "tmpfs", directory], { stdio: "ignore" });
  } catch {
    return null;
  }
  return { directory, unmount: () => execFileSync("umount", ["-l", directory]) };
}

describe("a disk that is really full", () => {
  it("refuses to open, to reserve, and settles once there is room", async (context) => {
    const drive = tinyDrive();
    if (drive === null) return context.skip();
    const { directory } = drive;
    const path = join(directory, "wayfare.sqlite");
    const ballast = join(directory, "ballast");
    const full = `The ledger ${path} cannot be written because the disk is full: free some space and ask again.`;
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      fill(ballast);
      expect((await failureFrom(open({ directory })))?.message).toBe(full);

      writeFileSync(ballast, "");
      const store = await open({ directory });
      await store.ledger.reserve(reservation());
      fill(ballast);
      const large = reservation({ attemptId: "second", sessionId: "s".repeat(50_000) });
      expect((await failureFrom(store.ledger.reserve(large)))?.message).toBe(full);
      const unwritten = store.ledger.settle("attempt", settlement({ reason: "r".repeat(50_000) }));
      expect((await failureFrom(unwritten))?.message).toBe(full);
      expect(store.ledger.unsettled()).toBe(1);
      expect(store.ledger.spend().real.heldNano).toBe(900_000);

      // It is tried again while there is no room, and is not lost by that.
      await later(2_000);
      expect(store.ledger.unsettled()).toBe(1);
      writeFileSync(ballast, "");
      await later(2_000);
      await until(() => store.ledger.unsettled() === 0);
      expect(store.ledger.unsettled()).toBe(0);
      expect(store.ledger.spend().real).toMatchObject({ heldNano: 0, spentNano: 112_000 });
      store.close();
    } finally {
      vi.useRealTimers();
      drive.unmount();
    }
  });
});

function fill(file: string): void {
  for (let size = 256; size > 0; size = Math.floor(size / 2)) {
    try {
      writeFileSync(file, Buffer.alloc(size * 1_024), { flag: "a" });
      size *= 2;
    } catch {
      // Less than that is left: try with half of it.
    }
  }
}
