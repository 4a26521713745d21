import { changes, element, focusInPlace, icon, mustFind, textButton } from "./element.ts";
import { emptyState } from "./empty-state.ts";
import { endpointGuide } from "./endpoint-guide.ts";
import type { EndpointPageState, FromEndpoint, ToEndpoint } from "./endpoint-messages.ts";
import { endpointStatus, reachedWords, statusWords } from "./endpoint-status.ts";
import { serverNotice } from "./server-notice.ts";

/**
 * The page of the local endpoint: whether it answers, and what other tools need to ask it. Draws what the host sends and
 * changes what is there in place. Gives the function that takes the host's messages.
 */
export function endpointPage(post: (message: FromEndpoint) => void): (message: ToEndpoint) => void {
  const live = mustFind("live");
  const command = (name: Extract<FromEndpoint, { type: "command" }>["command"]): void =>
    post({ type: "command", command: name });
  mustFind("head").append(element("h1", { class: "session-name" }, "Local endpoint"));
  const notice = serverNotice(mustFind("notices"), command);
  const root = mustFind("endpoint");
  const empty = emptyState({
    usePlayground: () => command("usePlayground"),
    addProvider: () => command("addProvider"),
    ask: () => undefined,
  });
  const explained = element(
    "p",
    { class: "explained" },
    "Other tools on this machine, such as a script, a terminal agent or another editor, can ask your models through " +
      "Wayfare. They get the same routes, and what they spend stands in the same books under the same caps. It listens " +
      "on this machine alone, and answers only who shows its token.",
  );
  const unset = element(
    "div",
    { class: "endpoint-unset" },
    element("p", { class: "dim" }, unsetWords),
    element(
      "div",
      { class: "block-actions" },
      textButton("Stop", "secondary", () => command("stopEndpoint")),
    ),
  );
  const problems = endpointProblems(command);
  const status = endpointStatus(command, {
    tryAgain: () => post({ type: "tryAgain" }),
    openCap: (at) => post({ type: "openCap", at }),
  });
  const guide = endpointGuide(post);
  root.append(explained, status.element, problems.element, guide.element, unset, empty.element);
  let shown: EndpointPageState | null = null;

  const show = (state: EndpointPageState): void => {
    const isEmpty = state.setup === "nothing";
    const answers = !isEmpty && (state.state?.state === "running" || state.state?.state === "elsewhere");
    const hadFocus = root.contains(document.activeElement) && document.activeElement !== root;
    notice.show({ ...state, hasContent: answers });
    if (isEmpty) empty.show("nothing", false);
    empty.element.hidden = !isEmpty;
    unset.hidden = !isEmpty || !state.enabled;
    status.show(state);
    status.element.hidden = isEmpty;
    problems.show(state);
    guide.show(state);
    guide.element.hidden = !answers;
    // What had the focus may be gone, such as the button that was pressed.
    if (hadFocus && isGone(document.activeElement)) focusInPlace(root);
    const before = shown === null ? null : spokenWords(shown);
    const now = spokenWords(state);
    if (before !== null && before !== now) live.textContent = now;
    shown = state;
  };

  post({ type: "ready" });
  return (message) => {
    switch (message.type) {
      case "state":
        return show(message.state);
      case "token":
        return guide.showToken(message.token);
      case "tried": {
        const words = status.tried();
        if (words !== null) live.textContent = words;
        return;
      }
      case "copied":
        live.textContent = guide.copied(message.what);
        return;
      case "focus":
        if (shown?.setup === "nothing") empty.element.querySelector("button")?.focus();
        else if (isGone(document.activeElement)) focusInPlace(root);
    }
  };
}

/** What is wrong with the settings though it runs, each with what mends it. */
function endpointProblems(command: (name: "openSetting" | "changeKey") => void): {
  element: HTMLElement;
  show(state: EndpointPageState): void;
} {
  const root = element("div", { class: "endpoint-problems" });
  const isNew = changes();
  const line = (words: string, button: HTMLElement): HTMLElement =>
    element("div", { class: "block notice" }, icon("warning"), element("p", {}, words, " ", button));
  return {
    element: root,
    show({ settingProblems, keyless }) {
      if (!isNew([settingProblems, keyless])) return;
      root.replaceChildren(
        ...settingProblems.map((words) =>
          line(
            words,
            textButton("Open Settings", "link", () => command("openSetting")),
          ),
        ),
        ...keyless.map((words) =>
          line(
            words,
            textButton("Change Key", "link", () => command("changeKey")),
          ),
        ),
      );
      root.hidden = root.childElementCount === 0;
    },
  };
}

const unsetWords = "The local endpoint is on, and answers as soon as there is a model that it can ask.";

/** What is read out when it changes. With nothing set up nothing starts, whatever the settings say. */
function spokenWords(state: EndpointPageState): string {
  return state.setup === "nothing" && state.enabled
    ? unsetWords
    : [statusWords(state), ...reachedWords(state)].join(" ");
}

function isGone(focused: Element | null): boolean {
  return focused === null || focused === document.body || focused.closest("[hidden]") !== null;
}
