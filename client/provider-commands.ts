import * as vscode from "vscode";
import { presets, resolveBaseUrl } from "../shared/presets.ts";
import {
  FindLocalServersRequest,
  type TestConnectionParams,
  TestConnectionRequest,
  type TestConnectionResult,
} from "../shared/protocol.ts";
import { presetIdSchema } from "../shared/settings.ts";
import { addProvider, type NewProvider } from "./add-provider.ts";
import { changeKey } from "./change-key.ts";
import { type Configuration, openSetting } from "./configuration.ts";
import { type Dialog, quickDialog } from "./dialog.ts";
import type { Keys } from "./keys.ts";
import type { Log } from "./log.ts";
import type { ServerProcess } from "./server-process.ts";
import { listProviders, type Writing, withoutProvider, withProvider } from "./write-providers.ts";

export interface ProviderCommandDeps {
  configuration: Configuration;
  keys: Keys;
  server: ServerProcess;
  log: Log;
  environment: Readonly<Record<string, string | undefined>>;
  openChat(): Promise<void>;
}

/**
 * The three commands about providers: add one, remove one with its key and its places in the tiers, and give one a new
 * key. What they write goes to the person's own settings and to secret storage, never to a workspace.
 */
export function registerProviderCommands(deps: ProviderCommandDeps): vscode.Disposable {
  const dialog = quickDialog();
  return vscode.Disposable.from(
    vscode.commands.registerCommand("wayfare.addProvider", () => add(deps, dialog)),
    vscode.commands.registerCommand("wayfare.removeProvider", () => remove(deps)),
    vscode.commands.registerCommand("wayfare.changeKey", () => change(deps, dialog)),
  );
}

async function add(deps: ProviderCommandDeps, dialog: Dialog): Promise<void> {
  const { providers, tiers } = deps.configuration.read().settings;
  const rows = listProviders(providers);
  const added = await addProvider({
    dialog,
    taken: rows.map(({ id }) => id),
    environment: deps.environment,
    findLocalServers: async () => (await deps.server.start()).request(FindLocalServersRequest, {}),
    testConnection: (params, token) => testConnection(deps, params, token),
    showLog: deps.log.show,
  });
  if (added === null) return;
  const writing = withProvider(providers, tiers, added);
  const done = await write(deps, writing, () => keepKey(deps.keys, added));
  if (!done) return deps.keys.forget(added.id);
  await deps.openChat();
  await tellAdded(deps, added);
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
  const { providers, tiers } = deps.configuration.read().settings;
  const id = await pickProvider(providers, "Which provider is to be removed?");
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
  const done = await write(deps, withoutProvider(providers, tiers, id), () => Promise.resolve());
  if (done) await deps.keys.forget(id);
}

async function change(deps: ProviderCommandDeps, dialog: Dialog): Promise<void> {
  const { providers } = deps.configuration.read().settings;
  const id = await pickProvider(providers, "Which provider gets a new key?");
  const row = listProviders(providers).find((each) => each.id === id);
  const preset = presetIdSchema.safeParse(row?.preset);
  if (row === undefined || !preset.success) return;
  const resolved = resolveBaseUrl({ preset: preset.data, baseUrl: row.baseUrl ?? undefined });
  if (!resolved.ok) {
    await tell({ field: "wayfare.providers", message: resolved.message });
    return;
  }
  const key = await changeKey({
    dialog,
    provider: { id: row.id, preset: preset.data, baseUrl: resolved.baseUrl },
    testConnection: (params, token) => testConnection(deps, params, token),
    showLog: deps.log.show,
  });
  if (key === null) return;
  await deps.keys.store(row.id, resolved.origin, key);
  void vscode.window.showInformationMessage(`The new key of ${row.id} is in use.`);
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
    rows.map(({ id, preset, baseUrl }) => ({
      label: id,
      description: [presetIdSchema.safeParse(preset).data, baseUrl].filter((each) => each != null).join(" · "),
    })),
    { placeHolder },
  );
  return picked?.label ?? null;
}

/** Writes settings and key as one change, so that the server never sees half of it. False when it could not be done. */
async function write(deps: ProviderCommandDeps, writing: Writing, keep: () => Promise<void>): Promise<boolean> {
  if (!writing.ok) {
    await tell(writing);
    return false;
  }
  try {
    await deps.configuration.together(async () => {
      const configuration = vscode.workspace.getConfiguration("wayfare");
      await keep();
      await configuration.update("providers", writing.settings.providers, vscode.ConfigurationTarget.Global);
      await configuration.update("tiers", writing.settings.tiers, vscode.ConfigurationTarget.Global);
    });
    return true;
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
