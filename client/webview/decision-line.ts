import type { Decision } from "../../shared/answer.ts";
import { formatUsd } from "../../shared/money.ts";
import { type DecisionActions, decisionPanel } from "./decision-panel.ts";
import { endWords, failedBeforeWords, lineWords, savedWords, sharedWords, shortModel } from "./decision-words.ts";
import { element, icon, textButton } from "./element.ts";

/**
 * The one line under an answer: tier, cost, model, why. It is a button that opens the whole decision below it; the panel
 * is only built when it is first opened, since most are not. Beside it an answer from the cache can be asked for anew;
 * `beside` stands at the end of the line.
 */
export function decisionLine(
  decision: Decision,
  id: string,
  beside: HTMLElement | null,
  actions: DecisionActions,
): HTMLElement {
  const by = decision.answeredBy;
  const chevron = icon("chevron-right");
  const panelId = `decision-${id}`;
  const saved = savedWords(decision);
  const shared = decision.sharedRequest === true ? sharedWords : "";
  const words = [endWords(decision) ?? decision.why, failedBeforeWords(decision), shared]
    .filter((part) => part !== "")
    .map((part) => ` · ${part}`);
  const button = element(
    "button",
    { type: "button", class: "decision-line", "aria-expanded": "false", title: lineWords(decision) },
    by === null ? null : element("span", { class: `tier ${by.tier}` }, by.tier),
    decision.simulated ? element("span", { class: "tier simulated" }, "simulated") : null,
    saved === null ? null : element("span", { class: "tier kept" }, "from cache"),
    element("strong", { class: "money" }, saved ?? formatUsd(decision.costNano)),
    // The chevron hangs on the last word, so that it never stands on a line of its own.
    element(
      "span",
      { class: "line-words" },
      // A name is one word, its dashes included.
      element("span", { class: "line-model" }, by === null ? "no answer" : shortModel(by.modelId)),
      `${words.join("")}\u00a0`,
      chevron,
    ),
  );
  const anew = saved === null ? null : textButton("Ask anew", "link", () => actions.retry(decision.mode));
  const holder = element("div", { class: "decision" }, element("div", { class: "answer-line" }, button, anew, beside));
  let panel: HTMLElement | null = null;
  button.addEventListener("click", () => {
    const open = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(open));
    chevron.className = `codicon codicon-chevron-${open ? "down" : "right"}`;
    if (panel === null) {
      panel = decisionPanel(decision, actions);
      panel.id = panelId;
      button.setAttribute("aria-controls", panelId);
      holder.append(panel);
    }
    panel.hidden = !open;
    if (open) panel.scrollIntoView?.({ block: "nearest" });
  });
  return holder;
}
