import { capUsd } from "../../shared/cap-words.ts";
import { formatUsd } from "../../shared/money.ts";
import type { EstimateError, RaiseRecord, Report } from "../../shared/report.ts";
import { momentWords, wholeNumber, workspaceName } from "./cost-words.ts";
import { fullModel } from "./decision-words.ts";
import { element } from "./element.ts";
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
  errorColumn("Input, half", "Half of the requests were nearer than this", (row) => row.medianInputPercent),
  errorColumn("Input, 9 of 10", "Nine of ten requests were nearer than this", (row) => row.p90InputPercent),
  errorColumn("Output, half", "Half of the requests were nearer than this", (row) => row.medianOutputPercent),
  errorColumn("Output, 9 of 10", "Nine of ten requests were nearer than this", (row) => row.p90OutputPercent),
];

const raiseColumns: TableColumn<RaiseRecord>[] = [
  { name: "When", words: ({ atMs }) => momentWords(atMs), value: ({ atMs }) => atMs },
  { name: "Cap", words: ({ capId }) => capId.replace(".", ", "), value: ({ capId }) => capId },
  {
    name: "Workspace",
    words: ({ workspace }) => workspaceName(workspace),
    whole: ({ workspace }) => workspace,
    value: ({ workspace }) => workspaceName(workspace),
  },
  {
    name: "Raised by",
    isNumber: true,
    words: ({ addedNano }) => formatUsd(addedNano),
    value: ({ addedNano }) => addedNano,
  },
  {
    name: "From – to",
    isNumber: true,
    words: ({ limitBeforeNano, limitAfterNano }) => `${capUsd(limitBeforeNano)} – ${capUsd(limitAfterNano)}`,
  },
];

/** How far our estimates were from the vendors' counts, and which caps a person raised. */
export function numberChecks(): { element: HTMLElement; show(report: Report): void } {
  const errors = sortableTable(errorColumns);
  const raises = sortableTable(raiseColumns);
  const noErrors = element("p", { class: "dim" }, "No estimate could be held against a vendor's count in these days.");
  const noRaises = element("p", { class: "dim" }, "No cap was raised in these days.");
  const root = element(
    "section",
    { "aria-label": "How right are these numbers" },
    element("h2", {}, "How right are these numbers"),
    element(
      "p",
      { class: "prose" },
      "Before a request goes out, its tokens are estimated, and that much money is held. Afterwards the vendor's count is what is paid. The table says how far apart the two were: + means that too much was estimated, − too little.",
    ),
    noErrors,
    errors.element,
    element("h3", {}, "Caps raised for a day"),
    noRaises,
    raises.element,
  );
  let shown = "";
  return {
    element: root,
    show({ estimateErrors, raises: rows }) {
      const key = JSON.stringify([estimateErrors, rows]);
      if (key === shown) return;
      shown = key;
      noErrors.hidden = estimateErrors.length > 0;
      errors.element.hidden = estimateErrors.length === 0;
      errors.show("Estimated tokens against the vendor's count", estimateErrors);
      noRaises.hidden = rows.length > 0;
      raises.element.hidden = rows.length === 0;
      raises.show("Each raise held until its day ended", rows);
    },
  };
}
