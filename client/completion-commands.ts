import * as vscode from "vscode";
import { isLanguageOn } from "../shared/is-language-on.ts";
import { AcceptedNotification, type CompletionsState } from "../shared/protocol.ts";
import { clockTime } from "./completion-gate.ts";
import type { Completions } from "./completions.ts";
import type { OtherProviders } from "./other-providers.ts";
import type { ServerProcess } from "./server-process.ts";
import type { Signal } from "./signal.ts";
import type { Snooze } from "./snooze.ts";

export interface CompletionCommandDeps {
  completions: Pick<Completions, "dismiss">;
  snooze: Snooze;
  others: Pick<OtherProviders, "preferWayfare">;
  server: Pick<ServerProcess, "connection">;
  configuration: { completions(): CompletionsState | null; onModels: Signal<unknown>["on"] };
  timeZone(): string | undefined;
  later(delayMs: number, run: () => void): () => void;
}

/**
 * Completions by command: on and off, for one language or all, a pause, Escape while one is under way. On, off and the
 * languages are the person's own settings. Two commands are not for the palette: Escape's, and the one by which an item of
 * ghost text says that it was taken over.
 */
export function registerCompletionCommands(deps: CompletionCommandDeps): vscode.Disposable {
  const { completions, snooze, others, server, configuration } = deps;
  const setContexts = createContexts();
  const follow = (): void =>
    setContexts({
      "wayfare.completionsOn": configuration.completions()?.on === true,
      "wayfare.completionsSnoozed": snooze.untilMs() !== null,
    });

  return vscode.Disposable.from(
    configuration.onModels(follow),
    snooze.onChange(follow),
    vscode.commands.registerCommand("wayfare.dismissCompletion", completions.dismiss),
    vscode.commands.registerCommand("wayfare.completionAccepted", (completionId: unknown) => {
      if (typeof completionId !== "string" || completionId === "") return;
      server.connection()?.notify(AcceptedNotification, { completionId });
    }),
    vscode.commands.registerCommand("wayfare.snoozeCompletions", async () => {
      const picked = await vscode.window.showQuickPick(snoozeLengths, {
        title: "Snooze Completions",
        placeHolder: "No ghost text in this window for …",
      });
      if (picked === undefined) return;
      snooze.start(picked.durationMs);
      const untilMs = snooze.untilMs();
      if (untilMs === null) return;
      const until = untilMs === Number.POSITIVE_INFINITY ? "restart" : clockTime(untilMs, deps.timeZone());
      say(`Completions are snoozed until ${until}.`);
    }),
    vscode.commands.registerCommand("wayfare.resumeCompletions", () => snooze.end()),
    vscode.commands.registerCommand("wayfare.turnOnCompletions", async () => {
      snooze.end();
      others.preferWayfare();
      if (!(await write("completions.enabled", true))) return;
      if (isOffHere("completions.enabled", (value) => value === false)) {
        void vscode.window.showInformationMessage(
          "Completions are on, but the settings of this workspace keep them off here.",
        );
      } else await sayWhetherOn(deps);
    }),
    vscode.commands.registerCommand("wayfare.turnOffCompletions", async () => {
      if (await write("completions.enabled", false)) say("Completions are off.");
    }),
    vscode.commands.registerCommand("wayfare.toggleCompletionsForLanguage", async () => {
      const languageId = vscode.window.activeTextEditor?.document.languageId;
      if (languageId === undefined) {
        say("Open a file first: its language is meant.");
        return;
      }
      const mine = ownLanguages();
      const on = !isLanguageOn(mine, languageId);
      if (!(await write("completions.languages", { ...mine, [languageId]: on }))) return;
      const staysOff = isOffHere("completions.languages", (value) => booleansOf(value)[languageId] === false);
      say(
        on && staysOff
          ? `Completions are on for ${languageId}, but the settings of this workspace keep them off here.`
          : `Completions are ${on ? "on" : "off"} for ${languageId}.`,
      );
    }),
  );
}

const minuteMs = 60_000;
const snoozeLengths = [
  { label: "5 minutes", durationMs: 5 * minuteMs },
  { label: "15 minutes", durationMs: 15 * minuteMs },
  { label: "60 minutes", durationMs: 60 * minuteMs },
  { label: "Until restart", description: "of this window", durationMs: Number.POSITIVE_INFINITY },
];

/** What a command did is shown in the status bar for so long: nobody needs to close it. */
const SAID_MS = 5_000;

/** The server answers a change of settings in some milliseconds; one that does not answer has other troubles. */
const ANSWER_MS = 3_000;

function say(message: string): void {
  void vscode.window.setStatusBarMessage(message, SAID_MS);
}

/** "On" is a wish: what keeps it from coming true is known when the server has read the settings. */
async function sayWhetherOn({ configuration, later }: CompletionCommandDeps): Promise<void> {
  if (configuration.completions()?.on !== true) {
    await new Promise<void>((resolve) => {
      const listener = configuration.onModels(done);
      const cancel = later(ANSWER_MS, done);
      function done(): void {
        listener.dispose();
        cancel();
        resolve();
      }
    });
  }
  const state = configuration.completions();
  const why = state === null || state.on ? null : state.why;
  if (why === null) say("Completions are on.");
  else void vscode.window.showInformationMessage(`Completions are on, and none will come yet: ${why}.`);
}

/** What the person themselves said of each language, with Wayfare's own words for those they did not name. */
function ownLanguages(): Record<string, boolean> {
  const inspected = vscode.workspace.getConfiguration("wayfare").inspect("completions.languages");
  return { ...booleansOf(inspected?.defaultValue), ...booleansOf(inspected?.globalValue) };
}

/** A workspace can only turn completions off. */
function isOffHere(key: string, isOff: (value: unknown) => boolean): boolean {
  const inspected = vscode.workspace.getConfiguration("wayfare").inspect(key);
  return isOff(inspected?.workspaceValue) || isOff(inspected?.workspaceFolderValue);
}

function booleansOf(value: unknown): Record<string, boolean> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]): [string, boolean][] =>
      typeof each === "boolean" ? [[key, each]] : [],
    ),
  );
}

/** Tells VS Code what `when` clauses ask for, each time it is new. */
function createContexts(): (contexts: Readonly<Record<string, boolean>>) => void {
  const told = new Map<string, boolean>();
  return (contexts) => {
    for (const [key, value] of Object.entries(contexts)) {
      if ((told.get(key) ?? false) === value) continue;
      told.set(key, value);
      void vscode.commands.executeCommand("setContext", key, value);
    }
  };
}

async function write(key: string, value: unknown): Promise<boolean> {
  try {
    const configuration = vscode.workspace.getConfiguration("wayfare");
    await configuration.update(key, value, vscode.ConfigurationTarget.Global);
    return true;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    void vscode.window.showErrorMessage(`Wayfare could not write your settings. ${message}`);
    return false;
  }
}
