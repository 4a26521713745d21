import { type ChildProcess, spawn } from "node:child_process";
import { lastLines } from "./last-lines.ts";

/** How a test command ended. */
export type TestEnd =
  | { kind: "passed" }
  /** `how` says what the process ended with: "exit 1", "SIGSEGV". */
  | { kind: "failed"; how: string }
  /** There was nothing to run: no such command or folder. It says nothing of the code. */
  | { kind: "unrun"; why: string }
  | { kind: "timedOut" }
  | { kind: "stopped" };

export interface TestRun {
  /** Never rejects. `lines` are the last ones that were printed. */
  ended: Promise<{ end: TestEnd; lines: string[] }>;
  /** Ends it with its children; `ended` says "stopped". */
  stop(): void;
  /** The same at once, without time to tidy up: this process is about to end. */
  kill(): void;
}

/** Told to end, a test command has so long to put away what it has begun; then it is killed. */
const KILL_AFTER_MS = 1_000;
/** What a process printed last may come a moment after it has ended; what its children hold open is not waited for. */
const LAST_OUTPUT_MS = 300;

/**
 * Runs a command in a shell, as a terminal would, in `folder` and with exactly this environment. It gets no input. On
 * POSIX it leads a process group of its own, and it is the group that is ended, so that no child outlives the limit unless
 * it has left that group itself.
 */
export function runTests({
  command,
  folder,
  environment,
  limitMs,
}: {
  command: string;
  folder: string;
  environment: Record<string, string>;
  limitMs: number;
}): TestRun {
  const output = lastLines();
  const child = spawn(command, {
    shell: true,
    cwd: folder,
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
    detached: process.platform !== "win32",
    windowsHide: true,
  });
  let cut: TestEnd | null = null;
  let isOver = false;
  let finish = (_end: TestEnd): void => {};
  const ended = new Promise<{ end: TestEnd; lines: string[] }>((resolve) => {
    finish = (end) => {
      if (isOver) return;
      isOver = true;
      clearTimeout(limit);
      for (const stream of [child.stdout, child.stderr]) stream.destroy();
      resolve({ end: cut ?? end, lines: output.lines() });
    };
  });
  /** The shell has ended. When it was told to, its children may still be about it, and are killed before that is said. */
  const over = (end: TestEnd): void => {
    if (cut === null || !hasGroup(child)) finish(end);
  };
  const end = (why: TestEnd): void => {
    if (isOver || cut !== null) return;
    cut = why;
    endGroup(child, "SIGTERM");
    setTimeout(() => {
      endGroup(child, "SIGKILL");
      setTimeout(() => finish(why), LAST_OUTPUT_MS);
    }, KILL_AFTER_MS);
  };
  const limit = setTimeout(() => end({ kind: "timedOut" }), limitMs);

  for (const [name, stream] of Object.entries({ out: child.stdout, err: child.stderr })) {
    stream.setEncoding("utf8");
    stream.on("data", (piece: string) => output.feed(name, piece));
  }
  child.on("error", (error) => finish({ kind: "unrun", why: error.message }));
  child.on("exit", (code, signal) => setTimeout(() => over(endOf(code, signal)), LAST_OUTPUT_MS));
  child.on("close", (code, signal) => over(endOf(code, signal)));
  return {
    ended,
    stop: () => end({ kind: "stopped" }),
    kill() {
      if (isOver) return;
      cut ??= { kind: "stopped" };
      endGroup(child, "SIGKILL");
      setTimeout(() => finish({ kind: "stopped" }), LAST_OUTPUT_MS);
    },
  };
}

/** Shells say by these that there is no such command, or that it cannot be executed; the last is of Windows. */
const notFound: readonly (number | null)[] = [126, 127, 9009];

function endOf(code: number | null, signal: NodeJS.Signals | null): TestEnd {
  if (code === 0) return { kind: "passed" };
  if (notFound.includes(code)) return { kind: "unrun", why: `exit ${code}` };
  return { kind: "failed", how: signal ?? `exit ${code}` };
}

/** Whether anyone is left of those that were begun together; Windows cannot tell, where all are ended at once. */
function hasGroup(child: ChildProcess): boolean {
  if (child.pid === undefined || process.platform === "win32") return false;
  try {
    return process.kill(-child.pid, 0);
  } catch {
    return false;
  }
}

function endGroup(child: ChildProcess, signal: "SIGTERM" | "SIGKILL"): void {
  if (child.pid === undefined) return;
  if (process.platform === "win32") {
    // Windows has no groups of this kind, but knows whose child a process is. A second time finds nobody, which is well.
    const tool = `${process.env.SystemRoot ?? "C:\\Windows"}\\System32\\taskkill.exe`;
    spawn(tool, ["/pid", String(child.pid), "/t", "/f"], { stdio: "ignore", windowsHide: true }).on("error", () =>
      child.kill(),
    );
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Nobody is left in the group.
  }
}
