/**
 * Which of Wayfare's settings stand in a file of the workspace. VS Code keeps values there to itself where only user
 * settings count, so that nobody would hear that a repository has tried to set them.
 */

/** A file of settings is a few lines; what is larger is not one that a person wrote. */
const MOST_CHARACTERS = 200_000;

/** The names behind `wayfare.` that such a file sets, each once, in their order. Comments count for nothing. */
export function settingsIn(text: string): string[] {
  const names = new Set<string>();
  // Comments and texts are found together: either may hold what looks like the other.
  for (const [found, name] of text.slice(0, MOST_CHARACTERS).matchAll(piece)) {
    if (name !== undefined && !found.startsWith("/")) names.add(name);
  }
  return [...names];
}

const piece = /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|"wayfare\.([\w.]+)"(?=\s*:)|"(?:[^"\\\n]|\\.)*"/g;

/** The same of several files; one that is not there, or cannot be read, sets nothing. */
export async function settingsInFiles<File>(
  files: readonly File[],
  read: (file: File) => Thenable<Uint8Array>,
): Promise<ReadonlySet<string>> {
  const found = await Promise.all(
    files.map(async (file) => {
      try {
        return settingsIn(new TextDecoder().decode(await read(file)));
      } catch {
        // Most workspaces have none.
        return [];
      }
    }),
  );
  return new Set(found.flat());
}
