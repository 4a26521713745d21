/** What a chunk may have beside its one choice, and still say nothing but a piece of text. */
const chunkNames = new Set(
  "id object created model choices provider system_fingerprint service_tier obfuscation".split(" "),
);
const choiceNames = new Set(["index", "delta"]);
const deltaNames = new Set(["content", "role"]);

/**
 * The text of a chunk that holds a piece of text and nothing else, and the id that it carries. Nearly all chunks are such,
 * and to hold each against the schema of everything that a chunk may be took most of the time that a fast answer costs.
 * null for every other value: that one is read by the schema.
 */
export function readPlainChunk(value: unknown): { id: string | null; text: string } | null {
  if (!isPlain(value, chunkNames) || value.object === "error" || !Array.isArray(value.choices)) return null;
  const [choice]: unknown[] = value.choices;
  if (value.choices.length !== 1 || !isPlain(choice, choiceNames) || (choice.index ?? 0) !== 0) return null;
  const { delta } = choice;
  if (!isPlain(delta, deltaNames) || typeof delta.content !== "string") return null;
  return { id: typeof value.id === "string" ? value.id : null, text: delta.content };
}

/** An object in which nothing is said by another name. */
function isPlain(value: unknown, names: ReadonlySet<string>): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  for (const [name, inner] of Object.entries(value)) if (inner !== null && !names.has(name)) return false;
  return true;
}

/** Reads the next chunk of an answer by the one before it; null where it has to be parsed. */
export interface ChunkMould {
  read(data: string): { id: string | null; text: string } | null;
  /** `found` is what `data` was parsed to. */
  learn(data: string, found: { id: string | null; text: string }): void;
}

/**
 * The chunks of an answer are the same text but for the words in them. One that begins and ends like a chunk that was
 * parsed, and has nothing between that could end a JSON string or be escaped in it, says just what stands between.
 */
export function createChunkMould(): ChunkMould {
  let start = "";
  let end = "";
  let id: string | null = null;
  return {
    read(data) {
      const endsAt = data.length - end.length;
      if (start === "" || endsAt < start.length) return null;
      // Half as long as `startsWith` and `endsWith` take, which look at one character after the other.
      if (data.slice(0, start.length) !== start || data.slice(endsAt) !== end) return null;
      const text = data.slice(start.length, endsAt);
      return isWrittenAsItIs(text) ? { id, text } : null;
    },
    learn(data, found) {
      // Inside of a string it would be written with backslashes, so this is the name of the content, if it stands there once.
      const [place, ...others] = data.matchAll(contentName);
      if (place === undefined || others.length > 0 || !isWrittenAsItIs(found.text)) return;
      const from = place.index + place[0].length;
      if (!data.startsWith(`${found.text}"`, from)) return;
      start = data.slice(0, from);
      end = data.slice(from + found.text.length);
      id = found.id;
    },
  };
}

const contentName = /"content":\s*"/g;

/** Nothing in it that a JSON string cannot hold, and no backslash, behind which something else is meant. */
function isWrittenAsItIs(text: string): boolean {
  // A few characters, many times a second: an expression takes longer to begin than this to end.
  for (let place = 0; place < text.length; place += 1) {
    const code = text.charCodeAt(place);
    if (code < 0x20 || code === 0x22 || code === 0x5c) return false;
  }
  return true;
}
