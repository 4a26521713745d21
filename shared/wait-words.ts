/** A wait as it is said: "0.5 s", "40 s", "12 min", "5 h". Rounded up, so that it is over when the time has come. */
export function waitWords(ms: number): string {
  if (ms < 10_000) return `${Math.ceil(Math.max(ms, 0) / 100) / 10} s`;
  if (ms <= 120_000) return `${Math.ceil(ms / 1_000)} s`;
  if (ms <= 7_200_000) return `${Math.ceil(ms / 60_000)} min`;
  return `${Math.ceil(ms / 3_600_000)} h`;
}
