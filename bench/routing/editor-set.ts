import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

/** What people ask in an editor, with two readers' labels: the files of `data/editor-requests`, described in its GUIDELINE.md. */

/** Stands in the text of a completion where the cursor is. */
export const cursorMark = "‸";

const diagnostic = z.strictObject({
  severity: z.enum(["error", "warning"]),
  message: z.string(),
  line: z.int().positive(),
});
const contextItem = z.strictObject({
  kind: z.enum(["file", "selection"]),
  path: z.string(),
  languageId: z.string(),
  text: z.string(),
  firstLine: z.int().positive(),
  lastLine: z.int().positive(),
  diagnostics: z.array(diagnostic),
});
const label = z.strictObject({
  label: z.enum(["cheap", "frontier"]),
  /** 1 a coin, 2 probably, 3 certain. */
  sure: z.union([z.literal(1), z.literal(2), z.literal(3)]),
  why: z.string(),
});
const shared = {
  id: z.string().regex(/^[a-z]+-\d{3}$/),
  /** Requests about the same code or the same wish: a family is in one part, whole. */
  family: z.string().min(1),
  context: z.array(contextItem),
  history: z.array(z.strictObject({ question: z.string(), answer: z.string() })),
  /** Those of the first and of the second reader. */
  labels: z.tuple([label, label]),
};
const requestSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    ...shared,
    kind: z.enum(["chat", "edit", "fix", "test", "commit"]),
    question: z.string().min(1),
  }),
  z.strictObject({
    ...shared,
    kind: z.literal("completion"),
    question: z.literal(""),
    cursor: z.strictObject({
      languageId: z.string(),
      text: z.string().refine((text) => text.split(cursorMark).length === 2, "needs one ‸ and no more"),
    }),
  }),
]);

export type EditorRequest = z.infer<typeof requestSchema>;
export type CompletionRequest = Extract<EditorRequest, { kind: "completion" }>;
export type EditorLabel = z.infer<typeof label>;

export const editorParts = ["train", "test"] as const;
export type EditorPart = (typeof editorParts)[number];

/** The folder of the repository that holds the set. */
export const editorSetFolder = join(import.meta.dirname, "../../data/editor-requests");

/** Reads one part; throws what `parseEditorSet` throws, and where the file cannot be read. */
export function readEditorPart(part: EditorPart, folder: string = editorSetFolder): EditorRequest[] {
  const path = join(folder, `${part}.jsonl`);
  return parseEditorSet(readFileSync(path, "utf8"), path);
}

/**
 * The requests of a file, one JSON object a line. Throws an error that names file, line and field (`train.jsonl:12
 * labels[1].sure: …`) for each thing that is wrong with the first line that is no request.
 */
export function parseEditorSet(text: string, path: string): EditorRequest[] {
  const requests: EditorRequest[] = [];
  const lineOf = new Map<string, number>();
  for (const [at, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const place = `${path}:${at + 1}`;
    const parsed = requestSchema.safeParse(parse(line, place));
    if (!parsed.success) throw new Error(parsed.error.issues.map((issue) => `${place} ${tell(issue)}`).join("\n"));
    const { id } = parsed.data;
    const before = lineOf.get(id);
    if (before !== undefined) throw new Error(`${place} id: ${id} is that of line ${before}, too`);
    lineOf.set(id, at + 1);
    requests.push(parsed.data);
  }
  return requests;
}

/** What both readers said, or "disputed" where they differ. */
export function verdictOf({ labels: [one, two] }: Pick<EditorRequest, "labels">): "cheap" | "frontier" | "disputed" {
  return one.label === two.label ? one.label : "disputed";
}

function tell({ path, message }: z.core.$ZodIssue): string {
  const field = path.map((each) => (typeof each === "number" ? `[${each}]` : `.${String(each)}`)).join("");
  return `${field.replace(/^\./, "") || "the line"}: ${message}`;
}

function parse(line: string, place: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new Error(`${place} the line: not JSON (${error instanceof Error ? error.message : String(error)})`);
  }
}
