import { fullModel, shortModel } from "./decision-words.ts";
import { changes, element, icon } from "./element.ts";
import { againWords, alwaysWords, modeWords, onlyHereWords } from "./mode-words.ts";
import type { Facts } from "./page-facts.ts";
import { popover } from "./popover.ts";
import { modelPrice } from "./price-words.ts";

export interface TierPicker {
  readonly element: HTMLElement;
  show(facts: Facts): void;
  open(): void;
}

export interface TierPickerActions {
  /** Who answers in this conversation. */
  pick(mode: string): void;
  /** Who answers every new question in this workspace; null takes it back. */
  keepMode(mode: string | null): void;
}

interface Option {
  /** What it stands for: a mode for this conversation, or for the workspace (null: no more). */
  choice: { for: "conversation"; mode: string } | { for: "workspace"; mode: string | null };
  group: "Who answers" | "One model" | "In this workspace";
  words: string;
  detail: string;
  badge: string | null;
}

/** How long letters typed one after the other count as one word. */
const TYPED_TOGETHER_MS = 700;

/** From so many rows on there is a box to search them: a gateway has hundreds of models. */
const SEARCHED_FROM = 16;

/** So many rows are drawn; of more, those that match what is typed. */
const MOST_ROWS = 100;

/** Who answers: Auto, a tier, or one model with its price, here or from now on. A listbox that hangs on a button. */
export function tierPicker(actions: TierPickerActions): TierPicker {
  let all: Option[] = [];
  /** Those of them that match what was searched for, as many as are drawn. */
  let options: Option[] = [];
  let chosen: Option | null = null;
  let active = 0;
  let typed = "";
  let typedAt = 0;
  const isNew = changes();

  const shown = element("span", { class: "picker-words" }, "Auto");
  const button = element(
    "button",
    { type: "button", class: "picker-button", "aria-haspopup": "listbox", "aria-controls": "picker-list" },
    shown,
    icon("chevron-down"),
  );
  const list = element("div", { id: "picker-list", role: "listbox", tabindex: 0, "aria-label": "Who answers" });
  const search = element("input", {
    type: "text",
    class: "picker-search",
    role: "combobox",
    "aria-label": "Search models",
    "aria-controls": "picker-list",
    "aria-expanded": "true",
    "aria-autocomplete": "list",
    placeholder: "Search models",
    spellcheck: "false",
    autocomplete: "off",
  });
  const more = element("p", { class: "picker-more", role: "status" });
  const popup = element("div", { class: "picker-list popover" }, search, list, more);
  /** What has the focus while the list is open. */
  const keyed = () => (search.hidden ? list : search);
  const panel = popover(button, popup, () => {
    search.value = "";
    find();
    active = Math.max(0, chosen === null ? 0 : options.indexOf(chosen));
    keyed().focus();
    mark();
  });

  const mark = () => {
    for (const [at, node] of [...list.querySelectorAll('[role="option"]')].entries()) {
      node.classList.toggle("active", at === active);
      if (at === active) {
        keyed().setAttribute("aria-activedescendant", node.id);
        node.scrollIntoView?.({ block: "nearest" });
      }
    }
  };

  const choose = (at: number) => {
    const option = options[at];
    if (option === undefined) return;
    panel.close("back-to-button");
    if (option === chosen) return;
    if (option.choice.for === "workspace") actions.keepMode(option.choice.mode);
    else actions.pick(option.choice.mode);
  };

  popup.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const isSearched = !search.hidden;
    const moves: Record<string, number> = {
      ArrowDown: Math.min(options.length - 1, active + 1),
      ArrowUp: Math.max(0, active - 1),
      // In a box they go to the ends of what is typed.
      ...(isSearched ? {} : { Home: 0, End: options.length - 1 }),
    };
    const next = moves[event.key];
    if (next !== undefined) {
      active = next;
      mark();
    } else if (event.key === "Enter" || (event.key === " " && !isSearched)) {
      choose(active);
    } else if (event.key === "Tab") {
      panel.close("back-to-button");
      return;
    } else if (!isSearched && event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
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
  search.addEventListener("input", () => {
    find();
    // What is searched for is a model, where one matches.
    active = Math.max(
      0,
      options.findIndex(({ group }) => group === "One model"),
    );
    list.scrollTop = 0;
    mark();
  });
  button.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    if (!panel.isOpen()) panel.open();
  });

  const find = () => {
    search.hidden = all.length < SEARCHED_FROM;
    const words = search.value.toLowerCase().split(/\s+/);
    const found = all.filter((option) => words.every((word) => option.words.toLowerCase().includes(word)));
    // What is in force stays in sight however long the list is.
    const isFar = chosen !== null && found.indexOf(chosen) >= MOST_ROWS;
    options = isFar && chosen !== null ? [...found.slice(0, MOST_ROWS - 1), chosen] : found.slice(0, MOST_ROWS);
    more.textContent =
      found.length === 0
        ? "No model is called so."
        : found.length > options.length
          ? `${found.length - options.length} more: type a part of the name.`
          : "";
    draw();
  };
  const draw = () => {
    if (!isNew([options, chosen])) return;
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
      const row = element(
        "div",
        { role: "option", id: `picker-${at}`, class: "picker-option", "aria-selected": String(option === chosen) },
        element("span", { class: "picker-check", "aria-hidden": "true" }, option === chosen ? icon("check") : null),
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
    element: element("div", { class: "picker" }, button, popup),
    show(facts) {
      all = optionsOf(facts);
      chosen = all.find((option) => isChosen(option, facts)) ?? null;
      const isKept = chosen?.choice.for === "workspace";
      const name = chosen?.group === "One model" ? shortModel(chosen.words) : (chosen?.words ?? modeWords(facts.mode));
      const words = isKept ? name.replace(/ here$/, "") : name;
      shown.textContent = words;
      button.setAttribute("aria-label", `Who answers: ${isKept ? `${words} in this workspace` : words}`);
      button.title = chosen === null ? facts.mode : `${chosen.words}: ${chosen.detail}`;
      const current = options[active];
      find();
      if (!panel.isOpen()) return;
      active = Math.max(
        0,
        options.findIndex(({ words }) => words === current?.words),
      );
      mark();
    },
    open: panel.open,
  };
}

/** One row is chosen: the workspace's where it holds here, else that of the mode. */
function isChosen({ choice }: Option, { mode, always }: Facts): boolean {
  return choice.mode === mode && (choice.for === "workspace") === (mode === always);
}

/** What can be picked, and what is picked even when it is missing; before any model is known nothing counts as missing. */
function optionsOf(facts: Facts): Option[] {
  const { models, mode, always } = facts;
  const first = (tier: "cheap" | "frontier") => {
    const model = models.find((each) => each.tier === tier);
    return model === undefined ? `no model is in this tier yet` : `${shortModel(model.modelId)} first`;
  };
  const here = (picked: string) => ({ for: "conversation", mode: picked }) as const;
  const options: Option[] = [
    {
      choice: here("auto"),
      group: "Who answers",
      // Beside "Always … here" a plain "Auto" would read as the way back to it.
      words: always === null ? modeWords("auto") : onlyHereWords("auto"),
      detail: "the cheapest model that will do",
      badge: null,
    },
    { choice: here("cheap"), group: "Who answers", words: "Cheap", detail: first("cheap"), badge: null },
    { choice: here("frontier"), group: "Who answers", words: "Frontier", detail: first("frontier"), badge: null },
    ...workspaceOptions(facts),
    // Those that are asked by themselves before the others of a gateway.
    ...[...models]
      .sort((one, other) => Number(other.tier !== null) - Number(one.tier !== null))
      .map(
        (model): Option => ({
          choice: here(fullModel(model)),
          group: "One model",
          words: fullModel(model),
          detail: [modelPrice(model), model.simulated ? "simulated" : ""].filter((part) => part !== "").join(" · "),
          badge: model.tier,
        }),
      ),
  ];
  if (models.length > 0 && !options.some(({ choice }) => choice.for === "conversation" && choice.mode === mode)) {
    const detail = "it is not among your models";
    options.push({ choice: here(mode), group: "One model", words: `${mode} (not set up)`, detail, badge: null });
  }
  return options;
}

/** A tier, or the model that is picked now, for every new question; and the way back from that. */
function workspaceOptions({ mode, always, usual }: Facts): Option[] {
  const modes = new Set(["cheap", "frontier", ...[mode, always].filter((each) => each?.includes("/"))]);
  const options: Option[] = [];
  for (const each of modes) {
    if (each === null || each === undefined) continue;
    const detail = each === always ? "in force for every new question" : "for every new question";
    options.push({
      choice: { for: "workspace", mode: each },
      group: "In this workspace",
      words: alwaysWords(each),
      detail,
      badge: null,
    });
  }
  if (always !== null) {
    options.push({
      choice: { for: "workspace", mode: null },
      group: "In this workspace",
      words: againWords(usual),
      detail: "as your settings say",
      badge: null,
    });
  }
  return options;
}
