import type { CancellationToken } from "vscode";
import { presets } from "../shared/presets.ts";
import type { TestConnectionParams, TestConnectionResult } from "../shared/protocol.ts";
import type { PresetId } from "../shared/settings.ts";
import { cleanKey, refuseKey } from "./add-provider.ts";
import type { Dialog } from "./dialog.ts";

export interface ChangeKeyDeps {
  dialog: Dialog;
  provider: { id: string; preset: PresetId; baseUrl: string; headers: Readonly<Record<string, string>> };
  testConnection(params: TestConnectionParams, token: CancellationToken): Promise<TestConnectionResult>;
  showLog(): void;
}

/**
 * "Wayfare: Change Key": asks for the new key, tries it, and gives it back; a null key where none is needed. null when
 * the person left; the old key is then still in use. A key that cannot be tried now (no network) may be kept all the
 * same. When the provider takes it, the server has the provider's list of models anew; for one that has no keys that is
 * all that happens.
 */
export async function changeKey({
  dialog,
  provider,
  testConnection,
  showLog,
}: ChangeKeyDeps): Promise<{ key: string | null } | null> {
  const preset = presets[provider.preset];
  const isRequired = preset.key === "required";
  for (;;) {
    if (preset.key === "none") {
      const next = await tryKey(null, { dialog, provider, testConnection, showLog });
      return next === "keep" ? { key: null } : null;
    }
    const answer = await dialog.enterText({
      title: `New Key of ${provider.id}`,
      step: 1,
      totalSteps: 1,
      prompt: `It replaces the one in VS Code's secret storage once the provider has taken it.${isRequired ? "" : " Leave it empty when none is needed."}`,
      placeholder: preset.keyPlaceholder,
      value: "",
      echo: "masked",
      refuse: (text) =>
        isRequired && cleanKey(text) === ""
          ? "The key is empty. Paste the new key, or press Escape to keep the old one."
          : refuseKey(text, preset.id),
    });
    if (answer.kind !== "value") return null;
    const cleaned = cleanKey(answer.value);
    const key = cleaned === "" ? null : cleaned;
    const next = await tryKey(key, { dialog, provider, testConnection, showLog });
    if (next === "keep") return { key };
    if (next === "leave") return null;
  }
}

async function tryKey(key: string | null, deps: ChangeKeyDeps): Promise<"keep" | "edit" | "leave"> {
  const { dialog, provider, testConnection, showLog } = deps;
  const { label, key: keyRule } = presets[provider.preset];
  const params: TestConnectionParams = {
    preset: provider.preset,
    baseUrl: provider.baseUrl,
    providerId: provider.id,
    // What a gateway asks for beside the key, it asks for here too.
    ...(Object.keys(provider.headers).length === 0 ? {} : { headers: { ...provider.headers } }),
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
    const isKeyRefused = result.failure.kind === "auth" && key !== null;
    const first = isKeyRefused ? ["Edit Key", "Try Again"] : ["Try Again", "Edit Key"];
    const actions = keyRule === "none" ? ["Try Again"] : [...first, "Keep It Anyway"];
    const message = isKeyRefused
      ? `${label} did not accept the key.`
      : `${label} could not be reached${key === null ? "" : " with this key"}.`;
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
