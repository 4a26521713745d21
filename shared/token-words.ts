/**
 * Tokens in few signs: 950, 4.1k, 210k, 1.2M. What is needed is rounded up and what there is down, so that the two never
 * look equal and a window is never taken for larger than it is.
 */
export function tokensInWords(tokens: number, round: "up" | "down"): string {
  const whole = round === "up" ? Math.ceil : Math.floor;
  if (tokens < 1000) return String(tokens);
  if (tokens < 10_000) return `${whole(tokens / 100) / 10}k`;
  if (tokens < 1_000_000) return `${whole(tokens / 1000)}k`;
  return `${whole(tokens / 100_000) / 10}M`;
}
