import type { ContextChip, Turn } from "../../shared/answer.ts";
import type { AskPart } from "../../shared/protocol.ts";
import { chipWords, problemWords } from "./chip-words.ts";
import type { CodeActions } from "./code-block.ts";
import { fullModel, restartWords, restartWordsOf, shortModel, spokenCost } from "./decision-words.ts";
import { element, icon, unseen } from "./element.ts";
import { evidenceLine } from "./evidence-line.ts";
import type { Command } from "./failure-block.ts";
import type { PageFacts } from "./page-facts.ts";
import { streamedMarkdown } from "./streamed-markdown.ts";
import { turnEnding } from "./turn-ending.ts";
import { markUnparsed, unparsedWords } from "./unparsed-mark.ts";

export interface TurnActions extends CodeActions {
  copyAnswer(text: string): void;
  retry(turnId: string, mode: string): void;
  /** Asks for the rest of an answer that ended for want of room. */
  goOn(turnId: string, mode: string): void;
  openChip(chip: ContextChip): void;
  /** The person's own tests over what was inserted of this turn. */
  tests(turnId: string, act: "run" | "stop" | "output"): void;
  command(command: Command): void;
  /** Makes a mode the rule in this workspace, or takes the rule back. */
  keepMode(mode: string | null): void;
  /** Its `mode` is what the picker is set to: a turn that kept no decision is asked again with it. */
  facts: PageFacts;
  requestFrame(draw: () => void): void;
  /** The height of a turn changed. */
  grown(): void;
}

/** One question with its answer, from the first waiting line to the decision under it. */
export interface TurnView {
  readonly element: HTMLElement;
  /** The answer as received so far. */
  text(): string;
  /** Its beginning as it is read: words without markup, and without the buttons among them. */
  spoken(): string;
  /** Gives what is to be said of them besides: that the answer was begun again; else null. */
  parts(parts: readonly AskPart[]): string | null;
  /** The turn as the server keeps it: its words, its state, its decision. */
  settle(turn: Turn): void;
}

export function turnView(initial: Turn, actions: TurnActions): TurnView {
  const notes = element("div", { class: "notes" });
  let { decision } = initial;
  const reasoning = reasoningView();
  const markdown = streamedMarkdown(actions, (draw) =>
    actions.requestFrame(() => {
      draw();
      actions.grown();
    }),
  );
  const waiting = waitingLine();
  const foot = element("div", { class: "answer-foot" });
  const answer = element(
    "div",
    { class: "answer" },
    unseen("h2", "Answer"),
    notes,
    reasoning.element,
    markdown.element,
    waiting.element,
    foot,
  );
  const evidence = evidenceLine(initial.id, {
    facts: actions.facts,
    decision: () => decision,
    retry: (mode) => actions.retry(initial.id, mode),
    tests: (act) => actions.tests(initial.id, act),
    grown: actions.grown,
  });
  answer.append(evidence);
  const root = element("article", { class: "turn", "data-turn": initial.id }, question(initial, actions), answer);
  let asked: { providerId: string; modelId: string } | null = null;
  /** Why the answer was begun again, each time. */
  const restarts: string[] = [];
  const showRestarts = (words: string) => notes.replaceChildren(note("debug-restart", words));

  const write = (part: AskPart) => {
    switch (part.type) {
      case "attempt":
        waiting.say(attemptWords(asked, part));
        asked = part;
        return;
      case "text":
        waiting.say(asked === null ? "writing…" : `${shortModel(asked.modelId)} is writing…`);
        markdown.append(part.text);
        return;
      case "reasoning":
        waiting.say("thinking…");
        reasoning.append(part.text);
        return;
      case "restart":
        markdown.reset();
        reasoning.reset();
        restarts.push(part.why);
        showRestarts(restartWords(restarts, asked));
        actions.grown();
        waiting.say(asked === null ? "asking again…" : `asking ${shortModel(asked.modelId)}…`);
        return;
    }
  };

  const settle = (turn: Turn) => {
    decision = turn.decision;
    const answering = turn.state === "answering";
    answer.setAttribute("aria-busy", String(answering));
    if (markdown.text() !== turn.answer && !(answering && markdown.text().startsWith(turn.answer))) {
      markdown.reset();
      if (turn.answer !== "") markdown.append(turn.answer);
    }
    foot.replaceChildren();
    if (answering) {
      waiting.say(markdown.text() === "" ? "choosing a model…" : "writing…");
      return;
    }
    waiting.say(null);
    markdown.finish();
    reasoning.finish();
    // A page that was loaded after the fact tells the same, from what was kept of it.
    // Whether an escalation's answer took the place of the first is known only now.
    const isUntold = notes.childElementCount === 0 || turn.decision?.escalated !== undefined;
    const restarted = isUntold && turn.decision !== null ? restartWordsOf(turn.decision) : null;
    if (restarted !== null) showRestarts(restarted);
    markUnparsed(markdown.element, turn.decision, (mode) => actions.retry(turn.id, mode));
    foot.append(...turnEnding(turn, actions));
    actions.grown();
  };

  settle(initial);
  return {
    element: root,
    text: markdown.text,
    spoken: () => spokenWords(markdown.element),
    parts(parts) {
      const before = restarts.length;
      for (const part of parts) write(part);
      return restarts.length === before ? null : restartWords(restarts.slice(before), asked);
    },
    settle,
  };
}

function note(iconName: string, words: string): HTMLElement {
  return element("p", { class: "note" }, icon(iconName), words);
}

function question(turn: Turn, actions: TurnActions): HTMLElement {
  const chips = turn.context.map((chip) => {
    const problems = problemWords(chip);
    const words = chipWords(chip);
    const button = element(
      "button",
      { type: "button", class: "chip", title: `Open ${chip.path}` },
      icon(chip.kind === "file" ? "file-code" : "list-selection"),
      element("span", { class: "chip-words" }, words),
      problems === null ? null : element("span", { class: "chip-problems" }, icon("warning"), problems),
    );
    button.addEventListener("click", () => actions.openChip(chip));
    return button;
  });
  return element(
    "div",
    { class: "question" },
    unseen("h2", "You asked"),
    element("div", { class: "question-words" }, ...wordsWithCode(turn.question)),
    chips.length === 0 ? null : element("div", { class: "chips" }, ...chips),
  );
}

/** A question is shown as it was typed; only `code` between backticks is set apart. */
function wordsWithCode(words: string): Node[] {
  return words
    .split(/(`[^`\n]+`)/)
    .filter((piece) => piece !== "")
    .map((piece) =>
      /^`[^`\n]+`$/.test(piece) ? element("code", {}, piece.slice(1, -1)) : document.createTextNode(piece),
    );
}

function attemptWords(
  before: { providerId: string; modelId: string } | null,
  now: { modelId: string; failedBefore: number; because?: string },
): string {
  const asking = `asking ${shortModel(now.modelId)}…`;
  if (now.failedBefore === 0) return now.because === undefined ? asking : `${now.because}: ${asking}`;
  return before === null ? `after ${now.failedBefore} failed, ${asking}` : `${fullModel(before)} failed, ${asking}`;
}

function waitingLine(): { element: HTMLElement; say(words: string | null): void } {
  const shown = element("span", { class: "waiting-words" });
  const line = element("p", { class: "waiting", hidden: true }, element("span", { class: "pulse" }), shown);
  return {
    element: line,
    say(words) {
      line.hidden = words === null;
      if (words !== null && shown.textContent !== words) shown.textContent = words;
    },
  };
}

/** What a model shows of its thinking: plain text, folded away, there while the page is. */
function reasoningView(): { element: HTMLElement; append(text: string): void; reset(): void; finish(): void } {
  const summary = element("summary", {}, "Thinking…");
  const words = element("div", { class: "reasoning-words" });
  const details = element("details", { class: "reasoning", hidden: true }, summary, words);
  return {
    element: details,
    append(text) {
      details.hidden = false;
      words.append(text);
    },
    reset() {
      details.hidden = true;
      summary.textContent = "Thinking…";
      words.replaceChildren();
    },
    finish() {
      summary.textContent = "What the model thought";
    },
  };
}

/** What a screen reader is told when an answer has ended: who answered, for how much, and how it begins. */
export function spokenEnd(turn: Turn, words: string): string {
  const by = turn.decision?.answeredBy ?? null;
  const cost = turn.decision === null ? "" : spokenCost(turn.decision);
  const simulated = turn.decision?.simulated === true ? " (simulated)" : "";
  switch (turn.state) {
    case "failed":
      return `No answer. ${turn.failure?.message ?? ""}`.trim();
    case "cancelled":
      return "Stopped.";
    case "interrupted":
      return "Interrupted: Wayfare's server ended.";
    default:
      return [
        `${by === null ? "Answered" : `${shortModel(by.modelId)}${simulated} answered`}${cost}.`,
        unparsedWords(turn.decision),
        words,
      ]
        .filter((part) => part !== "")
        .join(" ");
  }
}

/** Some twenty seconds of speech; the rest is read in the page itself. */
const MAX_SPOKEN_CHARACTERS = 300;

function spokenWords(root: HTMLElement): string {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  let words = "";
  let block: Element | null = null;
  while (words.length <= MAX_SPOKEN_CHARACTERS && walker.nextNode() !== null) {
    const { parentElement, textContent } = walker.currentNode;
    if (parentElement === null || parentElement.closest(".code-head") !== null) continue;
    const own = parentElement.closest("p, li, h3, h4, h5, h6, td, th, pre");
    // Two paragraphs have nothing between them but their edges.
    words += own === block ? textContent : ` ${textContent}`;
    block = own;
  }
  const line = words.replace(/\s+/g, " ").trim();
  if (line.length <= MAX_SPOKEN_CHARACTERS) return line;
  return `${line.slice(0, MAX_SPOKEN_CHARACTERS).replace(/\s+\S*$/, "")} …`;
}
