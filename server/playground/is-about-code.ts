import { isAsked, type Subject } from "./find-subject.ts";
import type { Wish } from "./read-wish.ts";

/**
 * True when a question is about the sample files that came with it. It is when it names one of them or what they declare;
 * else it must point at the code or leave its object open ("fix the bug"), and every word of it must be one of programming
 * work or of the files: a single other word, as in "explain quantum computing", may be the subject. Strict on purpose: an
 * answer about the file to another question would be no honest one.
 */
export function isAboutCode(question: string, wish: Wish, subjects: readonly Subject[]): boolean {
  if (subjects.some((subject) => isNamed(question, subject))) return true;
  const text = question
    .toLowerCase()
    .replace(/[’‘]/g, "'")
    // "Here is `lib/time.ts`:" leads to a block and asks for nothing.
    .replace(/^.*\.\w+.*:\s*$/gm, "")
    .replace(/\((["'`]).*?\1\)/g, " ");
  if (elsewhere.test(text)) return false;
  const renamed = [wish.rename?.from, wish.rename?.to].flatMap((name) => name?.toLowerCase() ?? []);
  const fileWords = new Set([...renamed, ...subjects.flatMap(wordsOf)]);
  const points = pointing.test(text);
  // "What is a test?" asks for a meaning, not for this code.
  if (!points && /\b(what('s| is| are)|explain|describe|define)( an?)? \w+\W*$/.test(text) && general.test(text)) {
    return false;
  }
  let isAnchored = points;
  for (const word of text.match(/[a-z_$][\w$']*/g) ?? []) {
    const forms = formsOf(word);
    if (forms.some((form) => work.has(form) || fileWords.has(form))) isAnchored = true;
    else if (!forms.some((form) => plain.has(form) || (points && parts.has(form)))) return false;
  }
  return isAnchored;
}

/** By a name that is no ordinary word, or as code; ordinary ones only count among words that are all known. */
function isNamed(question: string, subject: Subject): boolean {
  const base = subject.path.slice(subject.path.lastIndexOf("/") + 1);
  if (question.toLowerCase().includes(base.toLowerCase())) return true;
  return subject.sample.symbols.some((symbol) => {
    const name = subject.names(symbol.usual);
    const escaped = name.replaceAll("$", "\\$");
    const isCode = new RegExp(`\`${escaped}[\`(]|(?<![\\w$.])${escaped}\\(`).test(question);
    return isCode || (!isWord.test(name) && isAsked(question, name));
  });
}

/** Names that could be words of any question. */
const isWord = /^(?!backoff$)(?:[a-z]{4,}|run|[A-Z][a-z]+|PART)$/;

/** The names in a file, whole and in their parts, apart from words that belong to the language. */
function wordsOf({ path, text }: Subject): string[] {
  const names = `${path} ${text}`.match(/[A-Za-z_$][\w$]*/g) ?? [];
  const pieces = names.flatMap((name) => [name, ...name.split(/_|(?<=[a-z])(?=[A-Z])/)]);
  return pieces.map((piece) => piece.toLowerCase()).filter((piece) => piece.length > 2 && !language.has(piece));
}

/** A word as it stands and without its usual endings. */
function formsOf(word: string): string[] {
  const bare = word.replace(/'(s|re|ve|d|ll|t|m)?$/, "").replace(/n't?$/, "");
  const forms = [word, bare];
  for (const ending of [/s$/, /es$/, /ed$/, /d$/, /ing$/, /ly$/]) {
    if (ending.test(bare)) forms.push(bare.replace(ending, ""), bare.replace(ending, "e"));
  }
  // "Running" is a form of "run".
  return [...forms, ...forms.map((form) => form.replace(/([a-z])\1$/, "$1"))].filter((form) => form !== "");
}

const codeNoun =
  "(?:function|method|file|code|selection|snippet|class|type|interface|constant|variable|module|script|program|lines?|loop|regex|logic|block|implementation|declaration|export|import|parameter|argument|signature)s?";
/** Words that stand for what the person has before them. */
const pointing = new RegExp(
  `\\b(this|it|its|that|these|those|them|here|(?:the|my|our|each|every|all|whole) (?:\\w+ )?${codeNoun})\\b`,
);

/** Questions made of known words that are about something else all the same. */
const elsewhere = /\bwhat (time|day|date|year)\b|\b(about|with|are|of|is|do|does) (you|me|yourself|your name)\b/;

const general = /\b(tests?|bugs?|functions?|comments?|errors?|docs?|documentation|edge cases?|doc ?strings?)\W*$/;

function set(words: string): ReadonlySet<string> {
  return new Set(words.split(/\s+/));
}

/** Words that ask for work, or name what work on code is about: alone they leave open which code is meant. */
const work = set(
  `explain describe summarise summarize summary overview understand clarify eli5 tldr walk purpose
  fix repair debug bug buggy broken wrong incorrect correct fail failing failure hang crash race flaky misbehave reject
  intermittent review problem issue error mistake flaw fault work throw exception stuck leak safe edge case
  test unit unittest spec coverage cover
  document documentation doc docs docstring jsdoc tsdoc godoc pydoc comment
  rename name call change`,
);

/** Parts of code, which say which code is meant only beside a pointing word. */
const parts = set(
  `function method file code selection snippet class type interface constant variable module script program line loop regex
  logic block implementation declaration export import parameter argument signature async await promise return value const
  string number array object condition branch generic callback annotation expression`,
);

/** Words that name no subject. */
const plain = set(
  `a an the this that these those it its them they their here there one ones some any all every each both other another
  i me my we us our you your can could would should will shall may might must do does did done doing don is isn are aren was
  were be been being has have had to of in on at by for from with without into onto about over under between through
  and or but so if then than also too just only still again now please thanks thank hello hi hey ok okay
  what which who when where why how not no never sometimes always often first second third next last before after while
  get gets give make show find see spot solve tell let need want help use add write create generate put insert produce
  provide propose suggest draft improve go take look check handle happen mean meaning possible actually really exactly
  correctly properly valid invalid unexpected unexpectedly expected right good better best clear clearer new more less short
  length brief briefly simple simply quick quickly detail detailed depth deep step thorough thoroughly complete whole entire
  missing small big great careful carefully out up down up everything anything something nothing me somethingelse
  everywhere instead slow ignored two several few`,
);

/** Words of the languages: that they stand in a file does not make a question about them one about the file. */
const language = set(
  `async await function const let var return for while else import export from type interface class extends implements try
  catch finally new throw string number boolean null undefined unknown promise array record readonly math regexp object
  def pass with lambda self none true false print list dict tuple float int str iterable sys statistics raise except
  func package range error errors exec time context fmt os struct defer chan select switch case default map
  are and not the was what that this has any all can may its one two how who why use get set date`,
);
