import { element, icon } from "./element.ts";
import type { PageState } from "./messages.ts";

export interface EmptyStateActions {
  usePlayground(): void;
  addProvider(): void;
  ask(question: string): void;
}

const examples = ["Explain this function", "Write a unit test for this function", "Find the bug in this function"];

/** What stands where there is no conversation yet: the two ways in, or questions to begin with. */
export function emptyState(actions: EmptyStateActions): {
  element: HTMLElement;
  show(setup: PageState["setup"]): void;
} {
  const root = element("div", { class: "empty" });
  let shown: PageState["setup"] | null = null;
  return {
    element: root,
    show(setup) {
      if (setup === shown) return;
      shown = setup;
      root.replaceChildren(...(setup === "nothing" ? waysIn(actions) : beginnings(setup, actions)));
    },
  };
}

function waysIn(actions: EmptyStateActions): Node[] {
  return [
    element("h2", {}, "Two ways to begin"),
    element("p", { class: "dim" }, "Nothing has been sent anywhere yet."),
    card(
      "beaker",
      "Try the playground",
      "Two simulated models on this machine. Free, and nothing leaves it.",
      "primary",
      () => actions.usePlayground(),
    ),
    card(
      "key",
      "Add a provider",
      "Your own key for OpenAI, Anthropic, OpenRouter or another, or a local server such as Ollama.",
      "secondary",
      () => actions.addProvider(),
    ),
  ];
}

function beginnings(setup: "playground" | "ready", actions: EmptyStateActions): Node[] {
  const nodes: Node[] = [element("h2", {}, "Ask about your code")];
  if (setup === "playground") {
    const add = element("button", { type: "button", class: "text-button link" }, "Add a provider");
    add.addEventListener("click", () => actions.addProvider());
    nodes.push(
      element(
        "p",
        { class: "block notice playground-note" },
        icon("beaker"),
        element("span", {}, "The models here are simulated, and so is their price. ", add, " for real answers."),
      ),
    );
  } else {
    nodes.push(
      element("p", { class: "dim" }, "Each question goes to the cheapest model that will do, and the answer says why."),
    );
  }
  const list = element("ul", { class: "examples", "aria-label": "Questions to begin with" });
  for (const words of examples) {
    const button = element("button", { type: "button", class: "example" }, icon("comment"), element("span", {}, words));
    button.addEventListener("click", () => actions.ask(words));
    list.append(element("li", {}, button));
  }
  nodes.push(list);
  return nodes;
}

function card(
  iconName: string,
  title: string,
  words: string,
  look: "primary" | "secondary",
  onClick: () => void,
): HTMLButtonElement {
  const button = element(
    "button",
    { type: "button", class: `way-in ${look}` },
    icon(iconName),
    element(
      "span",
      { class: "way-in-body" },
      element("strong", {}, title),
      element("span", { class: "way-in-words" }, words),
    ),
  );
  button.addEventListener("click", onClick);
  return button;
}
