import type { Attempt, Classification, Decision, Tier } from "../../shared/answer.ts";
import { formatUsd } from "../../shared/money.ts";
import { alwaysHere } from "./always-here.ts";
import {
  attemptWords,
  billWords,
  findingWords,
  followsChances,
  fullModel,
  gainWords,
  headline,
  heldWords,
  otherTier,
  otherTierWords,
  percent,
  sourceWords,
  sureness,
  tokenWords,
  unaskedWords,
} from "./decision-words.ts";
import { element, icon, textButton } from "./element.ts";
import type { PageFacts } from "./page-facts.ts";
import { roughUsd } from "./price-words.ts";

export interface DecisionActions {
  /** Asks again on `auto`, a tier, or a model. */
  retry(mode: string): void;
  /** Makes a mode the rule in this workspace, or takes the rule back. */
  keepMode(mode: string | null): void;
  facts: PageFacts;
}

/** Everything about one decision, top to bottom in the order a person asks: why, how sure, what happened, what it cost. */
export function decisionPanel(decision: Decision, actions: DecisionActions): HTMLElement {
  const { classification } = decision;
  const panel = element("div", { class: "decision-panel", role: "group", "aria-label": "Why this answer" });
  panel.append(element("h3", { class: "panel-title" }, headline(decision)));
  if (decision.simulated) {
    panel.append(
      element(
        "p",
        { class: "dim" },
        "Simulated: no provider was asked and no real money was spent. Kept in its own book.",
      ),
    );
  }
  const unasked = unaskedWords(decision);
  if (unasked !== null) panel.append(element("p", { class: "dim" }, unasked));
  if (classification !== null) {
    const follows = followsChances(decision);
    if (!follows) panel.append(element("p", { class: "dim" }, "Foreseen before it was asked:"));
    panel.append(bar("cheap", classification.cheapRight), bar("frontier", classification.frontierRight));
    const reasons = follows ? reasonWords(decision) : reasonsOf(classification);
    if (reasons !== "") panel.append(element("p", { class: "dim" }, reasons));
    const gain = follows ? gainWords(classification) : null;
    if (gain !== null) panel.append(element("p", { class: "dim" }, gain));
  }
  const other = otherTierWords(decision);
  if (decision.attempts.length > 0) {
    panel.append(
      element(
        "ul",
        { class: "attempts", "aria-label": "Attempts" },
        ...decision.attempts.map((attempt) => attemptRow(attempt, findingWords(decision, attempt))),
      ),
    );
  }
  const tokens = tokenWords(decision.attempts);
  const money = [tokens, unasked === null ? sourceWords(decision) : null, other].filter((part) => part !== null);
  if (money.length > 0) panel.append(element("p", { class: "dim" }, money.join(" · ")));
  if (decision.plan.length > 0) panel.append(planDetails(decision));
  if (decision.leftOut.length > 0) panel.append(leftOutDetails(decision));
  if (classification !== null) panel.append(featureDetails(classification));
  panel.append(retryRow(decision, actions), alwaysHere(decision, actions.facts, actions.keepMode));
  return panel;
}

/** How likely an answer of this tier was thought to be right, as a meter. */
export function bar(tier: Tier, share: number): HTMLElement {
  const fill = element("span", { class: `bar-fill ${tier}` });
  // Set through the object model: the content policy allows no inline styles.
  fill.style.width = `${Math.round(Math.min(1, Math.max(0, share)) * 100)}%`;
  const name = `${tier} right`;
  return element(
    "div",
    { class: "bar-row" },
    element("span", { "aria-hidden": "true" }, name),
    element(
      "span",
      {
        class: "bar",
        role: "meter",
        "aria-label": `${name}, chance`,
        "aria-valuemin": 0,
        "aria-valuemax": 100,
        "aria-valuenow": Math.round(share * 100),
        "aria-valuetext": percent(share),
      },
      fill,
    ),
    element("span", { class: "bar-value", "aria-hidden": "true" }, percent(share)),
  );
}

/** What the classifier saw, and how sure it was. */
function reasonWords({ classification }: Pick<Decision, "classification">): string {
  if (classification === null) return "";
  return [reasonsOf(classification), sureness(classification)].filter((part) => part !== "").join(" · ");
}

/** What the classifier saw, "" for nothing of note. */
export function reasonsOf({ reasons }: Pick<Classification, "reasons">): string {
  return reasons.map(({ words }) => words).join(", ");
}

/** What each outcome looks like; the words beside it say the same. */
const outcomeIcon: Record<Attempt["outcome"], string> = {
  done: "check",
  failed: "close",
  cancelled: "debug-stop",
  crashed: "error",
};

/** One attempt as an item of a list; `finding` is what was found wrong with its answer. */
export function attemptRow(attempt: Attempt, finding: string | null = null): HTMLElement {
  const held = heldWords(attempt);
  return element(
    "li",
    { class: `attempt ${finding === null ? attempt.outcome : "wanting"}` },
    icon(finding === null ? outcomeIcon[attempt.outcome] : "warning"),
    element(
      "span",
      { class: "attempt-words" },
      element("strong", {}, fullModel(attempt)),
      ` ${attemptWords(attempt)}${finding === null ? "" : `; ${finding}`}`,
      held === null ? null : element("span", { class: "attempt-held money" }, ` ${held}`),
      ...billWords(attempt).map((words) => element("span", { class: "attempt-bill money" }, ` ${words}`)),
    ),
    element("span", { class: "money" }, formatUsd(attempt.costNano)),
  );
}

/** The routes that were to be asked, in their order. */
export function planDetails(decision: Pick<Decision, "plan">): HTMLElement {
  const count = decision.plan.length;
  return element(
    "details",
    {},
    element("summary", {}, `Plan: ${count} ${count === 1 ? "route" : "routes"}, in this order`),
    element(
      "ol",
      { class: "routes" },
      ...decision.plan.map((route) =>
        element(
          "li",
          {},
          element("strong", {}, fullModel(route)),
          element("span", { class: "dim" }, ` ${route.tier} · ${route.reason}`),
          saysPrice.test(route.reason)
            ? null
            : element("span", { class: "dim money" }, ` · about ${roughUsd(route.expectedCostNano)}`),
        ),
      ),
    ),
  );
}

/** Most reasons hold the price, since it decides the order; it is not said twice. */
const saysPrice = /\$\d|\bfree$|\bprice unknown/;

/** The routes that were not to be asked, and why. */
export function leftOutDetails(decision: Pick<Decision, "leftOut">): HTMLElement {
  const count = decision.leftOut.length;
  return element(
    "details",
    {},
    element("summary", {}, `Left out: ${count} ${count === 1 ? "route" : "routes"}`),
    element(
      "ul",
      { class: "routes" },
      ...decision.leftOut.map((route) =>
        element(
          "li",
          {},
          element("strong", {}, fullModel(route)),
          element("span", { class: "dim" }, ` ${route.tier} · ${route.reason}`),
        ),
      ),
    ),
  );
}

/** Every reason with its weight, and every feature with its value. */
export function featureDetails(classification: NonNullable<Decision["classification"]>): HTMLElement {
  const all = Object.entries(classification.features);
  const features = all.filter(([, value]) => value !== 0);
  const rest = all.length - features.length;
  const weights = classification.reasons.map((reason) =>
    element(
      "tr",
      {},
      element("td", {}, reason.words),
      element("td", {}, reason.weight >= 0 ? "frontier" : "cheap"),
      element("td", { class: "number" }, Math.abs(reason.weight).toFixed(2)),
    ),
  );
  const headOf = (...names: string[]) =>
    element("thead", {}, element("tr", {}, ...names.map((name) => element("th", { scope: "col" }, name))));
  return element(
    "details",
    {},
    element("summary", {}, `Features: ${features.length}`),
    element(
      "table",
      { class: "features" },
      element("caption", {}, "What spoke for which tier"),
      headOf("reason", "for", "weight"),
      element("tbody", {}, ...weights),
    ),
    element(
      "table",
      { class: "features" },
      element("caption", {}, "What the classifier saw"),
      headOf("feature", "value"),
      element(
        "tbody",
        {},
        ...features.map(([name, value]) =>
          element("tr", {}, element("td", {}, wordsOf(name)), element("td", { class: "number" }, shortNumber(value))),
        ),
      ),
    ),
    rest === 0 ? null : element("p", { class: "dim" }, `${rest} ${rest === 1 ? "other is" : "others are"} 0.`),
  );
}

/** The name of a feature in words: `filesAttached`, which leaves out the first, is "further files attached". */
function wordsOf(name: string): string {
  if (name === "filesAttached") return "further files attached";
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function shortNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(3).replace(/0+$/, "");
}

function retryRow(decision: Decision, actions: DecisionActions): HTMLElement {
  const row = element("div", { class: "panel-actions" });
  const answered = decision.answeredBy?.tier ?? null;
  const tiers: Tier[] = answered === null ? ["cheap", "frontier"] : [otherTier(answered), answered];
  for (const tier of tiers) {
    const price = decision.otherTier?.tier === tier ? decision.otherTier.costNano : null;
    row.append(
      textButton(`Retry on ${tier}${price === null ? "" : ` (about ${roughUsd(price)})`}`, "link", () =>
        actions.retry(tier),
      ),
    );
  }
  return row;
}
