import { element, icon } from "./element.ts";
import { highlighted, languageTitle } from "./highlight.ts";

export interface CodeActions {
  copy(text: string, from: CodeSource): void;
  insert(text: string, from: CodeSource): void;
  /** Milliseconds of a clock that only goes forward. */
  now(): number;
}

/** Where code that is taken over stands, and what it is called between its fences ("" without a name). */
export interface CodeSource {
  block: HTMLElement;
  language: string;
}

/** Only code between fences says where it begins and in which language it is. */
export type CodeKind = "fence" | "indented";

/** A block of code on the page that can still grow. */
export interface CodeBlock {
  readonly element: HTMLElement;
  readonly info: string;
  readonly kind: CodeKind;
  /** The code so far. Colours follow in steps, so that growing code is not coloured afresh at each frame. */
  grow(code: string): void;
  /** The whole code, coloured. */
  finish(code: string): void;
}

/**
 * While code grows it is coloured anew only when it is this many times as long as when it was coloured last, and not
 * twice within this time. The first bounds the work for any code to under three times that of colouring it once, the
 * second spares even that where a whole block comes within a few frames.
 */
const GROWTH_BETWEEN_COLOURS = 1.6;
const LEAST_COLOURED_CHARACTERS = 60;
const LEAST_BETWEEN_COLOURS_MS = 120;
const COPIED_SHOWN_MS = 1_600;

/** A code block with its language, its path when the answer names one, and what can be done with it. */
export function codeBlock({ info, kind }: { info: string; kind: CodeKind }, actions: CodeActions): CodeBlock {
  const { language, path } = readInfo(info);
  const spelled = language === "" ? "Text" : languageTitle(language);
  const title = path === "" ? spelled : `${spelled} · ${path}`;
  const nameAt = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1;
  const folder = path.slice(0, Math.max(0, nameAt - 1));
  const rest = [folder, spelled].filter((part) => part !== "").join(" · ");
  const code = element("code", { class: "hljs" });
  let text = "";
  let colouredLength = 0;
  let colouredAtMs = Number.NEGATIVE_INFINITY;
  let plainEnd: Text | null = null;

  const colour = () => {
    code.replaceChildren(highlighted(text, language));
    colouredLength = text.length;
    colouredAtMs = actions.now();
    plainEnd = null;
  };

  const block: HTMLElement = element(
    "div",
    { class: "code-block", "data-kind": kind },
    element(
      "div",
      { class: "code-head" },
      // The file's name stands as long as there is room for it; where it lies and its language go first.
      element(
        "span",
        { class: "code-title", title },
        element("span", { class: "code-name" }, path === "" ? spelled : path.slice(nameAt)),
        path === "" ? null : element("span", { class: "code-rest" }, rest),
      ),
      codeButton("copy", "Copy", `Copy this ${title} code`, () => actions.copy(text, { block, language })),
      codeButton("insert", "Insert", `Insert this ${title} code at the cursor`, () =>
        actions.insert(text, { block, language }),
      ),
    ),
    // Code scrolls sideways by itself, so it must be reachable by keyboard.
    element("pre", { tabindex: 0, role: "group", "aria-label": `${title} code` }, code),
  );

  return {
    element: block,
    info,
    kind,
    grow(next) {
      if (next === text) return;
      if (!next.startsWith(text)) {
        text = next;
        colour();
        return;
      }
      const added = next.slice(text.length);
      text = next;
      const longEnough = text.length > Math.max(LEAST_COLOURED_CHARACTERS, colouredLength * GROWTH_BETWEEN_COLOURS);
      if (longEnough && actions.now() - colouredAtMs >= LEAST_BETWEEN_COLOURS_MS) {
        colour();
        return;
      }
      if (plainEnd === null) {
        plainEnd = document.createTextNode("");
        code.append(plainEnd);
      }
      plainEnd.appendData(added);
    },
    finish(whole) {
      if (whole === text && colouredLength === text.length && plainEnd === null && text !== "") return;
      text = whole;
      colour();
    },
  };
}

/** `ts src/a.ts`, `ts:src/a.ts`, `ts title="src/a.ts"`: a language, and a path if one is named. */
export function readInfo(info: string): { language: string; path: string } {
  const [, language = "", rest = ""] = /^\s*([^\s:{]*)[\s:]*(.*)$/.exec(info) ?? [];
  const named = /(?:title|file|filename|path)=["']?([^"'\s]+)/i.exec(rest)?.[1] ?? rest.trim().split(/\s+/)[0] ?? "";
  return { language, path: /^[\w@.~][\w@.~/\\-]*\.[\w]+(?::\d+)?$/.test(named) ? named : "" };
}

function codeButton(iconName: string, words: string, label: string, onClick: () => void): HTMLButtonElement {
  const shown = element("span", { class: "button-words" }, words);
  const button = element("button", { type: "button", class: "code-button", "aria-label": label, title: label });
  const glyph = icon(iconName);
  button.append(glyph, shown);
  button.addEventListener("click", () => {
    onClick();
    if (iconName !== "copy") return;
    glyph.className = "codicon codicon-check";
    shown.textContent = "Copied";
    setTimeout(() => {
      glyph.className = "codicon codicon-copy";
      shown.textContent = words;
    }, COPIED_SHOWN_MS);
  });
  return button;
}
