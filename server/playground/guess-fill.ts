import { isKeyword, readScene, type Scene } from "./read-scene.ts";
import type { Hole } from "./vendor-wire.ts";

/**
 * What any text suggests at a hole, by rules that a person could check: the rest of a name that the text uses, the brackets
 * that are open, a return under a signature. Empty where no rule applies. Takes text with "\n" line ends.
 */
export function guessFill(hole: Hole): string {
  const scene = readScene(hole);
  // In the middle of code there is nothing to add that would not be in the way.
  if (scene.isComment || !/^[\s)\]}"'`;,]*$/.test(scene.rest)) return "";
  for (const guess of guesses) {
    const text = guess(scene);
    if (text !== null) return text;
  }
  return "";
}

type Guess = (scene: Scene) => string | null;

/** Read from the top; the first that has an answer gives it. */
const guesses: readonly Guess[] = [
  /** A string that stands elsewhere in the text, and its quote. */
  function finishString({ line, rest, quote, above, below, closers, end }) {
    if (quote === null) return null;
    const begun = line.slice(line.lastIndexOf(quote) + 1);
    const close = rest.startsWith(quote) ? "" : quote;
    const known = [...above, ...below].flatMap((each) => stringsIn(each, quote));
    const whole = begun === "" ? undefined : known.find((each) => each.startsWith(begun) && each.length > begun.length);
    if (whole === undefined) return "";
    return whole.slice(begun.length) + (close === "" ? "" : close + closing(closers, rest, end));
  },

  /** A line that stands elsewhere in the text, from where it has come to; a declaration is not made twice. */
  function finishLine({ line, rest, above, below }) {
    const typed = line.trimStart();
    if (
      typed.trimEnd().length < 5 ||
      /^return\s*$/.test(typed) ||
      rest.trim() !== "" ||
      /^(export|const|let|var|def|func|function|class|type|import|from)\b/.test(typed)
    ) {
      return null;
    }
    const whole = [...above.toReversed(), ...below.slice(1)]
      .map((each) => each.trim())
      .find((each) => each.startsWith(typed) && each.length > typed.length);
    return whole === undefined ? null : whole.slice(typed.length);
  },

  /** The rest of a name. */
  function finishName({ line, rest, names, closers, end }) {
    const begun = /(?<![\w$"'])[A-Za-z_$][\w$]*$/.exec(line)?.[0] ?? "";
    if (begun.length < 2 || isKeyword(begun) || isNaming(line.slice(0, -begun.length)) || names.includes(begun))
      return null;
    const name = names.find((each) => each.startsWith(begun));
    if (name === undefined) return null;
    return name.slice(begun.length) + (closers.length > 0 && !isControl(line) ? closing(closers, rest, end) : "");
  },

  /** The body of a function that has none yet. */
  function fillBody(scene) {
    const { line, rest, above, below, indent, step, language, end } = scene;
    const isOpening = signatureIn(line) !== null && opens(line, language);
    const head = isOpening ? line : line.trim() === "" ? (above.findLast((each) => each.trim() !== "") ?? "") : "";
    const signature = opens(head, language) ? signatureIn(head) : null;
    if (signature === null) return null;
    const headIndent = /^\s*/.exec(head)?.[0] ?? "";
    const next = below.find((each) => each.trim() !== "");
    const nextIndent = /^\s*/.exec(next ?? "")?.[0] ?? "";
    // Something stands in it already.
    if (next !== undefined && nextIndent.length > headIndent.length) return null;
    const value = resultOf(signature);
    const statement = value === null ? emptyBody[language] : `return ${value}${end}`;
    if (!isOpening) return statement === "" ? null : `${indent === headIndent ? step : ""}${statement}`;
    const isClosed = next?.trim() === "}" && nextIndent === headIndent;
    const brace = rest.trim() === "" ? "}" : "";
    const tail = language === "python" || (isClosed && brace !== "") ? "" : `\n${headIndent}${brace}`;
    return `\n${headIndent}${step}${statement}${tail}`;
  },

  /** What a return gives back, what is assigned, what is called with: the value that came last. */
  function finishValue(scene) {
    const { line, rest, closers, end } = scene;
    const place = /(^|\s)return\s+$|(^|[^=!<>])=\s+$|:=\s+$|\($/.exec(line);
    const declares = place === null && /(^|\s)(const|let|var)\s+[\w$]+\s$/.test(line);
    if ((place === null && !declares) || isControl(line)) return null;
    const name = latestValue(scene);
    return name === null ? null : `${declares ? "= " : ""}${name}${closing(closers, rest, end)}`;
  },

  /** Brackets that are open. */
  function closeBrackets({ line, rest, closers, end, language }) {
    if (closers.length === 0 || !/[\w$"'`)\]]$/.test(line) || signatureIn(line) !== null) return null;
    if (isControl(line)) return `${closers.join("")}${language === "braces" && !rest.includes("{") ? " {" : ""}`;
    return closing(closers, rest, end);
  },

  /** A return where a block ends and the last thing it made is not given back. */
  function giveBack(scene) {
    const { line, above, below, indent, end } = scene;
    if (line.trim() !== "" || indent === "") return null;
    const last = above.findLast((each) => each.trim() !== "") ?? "";
    const next = below.find((each) => each.trim() !== "") ?? "";
    const name = declaredIn(last);
    const isLast = next === "" || /^\s*[}\])]/.test(next) || (/^\s*/.exec(next)?.[0].length ?? 0) < indent.length;
    const sameBlock = (/^\s*/.exec(last)?.[0] ?? "") === indent;
    return name === null || !isLast || !sameBlock ? null : `return ${name}${end}`;
  },
];

function closing(closers: readonly string[], rest: string, end: string): string {
  const needsEnd = end !== "" && rest.trim() === "" && !closers.includes("}");
  return `${closers.join("")}${needsEnd ? end : ""}`;
}

function stringsIn(line: string, quote: string): string[] {
  const pattern = quote === '"' ? /"([^"\\]{1,200})"/g : quote === "'" ? /'([^'\\]{1,200})'/g : /`([^`\\]{1,200})`/g;
  return [...line.matchAll(pattern)].map((match) => match[1] ?? "");
}

/** True where a new name is being given, which no other name could finish. */
function isNaming(before: string): boolean {
  return /(^|\s)(const|let|var|function|class|def|func|interface|type|enum|struct)\s+$/.test(before);
}

function isControl(line: string): boolean {
  return /^\s*(\}\s*else\s+)?(if|while|for|switch|elif|catch)\b/.test(line);
}

function opens(line: string, language: Scene["language"]): boolean {
  return language === "python" ? /:\s*$/.test(line) : /\{\s*$/.test(line);
}

interface Signature {
  name: string;
  parameters: readonly { name: string; type: string }[];
  returns: string;
}

const signaturePatterns: readonly RegExp[] = [
  // TypeScript and JavaScript: functions, then methods.
  /\bfunction\s*\*?\s*(?<name>[\w$]+)\s*(?:<[^<>]*>)?\((?<parameters>[^()]*)\)\s*(?::\s*(?<returns>[^{]+?))?\s*\{?\s*$/,
  /^\s*(?:(?:public|private|protected|static|async|override)\s+)*(?!if\b|for\b|while\b|switch\b|catch\b)(?<name>[\w$]+)\((?<parameters>[^()]*)\)\s*(?::\s*(?<returns>[^{]+?))?\s*\{\s*$/,
  /\bconst\s+(?<name>[\w$]+)\s*=\s*(?:async\s*)?\((?<parameters>[^()]*)\)\s*(?::\s*(?<returns>[^=]+?))?\s*=>\s*\{\s*$/,
  /^\s*(?:async\s+)?def\s+(?<name>\w+)\((?<parameters>[^()]*)\)\s*(?:->\s*(?<returns>[^:]+?))?\s*:\s*$/,
  /^\s*func\s+(?:\([^()]*\)\s*)?(?<name>\w+)\((?<parameters>[^()]*)\)\s*(?<returns>[^{]*?)\s*\{\s*$/,
];

function signatureIn(line: string): Signature | null {
  if (line.length > 400) return null;
  for (const pattern of signaturePatterns) {
    const groups = pattern.exec(line)?.groups;
    if (groups === undefined) continue;
    const parameters = (groups.parameters ?? "").split(",").flatMap((each) => {
      const [, name = "", type = ""] = /^\s*(?:\.\.\.)?([A-Za-z_$][\w$]*)\??\s*:?\s*([^=]*)/.exec(each) ?? [];
      return name === "" || name === "self" || name === "this" ? [] : [{ name, type: type.trim() }];
    });
    return { name: groups.name ?? "", parameters, returns: (groups.returns ?? "").trim() };
  }
  return null;
}

/** Operators that a function's own name speaks of. */
const operators: readonly (readonly [RegExp, string])[] = [
  [/add|sum|plus|concat|join/i, "+"],
  [/sub|minus|diff/i, "-"],
  [/mul|times|product|area/i, "*"],
  [/div|ratio|share/i, "/"],
  [/equal|same/i, "==="],
];

/** What a function could give back; null for one that gives nothing. */
function resultOf({ name, parameters, returns }: Signature): string | null {
  const [first, second] = parameters;
  if (/^(void|None|Promise<void>)$/.test(returns)) return null;
  if (first === undefined) return defaults.find(([pattern]) => pattern.test(returns))?.[1] ?? null;
  const operator = operators.find(([pattern]) => pattern.test(name))?.[1];
  if (second !== undefined && operator !== undefined) return `${first.name} ${operator} ${second.name}`;
  if (/^(is|has|can)[A-Z_]/.test(name) && second !== undefined) return `${first.name} === ${second.name}`;
  if (/(count|length|size)/i.test(name) && /\[\]|Array|list/i.test(first.type)) {
    return /list/.test(first.type) ? `len(${first.name})` : `${first.name}.length`;
  }
  const fitting = returns === "" ? first : parameters.find(({ type }) => type === returns);
  return fitting?.name ?? defaults.find(([pattern]) => pattern.test(returns))?.[1] ?? first.name;
}

const defaults: readonly (readonly [RegExp, string])[] = [
  [/^(number|int|float64|float|double|long)$/, "0"],
  [/^(string|str)$/, '""'],
  [/^(boolean|bool)$/, "false"],
  [/(\[\]|^Array<.*>)$|^list\b/, "[]"],
  [/^(error)$/, "nil"],
];

const emptyBody: Readonly<Record<Scene["language"], string>> = { python: "pass", go: "", braces: "" };

function declaredIn(line: string): string | null {
  return (
    /^\s*(?:export\s+)?(?:(?:const|let|var)\s+)?([A-Za-z_$][\w$]*)\s*(?::\s*[^=]+)?:?=[^=]/.exec(line)?.[1] ?? null
  );
}

/** The variable that was made last above the cursor, else the first parameter of the function around it. */
function latestValue({ line, above, indent }: Scene): string | null {
  const own = /([A-Za-z_$][\w$]*)\s*:?=?\s*$/.exec(line)?.[1];
  for (const each of above.toReversed()) {
    const width = /^\s*/.exec(each)?.[0].length ?? 0;
    if (each.trim() === "" || width > indent.length) continue;
    const name = declaredIn(each);
    if (name !== null && name !== own) return name;
    const signature = signatureIn(each);
    if (signature !== null) return signature.parameters[0]?.name ?? null;
  }
  return null;
}
