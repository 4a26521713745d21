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

const maxCharacters = 2_000;

/** How such sentences begin. */
const opening =
  /^(?:sure[,.! ]|certainly[,.! ]|of course[,.! ]|okay[,.! ]|here(?:['’]s| is| are| it is| you (?:go|are))[ :,.!]|i(?:['’]m| am|['’]ll| will| can(?:no|['’])t| cannot| can| don['’]t| do not| need| would| apologi[sz]e) |(?:i['’]m )?sorry[,.! ]|unfortunately[, ]|as an ai |the (?:missing|completed?|following|code) |this (?:code|completion|function|will|line) |to (?:complete|fill) |based on |it (?:looks|seems|appears) |there(?:['’]s| is) (?:no|nothing) |nothing is missing|note that |explanation:|let me |you (?:can|could|should|need) |below is )/i;

function plainWords(words: readonly string[]): number {
  return words.filter((word) => /^["'(]?[A-Za-z][A-Za-z'’-]*[.,:!?)"']*$/.test(word)).length;
}
