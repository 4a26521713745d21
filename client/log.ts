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
}

export function createLog(
  channel: Pick<LogOutputChannel, "debug" | "info" | "warn" | "error" | "show">,
  redact: (text: string) => string,
): Log {
  const write = ({ level, message }: LogLine): void => channel[level](redact(message));
  return {
    write,
    info: (message) => write({ level: "info", message }),
    error: (message) => write({ level: "error", message }),
    show: () => channel.show(),
  };
}
