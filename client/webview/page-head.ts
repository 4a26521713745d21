import type { Session } from "../../shared/answer.ts";
import { formatUsd } from "../../shared/money.ts";
import type { SessionHead, Spend } from "../../shared/protocol.ts";
import { element, iconButton } from "./element.ts";
import { totalWords } from "./price-words.ts";
import { type SessionMenuActions, sessionMenu, titleOf } from "./session-menu.ts";

export interface PageHead {
  show(session: Session | null, spend: Spend | null): void;
  showSessions(sessions: readonly SessionHead[], currentId: string | null): void;
}

/** The top line: what this conversation is called, what it has cost, a new one, and the earlier ones. */
export function pageHead(root: HTMLElement, actions: SessionMenuActions & { newSession(): void }): PageHead {
  const title = element("h1", { class: "session-name" }, "New chat");
  const cost = element("span", { class: "session-cost money" });
  const menu = sessionMenu(actions);
  root.append(title, cost, iconButton("add", "New chat", actions.newSession), menu.element);
  return {
    show(session, spend) {
      title.textContent = titleOf(session);
      title.title = titleOf(session);
      const turns = session?.turns.length ?? 0;
      cost.hidden = turns === 0;
      const book = session?.simulated === true ? "simulated money" : "this conversation";
      cost.textContent = session === null ? "" : totalWords(session) + (session.simulated ? " simulated" : "");
      const today = spend === null ? "" : `; ${formatUsd(spend.real.spentNano)} spent today`;
      const total = session === null ? "" : totalWords(session);
      const some = total.endsWith("+ ?") ? "; ? is what no price is known for" : "";
      cost.title = `${total} ${book}${some}${today}`;
    },
    showSessions: menu.show,
  };
}
