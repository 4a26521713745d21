import { type ChildProcess, fork } from "node:child_process";
import { serverEnvironment } from "./server-environment.ts";

export interface ForkOptions {
  modulePath: string;
  /** The extension host's own environment; only what `serverEnvironment` lets through goes on. */
  environment: Readonly<Record<string, string | undefined>>;
  /** One line the server printed; its messages travel over IPC, so this is what slipped past its log. */
  onLine(line: string): void;
}

/**
 * Starts the server process with its exact environment. The language client's own fork would add every variable of the
 * extension host to it, so it is not used.
 */
export function forkServer({ modulePath, environment, onLine }: ForkOptions): ChildProcess {
  const child = fork(modulePath, ["--node-ipc", `--clientProcessId=${process.pid}`], {
    env: serverEnvironment(environment),
    // The debugger's flags of the extension host are not the server's: two processes cannot share a port.
    execArgv: [],
    silent: true,
  });
  for (const stream of [child.stdout, child.stderr]) forwardLines(stream, onLine);
  return child;
}

/** A server that is told to stop and does not is ended after so long. */
const KILL_AFTER_MS = 2_000;

/** Ends the process if it has not ended by itself in time. */
export function endEventually(child: ChildProcess): void {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const timer = setTimeout(() => child.kill("SIGKILL"), KILL_AFTER_MS);
  timer.unref();
  child.once("exit", () => clearTimeout(timer));
}

/** A line longer than this is cut: a log is for reading. */
const MAX_LINE_CHARACTERS = 10_000;

function forwardLines(stream: NodeJS.ReadableStream | null, onLine: (line: string) => void): void {
  if (stream === null) return;
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    const lines = (rest + chunk).split(/\r?\n/);
    rest = (lines.pop() ?? "").slice(-MAX_LINE_CHARACTERS);
    for (const line of lines) if (line.trim() !== "") onLine(line.slice(0, MAX_LINE_CHARACTERS));
  });
  stream.on("end", () => {
    if (rest.trim() !== "") onLine(rest);
  });
}
