import type { DoctorRow, DoctorState } from "../../shared/doctor.ts";
import { place, stateWords } from "./doctor-list.ts";
import { element, textButton } from "./element.ts";

/**
 * What wants looking at, at the top of the doctor's page: a line for each row that is broken and then for each with a
 * warning, which leads to it. Nothing is shown while everything is being checked, for lines that come one by one would push
 * away what is read. `go` is given a row's id.
 */
export function doctorJumps(go: (id: string) => void): {
  element: HTMLElement;
  show(rows: readonly DoctorRow[], isBusy: boolean): void;
} {
  const list = element("ul", { role: "list" });
  const heading = element("h2", { id: "jumps-heading" }, "What wants looking at");
  const root = element(
    "nav",
    { class: "doctor-jumps", "aria-labelledby": "jumps-heading", hidden: true },
    heading,
    list,
  );
  const lines = new Map<string, { element: HTMLElement; button: HTMLElement }>();
  return {
    element: root,
    show(rows, isBusy) {
      const wanted = isBusy ? [] : urgent.flatMap((state) => rows.filter((row) => row.state === state));
      for (const [id, line] of lines) {
        if (wanted.some((row) => row.id === id)) continue;
        line.element.remove();
        lines.delete(id);
      }
      place(
        list,
        wanted.map((row) => {
          const line = lines.get(row.id) ?? newLine(() => go(row.id));
          lines.set(row.id, line);
          line.element.dataset.state = row.state;
          const words = `${stateWords[row.state]}: ${row.title}, ${row.group}`;
          if (line.button.textContent !== words) line.button.textContent = words;
          return line.element;
        }),
      );
      root.hidden = wanted.length === 0;
    },
  };
}

const urgent: readonly DoctorState[] = ["broken", "warning"];

function newLine(onClick: () => void): { element: HTMLElement; button: HTMLElement } {
  const button = textButton("", "link", onClick);
  return { button, element: element("li", {}, button) };
}
