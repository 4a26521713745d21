// @vitest-environment jsdom
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseMarkdown, renderBlock } from "../../../client/webview/markdown.ts";
import { streamedMarkdown } from "../../../client/webview/streamed-markdown.ts";

const actions = { copy: () => {}, insert: () => {}, now: () => 0 };

/** A frame after every piece: the most rendering there can be. */
function streamed(pieces: readonly string[]) {
  const frames: (() => void)[] = [];
  const view = streamedMarkdown(actions, (draw) => frames.push(draw));
  for (const piece of pieces) {
    view.append(piece);
    for (const draw of frames.splice(0)) draw();
  }
  view.finish();
  return view;
}

/** The whole text by the parser at once, without any of the machinery for streams. */
function whole(text: string): HTMLElement {
  const root = document.createElement("div");
  root.className = "markdown";
  for (const block of parseMarkdown(text).blocks) root.append(...renderBlock(block, actions));
  return root;
}

/** Lines that begin, end, continue and interrupt one another in every way the rules of Markdown know. */
const line = fc.constantFrom(
  ...[
    "",
    "",
    "",
    "plain words",
    "more *words* and `code`",
    "# heading",
    "===",
    "---",
    "- item",
    "  inside",
    "    deep",
  ],
  ...["1. one", "2) two", "> quote", ">", "```", "```ts src/a.ts", "~~~", "const a = 1;", "| a | b |", "|--|--|"],
  ...["[x]: https://a.example", '"title', "[x] and [x][y]", "\tTab", "* * *", "<div>", "#", "-", "```` `", "&amp; \\*"],
);
const text = fc
  .tuple(fc.array(line, { maxLength: 14 }), fc.constantFrom("\n", "\r\n", "\r"), fc.constantFrom("", "end"))
  .map(([lines, end, last]) => lines.join(end) + (last === "" ? end : last));

describe("streamed markdown", () => {
  it("ends as if the text had come in one piece, wherever it was cut", () => {
    fc.assert(
      fc.property(text, fc.array(fc.nat({ max: 200 }), { maxLength: 8 }), (answer, cuts) => {
        const places = [...new Set([0, ...cuts.map((cut) => Math.min(cut, answer.length)), answer.length])].sort(
          (one, other) => one - other,
        );
        const pieces = places.slice(1).map((place, at) => answer.slice(places[at], place));
        const view = streamed(pieces);
        expect(view.text()).toBe(answer);
        expect(view.element.outerHTML).toBe(whole(answer).outerHTML);
      }),
      { numRuns: 120 },
    );
  });

  it("ends the same when it comes letter by letter", () => {
    fc.assert(
      fc.property(text, (answer) => {
        expect(streamed([...answer]).element.outerHTML).toBe(whole(answer).outerHTML);
      }),
      { numRuns: 8 },
    );
  });

  it("never touches a finished block again", () => {
    const frames: (() => void)[] = [];
    const view = streamedMarkdown(actions, (draw) => frames.push(draw));
    const show = (piece: string) => {
      view.append(piece);
      for (const draw of frames.splice(0)) draw();
    };
    show("First paragraph.\n\nSecond");
    const first = view.element.firstElementChild;
    show(" one.\n\n```ts\nconst a = 1;\n");
    const code = view.element.querySelector(".code-block");
    show("const b = 2;\n```\n\nLast");
    view.finish();
    expect(view.element.firstElementChild).toBe(first);
    expect(view.element.querySelector(".code-block")).toBe(code);
    expect(code?.querySelector("code")?.textContent).toBe("const a = 1;\nconst b = 2;\n");
  });

  it("draws once per frame, however many pieces came", () => {
    const frames: (() => void)[] = [];
    const view = streamedMarkdown(actions, (draw) => frames.push(draw));
    for (const piece of ["a", "b", "c"]) view.append(piece);
    expect(frames).toHaveLength(1);
    expect(view.element.textContent).toBe("");
    frames[0]?.();
    expect(view.element.textContent).toBe("abc");
  });

  it("begins from nothing after a reset", () => {
    const view = streamedMarkdown(actions, (draw) => draw());
    view.append("old\n\ntext");
    view.reset();
    view.append("new");
    view.finish();
    expect(view.text()).toBe("new");
    expect(view.element.innerHTML).toBe("<p>new</p>");
  });
});
