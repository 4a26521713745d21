import { splitTokens } from "./count-tokens.ts";
import type { Length, VendorFault, VendorToolCall } from "./vendor-model.ts";
import type { Finish, VendorCall } from "./vendor-wire.ts";

/** What a vendor is going to write. */
export interface PlannedAnswer {
  /** About a token each; joined they are the text that will be written. */
  pieces: readonly string[];
  /** Written after the text. */
  calls: readonly VendorToolCall[];
  finish: Finish;
  /** What comes after the last piece. */
  end: "finish" | "hang" | "cut" | "error" | "close";
}

/** Cuts the model's text to what the caller allows (`max_tokens`, stop words) and to what the fault lets through. */
export function planAnswer(
  text: string,
  call: VendorCall,
  fault: VendorFault | null,
  wanted: readonly VendorToolCall[] = [],
): PlannedAnswer {
  if (fault?.kind === "empty") return { pieces: [], calls: [], finish: "stop", end: "finish" };
  const stopAt = firstStop(text, call.stop);
  const allowed = stopAt === null ? text : text.slice(0, stopAt);
  const maxPieces = Math.max(1, Math.floor(call.maxOutputTokens / (call.model.tokenFactor ?? 1)));
  const all = splitTokens(allowed);
  const tooLong = all.length > maxPieces;
  const pieces = tooLong ? all.slice(0, maxPieces) : all;
  const whole: Finish = wanted.length > 0 ? "tool-calls" : "stop";
  const finish: Finish = tooLong ? "length" : stopAt === null ? whole : "stop-sequence";
  const calls = finish === "tool-calls" ? wanted : [];
  switch (fault?.kind) {
    case "stall":
      return { pieces: upTo(pieces, fault.afterCharacters), calls: [], finish, end: "hang" };
    case "cut":
      return { pieces: upTo(pieces, fault.afterCharacters), calls: [], finish, end: "cut" };
    case "in-band-error":
      return { pieces: upTo(pieces, fault.afterCharacters), calls: [], finish, end: "error" };
    case "no-end-signal":
      return { pieces, calls, finish, end: "close" };
    default:
      return { pieces, calls, finish, end: "finish" };
  }
}

/** Tokens of so many pieces, as this vendor counts. */
export function tokensOf(pieces: number, call: VendorCall): number {
  return Math.ceil(pieces * (call.model.tokenFactor ?? 1));
}

function firstStop(text: string, stops: readonly string[]): number | null {
  const places = stops.map((stop) => text.indexOf(stop)).filter((at) => at >= 0);
  return places.length === 0 ? null : Math.min(...places);
}

function upTo(pieces: readonly string[], length: Length): string[] {
  const kept: string[] = [];
  let left = length === "half" ? Math.ceil(pieces.join("").length / 2) : length;
  for (const piece of pieces) {
    if (left <= 0) break;
    const part = piece.length <= left ? piece : piece.slice(0, left);
    // Half an emoji cannot be written in UTF-8; a fault that falls there comes one unit earlier.
    kept.push(/[\uD800-\uDBFF]$/.test(part) ? part.slice(0, -1) : part);
    left -= piece.length;
  }
  return kept.filter((part) => part !== "");
}
