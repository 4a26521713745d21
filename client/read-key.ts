import { namesCredentials, presets } from "../shared/presets.ts";
import type { PresetId } from "../shared/settings.ts";

/** Why this cannot be the key, or null.  */
export function refuseKey(text: string, presetId: PresetId): string | null {
  const preset = presets[presetId];
  const key = cleanKey(text);
  if (key === "") {
    return preset.key === "required"
      ? `The key is empty. Paste your ${preset.label} key, or press Escape to leave everything as it is.`
      : null;
  }
  // What a header cannot carry; most often a whole line of a shell script was pasted.
  if (!/^[\x21-\x7e]+$/.test(key) && !namesCredentials(key))
    return "A key has no spaces, line breaks or accents. Paste the key alone.";
  return null;
}

/** What people paste around a key, taken off. */
export function cleanKey(text: string): string {
  return text
    .trim()
    .replace(/^bearer\s+/i, "")
    .replace(/^(["'])(.*)\1$/, "$2");
}
