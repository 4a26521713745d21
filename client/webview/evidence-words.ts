import { counted } from "./cost-words.ts";
import type { InsertEvidence, TestEvidence } from "./messages.ts";

/** What was seen after an insertion, a sentence each with its sign: the line shows them, and a screen reader hears them. */
export function evidenceWords({ errors, tests }: InsertEvidence): EvidenceWords[] {
  const words: EvidenceWords[] = [];
  if (errors !== null)
    words.push({ icon: "error", words: `${counted(errors.count, "new error")} in ${errors.file} after inserting` });
  const told = tests === null ? null : testWords(tests);
  return told === null ? words : [...words, told];
}

export interface EvidenceWords {
  /** Of the codicons. */
  icon: string;
  words: string;
}

function testWords(tests: TestEvidence): EvidenceWords | null {
  switch (tests.state) {
    case "ready":
      return null;
    case "running":
      return { icon: "beaker", words: "running tests…" };
    case "passed":
      return { icon: "pass", words: "tests pass" };
    case "failed": {
      const line = tests.lastLine === "" ? "" : `: ${tests.lastLine}`;
      return { icon: "error", words: `tests fail (${tests.how})${line}` };
    }
    case "unrun":
      return { icon: "warning", words: `tests did not run: ${tests.why}` };
    case "timedOut":
      return { icon: "watch", words: `no result within ${tests.seconds} s` };
    case "stopped":
      return { icon: "debug-stop", words: "tests stopped" };
    case "never":
      return { icon: "circle-slash", words: "tests are not run here; “Wayfare: Set Test Command…” changes that" };
  }
}

/** Something of it speaks against the answer. */
export function isBad({ errors, tests }: InsertEvidence): boolean {
  return errors !== null || tests?.state === "failed";
}

/** What of it is new since `before`, to be said to whoever does not see the line; "" for nothing. */
export function newEvidence(before: InsertEvidence | null, now: InsertEvidence | null): string {
  if (now === null) return "";
  const known = before?.turnId === now.turnId ? evidenceWords(before).map(({ words }) => words) : [];
  const news = evidenceWords(now).filter(({ words }) => !known.includes(words));
  return news.map(({ words }) => (/[.…]$/.test(words) ? words : `${words}.`)).join(" ");
}
