import type { PresetId } from "../shared/settings.ts";

/**
 * An id for a new provider: the preset's name, or what its address is called by ("https://api.deepseek.com" is
 * `deepseek`), with a number when that is taken. It names the provider in settings and never changes.
 */
export function nameProvider(preset: PresetId, baseUrl: string, taken: readonly string[]): string {
  const name = preset === "openai-compatible" ? nameOf(baseUrl) : preset;
  if (!taken.includes(name)) return name;
  let number = 2;
  while (taken.includes(`${name}-${number}`)) number += 1;
  return `${name}-${number}`;
}

function nameOf(baseUrl: string): string {
  const host = URL.canParse(baseUrl) ? new URL(baseUrl).hostname : "";
  if (host === "localhost" || /^[\d.]+$/.test(host) || host.startsWith("[")) return "local";
  const labels = host.split(".");
  const label = labels.length > 1 ? labels.at(-2) : labels[0];
  const name = (label ?? "")
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 30);
  return name === "" ? "provider" : name;
}
