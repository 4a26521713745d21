import type { Decision } from "../../shared/answer.ts";
import { element, icon } from "./element.ts";
import { retryButton } from "./retry-button.ts";

/**
 * Marks the code blocks of a finished answer that do not parse, each in its head with a way to ask again. `answer` holds
 * the rendered answer; marks of an earlier decision go. Blocks are counted as the server counts them: fences alone.
 */
export function markUnparsed(answer: HTMLElement, decision: Decision | null, retry: (mode: string) => void): void {
  for (const mark of answer.querySelectorAll(".unparsed")) mark.remove();
  const unparsed = decision?.unparsed ?? [];
  if (decision === null || unparsed.length === 0) return;
  const heads = [...answer.querySelectorAll('.code-block[data-kind="fence"] > .code-head')];
  for (const { block, line } of unparsed) {
    heads[block]?.append(
      element(
        "span",
        { class: "unparsed", role: "note" },
        icon("warning"),
        element("span", {}, `does not parse, line ${line} `, retryButton(decision, "link", retry)),
      ),
    );
  }
}

/** How many blocks do not parse, for whoever hears the answer; "" for none. */
export function unparsedWords(decision: Decision | null): string {
  const count = decision?.unparsed?.length ?? 0;
  if (count === 0) return "";
  return count === 1 ? "One code block does not parse." : `${count} code blocks do not parse.`;
}
