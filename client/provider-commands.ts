import * as vscode from "vscode";
import { presets, resolveBaseUrl } from "../shared/presets.ts";
import {
  FindLocalServersRequest,
  FinishLoginRequest,
  StartLoginRequest,
  type TestConnectionParams,
  TestConnectionRequest,
  type TestConnectionResult,
} from "../shared/protocol.ts";
import { presetIdSchema } from "../shared/settings.ts";
import { addProvider, type NewProvider } from "./add-provider.ts";
import { changeKey } from "./change-key.ts";
import { type Configuration, openSetting } from "./configuration.ts";
import type { LoginDeps } from "./device-login.ts";
import { type Dialog, quickDialog } from "./dialog.ts";
import { editProvider, type ProviderEdit } from "./edit-provider.ts";
import type { Keys } from "./keys.ts";
import type { Log } from "./log.ts";
import type { ServerProcess } from "./server-process.ts";
import {
  listProviders,
  type ProviderChange,
  tierPlaces,
  underFreeId,
  type Writing,
  withChangedProvider,
  withoutProvider,
  withProvider,
} from "./write-providers.ts";

export interface ProviderCommandDeps {
  configuration: Configuration;
  keys: Keys;
  server: ServerProcess;
  log: Log;
  environment: Readonly<Record<string, string | undefined>>;
  openChat(): Promise<void>;
}

/**
 * The commands about providers: add one, change or switch off one, remove one with its key and its places in the tiers,
 * and give one a new key. What they write goes to the person's own settings and to secret storage, never to a workspace.
 */
export function registerProviderCommands(deps: ProviderCommandDeps): vscode.Disposable {
  const dialog = quickDialog();
  return vscode.Disposable.from(
    vscode.commands.registerCommand("wayfare.addProvider", () => add(deps, dialog)),
    vscode.commands.registerCommand("wayfare.removeProvider", () => remove(deps)),
    vscode.commands.registerCommand("wayfare.editProvider", (id: unknown) => edit(deps, dialog, id)),
    vscode.commands.registerCommand("wayfare.changeKey", (id: unknown) => change(deps, dialog, id)),
  );
}

async function add(deps: ProviderCommandDeps, dialog: Dialog): Promise<void> {
  const confirmed = await addProvider({
    dialog,
    taken: takenIds(deps),
    environment: deps.environment,
    findLocalServers: async () => (await deps.server.start()).request(FindLocalServersRequest, {}),
    testConnection: (params, token) => testConnection(deps, params, token),
    login: loginOf(deps),
    showLog: deps.log.show,
  });
  if (confirmed === null) return;
  // The settings may have been written while the dialogs were open, by this person or by another window.
  const added = underFreeId(confirmed, takenIds(deps));
  if (added.id !== confirmed.id) await listModelsAgain(deps, dialog, added);
  const done = await write(
    deps,
    ({ providers, tiers }) => withProvider(providers, tiers, added),
    () => keepKey(deps.keys, added),
  );
  if (!done) return deps.keys.forget(added.id);
  await deps.openChat();
  await tellAdded(deps, added);
}

function takenIds({ configuration }: ProviderCommandDeps): string[] {
  return listProviders(configuration.read().settings.providers).map(({ id }) => id);
}

/** The server keeps a list of models by the provider's id, and the one it has was read for another id. */
async function listModelsAgain(deps: ProviderCommandDeps, dialog: Dialog, added: NewProvider): Promise<void> {
  const { id, preset, baseUrl, key, headers } = added;
  const params = {
    preset,
    providerId: id,
    key,
    ...(baseUrl === null ? {} : { baseUrl }),
    ...(headers === undefined ? {} : { headers }),
  };
  try {
    await dialog.wait(`Asking ${presets[preset].label} for its models…`, (token) =>
      testConnection(deps, params, token),
    );
  } catch (error) {
    // The models that were chosen can be asked without it.
    deps.log.error(`The models of ${id} were not listed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function keepKey(keys: Keys, { id, origin, key }: NewProvider): Promise<void> {
  if (key !== null) await keys.store(id, origin, key);
}

async function tellAdded(deps: ProviderCommandDeps, added: NewProvider): Promise<void> {
  const count = new Set([...added.tiers.cheap, ...added.tiers.frontier]).size;
  const models = count === 1 ? "1 model" : `${count} models`;
  // One of many at their own addresses is known by its id.
  const name = added.preset === "openai-compatible" ? added.id : presets[added.preset].label;
  const message = `${name} is ready with ${models}.`;
  if (deps.configuration.read().settings.playground !== true) {
    void vscode.window.showInformationMessage(message);
    return;
  }
  const leave = "Leave the Playground";
  const picked = await vscode.window.showInformationMessage(`${message} The playground is still on.`, leave);
  if (picked === leave) await vscode.commands.executeCommand("wayfare.leavePlayground");
}

async function remove(deps: ProviderCommandDeps): Promise<void> {
  const id = await pickProvider(deps.configuration.read().settings.providers, "Which provider is to be removed?");
  if (id === null) return;
  const confirm = "Remove";
  const picked = await vscode.window.showWarningMessage(
    `Remove ${id}?`,
    {
      modal: true,
      detail:
        "Its key is deleted from secret storage, and its models leave the tiers. What was spent stays in the books.",
    },
    confirm,
  );
  if (picked !== confirm) return;
  // The key goes last: while the settings still name the provider, it is in use.
  const done = await write(
    deps,
    ({ providers, tiers }) => withoutProvider(providers, tiers, id),
    () => Promise.resolve(),
  );
  if (done) await deps.keys.forget(id);
}

/** The row that a command is about, with its address as it is called; null when there is none or the person left. */
async function findRow(deps: ProviderCommandDeps, given: unknown, placeHolder: string) {
  const { providers } = deps.configuration.read().settings;
  const rows = listProviders(providers);
  const isGiven = rows.some((each) => each.id === given);
  const id = isGiven ? given : await pickProvider(providers, placeHolder);
  const row = rows.find((each) => each.id === id);
  if (row === undefined) return null;
  const preset = presetIdSchema.safeParse(row.preset);
  if (!preset.success) {
    await tell({
      field: "wayfare.providers",
      message: `"${row.preset}" is not a preset. Correct the row of "${row.id}".`,
    });
    return null;
  }
  const resolved = resolveBaseUrl({ preset: preset.data, baseUrl: row.baseUrl ?? undefined });
  if (!resolved.ok) {
    await tell({ field: "wayfare.providers", message: resolved.message });
    return null;
  }
  return { row, preset: preset.data, resolved };
}

async function edit(deps: ProviderCommandDeps, dialog: Dialog, given: unknown): Promise<void> {
  const found = await findRow(deps, given, "Which provider is to be edited?");
  if (found === null) return;
  const { row, preset, resolved } = found;
  const { id } = row;
  const edited = await editProvider({
    dialog,
    provider: {
      ...row,
      preset,
      baseUrl: resolved.baseUrl,
      tiers: tierPlaces(deps.configuration.read().settings.tiers, id),
      key: await deps.keys.of(id, resolved.origin),
    },
    testConnection: (params, token) => testConnection(deps, params, token),
    showLog: deps.log.show,
    openPage,
  });
  if (edited === null) return;
  if (edited.kind === "key") return change(deps, dialog, id);
  const { done, change: changed } = changeOf(edited, id);
  const isMoved = edited.kind === "address" && edited.key !== undefined;
  const written = await write(
    deps,
    ({ providers, tiers }) => withChangedProvider(providers, tiers, id, changed),
    async () => {
      if (isMoved && typeof edited.key === "string") await deps.keys.store(id, edited.origin, edited.key);
    },
  );
  if (edited.kind === "address" && isMoved) {
    // What is not in use has no key: the old address's once it is left, the new one's when it could not be written.
    await deps.keys.forget(id, written ? edited.origin : resolved.origin);
  }
  if (written) void vscode.window.showInformationMessage(done);
}

/** What an edit writes, and what is said when it is written. */
function changeOf(edit: Exclude<ProviderEdit, { kind: "key" }>, id: string): { change: ProviderChange; done: string } {
  switch (edit.kind) {
    case "switch":
      return {
        change: { disabled: edit.disabled },
        done: edit.disabled
          ? `${id} is switched off. Nothing is sent to it; its settings and its key stay.`
          : `${id} is switched on.`,
      };
    case "address":
      return { change: { baseUrl: edit.baseUrl }, done: `${id} is asked at its new address.` };
    case "headers":
      return { change: { headers: edit.headers }, done: `${id} is asked with these headers.` };
    case "models":
      return {
        change: { tiers: edit.tiers, ...(edit.models.length === 0 ? {} : { models: edit.models }) },
        done: `The models of ${id} are chosen.`,
      };
  }
}

async function change(deps: ProviderCommandDeps, dialog: Dialog, given: unknown): Promise<void> {
  const found = await findRow(deps, given, "Which provider gets a new key?");
  if (found === null) return;
  const { row, preset, resolved } = found;
  const changed = await changeKey({
    dialog,
    provider: { id: row.id, preset, baseUrl: resolved.baseUrl, headers: row.headers },
    testConnection: (params, token) => testConnection(deps, params, token),
    login: loginOf(deps),
    showLog: deps.log.show,
  });
  if (changed === null) return;
  const { key } = changed;
  const hasKeys = presets[preset].key !== "none";
  // Together, so that the server takes the new list of models too when the key is the one it has.
  await deps.configuration.together(async () => {
    if (key !== null) await deps.keys.store(row.id, resolved.origin, key);
    else if (hasKeys) await deps.keys.forget(row.id);
  });
  const done = key === null ? `${row.id} is asked without a key now.` : `The new key of ${row.id} is in use.`;
  void vscode.window.showInformationMessage(hasKeys ? done : `The models of ${row.id} were read again.`);
}

function loginOf(deps: ProviderCommandDeps): Omit<LoginDeps, "dialog"> {
  return {
    startLogin: async (params, token) => (await deps.server.start()).request(StartLoginRequest, params, token),
    finishLogin: async (loginId, token) => (await deps.server.start()).request(FinishLoginRequest, { loginId }, token),
    openPage,
  };
}

async function openPage(url: string): Promise<boolean> {
  return vscode.env.openExternal(vscode.Uri.parse(url));
}

async function testConnection(
  deps: ProviderCommandDeps,
  params: TestConnectionParams,
  token: vscode.CancellationToken,
): Promise<TestConnectionResult> {
  return (await deps.server.start()).request(TestConnectionRequest, params, token);
}

/** The id; the only one without a question; null when there is none or the person left. */
async function pickProvider(providers: unknown, placeHolder: string): Promise<string | null> {
  const rows = listProviders(providers);
  if (rows.length === 0) {
    const addProviderLabel = "Add Provider";
    const picked = await vscode.window.showInformationMessage("No provider is set up.", addProviderLabel);
    if (picked === addProviderLabel) await vscode.commands.executeCommand("wayfare.addProvider");
    return null;
  }
  const [only] = rows;
  if (rows.length === 1 && only !== undefined) return only.id;
  const picked = await vscode.window.showQuickPick(
    rows.map(({ id, preset, baseUrl, isOff }) => ({
      label: id,
      description: [presetIdSchema.safeParse(preset).data, baseUrl, isOff ? "switched off" : null]
        .filter((each) => each != null)
        .join(" · "),
    })),
    { placeHolder },
  );
  return picked?.label ?? null;
}

/**
 * Writes settings and key as one change, so that the server never sees half of it. `make` is asked right before each
 * setting is written, with what stands there at that moment. False when it could not be done.
 */
async function write(
  deps: ProviderCommandDeps,
  make: (present: { providers: unknown; tiers: unknown }) => Writing,
  keep: () => Promise<void>,
): Promise<boolean> {
  const makeNow = (): Writing => make(deps.configuration.read().settings);
  try {
    const refused = await deps.configuration.together(async () => {
      const first = makeNow();
      if (!first.ok) return first;
      await keep();
      for (const key of ["providers", "tiers"] as const) {
        const writing = makeNow();
        if (!writing.ok) return writing;
        const configuration = vscode.workspace.getConfiguration("wayfare");
        await configuration.update(key, writing.settings[key], vscode.ConfigurationTarget.Global);
      }
      return null;
    });
    if (refused === null) return true;
    await tell(refused);
    return false;
  } catch (error) {
    // A settings file with a mistake in it cannot be written; VS Code's own words say where it is.
    const message = error instanceof Error ? error.message : String(error);
    deps.log.error(`The settings were not written: ${message}`);
    void vscode.window.showErrorMessage(`Wayfare could not write your settings. ${message}`);
    return false;
  }
}

async function tell({ field, message }: { field: string; message: string }): Promise<void> {
  const openSettings = "Open Settings";
  const picked = await vscode.window.showErrorMessage(message, openSettings);
  if (picked === openSettings) await openSetting(field);
}
