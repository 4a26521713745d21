import { changes, element, icon, textButton } from "./element.ts";
import type { Copied, EndpointPageState, FromEndpoint } from "./endpoint-messages.ts";
import {
  hiddenToken,
  openaiAddress,
  type SnippetFacts,
  type SnippetName,
  snippetNames,
  snippetText,
  snippetTitle,
} from "./endpoint-snippets.ts";

/** So many models are named; more are counted. */
const MAX_MODELS = 200;
const COPIED_SHOWN_MS = 1_600;

/** What another tool needs to ask: addresses, the token, what to paste, which models there are, and which headers. */
export function endpointGuide(post: (message: FromEndpoint) => void): {
  element: HTMLElement;
  show(state: EndpointPageState): void;
  /** null: what is seen holds no longer. */
  showToken(token: string | null): void;
  /** It is on the clipboard. Gives the sentence to read out. */
  copied(what: Copied): string;
} {
  const buttons = new Map<Copied, CopyButton>();
  const copyOf = (what: Copied, label: string, look = "text-button secondary"): CopyButton => {
    const made = copyButton(label, look, () => post({ type: "copy", what }));
    buttons.set(what, made);
    return made;
  };
  const copy = (what: Copied, label: string) => copyOf(what, label).element;

  const openai = element("code", { class: "endpoint-value" });
  const anthropic = element("code", { class: "endpoint-value" });
  const also = element("p", { class: "dim" });
  const token = element("code", { class: "endpoint-value" });
  let isShown = false;
  const reveal = textButton("Show", "secondary", () => {
    if (isShown) showToken(null);
    else post({ type: "showToken" });
  });
  const showToken = (value: string | null): void => {
    isShown = value !== null;
    token.textContent = value ?? hiddenToken;
    // Dots are no words: they would be read out one by one.
    if (isShown) for (const name of ["role", "aria-label"]) token.removeAttribute(name);
    else {
      token.setAttribute("role", "img");
      token.setAttribute("aria-label", "hidden");
    }
    reveal.textContent = isShown ? "Hide" : "Show";
    reveal.setAttribute("aria-label", isShown ? "Hide the token" : "Show the token");
  };
  showToken(null);
  // What a person wanted to see is for the moment in which they look.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) showToken(null);
  });
  const renew = textButton("New token…", "secondary", () => post({ type: "command", command: "newEndpointToken" }));

  const snippets = new Map(snippetNames.map((name) => [name, snippet(name, copyOf(name, "Copy", "code-button"))]));
  const models = element("ul", { class: "endpoint-models" });
  const more = element("p", { class: "dim" });
  const named = element("details", {}, element("summary", {}), models, more);
  const root = element(
    "div",
    { class: "endpoint-guide" },
    section(
      "Addresses",
      element(
        "dl",
        { class: "endpoint-facts" },
        ...row("OpenAI form", openai, copy("openaiAddress", "Copy the address for tools of OpenAI's form")),
        ...row("Anthropic form", anthropic, copy("anthropicAddress", "Copy the address for tools of Anthropic's form")),
      ),
      also,
    ),
    section(
      "Token",
      element("p", { class: "endpoint-token" }, token, acts(reveal, copy("token", "Copy the token"), renew)),
    ),
    section(
      "What to paste",
      element(
        "p",
        { class: "dim" },
        "Copy writes your token in where the dots are. Keep it out of what you share: whoever on this machine has it can spend your money, up to your caps.",
      ),
      ...[...snippets.values()].map((each) => each.element),
    ),
    section(
      "Models",
      element(
        "dl",
        { class: "endpoint-words" },
        ...codeRow("auto", "Wayfare weighs each question, as in the chat."),
        ...codeRow("cheap", "The first model of the cheap tier that can answer."),
        ...codeRow("frontier", "The same of the frontier tier."),
        ...codeRow("provider/model", "That model alone."),
      ),
      named,
    ),
    section(
      "Good to know",
      element(
        "dl",
        { class: "endpoint-words" },
        ...codeRow(
          "x-wayfare-session",
          "A header with any name of a conversation: its questions stay with one model, whose cache is warm.",
        ),
        ...codeRow(
          "x-wayfare-workspace",
          "A header with the name of a book: what is spent is counted there. wayfare.endpoint.workspaces gives it caps of its own.",
        ),
        ...row(
          "Claude Code",
          "Asks for the model that ANTHROPIC_MODEL names, and for small tasks in the background for that of ANTHROPIC_DEFAULT_HAIKU_MODEL. Set both, or say in wayfare.endpoint.models what its own names stand for.",
        ),
        ...row(
          "Responses API",
          "Tools that speak only OpenAI's Responses API are not served. Where a tool has the choice, take Chat Completions.",
        ),
        ...row("Caps", "Yours count here too. At a cap a request is refused, in the form that the tool expects."),
      ),
    ),
  );

  const isNew = changes();
  const areNewModels = changes();
  return {
    element: root,
    show({ state, shell, models: names }) {
      const urls = state?.state === "running" || state?.state === "elsewhere" ? state.urls : [];
      const [address, ...others] = urls;
      if (address !== undefined && isNew([urls, shell])) {
        openai.textContent = openaiAddress(address);
        anthropic.textContent = address;
        also.textContent = `The same at ${others.join(" and ")}.`;
        also.hidden = others.length === 0;
        for (const each of snippets.values()) each.show({ address, shell, token: hiddenToken });
      }
      if (!areNewModels(names)) return;
      named.hidden = names.length === 0;
      const summary = named.querySelector("summary");
      if (summary !== null)
        summary.textContent = names.length === 1 ? "1 model by name" : `${names.length} models by name`;
      models.replaceChildren(...names.slice(0, MAX_MODELS).map((name) => element("li", {}, element("code", {}, name))));
      more.hidden = names.length <= MAX_MODELS;
      more.textContent = more.hidden ? "" : `And ${names.length - MAX_MODELS} more.`;
    },
    showToken,
    copied(what) {
      buttons.get(what)?.done();
      if (what === "token") return "The token is on the clipboard.";
      if (what === "openaiAddress" || what === "anthropicAddress") return "The address is on the clipboard.";
      return `${snippets.get(what)?.title() ?? "It"} is on the clipboard, with your token in it.`;
    },
  };
}

function section(title: string, ...children: HTMLElement[]): HTMLElement {
  return element("section", {}, element("h2", {}, title), ...children);
}

function row(name: string, value: HTMLElement | string, ...buttons: HTMLElement[]): HTMLElement[] {
  return [element("dt", {}, name), element("dd", {}, value, buttons.length === 0 ? null : acts(...buttons))];
}

/** A row whose name is written to a program as it stands. */
function codeRow(name: string, words: string): HTMLElement[] {
  return [element("dt", {}, element("code", {}, name)), element("dd", {}, words)];
}

function acts(...buttons: HTMLElement[]): HTMLElement {
  return element("span", { class: "endpoint-acts" }, ...buttons);
}

function snippet(
  name: SnippetName,
  button: CopyButton,
): { element: HTMLElement; title(): string; show(facts: SnippetFacts): void } {
  const heading = element("h3", { class: "code-title" });
  const code = element("code");
  const pre = element("pre", { tabindex: 0, role: "group" }, code);
  return {
    element: element(
      "div",
      { class: "code-block" },
      element("div", { class: "code-head" }, heading, button.element),
      pre,
    ),
    title: () => heading.textContent ?? "",
    show(facts) {
      const title = snippetTitle(name, facts.shell);
      heading.textContent = title;
      button.name(`Copy ${title}, with the token written in`);
      pre.setAttribute("aria-label", `${title}, with the token hidden`);
      code.textContent = snippetText(name, facts);
    },
  };
}

interface CopyButton {
  element: HTMLButtonElement;
  /** What it is called from now on. */
  name(label: string): void;
  /** Says for a while that it is done. */
  done(): void;
}

function copyButton(label: string, look: string, onClick: () => void): CopyButton {
  const glyph = icon("copy");
  const words = element("span", {}, "Copy");
  const button = element("button", { type: "button", class: look }, words);
  if (look === "code-button") button.prepend(glyph);
  // Beside buttons without one an icon would be a look of its own.
  let name = label;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const show = (iconName: string, shown: string, called: string): void => {
    glyph.className = `codicon codicon-${iconName}`;
    words.textContent = shown;
    // What a button shows is part of what it is called.
    button.setAttribute("aria-label", called);
    button.title = called;
  };
  show("copy", "Copy", name);
  button.addEventListener("click", onClick);
  return {
    element: button,
    name(next) {
      name = next;
      show("copy", "Copy", name);
    },
    done() {
      show("check", "Copied", "Copied");
      clearTimeout(timer);
      timer = setTimeout(() => show("copy", "Copy", name), COPIED_SHOWN_MS);
    },
  };
}
