import { readFileSync } from "node:fs";
import { join } from "node:path";

/** One attempt to reach an internet address, loopback included, as the kernel was asked for it. */
export interface SocketCall {
  call: string;
  /** `127.0.0.1:11434` or `[::1]:11434`. */
  to: string;
  /** Command line of the process that made the call. */
  by: string;
}

const watched = "connect,sendto,sendmsg,sendmmsg,bind";
const births = "clone,clone3,fork,vfork,execve";

/** What stands before a command line so that every process under it writes down its socket calls. */
export function watchWrapper(strace: string, work: string): readonly string[] {
  return [
    strace,
    "-f",
    "-qq",
    "--seccomp-bpf",
    "-s",
    "400",
    "-e",
    "signal=none",
    "-e",
    `trace=${watched},${births}`,
    "-o",
    join(work, "sockets.log"),
  ];
}

/**
 * The internet sockets that the extension host and everything below it tried to use so far. `work` is the folder given
 * to the wrapper. Unix sockets, which the editor's own processes speak over, are left out.
 */
export function socketCalls(work: string): SocketCall[] {
  const parents = new Map<number, number>();
  const commands = new Map<number, string>();
  const calls: { pid: number; call: string; to: string }[] = [];
  for (const line of joinUnfinished(readFileSync(join(work, "sockets.log"), "utf8").split("\n"))) {
    const [, pidText, call = "", rest = ""] = /^(\d+)\s+(\w+)\((.*)$/.exec(line) ?? [];
    const pid = Number(pidText);
    if (births.split(",").includes(call)) {
      const child = Number(/\)\s+=\s+(\d+)/.exec(rest)?.[1]);
      if (call === "execve")
        commands.set(pid, [...rest.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((found) => found[1]).join(" "));
      else if (child > 0) parents.set(child, pid);
      continue;
    }
    const to = addressOf(rest);
    if (to !== null) calls.push({ pid, call, to });
  }
  const lineage = (pid: number): string[] => {
    const found: string[] = [];
    for (let at: number | undefined = pid; at !== undefined; at = parents.get(at)) {
      const command = commands.get(at);
      if (command !== undefined) found.push(command);
    }
    return found;
  };
  return calls.flatMap(({ pid, call, to }) => {
    const commandsAbove = lineage(pid);
    const isOfExtensions = commandsAbove.some((command) => command.includes("--type=extensionHost"));
    return isOfExtensions ? [{ call, to, by: commandsAbove[0] ?? "" }] : [];
  });
}

function addressOf(text: string): string | null {
  const port = /sin6?_port=htons\((\d+)\)/.exec(text)?.[1];
  const four = /sin_addr=inet_addr\("([^"]+)"\)/.exec(text)?.[1];
  const six = /inet_pton\(AF_INET6, "([^"]+)"/.exec(text)?.[1];
  if (port === undefined) return null;
  return four === undefined ? `[${six ?? "?"}]:${port}` : `${four}:${port}`;
}

/** strace splits a call in two lines when another process is traced in between. */
function joinUnfinished(lines: readonly string[]): string[] {
  const open = new Map<string, string>();
  return lines.flatMap((line) => {
    const pid = /^(\d+)/.exec(line)?.[1] ?? "";
    const begun = /^(.*) <unfinished \.\.\.>$/.exec(line)?.[1];
    if (begun !== undefined) {
      open.set(pid, begun);
      return [];
    }
    const ended = /<\.\.\. \w+ resumed>(.*)$/.exec(line)?.[1];
    if (ended === undefined) return [line];
    const whole = `${open.get(pid) ?? ""}${ended}`;
    open.delete(pid);
    return [whole];
  });
}
