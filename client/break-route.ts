import * as vscode from "vscode";
import { type BreakRouteParams, BreakRouteRequest } from "../shared/protocol.ts";
import type { ServerProcess } from "./server-process.ts";

type Fault = BreakRouteParams["fault"];

/** So long the status bar says what is broken. */
const MESSAGE_MS = 8_000;

/** What each fault does, as a person sees it who watches. */
const faults: readonly { fault: Fault; label: string; detail: string }[] = [
  {
    fault: "500",
    label: "Answers 500",
    detail: "The vendor's server fails; it is asked once more, then the next route.",
  },
  {
    fault: "429",
    label: "Answers 429",
    detail: "Too many requests; the next vendor is asked at once; the key is left alone that long.",
  },
  { fault: "silence", label: "Says nothing", detail: "Connected, then silence before the first word." },
  { fault: "stall", label: "Stops in the middle", detail: "Writes some words and then nothing more." },
  { fault: "cut", label: "Cuts the stream", detail: "Writes some words and closes without the end signal." },
  { fault: "slow", label: "Is slow", detail: "Takes 1.2 s to its first word, then answers as usual." },
  { fault: "refused-key", label: "Refuses the key", detail: "Answers 401." },
  { fault: "none", label: "Works again", detail: "Mends what was broken." },
];

/**
 * "Wayfare: Break a Route": makes one of the playground's models fail in a way of the person's choice, to watch what
 * Wayfare does about it. It is no use for real providers, and offers none.
 */
export function registerBreakRoute(deps: {
  server: Pick<ServerProcess, "start">;
  /** Model ids of the playground; empty while it is off. */
  simulatedModels(): readonly string[];
}): vscode.Disposable {
  return vscode.commands.registerCommand("wayfare.breakRoute", async () => {
    const models = deps.simulatedModels();
    if (models.length === 0) {
      const use = "Use the Playground";
      const picked = await vscode.window.showInformationMessage(
        "Only the playground's simulated models can be broken.",
        use,
      );
      if (picked === use) await vscode.commands.executeCommand("wayfare.usePlayground");
      return;
    }
    try {
      await breakRoute(deps.server, models);
    } catch (error) {
      void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
    }
  });
}

async function breakRoute(server: Pick<ServerProcess, "start">, models: readonly string[]): Promise<void> {
  const title = "Break a Route";
  const modelId = await vscode.window.showQuickPick(models, { title, placeHolder: "Which simulated model?" });
  if (modelId === undefined) return;
  const picked = await vscode.window.showQuickPick(faults, { title, placeHolder: `What happens to ${modelId}?` });
  if (picked === undefined) return;
  const connection = await server.start();
  const now = await connection.request(BreakRouteRequest, { modelId, fault: picked.fault });
  const broken = now.filter(({ fault }) => fault !== "none");
  const words = broken.map((each) => `${each.modelId}: ${labelOf(each.fault)}`).join("; ");
  // Not in a box of its own: it would lie over the question that the person is about to type.
  vscode.window.setStatusBarMessage(
    broken.length === 0 ? "All simulated models work." : `${words} until mended`,
    MESSAGE_MS,
  );
}

function labelOf(fault: Fault): string {
  return (faults.find((each) => each.fault === fault)?.label ?? fault).toLowerCase();
}
