/**
 * The colours of the charts. Eight hues that remain apart for colour-blind eyes (after Okabe and Ito, "Color Universal
 * Design", 2008), moved towards the ink until each stands out from the page by at least 3 to 1 (WCAG 2.2, 1.4.11), and a
 * pattern with each, for those who see no colours.
 */

export type Rgb = readonly [red: number, green: number, blue: number];

/** How a series is drawn besides its colour. Neighbours differ, so that two that touch never look alike. */
export type Pattern = "solid" | "rising" | "dots" | "falling" | "lines" | "grid" | "bars" | "rings";
export const patterns: readonly Pattern[] = ["solid", "rising", "dots", "falling", "lines", "grid", "bars", "rings"];

const hues: readonly Rgb[] = [
  [86, 180, 233],
  [230, 159, 0],
  [0, 158, 115],
  [204, 121, 167],
  [0, 114, 178],
  [240, 228, 66],
  [213, 94, 0],
  [150, 150, 150],
];
/** What is left over is grey, wherever it stands. */
const greyAt = 7;

/** WCAG: what a mark that carries meaning needs against what is beside it. */
export const LEAST_CONTRAST = 3;

/** Relative luminance by WCAG 2.2, 0 to 1. */
export function luminance([red, green, blue]: Rgb): number {
  const linear = (channel: number) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

/** Contrast by WCAG 2.2, 1 to 21. */
export function contrast(one: Rgb, other: Rgb): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** `#1f1f1f`, `rgb(31, 31, 31)`, `rgba(…)` as its three channels; null for what is neither. */
export function readColour(text: string): Rgb | null {
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text.trim())?.[1];
  if (hex !== undefined) {
    const digits = hex.length === 3 ? [...hex].map((digit) => digit + digit).join("") : hex;
    const channel = (at: number) => Number.parseInt(digits.slice(at, at + 2), 16);
    return [channel(0), channel(2), channel(4)];
  }
  const [, red, green, blue] = /^rgba?\(\s*([\d.]+)[\s,]+([\d.]+)[\s,]+([\d.]+)/.exec(text.trim()) ?? [];
  return red === undefined ? null : [Number(red), Number(green), Number(blue)];
}

export function cssColour([red, green, blue]: Rgb): string {
  return `rgb(${Math.round(red)}, ${Math.round(green)}, ${Math.round(blue)})`;
}

/**
 * The series' colours for this page, in their order; `other` gets grey. At most as many as there are hues; then anew. A
 * key in `own` has that colour wherever it stands: a tier looks in a chart as its badge does.
 */
export function seriesColours(keys: readonly string[], page: Rgb, own: ReadonlyMap<string, Rgb> = new Map()): Rgb[] {
  return keys.map((key, at) => {
    const hue = own.get(key) ?? hues[key === "other" ? greyAt : at % greyAt];
    return standOut(hue ?? [150, 150, 150], page);
  });
}

/** A series' pattern, by its place. */
export function seriesPattern(at: number): Pattern {
  return patterns[at % patterns.length] ?? "solid";
}

/** Darkened on a light page and lightened on a dark one, as little as is needed. */
function standOut(hue: Rgb, page: Rgb): Rgb {
  const ink: Rgb = luminance(page) > 0.18 ? [0, 0, 0] : [255, 255, 255];
  for (let part = 0; part < 1; part += 0.02) {
    const mixed: Rgb = [
      hue[0] + (ink[0] - hue[0]) * part,
      hue[1] + (ink[1] - hue[1]) * part,
      hue[2] + (ink[2] - hue[2]) * part,
    ];
    // Rounded as it is drawn: what counts is what is seen.
    if (contrast([Math.round(mixed[0]), Math.round(mixed[1]), Math.round(mixed[2])], page) >= LEAST_CONTRAST)
      return mixed;
  }
  return ink;
}
