import { readFile } from "node:fs/promises";

/**
 * The bytes of one of the package's own grammar files. Names come from the table of grammars, never from a person's text,
 * and the folder from where the server itself lies: nothing else of the disk is read here. Rejects as the disk does.
 */
export async function readGrammar(file: URL): Promise<Uint8Array> {
  return new Uint8Array(await readFile(file));
}
