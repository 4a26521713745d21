import { formatUsd } from "../../shared/money.ts";
import type { Report, Savings } from "../../shared/report.ts";
import {
  alwaysWords,
  amountWords,
  counted,
  daysWords,
  expectedWords,
  gainWords,
  perUnitWords,
  savedAmount,
  savingAgainst,
  savingSentence,
  weighedWords,
  wholeNumber,
} from "./cost-words.ts";
import { changes, element, unseen } from "./element.ts";

const keys = ["spent", "answer", "line", "frontier", "single", "cache", "failed"] as const;
type FigureKey = (typeof keys)[number];

/** One figure of the first row: what it is, how much, a few words to it, and how it is counted in full sentences. */
export interface Figure {
  key: FigureKey;
  name: string;
  amount: string;
  words: string;
  how: string[];
}

/** The first row of the page, from a report. Pure. */
export function figuresOf(report: Report): Figure[] {
  return [spent(report), perAnswer(report), perLine(report), ...routing(report), caches(report), failed(report)];
}

function spent(report: Report): Figure {
  const { total } = report;
  const how = [
    "Everything that was asked of a model in these days: chat answers, completions, helper calls and what other tools asked, with the attempts that failed or were stopped.",
    "What a provider said a request cost counts first. Otherwise it is the provider's own count of tokens at the prices that held when it was asked. Where a stream ended before the provider had counted, it is our estimate; where a process died, what it had held.",
  ];
  if (total.unknown > 0) {
    how.push(
      `${counted(total.unknown, "attempt has", "attempts have")} no known price. They are in no sum on this page, so more was spent than is shown. Give such a model a price in its provider's settings.`,
    );
  }
  const where = report.hostLabel === "" ? "" : ` on ${report.hostLabel}`;
  return {
    key: "spent",
    name: "Spent",
    amount: amountWords(total),
    words: `${counted(total.requests, "request")}, ${daysWords(report)}${where}`,
    how,
  };
}

function perAnswer(report: Report): Figure {
  const chat = report.groups.kind.find(({ key }) => key === "chat") ?? null;
  const answers = chat?.answers ?? 0;
  const unknown =
    chat === null || chat.unknown === 0 ? "" : `, ${counted(chat.unknown, "attempt")} of unknown price left out`;
  return {
    key: "answer",
    name: "Per answer",
    amount: chat === null ? "–" : perUnitWords(chat, answers),
    words: answers === 0 ? "no chat answer in these days" : `${counted(answers, "chat answer")}${unknown}`,
    how: [
      "What chat cost, failed and stopped attempts included, divided by the chat answers that came to their end.",
      "Completions, helper calls and what other tools asked are left out, and so are attempts of unknown price. An answer given again from this host's cache counts as no answer here, for nothing was asked.",
    ],
  };
}

function perLine({ total }: Report): Figure {
  const lines = total.acceptedLines;
  return {
    key: "line",
    name: "Per accepted line",
    amount: perUnitWords(total, lines),
    words: lines === 0 ? "no line was accepted in these days" : counted(lines, "accepted line"),
    how: [
      lines === 0
        ? "There is nothing to divide by yet. A line is accepted when you take a completion over, or press Insert or Copy on code in an answer."
        : `Everything spent, on whatever it was, divided by the lines that were taken over: ${counted(total.acceptedCompletions, "completion")} accepted, and code of answers that was inserted or copied.`,
      "A block of code counts once, however often it is copied. Whether a line stayed in the file is not known, and code that you typed over by hand is not counted.",
    ],
  };
}

function routing({ savings }: Report): Figure[] {
  if (savings === null) {
    return [
      {
        key: "frontier",
        name: "Against one model for all",
        amount: "–",
        words: "no answer was routed in Auto mode",
        how: [
          "Only answers, of the chat and to other tools, that Wayfare routed by itself are compared. In these days there was none.",
        ],
      },
    ];
  }
  // Where always frontier is the best single model, one card says both.
  return savings.bestSingle === "frontier"
    ? [againstFrontier(savings)]
    : [againstFrontier(savings), againstBest(savings)];
}

function againstFrontier(savings: Savings): Figure {
  const saving = savingAgainst(savings, "frontier");
  const isBest = savings.bestSingle === "frontier";
  const expected = expectedWords(savings, "frontier");
  return {
    key: "frontier",
    name: "Against always frontier",
    amount: savedAmount(saving.paidNano),
    words: isBest ? `also the best single model here; ${expected}` : expected,
    how: [
      savingSentence(saving.paidNano, "always frontier"),
      `Of ${counted(savings.answers, "answer")} in Auto mode, of the chat and to other tools: what they cost, ${formatUsd(savings.routed.costNano)}, against what the first frontier model would have cost each time, ${formatUsd(savings.frontier.costNano)}, for the same tokens at the prices of that time. It might have written more or fewer; that is not known.`,
      ...(isBest ? bestSingleHow(savings) : []),
      ...sharedAssumptions(savings),
    ],
  };
}

function againstBest(savings: Savings): Figure {
  const tier = savings.bestSingle;
  const saving = savingAgainst(savings, tier);
  const always = alwaysWords(tier);
  return {
    key: "single",
    name: "Against the best single model",
    amount: savedAmount(saving.paidNano),
    words:
      saving.weighedNano === saving.paidNano
        ? `${always}; ${expectedWords(savings, tier)}`
        : `${always}; with wrong answers counted, ${weighedWords(saving.weighedNano)}`,
    how: [savingSentence(saving.paidNano, always), ...bestSingleHow(savings), ...sharedAssumptions(savings)],
  };
}

/** What "the best single model" means, and how routing did against it with wrong answers counted. */
function bestSingleHow(savings: Savings): string[] {
  const tier = savings.bestSingle;
  const always = alwaysWords(tier);
  const { weighedNano } = savingAgainst(savings, tier);
  return [
    `The best single model is the one that would have been the better choice for all of these answers, had you known it before: the least of its cost and its wrong answers together. Here that is ${always}. A wrong answer counts as ${formatUsd(savings.wrongAnswerNano)}, which is what wayfare.quality says now.`,
    `Cost and wrong answers together, against ${always}: ${weighedWords(weighedNano)}; ${expectedWords(savings, tier)}.`,
  ];
}

function sharedAssumptions(savings: Savings): string[] {
  const how = ["How many answers are right was predicted for each question before it was asked. It was not measured."];
  if (savings.leftOut > 0) {
    how.push(
      `${counted(savings.leftOut, "answer is", "answers are")} left out: you chose the model, the answer came from the cache, or a price was not known.`,
    );
  }
  return how;
}

function caches({ cache }: Report): Figure {
  const { promptSavedNano, keptAnswers, keptSavedNano } = cache;
  const savedNano = promptSavedNano + keptSavedNano;
  const kept =
    keptAnswers === 0 ? "kept answers: none" : `${counted(keptAnswers, "kept answer")}: ${gainWords(keptSavedNano)}`;
  return {
    key: "cache",
    // A loss is named one: "saved, $0.02 more" would read as a gain.
    name: savedNano < 0 ? "Lost by caches" : "Saved by caches",
    amount: formatUsd(Math.abs(savedNano)),
    words: `vendors' prompt caches: ${gainWords(promptSavedNano)}; ${kept}`,
    how: [
      "Vendors' prompt caches: what cached input cost less than the input price, less what writing to the cache cost beyond it. That can be a loss: a conversation that ends early pays for a cache that nobody reads.",
      "Kept answers: what an answer had cost when it was asked for, each time it was given again from this host. Where that was not known, it counts as nothing.",
    ],
  };
}

function failed({ total }: Report): Figure {
  const { failedAttempts, failedNano, stoppedAttempts, stoppedNano } = total;
  const parts = [`of ${counted(total.attempts, "attempt")}`];
  if (failedAttempts > 0) parts.push(`they cost ${formatUsd(failedNano)}`);
  if (stoppedAttempts > 0) parts.push(`${wholeNumber(stoppedAttempts)} stopped for ${formatUsd(stoppedNano)}`);
  return {
    key: "failed",
    name: "Failed attempts",
    amount: wholeNumber(failedAttempts),
    words: parts.join("; "),
    how: [
      "Attempts that failed, or that ended with their process, and what they cost. An answer that you stopped, and a completion that gave way to what you typed on, did not fail and stands apart. All of it is part of what was spent.",
      "An attempt that ended before its first word costs nothing, unless its provider says otherwise. One that had begun is counted: its input as sent, its output as received.",
    ],
  };
}

/** The first row: each figure with its name, and how it is counted behind a line that opens. */
export function costFigures(): { element: HTMLElement; show(report: Report): void } {
  const list = element("dl", { class: "cost-figures" });
  const root = element("section", { "aria-label": "Figures" }, unseen("h2", "Figures"), list);
  // All are there from the first: one that comes later stands in its place, and none that is opened is moved.
  const cards = keys.map((key) => ({ key, card: figureCard(key) }));
  list.append(...cards.map(({ card }) => card.element));
  return {
    element: root,
    show(report) {
      const figures = figuresOf(report);
      for (const { key, card } of cards) {
        const figure = figures.find((each) => each.key === key);
        card.element.hidden = figure === undefined;
        if (figure !== undefined) card.show(figure);
      }
    },
  };
}

function figureCard(key: FigureKey) {
  const name = element("dt");
  const amount = element("dd", { class: "figure-amount money" });
  const words = element("dd", { class: "dim" });
  const of = element("span", { class: "unseen" });
  const how = element("div", { class: "how" });
  const details = element("details", {}, element("summary", {}, "How this is counted", of), how);
  const root = element("div", { class: "figure", "data-figure": key }, name, amount, words, element("dd", {}, details));
  const isNew = changes();
  return {
    element: root,
    show(figure: Figure): void {
      if (!isNew(figure)) return;
      name.textContent = figure.name;
      amount.textContent = figure.amount;
      words.textContent = figure.words;
      of.textContent = `: ${figure.name}`;
      how.replaceChildren(...figure.how.map((sentence) => element("p", {}, sentence)));
    },
  };
}
