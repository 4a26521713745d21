import type { DoctorRow, DoctorState } from "../../shared/doctor.ts";
import type { FromDoctor } from "./doctor-messages.ts";
import { changes, element, icon, textButton } from "./element.ts";

/** How each state looks, and what it is called where its icon is not seen. */
export const stateWords: Readonly<Record<DoctorState, string>> = {
  waiting: "Waiting",
  checking: "Checking",
  ok: "In order",
  warning: "Warning",
  broken: "Broken",
  skipped: "Not checked",
};

const stateIcons: Readonly<Record<DoctorState, string>> = {
  waiting: "circle-outline",
  checking: "sync",
  ok: "pass",
  warning: "warning",
  broken: "error",
  skipped: "dash",
};

/**
 * The doctor's rows under the headings of what they are about. Rows stay where they are and change in place, so that
 * neither the focus nor the place on the page is lost while the others come. `isBusy`: all of them are being checked.
 */
export function doctorList(post: (message: FromDoctor) => void): {
  element: HTMLElement;
  show(rows: readonly DoctorRow[], isBusy: boolean): void;
  /** Brings a row into sight, with the focus. */
  goTo(id: string): void;
} {
  const root = element("div", { class: "doctor" });
  const groups = new Map<string, { section: HTMLElement; list: HTMLElement }>();
  const lines = new Map<string, Line>();
  return {
    element: root,
    goTo: (id) => lines.get(id)?.element.focus(),
    show(rows, isBusy) {
      for (const [id, line] of lines) {
        if (rows.some((row) => row.id === id)) continue;
        line.element.remove();
        lines.delete(id);
      }
      const wanted: HTMLElement[] = [];
      const names = [...new Set(rows.map(({ group }) => group))];
      for (const [name, { section }] of groups) {
        if (names.includes(name)) continue;
        section.remove();
        groups.delete(name);
      }
      for (const name of names) {
        const group = groups.get(name) ?? newGroup(name, groups.size);
        groups.set(name, group);
        wanted.push(group.section);
        const own = rows.filter((row) => row.group === name);
        place(
          group.list,
          own.map((row) => {
            const line = lines.get(row.id) ?? doctorLine(row.id, post);
            lines.set(row.id, line);
            line.show(row, isBusy);
            return line.element;
          }),
        );
      }
      place(root, wanted);
    },
  };
}

/** Puts children in order, and moves none that is in its place: what moves loses the focus. */
export function place(parent: HTMLElement, children: readonly HTMLElement[]): void {
  for (const [at, child] of children.entries()) {
    if (parent.children[at] !== child) parent.insertBefore(child, parent.children[at] ?? null);
  }
}

function newGroup(name: string, count: number): { section: HTMLElement; list: HTMLElement } {
  const id = `group-${count}-${Math.abs(hash(name))}`;
  const list = element("ul", { class: "checks", role: "list" });
  const section = element("section", { "aria-labelledby": id }, element("h2", { id }, name), list);
  return { section, list };
}

/** A name for an element, from the words of its heading. */
function hash(text: string): number {
  let sum = 0;
  for (const letter of text) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) | 0;
  return sum;
}

interface Line {
  element: HTMLElement;
  show(row: DoctorRow, isBusy: boolean): void;
}

function doctorLine(id: string, post: (message: FromDoctor) => void): Line {
  let isAway = false;
  const mark = element("span", { class: "state-mark" });
  const title = element("h3", {});
  const seen = element("p", { class: "seen" });
  const several = element("ul", { class: "seen", role: "list" });
  const advice = element("p", { class: "advice" });
  const acts = element("div", { class: "block-actions" });
  const again = textButton("Check again", "link", () => {
    if (!isAway) post({ type: "run", only: id });
  });
  again.classList.add("again");
  const root = element(
    "li",
    { class: "check", tabindex: -1 },
    mark,
    element("div", { class: "check-body" }, title, seen, several, advice, acts),
    again,
  );
  const isNew = changes();
  const hasOtherActs = changes();
  return {
    element: root,
    show(row, isBusy) {
      const isUnderWay = row.state === "checking" || row.state === "waiting";
      isAway = isBusy || isUnderWay;
      again.setAttribute("aria-disabled", String(isAway));
      if (!isNew(row)) return;
      root.dataset.state = row.state;
      mark.replaceChildren(icon(stateIcons[row.state]), element("span", {}, stateWords[row.state]));
      title.textContent = row.title;
      again.setAttribute("aria-label", `Check again: ${row.title}, ${row.group}`);
      const [first = "", ...more] = row.seen.split("\n");
      seen.textContent = more.length === 0 ? first : "";
      seen.hidden = seen.textContent === "";
      several.replaceChildren(...(more.length === 0 ? [] : [first, ...more].map((each) => element("li", {}, each))));
      several.hidden = more.length === 0;
      advice.textContent = row.advice ?? "";
      advice.hidden = row.advice === null;
      if (!hasOtherActs([row.ways, row.offer, isUnderWay])) return;
      const hadFocus = acts.contains(document.activeElement);
      acts.replaceChildren(...(isUnderWay ? [] : [...offerButton(row, post), ...wayButtons(row, post)]));
      acts.hidden = acts.childElementCount === 0;
      if (hadFocus) again.focus();
    },
  };
}

function offerButton({ id, offer, group }: DoctorRow, post: (message: FromDoctor) => void): HTMLElement[] {
  if (offer === undefined) return [];
  const button = textButton("Ask for one word…", "secondary", () => post({ type: "pay", id }));
  button.setAttribute("aria-label", `Ask for one word… ${offer.modelId}, ${group}`);
  return [button];
}

function wayButtons({ id, ways }: DoctorRow, post: (message: FromDoctor) => void): HTMLElement[] {
  return ways.map((way, at) => {
    const button = textButton(way.words, way.kind === "link" ? "link" : "secondary", () =>
      post({ type: "way", id, at }),
    );
    if (way.kind === "link") button.title = way.url;
    return button;
  });
}
