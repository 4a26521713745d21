import type { ContextChip } from "../../shared/answer.ts";
import { chipWords, problemWords } from "./chip-words.ts";
import { changes, element, icon, iconButton, textButton } from "./element.ts";
import type { ComposerChip } from "./messages.ts";

export interface ComposerChipActions {
  openChip(chip: ContextChip): void;
  removeChip(chipId: string): void;
  restoreChips(): void;
}

/** What goes with the next question, as chips that open the place they name and can be taken away. */
export function composerChips(actions: ComposerChipActions): {
  element: HTMLElement;
  show(chips: readonly ComposerChip[], chipsRemoved: boolean): void;
} {
  const root = element("ul", { class: "chips composer-chips", "aria-label": "Sent with your question" });
  const isNew = changes();
  return {
    element: root,
    show(chips, chipsRemoved) {
      if (!isNew([chips, chipsRemoved])) return;
      const hadFocus = root.contains(document.activeElement);
      root.replaceChildren(...chips.map((each) => element("li", {}, chipNode(each, actions))));
      if (chipsRemoved) {
        const back = textButton("Bring back context", "link", () => actions.restoreChips());
        root.append(element("li", {}, back));
      }
      root.hidden = root.childElementCount === 0;
      // The chip that was just removed held the focus: keep it here, not at the top of the page.
      if (hadFocus) root.querySelector("button")?.focus();
    },
  };
}

function chipNode({ id, chip, refused }: ComposerChip, actions: ComposerChipActions): HTMLElement {
  const words = chipWords(chip);
  const problems = problemWords(chip);
  const title = refused === null ? `Open ${chip.path}` : `${chip.path} is not sent: ${refused}`;
  const open = element(
    "button",
    { type: "button", class: "chip-open", title },
    icon(refused !== null ? "circle-slash" : chip.kind === "file" ? "file-code" : "list-selection"),
    element("span", { class: "chip-words" }, words),
    refused === null ? null : element("span", { class: "chip-refused" }, `not sent: ${refused}`),
    problems === null || refused !== null
      ? null
      : element("span", { class: "chip-problems" }, icon("warning"), problems),
  );
  open.addEventListener("click", () => actions.openChip(chip));
  const remove = iconButton("close", `Do not send ${words}`, () => actions.removeChip(id));
  return element("span", { class: `chip ${refused === null ? "" : "refused"}` }, open, remove);
}
