import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { inRoot } from "./root.ts";

/** The file a newcomer sees first; the playground's models know it. */
export const firstFile = "src/duration.ts";

/**
 * Gives the person their own copy of the sample project, kept from run to run so that their edits are; the file shown
 * first is put back when it is gone, since the editor opens it by name.
 */
export function copySample(target: string): void {
  const source = inRoot("media", "sample");
  if (!existsSync(join(target, "README.md"))) cpSync(source, target, { recursive: true });
  const first = join(target, firstFile);
  if (!existsSync(first)) {
    mkdirSync(dirname(first), { recursive: true });
    cpSync(join(source, firstFile), first);
  }
}

/** Settings of a first start: the workbench without its own welcome and assistant, and Wayfare's playground. */
export const firstSettings = {
  "workbench.startupEditor": "none",
  "workbench.secondarySideBar.defaultVisibility": "visible",
  "workbench.tips.enabled": false,
  "chat.disableAIFeatures": true,
  "extensions.ignoreRecommendations": true,
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "git.openRepositoryInParentFolders": "never",
  // The playground's own port is nobody's to open, and the toast about it lies over the question.
  "remote.autoForwardPorts": false,
} as const;

/**
 * Writes the user settings of a first start, once: later the file is the person's. Only the playground is still touched:
 * switched off when `playground` is "off", on when it was never decided and no provider is set up. A file that is not
 * plain JSON (comments are allowed there) is left alone.
 */
export function seedSettings(userData: string, playground: "on" | "off"): void {
  const file = join(userData, "User", "settings.json");
  mkdirSync(dirname(file), { recursive: true });
  const settings = existsSync(file) ? parseSettings(readFileSync(file, "utf8")) : { ...firstSettings };
  if (settings === null) return;
  const providers = settings["wayfare.providers"];
  const hasProvider = Array.isArray(providers) && providers.length > 0;
  if (playground === "off") settings["wayfare.playground"] = false;
  else if (settings["wayfare.playground"] === undefined && !hasProvider) settings["wayfare.playground"] = true;
  writeFileSync(file, `${JSON.stringify(settings, null, 2)}\n`);
}

function parseSettings(text: string): Record<string, unknown> | null {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed) ? { ...parsed } : null;
  } catch {
    // Comments or a half-made edit: the person's own file, to be left as it is.
    return null;
  }
}
