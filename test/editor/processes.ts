import { readdirSync, readFileSync } from "node:fs";

/** A process as /proc shows it. */
interface Process {
  pid: number;
  parent: number;
  command: string;
}

/** All descendants of a process, itself left out. */
export function descendantsOf(root: number): Process[] {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)));
  const found: Process[] = [];
  let parents = new Set([root]);
  while (parents.size > 0) {
    const children = all.filter((each) => parents.has(each.parent));
    found.push(...children);
    parents = new Set(children.map((each) => each.pid));
  }
  return found;
}

/** The pid of Wayfare's language server under an editor, or null while there is none. */
export function serverPid(editorPid: number): number | null {
  return descendantsOf(editorPid).find((each) => each.command.includes("dist/server/main.js"))?.pid ?? null;
}

function readProcess(pid: number): Process[] {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, "utf8");
    // "pid (name) state parent …": the name may hold spaces and brackets.
    const parent = Number(status.slice(status.lastIndexOf(")") + 2).split(" ")[1]);
    return [{ pid, parent, command: readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ") }];
  } catch {
    // It ended between the listing and the reading.
    return [];
  }
}
