/**
 * What kind of text a question is, told by marks that stand in it, since what makes one hard is not what makes another
 * hard: the length of a contest problem says something else than the length of a question with four answers.
 */
export const textForms = ["contest", "choices", "change", "function", "story", "plain"] as const;
export type TextForm = (typeof textForms)[number];

/** What each form is called where a person reads of it. */
export const formWords: Readonly<Record<TextForm, string>> = {
  contest: "a programming contest's problem",
  choices: "a question with lettered answers",
  change: "a change described at length",
  function: "a small function to write or to read",
  story: "a word problem with numbers",
  plain: "a question from the editor",
};

/** A described change is at least so long. */
const LONG_CHARACTERS = 700;
/** What is looked through for the marks of a form. */
const MARKED_CHARACTERS = 4_000;

/**
 * The form of a text. `hasEditor`: code, problems or earlier turns go with it, which say more than the text does; then only
 * the marks of a contest or of lettered answers count. Looks at the first 4,000 characters. Pure and total.
 */
export function formOf(text: string, hasEditor: boolean): TextForm {
  const read = text.length > MARKED_CHARACTERS ? text.slice(0, MARKED_CHARACTERS) : text;
  if (hasChoices(read)) return "choices";
  if (hasAny(read, ["class Solution", "Sample Input", "\nInput\n", "Example 1:", "Constraints"])) return "contest";
  if (hasEditor) return "plain";
  if (hasAny(read, ["def ", "assert ", "Write a function", "Write a python function", "rite a Python function"])) {
    return "function";
  }
  if (text.length > LONG_CHARACTERS && fencedCharacters(read) < read.length / 2) return "change";
  return isStory(read) ? "story" : "plain";
}

function hasAny(text: string, marks: readonly string[]): boolean {
  return marks.some((mark) => text.includes(mark));
}

/** A line that begins with "A." or "A)" and a later one with "B." or "B)". */
function hasChoices(text: string): boolean {
  for (const mark of [". ", ") "]) {
    const first = text.indexOf(`\nA${mark}`);
    if (first >= 0 && text.indexOf(`\nB${mark}`, first) >= 0) return true;
  }
  return false;
}

/** Characters between fences. */
function fencedCharacters(text: string): number {
  let count = 0;
  for (let open = text.indexOf("```"); open >= 0; ) {
    const close = text.indexOf("```", open + 3);
    count += (close < 0 ? text.length : close) - open;
    open = close < 0 ? -1 : text.indexOf("```", close + 3);
  }
  return count;
}

/** A story is at least so long. */
const STORY_CHARACTERS = 70;
const numberWords = [
  " two ",
  " three ",
  " four ",
  " five ",
  " six ",
  " ten ",
  " half ",
  " twice ",
  " times ",
  " third ",
];

/** Words of who asks about software: then the numbers are no story. */
const softwareWords =
  "design server database function algorithm stream sync query queue cache thread memory json code file users request deploy".split(
    " ",
  );

/** Prose without code or software that holds two numbers, in digits or in words, or asks for an amount and holds one. */
function isStory(text: string): boolean {
  if (text.length < STORY_CHARACTERS || hasAny(text, softwareWords)) return false;
  let numbers = 0;
  let inNumber = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const isDigit = code >= 48 && code <= 57;
    if (isDigit && !inNumber) numbers += 1;
    inNumber = isDigit;
    // Signs of code and of names: braces, backticks, underscores.
    if (code === 123 || code === 96 || code === 95) return false;
  }
  for (const word of numberWords) if (text.includes(word)) numbers += 1;
  return numbers >= (hasAny(text, ["ow many ", "ow much "]) ? 1 : 2);
}
