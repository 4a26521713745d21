import type { ModelSummary } from "../../shared/answer.ts";
import { fullModel, shortModel } from "./decision-words.ts";
import { element, icon } from "./element.ts";
import { popover } from "./popover.ts";
import { modelPrice } from "./price-words.ts";

export interface TierPicker {
  readonly element: HTMLElement;
  show(mode: string, models: readonly ModelSummary[]): void;
  open(): void;
}

interface Option {
  mode: string;
  group: "Who answers" | "One model";
  words: string;
  detail: string;
  badge: string | null;
}

/** How long letters typed one after the other count as one word. */
const TYPED_TOGETHER_MS = 700;

/** Who answers: Auto, a tier, or one model with its price. A listbox that hangs on a button. */
export function tierPicker(pick: (mode: string) => void): TierPicker {
  let options: Option[] = [];
  let mode = "auto";
  let active = 0;
  let typed = "";
  let typedAt = 0;

  const shown = element("span", { class: "picker-words" }, "Auto");
  const button = element(
    "button",
    { type: "button", class: "picker-button", "aria-haspopup": "listbox", "aria-controls": "picker-list" },
    shown,
    icon("chevron-down"),
  );
  const list = element("div", {
    id: "picker-list",
    class: "picker-list popover",
    role: "listbox",
    tabindex: 0,
    "aria-label": "Who answers",
  });
  const panel = popover(button, list, () => {
    active = Math.max(
      0,
      options.findIndex((option) => option.mode === mode),
    );
    list.focus();
    mark();
  });

  const mark = () => {
    for (const [at, node] of [...list.querySelectorAll('[role="option"]')].entries()) {
      node.classList.toggle("active", at === active);
      if (at === active) {
        list.setAttribute("aria-activedescendant", node.id);
        node.scrollIntoView?.({ block: "nearest" });
      }
    }
  };

  const choose = (at: number) => {
    const option = options[at];
    if (option === undefined) return;
    panel.close("back-to-button");
    if (option.mode !== mode) pick(option.mode);
  };

  list.addEventListener("keydown", (event) => {
    const moves: Record<string, number> = {
      ArrowDown: Math.min(options.length - 1, active + 1),
      ArrowUp: Math.max(0, active - 1),
      Home: 0,
      End: options.length - 1,
    };
    const next = moves[event.key];
    if (next !== undefined) {
      active = next;
      mark();
    } else if (event.key === "Enter" || event.key === " ") {
      choose(active);
    } else if (event.key === "Tab") {
      panel.close("back-to-button");
      return;
    } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
      typed = event.timeStamp - typedAt > TYPED_TOGETHER_MS ? event.key : typed + event.key;
      typedAt = event.timeStamp;
      const found = options.findIndex((option) => option.words.toLowerCase().startsWith(typed.toLowerCase()));
      if (found !== -1) {
        active = found;
        mark();
      }
    } else {
      return;
    }
    event.preventDefault();
  });
  button.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    if (!panel.isOpen()) panel.open();
  });

  const draw = () => {
    list.replaceChildren();
    let group: HTMLElement | null = null;
    let groupName = "";
    for (const [at, option] of options.entries()) {
      if (group === null || option.group !== groupName) {
        groupName = option.group;
        group = element(
          "div",
          { role: "group", "aria-label": groupName, class: "picker-group" },
          element("div", { class: "picker-group-name", "aria-hidden": "true" }, groupName),
        );
        list.append(group);
      }
      const chosen = option.mode === mode;
      const row = element(
        "div",
        { role: "option", id: `picker-${at}`, class: "picker-option", "aria-selected": String(chosen) },
        element("span", { class: "picker-check", "aria-hidden": "true" }, chosen ? icon("check") : null),
        element(
          "span",
          { class: "picker-body" },
          element(
            "span",
            { class: "picker-name" },
            option.words,
            option.badge === null ? null : element("span", { class: `tier ${option.badge}` }, option.badge),
          ),
          element("span", { class: "picker-detail" }, option.detail),
        ),
      );
      row.addEventListener("click", () => choose(at));
      group.append(row);
    }
  };

  return {
    element: element("div", { class: "picker" }, button, list),
    show(nextMode, models) {
      mode = nextMode;
      options = optionsOf(models, mode);
      const chosen = options.find((option) => option.mode === mode);
      const words =
        chosen === undefined || chosen.group === "One model" ? shortModel(chosen?.words ?? mode) : chosen.words;
      shown.textContent = words;
      button.setAttribute("aria-label", `Who answers: ${words}`);
      button.title = chosen === undefined ? mode : `${chosen.words}: ${chosen.detail}`;
      draw();
      if (panel.isOpen()) mark();
    },
    open: panel.open,
  };
}

/** What can be picked, and what is picked even when it is missing; before any model is known nothing counts as missing. */
function optionsOf(models: readonly ModelSummary[], mode: string): Option[] {
  const first = (tier: "cheap" | "frontier") => {
    const model = models.find((each) => each.tier === tier);
    return model === undefined ? `no model is in this tier yet` : `${shortModel(model.modelId)} first`;
  };
  const options: Option[] = [
    { mode: "auto", group: "Who answers", words: "Auto", detail: "the cheapest model that will do", badge: null },
    { mode: "cheap", group: "Who answers", words: "Cheap", detail: first("cheap"), badge: null },
    { mode: "frontier", group: "Who answers", words: "Frontier", detail: first("frontier"), badge: null },
    ...models.map(
      (model): Option => ({
        mode: fullModel(model),
        group: "One model",
        words: fullModel(model),
        detail: [modelPrice(model), model.simulated ? "simulated" : ""].filter((part) => part !== "").join(" · "),
        badge: model.tier,
      }),
    ),
  ];
  if (models.length > 0 && !options.some((option) => option.mode === mode)) {
    const detail = "it is not among your models";
    options.push({ mode, group: "One model", words: `${mode} (not set up)`, detail, badge: null });
  }
  return options;
}
