import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { brotliDecompress } from "node:zlib";

const decompress = promisify(brotliDecompress);

/**
 * The bytes of one of the package's own grammar files, which the package holds compressed (`.br`) and a folder of the
 * packages themselves as they are. Names come from the table of grammars, never from a person's text, and the folder from
 * where the server itself lies: nothing else of the disk is read here. Rejects as the disk does.
 */
export async function readGrammar(file: URL): Promise<Uint8Array> {
  const compressed = await readFile(new URL(`${file.href}.br`)).catch(() => null);
  return new Uint8Array(compressed === null ? await readFile(file) : await decompress(compressed));
}
