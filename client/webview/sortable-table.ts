import { wholeNumber } from "./cost-words.ts";
import { element, textButton } from "./element.ts";

export interface TableColumn<Row> {
  name: string;
  /** What the column counts, where its name alone does not say it. */
  detail?: string;
  words(row: Row): string;
  /** The whole of what `words` shortens. */
  whole?(row: Row): string | null;
  /** What it is sorted by; without it the column cannot be sorted. null stands last, whichever way. */
  value?(row: Row): number | string | null;
  isNumber?: boolean;
}

export interface SortableTable<Row> {
  element: HTMLElement;
  show(caption: string, rows: readonly Row[]): void;
}

/** So many rows stand there at first; the others come with a click, so that what is below can be reached. */
const ROWS_AT_FIRST = 12;

type Order = { at: number; direction: "ascending" | "descending" };

/** What says that there is nothing. */
const NOTHING: readonly string[] = ["–", "0", "$0"];

/**
 * A table whose columns are sorted by a click on their heads: numbers from the largest, words from A, once more the other
 * way, then as it was given. A column of numbers in which no
 * row has anything is left out. It scrolls sideways by itself where the page is narrow, its first column staying in sight.
 */
export function sortableTable<Row>(columns: readonly TableColumn<Row>[]): SortableTable<Row> {
  let order: Order | null = null;
  let rows: readonly Row[] = [];
  let isWhole = false;
  const caption = element("caption", { class: "dim" });
  const body = element("tbody");
  const heads = columns.map((column, at) => tableHead(column, () => sortBy(at)));
  const table = element(
    "table",
    { class: "figures-table" },
    caption,
    element("thead", {}, element("tr", {}, ...heads.map((head) => head.element))),
    body,
  );
  const root = element("div", { class: "table-frame", role: "group", tabindex: 0 }, table);
  const more = textButton("", "link", () => {
    isWhole = !isWhole;
    draw();
  });
  root.append(more);

  const draw = (): void => {
    for (const [at, head] of heads.entries()) head.show(order?.at === at ? order.direction : null);
    const all = sorted(rows, columns, order);
    // One row more is no reason for a click.
    const isLong = all.length > ROWS_AT_FIRST + 1;
    const some = isLong && !isWhole ? all.slice(0, ROWS_AT_FIRST) : all;
    const filled = columns.filter(
      (column, at) => at === 0 || column.isNumber !== true || all.some((row) => !NOTHING.includes(column.words(row))),
    );
    for (const [at, column] of columns.entries()) {
      const head = heads[at];
      if (head !== undefined) head.element.hidden = !filled.includes(column);
    }
    body.replaceChildren(...some.map((row) => tableRow(row, filled)));
    more.hidden = !isLong;
    more.textContent = isWhole ? `Show the first ${ROWS_AT_FIRST}` : `Show all ${wholeNumber(all.length)}`;
  };
  const sortBy = (at: number): void => {
    const first = columns[at]?.isNumber === true ? "descending" : "ascending";
    const second = first === "descending" ? "ascending" : "descending";
    if (order?.at !== at) order = { at, direction: first };
    else order = order.direction === first ? { at, direction: second } : null;
    draw();
  };
  return {
    element: root,
    show(words, next) {
      caption.textContent = words;
      root.setAttribute("aria-label", words);
      rows = next;
      draw();
    },
  };
}

function tableHead<Row>(column: TableColumn<Row>, onClick: () => void) {
  const root = element("th", { scope: "col", class: column.isNumber === true ? "number" : null, title: column.detail });
  if (column.value === undefined) root.append(column.name);
  const arrow = element("span", { class: "codicon sort-mark", "aria-hidden": "true" });
  if (column.value !== undefined) {
    const button = element("button", { type: "button", class: "sort" }, column.name, arrow);
    button.addEventListener("click", onClick);
    root.append(button);
  }
  return {
    element: root,
    show(direction: Order["direction"] | null): void {
      if (column.value === undefined) return;
      root.setAttribute("aria-sort", direction ?? "none");
      arrow.classList.toggle("codicon-arrow-up", direction === "ascending");
      arrow.classList.toggle("codicon-arrow-down", direction === "descending");
    },
  };
}

function tableRow<Row>(row: Row, columns: readonly TableColumn<Row>[]): HTMLElement {
  const cells = columns.map((column, at) => {
    const attributes = {
      class: column.isNumber === true ? "number" : null,
      title: column.whole?.(row) ?? null,
    };
    return at === 0
      ? element("th", { ...attributes, scope: "row" }, column.words(row))
      : element("td", attributes, column.words(row));
  });
  return element("tr", {}, ...cells);
}

/** The rows in this order; equal ones as they were given. */
export function sorted<Row>(
  rows: readonly Row[],
  columns: readonly TableColumn<Row>[],
  order: Order | null,
): readonly Row[] {
  const value = order === null ? undefined : columns[order.at]?.value;
  if (order === null || value === undefined) return rows;
  const sign = order.direction === "ascending" ? 1 : -1;
  return [...rows].sort((a, b) => {
    const [one, other] = [value(a), value(b)];
    if (one === null || other === null) return Number(one === null) - Number(other === null);
    if (typeof one === "string" || typeof other === "string") return sign * String(one).localeCompare(String(other));
    return sign * (one - other);
  });
}
