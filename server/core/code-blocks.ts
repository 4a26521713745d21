/** A fenced block of code in a Markdown text. */
export interface CodeBlock {
  /** What stands behind the opening fence, as written, without space around it. */
  info: string;
  /** The editor's id of the language; null when the fence names none that is known. */
  languageId: string | null;
  /** Without the fences, and without the marks and indentation of the lists and quotes it is in. Lines end in "\n". */
  text: string;
  /** It has a closing fence. Without one a block goes on to the end of what holds it. */
  isClosed: boolean;
}

interface Fence {
  block: CodeBlock;
  mark: string;
  indent: number;
  /** Containers around it. */
  depth: number;
}

/** A quote, or a list item with the column at which its content begins. */
type Container = { kind: "quote" } | { kind: "item"; column: number; isEmpty: boolean };

/**
 * The fenced blocks of a Markdown text in the order in which the chat page shows them, as CommonMark reads them: in lists
 * and quotes too, with backticks or tildes, closed or not. Indented code has no language and is not among them. Linear in
 * the text.
 */
export function codeBlocks(markdown: string): CodeBlock[] {
  const found: CodeBlock[] = [];
  let containers: Container[] = [];
  let fence: Fence | null = null;
  /** The line before belongs to a paragraph, which the next one may continue. */
  let isParagraph = false;

  for (const text of linesOf(markdown)) {
    const line = createLine(text);
    const matched = matchContainers(line, containers);
    if (fence !== null) {
      if (matched >= fence.depth) {
        if (closes(line, fence)) {
          fence.block.isClosed = true;
          fence = null;
        } else {
          fence.block.text += `${line.rest(fence.indent)}\n`;
        }
        continue;
      }
      fence = null;
    }

    const inside = containers.slice(0, matched);
    const isOpen: boolean = isParagraph && matched === containers.length;
    const opened = openContainers(line, isOpen);
    inside.push(...opened);
    const continues = isParagraph && opened.length === 0;
    const start = line.isBlank() || line.indent() >= 4 ? null : fenceStart.exec(line.rest(line.indent()));
    if (start !== null) {
      const info = start[2]?.trim() ?? "";
      const block = { info, languageId: languageIdOf(info), text: "", isClosed: false };
      found.push(block);
      fence = { block, mark: start[1] ?? "", indent: line.indent(), depth: inside.length };
      containers = inside;
      isParagraph = false;
    } else if (line.isBlank()) {
      containers = inside;
      isParagraph = false;
    } else if (continues && !(line.indent() < 4 && interrupts.test(line.rest(line.indent())))) {
      // Text right below a paragraph belongs to it even where the marks of its quote or list are left out.
      isParagraph = !(isOpen && line.indent() < 4 && /^(?:=+|-+)[ \t]*$/.test(line.rest(line.indent())));
    } else {
      containers = inside;
      isParagraph = line.indent() < 4 && !interrupts.test(line.rest(line.indent()));
    }
  }
  return found;
}

const fenceStart = /^(`{3,}(?=[^`]*$)|~{3,})(.*)$/;
const rule = /^(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$/;
/** Headings and rules: they end a paragraph and begin none. */
const interrupts = /^(?:#{1,6}(?:[ \t]|$)|(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$)/;

function* linesOf(text: string): Generator<string> {
  let at = 0;
  const ends = /\r\n?|\n/g;
  for (let end = ends.exec(text); end !== null; end = ends.exec(text)) {
    yield text.slice(at, end.index);
    at = end.index + end[0].length;
  }
  if (at < text.length) yield text.slice(at);
}

/** A line that is read from the left, with tabs as the columns they fill. */
interface Line {
  isBlank(): boolean;
  /** Columns of space at the present place. */
  indent(): number;
  /** Goes on by so many columns of space, or by so many other characters. */
  skipSpace(columns: number): void;
  skip(characters: number): void;
  column(): number;
  /** What is left, less at most so many columns of space. */
  rest(columns: number): string;
}

function createLine(text: string): Line {
  let at = 0;
  let column = 0;
  /** Columns of a tab that are read and of which the rest is still to come. */
  let pending = 0;
  const widthAt = (index: number, from: number): number =>
    text[index] === " " ? 1 : text[index] === "\t" ? 4 - (from % 4) : 0;
  const skipSpace = (columns: number): void => {
    let left = columns;
    while (left > 0) {
      if (pending === 0) {
        pending = widthAt(at, column);
        if (pending === 0) return;
        at += 1;
      }
      const taken = Math.min(left, pending);
      pending -= taken;
      left -= taken;
      column += taken;
    }
  };
  const indent = (): number => {
    let columns = pending;
    for (let index = at; ; index += 1) {
      const width = widthAt(index, column + columns);
      if (width === 0) return columns;
      columns += width;
    }
  };
  return {
    isBlank: () => /^[ \t]*$/.test(text.slice(at)),
    indent,
    skipSpace,
    skip(characters) {
      at += characters;
      column += characters;
    },
    column: () => column,
    rest(columns) {
      const saved = [at, column, pending] as const;
      skipSpace(columns);
      const left = " ".repeat(pending) + text.slice(at);
      [at, column, pending] = saved;
      return left;
    },
  };
}

/** Reads the marks and indentation of the open containers; gives how many of them the line is in. */
function matchContainers(line: Line, containers: readonly Container[]): number {
  for (const [at, container] of containers.entries()) {
    if (container.kind === "quote") {
      if (line.indent() >= 4 || !line.rest(line.indent()).startsWith(">")) return at;
      line.skipSpace(line.indent());
      line.skip(1);
      line.skipSpace(1);
    } else if (line.isBlank()) {
      // An item whose first line holds nothing may not begin with another such line.
      if (container.isEmpty) return at;
    } else {
      if (line.column() + line.indent() < container.column) return at;
      line.skipSpace(container.column - line.column());
      container.isEmpty = false;
    }
  }
  return containers.length;
}

/** Reads the marks of quotes and list items that begin on this line. */
function openContainers(line: Line, isParagraph: boolean): Container[] {
  const opened: Container[] = [];
  let mayContinue = isParagraph;
  while (!line.isBlank() && line.indent() < 4) {
    const rest = line.rest(line.indent());
    if (rest.startsWith(">")) {
      line.skipSpace(line.indent());
      line.skip(1);
      line.skipSpace(1);
      opened.push({ kind: "quote" });
    } else {
      const [, mark = "", number = "", after = ""] = /^((?:(\d{1,9})[.)]|[-+*])(?=[ \t]|$))(.*)$/.exec(rest) ?? [];
      if (mark === "" || rule.test(rest)) break;
      const isEmpty = /^[ \t]*$/.test(after);
      if (mayContinue && (isEmpty || (number !== "" && Number(number) !== 1))) break;
      line.skipSpace(line.indent());
      line.skip(mark.length);
      const space = line.indent();
      const inner = isEmpty || space > 4 ? 1 : space;
      opened.push({ kind: "item", column: line.column() + inner, isEmpty });
      line.skipSpace(inner);
    }
    mayContinue = false;
  }
  return opened;
}

function closes(line: Line, fence: Fence): boolean {
  if (line.indent() >= 4) return false;
  const rest = line.rest(line.indent()).trimEnd();
  return rest.length >= fence.mark.length && rest === (fence.mark[0] ?? "").repeat(rest.length);
}

/** Names of languages on fences, beside the editor's own ids. */
const aliases = new Map<string, string>(
  Object.entries({
    typescript: "ts mts cts deno",
    typescriptreact: "tsx",
    javascript: "js mjs cjs node ecmascript",
    javascriptreact: "jsx",
    python: "py py3 python3 pyi",
    go: "golang",
    rust: "rs",
    java: "",
    css: "",
    shellscript: "sh bash zsh shell",
    ruby: "rb",
    php: "",
    csharp: "cs c#",
    cpp: "c++ cc cxx hpp",
    c: "h",
    json: "",
    jsonc: "json5",
    html: "htm",
    yaml: "yml",
    sql: "",
    kotlin: "kt kts",
    swift: "",
    markdown: "md",
    scss: "",
    less: "",
    vue: "",
    svelte: "",
    powershell: "ps1 pwsh",
    dockerfile: "docker",
    toml: "",
    xml: "",
    diff: "patch",
  }).flatMap(([id, names]) => [id, ...names.split(" ")].filter((name) => name !== "").map((name) => [name, id])),
);

/** The editor's id of the language that a fence names first: `ts src/a.ts` → `typescript`; null for one not known. */
export function languageIdOf(info: string): string | null {
  const name = /^[^\s:{,]*/.exec(info.trim())?.[0].toLowerCase() ?? "";
  return aliases.get(name) ?? null;
}
