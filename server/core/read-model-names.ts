import type { SettingProblem } from "../../shared/settings.ts";
import { quoteValue, recordSchema } from "./read-providers.ts";

/** What other tools' own names for models stand for here. Values are `auto`, `cheap`, `frontier` or `provider/model`. */
export interface ModelNames {
  /** Names written out: they stand for something else even where a model has that very name. */
  readonly exact: ReadonlyMap<string, string>;
  /** What a name stands for that no model has; of several patterns the one that says most. null: none fits. */
  byPattern(name: string): string | null;
}

const setting = "wayfare.endpoint.models";
const example = '{ "claude-haiku-*": "cheap", "claude-*": "auto" }';

/** Reads `wayfare.endpoint.models`. What cannot be read is in `problems` and stands for nothing. */
export function readModelNames(written: unknown, problems: SettingProblem[]): ModelNames {
  const names = recordSchema.safeParse(written ?? {});
  if (!names.success) {
    const message = `${quoteValue(written)} is not a set of names with what they stand for. Write ${example}.`;
    problems.push({ field: setting, message });
  }
  const read = Object.entries(names.data ?? {}).flatMap(([name, value]): [string, string][] => {
    if (typeof value === "string" && isTarget(value)) return [[name, value]];
    problems.push({
      field: `${setting}.${name}`,
      message: `${quoteValue(value)} is neither auto, cheap or frontier nor a model. Write one of them, or provider/model.`,
    });
    return [];
  });
  const patterns = read
    .filter(([name]) => name.includes("*"))
    .map(([name, target]) => ({ pieces: name.split("*"), said: name.replaceAll("*", "").length, target }))
    .sort((one, other) => other.said - one.said);
  return {
    exact: new Map(read.filter(([name]) => !name.includes("*"))),
    byPattern: (name) => patterns.find(({ pieces }) => fits(pieces, name))?.target ?? null,
  };
}

function isTarget(value: string): boolean {
  return ["auto", "cheap", "frontier"].includes(value) || /^[^/\s]+\/\S+$/.test(value);
}

/** `*` stands for any characters, none among them. */
function fits(pieces: readonly string[], name: string): boolean {
  const [first = "", ...rest] = pieces;
  const last = rest.pop() ?? "";
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = name.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}
