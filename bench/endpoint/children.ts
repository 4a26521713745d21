import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Programs of this folder in processes of their own, which end with this one whatever becomes of it. */
const children = new Set<ChildProcess>();
/** What ends other programs. */
const stops = new Set<() => Promise<void>>();

/** Forks a file of this folder; gives it with its first message. */
export async function startChild(file: string, args: string[] = []): Promise<{ child: ChildProcess; said: unknown }> {
  // Their stdin, stdout and flags are not those of the run: `node --expose-gc` would be another program.
  const child = fork(join(import.meta.dirname, file), args, { execArgv: [] });
  children.add(child);
  child.once("exit", () => children.delete(child));
  return { child, said: await nextMessage(child, file) };
}

/** Sends a message and gives the answer. Rejects where the child ends instead. */
export async function askChild(child: ChildProcess, message: object | string): Promise<unknown> {
  const answer = nextMessage(child, child.spawnargs[1] ?? "");
  child.send(message);
  return answer;
}

/** Said as soon as a program runs, not when it answers: a run may be ended in between. */
export function endWithRun(stop: () => Promise<void>): void {
  stops.add(stop);
}

export async function endAll(): Promise<void> {
  for (const child of children) child.kill("SIGKILL");
  await Promise.all([...stops].map((stop) => stop()));
}

async function nextMessage(child: ChildProcess, what: string): Promise<unknown> {
  const end = new AbortController();
  const exit = once(child, "exit", { signal: end.signal }).then(() => {
    throw new Error(`${what} ended before it answered.`);
  });
  const message = once(child, "message", { signal: end.signal }).then(([value]): unknown => value);
  try {
    return await Promise.race([message, exit]);
  } finally {
    // The listener of the one that did not come is taken off; its rejection is nobody's fault.
    for (const each of [message, exit]) each.catch(() => undefined);
    end.abort();
  }
}

/** Resident memory of a process in MB; null where the system has no /proc. */
export function rssMb(pid: number): number | null {
  const status = `/proc/${pid}/status`;
  if (!existsSync(status)) return null;
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(status, "utf8"))?.[1]) / 1024;
}

/** What Linux calls USER_HZ: in hundredths of a second, on every machine that Node runs on. */
const MS_PER_TICK = 10;

/** CPU that a process has used so far, all its threads, in milliseconds; null where the system has no /proc. */
export function cpuMs(pid: number): number | null {
  const stat = `/proc/${pid}/stat`;
  if (!existsSync(stat)) return null;
  // The second field is the program's name in brackets, which may hold spaces.
  const fields = readFileSync(stat, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
}
