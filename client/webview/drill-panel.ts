import { formatUsd } from "../../shared/money.ts";
import type { DrillResult, DrillRow } from "../../shared/routes.ts";
import { seconds } from "./decision-words.ts";
import { changes, element, icon, textButton } from "./element.ts";
import type { FromRoutes, RoutesState } from "./routes-messages.ts";

export interface DrillPanel {
  /** `canDrill`: there are routes to copy. */
  show(state: Pick<RoutesState, "drill" | "connection">, canDrill: boolean): void;
}

/**
 * The drill above the table: one button that starts and stops it, so that the focus has a place to stay, what it does and
 * does not do, and then what a person would have seen of each fault.
 */
export function drillPanel(root: HTMLElement, post: (message: FromRoutes) => void): DrillPanel {
  let isRunning = false;
  let isAway = false;
  const button = textButton("Drill", "secondary", () => {
    if (!isAway) post({ type: isRunning ? "stopDrill" : "drill" });
  });
  const words = element("p", { class: "dim drill-words" });
  const progress = element("progress", { "aria-label": "The drill is running" });
  const outcome = element("div", { class: "drill-outcome" });
  root.append(element("div", { class: "drill-head" }, button, words), progress, outcome);
  const isNew = changes();
  return {
    show({ drill, connection }, canDrill) {
      root.hidden = !canDrill;
      isRunning = drill.state === "running";
      isAway = connection !== "running";
      const look = isRunning ? "Stop the drill" : drill.state === "ended" ? "Drill again" : "Drill";
      if (button.textContent !== look) button.textContent = look;
      button.setAttribute("aria-disabled", String(isAway));
      const said = isRunning ? runningWords : idleWords;
      if (words.textContent !== said) words.textContent = said;
      progress.hidden = !isRunning;
      if (!isNew(drill)) return;
      if (drill.state === "ended") {
        outcome.replaceChildren(
          ...drillResult(drill.result, () => {
            button.focus();
            post({ type: "closeDrill" });
          }),
        );
      } else if (drill.state === "broken") {
        outcome.replaceChildren(
          element(
            "div",
            { class: "block failure", role: "group", "aria-label": "Error" },
            icon("error"),
            element("div", { class: "block-body" }, element("p", { class: "block-words" }, drill.message)),
          ),
        );
      } else outcome.replaceChildren();
    },
  };
}

const idleWords =
  "Breaks a copy of your plan in every way, with simulated vendors on this machine, and shows what you would have seen. Sends nothing to real providers and costs nothing.";
const runningWords =
  "Breaking the copy of your plan, ten times faster than in real life. Nothing is sent to real providers. This takes a few seconds, at most 20.";

function drillResult(result: DrillResult, onClose: () => void): HTMLElement[] {
  const { plan, rows, timesFaster } = result;
  const whole = rows.filter(({ isWhole }) => isWhole).length;
  const others = plan.length === 1 ? "and no other route is behind it" : `then ${plan.slice(1).join(", ")}`;
  const heads = ["What was broken", "What you would have seen", "Answered by", "Wait", "Answer"];
  return [
    element(
      "p",
      { class: "drill-sum" },
      element("strong", {}, `${whole} of ${rows.length} cases ended in a whole answer.`),
      ` Asked first, and broken: ${plan[0] ?? ""}; ${others}.`,
      element(
        "span",
        { class: "dim" },
        ` Timers ran ${timesFaster} times faster; the waits shown are those of real life, a little longer by what this machine took.`,
      ),
    ),
    element(
      "table",
      { class: "drill", role: "table" },
      element("caption", { class: "unseen" }, "What you would have seen of each fault"),
      element(
        "thead",
        { role: "rowgroup" },
        element(
          "tr",
          { role: "row" },
          ...heads.map((head) => element("th", { scope: "col", role: "columnheader" }, head)),
        ),
      ),
      element("tbody", { role: "rowgroup" }, ...rows.map((row) => drillLine(row, heads))),
    ),
    element("div", { class: "block-actions" }, textButton("Close the drill", "secondary", onClose)),
  ];
}

function drillLine(row: DrillRow, heads: readonly string[]): HTMLElement {
  const { fault, says, answeredBy, restarts, waitedMs, isWhole, costNano, attempts } = row;
  const cell = (at: number, ...children: (HTMLElement | string)[]) =>
    element("td", { role: "cell", "data-label": heads[at] ?? "" }, element("div", {}, ...children));
  const [mark, word] = isWhole ? ["pass", "Whole"] : answeredBy === null ? ["error", "None"] : ["warning", "Not whole"];
  const count = attempts.length === 1 ? "1 attempt" : `${attempts.length} attempts`;
  const again = restarts === 0 ? "" : restarts === 1 ? ", begun again once" : `, begun again ${restarts} times`;
  return element(
    "tr",
    { role: "row", "data-look": isWhole ? "good" : "bad" },
    element("th", { scope: "row", role: "rowheader" }, fault),
    cell(
      1,
      element("p", {}, says),
      element(
        "details",
        {},
        element("summary", { class: "dim" }, `${count}${again}, would have cost ${formatUsd(costNano)}`),
        element("ol", {}, ...attempts.map(({ name, words }) => element("li", {}, `${name}: ${words}`))),
      ),
    ),
    cell(2, answeredBy ?? "nobody"),
    cell(3, seconds(waitedMs)),
    cell(4, element("span", { class: "state-mark" }, icon(mark ?? "error"), element("span", {}, word ?? ""))),
  );
}
