import { type CodeActions, type CodeBlock, codeBlock } from "./code-block.ts";
import { type Block, codeOf, parseMarkdown, renderBlock } from "./markdown.ts";

/** Markdown that arrives piece by piece. */
export interface StreamedMarkdown {
  readonly element: HTMLElement;
  /** Every character received so far, as it was received. */
  text(): string;
  /** Shown at the next frame. */
  append(text: string): void;
  /** What was shown is void. */
  reset(): void;
  /** The stream is over: shows everything at once, exactly as if the whole text had come in one piece. */
  finish(): void;
}

/**
 * Renders a growing text in time that grows with the text, not with its square: a top-level block is final once a later
 * one has begun, and is never touched again; only the last one is rendered anew, at most once per frame. That holds
 * because CommonMark decides blocks line by line; the one exception, link definitions, is seen to at the end.
 */
export function streamedMarkdown(actions: CodeActions, requestFrame: (draw: () => void) => void): StreamedMarkdown {
  const element = document.createElement("div");
  element.className = "markdown";
  let received = "";
  /** A carriage return at the end of a piece waits here for the line feed that may belong to it. */
  let carried = "";
  /** The text from the first block that may still change, with line feeds only. */
  let tail = "";
  /** The nodes that show `tail`, always the last ones of `element`. */
  let tailNodes: Node[] = [];
  let tailCode: CodeBlock | null = null;
  let frameRequested = false;
  let finished = false;

  const take = (text: string) => {
    received += text;
    const piece = carried + text;
    carried = piece.endsWith("\r") ? "\r" : "";
    tail += (carried === "" ? piece : piece.slice(0, -1)).replace(/\r\n?/g, "\n");
  };

  const clearTail = () => {
    for (const node of tailNodes) node.parentNode?.removeChild(node);
    tailNodes = [];
    tailCode = null;
  };

  /** Fixes every block that a later complete line has ended. */
  const freeze = () => {
    const end = tail.lastIndexOf("\n") + 1;
    if (end === 0) return;
    const { blocks } = parseMarkdown(tail.slice(0, end));
    const last = blocks.at(-1);
    if (last === undefined || blocks.length < 2 || last.firstLine === 0) return;
    freezeBlocks(blocks.slice(0, -1));
    tail = tail.slice(offsetOfLine(tail, last.firstLine));
  };

  const freezeBlocks = (blocks: readonly Block[]) => {
    let [first, ...others] = blocks;
    const code = first === undefined ? null : codeOf(first);
    if (tailCode !== null && code !== null && code.info === tailCode.info) {
      // Code that was growing stays the same element: a selection in it, or focus on its buttons, is not lost.
      tailCode.finish(code.content);
      tailNodes = [];
      tailCode = null;
      [first, ...others] = [undefined, ...others];
    } else {
      clearTail();
    }
    for (const block of first === undefined ? others : [first, ...others])
      element.append(...renderBlock(block, actions));
  };

  const drawTail = () => {
    const { blocks } = parseMarkdown(tail);
    const [only] = blocks;
    const code = blocks.length === 1 && only !== undefined ? codeOf(only) : null;
    if (code !== null && tailCode !== null && tailCode.info === code.info) {
      tailCode.grow(code.content);
      return;
    }
    clearTail();
    if (code !== null) {
      tailCode = codeBlock(code.info, actions);
      tailCode.grow(code.content);
      tailNodes = [tailCode.element];
    } else {
      tailNodes = blocks.flatMap((block) => renderBlock(block, actions));
    }
    element.append(...tailNodes);
  };

  const draw = () => {
    frameRequested = false;
    if (finished) return;
    freeze();
    drawTail();
  };

  const reset = () => {
    received = "";
    carried = "";
    tail = "";
    tailNodes = [];
    tailCode = null;
    finished = false;
    element.replaceChildren();
  };

  return {
    element,
    text: () => received,
    append(text) {
      if (finished) throw new Error("Text after the end of an answer.");
      take(text);
      if (frameRequested) return;
      frameRequested = true;
      requestFrame(draw);
    },
    reset,
    finish() {
      if (finished) return;
      finished = true;
      if (carried !== "") tail += "\n";
      const whole = received.replace(/\r\n?/g, "\n");
      const parsed = parseMarkdown(whole);
      if (parsed.definesLinks) {
        element.replaceChildren();
        for (const block of parsed.blocks) element.append(...renderBlock(block, actions));
      } else {
        freezeBlocks(parseMarkdown(tail).blocks);
      }
      tailNodes = [];
      tailCode = null;
    },
  };
}

function offsetOfLine(text: string, line: number): number {
  let offset = 0;
  for (let at = 0; at < line; at++) offset = text.indexOf("\n", offset) + 1;
  return offset;
}
