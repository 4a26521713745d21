import type { RelayPart } from "../core/relay.ts";

/** An event of Anthropic's wire: its type is its name too. */
export type WireEvent = { type: string } & Record<string, unknown>;

/** Parts in, events of blocks out. `end` closes what is open. */
export interface BlockLine {
  take(part: RelayPart): WireEvent[];
  end(): WireEvent[];
}

/**
 * The blocks of an answer, one after the other: this wire opens the next when the one before is closed. Pieces of calls
 * that come interleaved are held back until it is their turn; the providers bound how much that can be. `thinking`:
 * whether it is written at all.
 */
export function createBlockLine({ thinking }: { thinking: "shown" | "hidden" }): BlockLine {
  /** The first is being written, the others wait. */
  const line: Block[] = [];
  /** Of calls that may still say something, by their number. */
  const calls = new Map<number, Block>();
  let nextIndex = 0;

  function add(kind: Block["kind"], content: Block["content"]): Block {
    // Text and thinking have no end of their own when something else begins.
    const last = line.at(-1);
    if (last !== undefined && last.kind !== "call") last.isOver = true;
    const block: Block = { kind, content, deltas: [], index: null, isOver: false, argumentsLength: 0 };
    line.push(block);
    return block;
  }

  /** The block that is open for more of this kind, or a new one. */
  function open(kind: "text" | "thinking"): Block {
    const last = line.at(-1);
    if (last?.kind === kind && !last.isOver) return last;
    return add(kind, kind === "text" ? { type: kind, text: "" } : { type: kind, thinking: "", signature: "" });
  }

  function put(part: RelayPart): void {
    switch (part.type) {
      case "text-delta":
        open("text").deltas.push({ type: "text_delta", text: part.text });
        return;
      case "reasoning-delta":
        if (thinking === "shown") open("thinking").deltas.push({ type: "thinking_delta", thinking: part.text });
        return;
      case "reasoning-end":
        if (thinking === "shown") endThinking(part);
        return;
      case "tool-call-start":
        calls.set(part.index, add("call", { type: "tool_use", id: part.id, name: part.name, input: {} }));
        return;
      case "tool-call-delta":
        say(calls.get(part.index), part.text);
        return;
      case "tool-call": {
        const call = calls.get(part.index);
        if (call === undefined) return;
        // Where none or not all of it was told in pieces.
        say(call, part.argumentsJson.slice(call.argumentsLength));
        call.isOver = true;
        calls.delete(part.index);
      }
    }
  }

  function endThinking(part: Extract<RelayPart, { type: "reasoning-end" }>): void {
    const last = line.at(-1);
    const begun = last?.kind === "thinking" && !last.isOver ? last : null;
    if (part.signature !== null) {
      const block = begun ?? open("thinking");
      block.deltas.push({ type: "signature_delta", signature: part.signature });
      block.isOver = true;
    } else if (begun !== null) begun.isOver = true;
    if (part.redactedData !== null)
      add("redacted", { type: "redacted_thinking", data: part.redactedData }).isOver = true;
  }

  function say(call: Block | undefined, text: string): void {
    if (call === undefined || text === "") return;
    call.argumentsLength += text.length;
    call.deltas.push({ type: "input_json_delta", partial_json: text });
  }

  /** What can be written now. */
  function write(): WireEvent[] {
    const events: WireEvent[] = [];
    for (let block = line[0]; block !== undefined; block = line[0]) {
      if (block.index === null) {
        block.index = nextIndex++;
        events.push({ type: "content_block_start", index: block.index, content_block: block.content });
      }
      for (const delta of block.deltas.splice(0)) {
        events.push({ type: "content_block_delta", index: block.index, delta });
      }
      if (!block.isOver) break;
      events.push({ type: "content_block_stop", index: block.index });
      line.shift();
    }
    return events;
  }

  return {
    take(part) {
      put(part);
      return write();
    },
    end() {
      for (const block of line) block.isOver = true;
      return write();
    },
  };
}

interface Block {
  kind: "text" | "thinking" | "redacted" | "call";
  content: Readonly<Record<string, unknown>>;
  /** Not written yet. */
  deltas: Readonly<Record<string, unknown>>[];
  /** null: not begun. */
  index: number | null;
  isOver: boolean;
  /** Of a call's arguments, how many characters were told. */
  argumentsLength: number;
}
