import type { CancellationToken } from "vscode";
import { presets } from "../shared/presets.ts";
import type { TestConnectionParams, TestConnectionResult } from "../shared/protocol.ts";
import type { PresetId } from "../shared/settings.ts";
import { cleanKey, refuseKey } from "./add-provider.ts";
import type { Dialog } from "./dialog.ts";

export interface ChangeKeyDeps {
  dialog: Dialog;
  provider: { id: string; preset: PresetId; baseUrl: string };
  testConnection(params: TestConnectionParams, token: CancellationToken): Promise<TestConnectionResult>;
  showLog(): void;
}

/**
 * "Wayfare: Change Key": asks for the new key, tries it, and gives it back. null when the person left; the old key is
 * then still in use. A key that cannot be tried now (no network) may be kept all the same.
 */
export async function changeKey({ dialog, provider, testConnection, showLog }: ChangeKeyDeps): Promise<string | null> {
  const preset = presets[provider.preset];
  for (;;) {
    const answer = await dialog.enterText({
      title: `New Key of ${provider.id}`,
      step: 1,
      totalSteps: 1,
      prompt: "It replaces the one in VS Code's secret storage once the provider has taken it.",
      placeholder: preset.keyPlaceholder,
      value: "",
      echo: "masked",
      refuse: (text) =>
        cleanKey(text) === ""
          ? "The key is empty. Paste the new key, or press Escape to keep the old one."
          : refuseKey(text, preset.id),
    });
    if (answer.kind !== "value") return null;
    const key = cleanKey(answer.value);
    const next = await tryKey(key, { dialog, provider, testConnection, showLog });
    if (next === "keep") return key;
    if (next === "leave") return null;
  }
}

async function tryKey(key: string, deps: ChangeKeyDeps): Promise<"keep" | "edit" | "leave"> {
  const { dialog, provider, testConnection, showLog } = deps;
  const { label } = presets[provider.preset];
  const params: TestConnectionParams = {
    preset: provider.preset,
    baseUrl: provider.baseUrl,
    providerId: provider.id,
    key,
  };
  for (;;) {
    const result = await dialog.wait(`Asking ${label} for its models…`, (token) =>
      testConnection(params, token).catch((error: unknown): TestConnectionResult => {
        const message = error instanceof Error ? error.message : String(error);
        return { ok: false, failure: { kind: "internal", message } };
      }),
    );
    if (result === null) return "leave";
    if (result.ok) return "keep";
    const actions = ["Try Again", "Edit Key", "Keep It Anyway"];
    const message = `${label} could not be reached with this key.`;
    const { message: detail } = result.failure;
    let picked = await dialog.fail(message, detail, [...actions, "Show Log"], "inFront");
    if (picked === "Show Log") {
      showLog();
      picked = await dialog.fail(message, detail, actions, "aside");
    }
    if (picked === "Edit Key") return "edit";
    if (picked === "Keep It Anyway") return "keep";
    if (picked !== "Try Again") return "leave";
  }
}
