import type { SessionHead } from "../../shared/protocol.ts";
import { element, icon, iconButton } from "./element.ts";
import { popover } from "./popover.ts";
import { totalWords } from "./price-words.ts";

export interface SessionMenu {
  readonly element: HTMLElement;
  show(sessions: readonly SessionHead[], currentId: string | null): void;
}

export interface SessionMenuActions {
  /** Asks for the list; it comes back through `show`. */
  list(): void;
  open(sessionId: string): void;
  delete(sessionId: string): void;
  now(): number;
}

/** Earlier conversations of this workspace: open one, or delete it at the second press. */
export function sessionMenu(actions: SessionMenuActions): SessionMenu {
  const button = iconButton("history", "Earlier conversations", () => {});
  button.setAttribute("aria-haspopup", "dialog");
  button.setAttribute("aria-controls", "session-list");
  const panel = element("div", {
    id: "session-list",
    class: "session-list popover",
    role: "dialog",
    "aria-label": "Earlier conversations",
    tabindex: -1,
  });
  const rows = element("ul", {});
  const none = element("p", { class: "dim" }, "Loading…");
  panel.append(none, rows);
  const menu = popover(button, panel, () => {
    actions.list();
    panel.focus();
  });

  panel.addEventListener("keydown", (event) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const titles = [...panel.querySelectorAll<HTMLElement>(".session-open")];
    const at = titles.findIndex((title) => title.closest("li")?.contains(document.activeElement));
    titles[Math.min(titles.length - 1, Math.max(0, at + step))]?.focus();
  });

  const rowOf = (session: SessionHead, currentId: string | null): HTMLElement => {
    const current = session.id === currentId;
    const details = [
      ago(actions.now() - session.updatedAtMs),
      totalWords(session),
      session.simulated ? "simulated" : "",
      current ? "open now" : "",
    ];
    const open = element(
      "button",
      { type: "button", class: "session-open", "aria-current": current ? "true" : null },
      element("span", { class: "session-title" }, titleOf(session)),
      element("span", { class: "session-detail" }, details.filter((part) => part !== "").join(" · ")),
    );
    open.addEventListener("click", () => {
      menu.close("leave-focus");
      actions.open(session.id);
    });
    const remove = deleteButton(titleOf(session), () => {
      panel.focus();
      actions.delete(session.id);
    });
    return element("li", { class: current ? "current" : null }, open, remove);
  };

  return {
    element: element("div", { class: "session-menu" }, button, panel),
    show(sessions, currentId) {
      none.hidden = sessions.length > 0;
      none.textContent = "No conversations yet.";
      rows.replaceChildren(...sessions.map((session) => rowOf(session, currentId)));
    },
  };
}

export function titleOf(session: { title: string } | null): string {
  return session === null || session.title.trim() === "" ? "New chat" : session.title;
}

/** Deleting cannot be taken back: the first press asks, the second deletes, looking elsewhere takes the question back. */
function deleteButton(title: string, confirmed: () => void): HTMLButtonElement {
  const label = `Delete “${title}”`;
  const button = element("button", {
    type: "button",
    class: "icon-button session-delete",
    "aria-label": label,
    title: label,
  });
  let asked = false;
  const rest = () => {
    asked = false;
    button.replaceChildren(icon("trash"));
    button.setAttribute("aria-label", label);
    button.classList.remove("asking");
  };
  rest();
  button.addEventListener("click", () => {
    if (asked) {
      confirmed();
      return;
    }
    asked = true;
    button.replaceChildren("Delete?");
    button.setAttribute("aria-label", `Press again to delete “${title}”`);
    button.classList.add("asking");
  });
  button.addEventListener("blur", rest);
  return button;
}

/** `just now`, `5 min ago`, `3 h ago`, `2 d ago`. */
export function ago(elapsedMs: number): string {
  const minutes = Math.floor(elapsedMs / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? `${hours} h ago` : `${Math.floor(hours / 24)} d ago`;
}
