/**
 * Makes the function that tells which day of a person an instant falls in, as YYYY-MM-DD: a day of spending begins at
 * midnight of their time zone, and a container's own clock is in UTC. A zone that the runtime does not know is replaced
 * by the runtime's own, because money must be booked to some day.
 */
export function createDayOf(timeZone: string): (atMs: number) => string {
  const format = formatFor(timeZone);
  return (atMs) => {
    const parts = new Map(format.formatToParts(atMs).map((part) => [part.type, part.value]));
    return `${parts.get("year")?.padStart(4, "0")}-${parts.get("month")}-${parts.get("day")}`;
  };
}

function formatFor(timeZone: string): Intl.DateTimeFormat {
  const shape = {
    calendar: "gregory",
    numberingSystem: "latn",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  } as const;
  try {
    return new Intl.DateTimeFormat("en-US", { ...shape, timeZone });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return new Intl.DateTimeFormat("en-US", shape);
  }
}
