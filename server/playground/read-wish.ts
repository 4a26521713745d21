/** What a person wants done, as far as the simulated models understand it. */
export interface Wish {
  /** Old and new name as given; null where the person left it open ("rename this", "a better name for parse"). */
  rename: { from: string | null; to: string | null } | null;
  document: boolean;
  fix: boolean;
  test: boolean;
  explain: boolean;
}

/** Reads a question in ordinary English. All fields false: not understood. */
export function readWish(question: string): Wish {
  const text = question.toLowerCase().replace(/[’‘]/g, "'");
  const rename = readRename(question);
  const test = wantsTest(text);
  const document = !test && documentWords.some((pattern) => pattern.test(text));
  // "Test the edge cases" asks for tests, and so does "write a test for the bug".
  const fix = test ? /\b(fix|repair)\b/.test(text) : rename === null && fixWords.some((pattern) => pattern.test(text));
  const explain = !fix && !test && !document && rename === null && explainWords.some((pattern) => pattern.test(text));
  return { rename, document, fix, test, explain };
}

const name = "[`'\"]?([A-Za-z_$][\\w$]*)(?:\\(\\))?[`'\"]?";
const kindWord = "(?:the |this |my )?(?:function |method |variable |const(?:ant)? |class |type |parameter |field )?";
const renamePairs: readonly RegExp[] = [
  new RegExp(
    `\\brenam\\w*\\s+${kindWord}${name}(?:\\s+\\w+){0,3}?(?:\\s+(?:to|into|as)\\s+|\\s*(?:->|=>|→)\\s*)${name}`,
    "i",
  ),
  new RegExp(`\\bchange the name of\\s+${kindWord}${name}(?:\\s+\\w+){0,3}?\\s*(?:to|into)\\s*${name}`, "i"),
  new RegExp(`\\bcall\\s+${kindWord}${name}\\s+${name}\\s+instead`, "i"),
  new RegExp(`\\b${name}\\s+should be (?:called|named|renamed to)\\s+${name}`, "i"),
];
const renameOpen: readonly RegExp[] = [
  new RegExp(`\\b(?:better|clearer|good|another|new) names? (?:for|of)\\s+${kindWord}${name}`, "i"),
  new RegExp(`\\brename\\s+${kindWord}${name}`, "i"),
];
/** Words that stand where a name could, and are none. */
const noNames =
  /^(it|this|that|these|those|them|the|a|an|function|method|variable|constant|class|everything|all|something|is|here|better)$/i;

function readRename(question: string): Wish["rename"] {
  const only = new RegExp(`\\brename\\s+(?:to|into|as)\\s+${name}`, "i").exec(question);
  if (only !== null) return { from: null, to: named(only[1]) };
  for (const pattern of renamePairs) {
    const [, from, to] = pattern.exec(question) ?? [];
    if (to !== undefined) return { from: named(from), to: named(to) };
  }
  for (const pattern of renameOpen) {
    const match = pattern.exec(question);
    if (match !== null) return { from: named(match[1]), to: null };
  }
  return /\brenam(e|ing)\b|\b(better|clearer) names?\b/i.test(question) ? { from: null, to: null } : null;
}

function named(word: string | undefined): string | null {
  return word === undefined || noNames.test(word) ? null : word;
}

function wantsTest(text: string): boolean {
  if (/\b(fix|repair|why|explain|rename)\b.{0,40}\b(test|spec)s?\b/.test(text) && !/\b(add|write)\b/.test(text))
    return false;
  return (
    /\b(write|add|create|generate|make|give|need|want|draft|suggest|propose|show|provide|produce|cover)\b.{0,60}\b(tests?|test cases?|specs?|testing|coverage|unittests?)\b/.test(
      text,
    ) ||
    /\bunit[ -]?tests?\b/.test(text) ||
    /^\W*(please |can you |could you )?(test|tests for|cover)\b/.test(text) ||
    /\bhow (would|do|should|can) (i|you|we) test\b/.test(text)
  );
}

const documentWords: readonly RegExp[] = [
  /\b(doc[- ]?(comments?|strings?|blocks?)|docstrings?|jsdoc|tsdoc|godoc|pydoc|javadoc)\b/,
  /\b(add|write|put|insert|generate|improve|missing|give)\b.{0,40}\b(comments?|docs|documentation)\b/,
  /^\W*(please |can you |could you )?(document|comment)\b/,
  /\b(document|comment) (this|the|it|each|every|all|these|my)\b/,
];

const fixWords: readonly RegExp[] = [
  /\b(fix|repair|debug|debugging|bugs?|buggy|broken|wrong|incorrect(ly)?|fails?|failing|failed|failure|hangs?|hanging|crash(es|ed)?|race|flak(y|es)|misbehav\w+|rejected|rejects|intermittent(ly)?|edge cases?|review)\b/,
  /\b(doesn't|does not|don't|isn't|not|never|stopped) work/,
  /\b(is|are) (this|it|these|\w+) (correct|right|safe|sound)\b/,
  /\bwhy\b.{0,80}\b(throws?|throwing|errors?|exceptions?|sometimes|stuck|slow|leak\w*|second|ignored|unexpected\w*)\b/,
  /\b(find|any|see|spot|solve|have|has|what)\b.{0,20}\b(problems?|issues?|errors?|mistakes?|flaws?)\b/,
];

const explainWords: readonly RegExp[] = [
  /\b(explain|describe|understand|summar\w+|overview|walk me through|tell me about|purpose|meaning|mean|tl;?dr|eli5|clarify)\b/,
  /\b(what|how|why|when|where|who|which)\b.{0,40}\b(do|does|is|are|did|would|will|can|happens?|work|works|need|use|used)\b/,
  /\b(what's|how's|why's)\b/,
  /^\W*(what|how|why)\b/,
];
