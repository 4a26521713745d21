import { formatUsd } from "../../shared/money.ts";
import type { RouteRow } from "../../shared/routes.ts";
import { fullModel, seconds } from "./decision-words.ts";
import { perMillion } from "./price-words.ts";
import type { RouteTestState } from "./routes-messages.ts";

/** The words of a row of the page of routes. What is not known is `–`, never a zero. */

export const unknown = "–";

/** A state as one word, with its codicon. */
export const stateLooks: Record<RouteRow["state"], { word: string; icon: string }> = {
  ready: { word: "Ready", icon: "pass" },
  resting: { word: "Resting", icon: "watch" },
  probing: { word: "Probing", icon: "sync" },
  limited: { word: "Limited", icon: "dashboard" },
  paused: { word: "Paused", icon: "debug-pause" },
  off: { word: "Off", icon: "circle-slash" },
  keyless: { word: "No key", icon: "key" },
};

/** As it is set up it cannot be asked: there is nothing to test, to pause or to wait for. */
export function isUnasked(state: RouteRow["state"]): state is "off" | "keyless" {
  return state === "off" || state === "keyless";
}

/** `openai/gpt-5.4-mini: resting, rate limited`, as it is read out. */
export function spokenState(row: RouteRow): string {
  const { word } = stateLooks[row.state];
  return `${fullModel(row)}: ${word.toLowerCase()}${row.why === null ? "" : `, ${row.why}`}`;
}

/** `0.4 s`; `–`. */
export function secondsOrUnknown(ms: number | null): string {
  return ms === null ? unknown : seconds(ms);
}

export function speed(tokensPerSecond: number | null): string {
  if (tokensPerSecond === null) return unknown;
  return tokensPerSecond < 9.95 ? tokensPerSecond.toFixed(1) : String(Math.round(tokensPerSecond));
}

/** Requests fade with time, so their number is a rough one. Fewer than half a request says nothing. */
export function errorShare({ requests, failures }: Pick<RouteRow, "requests" | "failures">): {
  share: number | null;
  words: string;
  detail: string;
} {
  if (requests < 0.5) return { share: null, words: unknown, detail: "" };
  const share = Math.min(1, failures / requests);
  const percent = share > 0 && share < 0.01 ? "<1 %" : `${Math.round(share * 100)} %`;
  return { share, words: percent, detail: `of ${Math.max(1, Math.round(requests))}` };
}

/** `$0.25 / $2`, in and out for a million tokens; `free`; `?`. */
export function priceWords(price: RouteRow["price"]): string {
  if (price === null) return "?";
  if (price === "free") return "free";
  return `${perMillion(price.inputUsd)} / ${perMillion(price.outputUsd)}`;
}

/** `just now`, `40 s ago`, `12 min ago`, `3 h ago`, `5 days ago`; `never`. */
export function lastUse(lastUsedMs: number | null, atMs: number): string {
  if (lastUsedMs === null) return "never";
  const ms = Math.max(0, atMs - lastUsedMs);
  return ms < 5_000 ? "just now" : `${span(ms)} ago`;
}

/** `in 12 s`, `now`; `–` where no time is set. */
export function nextProbe({ state, untilMs }: Pick<RouteRow, "state" | "untilMs">, atMs: number): string {
  if (state === "ready" || state === "paused" || isUnasked(state) || untilMs === null) return unknown;
  return untilMs <= atMs ? "now" : `in ${span(untilMs - atMs)}`;
}

function span(ms: number): string {
  const steps = [
    [90, 1, "s"],
    [90 * 60, 60, "min"],
    [36 * 3_600, 3_600, "h"],
  ] as const;
  const whole = Math.max(1, Math.ceil(ms / 1_000));
  for (const [below, unit, name] of steps) if (whole < below) return `${Math.round(whole / unit)} ${name}`;
  const days = Math.round(whole / 86_400);
  return days === 1 ? "1 day" : `${days} days`;
}

/** How long the first word is waited for. */
export function patience({ timeouts }: Pick<RouteRow, "timeouts">): string {
  return `waits ${short(timeouts.firstContentMs)}${timeouts.learned ? ", learned" : ""}`;
}

/** All that it is waited for, for a tooltip. */
export function patienceDetail({ timeouts }: Pick<RouteRow, "timeouts">): string {
  const { headersMs, firstContentMs, gapMs, learned } = timeouts;
  const how = learned ? "Learned from its own answers" : "The same for every route until its own answers are known";
  return `Waited for: ${short(headersMs)} for a sign of life, ${short(firstContentMs)} for the first word, ${short(gapMs)} between words. ${how}.`;
}

function short(ms: number): string {
  return seconds(ms).replace(".0", "");
}

/** What became of a test: `answered in 0.8 s for $0.0001`, or the failure's sentence. */
export function testWords(test: RouteTestState): { words: string; look: "running" | "good" | "bad" } {
  if (test.state === "running") return { words: "Asking…", look: "running" };
  if (test.state === "broken") return { words: test.message, look: "bad" };
  const { ok, firstTokenMs, costNano, failure } = test.result;
  if (!ok) return { words: failure?.message ?? "It failed, and no reason was given.", look: "bad" };
  const cost = costNano === null ? "at an unknown price" : costNano === 0 ? "for free" : `for ${formatUsd(costNano)}`;
  return { words: `Answered in ${seconds(firstTokenMs ?? 0)} ${cost}`, look: "good" };
}
