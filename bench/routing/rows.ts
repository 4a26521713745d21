import { statSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { BadInput, parseJsonl, textOf } from "./read-jsonl.ts";

/** Questions with what models really got right of them, as the files of a data folder have them. */

/** What a grader gave below 0 or above 1 counts as wrong or right. */
const outcome = z.number().transform((share) => Math.min(1, Math.max(0, share)));
const rowSchema = z.object({
  id: z.string(),
  source: z.string(),
  prompt: z.string(),
  group: z.string(),
  /** By model. */
  outcomes: z.record(z.string(), outcome),
  lang: z.string().optional(),
  /** YYYY-MM-DD, where the question has one. */
  date: z.string().optional(),
  pair: z.tuple([z.string(), z.string()]).optional(),
});
export type Row = z.infer<typeof rowSchema>;

/** The files that hold questions; a folder may lack some. */
export const rowFiles = [
  "coding_train.jsonl",
  "routellm_mmlu_train.jsonl",
  "routellm_gsm8k_train.jsonl",
  "routerarena_train.jsonl",
] as const;

/** The questions of one file's text; throws BadInput that names the file, the line and the field of what is none. */
export function parseRows(text: string, path: string): Row[] {
  return parseJsonl(text, rowSchema, { path, what: "graded question" });
}

/** All questions of a data folder; throws BadInput that says which files it looks for when there is none. */
export function readDataFolder(folder: string): Row[] {
  const mend = `Name the folder with the graded questions as DATA_FOLDER: it holds ${rowFiles.join(", ")}, or some of them.`;
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (stats === undefined) throw new BadInput(`${folder} is not there. ${mend}`);
  if (!stats.isDirectory()) throw new BadInput(`${folder} is no folder. ${mend}`);
  const rows = rowFiles.flatMap((name) => {
    const path = join(folder, name);
    return parseRows(textOf(path) ?? "", path);
  });
  if (rows.length === 0) throw new BadInput(`There are no questions in ${folder}. ${mend}`);
  return rows;
}
