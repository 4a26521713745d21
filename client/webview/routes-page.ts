import { fullModel } from "./decision-words.ts";
import { type DrillPanel, drillPanel } from "./drill-panel.ts";
import { element, focusInPlace, mustFind, textButton } from "./element.ts";
import { emptyState } from "./empty-state.ts";
import { spokenState, testWords } from "./route-words.ts";
import type { FromRoutes, RoutesState, ToRoutes } from "./routes-messages.ts";
import { type RoutesTable, routesTable } from "./routes-table.ts";
import { serverNotice } from "./server-notice.ts";
import type { Order } from "./sort-routes.ts";

export interface RoutesHost {
  post(message: FromRoutes): void;
  /** How the person sorted it before a reload; null: as the plan does. */
  recallOrder(): Order | null;
  rememberOrder(order: Order | null): void;
}

/**
 * The page of routes. Draws what the host sends; everything that is there already is changed in place, so that neither the
 * focus nor the place on the page is lost by a refresh. Gives the function that takes the host's messages.
 */
export function routesPage(host: RoutesHost): (message: ToRoutes) => void {
  const live = mustFind("live");
  const command = (name: Extract<FromRoutes, { type: "command" }>["command"]): void =>
    host.post({ type: "command", command: name });
  mustFind("head").append(element("h1", { class: "session-name" }, "Routes"));
  const notice = serverNotice(mustFind("notices"), command);
  const drill: DrillPanel = drillPanel(mustFind("drill"), host.post);
  const root = mustFind("routes");
  const table: RoutesTable = routesTable(host);
  const empty = emptyState({
    usePlayground: () => command("usePlayground"),
    addProvider: () => command("addProvider"),
    ask: () => undefined,
  });
  const waiting = element("p", { class: "dim" }, "Asking Wayfare's server…");
  const none = element(
    "div",
    { class: "no-routes" },
    element("p", {}, "No model is in a tier yet, so there is no route."),
    textButton("Add a provider", "primary", () => command("addProvider")),
  );
  root.append(waiting, empty.element, none, table.element);
  let shown: RoutesState | null = null;

  const show = (state: RoutesState): void => {
    const { rows, setup } = state;
    notice.show({ ...state, hasContent: rows !== null });
    const isEmpty = setup === "nothing";
    if (isEmpty) empty.show("nothing", false);
    empty.element.hidden = !isEmpty;
    waiting.hidden = isEmpty || rows !== null || state.connection === "stopped" || state.problem !== null;
    none.hidden = isEmpty || rows === null || rows.length > 0;
    table.element.hidden = isEmpty || rows === null || rows.length === 0;
    drill.show(state, !table.element.hidden);
    table.show(state);
    const news = whatChanged(shown, state);
    if (news.length > 0) live.textContent = `${news.join(". ")}.`;
    shown = state;
  };

  host.post({ type: "ready" });
  return (message) => {
    if (message.type === "state") show(message.state);
    else if (shown?.setup === "nothing") empty.element.querySelector("button")?.focus();
    else if (!document.body.contains(document.activeElement) || document.activeElement === document.body)
      focusInPlace(root);
  };
}

/** What is read out: states that are others now, tests and drills that have ended. At first nothing is. */
function whatChanged(before: RoutesState | null, now: RoutesState): string[] {
  if (before === null) return [];
  const news: string[] = [];
  const former = new Map((before.rows ?? []).map((row) => [fullModel(row), row.state]));
  for (const row of now.rows ?? []) {
    const state = former.get(fullModel(row));
    if (state !== undefined && state !== row.state) news.push(spokenState(row));
    // A model of both tiers is one route, and is told of once.
    former.delete(fullModel(row));
  }
  for (const [name, test] of Object.entries(now.tests)) {
    const isNew = before.tests[name]?.state === "running" && test.state !== "running";
    if (isNew) news.push(`${name}: ${testWords(test).words.replace(/\.$/, "")}`);
  }
  if (before.drill.state === "running" && now.drill.state === "ended") {
    const { rows } = now.drill.result;
    news.push(
      `The drill has ended: ${rows.filter(({ isWhole }) => isWhole).length} of ${rows.length} cases ended in a whole answer`,
    );
  }
  if (before.drill.state === "running" && now.drill.state === "broken") news.push(now.drill.message.replace(/\.$/, ""));
  return news;
}
