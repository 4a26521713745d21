import * as vscode from "vscode";
import type { ModelSummary } from "../shared/answer.ts";
import { type CompletionsState, type ConfigureParams, ConfigureRequest } from "../shared/protocol.ts";
import { type SettingProblem, type Configuration as SharedConfiguration, settingSchemas } from "../shared/settings.ts";
import { readEndpointSettings } from "./endpoint-settings.ts";
import { settingsInFiles } from "./hidden-settings.ts";
import { isKeyEntry, isPassphraseEntry, type Keys } from "./keys.ts";
import type { Log } from "./log.ts";
import { readNetworkSettings, readVia } from "./network-settings.ts";
import { readClientCertificates } from "./read-client-certificates.ts";
import { readExtraCa } from "./read-extra-ca.ts";
import { type Inspect, isSetUp, readSettings, type VettedSettings } from "./read-settings.ts";
import type { Connection } from "./server-process.ts";
import { createSignal, type Signal } from "./signal.ts";

/**
 * Keeps the server's view of settings and keys the person's own: everything is sent when it starts and after each change
 * of a `wayfare.*` or `http.*` setting, a key, or the trust in the workspace. What cannot be used is shown in one warning
 * per change, with the way to the setting.
 */
export interface Configuration {
  /** As it is now; read once, and again after a change. */
  read(): VettedSettings;
  isSetUp(): boolean;
  /** The models of the last answer of the server; empty before. */
  models(): readonly ModelSummary[];
  /** What was wrong with the settings when they were last sent; empty before. */
  problems(): readonly SettingProblem[];
  /** What the server made of the settings about completions; null before it said anything. */
  completions(): CompletionsState | null;
  /** The person's time zone as the chat page knows it: in a container the host's own is UTC. */
  setTimeZone(timeZone: string): void;
  /** Sends everything on a connection that has just come up. Never rejects. */
  prepare(connection: Connection): Promise<void>;
  /** To be called when the server runs: sends what changed after `prepare` and could not be sent while it started. */
  catchUp(): void;
  /** Sends what has changed at once, and resolves when the server has it: a question is asked under what was just set. Never rejects. */
  arrived(): Promise<void>;
  /** Runs `change`, which writes several settings, and sends them together when it is done. */
  together<T>(change: () => Promise<T>): Promise<T>;
  /** After something here changed; the server may not have it yet. */
  readonly onChange: Signal<void>["on"];
  /** After the server answered what it can use. */
  readonly onModels: Signal<readonly ModelSummary[]>["on"];
  dispose(): void;
}

export interface ConfigurationDeps {
  keys: Keys;
  log: Log;
  secrets: Pick<vscode.SecretStorage, "onDidChange">;
  environment: Readonly<Record<string, string | undefined>>;
  /** The running server, or null. */
  connection(): Connection | null;
  /** The person's time zone as an earlier window learnt it. */
  timeZone?: string | null;
}

/** A file of settings is written in pieces; what changes within this time is sent once. */
const SETTLE_MS = 50;
/** What changes while the server starts is sent before anything is asked, but does not hold the start up for ever. */
const MAX_SENDS_AT_START = 3;

export function createConfiguration(deps: ConfigurationDeps): Configuration {
  const changed = createSignal<void>();
  const answered = createSignal<readonly ModelSummary[]>();
  /** Asked for at each letter; reading looks at every key in every folder. */
  let vetted: VettedSettings | null = null;
  let models: readonly ModelSummary[] = [];
  let problems: readonly SettingProblem[] = [];
  let completions: CompletionsState | null = null;
  let timeZone: string | null = deps.timeZone ?? null;
  let shownProblems = "[]";
  const shownNotices = new Set<string>();
  let holds = 0;
  let waiting: NodeJS.Timeout | null = null;
  /** Grows with each change. */
  let version = 0;
  /** What the last server to answer has: nobody else knows whether a change was sent. */
  let known: { connection: Connection; version: number } | null = null;
  /** One request at a time, in order: an older configuration never lands after a newer one. */
  let line: Promise<void> = Promise.resolve();

  const isCurrent = (connection: Connection): boolean => known?.connection === connection && known.version === version;

  /** False when it did not arrive, which is logged. */
  const send = async (connection: Connection): Promise<boolean> => {
    const gathered = version;
    try {
      const gatheredNow = await gather(deps, timeZone);
      const { params } = gatheredNow;
      const result = await connection.request(ConfigureRequest, params);
      known = { connection, version: gathered };
      models = result.models;
      problems = [...gatheredNow.problems, ...result.problems];
      completions = result.completions;
      answered.fire(models);
      for (const notice of result.notices) showNotice(notice);
      showProblems(problems);
      return true;
    } catch (error) {
      deps.log.error(
        `The settings did not reach the server: ${error instanceof Error ? error.message : String(error)}`,
      );
      return false;
    }
  };

  const sendAtStart = async (connection: Connection): Promise<void> => {
    for (let sends = 0; sends < MAX_SENDS_AT_START; sends += 1) {
      const arrived = await send(connection);
      if (!arrived || isCurrent(connection)) return;
    }
  };

  /** What the package lacks does not change with the settings: it is said once, however often they are sent. */
  const showNotice = (notice: string): void => {
    if (shownNotices.has(notice)) return;
    shownNotices.add(notice);
    deps.log.write({ level: "warn", message: notice });
    void warnOfPackage(notice);
  };

  const showProblems = (found: readonly SettingProblem[]): void => {
    const all = JSON.stringify(found);
    if (all === shownProblems) return;
    shownProblems = all;
    for (const problem of found) deps.log.write({ level: "warn", message: describeProblem(problem) });
    const [first] = found;
    if (first !== undefined) void warn(first, found);
  };

  const catchUp = (): void => {
    const connection = deps.connection();
    if (connection === null || holds > 0) return;
    line = line.then(async () => {
      if (!isCurrent(connection)) await send(connection);
    });
  };

  const sendNow = (): void => {
    if (waiting !== null) clearTimeout(waiting);
    waiting = null;
    changed.fire();
    catchUp();
  };

  const sendSoon = (): void => {
    if (holds > 0) return;
    version += 1;
    if (waiting !== null) clearTimeout(waiting);
    waiting = setTimeout(sendNow, SETTLE_MS);
  };

  const read = (): VettedSettings => {
    vetted ??= readNow();
    return vetted;
  };
  const readAgain = (): void => {
    vetted = null;
    sendSoon();
  };
  const listeners = [
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("wayfare")) readAgain();
      else if (event.affectsConfiguration("http")) sendSoon();
    }),
    deps.secrets.onDidChange((event) => {
      // A passphrase that does not fit is told each time one was entered.
      if (isPassphraseEntry(event.key)) shownProblems = "[]";
      if (isKeyEntry(event.key)) sendSoon();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(readAgain),
    vscode.workspace.onDidChangeWorkspaceFolders(readAgain),
  ];

  return {
    read,
    isSetUp: () => isSetUp(read().settings),
    models: () => models,
    problems: () => problems,
    completions: () => completions,
    setTimeZone(next) {
      if (next === timeZone) return;
      timeZone = next;
      sendSoon();
    },
    prepare(connection) {
      // Not behind what is under way: that was for a server which is gone.
      const sent = sendAtStart(connection);
      line = line.then(() => sent);
      return sent;
    },
    catchUp,
    async arrived() {
      if (waiting !== null) sendNow();
      await line;
    },
    async together(change) {
      holds += 1;
      try {
        return await change();
      } finally {
        holds -= 1;
        sendSoon();
      }
    },
    onChange: changed.on,
    onModels: answered.on,
    dispose() {
      if (waiting !== null) clearTimeout(waiting);
      for (const listener of listeners) listener.dispose();
    },
  };
}

/** `wayfare.tiers.cheap[0]: "gpt" names no model. …` */
export function describeProblem({ field, message }: SettingProblem): string {
  return `${field}: ${message}`;
}

/** The doctor's page has all of it: a message that fills half the window hides what one is to mend. */
const LONGEST_PROBLEM = 200;

async function warn(first: SettingProblem, problems: readonly SettingProblem[]): Promise<void> {
  const fields = [...new Set(problems.map(({ field }) => field))].filter((field) => field !== first.field);
  const rest = fields.length > 1 ? ` and ${fields.length - 1} more` : "";
  const more = fields.length === 0 ? "" : ` Also: ${fields[0]}${rest}.`;
  const words = describeProblem(first);
  const short = words.length > LONGEST_PROBLEM ? `${words.slice(0, LONGEST_PROBLEM - 1)}…` : words;
  const openSettings = "Open Settings";
  const changeKey = "Change Key";
  const enterPassphrase = "Enter Passphrase";
  const mend = first.mend === undefined ? [] : [first.mend === "changeKey" ? changeKey : enterPassphrase];
  const openDoctor = "Open Doctor";
  const buttons = [...mend, openSettings, ...(fields.length > 0 || short !== words ? [openDoctor] : [])];
  const picked = await vscode.window.showWarningMessage(`${short}${more}`, ...buttons);
  if (picked === changeKey) await vscode.commands.executeCommand("wayfare.changeKey");
  if (picked === enterPassphrase) await vscode.commands.executeCommand("wayfare.enterPassphrase");
  if (picked === openSettings) await openSetting(first.field);
  if (picked === openDoctor) await vscode.commands.executeCommand("wayfare.doctor");
}

async function warnOfPackage(notice: string): Promise<void> {
  const picked = await vscode.window.showWarningMessage(notice, "Show Extension");
  if (picked !== undefined) {
    await vscode.commands.executeCommand("workbench.extensions.search", "@id:wayfare.wayfare");
  }
}

/** Opens the settings at the key that `field` speaks of: `wayfare.providers[0].baseUrl` is found as `wayfare.providers`. */
export async function openSetting(field: string): Promise<void> {
  const name = field.replace(/^wayfare\.?/, "");
  const known = Object.keys(settingSchemas).filter(
    (key) => `${name}.`.startsWith(`${key}.`) || name.startsWith(`${key}[`),
  );
  // The longest: "budget.workspace.daily" is no part of "budget".
  const key = known.sort((a, b) => b.length - a.length)[0];
  const found = key === undefined ? (/^budget(\.|$)/.test(name) ? "wayfare.budget" : "wayfare") : `wayfare.${key}`;
  await vscode.commands.executeCommand("workbench.action.openSettings", found);
}

async function gather(
  deps: ConfigurationDeps,
  timeZone: string | null,
): Promise<{ params: ConfigureParams; problems: SettingProblem[] }> {
  const hidden = await settingsInFiles(workspaceFiles(), (uri) => vscode.workspace.fs.readFile(uri));
  const { settings, extraCaFile, clientCertificates, via, endpoint, problems } = readNow(hidden);
  const inHttp = vscode.workspace.getConfiguration("http");
  const readFile = async (path: string) => vscode.workspace.fs.readFile(vscode.Uri.file(path));
  const extraCa = await readExtraCa(extraCaFile, readFile);
  const own = await readClientCertificates(clientCertificates, { readFile, readPassphrase: deps.keys.readPassphrase });
  const way = readVia(via);
  const network: SharedConfiguration["network"] = {
    ...readNetworkSettings((key) => inHttp.inspect(key), deps.environment),
    ...(extraCa.pem === null ? {} : { extraCaPem: extraCa.pem }),
    ...(way.via === "server" ? {} : { via: way.via }),
    ...(own.certificates.length === 0 ? {} : { clientCertificates: own.certificates }),
  };
  const ofNetwork = [...[extraCa.problem, way.problem].filter((each) => each !== null), ...own.problems];
  const all = [...problems, ...ofNetwork, ...readEndpointSettings(endpoint).problems];
  return {
    params: {
      configuration: { ...settings, network },
      keys: await deps.keys.read(settings.providers),
      trusted: vscode.workspace.isTrusted,
      ...(timeZone === null ? {} : { timeZone }),
      ...(all.length === 0 ? {} : { problems: all }),
    },
    problems: all,
  };
}

/** Where a workspace's own settings are written. */
function workspaceFiles(): vscode.Uri[] {
  const { workspaceFile, workspaceFolders } = vscode.workspace;
  const inFolders = (workspaceFolders ?? []).map(({ uri }) => vscode.Uri.joinPath(uri, ".vscode", "settings.json"));
  return workspaceFile === undefined || workspaceFile.scheme === "untitled" ? inFolders : [workspaceFile, ...inFolders];
}

function readNow(hidden?: ReadonlySet<string>): VettedSettings {
  const window = vscode.workspace.getConfiguration("wayfare");
  const folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }): Inspect => {
    const inFolder = vscode.workspace.getConfiguration("wayfare", uri);
    return (key) => inFolder.inspect(key);
  });
  return readSettings([(key) => window.inspect(key), ...folders], hidden);
}
