import { languageName } from "../../shared/language-name.ts";
import { formatUsd } from "../../shared/money.ts";
import type { RequestRecord } from "../../shared/report.ts";
import { groupName, momentWords } from "./cost-words.ts";
import type { Explained, FromCosts } from "./costs-messages.ts";
import { attemptRow, bar, featureDetails, leftOutDetails, planDetails, reasonsOf } from "./decision-panel.ts";
import { capitalised, exactCount, seconds, sourceWords, tokenWords } from "./decision-words.ts";
import { element, icon, textButton } from "./element.ts";

/** The setting that has questions written down from then on. */
const KEEP_SETTING = "wayfare.audit.keepQuestions";

/** All that the books know of one request, or why that is not here yet. */
export function requestRecord(explained: Explained, post: (message: FromCosts) => void): HTMLElement {
  switch (explained.state) {
    case "asking":
      return element("p", { class: "dim" }, "Looking it up…");
    case "gone":
      return element("p", {}, "The books have no record of this request any more: it was deleted.");
    case "broken":
      return element("p", { class: "broken" }, icon("error"), ` ${explained.message}`);
    case "known":
      return known(explained.record, post);
  }
}

function known(record: RequestRecord, post: (message: FromCosts) => void): HTMLElement {
  const { classification, attemptRows } = record;
  const panel = element(
    "div",
    { class: "decision-panel", role: "group", "aria-label": "Why this request cost what it did" },
    element("h3", { class: "panel-title" }, headWords(record)),
    element("p", { class: "dim" }, placeWords(record)),
  );
  if (classification !== null) {
    // What moved the tier afterwards stands in the title: how sure the weighing was would contradict it.
    panel.append(
      element("p", { class: "dim" }, "Foreseen before it was asked:"),
      bar("cheap", classification.cheapRight),
      bar("frontier", classification.frontierRight),
      element("p", { class: "dim" }, reasonsOf(classification)),
    );
  }
  if (attemptRows.length > 0) {
    panel.append(element("ul", { class: "attempts", "aria-label": "Attempts" }, ...attemptRows.map(attemptItem)));
  }
  const saved = record.savedNano === null ? null : `Given again from this host: saved ${formatUsd(record.savedNano)}.`;
  if (saved !== null) panel.append(element("p", { class: "dim" }, saved));
  if (record.plan.length > 0) panel.append(planDetails(record));
  if (record.leftOut.length > 0) panel.append(leftOutDetails(record));
  if (classification !== null) panel.append(featureDetails(classification));
  panel.append(...questionPart(record, post));
  return panel;
}

function attemptItem(attempt: RequestRecord["attemptRows"][number]): HTMLElement {
  const item = attemptRow(attempt);
  const words = [
    tokenWords([attempt], exactCount),
    sourceWords({ costSource: attempt.costSource, attempts: [attempt] }),
  ];
  item
    .querySelector(".attempt-words")
    ?.append(element("span", { class: "dim attempt-source" }, words.filter((part) => part !== null).join(" · ")));
  return item;
}

const stateWords: Record<RequestRecord["state"], string> = {
  done: "answered",
  failed: "failed: no model answered",
  cancelled: "stopped by you",
  unfinished: "not finished",
  cached: "answered from this host's cache",
};

/** `Short edit, one file; answered for $0.0042`. */
export function headWords({ why, state, costNano }: Pick<RequestRecord, "why" | "state" | "costNano">): string {
  const cost = costNano === null ? "; not all of what it cost is known" : ` for ${formatUsd(costNano)}`;
  const words = state === "cached" && costNano === 0 ? stateWords[state] : `${stateWords[state]}${cost}`;
  return why === "" ? capitalised(words) : `${capitalised(why)}; ${words}`;
}

function placeWords(record: RequestRecord): string {
  const mode = record.mode === null ? null : record.mode === "auto" ? "Auto mode" : `you chose ${record.mode}`;
  const took = record.attemptRows.reduce((sum, { durationMs }) => sum + durationMs, 0);
  return [
    momentWords(record.atMs),
    // The endpoint's books are named after it.
    record.kind === "endpoint" ? null : groupName("kind", { key: record.kind, label: "" }),
    groupName("workspace", { key: record.workspace, label: "" }),
    record.language === "" ? null : languageName(record.language),
    mode,
    took === 0 ? null : `${seconds(took)} in all`,
    record.book === "simulated" ? "simulated money" : null,
  ]
    .filter((part) => part !== null)
    .join(" · ");
}

function questionPart({ question, questionHead }: RequestRecord, post: (message: FromCosts) => void): HTMLElement[] {
  if (question !== null) {
    return [
      element(
        "details",
        {},
        element("summary", {}, "The question, as you have it written down"),
        element("pre", {}, question),
      ),
    ];
  }
  const above =
    questionHead === "" ? "" : "Its name above is read from the conversation, and goes when you delete that. ";
  return [
    element(
      "p",
      { class: "dim" },
      `${above}The record holds no text of the request; turn on ${KEEP_SETTING} to keep questions from then on. `,
      textButton("Open the setting", "link", () => post({ type: "openSetting", setting: KEEP_SETTING })),
    ),
  ];
}
