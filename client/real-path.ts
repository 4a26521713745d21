import { realpath } from "node:fs/promises";

/**
 * Where a file of this host really lies, behind every link on the way to it; null when nothing lies there (it was never
 * saved, or is deleted). Rejects when that cannot be told. VS Code's own file system does not follow links, so this one
 * question is asked of the disk; nothing is read.
 */
export async function realPath(path: string): Promise<string | null> {
  try {
    return await realpath(path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    // Some drives of Windows know no links and answer EISDIR for every path.
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EISDIR") return null;
    throw error;
  }
}
