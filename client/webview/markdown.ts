import DOMPurify from "dompurify";
import MarkdownIt from "markdown-it";
import { type CodeActions, type CodeBlock, type CodeKind, codeBlock } from "./code-block.ts";
import { element } from "./element.ts";

type Token = ReturnType<typeof parser.parse>[number];

const parser = new MarkdownIt({ html: false, linkify: true, typographer: false });
parser.validateLink = isSafeLink;
// Only addresses written out in full become links: `file.py` or `me@host` in the middle of a sentence are no links.
parser.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });

/** Answers may link to the web and to mail. `command:`, `file:`, `javascript:` and plain `http:` stay text. */
export function isSafeLink(url: string): boolean {
  return /^(?:https:\/\/|mailto:)[^\s]/i.test(url.trim());
}

/** A run of Markdown that stands by itself at the top level: where it begins and its tokens. */
export interface Block {
  firstLine: number;
  tokens: Token[];
}

export interface Parsed {
  blocks: Block[];
  /** The text defines links for use elsewhere in it (`[a]: https://…`), so its blocks do not stand by themselves. */
  definesLinks: boolean;
}

/** Markdown (CommonMark with tables and strikethrough, no HTML) as its top-level blocks, in order. */
export function parseMarkdown(text: string): Parsed {
  const environment: NonNullable<Parameters<typeof parser.parse>[1]> = {};
  const blocks: Block[] = [];
  let depth = 0;
  for (const token of parser.parse(text, environment)) {
    if (depth === 0) blocks.push({ firstLine: token.map?.[0] ?? 0, tokens: [] });
    blocks.at(-1)?.tokens.push(token);
    depth += token.nesting;
  }
  return { blocks, definesLinks: Object.keys(environment.references ?? {}).length > 0 };
}

/** The info and content of a block that is nothing but a fence or indented code, and which of the two; else null. */
export function codeOf(block: Block): { kind: CodeKind; info: string; content: string } | null {
  const [token] = block.tokens;
  if (token === undefined || (token.type !== "fence" && token.type !== "code_block")) return null;
  return { kind: token.type === "fence" ? "fence" : "indented", info: token.info.trim(), content: token.content };
}

/**
 * The elements of one block. Built from the parser's tokens, node by node, so that text can never become markup; then
 * passed through DOMPurify all the same, as a second wall; then code gets its header, buttons and colours.
 */
export function renderBlock(block: Block, actions: CodeActions): Node[] {
  const code = codeOf(block);
  if (code !== null) return [finishedCode(code, actions).element];
  const root = document.createElement("div");
  build(root, block.tokens);
  // Tags come from our own table. Only where there are attributes could an answer have had a say in what an element does.
  if (root.querySelector("a, ol, th, td, pre") !== null) DOMPurify.sanitize(root, purifying);
  for (const pre of root.querySelectorAll("pre")) {
    const kind = pre.dataset.kind === "fence" ? "fence" : "indented";
    const code = { kind, info: pre.dataset.info ?? "", content: pre.textContent ?? "" } as const;
    pre.replaceWith(finishedCode(code, actions).element);
  }
  for (const table of root.querySelectorAll("table")) {
    const frame = element("div", { class: "table-frame", tabindex: 0, role: "group", "aria-label": "Table" });
    table.replaceWith(frame);
    frame.append(table);
  }
  return [...root.childNodes];
}

function finishedCode(code: { kind: CodeKind; info: string; content: string }, actions: CodeActions): CodeBlock {
  const block = codeBlock(code, actions);
  block.finish(code.content);
  return block;
}

const purifying = {
  IN_PLACE: true,
  ALLOWED_TAGS: [
    ...["#text", "div", "p", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "hr", "pre", "code", "em"],
    ...["strong", "s", "a", "br", "table", "thead", "tbody", "tr", "th", "td"],
  ],
  ALLOWED_ATTR: ["href", "title", "start", "class"],
  ALLOWED_URI_REGEXP: /^(?:https:\/\/|mailto:)/i,
  ADD_URI_SAFE_ATTR: ["start"],
  ALLOW_ARIA_ATTR: false,
};

/** Tags by the token's name without `_open`. Headings begin at the third level, under those of the page. */
const tagOf: Record<string, keyof HTMLElementTagNameMap> = {
  paragraph: "p",
  bullet_list: "ul",
  ordered_list: "ol",
  list_item: "li",
  blockquote: "blockquote",
  table: "table",
  thead: "thead",
  tbody: "tbody",
  tr: "tr",
  th: "th",
  td: "td",
  em: "em",
  strong: "strong",
  s: "s",
  link: "a",
};
const headings = ["h3", "h4", "h5", "h6", "h6", "h6"] as const;

function build(root: HTMLElement, tokens: readonly Token[]): void {
  let at = root;
  const above: HTMLElement[] = [];
  for (const token of tokens) {
    if (token.nesting === 1) {
      above.push(at);
      if (token.hidden) continue;
      const opened = open(token);
      at.append(opened);
      at = opened;
    } else if (token.nesting === -1) {
      at = above.pop() ?? root;
    } else if (token.type === "inline") {
      build(at, token.children ?? []);
    } else {
      const leaf = leafOf(token);
      if (leaf !== null) at.append(leaf);
    }
  }
}

function open(token: Token): HTMLElement {
  const name = token.type.replace(/_open$/, "");
  if (name === "heading") return element(headings[Number(token.tag.slice(1)) - 1] ?? "h6");
  const opened = element(tagOf[name] ?? "div");
  if (name === "link") {
    const href = attribute(token, "href") ?? "";
    if (isSafeLink(href)) opened.setAttribute("href", href);
    opened.setAttribute("title", attribute(token, "title") ?? href);
  }
  const start = name === "ordered_list" ? attribute(token, "start") : null;
  if (start !== null) opened.setAttribute("start", start);
  const align = /text-align:(right|center)/.exec(attribute(token, "style") ?? "")?.[1];
  if (align !== undefined) opened.className = `align-${align}`;
  return opened;
}

function attribute(token: Token, name: string): string | null {
  const value = token.attrGet(name);
  return value === null ? null : String(value);
}

function leafOf(token: Token): Node | string | null {
  switch (token.type) {
    case "text":
      return token.content === "" ? null : token.content;
    case "softbreak":
      return "\n";
    case "hardbreak":
      return element("br");
    case "hr":
      return element("hr");
    case "code_inline":
      return element("code", {}, token.content);
    case "fence":
    case "code_block":
      return element(
        "pre",
        { "data-info": token.info.trim(), "data-kind": token.type === "fence" ? "fence" : "indented" },
        token.content,
      );
    case "image":
      return imageAsLink(token);
    default:
      return token.content;
  }
}

/** A picture from elsewhere would tell its server what was asked. Its description is shown, as a link to it. */
function imageAsLink(token: Token): HTMLElement | string {
  const source = attribute(token, "src") ?? "";
  const words = token.content === "" ? "image" : token.content;
  return isSafeLink(source) ? element("a", { href: source, title: source }, words) : words;
}
