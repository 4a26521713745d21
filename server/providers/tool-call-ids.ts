/**
 * A call's id as another vendor takes it: a conversation that changes vendors carries ids that the new one did not make.
 * The same id always becomes the same, so that a result still finds its call.
 */

/** Letters, digits, `_` and `-`, as Anthropic wants them (`^[a-zA-Z0-9_-]+$`); others write `functions.read:0`. */
export function plainCallId(id: string): string {
  const plain = id.replace(/[^a-zA-Z0-9_-]/g, "_");
  return plain === "" ? "call" : plain;
}

/** Nine letters and digits, as Mistral's API wants them. */
export function nineCharacterCallId(id: string): string {
  if (/^[a-zA-Z0-9]{9}$/.test(id)) return id;
  // FNV-1a of 64 bits; 36 ** 9 is about 46 bits of it, and a conversation has some hundreds of calls.
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(id)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(36).padStart(9, "0").slice(-9);
}
