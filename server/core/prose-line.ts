import type { Surroundings } from "./surroundings.ts";

/** Whether a line is a sentence that a chat model says to a person, rather than code. */
export function isProseLine(line: string): boolean {
  const text = line
    .replace(/`[^`]*`/g, "it")
    .replace(/\*\*/g, "")
    .trim();
  if (text.length > maxCharacters || !/^[A-Za-z]/.test(text)) return false;
  const words = text.split(/\s+/);
  if (words.length < 2 || /[;{}=<>$\\|]|\w\(|\w\[|=>|::|->/.test(text)) return false;
  if (opening.test(text)) return true;
  return words.length >= 5 && /^[A-Z]/.test(text) && /[.:!?]$/.test(text) && plainWords(words) >= words.length * 0.8;
}

/** Whether a line speaks of the model itself, or introduces what follows: no sentence of anybody's file. */
export function isAddressed(line: string): boolean {
  return /:\s*$/.test(line) || address.test(line.trim());
}

const address =
  /^(?:sure[,.!]|certainly[,.!]|of course[,.!]|okay[,.!]|as an ai |unfortunately, i |(?:i(?:['’]m| am) )?sorry, (?:but )?i |i(?:['’]m| am) (?:sorry, but i |unable |an ai )|i (?:can(?:no|['’])t|cannot) )/i;

/** Whether words are what the code holds at the cursor: between tags, behind a key of YAML, in a scenario. */
export function holdsWords({ languageId, before, after, above, below }: Surroundings): boolean {
  if (scenarioLanguages.has(languageId)) return true;
  if (languageId === "yaml") {
    return isKey.test(before) || (/^\s*$/.test(before) && /[|>][+-]?\d?\s*$/.test(above ?? ""));
  }
  if (!elementLanguages.has(languageId)) return false;
  if (/^\s*<\//.test(after) || endsInTag(before)) return true;
  return /^\s*$/.test(before) && (/^\s*<\//.test(below ?? "") || endsInTag(above ?? ""));
}

/** The beginning of an entry of YAML, up to its value. */
const isKey = /^\s*(?:-\s+)*(?:-|["'\w./][^:]*:)\s+["']?$/;

/** `>` that ends a tag and no arrow. */
function endsInTag(line: string): boolean {
  return /<[\w/][^<>]*(?:=>[^<>]*)*>\s*$/.test(line) && !/[=-]>\s*$/.test(line);
}

const scenarioLanguages = new Set(["gherkin", "cucumber", "feature"]);
const elementLanguages = new Set(["html", "xml", "vue", "svelte", "handlebars", "typescriptreact", "javascriptreact"]);

const maxCharacters = 2_000;

/** How such sentences begin. */
const opening =
  /^(?:sure[,.! ]|certainly[,.! ]|of course[,.! ]|okay[,.! ]|here(?:['’]s| is| are| it is| you (?:go|are))[ :,.!]|i(?:['’]m| am|['’]ll| will| can(?:no|['’])t| cannot| can| don['’]t| do not| need| would| apologi[sz]e) |(?:i['’]m )?sorry[,.! ]|unfortunately[, ]|as an ai |the (?:missing|completed?|following|code) |this (?:code|completion|function|will|line) |to (?:complete|fill) |based on |it (?:looks|seems|appears) |there(?:['’]s| is) (?:no|nothing) |nothing is missing|note that |explanation:|let me |you (?:can|could|should|need) |below is )/i;

function plainWords(words: readonly string[]): number {
  return words.filter((word) => /^["'(]?[A-Za-z][A-Za-z'’-]*[.,:!?)"']*$/.test(word)).length;
}
