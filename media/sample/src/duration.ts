const PART = /(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)\s*/g;

const UNIT_MS: Record<string, number> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

export function parse(text: string): number {
  let total = 0;
  let end = 0;
  let match: RegExpExecArray | null;
  while ((match = PART.exec(text)) !== null) {
    if (match.index !== end) {
      throw new RangeError(`Not a duration: "${text}"`);
    }
    total += Number(match[1]) * UNIT_MS[match[2]];
    end = PART.lastIndex;
  }
  if (end === 0 || end !== text.length) {
    throw new RangeError(`Not a duration: "${text}"`);
  }
  return total;
}

export function format(ms: number): string {
  if (ms < UNIT_MS.s) return `${ms}ms`;
  const parts: string[] = [];
  let rest = Math.round(ms / UNIT_MS.s) * UNIT_MS.s;
  for (const unit of ["d", "h", "m", "s"]) {
    const count = Math.floor(rest / UNIT_MS[unit]);
    rest -= count * UNIT_MS[unit];
    if (count > 0) parts.push(`${count}${unit}`);
  }
  return parts.join("");
}
