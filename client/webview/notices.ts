import { changes, element, icon, textButton } from "./element.ts";
import { type FailureActions, failureBlock } from "./failure-block.ts";
import type { PageState } from "./messages.ts";

/** Bars under the head: the server is away, or something keeps anything from being asked. */
export function notices(
  root: HTMLElement,
  actions: Pick<FailureActions, "command" | "facts">,
): { show(state: Pick<PageState, "connection" | "server" | "setup">): void } {
  root.setAttribute("role", "status");
  const isNew = changes();
  return {
    show({ connection, server, setup }) {
      if (!isNew([connection, server.silent, setup])) return;
      const bars: HTMLElement[] = [];
      if (connection === "restarting") {
        bars.push(
          bar("sync", "Wayfare's server ended and is being started again. Nothing but the answer in flight is lost."),
        );
      } else if (connection === "stopped") {
        bars.push(
          bar(
            "debug-disconnect",
            "Wayfare's server ended several times and was not started again.",
            textButton("Restart the server", "primary", () =>
              actions.command({ type: "command", command: "restartServer" }),
            ),
            textButton("Show log", "secondary", () => actions.command({ type: "command", command: "showLog" })),
          ),
        );
      } else if (server.silent !== null && setup !== "nothing") {
        bars.push(failureBlock(server.silent, { ...actions, again: null }));
      }
      root.replaceChildren(...bars);
    },
  };
}

/** A block with an icon, a sentence and its ways out. */
export function bar(iconName: string, words: string, ...buttons: HTMLElement[]): HTMLElement {
  return element(
    "div",
    { class: "block notice" },
    icon(iconName),
    element(
      "div",
      { class: "block-body" },
      element("p", { class: "block-words" }, words),
      buttons.length === 0 ? null : element("div", { class: "block-actions" }, ...buttons),
    ),
  );
}
