export type Language = "typescript" | "python" | "go";

/** A piece of source: code in which names are names, text in which they are not, or a comment. */
interface Piece {
  kind: "code" | "text" | "comment";
  text: string;
}

/**
 * Renames an identifier in source text and leaves every other byte as it is. Strings keep their words; comments follow
 * where they name the thing as code (`name`, name(), or as the first word, as Go writes them). A name that is declared
 * as a function, variable or type is not taken for a property of the same name behind a dot. Gives the number of places.
 */
export function renameIdentifier(
  source: string,
  options: { language: Language; from: string; to: string },
): { text: string; places: number } {
  const { language, from, to } = options;
  const escaped = from.replaceAll("$", "\\$");
  const isBinding = new RegExp(
    `(?:\\b(?:function|const|let|var|class|interface|type|enum|def|func|import\\s*\\{[^}]*)\\s*\\b|\\bas\\s+)${escaped}\\b`,
  ).test(source);
  const inCode = new RegExp(`${isBinding ? "(?<![\\w$.])" : "(?<![\\w$])"}${escaped}(?![\\w$])`, "g");
  const inComment = new RegExp(
    `(?<=\`)${escaped}(?=\`|\\()|(?<![\\w$.])${escaped}(?=\\()|(?<=\\{@link\\s+)${escaped}(?=\\s*\\})|(?<=^(?://|#|/\\*\\*?)\\s*)${escaped}(?=\\s)`,
    "g",
  );
  let places = 0;
  const replace = (): string => {
    places += 1;
    return to;
  };
  const text = splitSource(source, language)
    .map((piece) => {
      if (piece.kind === "code") return piece.text.replace(inCode, replace);
      return piece.kind === "comment" ? piece.text.replace(inComment, replace) : piece.text;
    })
    .join("");
  return { text, places };
}

/** True when the name stands somewhere in the code. */
export function hasIdentifier(source: string, language: Language, name: string): boolean {
  return renameIdentifier(source, { language, from: name, to: name }).places > 0;
}

const tokens: Readonly<Record<Language, RegExp>> = {
  // A slash begins a regular expression where a value may begin; elsewhere it divides.
  typescript:
    /(\/\/[^\n]*|\/\*[\s\S]*?\*\/)|("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|(?<=(?:[=(,:;!&|?{}[]|return|^)\s*)\/(?![/*])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*)|(`(?:[^`\\]|\\.)*`)/g,
  python:
    /(#[^\n]*)|("""[\s\S]*?"""|'''[\s\S]*?'''|(?<![fF])"(?:[^"\\\n]|\\.)*"|(?<![fF])'(?:[^'\\\n]|\\.)*')|((?<=[fF])"(?:[^"\\\n]|\\.)*"|(?<=[fF])'(?:[^'\\\n]|\\.)*')/g,
  go: /(\/\/[^\n]*|\/\*[\s\S]*?\*\/)|("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`)|(?!)()/g,
};

function splitSource(source: string, language: Language): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const match of source.matchAll(tokens[language])) {
    if (match.index > at) pieces.push({ kind: "code", text: source.slice(at, match.index) });
    const [whole, comment, , template] = match;
    if (template !== undefined && template !== "") pieces.push(...splitTemplate(template, language));
    else pieces.push({ kind: comment === undefined ? "text" : "comment", text: whole });
    at = match.index + whole.length;
  }
  if (at < source.length) pieces.push({ kind: "code", text: source.slice(at) });
  return pieces;
}

/** A string with holes: `${…}` in TypeScript, `{…}` in Python; what is in a hole is code. */
function splitTemplate(template: string, language: Language): Piece[] {
  const hole = language === "python" ? /\{\{|\{([^{}:!]*)/g : /\$\{([^{}]*)/g;
  const pieces: Piece[] = [];
  let at = 0;
  for (const match of template.matchAll(hole)) {
    const code = match[1];
    if (code === undefined) continue;
    const start = match.index + match[0].length - code.length;
    pieces.push({ kind: "text", text: template.slice(at, start) }, { kind: "code", text: code });
    at = start + code.length;
  }
  pieces.push({ kind: "text", text: template.slice(at) });
  return pieces;
}
