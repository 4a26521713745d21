import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import * as z from "zod";
import type { Database } from "./database.ts";

/**
 * The processes that write these books: who is alive. Money held and answers begun by one that is gone have to be ended
 * by another. A process is known by its pid on its host, when it began, and a heartbeat.
 */
export interface Instances {
  /** The id of this process. */
  readonly ownId: string;
  /** Writes this process's row, or its next heartbeat. For use inside a write. */
  beat(nowMs: number): void;
  /** Looks at every other process's heartbeat. Call it at a steady pace; looks in quick succession count as one. */
  look(nowMs: number): void;
  /** True when that process will never write again. False while in doubt. */
  isGone(instanceId: string): boolean;
  /**
   * True when its host says so. One whose heart has stopped is gone too, but may have slept, or have lost its way to the
   * books: more may have come to it than it could note.
   */
  isSurelyGone(instanceId: string): boolean;
  /**
   * Who that process is, for a person who has to decide about its money: where its host cannot tell us whether it lives,
   * one without a heartbeat for a minute is taken for gone.
   */
  holderOf(instanceId: string, nowMs: number): "this" | "other" | "gone";
  /** Takes the row of a process out, for use inside a write. */
  forget(instanceId: string): void;
  /** Ids of all rows. */
  all(): string[];
}

export const BEAT_EVERY_MS = 10_000;

/** Looks closer together than this count as one: a heartbeat has to have the time to move. */
const LOOK_EVERY_MS = 2 * BEAT_EVERY_MS;
/** For a person's eyes: several heartbeats that did not come. */
const NOT_SEEN_MS = 60_000;
/** Three, so that two of the steps between are not both the one during which the computer slept. */
const LOOKS_WITHOUT_A_BEAT = 3;

export interface Signs {
  /** none: no such process; same: it is the one that wrote the row; other: its number was given away; unsure: one has it. */
  process: "none" | "same" | "other" | "unsure" | "elsewhere";
  /** How often in a row its heartbeat was found where it was. */
  stillLooks: number;
}

/** A process is gone when its host says so, or else when its heart has stopped while we looked on. */
export function isGone({ process, stillLooks }: Signs): boolean {
  if (isNoMore(process)) return true;
  return process !== "same" && stillLooks >= LOOKS_WITHOUT_A_BEAT;
}

function isNoMore(process: Signs["process"]): boolean {
  return process === "none" || process === "other";
}

const rowSchema = z.object({
  instance_id: z.string(),
  host: z.string(),
  pid: z.number(),
  start_mark: z.string(),
  beat_at_ms: z.number(),
});
type Row = z.infer<typeof rowSchema>;

export function createInstances(database: Database, own: { instanceId: string; pid: number }): Instances {
  const host = hostMark();
  const startMark = startMarkOf(own.pid) ?? "";
  const rows = database.prepare("SELECT * FROM instances");
  const row = database.prepare("SELECT * FROM instances WHERE instance_id = ?");
  const remove = database.prepare("DELETE FROM instances WHERE instance_id = ?");
  const upsert = database.prepare(
    `INSERT INTO instances (instance_id, host, pid, start_mark, beat_at_ms) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (instance_id) DO UPDATE SET beat_at_ms = excluded.beat_at_ms`,
  );
  /** One entry for each row, no more. */
  const sightings = new Map<string, { beatAtMs: number; looks: number; lookedAtMs: number }>();

  const processOf = (found: Row): Signs["process"] => {
    if (found.host !== host) return "elsewhere";
    if (!exists(found.pid)) return "none";
    const mark = startMarkOf(found.pid);
    if (mark === null || found.start_mark === "") return "unsure";
    return mark === found.start_mark ? "same" : "other";
  };

  const rowOf = (instanceId: string): Row | null => rowSchema.safeParse(row.get(instanceId)).data ?? null;

  const isGoneRow = (found: Row | null): boolean =>
    found === null || isGone({ process: processOf(found), stillLooks: sightings.get(found.instance_id)?.looks ?? 0 });

  return {
    ownId: own.instanceId,
    beat: (nowMs) => void upsert.run(own.instanceId, host, own.pid, startMark, Math.trunc(nowMs)),
    forget: (instanceId) => void remove.run(instanceId),
    all: () => rows.all().flatMap((each) => (typeof each.instance_id === "string" ? [each.instance_id] : [])),

    look(nowMs) {
      const found = z.array(rowSchema).parse(rows.all());
      const ids = new Set(found.map((each) => each.instance_id));
      for (const id of sightings.keys()) if (!ids.has(id)) sightings.delete(id);
      for (const { instance_id: id, beat_at_ms: beatAtMs } of found) {
        const before = sightings.get(id);
        if (before === undefined || before.beatAtMs !== beatAtMs) {
          sightings.set(id, { beatAtMs, looks: 1, lookedAtMs: nowMs });
        } else if (nowMs < before.lookedAtMs) {
          // The clock was set back: the pace of the looks is measured from here.
          sightings.set(id, { ...before, lookedAtMs: nowMs });
        } else if (nowMs - before.lookedAtMs >= LOOK_EVERY_MS) {
          sightings.set(id, { beatAtMs, looks: before.looks + 1, lookedAtMs: nowMs });
        }
      }
    },

    isGone: (instanceId) => instanceId !== own.instanceId && isGoneRow(rowOf(instanceId)),

    isSurelyGone(instanceId) {
      if (instanceId === own.instanceId) return false;
      const found = rowOf(instanceId);
      // A row is taken out in good order, or after all that its process held was settled.
      return found === null || isNoMore(processOf(found));
    },

    holderOf(instanceId, nowMs) {
      if (instanceId === own.instanceId) return "this";
      const found = rowOf(instanceId);
      if (found === null || isGoneRow(found)) return "gone";
      const isUnseen = nowMs - found.beat_at_ms >= NOT_SEEN_MS && processOf(found) !== "same";
      return isUnseen ? "gone" : "other";
    },
  };
}

/** True when some process has that number, whoever owns it. */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}

/**
 * What makes a pid mean one process: the host's name, its boot, and the process namespace (two containers may share the
 * first two, and these books). Outside Linux the name has to do.
 */
function hostMark(): string {
  const boot = unlessMissing(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim());
  const namespace = unlessMissing(() => readlinkSync("/proc/self/ns/pid"));
  return [hostname(), boot ?? "", namespace ?? ""].join(" ");
}

/** When a process began, in the kernel's ticks: tells it from a later one with its number. null where that is not told. */
function startMarkOf(pid: number): string | null {
  const stat = unlessMissing(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  // The name, in parentheses, may hold spaces; the start time is field 22 of all, so the 20th after the name.
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
}

function unlessMissing(read: () => string): string | null {
  try {
    return read();
  } catch {
    return null; // Not Linux, or a kernel that hides it.
  }
}
