import { readFileSync, statSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createMoneyTeller } from "../../../server/engine/tell-money.ts";
import { driveOfType, mountedAs, networkDriveOf } from "../../../server/store/network-drive.ts";
import { failureOf } from "../../../shared/failure.ts";
import { cap, open, raw, reservation, settlement, tempDirectory } from "./books.ts";

describe("a network drive", () => {
  it.each<[number, string | null, string | null]>([
    [0x6969, null, "NFS"],
    [0xff534d42, null, "SMB"],
    // The same number with its sign.
    [0xff534d42 - 2 ** 32, null, "SMB"],
    [0xfe534d42, null, "SMB"],
    [0x65735546, "fuse.sshfs", "sshfs"],
    [0x65735546, "fuse.fuse-overlayfs", null],
    [0x65735546, null, null],
    [0xef53, null, null],
    [0x01021994, null, null],
  ])("is known by its number: %i %s", (type, fuse, drive) => {
    expect(driveOfType(type, () => fuse)).toBe(drive);
  });

  it.runIf(process.platform === "linux")("in user space is known by the line of its mount", () => {
    const lines = [
      "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue",
      "40 35 0:52 / /home/me rw,nosuid shared:3 - fuse.sshfs me@far:/home rw,user_id=0",
    ].join("\n");
    expect(mountedAs(lines, 52n)).toBe("fuse.sshfs");
    expect(mountedAs(lines, 53n)).toBeNull();
    const own = statSync("/proc", { bigint: true }).dev;
    expect(mountedAs(readFileSync("/proc/self/mountinfo", "utf8"), own)).toBe("proc");
    expect(networkDriveOf("/proc")).toBeNull();
    expect(networkDriveOf("/is/not/there")).toBeNull();
  });

  it("has the books without a log that two machines cannot share; caps hold, and a person is told once", async () => {
    const directory = tempDirectory();
    // They were kept with a log before.
    (await open({ directory })).close();
    const driveOf = () => "NFS";
    const [store, other] = [
      await open({ directory, driveOf }),
      await open({ directory, driveOf, instanceId: "other" }),
    ];
    expect(raw(store.path).prepare("PRAGMA journal_mode").get()).toEqual({ journal_mode: "delete" });

    const caps = [cap("global.daily", 1_500_000)];
    const ask = (which: typeof store, attemptId: string) =>
      which.ledger.reserve(reservation({ attemptId, leastNano: 1, caps })).catch(failureOf);
    const [mine, theirs] = await Promise.all([ask(store, "mine"), ask(other, "theirs")]);
    expect([mine, theirs].map((each) => ("heldNano" in each ? each.heldNano : each)).sort()).toEqual([
      600_000, 900_000,
    ]);
    await store.ledger.settle("mine", settlement({ costNano: 500_000 }));
    expect(other.ledger.capStates(caps, "here")[0]?.spentNano).toBe(500_000);

    const told: string[] = [];
    for (const each of [store, other]) {
      const teller = createMoneyTeller({
        ledger: () => each.ledger,
        path: () => each.path,
        drive: () => each.drive,
        budget: () => ({ caps: [], completionCaps: [] }),
        onNotice: ({ message }) => told.push(message),
        onFault: ({ message }) => told.push(message),
      });
      teller.look();
      await teller.idle();
    }
    expect(told).toEqual([
      `The ledger ${store.path} lies on a network drive (NFS): each request waits for that drive, and caps hold only as far as its locks do. Do not use Wayfare from two machines with this home at once.`,
    ]);
  });
});
