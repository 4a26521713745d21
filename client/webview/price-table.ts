import type { HeldList, PriceFacts, PriceRow, ShownPrice } from "../../shared/prices.ts";
import { fullModel } from "./decision-words.ts";
import { changes, element, textButton } from "./element.ts";
import { perMillion } from "./price-words.ts";

export interface PriceTable {
  readonly element: HTMLElement;
  /** null: not known yet. */
  show(facts: PriceFacts | null): void;
}

type Tier = Exclude<ShownPrice, "free" | null>[number];

interface Column {
  name: string;
  isNumber?: boolean;
  /** A column that can wrap; the others keep to one line. */
  isProse?: boolean;
  /** One line for each size of prompt, or what there is to say; nothing: `–`. */
  lines(row: PriceRow): readonly string[];
  /** Left out where no row has anything in it. */
  isRare?: boolean;
}

const columns: readonly Column[] = [
  { name: "Prompt tokens", isRare: true, lines: ({ price }) => sizesOf(price) },
  {
    name: "Input",
    isNumber: true,
    lines: ({ price }) =>
      price === null ? ["not known"] : price === "free" ? ["free"] : price.map((tier) => perMillion(tier.inputUsd)),
  },
  { name: "Output", isNumber: true, lines: rates((tier) => tier.outputUsd) },
  // A vendor without a price of its own for what its cache reads or writes takes the input's.
  { name: "Cache read", isNumber: true, isRare: true, lines: rates((tier) => tier.cacheReadUsd, "input") },
  { name: "Cache write", isNumber: true, isRare: true, lines: rates((tier) => tier.cacheWriteUsd, "input") },
  { name: "Besides", isRare: true, lines: ({ price }) => besides(price) },
  { name: "Source", isProse: true, lines: (row) => [sourceWords(row)] },
  { name: "To know", isRare: true, isProse: true, lines: notesOf },
];

const SIMULATED_WORDS = "These prices come with the playground. No provider takes them, and no list has them.";
const CAPTION = "What a model costs if it is asked now, in dollars per million tokens";

/** What each route costs now, by whose list and of which day, and what of newer lists is not believed. */
export function priceTable(actions: { refresh(): void }): PriceTable {
  const held = element("ul", { class: "held-prices" });
  const head = element("tr");
  const body = element("tbody");
  const dated = element("p", { class: "dim prose dated" });
  const refresh = textButton("Refresh prices", "secondary", actions.refresh);
  const root = element(
    "div",
    { class: "prices" },
    held,
    element(
      "div",
      { class: "table-frame", role: "group", tabindex: 0, "aria-label": CAPTION },
      element(
        "table",
        { class: "figures-table price-table" },
        element("caption", { class: "dim" }, CAPTION),
        element("thead", {}, head),
        body,
      ),
    ),
    dated,
    refresh,
  );
  const isNew = changes();
  return {
    element: root,
    show(facts) {
      if (!isNew({ ...facts, atMs: 0 })) return;
      root.hidden = facts === null;
      if (facts === null) return;
      held.replaceChildren(...facts.held.map((list) => element("li", {}, heldWords(list))));
      held.hidden = facts.held.length === 0;
      const used = columns.filter(({ isRare, lines: of }) => isRare !== true || facts.rows.some((row) => has(of(row))));
      head.replaceChildren(
        element("th", { scope: "col" }, "Model"),
        ...used.map((column) => element("th", { scope: "col", class: classOf(column) }, column.name)),
      );
      body.replaceChildren(...facts.rows.map((row) => rowOf(row, used)));
      const isAllSimulated = facts.rows.length > 0 && facts.rows.every(({ simulated }) => simulated);
      dated.textContent = isAllSimulated ? SIMULATED_WORDS : datedWords(facts);
      // There is no list that could be read anew.
      refresh.hidden = isAllSimulated;
    },
  };
}

function rowOf(row: PriceRow, used: readonly Column[]): HTMLElement {
  return element(
    "tr",
    {},
    element("th", { scope: "row" }, fullModel(row)),
    ...used.map((column) => {
      const words = column.lines(row);
      return element("td", { class: classOf(column) }, ...lines(words.length === 0 ? ["–"] : words));
    }),
  );
}

function classOf({ isNumber, isProse }: Column): string | null {
  return isNumber === true ? "number" : isProse === true ? "wraps" : null;
}

function has(words: readonly string[]): boolean {
  return words.some((line) => line !== "–");
}

/** A rate at each size of prompt; `–` where it has none of its own, or where it is `like` the input's. */
function rates(of: (tier: Tier) => number | undefined, like?: "input"): Column["lines"] {
  return ({ price }) => {
    if (price === null || price === "free") return [];
    return price.map((tier) => {
      const usd = of(tier);
      return usd === undefined || (like === "input" && usd === tier.inputUsd) ? "–" : perMillion(usd);
    });
  };
}

/** `up to 200,000`, `from 200,001`; nothing where every prompt costs the same. */
function sizesOf(price: ShownPrice): readonly string[] {
  if (price === null || price === "free" || price.length === 1) return [];
  return price.map(({ fromInputTokens }, at) => {
    const next = price[at + 1];
    if (fromInputTokens > 0 || next === undefined) return `from ${fromInputTokens.toLocaleString("en-US")}`;
    return `up to ${(next.fromInputTokens - 1).toLocaleString("en-US")}`;
  });
}

/** Rates that few models have: a cache kept for an hour, reasoning, and what is paid by the piece. */
function besides(price: ShownPrice): readonly string[] {
  if (price === null || price === "free") return [];
  return price.map((tier) => {
    const words: string[] = [];
    if (tier.cacheWrite1hUsd !== undefined) words.push(`cache for an hour ${perMillion(tier.cacheWrite1hUsd)}`);
    if (tier.reasoningUsd !== undefined) words.push(`reasoning ${perMillion(tier.reasoningUsd)}`);
    if (tier.imageUsd) words.push(`$${tier.imageUsd} an image`);
    if (tier.requestUsd) words.push(`$${tier.requestUsd} a request`);
    return words.length === 0 ? "–" : words.join(", ");
  });
}

function lines(words: readonly string[]): HTMLElement[] {
  return words.map((line) => element("div", {}, line));
}

/** One line for each size of prompt: `input $0.25 · output $2 · cache read $0.03`. */
export function pricesOf(price: ShownPrice): string[] {
  if (price === null) return ["? (not known)"];
  if (price === "free") return ["free"];
  return price.map((tier) => {
    const rates = [`input ${perMillion(tier.inputUsd)}`, `output ${perMillion(tier.outputUsd)}`];
    if (tier.cacheReadUsd !== tier.inputUsd) rates.push(`cache read ${perMillion(tier.cacheReadUsd)}`);
    if (tier.cacheWriteUsd !== tier.inputUsd) rates.push(`cache write ${perMillion(tier.cacheWriteUsd)}`);
    if (tier.cacheWrite1hUsd !== undefined) rates.push(`for an hour ${perMillion(tier.cacheWrite1hUsd)}`);
    if (tier.reasoningUsd !== undefined) rates.push(`reasoning ${perMillion(tier.reasoningUsd)}`);
    if (tier.imageUsd) rates.push(`$${tier.imageUsd} an image`);
    if (tier.requestUsd) rates.push(`$${tier.requestUsd} a request`);
    const from = tier.fromInputTokens === 0 ? "" : `from ${tier.fromInputTokens.toLocaleString("en-US")} tokens on: `;
    return from + rates.join(" · ");
  });
}

/** Whose price it is, and of which day. */
export function sourceWords({ simulated, source, asOfMs, price }: PriceRow): string {
  if (simulated) return "set by the playground";
  if (source === null) return price === null ? "no list has it" : "–";
  const day = asOfMs === null ? "" : `, ${dayOf(asOfMs)}`;
  if (source === "override") return "your own price";
  return source === "provider" ? `the provider's list${day}` : `the list of known prices${day}`;
}

function notesOf({ note, heldBack, other, next }: PriceRow): string[] {
  const notes: string[] = [];
  if (heldBack !== null) notes.push(`Not believed: ${heldBack}.`);
  if (other !== null) {
    const who = other.source === "maker" ? "The model's maker" : "The list of known prices";
    const more = other.percent >= 0 ? "more" : "less";
    notes.push(`${who} says ${Math.abs(Math.round(other.percent))} % ${more}: ${other.words}.`);
  }
  if (next !== null) {
    const at = new Date(next.atMs).toLocaleString("en-US", { weekday: "short", hour: "2-digit", minute: "2-digit" });
    notes.push(`From ${at}: ${pricesOf(next.price).join("; ")}.`);
  }
  if (note !== null) notes.push(note);
  return notes;
}

function heldWords({ source, why, lines: said, more, sinceMs }: HeldList): string {
  const rest = more === 0 ? "" : `; and ${more.toLocaleString("en-US")} more`;
  const what = why === null ? `${said.join("; ")}${rest}` : `its new prices are held back, for ${why}`;
  return `${source}, since ${dayOf(sinceMs)}: ${what}. "Refresh prices" asks whether to use them.`;
}

function datedWords({ genaiPrices, updates }: PriceFacts): string {
  const came = genaiPrices.isBundled ? ", as it came with this version of Wayfare" : "";
  const kept = updates
    ? "Lists are read again once a day."
    : "Lists are read only when you refresh them (wayfare.prices.update is off).";
  return `The list of known prices is of ${dayOf(genaiPrices.asOfMs)}${came}. ${kept}`;
}

function dayOf(atMs: number): string {
  return new Date(atMs).toLocaleDateString("en-US", { year: "numeric", month: "short", day: "numeric" });
}
