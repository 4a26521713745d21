import { BarController, BarElement, CategoryScale, Chart, type ChartOptions, LinearScale, Tooltip } from "chart.js";
import { formatUsd } from "../../shared/money.ts";
import { cssColour, type Pattern, type Rgb, readColour } from "./palette.ts";

Chart.register(BarController, BarElement, CategoryScale, LinearScale, Tooltip);

/** A series of the timeline, or one bar: its name, its look and its amounts in nano-dollars. */
export interface Series {
  name: string;
  colour: Rgb;
  pattern: Pattern;
  spentNano: readonly number[];
}

export interface Drawn<Data> {
  /** Draws these anew, in the colours that the page has now. */
  show(data: Data): void;
  dispose(): void;
}

/** What draws: given to the page, so that it can be looked at without a canvas. */
export interface Charts {
  /** The page's own colour, against which the others must stand out. */
  page(): Rgb;
  /** The colour of each tier's badge on this page (styles/colours.css); one that cannot be read is left out. */
  tiers(): ReadonlyMap<string, Rgb>;
  /** Stacked bars over time; `labels` under the bars, `titles` in what is shown of one. */
  timeline(canvas: HTMLCanvasElement): Drawn<{ labels: string[]; titles: string[]; series: Series[] }>;
  /** One bar a series, lying, the first on top; each says its amount. */
  bars(canvas: HTMLCanvasElement): Drawn<{ series: Series[] }>;
  /** A series' look, beside its name. */
  swatch(canvas: HTMLCanvasElement, series: Pick<Series, "colour" | "pattern">): void;
}

export const charts: Charts = {
  page: () => readColour(getComputedStyle(document.body).backgroundColor) ?? [31, 31, 31],
  tiers() {
    const style = getComputedStyle(document.body);
    return new Map(
      (["cheap", "frontier"] as const).flatMap((tier) => {
        const colour = readColour(style.getPropertyValue(`--${tier}`));
        return colour === null ? [] : [[tier, colour] as const];
      }),
    );
  },
  timeline(canvas) {
    let chart: Chart<"bar"> | null = null;
    return {
      show({ labels, titles, series }) {
        const look = readLook();
        const data = {
          labels,
          datasets: series.map(({ name, colour, pattern, spentNano }) => ({
            label: name,
            data: [...spentNano],
            backgroundColor: patternOf(colour, pattern, look.page),
            // A line of the page's colour between two parts that touch.
            borderColor: look.page,
            borderWidth: { top: 1 },
            borderSkipped: false,
            maxBarThickness: 48,
          })),
        };
        chart = drawn(chart, canvas, data, timelineOptions(look, titles));
      },
      dispose: () => chart?.destroy(),
    };
  },
  bars(canvas) {
    let chart: Chart<"bar"> | null = null;
    return {
      show({ series }) {
        const look = readLook();
        const data = {
          labels: series.map(({ name }) => name),
          datasets: [
            {
              data: series.map(({ spentNano }) => spentNano[0] ?? 0),
              backgroundColor: series.map(({ colour, pattern }) => patternOf(colour, pattern, look.page)),
              maxBarThickness: 18,
            },
          ],
        };
        chart = drawn(chart, canvas, data, barOptions(look));
      },
      dispose: () => chart?.destroy(),
    };
  },
  swatch(canvas, { colour, pattern }) {
    const context = canvas.getContext("2d");
    if (context === null) return;
    context.fillStyle = patternOf(colour, pattern, readLook().page);
    context.fillRect(0, 0, canvas.width, canvas.height);
  },
};

/** In the font and the colours of the page. */
interface Look {
  page: string;
  ink: string;
  dim: string;
  line: string;
  font: { family: string; size: number };
}

function readLook(): Look {
  const style = getComputedStyle(document.body);
  const of = (name: string, otherwise: string) => style.getPropertyValue(name).trim() || otherwise;
  return {
    page: style.backgroundColor,
    ink: style.color,
    dim: of("--dim", style.color),
    line: of("--line", style.color),
    font: { family: style.fontFamily, size: Math.max(11, Number.parseFloat(style.fontSize) - 1) },
  };
}

function drawn(
  former: Chart<"bar"> | null,
  canvas: HTMLCanvasElement,
  data: Chart<"bar">["data"],
  options: ChartOptions<"bar">,
): Chart<"bar"> {
  if (former === null) {
    return new Chart(canvas, { type: "bar", data, options, plugins: options.indexAxis === "y" ? [amountsAtBars] : [] });
  }
  former.data = data;
  former.options = options;
  former.update("none");
  return former;
}

function sharedOptions(look: Look): ChartOptions<"bar"> {
  return {
    // Nothing moves, whatever the person prefers: a figure that grows is read later.
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    font: look.font,
    color: look.ink,
    plugins: {
      tooltip: {
        backgroundColor: look.page,
        borderColor: look.dim,
        borderWidth: 1,
        titleColor: look.ink,
        bodyColor: look.ink,
        footerColor: look.ink,
        padding: 8,
        cornerRadius: 4,
      },
    },
  };
}

function timelineOptions(look: Look, titles: string[]): ChartOptions<"bar"> {
  const shared = sharedOptions(look);
  return {
    ...shared,
    interaction: { mode: "index", intersect: false },
    scales: {
      x: {
        stacked: true,
        grid: { display: false },
        border: { color: look.dim },
        ticks: { color: look.dim, font: look.font, maxRotation: 0, autoSkipPadding: 12 },
      },
      y: {
        stacked: true,
        beginAtZero: true,
        grid: { color: look.line, lineWidth: 0.5 },
        border: { display: false },
        ticks: { color: look.dim, font: look.font, maxTicksLimit: 5, callback: (value) => axisUsd(Number(value)) },
      },
    },
    plugins: {
      ...shared.plugins,
      tooltip: {
        ...shared.plugins?.tooltip,
        filter: ({ parsed }) => (parsed.y ?? 0) > 0,
        callbacks: {
          title: ([first]) => (first === undefined ? "" : (titles[first.dataIndex] ?? "")),
          label: ({ dataset, parsed }) => ` ${shortened(dataset.label ?? "", 40)}: ${formatUsd(parsed.y)}`,
          footer: (items) => `In all: ${formatUsd(items.reduce((sum, { parsed }) => sum + (parsed.y ?? 0), 0))}`,
        },
      },
    },
  };
}

function barOptions(look: Look): ChartOptions<"bar"> {
  return {
    ...sharedOptions(look),
    indexAxis: "y",
    layout: { padding: { right: 72 } },
    events: [],
    scales: {
      x: { display: false, beginAtZero: true },
      y: {
        grid: { display: false },
        border: { color: look.dim },
        ticks: {
          color: look.ink,
          font: look.font,
          autoSkip: false,
          callback(value) {
            // Names take two fifths of the width at most; a letter is about half as wide as it is high.
            const room = Math.floor((this.chart.width * 0.4) / (look.font.size * 0.56));
            return shortened(this.getLabelForValue(Number(value)), room);
          },
        },
      },
    },
  };
}

/** Each bar's amount, beside its end. */
const amountsAtBars = {
  id: "amounts-at-bars",
  afterDatasetsDraw(chart: Chart<"bar">): void {
    const { ctx: context } = chart;
    const look = readLook();
    context.save();
    context.font = `${look.font.size}px ${look.font.family}`;
    context.fillStyle = look.ink;
    context.textBaseline = "middle";
    const values = chart.data.datasets[0]?.data ?? [];
    for (const [at, bar] of chart.getDatasetMeta(0).data.entries()) {
      const value = values[at];
      if (typeof value === "number") context.fillText(formatUsd(value), bar.x + 6, bar.y);
    }
    context.restore();
  },
};

/** An amount on an axis, without the zeros behind it: `$0.2`, `$1.50`, `$5000`. */
export function axisUsd(nano: number): string {
  const words = formatUsd(nano);
  return words.startsWith("$0.") ? words.replace(/0+$/, "") : words.replace(/\.00$/, "");
}

/** At most so many characters, the middle left out: both ends of a model's name tell it from another. */
export function shortened(name: string, most: number): string {
  const letters = [...name];
  const room = Math.max(4, most);
  if (letters.length <= room) return name;
  const end = Math.floor((room - 1) / 2);
  return `${letters.slice(0, room - 1 - end).join("")}…${letters.slice(letters.length - end).join("")}`;
}

const TILE = 8;
const tiles = new Map<string, CanvasPattern | string>();

/** The colour with the pattern upon it; the colour alone where there is nothing to draw with. */
function patternOf(colour: Rgb, pattern: Pattern, page: string): CanvasPattern | string {
  const plain = cssColour(colour);
  if (pattern === "solid") return plain;
  const key = `${plain} ${pattern} ${page}`;
  const known = tiles.get(key);
  if (known !== undefined) return known;
  // A theme has eight; that a person tries out a few dozen themes does not fill it either.
  if (tiles.size > 200) tiles.clear();
  const made = tile(plain, pattern, page) ?? plain;
  tiles.set(key, made);
  return made;
}

/** The lines of each pattern in a tile of 8 by 8, from and to; rings and dots are arcs. */
const strokes: Record<Exclude<Pattern, "solid">, readonly (readonly [number, number, number, number])[]> = {
  rising: [
    [-1, 9, 9, -1],
    [-1, 1, 1, -1],
    [7, 9, 9, 7],
  ],
  falling: [
    [-1, -1, 9, 9],
    [7, -1, 9, 1],
    [-1, 7, 1, 9],
  ],
  lines: [[0, 4, 8, 4]],
  bars: [[4, 0, 4, 8]],
  grid: [
    [0, 4, 8, 4],
    [4, 0, 4, 8],
  ],
  dots: [],
  rings: [],
};

function tile(colour: string, pattern: Exclude<Pattern, "solid">, page: string): CanvasPattern | null {
  const canvas = document.createElement("canvas");
  canvas.width = TILE;
  canvas.height = TILE;
  const context = canvas.getContext("2d");
  if (context === null) return null;
  context.fillStyle = colour;
  context.fillRect(0, 0, TILE, TILE);
  context.strokeStyle = page;
  context.fillStyle = page;
  context.lineWidth = 1.2;
  context.beginPath();
  for (const [fromX, fromY, toX, toY] of strokes[pattern]) {
    context.moveTo(fromX, fromY);
    context.lineTo(toX, toY);
  }
  if (pattern === "dots" || pattern === "rings") context.arc(4, 4, pattern === "dots" ? 1.4 : 2.6, 0, 2 * Math.PI);
  if (pattern === "dots") context.fill();
  else context.stroke();
  return context.createPattern(canvas, "repeat");
}
