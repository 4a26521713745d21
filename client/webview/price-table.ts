import type { HeldList, PriceFacts, PriceRow, ShownPrice } from "../../shared/prices.ts";
import { fullModel } from "./decision-words.ts";
import { element, textButton } from "./element.ts";
import { perMillion } from "./price-words.ts";

export interface PriceTable {
  readonly element: HTMLElement;
  /** null: not known yet. */
  show(facts: PriceFacts | null): void;
}

/** What each route costs now, by whose list and of which day, and what of newer lists is not believed. */
export function priceTable(actions: { refresh(): void }): PriceTable {
  const held = element("ul", { class: "held-prices" });
  const body = element("tbody");
  const dated = element("p", { class: "dim" });
  const table = element(
    "table",
    { class: "price-table" },
    element("caption", {}, "What a model costs if it is asked now, in dollars per million tokens"),
    element(
      "thead",
      {},
      element(
        "tr",
        {},
        ...["Model", "Price now", "From", "To know"].map((words) => element("th", { scope: "col" }, words)),
      ),
    ),
    body,
  );
  const root = element(
    "div",
    { class: "prices" },
    held,
    element("div", { class: "wide" }, table),
    dated,
    textButton("Refresh prices", "secondary", actions.refresh),
  );
  let shown = "";
  return {
    element: root,
    show(facts) {
      const key = JSON.stringify({ ...facts, atMs: 0 });
      if (key === shown) return;
      shown = key;
      root.hidden = facts === null;
      if (facts === null) return;
      held.replaceChildren(...facts.held.map((list) => element("li", {}, heldWords(list))));
      held.hidden = facts.held.length === 0;
      body.replaceChildren(...facts.rows.map(rowOf));
      dated.textContent = datedWords(facts);
    },
  };
}

function rowOf(row: PriceRow): HTMLElement {
  const notes = notesOf(row);
  return element(
    "tr",
    {},
    element("th", { scope: "row" }, fullModel(row)),
    element("td", {}, ...lines(pricesOf(row.price))),
    element("td", {}, sourceWords(row)),
    element("td", {}, ...lines(notes.length === 0 ? ["–"] : notes)),
  );
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
export function sourceWords({ source, asOfMs, price }: PriceRow): string {
  if (source === null) return price === "free" ? "free" : "nobody's list";
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

function datedWords({ genaiPricesAsOfMs, updates }: PriceFacts): string {
  const known =
    genaiPricesAsOfMs === null ? "as it came with this version of Wayfare" : `of ${dayOf(genaiPricesAsOfMs)}`;
  const kept = updates
    ? "Lists are read again once a day."
    : "Lists are read only when you refresh them (wayfare.prices.update is off).";
  return `The list of known prices is ${known}. ${kept}`;
}

function dayOf(atMs: number): string {
  return new Date(atMs).toLocaleDateString("en-US", { year: "numeric", month: "short", day: "numeric" });
}
