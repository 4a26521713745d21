import type { RouteRow } from "../../shared/routes.ts";
import { fullModel, shortModel } from "./decision-words.ts";
import { changes, element, icon, textButton, unseen } from "./element.ts";
import { factDetails, factLine } from "./fact-words.ts";
import {
  errorShare,
  isUnasked,
  lastUse,
  nextProbe,
  patience,
  patienceDetail,
  priceWords,
  secondsOrUnknown,
  speed,
  stateLooks,
  testWords,
} from "./route-words.ts";
import type { RoutesState, RouteTestState } from "./routes-messages.ts";
import type { RoutesHost } from "./routes-page.ts";
import { type Column, columns, nextOrder, type Order, sortRoutes } from "./sort-routes.ts";

export interface RoutesTable {
  element: HTMLElement;
  show(state: RoutesState): void;
}

const columnWords: Record<Column, { words: string; head?: string; detail: string }> = {
  model: { words: "Model", detail: "By name" },
  state: { words: "State", detail: "Whether it is asked, and why not" },
  firstToken: {
    words: "First token",
    head: "First token p50 / p95",
    detail: "Half of its answers begin sooner than the first figure, 95 of 100 sooner than the second",
  },
  speed: { words: "Tokens/s", detail: "How fast it writes once it has begun" },
  errors: { words: "Errors", detail: "The share of its requests that failed; old ones fade" },
  price: { words: "Price", head: "Price in / out", detail: "USD for a million tokens, in / out, as it is now" },
  lastUse: { words: "Last used", detail: "When it was last asked" },
  probe: { words: "Next try", detail: "When a route that is left alone is tried again" },
};

/** Beside the tiers what is in none of them, and kept for when a cap leaves nothing else. */
const groups = ["cheap", "frontier", "reserve"] as const;
type Group = (typeof groups)[number];

function groupOf({ tier, isReserve }: RouteRow): Group {
  return isReserve === true ? "reserve" : tier;
}

/**
 * The table of routes, tier by tier. Its roles are said once more, because in a narrow frame its rows are laid out as
 * cards, and a browser takes what is not laid out as a table for none.
 */
export function routesTable(host: RoutesHost): RoutesTable {
  let order = host.recallOrder();
  let state: RoutesState | null = null;
  const caption = element("caption", { class: "dim" });
  const heads = new Map(columns.map((column) => [column, columnHead(column, () => sortBy(column))]));
  const bodies = new Map(groups.map((group) => [group, groupBody(group, host)]));
  const root = element(
    "table",
    { class: "routes", role: "table" },
    caption,
    element(
      "thead",
      { role: "rowgroup" },
      element(
        "tr",
        { role: "row" },
        ...[...heads.values()].map((head) => head.element),
        element("th", { scope: "col", role: "columnheader", class: "acts" }, unseen("span", "What you can do")),
      ),
    ),
    ...[...bodies.values()].map((body) => body.element),
  );
  const sortBy = (column: Column): void => {
    order = nextOrder(order, column);
    host.rememberOrder(order);
    draw();
  };
  const draw = (): void => {
    for (const head of heads.values()) head.show(order);
    const sorted = order === null ? null : `${columnWords[order.column].words.toLowerCase()}, ${order.direction}`;
    setText(
      caption,
      sorted === null
        ? "Each tier in the order in which an ordinary question is put to it"
        : `Each tier sorted by ${sorted}`,
    );
    if (state === null) return;
    for (const [group, body] of bodies) {
      body.show(
        sortRoutes(
          (state.rows ?? []).filter((row) => groupOf(row) === group),
          order,
        ),
        state,
      );
    }
  };
  draw();
  return {
    element: root,
    show(next) {
      state = next;
      draw();
    },
  };
}

function columnHead(column: Column, onClick: () => void): { element: HTMLElement; show(order: Order | null): void } {
  const { words, head = words, detail } = columnWords[column];
  const arrow = element("span", { class: "codicon sort-mark", "aria-hidden": "true" });
  const button = element("button", { type: "button", class: "sort", title: `${detail}. Click to sort.` }, head, arrow);
  button.addEventListener("click", onClick);
  const root = element("th", { scope: "col", role: "columnheader", class: column }, button);
  return {
    element: root,
    show(order) {
      const direction = order?.column === column ? order.direction : null;
      root.setAttribute("aria-sort", direction ?? "none");
      arrow.classList.toggle("codicon-arrow-up", direction === "ascending");
      arrow.classList.toggle("codicon-arrow-down", direction === "descending");
    },
  };
}

function groupBody(name: Group, host: RoutesHost) {
  const count = element("span", { class: "dim" });
  const group = element(
    "tr",
    { class: "group", role: "row" },
    element(
      "th",
      { scope: "rowgroup", role: "rowheader", colspan: columns.length + 1 },
      element("span", { class: `tier ${name}` }, name),
      " ",
      count,
    ),
  );
  const root = element("tbody", { role: "rowgroup" }, group);
  const drawn = new Map<string, RouteLine>();
  return {
    element: root,
    show(rows: readonly RouteRow[], state: RoutesState): void {
      root.hidden = rows.length === 0;
      const why =
        name === "reserve" ? ", in no tier: asked only when a cap leaves nothing else, free on this machine" : "";
      setText(count, `${rows.length === 1 ? "1 route" : `${rows.length} routes`}${why}`);
      const lines = rows.map((row) => {
        const line = drawn.get(fullModel(row)) ?? routeLine(host);
        drawn.set(fullModel(row), line);
        line.show(row, state);
        return line.element;
      });
      const names = new Set(rows.map(fullModel));
      for (const [name, line] of drawn) {
        if (names.has(name)) continue;
        drawn.delete(name);
        line.element.remove();
      }
      arrange(root, group, lines);
    },
  };
}

/** Puts the rows into this order behind `head`. The one that has the focus stays where it is: moved, it would lose it. */
function arrange(root: HTMLElement, head: HTMLElement, rows: readonly HTMLElement[]): void {
  if ([...root.children].slice(1).every((child, at) => child === rows[at]) && root.children.length === rows.length + 1)
    return;
  const anchor = rows.findIndex((row) => row.contains(document.activeElement) && row.isConnected);
  if (anchor === -1) {
    head.after(...rows);
    return;
  }
  rows[anchor]?.before(...rows.slice(0, anchor));
  rows[anchor]?.after(...rows.slice(anchor + 1));
}

interface RouteLine {
  element: HTMLElement;
  show(row: RouteRow, state: RoutesState): void;
}

function routeLine(host: RoutesHost): RouteLine {
  let row: RouteRow | null = null;
  const name = element("strong");
  const provider = element("span", { class: "dim provider" });
  const simulated = element("span", { class: "tier simulated" }, "simulated");
  const factWords = element("span");
  const factList = element("ul");
  const facts = element("details", { class: "facts" }, element("summary", {}, factWords), factList);
  const areNewFacts = changes();
  const mark = icon("pass");
  const word = element("span", { class: "state-word" });
  const why = element("span", { class: "dim why" });
  const first = element("span");
  const waits = element("span", { class: "dim" });
  const rate = element("span");
  const errors = element("span");
  const errorsOf = element("span", { class: "dim" });
  const price = element("span");
  const used = element("span");
  const probe = element("span");
  const outcome = testOutcome();
  let isAway = false;
  let isTesting = false;
  const test = textButton("Test now", "secondary", () => {
    if (row !== null && !isAway && !isTesting)
      host.post({ type: "test", providerId: row.providerId, modelId: row.modelId });
  });
  const pause = textButton("Pause", "secondary", () => {
    if (row === null || isAway) return;
    host.post({ type: "pause", providerId: row.providerId, modelId: row.modelId, paused: row.state !== "paused" });
  });
  const edit = textButton("Edit the provider", "secondary", () => {
    if (row?.state === "off") host.post({ type: "editProvider", providerId: row.providerId });
  });
  const key = textButton("Change the key", "secondary", () => {
    if (row?.state === "keyless") host.post({ type: "changeKey", providerId: row.providerId });
  });
  const cell = (column: Column, ...children: HTMLElement[]) =>
    element(
      "td",
      { role: "cell", class: column, "data-label": columnWords[column].words },
      element("div", {}, ...children),
    );
  const firstCell = cell("firstToken", first, waits);
  const root = element(
    "tr",
    { role: "row", class: "route" },
    element(
      "th",
      { scope: "row", role: "rowheader", class: "model" },
      element("div", {}, name, provider, facts, simulated),
    ),
    cell("state", element("span", { class: "state-mark" }, mark, word), why),
    firstCell,
    cell("speed", rate),
    cell("errors", errors, errorsOf),
    cell("price", price),
    cell("lastUse", used),
    cell("probe", probe),
    element(
      "td",
      { role: "cell", class: "acts" },
      element("div", { class: "block-actions" }, test, pause, edit, key),
      outcome.element,
    ),
  );
  return {
    element: root,
    show(next, { atMs, tests, connection }) {
      row = next;
      isAway = connection !== "running";
      const full = fullModel(next);
      const looks = stateLooks[next.state];
      const result = tests[full] ?? null;
      isTesting = result?.state === "running";
      setText(name, shortModel(next.modelId));
      setText(provider, `${next.providerId} · ${next.host}`);
      setAttribute(name, "title", full);
      facts.hidden = next.facts === undefined;
      setText(factWords, factLine(next.facts));
      const details = factDetails(next.facts);
      if (areNewFacts(details)) factList.replaceChildren(...details.map((each) => element("li", {}, each)));
      simulated.hidden = !next.simulated;
      setAttribute(root, "data-state", next.state);
      setAttribute(mark, "class", `codicon codicon-${looks.icon}`);
      setText(word, looks.word);
      setText(why, next.why ?? "");
      setText(first, `${secondsOrUnknown(next.firstTokenP50Ms)} / ${secondsOrUnknown(next.firstTokenP95Ms)}`);
      setText(waits, patience(next));
      setAttribute(firstCell, "title", patienceDetail(next));
      setText(rate, speed(next.tokensPerSecond));
      const failed = errorShare(next);
      setText(errors, failed.words);
      setText(errorsOf, failed.detail);
      setText(price, priceWords(next.price));
      setText(used, lastUse(next.lastUsedMs, atMs));
      setText(probe, nextProbe(next, atMs));
      test.hidden = isUnasked(next.state);
      pause.hidden = isUnasked(next.state);
      edit.hidden = next.state !== "off";
      key.hidden = next.state !== "keyless";
      setAttribute(key, "aria-label", `Change the key of ${full}`);
      setAttribute(edit, "aria-label", `Edit the provider of ${full}, to switch it on`);
      setText(pause, next.state === "paused" ? "Resume" : "Pause");
      setAttribute(pause, "aria-label", `${next.state === "paused" ? "Resume" : "Pause"} ${full}`);
      setAttribute(test, "aria-label", `Test now: ${full}`);
      setAttribute(test, "title", "Asks it one tiny question, which is paid for like any other");
      setAttribute(test, "aria-disabled", String(isAway || isTesting));
      setAttribute(pause, "aria-disabled", String(isAway));
      outcome.show(result);
    },
  };
}

/** What became of the last test of a route. */
function testOutcome(): { element: HTMLElement; show(test: RouteTestState | null): void } {
  const mark = icon("sync");
  const words = element("span");
  const root = element("p", { class: "outcome" }, mark, words);
  const icons = { running: "loading codicon-modifier-spin", good: "pass", bad: "error" };
  return {
    element: root,
    show(test) {
      root.hidden = test === null;
      if (test === null) return;
      const { words: text, look } = testWords(test);
      setText(words, text);
      setAttribute(root, "data-look", look);
      setAttribute(mark, "class", `codicon codicon-${icons[look]}`);
    },
  };
}

/** Only what is new is written: a selection, a tooltip that is open and the reader's place survive the rest. */
function setText(node: HTMLElement, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

function setAttribute(node: HTMLElement, name: string, value: string): void {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}
