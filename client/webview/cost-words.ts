import { languageName } from "../../shared/language-name.ts";
import { formatUsd } from "../../shared/money.ts";
import type { Dimension, Report, ReportSums, Savings } from "../../shared/report.ts";
import { capitalised } from "./decision-words.ts";

/** The words of the page of costs: amounts, days, names and how each figure is counted. Pure. */

/** 1234567 → `1,234,567`. */
export function wholeNumber(count: number): string {
  return Math.round(count).toLocaleString("en-US");
}

/** `1 answer`, `1,204 answers`. `many` where the plural is not the name with an s. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${wholeNumber(count)} ${count === 1 ? one : many}`;
}

/** `$1.20`, `$1.20 + 3 of unknown price`, `3 of unknown price`: what nobody knows is never shown as $0. */
export function amountWords({ spentNano, unknown }: Pick<ReportSums, "spentNano" | "unknown">): string {
  if (unknown === 0) return formatUsd(spentNano);
  return spentNano === 0
    ? `${wholeNumber(unknown)} of unknown price`
    : `${formatUsd(spentNano)} + ${wholeNumber(unknown)} of unknown price`;
}

/** The same where room is short: `$1.20 + ?`, `?`. */
export function shortAmount({ spentNano, unknown }: Pick<ReportSums, "spentNano" | "unknown">): string {
  if (unknown === 0) return formatUsd(spentNano);
  return spentNano === 0 ? formatUsd(null) : `${formatUsd(spentNano)} + ?`;
}

/** What one of `count` came to; null where there is none, or where nothing of its cost is known. */
export function perUnit({ spentNano, unknown }: Pick<ReportSums, "spentNano" | "unknown">, count: number) {
  return count === 0 || (spentNano === 0 && unknown > 0) ? null : Math.round(spentNano / count);
}

/** `$0.0042`, or `–` where there is nothing to divide by. */
export function perUnitWords(sums: Pick<ReportSums, "spentNano" | "unknown">, count: number): string {
  const nano = perUnit(sums, count);
  return nano === null ? "–" : formatUsd(nano);
}

/** A part of the whole: `41 %`, `<1 %`; `–` of nothing. */
export function shareWords(part: number, whole: number): string {
  if (whole <= 0) return "–";
  const share = (part / whole) * 100;
  if (share > 0 && share < 1) return "<1 %";
  return `${share > 99 && share < 100 ? ">99" : Math.round(share)} %`;
}

/** `$0.42 saved`; `$0.12 more spent`, where it was dearer; `no difference`. */
export function savedAmount(savedNano: number): string {
  if (savedNano === 0) return "no difference";
  return savedNano > 0 ? `${formatUsd(savedNano)} saved` : `${formatUsd(-savedNano)} more spent`;
}

/** A part of a sum: `$0.42 saved`, `$0.12 lost`, `$0`. */
export function gainWords(savedNano: number): string {
  if (savedNano === 0) return formatUsd(0);
  return savedNano > 0 ? `${formatUsd(savedNano)} saved` : `${formatUsd(-savedNano)} lost`;
}

/** What routing came to with wrong answers counted: `routing is better by $0.0200`. */
export function weighedWords(weighedNano: number): string {
  if (weighedNano === 0) return "it comes to the same";
  return weighedNano > 0
    ? `routing is better by ${formatUsd(weighedNano)}`
    : `routing is worse by ${formatUsd(-weighedNano)}`;
}

/** What a model for all is called: `always frontier`. */
export function alwaysWords(tier: Savings["bestSingle"]): string {
  return `always ${tier}`;
}

/** One sentence about what routing cost against one model for all. `savedNano` below 0: it was dearer. */
export function savingSentence(savedNano: number, against: string): string {
  if (savedNano === 0) return `Routing cost as much as ${against} would have.`;
  return savedNano > 0
    ? `Routing cost ${formatUsd(savedNano)} less than ${against} would have.`
    : `Routing cost ${formatUsd(-savedNano)} more than ${against} would have.`;
}

/** Cost with what the answers that are expected to be wrong count as. */
function weighed({ answers, wrongAnswerNano }: Savings, { costNano, expectedRight }: Savings["routed"]): number {
  return costNano + Math.max(0, answers - expectedRight) * wrongAnswerNano;
}

export interface Saving {
  /** What was paid less than with that model for all; negative: more. */
  paidNano: number;
  /** The same with wrong answers counted as what they count as. */
  weighedNano: number;
}

/** What routing saved against one tier's first model for all answers. */
export function savingAgainst(savings: Savings, tier: Savings["bestSingle"]): Saving {
  return {
    paidNano: savings[tier].costNano - savings.routed.costNano,
    weighedNano: Math.round(weighed(savings, savings[tier]) - weighed(savings, savings.routed)),
  };
}

/** `expected right: 41 of 50, always cheap 36`. */
export function expectedWords(savings: Savings, tier: Savings["bestSingle"]): string {
  // Of few answers a tenth says more than a rounded whole.
  const of = (share: number) => (savings.answers < 100 ? share.toFixed(1) : wholeNumber(share));
  return `expected right: ${of(savings.routed.expectedRight)} of ${wholeNumber(savings.answers)}, ${alwaysWords(tier)} ${of(savings[tier].expectedRight)}`;
}

// Names ----------------------------------------------------------------------------------------------------------------

export const dimensionWords: Record<Dimension, string> = {
  tier: "Tier",
  model: "Model",
  workspace: "Workspace",
  language: "Language",
  kind: "Kind",
  session: "Conversation",
};

const kindWords: Record<string, string> = {
  chat: "Chat",
  completion: "Completions",
  helper: "Helper calls",
  endpoint: "Local endpoint",
};

/** What stands where the books have no name. */
const nameless: Record<Dimension, string> = {
  tier: "No tier",
  model: "No model",
  workspace: "No workspace",
  language: "No language",
  kind: "Other",
  session: "No conversation",
};

/** A group's name for a person: its label, else its key, else that it has none. */
export function groupName(
  dimension: Dimension,
  { key, label, begunAtMs }: { key: string; label: string; begunAtMs?: number | undefined },
): string {
  if (key === "other") return label === "" || label === "other" ? "All others" : label;
  if (dimension === "kind" && kindWords[key] !== undefined) return kindWords[key];
  if (dimension === "workspace") return label === "" || label === key ? workspaceName(key) : label;
  if (dimension === "session" && label === "" && key.startsWith("endpoint-")) {
    const begun = begunAtMs === undefined ? "" : `, begun ${momentWords(begunAtMs)}`;
    return `A conversation of another tool${begun}`;
  }
  const name = label === "" ? key : label;
  if (name === "") return nameless[dimension];
  if (dimension === "language") return languageName(name);
  return dimension === "tier" ? capitalised(name) : name;
}

/**
 * `file:///home/ada/shop` → `shop`; "" and "no workspace" → `No workspace`; what other tools asked: `endpoint` →
 * `Local endpoint`, `endpoint:ci` → `Local endpoint: ci`.
 */
export function workspaceName(key: string): string {
  if (key === "" || key === "no workspace") return "No workspace";
  const [book, name] = key.split(":", 2);
  if (book === "endpoint") return name === undefined ? "Local endpoint" : `Local endpoint: ${name}`;
  const last = key
    .replace(/[/\\]+$/, "")
    .split(/[/\\]/)
    .at(-1);
  if (last === undefined || last === "") return key;
  try {
    return decodeURIComponent(last);
  } catch {
    // A name with a lone per cent sign is shown as it is.
    return last;
  }
}

// Days -----------------------------------------------------------------------------------------------------------------

/** A day of the books as the Date that shows it: noon in UTC, so that no time zone moves it. */
function dateOf(day: string): Date {
  return new Date(`${day}T12:00:00Z`);
}

/** `2026-11-18` → `Nov 18`, and `Nov 18, 2025` where the year is not `thisYear`'s. */
export function dayWords(day: string, today: string): string {
  const isThisYear = day.slice(0, 4) === today.slice(0, 4);
  return dateOf(day).toLocaleDateString("en-US", {
    month: "short",
    day: "numeric",
    ...(isThisYear ? {} : { year: "numeric" }),
    timeZone: "UTC",
  });
}

/** `today`, `Nov 12 to Nov 18`. */
export function daysWords({ fromDay, toDay, today }: Pick<Report, "fromDay" | "toDay" | "today">): string {
  if (fromDay === toDay) return fromDay === today ? "today" : dayWords(fromDay, today);
  return `${dayWords(fromDay, today)} to ${dayWords(toDay, today)}`;
}

/** A bucket under its bar: `Nov 18`; `Nov 2026` of a month. */
export function bucketWords(day: string, unit: Report["timeline"]["unit"], today: string): string {
  if (unit !== "month") return dayWords(day, today);
  return dateOf(day).toLocaleDateString("en-US", { month: "short", year: "numeric", timeZone: "UTC" });
}

/** The same in a table: `Week of Nov 16`. */
export function bucketTitle(day: string, unit: Report["timeline"]["unit"], today: string): string {
  return unit === "week" ? `Week of ${dayWords(day, today)}` : bucketWords(day, unit, today);
}

// Gists ----------------------------------------------------------------------------------------------------------------

/** What the timeline says, in words: for those who do not see it. */
export function timelineGist({ timeline, params, total, today }: Report): string {
  const sums = timeline.buckets.map((_, at) =>
    timeline.series.reduce((sum, { spentNano }) => sum + (spentNano[at] ?? 0), 0),
  );
  const most = sums.reduce((best, sum, at) => (sum > (sums[best] ?? 0) ? at : best), 0);
  const by = dimensionWords[params.splitBy].toLowerCase();
  const head = `Spending by ${timeline.unit}, split by ${by}: ${amountWords(total)} in all`;
  const dearest = timeline.buckets[most];
  const mostNano = sums[most] ?? 0;
  if (dearest === undefined || mostNano === 0) return `${head}.`;
  return `${head}; the most ${inBucket(dearest, timeline.unit, today)}, ${formatUsd(mostNano)}.`;
}

function inBucket(day: string, unit: Report["timeline"]["unit"], today: string): string {
  if (unit === "day") return `on ${dayWords(day, today)}`;
  return unit === "week" ? `in the week of ${dayWords(day, today)}` : `in ${bucketWords(day, unit, today)}`;
}

/** What the bars by dimension say, in words. */
export function groupsGist(report: Report, dimension: Dimension): string {
  const groups = report.groups[dimension].filter(({ spentNano }) => spentNano > 0).slice(0, 3);
  const words = groups.map(
    (group) => `${groupName(dimension, group)} ${shareWords(group.spentNano, report.total.spentNano)}`,
  );
  const by = dimensionWords[dimension].toLowerCase();
  return words.length === 0
    ? `Spending by ${by}: nothing.`
    : `Spending by ${by}, the dearest first: ${words.join(", ")}.`;
}

/** When a request was made, in the words of the person's own machine. */
export function momentWords(atMs: number): string {
  return new Date(atMs).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}
