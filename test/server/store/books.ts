import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import { onTestFinished, vi } from "vitest";
import type { Cap } from "../../../server/core/budget.ts";
import type { Reservation, Settlement } from "../../../server/store/ledger.ts";
import { loadSqlite } from "../../../server/store/load-sqlite.ts";
import { openStore, type Store, type StoreOptions } from "../../../server/store/open-store.ts";
import type { SavedHead } from "../../../server/store/session-store.ts";
import type { Turn } from "../../../shared/answer.ts";
import { failureOf } from "../../../shared/failure.ts";

/** Real files and real processes for the tests of the store, all gone after each test. */

const sqlite = await loadSqlite();

export function tempDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "wayfare-store-"));
  onTestFinished(() => remove(directory));
  return directory;
}

/**
 * The thread that carries a log over may still have its files open, and make one anew while they are deleted. Node 22 does
 * not try again by itself, whatever it is told.
 */
async function remove(directory: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      return rmSync(directory, { recursive: true, force: true });
    } catch (error) {
      if (tries === 100) throw error;
      await pause(20);
    }
  }
}

export async function open(options: Partial<StoreOptions> = {}): Promise<Store> {
  const store = await openStore({
    directory: options.directory ?? tempDirectory(),
    now: () => Date.now(),
    timeZone: "UTC",
    instanceId: "this one",
    pid: process.pid,
    ...options,
  });
  onTestFinished(() => store.close());
  return store;
}

/** Noon of a day in the middle of its week and month, in UTC. */
export const wednesday = Date.parse("2026-11-18T12:00:00Z");

/** A ledger whose clock is moved by hand. */
export async function openAt(startMs = wednesday) {
  let nowMs = startMs;
  let ids = 0;
  const { ledger, path } = await open({ now: () => nowMs });
  return {
    ledger,
    path,
    goTo: (atMs: number) => {
      nowMs = atMs;
    },
    /** Holds, and settles when a cost is given; resolves with the grant, or the failure. */
    async ask(fields: Parameters<typeof reservation>[0], costNano?: number | null) {
      ids += 1;
      const attemptId = `attempt ${ids}`;
      try {
        const grant = await ledger.reserve(reservation({ attemptId, ...fields }));
        if (costNano !== undefined) await ledger.settle(attemptId, settlement({ costNano }));
        return grant;
      } catch (error) {
        return failureOf(error);
      }
    },
  };
}

/** Another connection to the same file, to look behind the store's back or to stand in its way. */
export function raw(path: string): DatabaseSync {
  const database = new sqlite.DatabaseSync(path, { timeout: 0 });
  onTestFinished(() => database.close());
  return database;
}

/** With fake timers: lets `elapsedMs` pass, and after it the writes that became due. */
export async function later(elapsedMs: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(elapsedMs);
  await written();
}

/** Lets the writes that are queued reach the file; they begin with the next turn of the event loop. */
export async function written(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** Lets the event loop turn until that is so: also with fake timers, and when the disk itself is waited for. At most 5 s. */
export async function until(isSo: () => boolean): Promise<void> {
  const fromMs = performance.now();
  while (!isSo() && performance.now() - fromMs < 5_000) await new Promise((resolve) => setImmediate(resolve));
}

/** Starts store-process.ts and resolves with its first message. `stderr` resolves at its end with all it wrote there. */
export async function start(
  args: string[],
  options: { execArgv?: string[] } = {},
): Promise<{ child: ChildProcess; message: unknown; stderr: () => Promise<string> }> {
  const child = spawnStore(args, options);
  let text = "";
  child.stderr?.on("data", (data) => {
    text += data;
  });
  const stderr = once(child, "close").then(() => text);
  const [message] = await Promise.race([
    once(child, "message"),
    stderr.then(() => Promise.reject(new Error(`The process ended without a word: ${text}`))),
  ]);
  return { child, message, stderr: () => stderr };
}

/** Lets processes that said "ready" go on, all at once, and resolves with what each says next. */
export async function letGo(children: readonly ChildProcess[]): Promise<unknown[]> {
  const answers = children.map((child) => once(child, "message").then(([message]) => message));
  for (const child of children) child.send("go");
  return Promise.all(answers);
}

export async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

function spawnStore(args: string[], { execArgv = [] }: { execArgv?: string[] }): ChildProcess {
  const script = join(import.meta.dirname, "store-process.ts");
  const child = fork(script, args, { execArgv, stdio: ["ignore", "ignore", "pipe", "ipc"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

export function reservation(fields: Partial<Reservation> = {}): Reservation {
  return {
    attemptId: "attempt",
    turnId: "turn",
    sessionId: "session",
    kind: "chat",
    workspace: "here",
    book: "real",
    tier: "cheap",
    providerId: "vendor",
    modelId: "small",
    startedAtMs: 1_000,
    heldNano: 900_000,
    leastNano: 0,
    caps: [],
    inputNano: 100_000,
    outputNanoPerToken: 200,
    ...fields,
  };
}

/** A cap by its id, `scope.period`. */
export function cap(id: string, limitNano: number): Cap {
  const [scope, period] = id.split(".") as [Cap["scope"], Cap["period"]];
  const setting =
    scope === "completions" ? "wayfare.completions.maxPerDayUsd" : `wayfare.budget.${id.replace("global.", "")}`;
  return { id, scope, period, limitNano, setting };
}

export function settlement(fields: Partial<Settlement> = {}): Settlement {
  return {
    outcome: "done",
    failure: null,
    usage: { input: 400, cacheRead: 20, cacheWrite: 0, output: 60, reasoning: 10 },
    costNano: 112_000,
    costSource: "computed",
    firstTokenMs: 250,
    durationMs: 1_750,
    reason: "short question",
    ...fields,
  };
}

export function head(fields: Partial<SavedHead> = {}): SavedHead {
  return {
    id: "session",
    workspace: "here",
    title: "How does it work?",
    updatedAtMs: 1_000,
    ...fields,
  };
}

export function turn(fields: Partial<Turn> = {}): Turn {
  return {
    id: "turn",
    askedAtMs: 1_000,
    question: "How does it work?",
    context: [
      {
        kind: "selection",
        path: "src/a.ts",
        languageId: "typescript",
        firstLine: 3,
        lastLine: 9,
        diagnostics: [{ severity: "error", line: 4, message: "x is not defined" }],
      },
    ],
    answer: "Like this.",
    state: "done",
    failure: null,
    decision: null,
    ...fields,
  };
}
