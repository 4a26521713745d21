import type { SettingProblem } from "../../shared/settings.ts";
import { listSchema, quoteValue } from "./read-providers.ts";

/** What may be used: one list for each level of the settings that has one, and a model must be in all of them. */
export type Pool = readonly (readonly string[])[];

/**
 * Reads `wayfare.pool` of every level. An empty list narrows nothing. A level that cannot be read lets no model through:
 * whoever wrote it meant to keep code from some of them. Entries that cannot be read are left out, which only narrows.
 */
export function readPool(levels: unknown, problems: SettingProblem[]): Pool {
  const pool: string[][] = [];
  for (const level of listSchema.safeParse(levels ?? []).data ?? []) {
    if (level === undefined || level === null) continue;
    const rows = listSchema.safeParse(level);
    if (!rows.success) {
      problems.push({
        field: "wayfare.pool",
        message: `${quoteValue(level)} is not a list, so no model is used. Write [ "provider/model" ], or [] for every model.`,
      });
      pool.push([]);
      continue;
    }
    if (rows.data.length === 0) continue;
    const names = new Set<string>();
    for (const [index, row] of rows.data.entries()) {
      if (typeof row === "string" && row.trim() !== "") names.add(row.trim());
      else {
        problems.push({
          field: `wayfare.pool[${index}]`,
          message: `${quoteValue(row)} is not the name of a model. Write "provider/model", or "provider/*" for all of a provider's.`,
        });
      }
    }
    pool.push([...names]);
  }
  return pool;
}

/**
 * Whether `provider/model` is in all of the lists. An entry is a name, a provider's id for all of its models, or either
 * with `*` for any run of characters.
 */
export function isInPool(name: string, pool: Pool): boolean {
  return pool.every((entries) => entries.some((entry) => matches(name, entry.includes("/") ? entry : `${entry}/*`)));
}

/** Linear in the name: each piece between two stars is looked for once, from where the last one ended. */
function matches(name: string, pattern: string): boolean {
  const [head = "", ...rest] = pattern.split("*");
  const tail = rest.pop();
  if (tail === undefined) return name === pattern;
  if (!name.startsWith(head)) return false;
  let at = head.length;
  for (const piece of rest) {
    const found = name.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return name.length - tail.length >= at && name.endsWith(tail);
}
