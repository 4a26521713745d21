import type { LearnedRow } from "../../shared/learned.ts";
import { fullModel, shortModel } from "./decision-words.ts";
import { element, textButton, unseen } from "./element.ts";
import type { FromLearned, LearnedState } from "./learned-messages.ts";
import {
  keptDetail,
  keptTimes,
  kindWords,
  languageWords,
  movedDetail,
  movedWords,
  retriedDetail,
  retriedTimes,
} from "./learned-words.ts";
import { lastUse } from "./route-words.ts";

const CAPTION = "How each model's answers did, by what they were asked for and in which language; the last seen first";

const MOVES = "What it does to a chance of 50 % that such an answer is right";

/** The heads between the model and the button, by which each figure is called where rows are laid out as cards. */
const HEADS = [
  "Asked for",
  "Language",
  "Kept",
  "Asked again",
  "Undone",
  "Escalated",
  "Moves an even chance",
  "Last seen",
] as const;

/**
 * One row for each model, kind of question and language, with a button that forgets it. Where the page is narrow, each row
 * is a card; the roles are said once more, because a table that is laid out otherwise loses them. Drawn anew only when something has changed, the focus staying on the row that had it, or on
 * the one that took its place.
 */
export function learnedTable(post: (message: FromLearned) => void): {
  element: HTMLElement;
  show(rows: readonly LearnedRow[], atMs: LearnedState["atMs"]): void;
} {
  const body = element("tbody", { role: "rowgroup" });
  const head = (words: string) =>
    element(
      "th",
      { scope: "col", role: "columnheader", ...(words === "Moves an even chance" ? { title: MOVES } : {}) },
      words,
    );
  const table = element(
    "table",
    { class: "learned", role: "table" },
    element("caption", { class: "dim" }, CAPTION),
    element(
      "thead",
      { role: "rowgroup" },
      element(
        "tr",
        { role: "row" },
        head("Model"),
        ...HEADS.map(head),
        element("th", { scope: "col", role: "columnheader" }, unseen("span", "What you can do")),
      ),
    ),
    body,
  );
  const root = element("div", { class: "table-frame", role: "group", tabindex: 0, "aria-label": CAPTION }, table);
  let shown = "";
  return {
    element: root,
    show(rows, atMs) {
      const words = rows.map((row) => wordsOf(row, atMs));
      const key = JSON.stringify(words);
      if (key === shown) return;
      shown = key;
      const before = [...body.querySelectorAll("button")];
      const focused = before.find((button) => button.matches(":focus"));
      const name = focused?.getAttribute("aria-label") ?? null;
      body.replaceChildren(
        ...rows.map((row, index) => {
          const said = words[index];
          return said === undefined ? element("tr") : line(row, said, post);
        }),
      );
      if (focused === undefined) return;
      const at = before.indexOf(focused);
      const buttons = [...body.querySelectorAll("button")];
      const same = buttons.find((button) => button.getAttribute("aria-label") === name);
      (same ?? buttons[Math.min(at, buttons.length - 1)] ?? root).focus();
    },
  };
}

interface Said {
  model: string;
  whole: string;
  cells: readonly { words: string; detail: string }[];
}

function wordsOf(row: LearnedRow, atMs: number): Said {
  const { seen, simulated } = row;
  const plain = (words: string) => ({ words, detail: "" });
  return {
    model: `${shortModel(row.modelId)}${simulated ? " (simulated)" : ""}`,
    whole: fullModel(row),
    cells: [
      plain(kindWords[row.kind]),
      plain(languageWords(row.languageId)),
      { words: keptWords(row), detail: keptDetail(row) },
      { words: times(retriedTimes(row)), detail: retriedDetail(row) },
      plain(times(seen.undone ?? 0)),
      plain(times(seen.escalated ?? 0)),
      { words: movedWords(row), detail: movedDetail(row) },
      plain(lastUse(row.lastAtMs, atMs)),
    ],
  };
}

function line(row: LearnedRow, { model, whole, cells }: Said, post: (message: FromLearned) => void): HTMLElement {
  const { providerId, modelId, simulated, kind, languageId } = row;
  const forget = textButton("Forget", "secondary", () =>
    post({ type: "forget", row: { providerId, modelId, simulated, kind, languageId } }),
  );
  forget.setAttribute("aria-label", `Forget ${whole}, ${kindWords[kind]}, ${languageWords(languageId)}`);
  return element(
    "tr",
    { role: "row" },
    element("th", { scope: "row", role: "rowheader", title: whole }, model),
    ...cells.map(({ words, detail }, at) =>
      element(
        "td",
        { role: "cell", "data-label": HEADS[at] ?? "" },
        element("div", {}, words, detail === "" ? null : element("div", { class: "dim" }, detail)),
      ),
    ),
    element("td", { role: "cell", class: "acts" }, forget),
  );
}

/** What was taken over and undone again is told from what never was. */
function keptWords(row: LearnedRow): string {
  return keptTimes(row) === 0 && keptDetail(row) !== "" ? "none left" : times(keptTimes(row));
}

function times(count: number): string {
  return count === 0 ? "–" : count === 1 ? "once" : `${count} times`;
}
