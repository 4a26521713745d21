import { describeCap, noticeMarks } from "../../shared/cap-words.ts";
import type { CapState } from "../../shared/protocol.ts";
import { element, icon, iconButton, textButton } from "./element.ts";

export interface CapNoticeActions {
  raise(capId: string): void;
  /** Read out by screen readers, once for each mark. */
  announce(words: string): void;
  /** The person has put the notice away at this mark; "": a cap is below its first mark again, and that is void. */
  dismissed(mark: string): void;
}

/** Stands above the question box when a cap is nearly used up. */
export interface CapNotice {
  readonly element: HTMLElement;
  /** `caps`, the nearest to its limit first. `dismissed` is the mark that was last put away, "" for none. */
  show(caps: readonly CapState[], dismissed: string): void;
}

export function capNotice(actions: CapNoticeActions): CapNotice {
  const words = element("span", { class: "cap-words" });
  const fill = element("span", { class: "cap-fill" });
  let cap: CapState | null = null;
  let mark = "";
  const raise = textButton("Raise for today", "link", () => {
    if (cap !== null) actions.raise(cap.id);
  });
  const close = iconButton("close", "Hide until the next mark", () => {
    root.hidden = true;
    actions.dismissed(mark);
  });
  const root = element(
    "div",
    { class: "cap-notice", role: "group", "aria-label": "Budget", hidden: true },
    icon("warning"),
    element("p", {}, words, " ", raise),
    close,
    element("span", { class: "cap-bar", "aria-hidden": "true" }, fill),
  );
  return {
    element: root,
    show(all, dismissed) {
      // What was spent under one that cannot be read is near no mark; the server says what to correct.
      const caps = all.filter(({ isUnreadable }) => isUnreadable !== true);
      cap = caps.find((each) => markOf(each) !== null) ?? null;
      const next = cap === null ? "" : nameOf(cap);
      root.hidden = cap === null || next === dismissed;
      // A new day, or a higher limit. Before the server has said anything there are no caps, and nothing is known.
      if (caps.some((each) => dismissed.startsWith(`${each.id} `) && markOf(each) === null)) actions.dismissed("");
      if (cap !== null) {
        words.textContent = capWords(cap);
        root.classList.toggle("reached", cap.spentNano >= cap.limitNano);
        fill.style.width = `${Math.min(100, percentOf(cap))}%`;
        if (!root.hidden && next !== mark) actions.announce(capWords(cap));
      }
      mark = next;
    },
  };
}

/** A cap at a mark, for the memory of what was put away. */
function nameOf(cap: CapState): string {
  return `${cap.id} ${cap.limitNano} ${markOf(cap)}`;
}

/** `82 % of this workspace's $1.00 a day is spent.` */
export function capWords(cap: CapState): string {
  const of = describeCap(cap);
  return cap.spentNano >= cap.limitNano ? `All of ${of} is spent.` : `${percentOf(cap)} % of ${of} is spent.`;
}

/** Rounded down: 100 is said when it is reached. */
function percentOf({ spentNano, limitNano }: CapState): number {
  return Math.floor((spentNano * 100) / limitNano);
}

/** The mark that was passed last; null below the first, and for a cap of nothing, which is a wish and no news. */
function markOf(cap: CapState): number | null {
  return cap.limitNano <= 0 ? null : (noticeMarks.findLast((mark) => percentOf(cap) >= mark) ?? null);
}
