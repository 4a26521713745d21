/** More than a day is a limit of the account, and no one waits for it. */
const longestMs = 24 * 60 * 60 * 1000;

/**
 * How long a vendor asks us to wait, in milliseconds from `nowMs`, or null when it does not say. Understands
 * `retry-after-ms`, `retry-after` in seconds or as a date, the reset headers of a limit that is used up, a `retryDelay`
 * in the body, a reset time in the body, and "try again in 1.2s" in the words.
 */
export function readRetryAfter(
  headers: Readonly<Record<string, string>>,
  body: { words: string; retryDelay: string | null; resetAtMs: number | null },
  nowMs: number,
): number | null {
  const waitMs =
    fromNumber(headers["retry-after-ms"], 1) ??
    fromNumber(headers["retry-after"], 1000) ??
    fromDate(headers["retry-after"], nowMs) ??
    readDuration(body.retryDelay) ??
    (body.resetAtMs === null ? null : body.resetAtMs - nowMs) ??
    fromUsedUpLimit(headers) ??
    readDuration(/(?:try again|retry) (?:in|after) ([\dhms.]+)/i.exec(body.words)?.[1]);
  return waitMs === null ? null : Math.min(Math.max(Math.ceil(waitMs), 0), longestMs);
}

function fromNumber(text: string | undefined, unitMs: number): number | null {
  if (text === undefined || text.trim() === "") return null;
  const number = Number(text);
  return Number.isFinite(number) ? number * unitMs : null;
}

function fromDate(text: string | undefined, nowMs: number): number | null {
  const atMs = Date.parse(text ?? "");
  return Number.isNaN(atMs) ? null : atMs - nowMs;
}

/** `x-ratelimit-reset-tokens: 6m0s` counts only beside `x-ratelimit-remaining-tokens: 0`; the longest such wins. */
function fromUsedUpLimit(headers: Readonly<Record<string, string>>): number | null {
  const waits = ["requests", "tokens"].map((what) =>
    headers[`x-ratelimit-remaining-${what}`] === "0" ? readDuration(headers[`x-ratelimit-reset-${what}`]) : null,
  );
  const longest = Math.max(...waits.map((wait) => wait ?? -1));
  return longest < 0 ? null : longest;
}

const unitMs: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** `1h2m3.5s`, `250ms`, `34s` in milliseconds; null where there is no duration in the text. */
export function readDuration(text: string | null | undefined): number | null {
  const pieces = [...(text ?? "").matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)];
  if (pieces.length === 0) return null;
  return pieces.reduce((sum, piece) => sum + Number(piece[1]) * (unitMs[piece[2] ?? ""] ?? 0), 0);
}
