import * as z from "zod";
import type { Failure } from "../../shared/failure.ts";
import type { ProviderPart } from "../core/provider.ts";
import { readJson } from "./read-json.ts";

/** What one event says of one call. Whatever it does not say is null. */
export interface ToolCallPiece {
  /** The vendor's number for the call. */
  index: number | null;
  id: string | null;
  name: string | null;
  /** A piece of the arguments, or all of them. */
  argumentsText: string;
  /** What the vendor wants back beside the call. */
  signature?: string | null;
}

/** Pieces in, parts out: tells of each call once that it begins, and once, at the end, what it is. */
export interface ToolCallCollector {
  take(piece: ToolCallPiece): ProviderPart[];
  /** The whole calls, or why they cannot be used. `cut`: the answer ended because its room was used up. */
  end(options: { cut: "yes" | "no" }): { parts: ProviderPart[]; failure: Failure | null };
}

/** Calls of one answer; a model that asks for more has lost its way, and each costs memory. */
const mostCalls = 128;
/** Arguments of one call; the longest are files to be written. */
const longestArgumentsCharacters = 4_000_000;

/**
 * Puts streamed calls together, whatever a vendor makes of the shape: the id only once, or never, or a new one in every
 * piece; the name again in every piece; all arguments in one piece, with the last event, or once more after the pieces;
 * parallel calls under one number. An id that never came is made from `idPrefix`, which is unique to the answer.
 * Arguments that are no JSON object at the end are a failure; none at all are `{}`.
 */
export function createToolCallCollector(options: { host: string; idPrefix: string }): ToolCallCollector {
  const { host } = options;
  const calls: Call[] = [];
  let problem: Failure | null = null;

  const malformed = (message: string): Failure => ({ kind: "malformed", message: `${host} ${message}` });

  function begin(piece: ToolCallPiece): Call | null {
    if (calls.length >= mostCalls) {
      problem ??= malformed(`asked for more than ${mostCalls} tool calls in one answer.`);
      return null;
    }
    const call: Call = {
      vendorIndex: piece.index,
      vendorId: null,
      id: null,
      name: null,
      signature: null,
      text: "",
      untold: "",
      begun: "no",
    };
    calls.push(call);
    return call;
  }

  /** Tells what can be told: nothing before the name, and no id of our own while the vendor's may still come. */
  function tell(call: Call): ProviderPart[] {
    const index = calls.indexOf(call);
    if (call.name === null) return [];
    const parts: ProviderPart[] = [];
    if (call.begun === "no") {
      if (call.vendorId === null && call.text === "") return [];
      call.id = call.vendorId ?? `${options.idPrefix}_${index}`;
      call.begun = "yes";
      parts.push({ type: "tool-call-start", index, id: call.id, name: call.name });
    }
    if (call.untold !== "") parts.push({ type: "tool-call-delta", index, text: call.untold });
    call.untold = "";
    return parts;
  }

  function whole(call: Call, index: number, cut: "yes" | "no"): { part: ProviderPart } | { failure: Failure } {
    if (call.name === null) return { failure: malformed("asked for a tool without saying which.") };
    const argumentsJson = completed(call.text);
    if (argumentsJson === null) {
      return {
        failure: malformed(
          cut === "yes"
            ? `used up the room for its answer in the middle of the arguments for the tool "${call.name}".`
            : `asked for the tool "${call.name}" with arguments that are not a JSON object.`,
        ),
      };
    }
    const { id, name, signature } = call;
    const part = { type: "tool-call", index, id: id ?? "", name, argumentsJson } as const;
    return { part: signature === null ? part : { ...part, signature } };
  }

  return {
    take(piece) {
      const found = find(calls, piece);
      const call = found === undefined || isAnother(found, piece) ? begin(piece) : found;
      if (call === null) return [];
      call.vendorId ??= piece.id;
      call.name ??= piece.name;
      call.signature ??= piece.signature ?? null;
      const text = newText(call.text, piece);
      call.text += text;
      call.untold += text;
      if (call.text.length > longestArgumentsCharacters) {
        problem ??= malformed(`sent more than 4 MB of arguments for the tool "${call.name ?? ""}".`);
      }
      return tell(call);
    },
    end({ cut }) {
      const parts: ProviderPart[] = [];
      for (const [index, call] of calls.entries()) {
        if (problem !== null) break;
        if (call.begun === "no" && call.name !== null) {
          call.id = call.vendorId ?? `${options.idPrefix}_${index}`;
          parts.push({ type: "tool-call-start", index, id: call.id, name: call.name });
        }
        const read = whole(call, index, cut);
        if ("part" in read) parts.push(read.part);
        else problem = read.failure;
      }
      return problem === null ? { parts, failure: null } : { parts: [], failure: problem };
    },
  };
}

interface Call {
  vendorIndex: number | null;
  vendorId: string | null;
  /** What is told; set with `begun`. */
  id: string | null;
  name: string | null;
  signature: string | null;
  text: string;
  /** The end of `text` that was not passed on yet. */
  untold: string;
  begun: "no" | "yes";
}

/** The call that a piece is about: by id, else the latest of that number, else the latest of all. */
function find(calls: readonly Call[], piece: ToolCallPiece): Call | undefined {
  const byId = piece.id === null ? undefined : calls.findLast((call) => call.vendorId === piece.id);
  if (byId !== undefined) return byId;
  if (piece.index !== null) return calls.findLast((call) => call.vendorIndex === piece.index);
  return calls.at(-1);
}

/**
 * Some servers give every parallel call the same number, or none: then a name together with an id of its own, or with new
 * arguments behind arguments that are whole, begins another call. Others send a new id with every piece, which begins
 * nothing while the arguments are open.
 */
function isAnother(call: Call, piece: ToolCallPiece): boolean {
  if (piece.name === null || call.name === null) return false;
  if (piece.id !== null && piece.id === call.vendorId) return false;
  if (piece.name !== call.name) return true;
  if (piece.id !== null && call.vendorId !== null) return piece.index === null || isWhole(call.text);
  return isWhole(call.text) && piece.argumentsText !== call.text && isWhole(piece.argumentsText);
}

/** What a piece adds: a vendor that ends with the whole arguments once more adds only what had not come. */
function newText(text: string, piece: ToolCallPiece): string {
  const said = piece.argumentsText;
  return text !== "" && said.startsWith(text) && isWhole(said) ? said.slice(text.length) : said;
}

const objectSchema = z.record(z.string(), z.unknown());

function isWhole(text: string): boolean {
  // Looked at before it is read: a server that says the name with every piece would have all of it read each time.
  return /^\s*\{/.test(text) && /\}\s*$/.test(text.slice(-20)) && readJson(text, objectSchema) !== undefined;
}

/** The arguments as they may be used, or null. Vendors write nothing, or null, for none. */
function completed(text: string): string | null {
  const trimmed = text.trim();
  if (trimmed === "" || trimmed === "null") return "{}";
  return isWhole(trimmed) ? trimmed : null;
}
