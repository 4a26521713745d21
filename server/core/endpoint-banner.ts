import { capUsd, howOften } from "../../shared/cap-words.ts";
import type { Cap } from "./budget.ts";
import { OTHER_BOOKS } from "./describe-cap.ts";
import { OLDEST_NODE } from "./endpoint-arguments.ts";
import type { EndpointStart } from "./endpoint-start.ts";
import { capitalized } from "./read-budget.ts";

type Ready = Extract<EndpointStart, { ok: true }>;
type Told = Ready["warnings"][number];

/** Below these, a line each; nothing of a terminal's own may hide in a name. */
const oneLine = (text: string): string => text.replace(/\p{Cc}+/gu, " ");

/**
 * What is printed when the endpoint answers: where, who is asked, the caps, the books, the file of the token (never the
 * token), and what does not stop it. `urls` are the addresses that it really has.
 */
export function describeRunning(urls: readonly string[], start: Ready): string {
  return [`Wayfare endpoint: ${urls.join(" and ")}`, ...facts(start), ...start.warnings.map(warning), ""].join("\n");
}

/** What `--check` prints where the endpoint could start. */
export function describeChecked(start: Ready): string {
  const head = `Wayfare endpoint: could start, at http://127.0.0.1:${start.port}`;
  return [head, ...facts(start), ...start.warnings.map(warning), ""].join("\n");
}

/** What is printed where it cannot start. */
export function describeRefused({
  problems,
  warnings,
}: Pick<Extract<EndpointStart, { ok: false }>, "problems" | "warnings">): string {
  const count = problems.length === 1 ? "One problem" : `${problems.length} problems`;
  const head = `Wayfare endpoint: not started. ${count}:`;
  return [head, ...problems.map((each) => `  ${sentence(each)}`), ...warnings.map(warning), ""].join("\n");
}

/** Why the port is not to be had, by the system's code. `isWayfares`: it is another Wayfare that has it. */
export function portProblem(port: number, { code, isWayfares }: { code: string; isWayfares: boolean }): Told {
  const mend = "choose another port by --port";
  const message = isWayfares
    ? `Another Wayfare answers at port ${port}: an editor's, or another start of this. Ask that one, or ${mend}.`
    : code === "EADDRINUSE"
      ? `Another program uses port ${port}. End it, or ${mend}.`
      : code === "EACCES"
        ? `This machine lets nobody but its administrator use port ${port}. Choose one from 1024 on by --port.`
        : `Port ${port} is not to be had (${code}). ${capitalized(mend)}.`;
  return { field: "port", message };
}

/** Why a Node of this version keeps no books. */
export function nodeProblem(version: string): Told {
  const message = `Node ${version} has no node:sqlite, in which the books are kept. Start this with Node ${OLDEST_NODE} or later.`;
  return { field: "node", message };
}

/** One line at the first signal. */
export function describeStopping(underWay: number): string {
  if (underWay === 0) return "Stopping: no answer is under way.\n";
  const [answers, them] = underWay === 1 ? ["1 answer", "it"] : [`${underWay} answers`, "them"];
  return `Stopping: ${answers} under way may end, ten seconds at most; a second signal ends ${them} at once.\n`;
}

/** What came of `--accept-losses`; `setAside` names each damaged ledger whose counts were not fully known. */
export function describeAccepted(setAside: readonly string[]): string {
  if (setAside.length === 0) return "warning: --accept-losses: No count is lost in these books. Leave it away.\n";
  const names = oneLine(setAside.join(" and "));
  return `Accepted: caps count from what could be read of ${names}. Leave --accept-losses away from now on.\n`;
}

/** One more line for what came up later. */
export function warning(told: Told): string {
  return `warning: ${sentence(told)}`;
}

function sentence({ field, message }: Told): string {
  return oneLine(`${field}: ${message}`);
}

function facts({ models, caps, bookCaps, ledgerDirectory, workspace, timeZone, token }: Ready): string[] {
  const { cheap, frontier, providers, isPlaygroundAlone } = models;
  const tier = (names: readonly string[]) =>
    isPlaygroundAlone ? "the playground's simulated models" : names.length === 0 ? "no model" : names.join(", ");
  const rows = [
    ["auto", isPlaygroundAlone ? tier([]) : tier([...cheap, ...frontier.filter((name) => !cheap.includes(name))])],
    ["cheap", tier(cheap)],
    ["frontier", tier(frontier)],
    ["by name", providers.length === 0 ? "none" : providers.map((id) => `${id}/…`).join(", ")],
    ["caps", capsLine(caps, bookCaps)],
    ["books", `${ledgerDirectory}, in the book "${workspace}"; days of ${timeZone}`],
    ["token", tokenLine(token)],
  ] as const;
  return rows.map(([name, text]) => oneLine(`  ${name.padEnd(9)} ${text}`));
}

function capsLine(caps: readonly Cap[], bookCaps: Ready["bookCaps"]): string {
  const limit = ({ period, limitNano }: Cap): string => `${capUsd(limitNano)} ${howOften[period]}`;
  const all = caps.map((cap) => `${limit(cap)}${cap.scope === "workspace" ? " in each book" : ""}`);
  const ofBooks = bookCaps.flatMap(({ book, caps: own }) => own.map((cap) => `${limit(cap)} in ${bookWords(book)}`));
  if (all.length + ofBooks.length === 0) return "none; wayfare.budget.daily sets one";
  return [...all, ...ofBooks].join(", ");
}

function bookWords(book: string): string {
  return book === OTHER_BOOKS ? "each other book that a request names" : `"${book}"`;
}

const tokenWords = { there: "", made: ", made just now", missing: ", to be made at the start" } as const;

function tokenLine({ path, was }: Ready["token"]): string {
  return `in ${path}${tokenWords[was]}`;
}
