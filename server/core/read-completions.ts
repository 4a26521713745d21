import { type SettingProblem, settingSchemas } from "../../shared/settings.ts";
import { listSchema, quoteValue, recordSchema } from "./read-providers.ts";

/** What the settings say about ghost text. */
export interface CompletionSettings {
  /** null: the person said nothing. */
  enabled: boolean | null;
  /** Language id to on or off; `*` stands for all others. */
  languages: Record<string, boolean>;
  /** `provider/model`, or null. */
  model: string | null;
}

/**
 * Reads `wayfare.completions.*` but for the cap, which `readBudget` reads. `whyNoModel` says why a name is no model that
 * is set up. Of the levels of `languages` the first is the person's own, which may turn on what is off by default; a
 * language must be on in every other too.
 */
export function readCompletions(
  written: unknown,
  whyNoModel: (name: string) => string | null,
  problems: SettingProblem[],
): CompletionSettings {
  const completions = recordSchema.safeParse(written ?? {}).data ?? {};
  return {
    enabled: readEnabled(completions.enabled, problems),
    languages: readLanguages(completions.languages, problems),
    model: readModel(completions.model, whyNoModel, problems),
  };
}

function readEnabled(written: unknown, problems: SettingProblem[]): boolean | null {
  if (written === undefined || written === null) return null;
  if (typeof written === "boolean") return written;
  problems.push({
    field: "wayfare.completions.enabled",
    message: `${quoteValue(written)} is neither true nor false. Completions are off. Write one of them.`,
  });
  return false;
}

function readLanguages(written: unknown, problems: SettingProblem[]): Record<string, boolean> {
  const standard = settingSchemas["completions.languages"].parse(undefined);
  const levels = (listSchema.safeParse(written ?? []).data ?? []).flatMap((level) => readLevel(level, problems));
  const [own = {}, ...others] = levels;
  const base: Record<string, boolean> = { ...standard, ...own };
  const names = new Set([base, ...others].flatMap((level) => Object.keys(level)));
  const languages: Record<string, boolean> = {};
  for (const name of names) {
    const isOn = (level: Record<string, boolean>) => statedIn(level, name) ?? statedIn(level, "*") ?? true;
    languages[name] = [base, ...others].every(isOn);
  }
  return languages;
}

/** Ids come from files: one named like a property of every object must not be found there. */
function statedIn(level: Record<string, boolean>, name: string): boolean | undefined {
  return Object.hasOwn(level, name) ? level[name] : undefined;
}

function readLevel(written: unknown, problems: SettingProblem[]): Record<string, boolean>[] {
  if (written === undefined || written === null) return [];
  const rows = recordSchema.safeParse(written);
  if (!rows.success) {
    problems.push({
      field: "wayfare.completions.languages",
      message: `${quoteValue(written)} is not a list of languages. Write { "*": true, "markdown": false }.`,
    });
    return [];
  }
  const level = new Map<string, boolean>();
  for (const [name, value] of Object.entries(rows.data)) {
    if (typeof value === "boolean") level.set(name, value);
    else {
      // Off, and said so: whoever wrote something here wanted a say in it.
      level.set(name, false);
      problems.push({
        field: `wayfare.completions.languages.${name}`,
        message: `${quoteValue(value)} is neither true nor false. Completions are off there. Write one of them.`,
      });
    }
  }
  return [Object.fromEntries(level)];
}

function readModel(
  written: unknown,
  whyNoModel: (name: string) => string | null,
  problems: SettingProblem[],
): string | null {
  if (written === undefined || written === null || written === "") return null;
  const wrong =
    typeof written === "string"
      ? whyNoModel(written)
      : `${quoteValue(written)} is not the name of a model. Write "provider/model", or "" to have one chosen.`;
  if (wrong !== null) problems.push({ field: "wayfare.completions.model", message: wrong });
  // Kept although it cannot answer: a model picked by hand is never replaced by another without a word.
  return typeof written === "string" ? written : quoteValue(written);
}
