import * as vscode from "vscode";
import { lastWords } from "./last-lines.ts";
import { runTests, type TestEnd, type TestRun } from "./run-tests.ts";
import { askForTests, type TestCommand, type TestConsent } from "./test-command.ts";
import type { TestEvidence } from "./webview/messages.ts";

/** A person waits for it; longer test runs are for a terminal. */
const LIMIT_SECONDS = 60;
/** Of the last line, what a side bar shows in a few lines. */
const MAX_LAST_LINE = 200;

/** The person's tests over one document into which code was inserted. */
export interface InsertedTests {
  /** Runs them, after the first asking, or tells why they cannot be run any more; does nothing while they run. */
  run(): Promise<void>;
  stop(): void;
  /** Nothing more is told; what runs is ended. */
  dispose(): void;
}

export interface InsertedTestsDeps {
  command: TestCommand;
  /** The variables a test command sees. */
  environment: Record<string, string>;
  output: { write(lines: readonly string[]): void };
}

/**
 * Offers the test command for a document, by `onChange`; runs it at once where the person has allowed that. null where
 * nothing may be run: no command, "never", a workspace that is not trusted, a document on no disk or in no folder of it.
 */
export function offerTests(
  document: vscode.TextDocument,
  { command: tests, environment, output }: InsertedTestsDeps,
  onChange: (evidence: TestEvidence) => void,
): InsertedTests | null {
  const folder = vscode.workspace.getWorkspaceFolder(document.uri);
  const file = document.uri.path.slice(document.uri.path.lastIndexOf("/") + 1);
  if (typeof allowed(tests) === "string" || folder === undefined || folder.uri.scheme !== "file") return null;
  let isBusy = false;
  let isOver = false;
  let running: TestRun | null = null;
  const tell = (evidence: TestEvidence): void => {
    if (!isOver) onChange(evidence);
  };

  const mayRun = async (set: { command: string; consent: TestConsent }): Promise<boolean> => {
    if (set.consent !== "unasked") return true;
    const said = await askForTests({ command: set.command, folder, file, limitSeconds: LIMIT_SECONDS });
    // Another command was set meanwhile, and this was not said of it.
    if (said === null || tests.read()?.command !== set.command) return false;
    tests.allow(said);
    if (said === "never") tell({ state: "never" });
    return said !== "never";
  };
  const runNow = async (): Promise<void> => {
    const set = allowed(tests);
    if (typeof set === "string") return tell({ state: "unrun", why: set });
    if (!(await mayRun(set)) || isOver) return;
    tell({ state: "running" });
    // Tests read the disk, and what was inserted is not there yet.
    if (document.isDirty && !(await document.save()))
      return tell({ state: "unrun", why: `${file} could not be saved` });
    if (isOver) return;
    const run = runTests({
      command: set.command,
      folder: folder.uri.fsPath,
      environment,
      limitMs: LIMIT_SECONDS * 1_000,
    });
    running = run;
    const { end, lines } = await run.ended;
    running = null;
    if (isOver) return;
    output.write([`> ${set.command}`, "", ...lines, "", inWords(end)]);
    tell(evidenceOf(end, lines));
  };

  const all: InsertedTests = {
    async run() {
      if (isBusy) return;
      isBusy = true;
      try {
        await runNow();
      } finally {
        isBusy = false;
      }
    },
    stop: () => running?.stop(),
    dispose() {
      isOver = true;
      running?.kill();
    },
  };
  tell({ state: "ready" });
  return all;
}

/** What may be run here as things are, which change under buttons that are shown; or in words why nothing may. */
function allowed(tests: TestCommand): { command: string; consent: TestConsent } | string {
  const set = tests.read();
  if (set === null) return "no test command is set";
  if (!vscode.workspace.isTrusted) return "nothing is run in Restricted Mode";
  return set.consent === "never" ? "that was refused here" : set;
}

function evidenceOf(end: TestEnd, lines: readonly string[]): TestEvidence {
  const lastLine = lastWords(lines, MAX_LAST_LINE);
  switch (end.kind) {
    case "passed":
      return { state: "passed" };
    case "failed":
      return { state: "failed", how: end.how, lastLine };
    case "unrun":
      return { state: "unrun", why: lastLine === "" ? end.why : `${end.why}: ${lastLine}` };
    case "timedOut":
      return { state: "timedOut", seconds: LIMIT_SECONDS };
    case "stopped":
      return { state: "stopped" };
  }
}

/** How it ended, under what it printed. */
function inWords(end: TestEnd): string {
  switch (end.kind) {
    case "passed":
      return "Ended with exit 0.";
    case "failed":
      return `Ended with ${end.how}.`;
    case "unrun":
      return `Did not run: ${end.why}.`;
    case "timedOut":
      return `Ended after ${LIMIT_SECONDS} s.`;
    case "stopped":
      return "Stopped.";
  }
}
