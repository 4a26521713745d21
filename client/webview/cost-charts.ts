import { formatUsd } from "../../shared/money.ts";
import type { Dimension, Report, ReportGroup } from "../../shared/report.ts";
import {
  bucketTitle,
  bucketWords,
  dimensionWords,
  groupName,
  groupsGist,
  perUnit,
  perUnitWords,
  shareWords,
  shortAmount,
  timelineGist,
  wholeNumber,
} from "./cost-words.ts";
import { dimensionChoice } from "./costs-filters.ts";
import { compactCount } from "./decision-words.ts";
import type { Charts, Series } from "./draw-charts.ts";
import { changes, element } from "./element.ts";
import { type Rgb, seriesColours, seriesPattern } from "./palette.ts";
import { sortableTable, type TableColumn } from "./sortable-table.ts";

/** So many bars are drawn; the table below has the rest. */
const MOST_BARS = 10;
const BAR_HEIGHT_PX = 28;

/**
 * Spending over time and by one dimension, each as a picture and as a table. The tables are always there: the picture of
 * the timeline has its own behind a line that opens, the bars have the figures under them.
 */
export function costCharts(
  charts: Charts,
  onDimension: (dimension: Dimension) => void,
): { element: HTMLElement; show(report: Report, dimension: Dimension): void; redraw(): void } {
  let shown: { report: Report; dimension: Dimension } | null = null;
  const isNew = changes();
  const choice = dimensionChoice(onDimension);
  const overTime = element("canvas", { role: "img" });
  const byGroup = element("canvas", { role: "img" });
  const legend = element("ul", { class: "legend", "aria-hidden": "true" });
  const bars = element("div", { class: "chart-frame bars" }, byGroup);
  const timelineTable = element("div");
  const timelineDetails = element("details", {}, element("summary", {}, "Over time, as a table"), timelineTable);
  const groupHead = element("h2");
  const table = sortableTable<Row>(columns);
  const timeline = charts.timeline(overTime);
  const lying = charts.bars(byGroup);
  const root = element(
    "div",
    { class: "cost-charts" },
    element(
      "section",
      { "aria-label": "Spending over time" },
      element("div", { class: "section-head" }, element("h2", {}, "Over time"), choice.element),
      element("div", { class: "chart-frame" }, overTime),
      legend,
      timelineDetails,
    ),
    element("section", { "aria-label": "Where it went" }, groupHead, bars, table.element),
  );

  const draw = (): void => {
    if (shown === null) return;
    const { report, dimension } = shown;
    const series = seriesOf(report, charts);
    const { unit, buckets } = report.timeline;
    overTime.setAttribute("aria-label", timelineGist(report));
    timeline.show({
      labels: buckets.map((day) => bucketWords(day, unit, report.today)),
      titles: buckets.map((day) => bucketTitle(day, unit, report.today)),
      series,
    });
    // As they stand upon each other: the uppermost first.
    legend.replaceChildren(...[...series].reverse().map((each) => legendItem(each, charts)));
    const groups = report.groups[dimension].filter(({ spentNano }) => spentNano > 0).slice(0, MOST_BARS);
    byGroup.setAttribute("aria-label", groupsGist(report, dimension));
    bars.hidden = groups.length === 0;
    bars.style.height = `${groups.length * BAR_HEIGHT_PX + 8}px`;
    lying.show({ series: barsOf(report, dimension, groups, charts) });
  };
  return {
    element: root,
    show(report, dimension) {
      choice.show(dimension);
      if (!isNew([report, dimension])) return;
      shown = { report, dimension };
      groupHead.textContent = `By ${dimensionWords[dimension].toLowerCase()}`;
      timelineTable.replaceChildren(timelineTableOf(report));
      table.show(
        `Spending by ${dimensionWords[dimension].toLowerCase()}, the dearest first`,
        report.groups[dimension].map((group) => ({
          group,
          name: groupName(dimension, group),
          wholeNano: report.total.spentNano,
        })),
      );
      draw();
    },
    redraw: draw,
  };
}

function coloursOf(dimension: Dimension, keys: readonly string[], charts: Charts): Rgb[] {
  return seriesColours(keys, charts.page(), dimension === "tier" ? charts.tiers() : undefined);
}

function seriesOf({ timeline, params }: Report, charts: Charts): Series[] {
  const keys = timeline.series.map(({ key }) => key);
  const colours = coloursOf(params.splitBy, keys, charts);
  return timeline.series.map((each, at) => ({
    name: groupName(params.splitBy, each),
    colour: colours[at] ?? [150, 150, 150],
    pattern: seriesPattern(at),
    spentNano: each.spentNano,
  }));
}

/** A group looks as its series does over time; one that has none there is grey. */
function barsOf(report: Report, dimension: Dimension, groups: readonly ReportGroup[], charts: Charts): Series[] {
  const keys =
    report.params.splitBy === dimension ? report.timeline.series.map(({ key }) => key) : groups.map(({ key }) => key);
  const colours = coloursOf(dimension, [...keys, "other"], charts);
  return groups.map((group) => {
    const found = keys.indexOf(group.key);
    const at = found === -1 ? keys.length : found;
    return {
      name: groupName(dimension, group),
      colour: colours[at] ?? [150, 150, 150],
      pattern: found === -1 ? "solid" : seriesPattern(at),
      spentNano: [group.spentNano],
    };
  });
}

function legendItem(series: Series, charts: Charts): HTMLElement {
  const swatch = element("canvas", { class: "swatch", width: 14, height: 14 });
  charts.swatch(swatch, series);
  const sum = series.spentNano.reduce((all, each) => all + each, 0);
  return element(
    "li",
    {},
    swatch,
    element("span", { class: "legend-name", title: series.name }, series.name),
    element("span", { class: "dim money" }, formatUsd(sum)),
  );
}

function timelineTableOf(report: Report): HTMLElement {
  const { buckets, series, unit } = report.timeline;
  const names = series.map((each) => groupName(report.params.splitBy, each));
  const number = (nano: number) => element("td", { class: "number" }, nano === 0 ? "–" : formatUsd(nano));
  const caption = `Spending by ${unit}, split by ${dimensionWords[report.params.splitBy].toLowerCase()}`;
  const rows = buckets.map((day, at) => {
    const amounts = series.map(({ spentNano }) => spentNano[at] ?? 0);
    return element(
      "tr",
      {},
      element("th", { scope: "row" }, bucketTitle(day, unit, report.today)),
      ...amounts.map(number),
      number(amounts.reduce((sum, each) => sum + each, 0)),
    );
  });
  const head = [unit === "day" ? "Day" : unit === "week" ? "Week" : "Month", ...names, "All"];
  return element(
    "div",
    { class: "table-frame", role: "group", tabindex: 0, "aria-label": caption },
    element(
      "table",
      { class: "figures-table" },
      element("caption", { class: "dim" }, caption),
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          ...head.map((name, at) => element("th", { scope: "col", class: at === 0 ? null : "number" }, name)),
        ),
      ),
      element("tbody", {}, ...rows),
    ),
  );
}

interface Row {
  group: ReportGroup;
  name: string;
  wholeNano: number;
}

function countColumn(name: string, count: (group: ReportGroup) => number, detail?: string): TableColumn<Row> {
  return {
    name,
    ...(detail === undefined ? {} : { detail }),
    isNumber: true,
    words: ({ group }) =>
      count(group) === 0 ? "–" : count(group) < 100_000 ? wholeNumber(count(group)) : compactCount(count(group)),
    whole: ({ group }) => (count(group) < 100_000 ? null : wholeNumber(count(group))),
    value: ({ group }) => count(group),
  };
}

const columns: TableColumn<Row>[] = [
  { name: "Name", words: ({ name }) => name, whole: ({ group }) => group.key, value: ({ name }) => name },
  {
    name: "Spent",
    isNumber: true,
    words: ({ group }) => shortAmount(group),
    whole: ({ group }) => (group.unknown === 0 ? null : `${wholeNumber(group.unknown)} of unknown price`),
    value: ({ group }) => group.spentNano,
  },
  {
    name: "Share",
    isNumber: true,
    words: ({ group, wholeNano }) => shareWords(group.spentNano, wholeNano),
    value: ({ group }) => group.spentNano,
  },
  countColumn("Requests", ({ requests }) => requests),
  countColumn("Answers", ({ answers }) => answers, "Chat answers that came to their end"),
  countColumn(
    "Failed",
    ({ failedAttempts }) => failedAttempts,
    "Attempts that failed, were stopped or ended with their process",
  ),
  countColumn("Input", ({ inputTokens }) => inputTokens, "Tokens sent, without what a vendor's cache read or wrote"),
  countColumn("Cache read", ({ cacheReadTokens }) => cacheReadTokens, "Tokens that a vendor's cache held"),
  countColumn(
    "Cache written",
    ({ cacheWriteTokens }) => cacheWriteTokens,
    "Tokens that were written to a vendor's cache",
  ),
  countColumn("Output", ({ outputTokens }) => outputTokens, "Tokens that came back"),
  countColumn("Lines", ({ acceptedLines }) => acceptedLines, "Lines of code taken over"),
  {
    name: "$ per line",
    detail: "What was spent in this row for each line taken over from it; the card above divides all that was spent",
    isNumber: true,
    words: ({ group }) => perUnitWords(group, group.acceptedLines),
    value: ({ group }) => perUnit(group, group.acceptedLines),
  },
];
