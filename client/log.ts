import type { LogOutputChannel } from "vscode";
import type { LogLine } from "../shared/protocol.ts";

/**
 * The output channel "Wayfare": what the client and the server have to tell, each line through the redactor once more,
 * so that no key is in it whatever a library printed.
 */
export interface Log {
  write(line: LogLine): void;
  info(message: string): void;
  error(message: string): void;
  show(): void;
  /** The latest lines, oldest first, as they were written; for diagnostics. */
  recent(): readonly string[];
}

/** Enough to see what led to a failure, and short enough to paste. */
const MAX_RECENT = 60;

export function createLog(
  channel: Pick<LogOutputChannel, "debug" | "info" | "warn" | "error" | "show">,
  redact: (text: string) => string,
  now: () => number,
): Log {
  let recent: string[] = [];
  const write = ({ level, message }: LogLine): void => {
    const line = redact(message);
    recent = [...recent.slice(1 - MAX_RECENT), `${new Date(now()).toISOString()} ${level} ${line}`];
    channel[level](line);
  };
  return {
    write,
    info: (message) => write({ level: "info", message }),
    error: (message) => write({ level: "error", message }),
    show: () => channel.show(),
    recent: () => recent,
  };
}
