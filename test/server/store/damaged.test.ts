import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openBooks } from "../../../server/engine/books.ts";
import { createMoneyTeller } from "../../../server/engine/tell-money.ts";
import { openStore, type Store } from "../../../server/store/open-store.ts";
import { failureOf } from "../../../shared/failure.ts";
import type { MoneyNotice } from "../../../shared/protocol.ts";
import { cap, head, letGo, open, raw, reservation, settlement, start, tempDirectory, turn } from "./books.ts";

const now = () => Date.parse("2026-11-28T23:05:00Z");
const setAside = "wayfare-damaged-2026-11-28-2305.sqlite";
const caps = [cap("global.daily", 2_000_000_000), cap("workspace.total", 5_000_000_000)];

/** Books with 400 answers of a million nano-dollars each, one request under way, and a conversation; closed. */
async function filled(): Promise<{ directory: string; path: string }> {
  const directory = tempDirectory();
  const store = await open({ directory, now, instanceId: "before" });
  await store.sessions.saveTurn(head(), turn());
  const ids = Array.from({ length: 400 }, (_, index) => `attempt ${index}`);
  await Promise.all(ids.map((attemptId) => store.ledger.reserve(reservation({ attemptId, turnId: attemptId }))));
  await Promise.all(
    ids.map((attemptId) => store.ledger.settle(attemptId, settlement({ costNano: 1_000_000, reason: "r".repeat(60) }))),
  );
  await store.ledger.reserve(reservation({ attemptId: "under way", heldNano: 7_000_000 }));
  store.close();
  const file = raw(store.path);
  file.exec("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE");
  return { directory, path: store.path };
}

/** Overwrites pages (4 kB, the first is 1) of a file. */
function destroy(path: string, pages: readonly number[]): void {
  const descriptor = openSync(path, "r+");
  for (const page of pages) writeSync(descriptor, Buffer.alloc(4_096, 0xa5), 0, 4_096, (page - 1) * 4_096);
  closeSync(descriptor);
}

/** Pages that a table or index takes, without its first where there are others. */
function pagesOf(path: string, name: string): number[] {
  const rows = raw(path).prepare("SELECT pageno FROM dbstat WHERE name = ? ORDER BY pageno").all(name);
  const pages = rows.map((row) => Number(row.pageno));
  return pages.length > 1 ? pages.slice(1) : pages;
}

async function noticesOf(store: Store): Promise<MoneyNotice[]> {
  const told: MoneyNotice[] = [];
  const teller = createMoneyTeller({
    ledger: () => store.ledger,
    path: () => store.path,
    drive: () => store.drive,
    budget: () => ({ caps, completionCaps: [] }),
    onNotice: (notice) => told.push(notice),
    onFault: (failure) => told.push({ message: failure.message }),
  });
  teller.look();
  teller.look();
  await teller.idle();
  return told;
}

const spentNano = (store: Store) => store.ledger.capStates(caps, "here").map((state) => state.spentNano);
const ask = (store: Store, attemptId: string, under = caps) =>
  store.ledger.reserve(reservation({ attemptId, caps: under })).catch(failureOf);
const refusal = {
  kind: "budget",
  message: `What your caps had counted was lost with a damaged ledger, set aside as ${setAside}, so nothing that costs is sent under a cap. Run "Wayfare: Start Anew After a Damaged Ledger" to count from what could be read, or use a model on this machine.`,
};
const lossNotice = (store: Store, read: string) => ({
  message: `The ledger ${store.path} was damaged. It was set aside as ${setAside}, and a new one was begun with what could be read of it: ${read}. What your caps had counted is not fully known, so nothing that costs is sent under a cap until you choose Start Anew; then they count from what could be read.`,
  action: "startAnew",
});

describe("a ledger that is no database", () => {
  it("is set aside as it was; without a cap all goes on, under one nothing that costs until a person starts anew", async () => {
    const directory = tempDirectory();
    const diary = "Dear diary, ".repeat(200);
    writeFileSync(join(directory, "wayfare.sqlite"), diary);
    const store = await open({ directory, now });
    expect(readFileSync(join(directory, setAside), "utf8")).toBe(diary);
    expect(await noticesOf(store)).toEqual([lossNotice(store, "none of its requests")]);

    expect(await ask(store, "no cap", [])).toEqual({ heldNano: 900_000 });
    expect(await ask(store, "capped")).toEqual(refusal);
    expect(await store.ledger.reserve(reservation({ attemptId: "free", heldNano: 0, caps }))).toEqual({ heldNano: 0 });
    await store.ledger.acceptLosses();
    expect(await ask(store, "capped")).toEqual({ heldNano: 900_000 });
    expect(await noticesOf(store)).toEqual([
      {
        message: `The ledger ${store.path} was damaged. It was set aside as ${setAside}, and a new one was begun with what could be read of it: none of its requests, and all that your caps have counted.`,
      },
    ]);
  });

  it("is in the way of a day's cap only on the day it was found", async () => {
    const directory = tempDirectory();
    writeFileSync(join(directory, "wayfare.sqlite"), "Dear diary, ".repeat(200));
    let nowMs = now();
    const store = await open({ directory, now: () => nowMs });
    const daily = [cap("global.daily", 2_000_000_000)];
    expect(await ask(store, "today", daily)).toEqual(refusal);
    nowMs += 3_600_000;
    expect(await ask(store, "tomorrow", daily)).toEqual({ heldNano: 900_000 });
    expect(await ask(store, "in all", [cap("global.total", 2_000_000_000)])).toEqual(refusal);
  });

  it("is set aside once, by one of four windows that open it at the same moment", async () => {
    const directory = tempDirectory();
    writeFileSync(join(directory, "wayfare.sqlite"), "Dear diary, ".repeat(200));
    const racers = await Promise.all(["a", "b", "c", "d"].map((name) => start(["race", directory, name])));
    const answers = await letGo(racers.map((racer) => racer.child));
    expect(answers).toEqual(Array(4).fill({ opened: join(directory, "wayfare.sqlite") }));
    const damaged = readdirSync(directory).filter((name) => name.startsWith("wayfare-damaged"));
    expect(damaged).toHaveLength(1);
    const store = await open({ directory });
    expect(store.ledger.losses()).toHaveLength(1);
    expect(readdirSync(directory).filter((name) => /suspect|-new/.test(name))).toEqual([]);
  });
});

describe("a ledger without a byte", () => {
  it("was emptied, when it is older than a minute", async () => {
    const { directory, path } = await filled();
    truncateSync(path);
    utimesSync(path, new Date(), new Date(Date.now() - 120_000));
    const store = await open({ directory, now });
    expect(await noticesOf(store)).toEqual([lossNotice(store, "none of its requests")]);
    expect(await ask(store, "capped")).toEqual(refusal);
    expect(statSync(join(directory, setAside)).size).toBe(0);
  });

  it("is being made just now, when it is young", async () => {
    const directory = tempDirectory();
    writeFileSync(join(directory, "wayfare.sqlite"), "");
    const store = await open({ directory, now });
    expect(await noticesOf(store)).toEqual([]);
    expect(await ask(store, "capped")).toEqual({ heldNano: 900_000 });
  });
});

describe("a ledger that is damaged in part", () => {
  it("keeps all that caps counted where only requests cannot be read, with what was held", async () => {
    const { directory, path } = await filled();
    const pages = pagesOf(path, "attempts");
    destroy(path, pages.slice(0, 2));
    const before = statSync(path).size;
    // Nobody reads those pages at the start: it is found when they are asked for.
    const first = await open({ directory, now, instanceId: "first" });
    expect(() => {
      for (let index = 0; index < 400; index++) first.ledger.attemptsOfTurn(`attempt ${index}`);
    }).toThrow(
      `The ledger ${path} is damaged, so nothing more is written to it: ask again, and it is set aside and a new one begun with what can be read of it.`,
    );
    expect(await ask(first, "after it")).toMatchObject({ kind: "ledger" });
    expect(first.isReplaced()).toBe(true);
    first.close();

    const store = await open({ directory, now });
    const [loss] = store.ledger.losses();
    expect(loss?.attempts).toBeGreaterThan(300);
    expect(loss?.attempts).toBeLessThan(401);
    expect(await noticesOf(store)).toEqual([
      {
        message: `The ledger ${path} was damaged. It was set aside as ${setAside}, and a new one was begun with what could be read of it: ${loss?.attempts} requests, and all that your caps have counted.`,
      },
    ]);
    expect(spentNano(store)).toEqual([407_000_000, 407_000_000]);
    expect(store.ledger.held()).toEqual([]);
    expect(await ask(store, "capped")).toEqual({ heldNano: 900_000 });
    expect(store.sessions.read("session")?.turns).toHaveLength(1);
    // All of it, with what was settled before the damage was met.
    expect(statSync(join(directory, setAside)).size).toBeGreaterThanOrEqual(before);
    expect(raw(path).prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
  });

  it("counts from every request where only the sums cannot be read", async () => {
    const { directory, path } = await filled();
    destroy(path, [...pagesOf(path, "period_totals"), ...pagesOf(path, "report_totals")]);
    writeFileSync(`${path}-suspect`, "");
    const store = await open({ directory, now });
    expect(store.ledger.losses()).toMatchObject([{ attempts: 401, isSettled: true }]);
    expect(spentNano(store)).toEqual([407_000_000, 407_000_000]);
    // The report is made anew from the attempts.
    await store.ledger.post();
    const all = { book: "real", fromDay: "2000-01-01", toDay: "2100-01-01", workspace: null } as const;
    expect(store.report.totals(all).sums).toMatchObject({ spentNano: 407_000_000, requests: 401, answers: 400 });
    expect(store.requests.read("attempt 7")).toMatchObject({ attempts: 1, costNano: 1_000_000 });
  });

  it("counts what is left where neither can be read in full, and waits for a person", async () => {
    const { directory, path } = await filled();
    destroy(path, [...pagesOf(path, "period_totals"), ...pagesOf(path, "attempts").slice(0, 2)]);
    writeFileSync(`${path}-suspect`, "");
    const store = await open({ directory, now });
    const [loss] = store.ledger.losses();
    expect(loss).toMatchObject({ isSettled: false });
    expect(await ask(store, "capped")).toEqual(refusal);
    await store.ledger.acceptLosses();
    const [counted = 0] = spentNano(store);
    expect(counted).toBe(((loss?.attempts ?? 0) - 1) * 1_000_000 + 7_000_000);
    expect(counted).toBeGreaterThan(300_000_000);
  });

  it("is read as far as it goes when its end is cut off", async () => {
    const { directory, path } = await filled();
    truncateSync(path, statSync(path).size - 20 * 4_096);
    const store = await open({ directory, now });
    expect(store.ledger.losses()).toMatchObject([{ setAside }]);
    expect(store.ledger.losses()[0]?.attempts).toBeGreaterThan(100);
    expect(spentNano(store)[0]).toBeGreaterThan(100_000_000);
  });

  it("is left in its place when nothing is wrong with it after all", async () => {
    const { directory, path } = await filled();
    writeFileSync(`${path}-suspect`, "");
    const store = await open({ directory, now });
    expect(store.ledger.losses()).toEqual([]);
    expect(spentNano(store)).toEqual([407_000_000, 407_000_000]);
    expect(readdirSync(directory).filter((name) => /suspect|damaged/.test(name))).toEqual([]);
  });

  it("is written no more by a window that had it open, which finds the new one when it is asked again", async () => {
    const { directory, path } = await filled();
    const other = await openBooks(
      () => openStore({ directory, now, timeZone: "UTC", instanceId: "other", pid: process.pid }),
      () => 0,
    );
    const theirs = other.store();
    expect(theirs && (await ask(theirs, "theirs"))).toEqual({ heldNano: 900_000 });
    destroy(path, pagesOf(path, "turns"));
    writeFileSync(`${path}-suspect`, "");
    const store = await open({ directory, now });
    expect(theirs && (await ask(theirs, "too late"))).toMatchObject({ kind: "ledger" });
    expect(await other.retry()).toBe(true);
    const anew = other.store();
    expect(anew && (await ask(anew, "now"))).toEqual({ heldNano: 900_000 });
    // What the other had held before counts, all of it.
    expect(spentNano(store)).toEqual([407_900_000, 407_900_000]);
    expect(store.ledger.held().map(({ attemptId }) => attemptId)).toEqual(["now"]);
    other.close();
  });

  it("in its log loses what stood there, and nothing else", async () => {
    const { directory, path } = await filled();
    const { message } = await start(["hold", directory, "held"]);
    expect(message).toBe("holding");
    const log = readFileSync(`${path}-wal`);
    writeFileSync(`${path}-wal`, log.fill(0xa5, 4_000));
    const store = await open({ directory: copyOf(directory), now });
    expect(store.ledger.losses()).toEqual([]);
    expect(raw(store.path).prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
    expect(spentNano(store)[0]).toBeGreaterThanOrEqual(400_000_000);
  });
});

/** Without what only a living process knows of it. */
function copyOf(directory: string): string {
  const copy = tempDirectory();
  for (const end of ["", "-wal"]) {
    writeFileSync(join(copy, `wayfare.sqlite${end}`), readFileSync(join(directory, `wayfare.sqlite${end}`)));
  }
  return copy;
}
