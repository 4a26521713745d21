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
 * one has surely begun, and is never touched again; only the last one is rendered anew, at most once per frame. That holds
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
  /** What shows `tail`, block by block; these are the last children of `element`. */
  let shown: ShownBlock[] = [];
  let frameRequested = false;
  let finished = false;

  const take = (text: string) => {
    received += text;
    const piece = carried + text;
    carried = piece.endsWith("\r") ? "\r" : "";
    tail += (carried === "" ? piece : piece.slice(0, -1)).replace(/\r\n?/g, "\n");
  };

  /** Brings `shown` in line with `tail`. A block that is as it was keeps its elements; code that grew keeps its own too. */
  const showTail = () => {
    const { blocks } = parseMarkdown(tail);
    for (const [at, block] of blocks.entries()) {
      const isLast = at === blocks.length - 1;
      const key = keyOf(block, blocks[at + 1], tail);
      const code = codeOf(block);
      const before = shown[at];
      if (code !== null && before?.code?.info === code.info && before.code.kind === code.kind) {
        if (isLast) before.code.grow(code.content);
        else before.code.finish(code.content);
      } else if (code === null && before?.key === key) {
      } else {
        for (const stale of shown.splice(at)) remove(stale);
        const fresh = code === null ? null : codeBlock(code, actions);
        if (code !== null) fresh?.grow(code.content);
        const nodes = fresh === null ? renderBlock(block, actions) : [fresh.element];
        element.append(...nodes);
        shown.push({ key, nodes, code: fresh });
        if (code !== null && !isLast) fresh?.finish(code.content);
      }
    }
    for (const stale of shown.splice(blocks.length)) remove(stale);
    return blocks;
  };

  /**
   * Forgets the blocks that a later one has ended: they are not touched again. Where a block begins is certain once the
   * line after its first one is complete too (a table shows itself only there); until then nothing before it is final.
   */
  const freeze = (blocks: readonly Block[]) => {
    let unfinishedLine = 0;
    for (let at = tail.indexOf("\n"); at !== -1; at = tail.indexOf("\n", at + 1)) unfinishedLine++;
    const first = blocks.findLastIndex((block) => block.firstLine + 1 < unfinishedLine);
    if (first < 1) return;
    shown.splice(0, first);
    tail = tail.slice(offsetOfLine(tail, blocks[first]?.firstLine ?? 0));
  };

  const draw = () => {
    frameRequested = false;
    if (finished) return;
    freeze(showTail());
  };

  const reset = () => {
    received = "";
    carried = "";
    tail = "";
    shown = [];
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
      // Read once more only where something looks like a definition: most answers define no links.
      const parsed = mayDefineLinks.test(whole) ? parseMarkdown(whole) : null;
      if (parsed?.definesLinks) {
        element.replaceChildren();
        for (const block of parsed.blocks) element.append(...renderBlock(block, actions));
      } else {
        const blocks = showTail();
        for (const [at, block] of blocks.entries()) shown[at]?.code?.finish(codeOf(block)?.content ?? "");
      }
      shown = [];
    },
  };
}

/** Where a link definition can stand: at the start of a line, or behind the marks of lists and quotes. */
const mayDefineLinks = /^[\s>*+\-\d.)]*\[[^\]]*\]:/m;

interface ShownBlock {
  key: string;
  nodes: readonly Node[];
  code: CodeBlock | null;
}

function remove({ nodes }: ShownBlock): void {
  for (const node of nodes) node.parentNode?.removeChild(node);
}

/** Equal keys, equal elements: the words of a paragraph or heading, the exact source of anything else. */
function keyOf(block: Block, next: Block | undefined, text: string): string {
  const [first, inline] = block.tokens;
  if (first !== undefined && (first.type === "paragraph_open" || first.type === "heading_open")) {
    return `${first.tag} ${inline?.content ?? ""}`;
  }
  const end = next === undefined ? text.length : offsetOfLine(text, next.firstLine);
  return text.slice(offsetOfLine(text, block.firstLine), end);
}

function offsetOfLine(text: string, line: number): number {
  let offset = 0;
  for (let at = 0; at < line; at++) offset = text.indexOf("\n", offset) + 1;
  return offset;
}
