import type { EstimateResult } from "../../shared/estimate.ts";
import { element, icon, unseen } from "./element.ts";
import { type EstimateWords, estimateWords } from "./estimate-words.ts";
import type { Facts } from "./page-facts.ts";
import { popover } from "./popover.ts";

export interface EstimateLine {
  readonly element: HTMLElement;
  /** null: nothing to say; the line keeps its place, so that nothing jumps when it comes back. */
  show(estimate: EstimateResult | null, facts: Pick<Facts, "models">): void;
}

/**
 * What a question would cost, under the box it is typed in: a quiet button that opens what was assumed. It changes at
 * each letter and is not read out for that; whoever wants to know comes to it with Tab.
 */
export function estimateLine(): EstimateLine {
  const button = element("button", {
    type: "button",
    class: "estimate",
    "aria-haspopup": "dialog",
    "aria-controls": "estimate-details",
    "aria-live": "off",
  });
  const panel = element("div", {
    id: "estimate-details",
    class: "estimate-details popover",
    role: "dialog",
    "aria-label": "What it would cost, and what is assumed",
    // Where it is low it scrolls, and the keyboard must reach it.
    tabindex: 0,
  });
  const details = popover(button, panel, () => panel.focus());
  const clear = () => {
    details.close(panel.contains(document.activeElement) ? "back-to-button" : "leave-focus");
    button.classList.add("none");
    button.replaceChildren();
  };
  clear();
  return {
    element: element("div", { class: "estimate-place" }, button, panel),
    show(estimate, { models }) {
      const hasTier = (tier: "cheap" | "frontier") => models.some((model) => model.tier === tier);
      const words =
        estimate === null ? null : estimateWords(estimate, { cheap: hasTier("cheap"), frontier: hasTier("frontier") });
      if (words === null) return clear();
      const prices = words.prices.map((price) =>
        price.isNext
          ? element("strong", {}, price.words, unseen("span", " (asked first)"))
          : element("span", {}, price.words),
      );
      const warning =
        words.warning === ""
          ? []
          : [element("span", { class: "estimate-warning" }, icon("warning"), element("span", {}, words.warning))];
      const parts = [element("span", {}, words.tokens), ...prices, ...warning];
      button.classList.remove("none");
      button.replaceChildren(element("span", { class: "estimate-parts" }, ...parts.map(partOf)));
      panel.replaceChildren(detailsTable(words), ...words.notes.map((note) => element("p", {}, note)));
    },
  };
}

/** The dot goes before each part but the first, to the left of it: where a row begins with it, it is clipped. */
function partOf(part: HTMLElement, at: number): HTMLElement {
  const dot = at === 0 ? null : element("span", { class: "estimate-dot" }, " · ");
  return element("span", { class: "estimate-part" }, dot, part);
}

function detailsTable({ columns, rows }: EstimateWords): HTMLElement {
  const heads = columns.map(({ name, model }) =>
    element("th", { scope: "col" }, name, " ", element("span", { class: "estimate-model" }, model)),
  );
  const lines = rows.map(({ name, cells }) =>
    element("tr", {}, element("th", { scope: "row" }, name), ...cells.map((cell) => element("td", {}, cell))),
  );
  return element(
    "table",
    {},
    element("thead", {}, element("tr", {}, element("td", {}), ...heads)),
    element("tbody", {}, ...lines),
  );
}
