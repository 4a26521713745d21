import assert from "node:assert/strict";
import * as vscode from "vscode";

/**
 * Checks from inside the extension host, for editors that no browser drives: `npm run test:desktop` gives this file to
 * a desktop VS Code. It throws at the first thing that is not as it must be.
 */
export async function run(): Promise<void> {
  for (const [name, check] of Object.entries(checks)) {
    await check();
    console.log(`ok ${name}`);
  }
}

const checks: Readonly<Record<string, () => Promise<void>>> = {
  async "Wayfare is activated after start"() {
    const extension = vscode.extensions.getExtension("wayfare.wayfare");
    assert.ok(extension, "wayfare.wayfare is not installed");
    await extension.activate();
    assert.equal(extension.isActive, true);
  },
  async "every command of the manifest is registered"() {
    const manifest: { contributes: { commands: { command: string }[] } } =
      vscode.extensions.getExtension("wayfare.wayfare")?.packageJSON;
    const registered = new Set(await vscode.commands.getCommands(true));
    const missing = manifest.contributes.commands.map(({ command }) => command).filter((each) => !registered.has(each));
    assert.deepEqual(missing, []);
  },
  async "no server runs before anything is set up"() {
    assert.equal(await (await api()).serverPid(), null);
  },
  async "the playground's server starts when the chat is opened, and knows its ledger"() {
    await vscode.workspace.getConfiguration("wayfare").update("playground", true, vscode.ConfigurationTarget.Global);
    await vscode.commands.executeCommand("wayfare.chat.focus");
    const { serverPid, facts } = await api();
    const deadline = Date.now() + 20_000;
    while (serverPid() === null && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 100));
    assert.ok(serverPid(), "the server did not start within 20 seconds");
    const { ledgerPath, ledgerProblem } = await facts();
    assert.equal(ledgerProblem, null);
    assert.match(ledgerPath ?? "", /wayfare\.sqlite$/);
  },
};

interface Api {
  serverPid(): number | null;
  facts(): Promise<{ ledgerPath: string | null; ledgerProblem: string | null }>;
}

async function api(): Promise<Api> {
  const extension = vscode.extensions.getExtension<Api>("wayfare.wayfare");
  assert.ok(extension);
  return extension.activate();
}
