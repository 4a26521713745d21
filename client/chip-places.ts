import * as vscode from "vscode";
import type { ContextChip } from "../shared/answer.ts";
import { isInWorkspace } from "./editor-documents.ts";

type ChipName = Pick<ContextChip, "path" | "outside">;

/**
 * Where the files of chips lie, so that a chip leads to its own file and to no other of that name. Inside the workspace a
 * path is enough, also in a later window; what lies outside is shown by its bare name, and only the window that saw it
 * finds it again.
 */
export interface ChipPlaces {
  /** What a chip carries beside its name when its file lies outside the workspace; null inside. */
  outside(uri: vscode.Uri): string | null;
  keep(chip: ChipName, uri: vscode.Uri): void;
  /** null when the file is gone, or when it is open which one is meant. */
  find(chip: ChipName): Promise<vscode.Uri | null>;
}

/** Files that chips showed; the one seen longest ago is forgotten first. */
const MAX_PLACES = 500;

export function createChipPlaces(newId: () => string): ChipPlaces {
  const ids = new Map<string, string>();
  /** What the folders cannot tell: files outside, and cells. "several": cells that had one number after each other. */
  const places = new Map<string, vscode.Uri | "several">();
  return {
    outside(uri) {
      if (isInWorkspace(uri)) return null;
      const name = uri.toString();
      const id = ids.get(name) ?? newId();
      keepLatest(ids, name, id);
      return id;
    },
    keep(chip, uri) {
      if (chip.outside === undefined && uri.scheme !== "vscode-notebook-cell") return;
      const key = keyOf(chip);
      const known = places.get(key);
      const isAnother = known !== undefined && (known === "several" || known.toString() !== uri.toString());
      keepLatest(places, key, isAnother ? "several" : uri);
    },
    async find(chip) {
      const known = places.get(keyOf(chip));
      if (known !== undefined) return known === "several" ? null : known;
      return chip.outside === undefined ? findInFolders(chip.path) : null;
    },
  };
}

async function findInFolders(path: string): Promise<vscode.Uri | null> {
  if (path.split("/").includes("..")) return null;
  const folders = vscode.workspace.workspaceFolders ?? [];
  // With several folders a path begins with the folder's name.
  const candidates = folders.flatMap(({ uri, name }) => {
    if (folders.length === 1) return [vscode.Uri.joinPath(uri, path)];
    return path.startsWith(`${name}/`) ? [vscode.Uri.joinPath(uri, path.slice(name.length + 1))] : [];
  });
  const found = await Promise.all(candidates.map(async (candidate) => ((await exists(candidate)) ? [candidate] : [])));
  const [only, ...others] = found.flat();
  return only === undefined || others.length > 0 ? null : only;
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}

function keyOf({ path, outside }: ChipName): string {
  return outside === undefined ? `in ${path}` : `out ${outside}`;
}

function keepLatest<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > MAX_PLACES && oldest !== undefined) map.delete(oldest);
}
