import type { Turn } from "../../shared/answer.ts";
import { appliedWords } from "../../shared/applied-words.ts";
import { isBad } from "./evidence-words.ts";
import { noticeBlock } from "./notice-block.ts";
import type { PageFacts } from "./page-facts.ts";
import { retryButton } from "./retry-button.ts";

/**
 * What is wrong since code of an answer was inserted, as the books keep it, with a way to ask a better model; null where
 * nothing is. It stands aside while the line of evidence, which knows more of it, says so itself. Nothing is asked by itself.
 */
export function appliedMark(
  { id, decision }: Pick<Turn, "id" | "decision">,
  { facts, retry }: { facts: PageFacts; retry(mode: string): void },
): HTMLElement | null {
  const words = decision?.applied === undefined ? null : appliedWords(decision.applied);
  if (decision === null || words === null) return null;
  const mark = noticeBlock("warning", words, retryButton(decision, "secondary", retry));
  mark.classList.add("applied");
  facts.follow(mark, ({ evidence }) => {
    mark.hidden = evidence?.turnId === id && isBad(evidence);
  });
  return mark;
}
