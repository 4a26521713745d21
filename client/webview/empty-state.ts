import { changes, element, icon } from "./element.ts";
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
  /** `hasContext`: something of the editor goes along, so that "this function" means one. */
  show(setup: PageState["setup"], hasContext: boolean): void;
} {
  const root = element("div", { class: "empty" });
  const isNew = changes();
  return {
    element: root,
    show(setup, hasContext) {
      if (!isNew([setup, hasContext])) return;
      root.replaceChildren(...(setup === "nothing" ? waysIn(actions) : beginnings(setup, hasContext, actions)));
    },
  };
}

function waysIn(actions: EmptyStateActions): Node[] {
  return [
    element("h2", {}, "Two ways to begin"),
    element("p", { class: "dim" }, "Nothing is sent until you choose."),
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

function beginnings(setup: "playground" | "ready", hasContext: boolean, actions: EmptyStateActions): Node[] {
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
  if (!hasContext) {
    nodes.push(element("p", { class: "dim" }, "Open a file to ask about it."));
    return nodes;
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
