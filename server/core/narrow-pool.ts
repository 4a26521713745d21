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
  if (pool.length === 0) return true;
  return sortedOf(pool).every(
    ({ names, providers, patterns }) =>
      names.has(name) ||
      providers.has(name.slice(0, name.indexOf("/"))) ||
      patterns.some((pattern) => matches(name, pattern)),
  );
}

/** The entries of a level by how they are looked up. */
interface SortedLevel {
  names: ReadonlySet<string>;
  providers: ReadonlySet<string>;
  patterns: readonly string[];
}

/** A plan asks for every route, so each pool is sorted once; a pool never changes, and goes with its settings. */
const sorted = new WeakMap<Pool, readonly SortedLevel[]>();

function sortedOf(pool: Pool): readonly SortedLevel[] {
  const known = sorted.get(pool);
  if (known !== undefined) return known;
  const levels = pool.map((entries): SortedLevel => {
    const names = new Set<string>();
    const providers = new Set<string>();
    const patterns: string[] = [];
    for (const entry of entries) {
      const rest = entry.endsWith("/*") ? entry.slice(0, -2) : entry;
      if (!rest.includes("*") && !rest.includes("/")) providers.add(rest);
      else if (entry.includes("*")) patterns.push(entry.includes("/") ? entry : `${entry}/*`);
      else names.add(entry);
    }
    return { names, providers, patterns };
  });
  sorted.set(pool, levels);
  return levels;
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
