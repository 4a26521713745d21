import type { Decision } from "../../shared/answer.ts";
import { element, textButton } from "./element.ts";
import { againWords, alwaysWords, modeWords } from "./mode-words.ts";
import type { PageFacts } from "./page-facts.ts";

/**
 * The links that make this choice the rule in this workspace: both tiers and a model that was picked by hand. What is the
 * rule already is said, with the way back in its place.
 */
export function alwaysHere(
  decision: Pick<Decision, "mode">,
  facts: PageFacts,
  keep: (mode: string | null) => void,
): HTMLElement {
  const modes = [
    "cheap",
    "frontier",
    ...(["auto", "cheap", "frontier"].includes(decision.mode) ? [] : [decision.mode]),
  ];
  const row = element("div", { class: "panel-actions", role: "group", "aria-label": "In this workspace" });
  facts.follow(row, ({ mode, always, usual }) => {
    // The link that was pressed is about to be replaced; the focus stays in its row.
    const at = [...row.querySelectorAll<Element>("button")].indexOf(document.activeElement ?? row);
    row.replaceChildren();
    if (always !== null) {
      const picked = mode === always ? "." : `; you chose ${modeWords(mode)} for this conversation.`;
      row.append(
        element("span", {}, `${alwaysWords(always)} is set${picked}`),
        textButton(againWords(usual), "link", () => keep(null)),
      );
    }
    for (const mode of modes) {
      if (mode !== always) row.append(textButton(alwaysWords(mode), "link", () => keep(mode)));
    }
    if (at !== -1) row.querySelectorAll("button")[Math.min(at, row.querySelectorAll("button").length - 1)]?.focus();
  });
  return row;
}
