import type { AcceptedCodeParams } from "../shared/report.ts";
import type { TakenCode } from "./webview/messages.ts";

export type AcceptedCode = Omit<AcceptedCodeParams, "sessionId">;

/**
 * Counts code of answers that a person takes over, for what a line costs. The same block of the same turn counts once as
 * long as the page lives, whichever button it was: copied twice it is no more code. Its bound is that life.
 */
export function acceptedCode(tell: (code: AcceptedCode) => void): {
  /** A page's life begins. */
  begin(): void;
  take(code: TakenCode, text: string, how: AcceptedCode["how"]): void;
} {
  const counted = new Set<string>();
  return {
    begin: () => counted.clear(),
    take({ turnId, block, language }, text, how) {
      const lines = linesOf(text);
      const key = `${block} ${turnId}`;
      if (lines === 0 || counted.has(key)) return;
      counted.add(key);
      tell({ turnId, languageId: languageIdOf(language), lines, how });
    },
  };
}

/** How many lines a piece of code has; the empty ones at its end are none. */
export function linesOf(code: string): number {
  const whole = code.trimEnd();
  return whole === "" ? 0 : whole.split("\n").length;
}

/** What answers call a language, as VS Code calls it; another name is taken for VS Code's own. */
export function languageIdOf(name: string): string {
  const key = name.toLowerCase();
  return languageIds[key] ?? key;
}

const languageIds: Record<string, string> = {
  bash: "shellscript",
  "c#": "csharp",
  "c++": "cpp",
  cs: "csharp",
  golang: "go",
  js: "javascript",
  jsx: "javascriptreact",
  md: "markdown",
  ps1: "powershell",
  py: "python",
  python3: "python",
  rb: "ruby",
  rs: "rust",
  sh: "shellscript",
  shell: "shellscript",
  text: "plaintext",
  ts: "typescript",
  tsx: "typescriptreact",
  txt: "plaintext",
  yml: "yaml",
  zsh: "shellscript",
};
