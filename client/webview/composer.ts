import type { EstimateResult } from "../../shared/estimate.ts";
import type { CapState } from "../../shared/protocol.ts";
import { capNotice } from "./cap-notice.ts";
import { type ComposerChipActions, composerChips } from "./composer-chips.ts";
import { element, icon } from "./element.ts";
import { estimateLine } from "./estimate-line.ts";
import type { Command } from "./failure-block.ts";
import type { ComposerChip, PageState } from "./messages.ts";
import type { Facts } from "./page-facts.ts";
import { setupNotice, setupWords } from "./setup-notice.ts";
import { type TierPickerActions, tierPicker } from "./tier-picker.ts";

export interface ComposerActions extends ComposerChipActions, TierPickerActions {
  ask(question: string): void;
  stop(): void;
  /** The text changed, at each letter. */
  drafted(question: string): void;
  /** Questions of this conversation, oldest first. */
  earlierQuestions(): readonly string[];
  announce(words: string): void;
  command(command: Command): void;
  /** Raises this cap until the day ends. */
  raise(capId: string): void;
  /** The notice about a cap was put away at this mark. */
  dismissed(mark: string): void;
}

export interface ComposerState extends Facts {
  chips: readonly ComposerChip[];
  chipsRemoved: boolean;
  setup: PageState["setup"];
  spend: { caps: readonly CapState[] };
}

export interface Composer {
  /** `dismissed` is the mark at which the notice about a cap was put away last, "" for none. */
  show(state: ComposerState, dismissed: string): void;
  showEstimate(estimate: EstimateResult | null): void;
  /** `answering`: the button stops, and Enter does not send. */
  setActivity(activity: "idle" | "answering"): void;
  draft(): string;
  setDraft(text: string): void;
  focus(): void;
}

/** What composing with an input method reports for every key, in browsers that do not set `isComposing` in time. */
const KEY_CODE_OF_COMPOSING = 229;

/** Where a question is written: what goes with it, who answers, what it will cost. */
export function composer(root: HTMLElement, actions: ComposerActions): Composer {
  let activity: "idle" | "answering" = "idle";
  let state: Pick<ComposerState, "models" | "setup" | "chips"> = { models: [], setup: "ready", chips: [] };
  let estimate: EstimateResult | null = null;
  /** How far back ArrowUp has gone, 0 for not at all. */
  let back = 0;

  const chips = composerChips(actions);
  const box = element("textarea", {
    id: "question",
    rows: 1,
    "aria-label": "Ask Wayfare",
    placeholder: "Ask about your code",
    spellcheck: "false",
    autocomplete: "off",
  });
  const picker = tierPicker(actions);
  const cost = estimateLine();
  const send = element("button", { type: "button", class: "send" });
  const notice = setupNotice((command) => actions.command({ type: "command", command }));
  const budget = capNotice({
    raise: actions.raise,
    announce: actions.announce,
    dismissed(mark) {
      actions.dismissed(mark);
      // The button that was pressed is gone.
      if (mark !== "") box.focus();
    },
  });
  root.append(
    notice.element,
    budget.element,
    element(
      "div",
      { class: "composer-box" },
      chips.element,
      box,
      element("div", { class: "composer-foot" }, picker.element, cost.element, send),
    ),
  );

  const drawSend = () => {
    const stopping = activity === "answering";
    const label = stopping ? "Stop (Escape)" : "Send (Enter)";
    send.replaceChildren(icon(stopping ? "debug-stop" : "arrow-up"));
    send.setAttribute("aria-label", label);
    send.title = label;
    send.classList.toggle("stopping", stopping);
    // Not `disabled`: a disabled button loses the focus that was on it when the answer began.
    send.setAttribute("aria-disabled", String(!stopping && box.value.trim() === ""));
  };
  const drawEstimate = () => {
    // Before anything is typed only what goes along has a price worth knowing.
    const goesAlong = state.chips.some(({ refused }) => refused === null) || actions.earlierQuestions().length > 0;
    const isWanted = state.setup !== "nothing" && (goesAlong || box.value.trim() !== "");
    cost.element.hidden = state.setup === "nothing";
    cost.show(isWanted ? estimate : null, state);
  };
  const fitHeight = () => {
    // The height follows the text; the style sheet ends it at ten lines.
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight}px`;
  };
  const changed = () => {
    fitHeight();
    drawSend();
    drawEstimate();
    actions.drafted(box.value);
  };
  const setText = (text: string) => {
    box.value = text;
    box.setSelectionRange(text.length, text.length);
    changed();
  };

  const submit = () => {
    const question = box.value.trim();
    if (question === "") return;
    if (activity === "answering") {
      actions.announce("An answer is still coming. Escape stops it.");
      return;
    }
    if (state.setup === "nothing") {
      actions.announce(setupWords);
      // The ways to begin fill the page while there is no conversation on it.
      if (actions.earlierQuestions().length > 0) notice.show();
      else document.querySelector<HTMLElement>(".way-in")?.focus();
      return;
    }
    back = 0;
    // That was the price of what is sent now.
    estimate = null;
    setText("");
    actions.ask(question);
  };

  const recall = (step: 1 | -1): boolean => {
    const questions = actions.earlierQuestions();
    const showing = back === 0 ? "" : (questions[questions.length - back] ?? "");
    const next = back + step;
    if (box.value !== showing || next < 0 || next > questions.length) return false;
    back = next;
    setText(next === 0 ? "" : (questions[questions.length - next] ?? ""));
    return true;
  };

  box.addEventListener("input", changed);
  box.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === KEY_CODE_OF_COMPOSING) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      submit();
    } else if (event.key === "ArrowUp" && !event.shiftKey && recall(1)) {
      event.preventDefault();
    } else if (event.key === "ArrowDown" && !event.shiftKey && back > 0 && recall(-1)) {
      event.preventDefault();
    }
  });
  send.addEventListener("click", () => {
    if (activity === "answering") actions.stop();
    else submit();
    // Unless the focus was led to what a question needs first.
    if (document.activeElement === send || document.activeElement === document.body) box.focus();
  });
  // The width decides how many lines the text takes.
  new ResizeObserver(() => fitHeight()).observe(root);
  drawSend();

  return {
    show(next, dismissed) {
      state = next;
      chips.show(next.chips, next.chipsRemoved);
      picker.show(next);
      budget.show(next.spend.caps, dismissed);
      if (next.setup !== "nothing" || actions.earlierQuestions().length === 0) notice.hide();
      drawEstimate();
    },
    showEstimate(next) {
      estimate = next;
      drawEstimate();
    },
    setActivity(next) {
      if (activity === next) return;
      activity = next;
      drawSend();
    },
    draft: () => box.value,
    setDraft: setText,
    focus: () => box.focus(),
  };
}
