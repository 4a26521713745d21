import { crc32 } from "node:zlib";
import type { Failure } from "../../shared/failure.ts";
import { brokeOff, eventTooLong, longestEventCharacters, notUtf8 } from "./decode-events.ts";

/** `sse`: server-sent events. `aws`: Amazon's binary messages, each with its length before it. */
export type Frames = "sse" | "aws";

/** What came whole with these bytes, and what is wrong with what came after it, or null. */
export interface Cut {
  whole: Uint8Array<ArrayBuffer>;
  failure: Failure | null;
}

/** Takes bytes as they come, null at their end, and gives whole frames alone. After a failure it is not asked again. */
export type FrameCutter = (bytes: Uint8Array | null) => Cut;

/** What is wrong is the same however the bytes were cut on the way, and so is what comes before it. */
export function cutFrames(frames: Frames, host: string): FrameCutter {
  return frames === "sse" ? cutEvents(host) : cutMessages(host);
}

/** More bytes than an event may have without the empty line that ends one, or bytes that are no text, are a failure. */
function cutEvents(host: string): FrameCutter {
  const endsIn = createEventEnds();
  const characters = new TextDecoder("utf-8", { fatal: true });
  /** The event that is still coming. */
  let pieces: Uint8Array[] = [];
  let eventBytes = 0;
  return (bytes) => {
    // Who forgets the last empty line may have meant the event: that is for its reader to say.
    if (bytes === null) return { whole: Buffer.concat(pieces), failure: null };
    const whole: Uint8Array[] = [];
    const cut = (failure: Failure | null): Cut => ({ whole: Buffer.concat(whole), failure });
    const ends = new Set(endsIn(bytes));
    let from = 0;
    for (const end of new Set([...ends, bytes.length])) {
      const piece = bytes.subarray(from, end);
      from = end;
      eventBytes += piece.length;
      if (eventBytes > longestEventCharacters) return cut(eventTooLong(host));
      try {
        characters.decode(piece, { stream: true });
      } catch {
        return cut(notUtf8(host));
      }
      pieces.push(piece);
      if (!ends.has(end)) continue;
      whole.push(...pieces);
      pieces = [];
      eventBytes = 0;
    }
    return cut(null);
  };
}

const lineFeed = 10;
const carriageReturn = 13;

/** Takes bytes and gives the places behind the empty lines in them. Lines end in LF, CR or both. */
function createEventEnds(): (bytes: Uint8Array) => number[] {
  let lineBytes = 0;
  let previous = 0;
  let hasEnded = false;
  return (bytes) => {
    const ends: number[] = [];
    for (const [at, byte] of bytes.entries()) {
      const isSecondHalf = byte === lineFeed && previous === carriageReturn;
      if (byte !== lineFeed && byte !== carriageReturn) lineBytes += 1;
      else {
        // The second half of an empty line's end belongs to it.
        if (!isSecondHalf) hasEnded = lineBytes === 0;
        if (hasEnded) ends.push(at + 1);
        lineBytes = 0;
      }
      previous = byte;
    }
    return ends;
  };
}

/** Four bytes each: the length of all, that of the headers, and the checksum of these two. */
const lengthBytes = 4;
const preludeBytes = 12;
const checksumBytes = 4;
const smallestMessageBytes = preludeBytes + checksumBytes;

/**
 * A message that says it is longer than an event may be is a failure, one shorter than its own frame, and one that does
 * not have its checksums: CRC-32, of the first eight bytes and of all but the last four.
 */
function cutMessages(host: string): FrameCutter {
  /** The message that is still coming. */
  let begun = Buffer.alloc(0);
  return (bytes) => {
    if (bytes === null) return { whole: Buffer.alloc(0), failure: begun.length === 0 ? null : brokeOff(host) };
    const all = Buffer.concat([begun, bytes]);
    let at = 0;
    const cut = (failure: Failure | null): Cut => ({ whole: all.subarray(0, at), failure });
    while (all.length - at >= lengthBytes) {
      const length = all.readUInt32BE(at);
      if (length > longestEventCharacters) return cut(eventTooLong(host));
      if (length < smallestMessageBytes) return cut(unreadable(host));
      if (all.length - at < preludeBytes) break;
      if (!hasChecksum(all.subarray(at, at + preludeBytes))) return cut(unreadable(host));
      if (all.length - at < length) break;
      if (!hasChecksum(all.subarray(at, at + length))) return cut(unreadable(host));
      at += length;
    }
    begun = all.subarray(at);
    return cut(null);
  };
}

/** Whether what ends in a checksum has the right one. */
function hasChecksum(bytes: Buffer): boolean {
  const end = bytes.length - checksumBytes;
  return crc32(bytes.subarray(0, end)) === bytes.readUInt32BE(end);
}

function unreadable(host: string): Failure {
  return { kind: "malformed", message: `${host} sent a message that cannot be read.` };
}
