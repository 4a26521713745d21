import { capIdName, capUsd } from "../../shared/cap-words.ts";
import type { EstimateError, RaiseRecord, Report } from "../../shared/report.ts";
import { momentWords, wholeNumber, workspaceName } from "./cost-words.ts";
import { fullModel } from "./decision-words.ts";
import { changes, element } from "./element.ts";
import { sortableTable, type TableColumn } from "./sortable-table.ts";

/** `+4 %`: we estimated too much; `−12 %`: too little; `–`: nothing to compare. */
export function errorWords(percent: number | null): string {
  if (percent === null) return "–";
  const whole = Math.round(percent);
  return whole === 0 ? "0 %" : `${whole > 0 ? "+" : "−"}${wholeNumber(Math.abs(whole))} %`;
}

function errorColumn(
  name: string,
  detail: string,
  percent: (row: EstimateError) => number | null,
): TableColumn<EstimateError> {
  return {
    name,
    detail,
    isNumber: true,
    words: (row) => errorWords(percent(row)),
    value: (row) => {
      const value = percent(row);
      return value === null ? null : Math.abs(value);
    },
  };
}

const errorColumns: TableColumn<EstimateError>[] = [
  { name: "Model", words: fullModel, value: fullModel },
  {
    name: "Requests",
    isNumber: true,
    words: ({ requests }) => wholeNumber(requests),
    value: ({ requests }) => requests,
  },
  errorColumn("Input, half within", "Half of the requests were nearer than this", (row) => row.medianInputPercent),
  errorColumn("Input, 9 of 10 within", "Nine of ten requests were nearer than this", (row) => row.p90InputPercent),
  errorColumn("Output, half within", "Half of the requests were nearer than this", (row) => row.medianOutputPercent),
  errorColumn("Output, 9 of 10 within", "Nine of ten requests were nearer than this", (row) => row.p90OutputPercent),
];

const raiseColumns: TableColumn<RaiseRecord>[] = [
  { name: "When", words: ({ atMs }) => momentWords(atMs), value: ({ atMs }) => atMs },
  { name: "Cap", words: ({ capId }) => capIdName(capId), value: ({ capId }) => capId },
  {
    name: "Raised in",
    words: ({ workspace }) => workspaceName(workspace),
    whole: ({ workspace }) => workspace,
    value: ({ workspace }) => workspaceName(workspace),
  },
  {
    name: "Raised by",
    isNumber: true,
    words: ({ addedNano }) => capUsd(addedNano),
    value: ({ addedNano }) => addedNano,
  },
  {
    name: "From → to",
    isNumber: true,
    words: ({ limitBeforeNano, limitAfterNano }) => `${capUsd(limitBeforeNano)} → ${capUsd(limitAfterNano)}`,
  },
];

/** What stands there where simulated money is shown: the books compare and cap real money alone. */
const SIMULATED_WORDS =
  "Simulated models are left out of this. Their tokens are counted by the playground and by no vendor, so they say nothing of how good an estimate is, and simulated money counts under no cap. Choose “Real money” above to see how far the estimates were off, and which caps were raised.";

/** How far our estimates were from the vendors' counts, and which caps a person raised; of real money alone. */
export function numberChecks(): { element: HTMLElement; show(report: Report): void } {
  const errors = sortableTable(errorColumns);
  const raises = sortableTable(raiseColumns);
  const simulated = element("p", { class: "prose left-out" }, SIMULATED_WORDS);
  const everywhere = element("p", { class: "dim" }, "Both tables are of all workspaces.");
  const legend = element(
    "span",
    {},
    " The table says how far apart the two were: + means that too much was estimated, − too little.",
  );
  const noErrors = element(
    "p",
    { class: "dim" },
    "Nothing to compare in these days: no vendor counted the tokens of a request. One that failed, was stopped or was answered from the cache has no such count.",
  );
  const noRaises = element("p", { class: "dim" }, "No cap was raised in these days.");
  const real = element(
    "div",
    {},
    element(
      "p",
      { class: "prose" },
      "Before a request goes out, its tokens are estimated, and the most that it can cost is held. Afterwards the vendor's count is what is paid.",
      legend,
    ),
    noErrors,
    errors.element,
    element("h3", {}, "Caps raised for a day"),
    noRaises,
    raises.element,
    everywhere,
  );
  const root = element(
    "section",
    { "aria-label": "How right are these numbers" },
    element("h2", {}, "How right are these numbers"),
    simulated,
    real,
  );
  const isNew = changes();
  return {
    element: root,
    show({ estimateErrors, raises: rows, params: { book, workspace } }) {
      if (!isNew([estimateErrors, rows, book, workspace])) return;
      const isSimulated = book === "simulated";
      simulated.hidden = !isSimulated;
      real.hidden = isSimulated;
      if (isSimulated) return;
      everywhere.hidden = workspace === null || (estimateErrors.length === 0 && rows.length === 0);
      legend.hidden = estimateErrors.length === 0;
      noErrors.hidden = estimateErrors.length > 0;
      errors.element.hidden = estimateErrors.length === 0;
      errors.show("Estimated tokens against the vendor's count", estimateErrors);
      noRaises.hidden = rows.length > 0;
      raises.element.hidden = rows.length === 0;
      raises.show("A raise holds until the end of its day", rows);
    },
  };
}
