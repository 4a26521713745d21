import { presets } from "../shared/presets.ts";
import type { TestConnectionParams } from "../shared/protocol.ts";
import type { PresetId } from "../shared/settings.ts";
import { askForLogin, type LoginDeps } from "./device-login.ts";
import { cleanKey, refuseKey } from "./read-key.ts";
import { type TryDeps, tryProvider } from "./try-provider.ts";

export interface ChangeKeyDeps extends Omit<TryDeps, "openPage"> {
  login: Omit<LoginDeps, "dialog">;
  provider: { id: string; preset: PresetId; baseUrl: string; headers: Readonly<Record<string, string>> };
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
  login,
  showLog,
}: ChangeKeyDeps): Promise<{ key: string | null } | null> {
  const preset = presets[provider.preset];
  const isRequired = preset.key === "required";
  const deps = { dialog, provider, testConnection, login, showLog };
  for (;;) {
    if (preset.key === "none") {
      const next = await tryKey(null, deps);
      return next === "keep" ? { key: null } : null;
    }
    const title = `New Key of ${provider.id}`;
    if (preset.deviceLogin === true) {
      const { preset: presetId, baseUrl } = provider;
      const outcome = await askForLogin(
        { dialog, ...login },
        { preset: presetId, baseUrl },
        { title, step: 1, totalSteps: 2 },
      );
      if (outcome.state === "left" || outcome.state === "back") return null;
      if (outcome.state === "key") {
        const next = await tryKey(outcome.key, deps);
        if (next === "keep") return { key: outcome.key };
        if (next === "leave") return null;
        continue;
      }
    }
    const answer = await dialog.enterText({
      title,
      step: preset.deviceLogin === true ? 2 : 1,
      totalSteps: preset.deviceLogin === true ? 2 : 1,
      prompt: `It replaces the one in VS Code's secret storage once the provider has taken it.${isRequired ? "" : " Leave it empty when none is needed."}`,
      placeholder: preset.keyPlaceholder,
      value: "",
      echo: "masked",
      refuse: (text) =>
        isRequired && cleanKey(text) === ""
          ? "The key is empty. Paste the new key, or press Escape to keep the old one."
          : refuseKey(text, preset.id),
    });
    if (answer.kind === "back") continue;
    if (answer.kind === "cancelled") return null;
    const cleaned = cleanKey(answer.value);
    const key = cleaned === "" ? null : cleaned;
    const next = await tryKey(key, deps);
    if (next === "keep") return { key };
    if (next === "leave") return null;
  }
}

async function tryKey(key: string | null, deps: ChangeKeyDeps): Promise<"keep" | "edit" | "leave"> {
  const { provider } = deps;
  const hasKeys = presets[provider.preset].key !== "none";
  const params: TestConnectionParams = {
    preset: provider.preset,
    baseUrl: provider.baseUrl,
    providerId: provider.id,
    // What a gateway asks for beside the key, it asks for here too.
    ...(Object.keys(provider.headers).length === 0 ? {} : { headers: { ...provider.headers } }),
    key,
  };
  const tried = await tryProvider(
    params,
    { ...deps, openPage: deps.login.openPage },
    {
      waysBack: hasKeys ? [{ words: "Edit Key", isForKey: true }] : [],
      keeping: hasKeys ? "mayKeep" : "mustAnswer",
    },
  );
  if (tried.state === "left") return "leave";
  return tried.state === "back" ? "edit" : "keep";
}
