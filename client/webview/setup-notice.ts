import { element, icon, textButton } from "./element.ts";
import type { PlainCommand } from "./messages.ts";

/** What a question needs first. Read out, and shown at the composer where the ways to begin are not in sight. */
export const setupWords = "Choose a way to begin first: the playground, or a provider.";

/** Stands above the question box while nothing is set up and something was asked all the same. */
export function setupNotice(command: (name: PlainCommand) => void): {
  element: HTMLElement;
  show(): void;
  hide(): void;
} {
  const first = textButton("Add a provider", "primary", () => command("addProvider"));
  const root = element(
    "div",
    { class: "block notice", hidden: true },
    icon("info"),
    element(
      "div",
      { class: "block-body" },
      element("p", { class: "block-words" }, setupWords),
      element(
        "div",
        { class: "block-actions" },
        first,
        textButton("Use the playground", "secondary", () => command("usePlayground")),
      ),
    ),
  );
  return {
    element: root,
    show() {
      root.hidden = false;
      first.focus();
    },
    hide() {
      root.hidden = true;
    },
  };
}
