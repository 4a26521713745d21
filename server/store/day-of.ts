/**
 * Makes the function that tells which day of a person an instant falls in, as YYYY-MM-DD. A day of spending begins
 * `dayStartsAtMinutes` after midnight of their time zone, and a container's own clock is in UTC. Where the clocks go back
 * over that minute, the day begins the first time it comes, and no instant falls in an earlier day than one before it. A zone that the runtime does not know is
 * replaced by the runtime's own, because money must be booked to some day.
 */
export function createDayOf(timeZone: string, dayStartsAtMinutes = 0): (atMs: number) => string {
  const format = formatFor(timeZone);
  /** The last answer: most questions come within the same minute, and a zone's clock moves by whole minutes. */
  let last = { minute: Number.NaN, day: "" };
  return (atMs) => {
    const minute = Math.floor(atMs / MINUTE_MS);
    if (minute !== last.minute) last = { minute, day: steadyDayAt(format, atMs, dayStartsAtMinutes) };
    return last.day;
  };
}

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
const DAY_MS = DAY_MINUTES * MINUTE_MS;

/** By how much clocks are set back, in minutes: Lord Howe Island, nearly everywhere, and Troll in Antarctica. */
const SETBACKS_MINUTES = [30, 60, 120];

/**
 * Shortly before the minute at which a day begins, the clocks may have been set back and that minute shown already: then
 * it was shown at the instant that is looked at here, and the day has begun.
 */
function steadyDayAt(format: Intl.DateTimeFormat, atMs: number, dayStartsAtMinutes: number): string {
  const { day, minutes } = dayAt(format, atMs, dayStartsAtMinutes);
  const toGoMinutes = (dayStartsAtMinutes - minutes + DAY_MINUTES) % DAY_MINUTES;
  if (toGoMinutes === 0) return day;
  const laterDays = SETBACKS_MINUTES.filter((setback) => setback >= toGoMinutes)
    .map((setback) => dayAt(format, atMs - (setback - toGoMinutes) * MINUTE_MS, dayStartsAtMinutes).day)
    .filter((each) => each > day);
  return laterDays[0] ?? day;
}

function dayAt(
  format: Intl.DateTimeFormat,
  atMs: number,
  dayStartsAtMinutes: number,
): { day: string; minutes: number } {
  const parts = new Map(format.formatToParts(atMs).map((part) => [part.type, part.value]));
  const day = `${parts.get("year")?.padStart(4, "0")}-${parts.get("month")}-${parts.get("day")}`;
  const minutes = Number(parts.get("hour")) * 60 + Number(parts.get("minute"));
  return { day: minutes < dayStartsAtMinutes ? dayBefore(day) : day, minutes };
}

function dayBefore(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - DAY_MS).toISOString().slice(0, 10);
}

function formatFor(timeZone: string): Intl.DateTimeFormat {
  const shape = {
    calendar: "gregory",
    numberingSystem: "latn",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  } as const;
  try {
    return new Intl.DateTimeFormat("en-US", { ...shape, timeZone });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return new Intl.DateTimeFormat("en-US", shape);
  }
}
