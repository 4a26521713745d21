import type { ReportParams } from "../../shared/report.ts";
import { costCharts } from "./cost-charts.ts";
import { costFigures } from "./cost-figures.ts";
import { amountWords, counted, daysWords, workspaceName } from "./cost-words.ts";
import { costsFilters } from "./costs-filters.ts";
import type { CostsState, FromCosts, ToCosts } from "./costs-messages.ts";
import { dearRequests } from "./dear-requests.ts";
import type { Charts } from "./draw-charts.ts";
import { element, focusInPlace, mustFind, textButton } from "./element.ts";
import { emptyState } from "./empty-state.ts";
import { bar } from "./notices.ts";
import { numberChecks } from "./number-checks.ts";
import { priceTable } from "./price-table.ts";
import { serverNotice } from "./server-notice.ts";

/**
 * The page of costs. Draws what the host sends; what is there already is changed in place, so that neither the focus nor
 * the place on the page is lost by a refresh. Gives the function that takes the host's messages, and one that draws the
 * charts anew, for another theme.
 */
export function costsPage(
  post: (message: FromCosts) => void,
  charts: Charts,
): { receive(message: ToCosts): void; redraw(): void } {
  const live = mustFind("live");
  const root = mustFind("costs");
  const command = (name: Extract<FromCosts, { type: "command" }>["command"]): void =>
    post({ type: "command", command: name });
  let params: ReportParams | null = null;
  const change = (next: Partial<ReportParams>): void => {
    if (params === null) return;
    params = { ...params, ...next };
    post({ type: "params", params });
  };
  const acts = element(
    "div",
    { class: "block-actions" },
    textButton("Export CSV…", "secondary", () => post({ type: "export", format: "csv" })),
    textButton("Export JSON…", "secondary", () => post({ type: "export", format: "json" })),
    textButton("Delete…", "secondary", () => post({ type: "delete" })),
  );
  mustFind("head").append(element("h1", { class: "session-name" }, "Costs"), acts);
  const notice = serverNotice(mustFind("notices"), command);
  const filters = costsFilters(change, (isRefused) => {
    // They would act on other days than those that stand in the fields.
    for (const button of acts.querySelectorAll("button")) {
      button.disabled = isRefused;
      button.title = isRefused ? "First choose two days that are a range" : "";
    }
  });
  const simulated = bar(
    "beaker",
    "Simulated money: no provider was paid. It is kept in its own book, never added to real money, and counts under no cap.",
  );
  const figures = costFigures();
  const pictures = costCharts(charts, (splitBy) => change({ splitBy }));
  const dear = dearRequests(post);
  const checks = numberChecks();
  const table = priceTable({ refresh: () => command("refreshPrices") });
  const prices = element(
    "section",
    { "aria-labelledby": "prices-now" },
    element("h2", { id: "prices-now" }, "Prices now"),
    table.element,
  );
  const empty = emptyState({
    usePlayground: () => command("usePlayground"),
    addProvider: () => command("addProvider"),
    ask: () => undefined,
  });
  const waiting = element("p", { class: "dim late" }, "Reading the books…");
  const none = nothingYet(() => command("focusChat"));
  const asking = element("p", { class: "dim late asking", "aria-hidden": "true" }, "Reading the books…");
  const content = element(
    "div",
    { class: "costs-content" },
    figures.element,
    pictures.element,
    dear.element,
    checks.element,
  );
  root.append(
    empty.element,
    filters.element,
    simulated,
    waiting,
    asking,
    none.element,
    content,
    element("div", { class: "costs-content" }, prices),
  );
  let shown: CostsState | null = null;

  const show = (state: CostsState): void => {
    const { report, setup } = state;
    params = state.params;
    notice.show({ ...state, hasContent: report !== null });
    const isEmpty = setup === "nothing";
    if (isEmpty) empty.show("nothing", false);
    empty.element.hidden = !isEmpty;
    filters.element.hidden = isEmpty;
    simulated.hidden = isEmpty || state.params.book === "real";
    const isAway = state.connection === "stopped" || state.problem !== null;
    waiting.hidden = isEmpty || report !== null || isAway;
    // Only a change of what is asked for is waited for; a refresh brings the figures when it has them.
    const isOther = report !== null && !isSame(report.params, state.params);
    asking.hidden = isEmpty || !isOther || isAway;
    content.setAttribute("aria-busy", String(isOther && state.isAsking));
    const hasSpent =
      report !== null && (report.total.requests > 0 || report.total.attempts > 0 || report.cache.keptAnswers > 0);
    acts.hidden = isEmpty || !hasSpent;
    content.hidden = isEmpty || !hasSpent;
    prices.hidden = isEmpty || !state.prices;
    table.show(state.prices ?? null);
    none.element.hidden = isEmpty || report === null || hasSpent;
    filters.show(state);
    if (report !== null && !isEmpty) {
      none.show(report);
      if (hasSpent) {
        figures.show(report);
        pictures.show(report, state.params.splitBy);
        dear.show(state);
        checks.show(report);
      }
    }
    const news = whatChanged(shown, state);
    if (news !== null) live.textContent = news;
    shown = state;
  };

  post({ type: "ready" });
  return {
    receive(message) {
      if (message.type === "state") show(message.state);
      else if (shown?.setup === "nothing") empty.element.querySelector("button")?.focus();
      else if (!document.body.contains(document.activeElement) || document.activeElement === document.body)
        focusInPlace(root);
    },
    redraw: pictures.redraw,
  };
}

function isSame(one: ReportParams, other: ReportParams): boolean {
  return JSON.stringify(canonical(one)) === JSON.stringify(canonical(other));
}

/** In one order, whoever wrote it. */
function canonical({ range, book, workspace, splitBy }: ReportParams): unknown[] {
  return [Object.entries(range).sort(([a], [b]) => a.localeCompare(b)), book, workspace, splitBy];
}

/** What is read out: the sum of what was asked for anew. A refresh alone is no news. */
function whatChanged(before: CostsState | null, { report }: CostsState): string | null {
  if (report === null || before?.report === null || before === null) return null;
  if (isSame(before.report.params, report.params)) return null;
  const { workspace, book } = report.params;
  const where = workspace === null ? "" : ` in ${workspaceName(workspace)}`;
  const money = book === "simulated" ? " simulated" : "";
  return `${daysWords(report)}${where}: ${amountWords(report.total)}${money} in ${counted(report.total.requests, "request")}.`;
}

/** What stands where nothing was spent: which days these are, and what there will be. */
function nothingYet(ask: () => void): { element: HTMLElement; show(report: NonNullable<CostsState["report"]>): void } {
  const words = element("p");
  return {
    element: element(
      "div",
      { class: "nothing-spent" },
      element("h2", {}, "Nothing in the books"),
      words,
      element(
        "p",
        { class: "dim" },
        "As soon as something is asked, this page says what it cost and where the money went: over time, by tier, model, workspace, language and conversation; what routing and caches saved; what an answer and an accepted line cost you; and which requests were the dearest, and why.",
      ),
      textButton("Ask something", "primary", ask),
    ),
    show(report) {
      const { params } = report;
      const days = daysWords(report);
      const requests = params.book === "simulated" ? "no simulated request" : "no request";
      const where = params.workspace === null ? "" : ` in ${workspaceName(params.workspace)}`;
      const when = days === "today" ? "today" : `from ${days}`;
      // Simulated money counts under no cap.
      const caps = params.book === "simulated" ? "" : "; what caps have counted of it stays counted";
      words.textContent = `The books have ${requests}${where} ${when}. What you delete is gone from them, too${caps}.`;
    },
  };
}
