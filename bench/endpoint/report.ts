import { quantile } from "../server-client.ts";
import type { Name } from "./contestants.ts";
import type { FirstByte, Load } from "./load-task.ts";

/** What was measured of one contestant. */
export interface Figures {
  name: Name;
  title: string;
  firstByte: FirstByte | null;
  loads: Load[];
  /** CPU of the contestant's process under load, all rounds; null: not told here, or the vendor itself. */
  cpuMsPerRequest: number | null;
  /** Resident memory in MB after so many requests. */
  memory: { requests: number; rssMb: number }[];
  /** Right ones included. */
  asked: number;
  /** What the vendor counted of it. */
  reachedVendor: number;
}

/** Bars of the endpoint. The ratios are of one run. */
const bars = { addedP50Ms: 0.75, addedP99Ms: 3, timesPortkey: 2, shareOfPassThrough: 0.4 } as const;

/** The tables, the bars, and what makes a figure worthless. */
export function report(all: readonly Figures[]): { lines: string[]; isWrong: boolean } {
  const of = (name: Name): Figures | undefined => all.find((each) => each.name === name);
  const [direct, bare, portkey] = [of("direct"), of("pass-through"), of("portkey")];
  const lines = [
    "Time to first byte at 1 stream, ms; in brackets what is added to direct's",
    ...columns([
      ["", "p50", "", "p99", "", "first text p50"],
      ...all.map((each) => [
        each.title,
        ms(byte(each, 0.5)),
        added(byte(each, 0.5), byte(direct, 0.5)),
        ms(byte(each, 0.99)),
        added(byte(each, 0.99), byte(direct, 0.99)),
        ms(quantile(each.firstByte?.textMs ?? [], 0.5)),
      ]),
    ]),
    "",
    "32 streams at once, 64 chunks each; medians of the rounds, the ratios those within a round",
    ...columns([
      [
        "",
        "requests/s",
        "p99 ms",
        "× direct",
        "× pass-through",
        "× Portkey",
        "CPU ms a request",
        "least–most requests/s",
      ],
      ...all.map((each) => {
        const rates = each.loads.map(rateOf);
        return [
          each.title,
          rate(each).toFixed(0),
          ms(
            quantile(
              each.loads.map((load) => load.p99Ms),
              0.5,
            ),
          ),
          times(ratio(each, direct)),
          times(ratio(each, bare)),
          times(ratio(each, portkey)),
          each.cpuMsPerRequest?.toFixed(2) ?? "",
          `${Math.min(...rates).toFixed(0)}–${Math.max(...rates).toFixed(0)}`,
        ];
      }),
    ]),
    `  The load generator used ${percent(ownShare(direct))} of a core at direct, which is its limit, and at most ${percent(Math.max(...all.filter((each) => each !== direct).map(ownShare)))} at the others.`,
    "",
    "Resident memory, MB, one second after so many requests, 32 at once",
    ...columns([
      ["", ...(all.find(({ memory }) => memory.length > 0)?.memory ?? []).map(({ requests }) => count(requests))],
      ...all
        .filter(({ memory }) => memory.length > 0)
        .map(({ title, memory }) => [title, ...memory.map(({ rssMb }) => rssMb.toFixed(0))]),
    ]),
    "",
    ...barLines(of("ours"), direct, bare, portkey),
  ];
  const wrong = all.flatMap(faults);
  if (wrong.length > 0) lines.push("", ...wrong.map((line) => `WRONG: ${line}`));
  return { lines, isWrong: wrong.length > 0 };
}

function barLines(ours?: Figures, direct?: Figures, bare?: Figures, portkey?: Figures): string[] {
  if (ours === undefined) return ["Bars: not judged, Wayfare did not take part."];
  const line = (name: string, value: number, bar: number, isMet: boolean, unit: string) =>
    Number.isNaN(value)
      ? `  ${name}: not judged, the other did not take part`
      : `  ${name}: ${value.toFixed(2)}${unit}, bar ${bar}${unit}: ${isMet ? "met" : "NOT met"}`;
  const atMost = (name: string, value: number, bar: number) => line(name, value, bar, value <= bar, " ms");
  const atLeast = (name: string, value: number, bar: number) => line(name, value, bar, value >= bar, " ×");
  return [
    "Bars",
    atMost("first byte added to direct, p50, at most", byte(ours, 0.5) - byte(direct, 0.5), bars.addedP50Ms),
    atMost("first byte added to direct, p99, at most", byte(ours, 0.99) - byte(direct, 0.99), bars.addedP99Ms),
    atLeast("requests/s to Portkey's, at least", ratio(ours, portkey), bars.timesPortkey),
    atLeast("requests/s to the bare pass-through's, at least", ratio(ours, bare), bars.shareOfPassThrough),
  ];
}

function faults({ title, firstByte, loads, asked, reachedVendor }: Figures): string[] {
  const wrongs = [...(firstByte === null ? [] : [firstByte.wrong]), ...loads.map((load) => load.wrong)];
  const number = wrongs.reduce((sum, each) => sum + each.count, 0);
  const first = wrongs.find((each) => each.first !== null)?.first;
  return [
    ...(number > 0 ? [`${title}: ${number} of ${asked} answers, the first: ${first}`] : []),
    ...(asked === reachedVendor ? [] : [`${title}: ${asked} requests, but ${reachedVendor} reached the vendor`]),
  ];
}

const byte = (figures: Figures | undefined, share: number): number => quantile(figures?.firstByte?.byteMs ?? [], share);
const rateOf = ({ right, elapsedMs }: Load): number => (right * 1_000) / elapsedMs;
const rate = (figures: Figures | undefined): number => quantile((figures?.loads ?? []).map(rateOf), 0.5);
/** What one does for each that the other does in the same round, when the machine was as busy; NaN where one is missing. */
function ratio(one: Figures | undefined, other: Figures | undefined): number {
  const others = (other?.loads ?? []).map(rateOf);
  const ratios = (one?.loads ?? []).map((load, round) => rateOf(load) / (others[round] ?? Number.NaN));
  return quantile(ratios, 0.5);
}
const ownShare = (figures: Figures | undefined): number =>
  Math.max(0, ...(figures?.loads ?? []).map((load) => load.ownShare));

const ms = (value: number): string => value.toFixed(2);
const added = (value: number, to: number): string => `(${value < to ? "−" : "+"}${Math.abs(value - to).toFixed(2)})`;
const times = (value: number): string => (Number.isNaN(value) ? "" : value.toFixed(value < 0.1 ? 3 : 2));
const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;
const count = (value: number): string => value.toLocaleString("en");

/** The first column on the left, the others on the right. */
function columns(rows: string[][]): string[] {
  const widths = rows.reduce<number[]>(
    (most, row) => row.map((cell, index) => Math.max(cell.length, most[index] ?? 0)),
    [],
  );
  return rows.map(
    (row) =>
      `  ${row.map((cell, index) => (index === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[index] ?? 0))).join("  ")}`,
  );
}
