/**
 * Room in which the UTF-16 codes of one text after another are read: an array is gone through several times as fast as a
 * string. What was read stays until the next text is, so a caller is done with one before it reads another. Texts of more
 * than `most` characters get an array of their own. One place behind the text holds 0.
 */
export function codeReader(most: number): (text: string, characters?: number) => Uint16Array {
  const room = new Uint16Array(most + 1);
  // Little-endian, as every machine is for which the editor is built: then these bytes are the array's numbers.
  const bytes = Buffer.from(room.buffer);
  return (text, characters = text.length) => {
    if (characters > most) return codeReader(characters)(text, characters);
    bytes.write(text, 0, 2 * characters, "utf16le");
    room[characters] = 0;
    return room;
  };
}

/** Alphabets that have capitals and words that are looked for end here: Latin, Greek, Cyrillic, Armenian. */
const ALPHABETS_END = 0x600;
const KELVIN = 0x212a;

/** The small letter for the code of one of those alphabets or of the sign of the kelvin, which is a k; others are themselves. */
export function lowerOf(code: number): number {
  if (code < 128) return code >= 65 && code <= 90 ? code + 32 : code;
  if (code < ALPHABETS_END) return String.fromCharCode(code).toLowerCase().charCodeAt(0);
  return code === KELVIN ? 107 : code;
}
