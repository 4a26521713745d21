import { capitalised, shortModel } from "./decision-words.ts";

/** Who answers, in words: the picker and the links under a decision say the same. */

/** `Auto`, `Cheap`, `Frontier`, or a model's own short name. */
export function modeWords(mode: string): string {
  return mode === "auto" || mode === "cheap" || mode === "frontier" ? capitalised(mode) : shortModel(mode);
}

/** `Always frontier here`, `Always gpt-5.4 here`. */
export function alwaysWords(mode: string): string {
  return `Always ${mode === "auto" || mode === "cheap" || mode === "frontier" ? mode : shortModel(mode)} here`;
}

/** `Auto, in this conversation`: what was picked where another mode is kept for the workspace. */
export function onlyHereWords(mode: string): string {
  return `${modeWords(mode)}, in this conversation`;
}

/** The way back from that to what the settings say: `Auto again`. */
export function againWords(usual: string): string {
  return `${modeWords(usual)} again`;
}
