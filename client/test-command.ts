import * as vscode from "vscode";
import * as z from "zod";

/** How a person's test command is run here: not asked yet, by the button, after each insertion by itself, not at all. */
export type TestConsent = "unasked" | "by hand" | "always" | "never";

/**
 * The person's own test command of this workspace and what they have allowed it. Both are kept with the extension, not in
 * a setting: what is executed must never come from a file that a repository brings, and one command for all workspaces,
 * which a setting of application scope would be, fits no two projects.
 */
export interface TestCommand {
  /** null: none is set. */
  read(): { command: string; consent: TestConsent } | null;
  /** Another command, or none, is something else to allow: it is asked anew. */
  set(command: string | null): void;
  /** What the person said of the command that is set. */
  allow(consent: TestConsent): void;
}

const KEY = "wayfare.testCommand";
const recordSchema = z
  .object({ command: z.string().min(1), consent: z.enum(["unasked", "by hand", "always", "never"]) })
  .nullable()
  .catch(null);

export function createTestCommand({
  memory,
  log,
}: {
  memory: { get(key: string): unknown; update(key: string, value: unknown): Thenable<void> };
  log(message: string): void;
}): TestCommand {
  // Said and read here first: what is stored may be stored late.
  let kept = recordSchema.parse(memory.get(KEY) ?? null);
  const keep = (next: typeof kept): void => {
    kept = next;
    memory
      .update(KEY, next ?? undefined)
      .then(undefined, (error: unknown) => log(`The test command was not stored: ${String(error)}`));
  };
  return {
    read: () => kept,
    set: (command) => keep(command === null ? null : { command, consent: "unasked" }),
    allow(consent) {
      if (kept !== null) keep({ ...kept, consent });
    },
  };
}

/** "Wayfare: Set Test Command…". */
export function registerTestCommand(tests: TestCommand): vscode.Disposable {
  return vscode.commands.registerCommand("wayfare.setTestCommand", async () => {
    if (!vscode.workspace.isTrusted) {
      void vscode.window.showInformationMessage("Nothing is run in Restricted Mode. Trust this workspace first.");
      return;
    }
    if (vscode.workspace.workspaceFolders === undefined) {
      void vscode.window.showInformationMessage("Open a folder first: the test command runs in it.");
      return;
    }
    const command = await vscode.window.showInputBox({
      title: "Set Test Command",
      prompt: "Offered after you insert code of an answer. It runs in the workspace folder. Empty: none.",
      placeHolder: "npm test",
      value: tests.read()?.command ?? "",
    });
    if (command !== undefined) tests.set(command.trim() === "" ? null : command.trim());
  });
}

const RUN = "Run";
const ALWAYS = "Always Here After an Insert";
const NEVER = "Never Here";

/** Asks, once for a workspace and its command, whether it may be run; null: the person has not decided. */
export async function askForTests(about: {
  command: string;
  folder: vscode.WorkspaceFolder;
  file: string;
  limitSeconds: number;
}): Promise<Exclude<TestConsent, "unasked"> | null> {
  const { command, folder, file, limitSeconds } = about;
  const answer = await vscode.window.showInformationMessage(
    `Run "${command}" in ${folder.name}?`,
    {
      modal: true,
      detail: `It runs in ${folder.uri.fsPath} as in a terminal, for ${limitSeconds} s at most, and without keys in its environment. ${file} is saved first. You are asked once here; "Wayfare: Set Test Command…" changes it.`,
    },
    RUN,
    ALWAYS,
    NEVER,
  );
  if (answer === RUN) return "by hand";
  if (answer === ALWAYS) return "always";
  return answer === NEVER ? "never" : null;
}
