import type { Turn } from "../../shared/answer.ts";
import type { AskPart } from "../../shared/protocol.ts";
import { element, icon, textButton } from "./element.ts";
import { stickToBottom } from "./stick-to-bottom.ts";
import { type TurnActions, type TurnView, turnView } from "./turn.ts";

export interface Transcript {
  /** Shows these turns; views of turns that are already there are kept, with what they have received. */
  show(turns: readonly Turn[]): void;
  /** A turn that begins, or begins anew. The page follows it to the bottom. */
  begin(turn: Turn): void;
  /** Gives what is to be said of them besides; null for nothing. */
  parts(turnId: string, parts: readonly AskPart[]): string | null;
  settle(turn: Turn): void;
  turns(): readonly Turn[];
  /** The beginning of a turn's answer as it is read; "" when it is not in the page. */
  spoken(turnId: string): string;
}

/** So many turns are in the page at once; older ones come back by a button, so many at a time. */
export const TURNS_SHOWN = 40;

/** The conversation: a column of turns in `scroller`, of which the latest ones are in the page. */
export function transcript(scroller: HTMLElement, empty: HTMLElement, actions: Omit<TurnActions, "grown">): Transcript {
  let turns: Turn[] = [];
  let firstShown = 0;
  const views = new Map<string, TurnView>();

  const column = element("div", { class: "turns" });
  const earlier = textButton("", "secondary", () => showEarlier());
  earlier.classList.add("earlier");
  const latest = element(
    "button",
    { type: "button", class: "latest", hidden: true },
    icon("arrow-down"),
    "Jump to latest",
  );
  scroller.append(earlier, empty, column);
  scroller.after(latest);
  let atEnd = true;
  const drawLatest = () => {
    // Not taken away from under the focus: it goes once the person has moved on.
    latest.hidden = turns.length === 0 || (atEnd && document.activeElement !== latest);
  };
  const stick = stickToBottom(scroller, (stuck) => {
    atEnd = stuck;
    drawLatest();
  });
  latest.addEventListener("blur", () => {
    if (atEnd) latest.hidden = true;
  });
  latest.addEventListener("click", () => {
    stick.toBottom();
    scroller.focus();
  });
  const grown = () => stick.follow();

  const viewOf = (turn: Turn): TurnView => {
    const view = views.get(turn.id) ?? turnView(turn, { ...actions, grown });
    views.set(turn.id, view);
    return view;
  };

  /** Brings the page in line with `turns` from `firstShown` on. */
  const arrange = () => {
    const shown = turns.slice(firstShown);
    const kept = new Set(shown.map((turn) => turn.id));
    for (const [id, view] of views) {
      if (kept.has(id)) continue;
      view.element.remove();
      views.delete(id);
    }
    let before: Element | null = null;
    for (const turn of shown) {
      const { element: node } = viewOf(turn);
      const place: Element | null = before === null ? column.firstElementChild : before.nextElementSibling;
      if (place !== node) column.insertBefore(node, place);
      before = node;
    }
    earlier.hidden = firstShown === 0;
    earlier.textContent = `Show ${Math.min(firstShown, TURNS_SHOWN)} earlier of ${firstShown}`;
    empty.hidden = turns.length > 0;
    drawLatest();
  };

  const showEarlier = () => {
    const heightBefore = scroller.scrollHeight;
    const topBefore = scroller.scrollTop;
    const next = column.firstElementChild;
    firstShown = Math.max(0, firstShown - TURNS_SHOWN);
    arrange();
    scroller.scrollTop = topBefore + scroller.scrollHeight - heightBefore;
    if (earlier.hidden && next instanceof HTMLElement) scroller.focus({ preventScroll: true });
  };

  const place = (turn: Turn) => {
    const at = turns.findIndex((each) => each.id === turn.id);
    if (at === -1) turns.push(turn);
    else turns[at] = turn;
  };

  const settle = (turn: Turn) => {
    place(turn);
    const view = views.get(turn.id);
    if (view !== undefined) view.settle(turn);
    else {
      firstShown = Math.max(firstShown, turns.length - TURNS_SHOWN);
      arrange();
    }
    stick.follow();
  };

  return {
    show(next) {
      const known = new Map(turns.map((turn) => [turn.id, turn]));
      const sameTalk = next.some((turn) => known.has(turn.id));
      turns = [...next];
      if (!sameTalk || firstShown > turns.length) firstShown = Math.max(0, turns.length - TURNS_SHOWN);
      for (const turn of turns) {
        const before = known.get(turn.id);
        if (before !== undefined && before !== turn && !same(before, turn)) views.get(turn.id)?.settle(turn);
      }
      arrange();
      if (!sameTalk) stick.toBottom();
      else stick.follow();
    },
    begin(turn) {
      const again = views.get(turn.id);
      // A retry under the same name replaces the old answer; its view starts from nothing.
      if (again !== undefined && turns.find((each) => each.id === turn.id)?.state !== "answering") {
        const fresh = turnView(turn, { ...actions, grown });
        again.element.replaceWith(fresh.element);
        views.set(turn.id, fresh);
        place(turn);
      } else {
        settle(turn);
      }
      firstShown = Math.max(firstShown, turns.length - TURNS_SHOWN);
      arrange();
      stick.toBottom();
    },
    parts(turnId, parts) {
      return views.get(turnId)?.parts(parts) ?? null;
    },
    settle,
    turns: () => turns,
    spoken: (turnId) => views.get(turnId)?.spoken() ?? "",
  };
}

/** Turns that look the same: the host sends whole sessions again, and a view that is right keeps its open panels. */
function same(one: Turn, other: Turn): boolean {
  return (
    one.state === other.state &&
    one.answer === other.answer &&
    one.elsewhere === other.elsewhere &&
    JSON.stringify([one.decision, one.failure]) === JSON.stringify([other.decision, other.failure])
  );
}
