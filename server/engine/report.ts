import type {
  Dimension,
  Report,
  ReportGroup,
  ReportParams,
  ReportRange,
  ReportSums,
  Savings,
} from "../../shared/report.ts";
import { gainWorthPaying } from "../core/classify.ts";
import type { Ledger } from "../store/ledger.ts";
import type { Store } from "../store/open-store.ts";
import type { ReportScope, RoutingSums } from "../store/report-book.ts";

export interface ReportDeps {
  /** Throws a ledger failure while the books are not open. */
  store(): Pick<Store, "report" | "ledger" | "estimateErrors">;
  /** Milliseconds since 1970. */
  now(): number;
  /** The workspace of the books that this window is in. */
  workspace: string;
  hostLabel: string;
  /** `wayfare.quality` as it is now, 0 to 100. */
  quality(): number;
}

/** Rows of a table, and series of a chart, the rest of all others included. */
const MOST_GROUPS = 50;
const MOST_SERIES = 8;
const DEAREST = 20;
/** So many bars can still be told apart. */
const MOST_DAYS = 92;
const MOST_WEEK_DAYS = 366;
/** Fifty years: a clock that was wrong once must not make a chart of a million bars. */
const MOST_BUCKETS = 600;

/**
 * Makes the report of a range. It reads sums that the books keep, piece by piece, so that nothing that streams waits for
 * more than a few milliseconds. Rejects with a ledger failure.
 */
export function createReport(deps: ReportDeps): (params: ReportParams) => Promise<Report> {
  return async (params) => {
    const { report, ledger, estimateErrors } = deps.store();
    const today = ledger.dayOf(deps.now());
    const { fromDay, toDay } = daysOf(params.range, today, () => report.firstDay(params.book));
    const scope: ReportScope = { book: params.book, fromDay, toDay, workspace: params.workspace };

    const { sums, routing } = report.totals(scope);
    await pause();
    const read = async (by: Dimension): Promise<ReportGroup[]> => {
      const found = withRest(report.groups(scope, by, MOST_GROUPS), sums);
      await pause();
      return found;
    };
    const groups = {
      tier: await read("tier"),
      model: await read("model"),
      workspace: await read("workspace"),
      language: await read("language"),
      kind: await read("kind"),
      session: toldApart(await read("session")),
    };
    const unit = unitFor(fromDay, toDay);
    const timeline = timelineOf(
      report.timeline(scope, params.splitBy, unit),
      { fromDay, toDay, unit },
      groups[params.splitBy],
    );
    await pause();
    const dearest = report.dearest(scope, DEAREST);
    await pause();
    const others = report.workspaces(params.book).filter((each) => each !== deps.workspace);
    return {
      params,
      fromDay,
      toDay,
      today,
      hostLabel: deps.hostLabel,
      total: sums,
      workspaces: [deps.workspace, ...others],
      timeline,
      groups,
      savings: savingsOf(routing, deps.quality()),
      cache: {
        promptSavedNano: routing.promptSavedNano,
        keptAnswers: routing.keptAnswers,
        keptSavedNano: routing.keptSavedNano,
      },
      dearest,
      // By the clock of the world, not of the person: a few hours more or less make no other median.
      estimateErrors: estimateErrors(Date.parse(fromDay), Date.parse(toDay) + DAY_MS),
      raises: raisesOf(ledger, fromDay, toDay),
    };
  };
}

/** Conversations that began with the same question have the same title: the later ones in the list get a number. */
export function toldApart(groups: readonly ReportGroup[]): ReportGroup[] {
  const seen = new Map<string, number>();
  return groups.map((group) => {
    const count = (seen.get(group.label) ?? 0) + 1;
    seen.set(group.label, count);
    return count === 1 || group.label === "" ? group : { ...group, label: `${group.label} (${count})` };
  });
}

/** Those of the person's own days, which may begin some hours before the world's or after it. */
function raisesOf(ledger: Pick<Ledger, "raisesBetween" | "dayOf">, fromDay: string, toDay: string): Report["raises"] {
  return ledger
    .raisesBetween(Date.parse(fromDay) - DAY_MS, Date.parse(toDay) + 2 * DAY_MS)
    .filter(({ raisedAtMs }) => ledger.dayOf(raisedAtMs) >= fromDay && ledger.dayOf(raisedAtMs) <= toDay)
    .map(({ raisedAtMs: atMs, capId, workspace, addedNano, beforeNano, afterNano }) => ({
      atMs,
      capId,
      workspace,
      addedNano,
      limitBeforeNano: beforeNano,
      limitAfterNano: afterNano,
    }));
}

/** Lets what streams have its turn. */
function pause(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

const DAY_MS = 86_400_000;

function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The days that a range comes to, both inclusive; what lies ahead (a clock was wrong) belongs to all. */
export function daysOf(
  range: ReportRange,
  today: string,
  firstDay: () => string | null,
): { fromDay: string; toDay: string } {
  if (range.kind === "between") return { fromDay: range.fromDay, toDay: range.toDay };
  if (range.kind === "days") return { fromDay: addDays(today, 1 - range.days), toDay: today };
  if (range.kind === "month") return { fromDay: `${today.slice(0, 7)}-01`, toDay: today };
  const first = firstDay();
  return { fromDay: first === null || first > today ? today : first, toDay: today };
}

function unitFor(fromDay: string, toDay: string): Report["timeline"]["unit"] {
  const days = (Date.parse(toDay) - Date.parse(fromDay)) / DAY_MS + 1;
  if (days <= MOST_DAYS) return "day";
  return days <= MOST_WEEK_DAYS ? "week" : "month";
}

/** The first day of the bucket that a day falls in. Weeks begin on Monday. */
function bucketOf(day: string, unit: Report["timeline"]["unit"]): string {
  if (unit === "day") return day;
  if (unit === "month") return `${day.slice(0, 7)}-01`;
  return addDays(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7));
}

function nextBucket(bucket: string, unit: Report["timeline"]["unit"]): string {
  if (unit === "day") return addDays(bucket, 1);
  if (unit === "week") return addDays(bucket, 7);
  return bucketOf(addDays(bucket, 31), "month");
}

function timelineOf(
  rows: readonly { bucket: string; key: string; spentNano: number }[],
  { fromDay, toDay, unit }: { fromDay: string; toDay: string; unit: Report["timeline"]["unit"] },
  groups: readonly ReportGroup[],
): Report["timeline"] {
  const buckets: string[] = [];
  for (let bucket = bucketOf(fromDay, unit); bucket <= toDay; bucket = nextBucket(bucket, unit)) buckets.push(bucket);
  buckets.splice(0, Math.max(0, buckets.length - MOST_BUCKETS));
  const places = new Map(buckets.map((bucket, at) => [bucket, at]));
  const spent = new Map<string, number[]>();
  const dear = groups.filter(({ key, spentNano }) => key !== REST && spentNano > 0);
  const shown = new Set(dear.slice(0, dear.length > MOST_SERIES ? MOST_SERIES - 1 : MOST_SERIES).map(({ key }) => key));
  for (const { bucket, key, spentNano } of rows) {
    const at = places.get(bucket);
    if (at === undefined || spentNano === 0) continue;
    const name = shown.has(key) ? key : REST;
    const series = spent.get(name) ?? buckets.map(() => 0);
    series[at] = (series[at] ?? 0) + spentNano;
    spent.set(name, series);
  }
  const named = new Map(groups.map((group) => [group.key, group]));
  const keys = [...shown, ...(spent.has(REST) ? [REST] : [])];
  return {
    unit,
    buckets,
    series: keys.flatMap((key) => {
      const spentNano = spent.get(key);
      const { label = key, begunAtMs } = named.get(key) ?? {};
      return spentNano === undefined
        ? []
        : [{ key, label, ...(begunAtMs === undefined ? {} : { begunAtMs }), spentNano }];
    }),
  };
}

/** The key of what is left over. No tier, model, workspace, language, kind or session has it alone. */
const REST = "other";

/** When there may be more than were read, the last row is what is left of the whole. */
function withRest(groups: readonly ReportGroup[], total: ReportSums): ReportGroup[] {
  if (groups.length < MOST_GROUPS) return [...groups];
  const shown = groups.slice(0, MOST_GROUPS - 1);
  const left = (of: (sums: ReportSums) => number) => shown.reduce((rest, row) => rest - of(row), of(total));
  return [
    ...shown,
    {
      key: REST,
      label: REST,
      spentNano: left((sums) => sums.spentNano),
      unknown: left((sums) => sums.unknown),
      requests: left((sums) => sums.requests),
      answers: left((sums) => sums.answers),
      attempts: left((sums) => sums.attempts),
      failedAttempts: left((sums) => sums.failedAttempts),
      failedNano: left((sums) => sums.failedNano),
      stoppedAttempts: left((sums) => sums.stoppedAttempts),
      stoppedNano: left((sums) => sums.stoppedNano),
      inputTokens: left((sums) => sums.inputTokens),
      cacheReadTokens: left((sums) => sums.cacheReadTokens),
      cacheWriteTokens: left((sums) => sums.cacheWriteTokens),
      outputTokens: left((sums) => sums.outputTokens),
      acceptedLines: left((sums) => sums.acceptedLines),
      acceptedCompletions: left((sums) => sums.acceptedCompletions),
    },
  ];
}

/**
 * What routing saved. A wrong answer counts as what makes the router's own rule come out even: the frontier's extra cost
 * over the gain in right answers that `wayfare.quality` asks for it.
 */
export function savingsOf(sums: RoutingSums, quality: number): Savings | null {
  if (sums.routed === 0) return null;
  const extraNano = Math.max(0, sums.frontierNano - sums.cheapNano) / sums.routed;
  const wrongAnswerNano = Math.round(extraNano / gainWorthPaying(quality));
  const worth = (costNano: number, right: number) => costNano + (sums.routed - right) * wrongAnswerNano;
  const isFrontierBest = worth(sums.frontierNano, sums.frontierRight) <= worth(sums.cheapNano, sums.cheapRight);
  return {
    answers: sums.routed,
    leftOut: sums.leftOut,
    routed: { costNano: sums.routedNano, expectedRight: sums.routedRight },
    frontier: { costNano: sums.frontierNano, expectedRight: sums.frontierRight },
    cheap: { costNano: sums.cheapNano, expectedRight: sums.cheapRight },
    wrongAnswerNano,
    bestSingle: isFrontierBest ? "frontier" : "cheap",
  };
}
