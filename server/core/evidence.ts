import type { Classification, Tier } from "../../shared/answer.ts";
import { isVisiblyWrong, type VisibleEvidence } from "./evidence-order.ts";

/** What came of running examples or tests on an answer's code. */
export interface ExampleRun {
  /** Tests of the project, examples in the question, or examples in doc comments. */
  from: "tests" | "question" | "docs";
  /** How many of them failed; null: something did, and nobody counted. */
  failed: number | null;
  /** The share that failed, 0 to 1. */
  failedShare: number;
  /** One ended in an error of its own instead of a wrong result. */
  crashed: boolean;
  timedOut: boolean;
  /** The same examples passed on the code as it was before. */
  isValidated: boolean;
}

/** The facts of one answer: how it came to be asked, and what is seen of it. */
export interface EvidenceFacts {
  /** The person left the choice of the tier to Wayfare. */
  isAuto: boolean;
  /** Of the model that answered. */
  tier: Tier;
  /** What was foreseen before it was asked; null where nothing was. */
  prior: Pick<Classification, "cheapRight" | "doubt"> | null;
  /** The person lets Wayfare ask the frontier after a failure. */
  mayEscalate: boolean;
  /** The first line that does not parse in the code of the answer; null: all of it does, as far as is known. */
  badLine: number | null;
  /** There are blocks of code, and nothing is in them. */
  isEmpty: boolean;
  /** Errors that the editor shows since the answer's code was put into a file. */
  addedErrors: number;
  /** null: nothing was run. */
  run: ExampleRun | null;
}

/** What spoke against an answer. */
export type EvidenceKind = "unparsed" | "empty" | "diagnostics" | "examples" | "prior";

/** `because` is a clause: "the cheap answer's code did not parse (line 3)". */
export interface Finding {
  kind: EvidenceKind;
  because: string;
}

/**
 * keep: nothing speaks against the answer. escalate: the frontier is worth asking. doubt: the answer is shown with a mark,
 * and nothing is spent.
 */
export type Verdict = { act: "keep" } | ({ act: "escalate" | "doubt" } & Finding);

/**
 * What to do about an answer. What is seen of it beats what was foreseen: a visible failure of a cheap answer is escalated
 * where the person left the choice to Wayfare and lets it, whatever the odds were; everywhere else it is a doubt. Where
 * nothing fails, and no test has shown that it is right, what was in doubt before it was asked still is. A question that
 * was weighed as hard is asked of the frontier at once, by its plan, which spares the second wait.
 */
export function judgeEvidence(facts: EvidenceFacts): Verdict {
  const failure = visibleFailure(facts);
  if (failure !== null) {
    const isEscalated = facts.isAuto && facts.mayEscalate && facts.tier === "cheap";
    return { act: isEscalated ? "escalate" : "doubt", ...failure };
  }
  const { prior, tier, run } = facts;
  const isProved = run !== null && isTrusted(run);
  if (tier !== "cheap" || prior?.doubt !== true || isProved) return { act: "keep" };
  const percent = Math.round(prior.cheapRight * 100);
  return {
    act: "doubt",
    kind: "prior",
    because: `cheap is estimated to be right for only ${percent} % of such requests`,
  };
}

/** The same facts as the order of escalations takes them. */
export function visibleEvidence({
  badLine,
  isEmpty,
  addedErrors,
  run,
}: Pick<EvidenceFacts, "badLine" | "isEmpty" | "addedErrors" | "run">): VisibleEvidence {
  return {
    isBroken: badLine !== null || isEmpty || addedErrors > 0,
    wasRun: run !== null,
    failedShare: run?.failedShare ?? 0,
    crashed: run?.crashed ?? false,
    timedOut: run?.timedOut ?? false,
    isTrusted: run !== null && isTrusted(run),
  };
}

/**
 * Of the examples in doc comments 40 to 53 % fail on right code, measured on public sets: such a failure says something
 * only where the same examples passed before.
 */
function isTrusted({ from, isValidated }: ExampleRun): boolean {
  return from !== "docs" || isValidated;
}

/** The first thing that is visibly wrong with an answer, in the order in which it is looked at; null: nothing. */
function visibleFailure(facts: EvidenceFacts): Finding | null {
  if (!isVisiblyWrong(visibleEvidence(facts))) return null;
  const { tier, badLine, isEmpty, addedErrors, run } = facts;
  if (badLine !== null)
    return { kind: "unparsed", because: `the ${tier} answer's code did not parse (line ${badLine})` };
  if (isEmpty) return { kind: "empty", because: `the ${tier} answer's code was empty` };
  if (addedErrors > 0) {
    const errors = addedErrors === 1 ? "1 new error" : `${addedErrors.toLocaleString("en-US")} new errors`;
    return { kind: "diagnostics", because: `${errors} after the ${tier} answer's code was inserted` };
  }
  return run === null ? null : { kind: "examples", because: exampleWords(run) };
}

function exampleWords({ from, failed, crashed, timedOut }: ExampleRun): string {
  const [one, many] = exampleNames[from];
  if (timedOut) return `the ${many} did not end in time`;
  if (failed === null || failed === 0) return `the ${many} ${crashed ? "crashed" : "failed"}`;
  return failed === 1 ? `1 ${one} failed` : `${failed.toLocaleString("en-US")} ${many} failed`;
}

const exampleNames: Readonly<Record<ExampleRun["from"], readonly [string, string]>> = {
  tests: ["test", "tests"],
  question: ["example of the question", "examples of the question"],
  docs: ["example of a doc comment", "examples of the doc comments"],
};
