import * as vscode from "vscode";

/**
 * "Wayfare: Use the Playground" and "Leave the Playground": simulated models on this machine, free and without a key, so
 * that all of Wayfare can be tried first. It is one of the person's own settings, and all that comes of it says
 * "simulated".
 */
export function registerPlaygroundCommands(openChat: () => Promise<void>): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand("wayfare.usePlayground", async () => {
      if (await writePlayground(true)) await openChat();
    }),
    vscode.commands.registerCommand("wayfare.leavePlayground", async () => {
      // Nothing is written where nothing stood: false is the default.
      await writePlayground(undefined);
    }),
  );
}

async function writePlayground(value: true | undefined): Promise<boolean> {
  try {
    const configuration = vscode.workspace.getConfiguration("wayfare");
    await configuration.update("playground", value, vscode.ConfigurationTarget.Global);
    return true;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    void vscode.window.showErrorMessage(`Wayfare could not write your settings. ${message}`);
    return false;
  }
}
