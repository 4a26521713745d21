import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** How a command ended: its exit code (null when a signal ended it) and what it printed, both streams together. */
export interface CommandResult {
  code: number | null;
  output: string;
}

export interface CommandOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** `show` passes the output through as it comes; `keep` only returns it. */
  output: "show" | "keep";
  /** Printed every five seconds with the time passed, so that a long silence is not taken for a hang. */
  heartbeat?: string;
  /** On Windows npm and code are batch files, which only a shell starts. */
  shell?: "on-windows";
}

/** At most this much output is kept, the last of it: enough for any error message. */
const keptCharacters = 200_000;

/** Runs a command to its end, without a shell and without input, and never throws for a failing command. */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ["ignore", "pipe", "pipe"],
    shell: options.shell === "on-windows" && process.platform === "win32",
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => {
      output = (output + text).slice(-keptCharacters);
      if (options.output === "show") process.stdout.write(text);
    });
  }
  const startedAt = Date.now();
  const heartbeat = setInterval(() => {
    if (options.heartbeat !== undefined)
      console.log(`  … ${options.heartbeat}, ${Math.round((Date.now() - startedAt) / 1000)} s`);
  }, 5000);
  try {
    const code = await new Promise<number | null>((resolve) => {
      child.once("error", (error) => {
        output += error.message;
        resolve(127);
      });
      child.once("close", resolve);
    });
    return { code, output };
  } finally {
    clearInterval(heartbeat);
  }
}

/** The same, for commands that must succeed: throws with the end of what was printed. */
export async function mustRun(
  what: string,
  command: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<string> {
  const { code, output } = await runCommand(command, args, options);
  if (code !== 0) throw new Error(`${what} failed (exit code ${code}).\n${output.trim().slice(-4000)}`);
  return output;
}

/** A program and everything it starts, ended together. */
export interface ProcessGroup {
  readonly pid: number;
  /** Settles when the program itself has ended. */
  readonly exited: Promise<number | null>;
  /** Ends the whole group: asks first, then insists after two seconds. Safe to call twice. */
  stop(): Promise<void>;
}

/** Starts a program as the leader of its own process group; `onOutput` gets what it prints. */
export function startGroup(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env: NodeJS.ProcessEnv; onOutput: (text: string) => void },
): ProcessGroup {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${command} cannot be started.`);
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", options.onOutput);
  }
  const exited = waitForExit(child);
  const stop = async (): Promise<void> => {
    signalGroup(pid, "SIGTERM");
    await Promise.race([exited, new Promise((resolve) => setTimeout(resolve, 2000).unref())]);
    // Whatever is left of the group, the leader gone or not.
    signalGroup(pid, "SIGKILL");
    await exited;
  };
  return { pid, exited, stop };
}

async function waitForExit(child: ChildProcess): Promise<number | null> {
  const [code] = await once(child, "exit");
  return typeof code === "number" ? code : null;
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // ESRCH: nobody is left in the group, which is what was wanted.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
