import type { Dimension, ReportParams, ReportRange } from "../../shared/report.ts";
import { daysWords, dimensionWords, workspaceName } from "./cost-words.ts";
import type { CostsState } from "./costs-messages.ts";
import { element } from "./element.ts";

const rangeNames = ["today", "week", "days30", "month", "all", "between"] as const;
type RangeName = (typeof rangeNames)[number];

const rangeWords: Record<RangeName, string> = {
  today: "Today",
  week: "7 days",
  days30: "30 days",
  month: "This month",
  all: "All",
  between: "From–to",
};

/** Which of the choices a range is. */
export function rangeName(range: ReportRange): RangeName {
  if (range.kind !== "days") return range.kind;
  return range.days === 1 ? "today" : range.days === 7 ? "week" : "days30";
}

/**
 * What is shown: which days, which workspace, real or simulated money. Choosing is enough; nothing has to be sent.
 * `onRefused` is told when days are typed that are no range, and when they are one again.
 */
export function costsFilters(
  onChange: (change: Partial<ReportParams>) => void,
  onRefused: (isRefused: boolean) => void,
): {
  element: HTMLElement;
  show(state: CostsState): void;
} {
  let days = { fromDay: "", toDay: "" };
  let names: readonly string[] = [];
  /** Which days the figures on the page are of; "" as long as there are none. */
  let figuresOf = "";
  const describedBy = "days-refused";
  const from = element("input", { type: "date", "aria-label": "From", "aria-describedby": describedBy });
  const to = element("input", { type: "date", "aria-label": "To", "aria-describedby": describedBy });
  const refused = element("span", { class: "refused", id: describedBy, role: "alert" });
  const between = element("span", { class: "between" }, from, "–", to, refused);
  /** With what is wrong, or with "" when nothing is any more. */
  const refuse = (why: string): void => {
    for (const input of [from, to]) input.setAttribute("aria-invalid", String(why !== ""));
    const still = figuresOf === "" ? "" : ` The figures below are still those of ${figuresOf}.`;
    refused.textContent = why === "" ? "" : `${why}${still}`;
    onRefused(why !== "");
  };
  const takeDays = (): void => {
    // `max` bounds only what is picked: a later day can be typed, and no day after today has figures.
    if (to.max !== "" && to.value > to.max) to.value = to.max;
    const [fromDay, toDay] = [from.value, to.value];
    // While a date is half typed its field is empty.
    if (fromDay === "" || toDay === "") refuse("Choose a first and a last day.");
    else if (fromDay > toDay) refuse("The first day is after the last: choose another one.");
    else {
      refuse("");
      onChange({ range: { kind: "between", fromDay, toDay } });
    }
  };
  for (const input of [from, to]) input.addEventListener("change", takeDays);

  const ranges = radioGroup("range", "Days", rangeNames, rangeWords, (name) => {
    between.hidden = name !== "between";
    if (name !== "between") refuse("");
    const range: Record<RangeName, ReportRange> = {
      today: { kind: "days", days: 1 },
      week: { kind: "days", days: 7 },
      days30: { kind: "days", days: 30 },
      month: { kind: "month" },
      all: { kind: "all" },
      between: { kind: "between", ...days },
    };
    // It begins with the days that are on the page.
    if (name !== "between" || days.fromDay !== "") onChange({ range: range[name] });
  });
  const workspace = element("select", { id: "workspace" });
  workspace.addEventListener("change", () => onChange({ workspace: names[workspace.selectedIndex - 1] ?? null }));
  const book = element(
    "select",
    { id: "book" },
    element("option", { value: "real" }, "Real money"),
    element("option", { value: "simulated" }, "Simulated money"),
  );
  book.addEventListener("change", () => onChange({ book: book.value === "simulated" ? "simulated" : "real" }));

  const root = element(
    "section",
    { class: "filters", "aria-label": "What is shown" },
    ranges.element,
    between,
    element("label", {}, "Workspace ", workspace),
    element("label", {}, "Book ", book),
  );
  return {
    element: root,
    show({ params, report }) {
      const { range } = params;
      ranges.show(rangeName(range));
      between.hidden = range.kind !== "between";
      const shownDays = range.kind === "between" ? range : report;
      figuresOf = report === null ? "" : daysWords(report);
      const isNew = shownDays?.fromDay !== days.fromDay || shownDays.toDay !== days.toDay;
      if (isNew && refused.textContent !== "") refuse("");
      for (const input of [from, to]) input.max = report?.today ?? "";
      // Days that were refused stay as they were typed: a refresh must not mend them unasked.
      if (shownDays !== null && refused.textContent === "") {
        days = { fromDay: shownDays.fromDay, toDay: shownDays.toDay };
        for (const [input, day] of [[from, days.fromDay] as const, [to, days.toDay] as const]) {
          if (document.activeElement !== input && input.value !== day) input.value = day;
        }
      }
      const now = [
        ...new Set([...(report?.workspaces ?? []), ...(params.workspace === null ? [] : [params.workspace])]),
      ];
      if (JSON.stringify(now) !== JSON.stringify(names) || workspace.options.length === 0) {
        names = now;
        workspace.replaceChildren(
          element("option", {}, "All workspaces"),
          ...now.map((name) => element("option", { title: name }, workspaceChoice(name, now))),
        );
      }
      workspace.selectedIndex = params.workspace === null ? 0 : names.indexOf(params.workspace) + 1;
      book.value = params.book;
    },
  };
}

/** The folder's name; the whole of it where two have the same. */
export function workspaceChoice(name: string, all: readonly string[]): string {
  const short = workspaceName(name);
  return all.filter((each) => workspaceName(each) === short).length > 1 ? name : short;
}

/** By what money is told apart, as one line of choices. */
export function dimensionChoice(onChange: (dimension: Dimension) => void) {
  const all: readonly Dimension[] = ["tier", "model", "workspace", "language", "kind", "session"];
  return radioGroup("dimension", "By", all, dimensionWords, onChange);
}

/** Radio buttons in a row: one stop of Tab, the arrow keys choose. */
function radioGroup<Name extends string>(
  id: string,
  legend: string,
  names: readonly Name[],
  words: Record<Name, string>,
  onChange: (name: Name) => void,
): { element: HTMLElement; show(name: Name): void } {
  const inputs = new Map<Name, HTMLInputElement>();
  const root = element("fieldset", { class: "choices" }, element("legend", { class: "unseen" }, legend));
  for (const name of names) {
    const input = element("input", { type: "radio", name: id, value: name, class: "unseen" });
    input.addEventListener("change", () => {
      if (input.checked) onChange(name);
    });
    inputs.set(name, input);
    root.append(element("label", { class: "choice" }, input, element("span", {}, words[name])));
  }
  return {
    element: root,
    show(name) {
      const input = inputs.get(name);
      if (input !== undefined && !input.checked) input.checked = true;
    },
  };
}
