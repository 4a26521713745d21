import type { Failure, FailureKind } from "../../shared/failure.ts";
import { element, icon, textButton } from "./element.ts";
import type { FromPage } from "./messages.ts";

type Command = Extract<FromPage, { type: "command" }>["command"];

export interface FailureActions {
  command(command: Command): void;
  /** null where there is nothing to ask again. */
  retry: (() => void) | null;
}

const commandWords: Record<Command, string> = {
  addProvider: "Add a provider",
  changeKey: "Change the key",
  usePlayground: "Use the playground",
  openSettings: "Open settings",
  showLog: "Show log",
  restartServer: "Restart the server",
};

/** What mends each kind of failure, the likeliest first. Asking again comes first where it may simply work. */
const waysOut: Record<FailureKind, { retry: "first" | "last"; commands: Command[] }> = {
  network: { retry: "first", commands: ["openSettings", "showLog"] },
  silence: { retry: "first", commands: ["showLog"] },
  stall: { retry: "first", commands: ["showLog"] },
  truncated: { retry: "first", commands: ["showLog"] },
  "rate-limit": { retry: "first", commands: ["showLog"] },
  overloaded: { retry: "first", commands: ["showLog"] },
  "server-error": { retry: "first", commands: ["showLog"] },
  auth: { retry: "last", commands: ["changeKey", "openSettings"] },
  quota: { retry: "last", commands: ["addProvider", "openSettings"] },
  "unknown-model": { retry: "last", commands: ["openSettings"] },
  "context-length": { retry: "last", commands: ["showLog"] },
  "bad-request": { retry: "last", commands: ["openSettings", "showLog"] },
  "content-filter": { retry: "last", commands: ["showLog"] },
  "not-an-api": { retry: "last", commands: ["openSettings", "showLog"] },
  malformed: { retry: "first", commands: ["showLog"] },
  empty: { retry: "first", commands: ["showLog"] },
  budget: { retry: "last", commands: ["openSettings"] },
  setup: { retry: "last", commands: ["addProvider", "openSettings"] },
  ledger: { retry: "last", commands: ["showLog"] },
  internal: { retry: "first", commands: ["showLog", "restartServer"] },
};

function waysOutOf(failure: Failure): (typeof waysOut)[FailureKind] {
  const ways = waysOut[failure.kind];
  if (failure.kind !== "setup" || failure.mend === undefined) return ways;
  // The provider is there; adding one would make a second.
  return { ...ways, commands: [failure.mend, ...ways.commands.filter((command) => command !== "addProvider")] };
}

/** A failure in its own words, with the ways out of it. */
export function failureBlock(failure: Failure, actions: FailureActions): HTMLElement {
  const ways = waysOutOf(failure);
  const row = element("div", { class: "block-actions" });
  const { retry } = actions;
  const again = retry === null ? null : () => retry();
  if (again !== null && ways.retry === "first") row.append(textButton("Retry", "primary", again));
  for (const command of ways.commands) {
    row.append(
      textButton(commandWords[command], row.childElementCount === 0 ? "primary" : "secondary", () =>
        actions.command(command),
      ),
    );
  }
  if (again !== null && ways.retry === "last") row.append(textButton("Retry", "secondary", again));
  return element(
    "div",
    { class: "block failure", role: "group", "aria-label": "Error" },
    icon("error"),
    element("div", { class: "block-body" }, element("p", { class: "block-words" }, failure.message), row),
  );
}
