import { languageName } from "../../shared/language-name.ts";
import { formatUsd } from "../../shared/money.ts";
import type { DearRequest } from "../../shared/report.ts";
import { momentWords } from "./cost-words.ts";
import type { CostsState, FromCosts } from "./costs-messages.ts";
import { fullModel, shortModel } from "./decision-words.ts";
import { changes, element, textButton } from "./element.ts";
import { requestRecord } from "./request-record.ts";

/** The dearest requests, each with its route and reason, and all that is known of it on demand, in the row below it. */
export function dearRequests(post: (message: FromCosts) => void): {
  element: HTMLElement;
  show(state: CostsState): void;
} {
  const opened = new Set<string>();
  const lines = new Map<string, ReturnType<typeof dearLine>>();
  let state: CostsState | null = null;
  const body = element("tbody");
  const none = element("p", { class: "dim" }, "No request of these days cost anything that is known.");
  const frame = element(
    "div",
    { class: "table-frame", role: "group", tabindex: 0, "aria-label": "The dearest requests" },
    element(
      "table",
      { class: "figures-table dear" },
      element("caption", { class: "dim" }, "One question is one request, whatever attempts it took"),
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          ...["Request", "Route and reason", "Attempts", "Cost"].map((name, at) =>
            element("th", { scope: "col", class: at > 1 ? "number" : null }, name),
          ),
          element("th", { scope: "col" }, element("span", { class: "unseen" }, "Explain")),
        ),
      ),
      body,
    ),
  );
  const root = element(
    "section",
    { "aria-label": "The dearest requests" },
    element("h2", {}, "The dearest requests"),
    none,
    frame,
  );

  const toggle = (requestId: string): void => {
    const isOpening = !opened.delete(requestId);
    if (isOpening) opened.add(requestId);
    if (isOpening && state?.explained[requestId]?.state !== "known") post({ type: "explain", requestId });
    draw();
  };
  const draw = (): void => {
    if (state === null) return;
    const rows = state.report?.dearest ?? [];
    none.hidden = rows.length > 0;
    frame.hidden = rows.length === 0;
    const nodes: HTMLElement[] = [];
    const ids = new Set(rows.map(({ requestId }) => requestId));
    for (const id of [...lines.keys()]) if (!ids.has(id)) lines.delete(id);
    for (const row of rows) {
      let line = lines.get(row.requestId);
      if (line === undefined) {
        line = dearLine(row.requestId, toggle, post);
        lines.set(row.requestId, line);
      }
      line.show(row, state.explained[row.requestId] ?? null, opened.has(row.requestId));
      nodes.push(...line.elements);
    }
    // Only a row that is elsewhere now is moved: a moved one would lose the focus.
    if (nodes.length !== body.children.length || nodes.some((node, at) => body.children[at] !== node)) {
      const focused = document.activeElement;
      body.replaceChildren(...nodes);
      if (focused instanceof HTMLElement && body.contains(focused)) focused.focus();
    }
  };
  return {
    element: root,
    show(next) {
      state = next;
      draw();
    },
  };
}

function dearLine(requestId: string, toggle: (requestId: string) => void, post: (message: FromCosts) => void) {
  const button = textButton("Explain this request", "secondary", () => toggle(requestId));
  const detailId = `explained-${requestId.replace(/[^\w-]/g, "_")}`;
  button.setAttribute("aria-controls", detailId);
  const row = element("tr");
  const cell = element("td", { colspan: 5 });
  const detail = element("tr", { class: "explained", id: detailId }, cell);
  const isNew = changes();
  const isNewDetail = changes();
  return {
    elements: [row, detail],
    show(request: DearRequest, explained: CostsState["explained"][string] | null, isOpen: boolean): void {
      if (isNew(request)) {
        const title = titleOf(request);
        const acts = row.lastElementChild ?? element("td", { class: "acts" }, button);
        const cells = [
          element(
            "th",
            { scope: "row" },
            element("div", { class: "dear-title" }, title),
            element("div", { class: "dim" }, momentWords(request.atMs)),
          ),
          element(
            "td",
            {},
            element(
              "div",
              { class: "route-name" },
              fullModel(request),
              " ",
              request.tier === null ? null : element("span", { class: `tier ${request.tier}` }, request.tier),
            ),
            element("div", { class: "dim" }, request.why),
          ),
          element("td", { class: "number" }, String(request.attempts)),
          element("td", { class: "number" }, formatUsd(request.costNano)),
        ];
        while (row.firstElementChild !== null && row.firstElementChild !== acts) row.firstElementChild.remove();
        if (!row.contains(acts)) row.append(acts);
        row.prepend(...cells);
      }
      button.setAttribute("aria-expanded", String(isOpen));
      const act = isOpen ? "Hide the explanation" : "Explain this request";
      button.textContent = act;
      button.setAttribute("aria-label", `${act}: ${titleOf(request)} (${formatUsd(request.costNano)})`);
      detail.hidden = !isOpen;
      if (!isNewDetail(isOpen ? { explained } : null)) return;
      cell.replaceChildren(...(isOpen ? [requestRecord(explained ?? { state: "asking" }, post)] : []));
    },
  };
}

/** What a request is called of which no text is left, or never was. */
const nameless: Readonly<Record<DearRequest["kind"], string>> = {
  chat: "A deleted conversation",
  completion: "A completion",
  helper: "A helper call",
  endpoint: "A request of another tool",
};

/** What was asked, else the conversation's title, else what kind of request it was. */
export function titleOf({
  questionHead,
  sessionTitle,
  kind,
  language,
  modelId,
  workspace,
}: Pick<DearRequest, "questionHead" | "sessionTitle" | "kind" | "language" | "modelId" | "workspace">): string {
  if (questionHead !== "") return questionHead;
  if (sessionTitle !== "") return sessionTitle;
  if (kind === "endpoint") {
    const [, book] = workspace.split(":", 2);
    return `${nameless.endpoint}, to ${shortModel(modelId)}${book === undefined ? "" : `, from the book ${book}`}`;
  }
  const name = nameless[kind];
  return language === "" ? name : `${name} in ${languageName(language)}`;
}
