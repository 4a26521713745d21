import * as vscode from "vscode";
import type { Ignored } from "../shared/may-send.ts";
import { filesBehind } from "./files-behind.ts";
import { worst } from "./ignore-rules.ts";
import { realPath } from "./real-path.ts";

/** What the rules about sending need to know of a document, beyond its own name. */
export interface Judgement {
  /** Every path its files go by: as opened, and where they really lie; null when that cannot be told. */
  fullPaths: readonly string[] | null;
  ignored: Ignored;
}

/**
 * Judges a document by every name of the files behind it: a link is kept in when what it leads to is. `ignores` is asked
 * for each. Never rejects for a link that cannot be followed.
 */
export async function judgeDocument(
  uri: vscode.Uri,
  ignores: (file: vscode.Uri) => Promise<Ignored>,
): Promise<Judgement> {
  const files = filesBehind(uri);
  const places = await Promise.all(files.map(placeOf));
  const known = places.filter((place) => place !== null);
  const asked = [...files, ...known.flatMap((place) => (place.asked === null ? [] : [place.asked]))];
  return {
    fullPaths: known.length < places.length ? null : [uri.path, ...known.flatMap(({ paths }) => paths)],
    ignored: worst(await Promise.all(asked.map(ignores))),
  };
}

interface Place {
  paths: string[];
  /** The file under its other name, for the ignore rules there; null when it has one name. */
  asked: vscode.Uri | null;
}

/** null: where it lies cannot be told. */
async function placeOf(file: vscode.Uri): Promise<Place | null> {
  if (file.scheme !== "file") return { paths: [file.path], asked: null };
  try {
    const real = await realPath(file.fsPath);
    if (real === null || isSamePath(real, file.fsPath)) return { paths: [file.path], asked: null };
    const lies = uriOf(real);
    const inside = (await inWorkspace(lies)) ?? lies;
    return { paths: [file.path, lies.path], asked: isSamePath(inside.path, file.path) ? null : inside };
  } catch {
    return null;
  }
}

/** A workspace folder may be reached over a link itself: then the file is the one below that folder. */
async function inWorkspace(lies: vscode.Uri): Promise<vscode.Uri | null> {
  for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
    const real = uri.scheme === "file" ? await realPath(uri.fsPath) : null;
    if (real === null) continue;
    const above = uriOf(real);
    if (above.authority !== lies.authority) continue;
    const path = above.path.endsWith("/") ? above.path : `${above.path}/`;
    if (isSamePath(lies.path.slice(0, path.length), path)) {
      return vscode.Uri.joinPath(uri, lies.path.slice(path.length));
    }
  }
  return null;
}

/** As the editor writes it: the letter of a drive in lower case. */
function uriOf(path: string): vscode.Uri {
  const uri = vscode.Uri.file(path);
  return uri.with({ path: uri.path.replace(/^\/[A-Z]:/, (drive) => drive.toLowerCase()) });
}

/** Neither the rules about names nor those of ignore files tell letter cases apart. */
function isSamePath(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
