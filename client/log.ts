import type { LogOutputChannel } from "vscode";
import type { LogLine } from "../shared/protocol.ts";
import type { LogDocument } from "./log-document.ts";

/**
 * The output channel "Wayfare": what the client and the server have to tell, each line through the redactor once more,
 * so that no key is in it whatever a library printed.
 */
export interface Log {
  write(line: LogLine): void;
  info(message: string): void;
  error(message: string): void;
  /** Shows the channel, or where the editor keeps nothing of it, the latest lines as a document. */
  show(): void;
  /** The latest lines, oldest first, as they were written. */
  recent(): readonly string[];
}

/** Enough to see what led to a failure where these are all there is of the log. */
const MAX_RECENT = 500;

export function createLog(
  channel: Pick<LogOutputChannel, "debug" | "info" | "warn" | "error" | "show">,
  redact: (text: string) => string,
  now: () => number,
  document: Pick<LogDocument, "openIfNeeded" | "changed">,
): Log {
  let recent: string[] = [];
  const write = ({ level, message }: LogLine): void => {
    const line = redact(message);
    recent = [...recent.slice(1 - MAX_RECENT), `${new Date(now()).toISOString()} ${level} ${line}`];
    channel[level](line);
    document.changed();
  };
  return {
    write,
    info: (message) => write({ level: "info", message }),
    error: (message) => write({ level: "error", message }),
    show() {
      document
        .openIfNeeded(() => recent)
        .then(
          (isOpen) => {
            if (!isOpen) channel.show();
          },
          () => channel.show(),
        );
    },
    recent: () => recent,
  };
}
